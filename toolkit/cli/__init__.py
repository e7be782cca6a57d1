"""The command line: thin, no business logic. What is heavy is imported by the command that runs."""

from . import buttons, doctor, schedule  # noqa: F401 - they register their commands
from .commands import cli

__all__ = ["cli"]
