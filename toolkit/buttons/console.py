"""What a job needs of the console that it was started from; Excel and LibreOffice each have one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Protocol

from toolkit.workflows.annotate import CellMark

Cells = Mapping[str, str | float]
"""Name of a cell (toolkit.writers.button_names) -> what it is to show."""


@dataclass(slots=True)
class MarkedSheets:
    """Cells that were marked or cleared, and sheet -> cells that could not be."""

    done: int = 0
    failed: dict[str, int] = field(default_factory=dict)

    def fail(self, sheet: str) -> None:
        self.failed[sheet] = self.failed.get(sheet, 0) + 1


class OpenForm(Protocol):
    """A workbook that is open beside the console."""

    @property
    def path(self) -> Path:
        """Where it was saved. Raises ToolkitError when it never was."""

    @property
    def is_saved(self) -> bool: ...

    def mark(self, marks: Sequence[CellMark], on: date) -> MarkedSheets:
        """Replace our marks by these; no value changes."""

    def clear(self) -> MarkedSheets:
        """Take away our marks and nothing else."""


class Console(Protocol):
    """The workbook with the buttons."""

    @property
    def path(self) -> Path:
        """Where it lies. Raises ToolkitError when that is no folder of this PC or its network."""

    def setting(self, name: str) -> str:
        """The text of a cell; '' when it is blank or not there."""

    def progress(self, sentence: str) -> None: ...

    def show(self, cells: Cells) -> None: ...

    def say(self, message: str, *, problem: bool = False) -> None: ...

    def open(self, path: Path) -> None:
        """Show a workbook or a folder. Raises ToolkitError when that is not possible here."""

    def open_form(self, name: str) -> OpenForm | None:
        """The open workbook of that path; None where open workbooks are out of reach.

        Raises ToolkitError when it is not open.
        """

    def finish(self) -> None:
        """The job is over, whatever came of it."""
