"""90_输出/待办_姓名.xlsx and 待办总览.xlsx: written in every run, channels or not."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from toolkit.model.agenda import NOBODY, Agenda, Overview, RunFacts
from toolkit.model.errors import ToolkitError
from toolkit.writers.agenda.names import OVERVIEW_NAME, agenda_names
from toolkit.writers.files import TargetInUse, publish

from .agendas import Board
from .mishap import LOG, stumbled
from .tools import Tools


@dataclass(slots=True)
class Written:
    """`notices` say which workbook could not be written, `failed` that one stands nowhere."""

    paths: list[Path] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    failed: bool = False
    marks: dict[str, str] = field(default_factory=dict)
    """Person -> mark of what his workbook says now."""


def workbook_names(people: Collection[str]) -> dict[str, str]:
    """Person -> file name; the same for the same people in every run."""
    return agenda_names(person for person in people if person != NOBODY)


@dataclass(frozen=True, slots=True)
class Desk:
    """What the workbooks are made of, and where: `folder`, with links into `base`."""

    folder: Path
    base: Path
    board: Board
    facts: RunFacts
    names: Mapping[str, str]
    tools: Tools
    sleep: Callable[[float], None]


def write_agendas(desk: Desk, marks: Mapping[str, str]) -> Written:
    """Write everybody's workbook, unless it is there and says the same already (`marks`).

    One that has become empty is written once more, then left.
    """
    written = Written()
    writer = _Writer(desk, written)
    for person, name in desk.names.items():
        agenda = desk.board.workbook(person)
        mark, there = _mark(agenda, name), name in writer.there
        if not agenda and not there:
            continue
        if there and marks.get(person) == mark:
            written.paths += [desk.folder / name] if agenda else []
        elif not writer.write(desk.folder / name, _agenda(desk, agenda)):
            continue
        written.marks[person] = mark
    return written


def _mark(agenda: Agenda, name: str) -> str:
    """Equal for workbooks that say the same on the same day; an empty one is so every day."""
    said = f"{name}\n{agenda}" if agenda else name
    return sha256(said.encode("utf-8", "backslashreplace")).hexdigest()[:16]


def write_overview(desk: Desk, overview: Overview) -> Written:
    """Write the managers' workbook."""
    written = Written()

    def write(path: Path) -> None:
        desk.tools.write_overview(path, overview, desk.facts, desk.base, desk.names)

    _Writer(desk, written).write(desk.folder / OVERVIEW_NAME, write)
    return written


def _agenda(desk: Desk, agenda: Agenda) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        desk.tools.write_agenda(path, agenda, desk.facts, desk.base)

    return write


class _Writer:
    """Publishes workbooks; what cannot be written is noted and does not stop the others."""

    def __init__(self, desk: Desk, written: Written) -> None:
        self._written = written
        self._sleep = desk.sleep
        self.there = {p.name for p in desk.folder.iterdir()} if desk.folder.is_dir() else set()

    def write(self, path: Path, write: Callable[[Path], None]) -> bool:
        """Whether the file itself was replaced."""
        try:
            # the run sweeps before it writes
            with publish(path, sweeping=False, sleep=self._sleep) as temporary:
                write(temporary)
        except TargetInUse as error:
            self._written.notices.append(str(error))
            self._written.paths.append(error.kept)
            return False
        except ToolkitError as error:
            self._written.notices.append(f"“{path.name}”没有写成：{error}")
            self._written.failed = True
            return False
        except Exception as error:  # one workbook that we cannot make must not cost the others
            LOG.exception("cannot write %s", path.name)
            self._written.notices.append(f"“{path.name}”没有写成：{stumbled(error)}")
            self._written.failed = True
            return False
        self._written.paths.append(path)
        return True
