"""Series of mutated workbooks, read as a folder of the product: what became of each."""

from __future__ import annotations

import os
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

from toolkit.model.dossier import Status
from toolkit.readers.reader import read_folder

from ..hostile.attack import FORM, NUMBERED, parts_of
from ..other_formats import Error, xls
from ..workbooks import FORMS, some_records, workbook, write_tracking
from .biff import mutated_xls, stream_of
from .ooxml import mutated_xlsx

BATCH = 500
DECLARED = {Status.READ, Status.UNREADABLE, Status.UNRECOGNISED, Status.OUTPUT, Status.RESTRICTED}
_CELL = re.compile(r"(?:“[^”]*”)|[A-Z]{1,3}\d+|：.*")
"""What differs from file to file in a reason."""
_NO_VERDICT = ("程序出错", "时间过长")
"""What is said when the toolkit itself stumbled, or a parser did not come to an end."""


@dataclass
class Outcome:
    """Status and reason -> how many files; what must not happen, file by file."""

    verdicts: Counter[tuple[str, str]] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def _rich(book: Any, sheet: Any) -> None:
    sheet.write_rich_string(5, 0, "甲", book.add_format({"bold": True}), "乙")
    sheet.write_formula(5, 1, "=1/0", None, "#DIV/0!")
    sheet.write_formula(5, 2, "=A1", None, "")
    sheet.write_boolean(5, 4, True)
    sheet.merge_range(6, 0, 7, 3, "合并")
    sheet.set_row(3, None, None, {"hidden": True})


def official() -> bytes:
    """An official 项目跟踪表, with names, lists, formats and validations."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "项目跟踪表.xlsx")
        write_tracking(path, some_records(12))
        return path.read_bytes()


def various() -> bytes:
    """Values of every kind."""
    rows = [[1, 2.5, "文本", date(2026, 3, 5)], [datetime(2026, 3, 5, 9, 30), time(9, 30), "", "x"]]
    return workbook({"甲": rows * 2, "跟踪记录": rows}, _rich)


def old() -> bytes:
    """An .xls with a table, errors, formulas and hidden rows."""
    rows = [
        *NUMBERED,
        *([f"XM{n}", 46_086.0 + n, "产品测试", f"第{n}次", "是", "成功"] for n in range(9)),
    ]
    more = [[None, Error("#N/A"), Error("#DIV/0!", formula=True), "x", 1.5, -2e300]]
    return xls("跟踪记录", [*rows, *more], hidden=(3,))


def mutations(kind: str, more: Sequence[bytes] = ()) -> Callable[[Random], bytes]:
    """What makes a mutated file; `more` are workbooks of that kind to start from."""
    if kind == "xlsx":
        parts = [parts_of(content) for content in (official(), FORM, various(), *more)]
        return lambda random: mutated_xlsx(random.choice(parts), random)
    streams = [stream_of(content) for content in (old(), *more)]
    return lambda random: mutated_xls(random.choice(streams), random)


def files(
    kind: str, count: int, seed: int, more: Sequence[bytes] = ()
) -> Iterator[tuple[str, bytes]]:
    """Names and contents, no content twice: a folder's copies are not read."""
    mutate, known = mutations(kind, more), set[bytes]()
    for number in range(count):
        random = Random(f"{kind} {seed} {number}")
        content = mutate(random)
        while (mark := sha256(content).digest()) in known:
            content = mutate(random)
        known.add(mark)
        yield f"{seed}-{number:05}.{kind}", content


def run(kind: str, count: int, seed: int, more: Sequence[bytes] = ()) -> Outcome:
    """Read a series in folders of some hundred files."""
    outcome, batch = Outcome(), list[tuple[str, bytes]]()
    for one in files(kind, count, seed, more):
        batch.append(one)
        if len(batch) == BATCH:
            _read(batch, outcome)
            batch.clear()
    _read(batch, outcome)
    return outcome


def _read(batch: Sequence[tuple[str, bytes]], outcome: Outcome) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for path, content in batch:
            (folder / path).write_bytes(content)
            os.utime(folder / path, (1_760_000_000, 1_760_000_000))
        dossier = read_folder(folder, FORMS)
    explained = {p.source for p in dossier.source_problems if p.message and p.hint}
    met = set()
    for number, source in enumerate(dossier.sources):
        met.add(source.path)
        outcome.verdicts[source.status.value, _CELL.sub("…", source.reason)] += 1
        declared = source.status in DECLARED and not any(w in source.reason for w in _NO_VERDICT)
        told = source.status is not Status.UNREADABLE or number in explained
        if not (declared and told and source.rows == source.consolidated + source.rejected):
            outcome.wrong.append(f"{source.path} {source.status.value} {source.reason}")
    outcome.wrong += [f"{path} was not met" for path, _ in batch if path not in met]
