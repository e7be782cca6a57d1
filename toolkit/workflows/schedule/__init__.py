"""The nightly job: how the system starts it, and what a run does."""
