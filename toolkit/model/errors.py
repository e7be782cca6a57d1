"""The one exception that users see; everything else that is raised is a bug."""

from __future__ import annotations


class ToolkitError(Exception):
    """Something the user can fix: what happened, and what to do next, in Chinese."""

    def __init__(self, message: str, next_step: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.next_step = next_step

    def __str__(self) -> str:
        return f"{self.message}{self.next_step}"
