"""What `toolkit adopt` writes: 部门配置.xlsx, or 列名别名_待确认.xlsx beside it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import count
from pathlib import Path

from toolkit.forms import load_forms
from toolkit.model.adoption import ProposedPerson, Suggestion

from .files import new_file
from .form_workbook import FormContent, write_form

CONFIRMATION_NAME = "列名别名_待确认"
TO_BE_CHECKED = "待核对"
Row = dict[str, object]


def write_configuration(
    path: Path,
    *,
    department: str,
    people: Sequence[ProposedPerson],
    suggestions: Sequence[Suggestion],
    parameters: list[Row],
    now: datetime,
) -> Path:
    """A new 部门配置.xlsx: 启用日期 is today, the roster is a proposal, nothing is confirmed.

    Raises ToolkitError when the file exists or cannot be written.
    """
    content = FormContent(
        labels={"department": {"department_name": department, "go_live_date": now.date()}},
        tables={
            "roster": [_person_row(p) for p in people],
            "parameters": parameters,
            "label_aliases": [_alias_row(s) for s in suggestions],
        },
    )
    return _write(path, content, now)


def write_confirmation(folder: Path, suggestions: Sequence[Suggestion], now: datetime) -> Path:
    """A new 列名别名_待确认.xlsx with these suggestions; a name that is taken gets a number.

    Raises ToolkitError when it cannot be written.
    """
    content = FormContent(tables={"label_aliases": [_alias_row(s) for s in suggestions]})
    names = (f"{CONFIRMATION_NAME}{f'_{n}' if n > 1 else ''}.xlsx" for n in count(1))
    path = next(p for name in names if not (p := folder / name).exists())
    return _write(path, content, now)


def _write(path: Path, content: FormContent, now: datetime) -> Path:
    with new_file(path) as temporary:
        write_form(load_forms()["G19"], temporary, content, generated=now)
    return path


def _person_row(person: ProposedPerson) -> Row:
    said = f"{TO_BE_CHECKED}：见于{person.seen_as}"
    if person.role:
        said += f"，可能是{person.role}"
    if not person.department:
        said += "，请补填部门"
    return {"name": person.name, "department": person.department, "position": said}


def _alias_row(suggestion: Suggestion) -> Row:
    return {
        "form": suggestion.form,
        "table": suggestion.table,
        "standard_label": suggestion.standard_label,
        "own_label": suggestion.own_label,
        "note": f"{suggestion.reason}（见 {suggestion.place}）",
    }
