"""Paper: A4, margins, repeated titles, page numbers."""

from __future__ import annotations

from typing import Any

from toolkit.model.forms import Form

from .form_styles import FONT

_A4 = 9
_UPRIGHT_HEIGHT = (11.69 - 1.2) * 72
"""Points between the margins of an upright page."""
_UPRIGHT_WIDTH, _LYING_WIDTH = (8.27 - 1.0) * 96, (11.69 - 0.8) * 96
"""Pixels between the margins at 96 dpi."""
_SMALLEST_FORM, _SMALLEST_TABLE, _SMALLEST_UPRIGHT = 0.72, 0.6, 0.85
"""Scales below which a page is too small to read, or would better lie on its side."""

_SMALL = f'&"{FONT},常规"&8 '
"""The blank keeps a text that begins with a figure apart from the font size."""


def portrait(sheet: Any, form: Form, *, height: float) -> None:
    """One page wide; one page high too, unless that would make it too small to read."""
    sheet.set_portrait()
    sheet.set_paper(_A4)
    sheet.set_margins(left=0.6, right=0.6, top=0.55, bottom=0.65)
    if height <= _UPRIGHT_HEIGHT / _SMALLEST_FORM:
        sheet.fit_to_pages(1, 1)
    else:
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
    sheet.center_horizontally()
    _footer(sheet, form, form.title)


def register(sheet: Any, form: Form, title: str, *, width: float) -> None:
    """On its side, one page wide, or two when one would be too small; as long as it takes.

    `width` in pixels. A narrow table that belongs to a form stands upright, like the form.
    """
    upright = form.kind == "form" and width <= _UPRIGHT_WIDTH / _SMALLEST_UPRIGHT
    if upright:
        sheet.set_portrait()
    else:
        sheet.set_landscape()
    sheet.set_paper(_A4)
    side = 0.5 if upright else 0.4
    sheet.set_margins(left=side, right=side, top=0.6, bottom=0.65)
    wide = 1 if upright or width <= _LYING_WIDTH / _SMALLEST_TABLE else 2
    sheet.fit_to_pages(wide, 0)
    if wide > 1:
        sheet.repeat_columns(0)
    sheet.center_horizontally()
    _footer(sheet, form, title)


def _footer(sheet: Any, form: Form, title: str) -> None:
    left, middle, right = f"{form.key} {title}", "第 &P 页，共 &N 页", "打印于 &D"
    text = f"&L{_SMALL}{left}&C{_SMALL}{middle}&R{_SMALL}{right}"
    sheet.set_footer(text, {"margin": 0.3})
