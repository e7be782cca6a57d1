"""What an Excel cell can hold of a value; in reports nothing raises because of a value."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

import pandas as pd

from toolkit.model.text import is_blank

LONGEST_TEXT = 32_767
"""UTF-16 units that an Excel cell holds."""
CUT_MARK = "…（原文过长，此处截断）"
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_EXCEL_EPOCH = pd.Timestamp(1899, 12, 30)
_FIRST_DAY = pd.Timestamp(1900, 3, 1)
"""Excel counts a 29 February 1900; earlier days are off by one there."""


def plain(value: Any) -> str | float:
    """A number, a serial date as a number, or text; '' when there is nothing.

    Lists are joined with 、, dates become serial numbers, what cannot be one becomes text.
    """
    if isinstance(value, str):
        return cell_text(value)
    if isinstance(value, (tuple, list)):
        return cell_text("、".join(map(str, value)))
    if is_blank(value) or value is pd.NA:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, (date, datetime)):
        return serial_date(value)
    number = float(value)
    return number if math.isfinite(number) else str(number)


def serial_date(value: date) -> str | float:
    """Excel's number of a day (and time); as text before March 1900."""
    moment = pd.Timestamp(value).tz_localize(None)
    if moment < _FIRST_DAY:
        return str(moment.strftime("%Y-%m-%d"))
    return float((moment - _EXCEL_EPOCH) / pd.Timedelta(days=1))


def cell_text(text: str) -> str:
    """Text that Excel opens: without control characters, cut with a mark when it is too long."""
    text = _ILLEGAL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    if not text.strip():
        return ""
    if len(text) > LONGEST_TEXT // 2 and _units(text) > LONGEST_TEXT:
        text = _cut(text, LONGEST_TEXT - _units(CUT_MARK)) + CUT_MARK
    # XlsxWriter takes text in <r> … </r> for ready-made XML of a rich string
    return f"{text} " if text.startswith("<r>") and text.endswith("</r>") else text


def cell_texts(texts: Sequence[str]) -> list[str]:
    """`cell_text` of many at a time."""
    joined = "".join(texts)
    usual = not _ILLEGAL.search(joined) and "\r" not in joined and "<r>" not in joined
    if usual and max(map(len, texts), default=0) <= LONGEST_TEXT // 2:
        return [text if text.strip() else "" for text in texts]
    return [cell_text(text) for text in texts]


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _cut(text: str, units: int) -> str:
    return text.encode("utf-16-le")[: units * 2].decode("utf-16-le", errors="ignore")
