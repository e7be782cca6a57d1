"""The nightly job: what is due, what changed, who is told, and the proof that it ran."""
