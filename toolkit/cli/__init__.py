"""The command line: thin, no business logic. What is heavy is imported by the command that runs."""

from . import doctor  # noqa: F401 - registers its command
from .commands import cli

__all__ = ["cli"]
