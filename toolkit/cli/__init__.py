"""The command line: thin, no business logic. What is heavy is imported by the command that runs."""

from .commands import cli

__all__ = ["cli"]
