"""The command line: thin, no business logic. What is heavy is imported by the command that runs."""

from . import articles, buttons, doctor, explain, schedule, schedule_runs
from .commands import cli

REGISTERED = (articles, buttons, doctor, explain, schedule, schedule_runs)
"""Modules that add their commands to the group when they are imported."""

__all__ = ["REGISTERED", "cli"]
