"""Values into cells: text stays text, numbers stay numbers, dates are real dates."""

from __future__ import annotations

import math
import re
from datetime import date, datetime, time
from decimal import Decimal
from numbers import Integral, Real
from typing import Any

from toolkit.model.errors import ToolkitError
from toolkit.model.text import is_blank

LONGEST_TEXT = 32_767
"""Characters that an Excel cell holds."""

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_FIRST_DAY = date(1900, 3, 1)
"""Excel counts a 29 February 1900; earlier dates are off by one there."""


def write_value(sheet: Any, row: int, column: int, value: object, style: Any) -> None:
    """Write one value (row and column from 0); blank values keep the style only.

    Raises ToolkitError for text that no Excel cell can hold.
    """
    value = plain(value)
    if value is None:
        sheet.write_blank(row, column, None, style)
    elif isinstance(value, str):
        sheet.write_string(row, column, value, style)
    elif isinstance(value, (date, time)):
        sheet.write_datetime(row, column, value, style)
    else:
        sheet.write_number(row, column, value, style)


def plain(value: object) -> str | int | float | date | time | None:
    """What Excel can hold of a value: str, number, date, datetime, time, or None for blank.

    Lists are joined with `、`; what XML forbids is dropped; infinite numbers become text.
    """
    if isinstance(value, (tuple, list)):
        value = "、".join(str(part) for part in value)
    if is_blank(value):
        return None
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        value = value.replace(tzinfo=None)
    if isinstance(value, date):
        day = value.date() if isinstance(value, datetime) else value
        return value if day >= _FIRST_DAY else value.isoformat()
    if isinstance(value, time):
        return value.replace(tzinfo=None)
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, (Real, Decimal)) and math.isfinite(value):
        return float(value)
    return _text(str(value))


def _text(text: str) -> str | None:
    text = _ILLEGAL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    if len(text.encode("utf-16-le")) > 2 * LONGEST_TEXT:  # Excel counts UTF-16 units
        raise ToolkitError(
            f"有一段文字长达 {len(text)} 字，超过 Excel 单元格的上限 {LONGEST_TEXT} 字："
            f"“{text[:20]}…”。",
            "请把它缩短，或存为附件后在表中写明位置。",
        )
    if text.startswith("<r>") and text.endswith("</r>"):
        text += " "  # XlsxWriter would take it for the XML of a rich string, unescaped
    return text or None
