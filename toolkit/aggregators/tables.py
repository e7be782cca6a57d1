"""What the department's tables have in common: titles, places, labels of lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

import pandas as pd

from toolkit.model.dossier import Dossier
from toolkit.model.forms import FieldType
from toolkit.regulation.department import Department
from toolkit.regulation.distinct import by_value

SOURCE, SHEET, ROW, CELL = "来源文件", "工作表", "行号", "单元格"
"""Titles of the columns that say where a line comes from: path, sheet, row in Excel, A1."""

NUMBER, TITLE = "项目编号", "项目名称"
_LISTS = (FieldType.PEOPLE, FieldType.CHOICES, FieldType.REFERENCES)


def field_columns(
    dossier: Dossier, block: str, lines: pd.DataFrame, keys: Iterable[str]
) -> dict[str, pd.Series]:
    """Fields of a block as columns titled with the official labels; lists joined with 、."""
    columns = {}
    for key in keys:
        found = dossier.blocks[block].field(key)
        column = lines[key]
        if found.type in _LISTS:
            column = by_value(column, "、".join)
        columns[found.label] = column
    return columns


def unreadable_cells(
    dossier: Dossier, block: str, lines: pd.DataFrame, keys: Sequence[str]
) -> dict[tuple[int, str], str]:
    """The raw text of cells of these lines that could not be taken, by position and title."""
    labels = {key: dossier.blocks[block].field(key).label for key in keys}
    problems = [p for p in dossier.problems if p.frame == block and p.field in labels]
    if not problems:
        return {}
    positions = {index: position for position, index in enumerate(lines.index)}
    return {(positions[p.index], labels[p.field]): p.raw for p in problems if p.index in positions}


def project_columns(dept: Department, lines: pd.DataFrame) -> dict[str, pd.Series]:
    """Number and name of the project of each line: the project's own, else as written."""
    index = dept.projects
    columns = {}
    for title, known, written in (
        (NUMBER, index.numbers, "project_id"),
        (TITLE, index.titles, "project_name"),
    ):
        official = by_value(lines["project"], partial(_known, known))
        columns[title] = official.where(official != "", lines[written])
    return columns


def _known(names: Mapping[str, str], project: str) -> str:
    return names.get(project, "")


def source_columns(dossier: Dossier, lines: pd.DataFrame) -> dict[str, pd.Series]:
    """File, sheet and row of each line of a register."""
    paths = {number: source.path for number, source in enumerate(dossier.sources)}
    sheets = {number: binding.sheet for number, binding in enumerate(dossier.bindings)}
    return {
        SOURCE: by_value(lines["source"], paths.__getitem__),
        SHEET: by_value(lines["binding"], sheets.__getitem__),
        ROW: lines["row"],
    }


def place_columns(dossier: Dossier, frame: str, lines: pd.DataFrame) -> dict[str, pd.Series]:
    """File, sheet and cell of each form among the lines; for a few hundred, not for thousands."""
    places = [dossier.locate(frame, index) for index in lines.index]
    values = {SOURCE: [p.path for p in places], SHEET: [p.sheet for p in places]}
    values[CELL] = [p.cell for p in places]
    return {title: pd.Series(v, index=lines.index, dtype=object) for title, v in values.items()}


def lookup(keys: pd.Series, values: pd.Series) -> pd.Series:
    """The value of each key (unique in the index of `values`), missing where there is none.

    Unlike Series.map it keeps the type of an empty column of dates.
    """
    return values.reindex(keys).set_axis(keys.index)


def blank_out(column: pd.Series, word: str = "未填") -> pd.Series:
    """A text column with a word where nothing stands, for counting and charts."""
    return column.where(column != "", word)
