"""How official forms look: one palette, one font, cell formats by purpose."""

from __future__ import annotations

import math
import unicodedata
from typing import Any

from toolkit.model.forms import Field, FieldType

FONT = "微软雅黑"
SIZE = 10
LINE_HEIGHT = 16.5
"""Points that one line of text takes at SIZE."""

NAVY, INK, QUIET = "#1F3F62", "#262626", "#6B7785"
LINE, FAINT_LINE = "#B4BFCB", "#E6EAEF"
BAR, LABEL, UNASKED = "#DCE6F1", "#F3F6FA", "#F7F7F7"
REQUIRED_HEADER, SOMETIMES_HEADER, OPTIONAL_HEADER = "#2F5C8A", "#BDD2E8", "#E9EFF6"
GROUP_HEADER = "#ECECEC"
MISSING = "#FFF2CC"

BOOK_OPTIONS: dict[str, Any] = {
    # font_scheme: with a scheme Excel would show the theme's font instead of the named one
    "default_format_properties": {"font_name": FONT, "font_size": SIZE, "font_scheme": "none"},
    "default_row_height": 22,
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}

_NUMBER_FORMATS = {
    FieldType.DATE: "yyyy-mm-dd",
    FieldType.DATETIME: "yyyy-mm-dd hh:mm",
    FieldType.TIME: "hh:mm",
    FieldType.NUMBER: "General",
}
_TEXT = 49
"""Excel's built-in format `@`."""
_CENTRED = {
    FieldType.DATE,
    FieldType.DATETIME,
    FieldType.TIME,
    FieldType.NUMBER,
    FieldType.CHOICE,
    FieldType.YESNO,
    FieldType.PERSON,
}
_SHORT = 16
"""Text in columns up to this width is centred: numbers, versions, products."""


class Styles:
    """The formats of one workbook, each made once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, object], ...], Any] = {}

    def _get(self, **properties: object) -> Any:
        base = {"font_name": FONT, "font_size": SIZE, "font_scheme": "none", "font_color": INK}
        wanted = base | {"valign": "vcenter"} | properties
        key = tuple(sorted(wanted.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(wanted)
        return self._made[key]

    @property
    def plain(self) -> Any:
        return self._get()

    @property
    def title(self) -> Any:
        return self._get(font_size=18, bold=True, font_color=NAVY, valign="vcenter")

    @property
    def code(self) -> Any:
        """The form's code at the right end of the title line."""
        return self._get(font_size=9, font_color=QUIET, align="right", valign="bottom")

    @property
    def intro(self) -> Any:
        return self._get(font_size=9, font_color=QUIET, text_wrap=True, top=2, top_color=NAVY)

    @property
    def remark(self) -> Any:
        return self._get(font_size=9, font_color=QUIET, top=2, top_color=NAVY)

    @property
    def section(self) -> Any:
        return self._get(
            font_size=11,
            bold=True,
            font_color=NAVY,
            bg_color=BAR,
            indent=1,
            left=5,
            left_color=NAVY,
        )

    def label(self, field: Field) -> Any:
        look = {"bold": True, "font_color": NAVY} if _always(field) else {"font_color": "#44546A"}
        return self._get(
            bg_color=LABEL, text_wrap=True, indent=1, border=1, border_color=LINE, **look
        )

    def value(self, field: Field) -> Any:
        """The cell beside a label that staff fill in."""
        look: dict[str, object] = {"border": 1, "border_color": LINE}
        if field.auto:
            look["bg_color"] = UNASKED
        if field.signature:
            # a line to sign on by hand
            look |= {"bottom": 2, "bottom_color": NAVY, "valign": "bottom"}
        return self._get(
            num_format=number_format(field),
            text_wrap=True,
            align="left",
            indent=1,
            locked=False,
            **look,
        )

    def register_label(self) -> Any:
        return self._get(align="right", font_color="#44546A", indent=1)

    def register_value(self, field: Field) -> Any:
        return self._get(
            num_format=number_format(field),
            align="left",
            bold=True,
            indent=1,
            bottom=1,
            bottom_color=NAVY,
            locked=False,
        )

    def header(self, field: Field) -> Any:
        """A column's head: the stronger its colour, the more it is asked for."""
        fill, ink = OPTIONAL_HEADER, NAVY
        if field.optional_group or field.auto:
            fill, ink = GROUP_HEADER, "#595959"
        elif field.required is not None:
            fill, ink = (REQUIRED_HEADER, "#FFFFFF") if _always(field) else (SOMETIMES_HEADER, NAVY)
        return self._get(
            bold=True,
            bg_color=fill,
            font_color=ink,
            text_wrap=True,
            align="center",
            border=1,
            border_color=LINE,
        )

    def column(self, field: Field, *, below: bool = False) -> Any:
        """The cells of a table's column; fainter `below` the table's last row."""
        return self._get(
            num_format=number_format(field),
            text_wrap=True,
            **({"align": "center"} if _centred(field) else {"align": "left", "indent": 1}),
            border=1,
            border_color=FAINT_LINE if below else LINE,
            locked=False,
        )

    @property
    def missing(self) -> Any:
        return self._book_once("missing", {"bg_color": MISSING})

    def _book_once(self, name: str, properties: dict[str, object]) -> Any:
        # conditional formats take bare properties: a font name would make Excel repair the file
        key = ((name, None),)
        if key not in self._made:
            self._made[key] = self._book.add_format(properties)
        return self._made[key]


def number_format(field: Field) -> str | int:
    """Everything that is not a date or a number is text: versions like 3.10 must stay."""
    return _NUMBER_FORMATS.get(field.type, _TEXT)


def text_width(text: str) -> float:
    """Width in columns' units: CJK and full-width characters count two."""
    return sum(2.0 if unicodedata.east_asian_width(c) in "WFA" else 1.1 for c in text)


def lines(text: str, width: float) -> int:
    """How many lines wrapped text takes in a column of this width."""
    usable = max(width - 0.5, 1.0)
    return sum(max(1, math.ceil(text_width(line) / usable)) for line in text.split("\n"))


def _centred(field: Field) -> bool:
    short = field.width <= _SHORT and field.type is not FieldType.LONG
    return field.type in _CENTRED or short


def _always(field: Field) -> bool:
    return field.required is not None and not field.required.clauses
