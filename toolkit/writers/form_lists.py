"""What the drop-downs of a form offer: local copies of the lists on the hidden sheet `_lists`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from toolkit.forms.layout import SheetLayout
from toolkit.forms.names import LISTS_SHEET
from toolkit.model.forms import Block, Field, FieldType, Form
from toolkit.model.location import column_letter

from .form_styles import Styles

LAST_ROW = 2000
"""Row down to which validations and tints reach, from 1."""

_ROSTER = "roster"
_PROJECTS = "project_list"
_PROJECT_FIELDS = ("project_id", "project_name")


@dataclass(frozen=True)
class Choices:
    """What drop-downs offer beyond the options that stand in the form itself."""

    people: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Department (售前, 销售, 研发 …) -> names."""
    projects: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Offer:
    """One drop-down: its source and what Excel says about a value that is not in it."""

    source: str
    error_type: str = "information"
    """'warning' asks whether to go on, 'information' only says so, '' says nothing."""
    message: str = ""


class FormLists:
    """Hands out drop-down sources for one workbook and writes the lists that were asked for."""

    def __init__(self, form: Form, layouts: Sequence[SheetLayout], choices: Choices) -> None:
        self._form = form
        self._choices = choices
        self._columns: dict[tuple[str, ...], str] = {}
        self._tables = {t.block.key: (s.name, t) for s in layouts for t in s.tables}
        self.names: dict[str, str] = {}
        """Defined names of the lists that grow with a table of the same workbook."""

    def offer(self, block: Block, field_: Field) -> Offer | None:
        """The drop-down of a field; None when there is nothing to choose from."""
        if field_.type in (FieldType.CHOICE, FieldType.YESNO):
            source = self._fixed(field_.label, field_.options)
            return Offer(
                source, "warning", "请从列表中选择；列表里确实没有时，可以保留自己的写法。"
            )
        if field_.type is FieldType.PERSON:
            return self._people(block, field_)
        if field_.type is FieldType.TEXT and field_.key in _PROJECT_FIELDS:
            return self._projects(block, field_)
        return None

    def _people(self, block: Block, field_: Field) -> Offer | None:
        error_type = "" if field_.outsider else "information"
        message = "名册里没有这个姓名，请核对；同事刚入职或另有写法时，可以保留。"
        if _ROSTER in self._tables:
            if block.key == _ROSTER:
                return None
            return Offer(self._growing("名册_姓名", _ROSTER, ("name",)), error_type, message)
        staff = self._choices.people
        wanted = [name for d in field_.departments for name in staff.get(d, ())]
        everybody = [name for names in staff.values() for name in names]
        names = tuple(dict.fromkeys(wanted or everybody))
        title = "、".join(field_.departments) if wanted else "全体人员"
        return Offer(self._fixed(title, names), error_type, message) if names else None

    def _projects(self, block: Block, field_: Field) -> Offer | None:
        if _PROJECTS in self._tables and block.key != _PROJECTS:
            # either column may have gaps; the longer one tells how far the list goes
            name = f"清单_{field_.label}"
            source = self._growing(name, _PROJECTS, (field_.key, *_PROJECT_FIELDS))
            sheet = self._tables[_PROJECTS][0]
            return Offer(source, "information", f"“{sheet}”里还没有这个项目，请先去那里登记一行。")
        if field_.key == "project_id" and not field_.auto and self._choices.projects:
            return Offer(self._fixed("项目", tuple(self._choices.projects)), "")
        return None

    def _fixed(self, title: str, values: tuple[str, ...]) -> str:
        if values not in self._columns:
            self._columns[values] = title
        letter = column_letter(list(self._columns).index(values))
        return f"={LISTS_SHEET}!${letter}$2:${letter}${len(values) + 1}"

    def _growing(self, name: str, block: str, keys: tuple[str, ...]) -> str:
        """A list that is a column of this workbook, as long as it is filled."""
        sheet, table = self._tables[block]
        columns = []
        for key in dict.fromkeys(keys):
            letter, first = column_letter(table.column_of(key)), table.header_row + 2
            columns.append(f"'{sheet}'!${letter}${first}:${letter}${LAST_ROW}")
        start = columns[0].partition(":")[0]
        filled = ",".join(f"COUNTA({column})" for column in columns)
        self.names[name] = f"=OFFSET({start},0,0,MAX(1,{filled}),1)"
        return f"={name}"

    def write(self, sheet: Any, styles: Styles) -> None:
        """Fill the sheet `_lists`: one list a column, its title in row 1."""
        for column, (values, title) in enumerate(self._columns.items()):
            sheet.set_column(column, column, 18, styles.plain)
            for row, text in enumerate((title, *values)):
                sheet.write_string(row, column, text, styles.plain)
