"""Which rows of a bound table are records, and why the others are none."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

import numpy as np
import numpy.typing as npt

from toolkit.model.forms import FieldType
from toolkit.model.projects import PROJECT_FIELDS
from toolkit.model.text import clean, fold, fold_label, is_blank

from .binding import BoundBlock
from .coded import Coded, CodedLines, Codes, Values
from .grid import Grid
from .values import is_placeholder

TOTAL, HEADER, HEADING = "是合计行", "是重复的表头", "是小标题"
NOTE, NOTHING = "是说明文字", "没有可以识别的内容"
ONLY_PROJECT = "只有项目一栏有内容"

_TOTAL = re.compile(
    r"[\W_]*(?:本页|本月|当月|月度|本季|季度|本年|年度|全年)?(?:合计|总计|小计|共计|累计)"
    r"(?:数|次数|工时|小时|时间|天数)?[\W\d]*(?:次|条|项|行|个|天|小时|h)?[\W_]*"
)
_NOTE = re.compile(
    r"[\W_]*(?:备注|说明|注意|注|填表说明|填写说明)\d*[:：.、]|[\W_]*以下空白[\W_]*$"
)
_LABELLED = re.compile(r"[^:：]{1,8}[:：]")
_MANY = 100
"""Rows from which it pays to look at all of them at once."""
_LONGEST_NONE = 6
_SHOWN = 80
"""Characters of a row that is rejected, for people who look for it."""
_SIGNATURE_LENGTH = 24
"""`日期：2026年11月20日` may stand below a column of long texts; a record says more than that."""
_PERIOD = re.compile(
    r"(?:\d{4}年?)?(?:[一二三四五六七八九十]{1,3}月份?|\d{1,2}月份?|第?[一二三四1-4]季度|[上下]半年)"
)


Column = Sequence[Any] | Coded


@dataclass(slots=True)
class TableRows:
    """The records of a table as raw cells, and the rows that are none. Rows from 1."""

    numbers: Sequence[int] = field(default_factory=list)
    columns: Mapping[str, Column] = field(default_factory=dict)
    rejected: list[tuple[int, str, str]] = field(default_factory=list)
    """Row, reason and its text."""


def table_rows(bound: BoundBlock) -> TableRows:
    """All records of a bound table; wholly blank rows count as nothing."""
    lines = bound.grid.rows
    if isinstance(lines, CodedLines) and bound.end_row - bound.header_row > _MANY:
        return _coded_rows(bound, lines)
    keys, places = list(bound.columns), list(bound.columns.values())
    judge = _Judge(bound)
    spread = _spread(bound)
    pick = itemgetter(*places, places[0])  # one more, so that it is a tuple in any case
    found = TableRows()
    kept: list[tuple[Any, ...]] = []
    numbers: list[int] = []
    for number, line in _lines(bound.grid, bound.header_row + 1, bound.end_row, max(places) + 1):
        cells = pick(line)
        if not any(cells) and all(cell == "" for cell in cells):
            continue
        reason = judge.reason(number, line, cells)
        if reason is None:
            continue
        if reason:
            found.rejected.append((number + 1, reason, _text(line)))
            continue
        numbers.append(number + 1)
        kept.append(_with(cells, spread[number]) if number in spread else cells)
    found.numbers = numbers
    found.columns = dict(zip(keys, zip(*kept, strict=True), strict=False))
    return found


def _text(line: Iterable[Any]) -> str:
    text = ""
    for value in line:
        text = f"{text} {clean(value[:_SHOWN] if isinstance(value, str) else value)}".strip()
        if len(text) >= _SHOWN:
            break
    return text[:_SHOWN]


def _coded_rows(bound: BoundBlock, lines: CodedLines) -> TableRows:
    """`table_rows` of a sheet whose cells are numbers: only suspicious rows are looked at."""
    places = list(bound.columns.values())
    first, end = bound.header_row + 1, min(bound.end_row, len(lines))
    codes = lines.codes[first:end]
    if max(places) >= codes.shape[1]:
        wider = max(places) + 1 - codes.shape[1]
        codes = np.pad(codes, ((0, 0), (0, wider)))
    judge = _Judge(bound)
    cells = codes[:, places]
    filled = (lines.table != "").take(cells)
    blank = ~filled.any(axis=1)
    suspicious = judge.suspicious(codes, cells, lines.table, filled) & ~blank
    found = TableRows()
    kept = ~blank
    pick = itemgetter(*places, places[0])
    for row in np.flatnonzero(suspicious).tolist():
        line = lines.table.take(codes[row]).tolist()
        reason = judge.reason(first + row, line, pick(line))
        kept[row] = reason == ""
        if reason:
            found.rejected.append((first + row + 1, reason, _text(line)))
    for row, more in _spread(bound).items():
        for position, (_, code) in more.items():
            if first <= row < end and lines.table[cells[row - first, position]] == "":
                cells[row - first, position] = code
    numbers = np.flatnonzero(kept)
    found.numbers = (numbers + (first + 1)).tolist()
    cells = cells[numbers]
    found.columns = {key: Coded(cells[:, n], lines.table) for n, key in enumerate(bound.columns)}
    return found


def holds_anything(bound: BoundBlock) -> bool:
    """Whether a cell below the header of a table is filled."""
    places = list(bound.columns.values())
    return any(
        clean(line[column])
        for _, line in _lines(bound.grid, bound.header_row + 1, bound.end_row, max(places) + 1)
        for column in places
    )


def _lines(grid: Grid, first: int, end: int, width: int) -> Iterator[tuple[int, list[Any]]]:
    for number in grid.filled_rows(first, end):
        line = grid.rows[number]
        yield number, line if len(line) >= width else [*line, *[""] * (width - len(line))]


class _Judge:
    """Tells records from totals, repeated headers and notes."""

    def __init__(self, bound: BoundBlock) -> None:
        keys = list(bound.columns)
        named = [keys.index(k) for k in bound.block.identity if k in bound.columns]
        self._identity = named or list(range(len(keys)))
        self._projects = {n for n, key in enumerate(keys) if key in PROJECT_FIELDS}
        others = {*bound.block.identity} - {*PROJECT_FIELDS}
        self._more_than_project = bool(others) and len(keys) > len(self._projects)
        long = {f.key for f in bound.block.fields if f.type is FieldType.LONG}
        self._short = [n for n, key in enumerate(keys) if key not in long]
        upper = bound.grid.rows[max(bound.header_row - 1, 0) : bound.header_row + 1]
        self._texts = {v for line in upper for v in line if isinstance(v, str) and v}
        self._header = {fold_label(t) for v in self._texts if 0 < len(t := clean(v)) <= 30}
        self._enough = max(2, len(keys) // 2)
        self._grid, self._columns = bound.grid, list(bound.columns.values())
        self._width = len(keys)
        self._ordinary: set[tuple[Any, Any]] = set()
        """First text and identity of rows that are records: most rows of a table share them."""

    def reason(self, row: int, line: list[Any], cells: tuple[Any, ...]) -> str | None:
        """Why the row is no record, '' when it is one, None when it is blank after all.

        Runs for every row of the department: what is rare is looked at only on suspicion.
        """
        first = line[0] or next(filter(None, line), "")
        token = first, cells[self._identity[0]]
        if (
            token in self._ordinary
            and cells.count("") < self._width - 2
            and self._texts.isdisjoint(cells)
        ):
            return ""
        reason = self._judge(row, first, cells)
        named = not is_blank(token[1]) and not _names_none(token[1])
        if reason == "" and named and not self._looks_like_note(first):
            self._ordinary.add(token)
        return reason

    def suspicious(
        self, codes: Codes, cells: Codes, table: Values, filled: npt.NDArray[np.bool_]
    ) -> npt.NDArray[np.bool_]:
        """Which rows are not records at first sight.

        `codes` are whole lines, `cells` the columns of the table, `filled` says which of them
        are. What is left out here is a record by `_judge`, too: it has an identity, enough cells,
        no text of the header, and begins neither like a total nor like a note.
        """
        blanks = self._width - np.count_nonzero(filled, axis=1) + ~filled[:, 0]
        found: npt.NDArray[np.bool_] = blanks >= self._width - 2
        known = np.fromiter(map(self._texts.__contains__, table), bool, len(table))
        found |= known.take(cells).any(axis=1)
        nameless = np.arange(len(cells))
        for number in self._identity:
            names = self._names_project if number in self._projects else _says_something
            nameless = nameless[~_each(cells[nameless, number], table, names)]
        found[nameless] = True
        truth = table.astype(bool).take(codes)
        first = codes[np.arange(len(codes)), truth.argmax(axis=1)]
        found |= _each(first, table, self._may_be_none)
        return found

    @staticmethod
    def _names_project(cell: Any) -> bool:
        return not is_blank(cell) and not _names_none(cell)

    def _may_be_none(self, first: Any) -> bool:
        return self._looks_like_note(first) or (first.__class__ is str and "计" in first)

    def _judge(self, row: int, first: Any, cells: tuple[Any, ...]) -> str | None:
        if first.__class__ is str and "计" in first and _TOTAL.fullmatch(fold(first[:40])):
            return TOTAL
        if not self._texts.isdisjoint(cells) and self._is_header(cells):
            return HEADER
        for number in self._identity:
            cell = cells[number]
            if not is_blank(cell) and not (number in self._projects and _names_none(cell)):
                break
        else:
            return NOTHING if any(clean(cell) for cell in cells) else None
        if self._looks_like_note(first) and self._is_note(cells):
            return NOTE
        blanks = cells.count("")  # of one cell more than there are columns
        if blanks >= self._width - 1 and (self._is_heading(row) or self._is_period(cells)):
            return HEADING
        few = blanks >= self._width - 2 and self._more_than_project
        return ONLY_PROJECT if few and self._says_only_project(cells) else ""

    @staticmethod
    def _looks_like_note(first: Any) -> bool:
        return first.__class__ is str and (
            "：" in first or ":" in first or bool(_NOTE.match(first))
        )

    def _is_header(self, cells: tuple[Any, ...]) -> bool:
        texts = [t for cell in cells[:-1] if (t := clean(cell))]
        labels = sum(len(t) <= 30 and fold_label(t) in self._header for t in texts)
        return labels >= self._enough or (labels >= 2 and labels == len(texts))

    def _is_heading(self, row: int) -> bool:
        """One text merged over several columns: no record has all of them in one cell."""
        across = (self._grid.after(row, column) - column for column in self._columns)
        return max(across) >= min(3, self._width)

    def _is_period(self, cells: tuple[Any, ...]) -> bool:
        """Only `三月份` or the like: it heads the rows of that month."""
        texts = [text for cell in cells[:-1] if (text := clean(cell))]
        alone = self._width > 2 and len(texts) == 1
        return alone and bool(_PERIOD.fullmatch(fold(texts[0][:20])))

    def _says_only_project(self, cells: tuple[Any, ...]) -> bool:
        return all(n in self._projects or is_blank(cell) for n, cell in enumerate(cells[:-1]))

    def _is_note(self, cells: tuple[Any, ...]) -> bool:
        """Only remarks and `填表人：` lines; where long texts belong, only beside another one."""
        filled = {n: t for n, cell in enumerate(cells[:-1]) if (t := clean(cell))}
        short = filled.keys() & set(self._short)
        if not short:
            return False
        if len(filled) == 1 and _NOTE.match(next(iter(filled.values()))):
            return True
        return all(
            _LABELLED.match(text) and (n in short or len(text) <= _SIGNATURE_LENGTH)
            for n, text in filled.items()
        )


def _each(codes: Codes, table: Values, holds: Callable[[Any], bool]) -> npt.NDArray[np.bool_]:
    """Whether something holds of each cell of a column; every value is asked once."""
    column = Coded(codes, table).distinct()
    return np.fromiter(map(holds, column.table), bool, len(column.table)).take(column.codes)


def _says_something(cell: Any) -> bool:
    return not is_blank(cell)


def _names_none(cell: Any) -> bool:
    """Whether 无, - or the like stands where a project belongs. Runs for every row."""
    return cell.__class__ is str and len(cell) <= _LONGEST_NONE and is_placeholder(cell)


def _spread(bound: BoundBlock) -> dict[int, dict[int, tuple[Any, int]]]:
    """Row -> position among the cells -> value (and its code) of the cell merged down into it.

    A cell merged over several rows speaks for all of them, but hours are not worked twice and
    a number names one record.
    """
    found: dict[int, dict[int, tuple[Any, int]]] = defaultdict(dict)
    if not bound.grid.merges:
        return found
    lines = bound.grid.rows
    fields = {f.key: f for f in bound.block.fields}
    positions = {
        column: n
        for n, (key, column) in enumerate(bound.columns.items())
        if fields[key].type is not FieldType.NUMBER and not fields[key].unique
    }
    for (top, left), (bottom, _) in bound.grid.merges.items():
        if left in positions and bound.header_row < top < bottom and top < len(lines):
            value = bound.grid.value(top, left)
            code = 0
            if isinstance(lines, CodedLines) and left < lines.codes.shape[1]:
                code = int(lines.codes[top, left])
            for row in range(top + 1, min(bottom + 1, bound.end_row)):
                found[row][positions[left]] = value, code
    return found


def _with(cells: tuple[Any, ...], spread: dict[int, tuple[Any, int]]) -> tuple[Any, ...]:
    return tuple(
        spread[n][0] if cell == "" and n in spread else cell for n, cell in enumerate(cells)
    )
