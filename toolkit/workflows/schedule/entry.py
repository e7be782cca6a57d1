"""What is to stand in a scheduler, whichever it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time

from .command import Start


@dataclass(frozen=True, slots=True)
class Entry:
    """One department's job."""

    name: str
    start: Start
    times: tuple[time, ...]
    """Local times of day."""
    now: datetime
    """When it is installed, local time."""
    account: str = ""
    """The Windows account to run as; '' for the user who installs."""

    @property
    def clock(self) -> str:
        """The times as people read them: `08:30、17:30`."""
        return "、".join(f"{moment:%H:%M}" for moment in self.times)
