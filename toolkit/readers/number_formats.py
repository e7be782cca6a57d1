"""Which number formats show a date, a time of day or a duration, and what such a number means."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import IntEnum
from functools import lru_cache
from typing import Any

from .xml_text import remembered, resolved, tree

LAST_SERIAL = 2_958_466
"""The day after 9999-12-31."""
_EPOCH = datetime(1899, 12, 30)
_LEAP_DAY = 60
"""Excel counts 1900-02-29, which never was; before it every serial is one day further."""
_MAIN = "{*}"
_NOT_CODE = re.compile(r'"[^"]*"?|\\.|_.|\*.|G/通用格式|General', re.IGNORECASE)
_BRACKETS = re.compile(r"\[[^\]]*\]?")
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_DIGITS = re.compile(r"[0#?]")
_DATE_LETTERS = re.compile(r"[ymdhs]", re.IGNORECASE)
_LOCAL_LETTERS = re.compile(r"[aeg]", re.IGNORECASE)
"""Weekdays and years of Chinese and Japanese formats; beside digits E is an exponent."""


class Shown(IntEnum):
    """What a number format makes of a number."""

    NUMBER = 0
    MOMENT = 1
    DURATION = 2


_BUILT_IN = {
    **dict.fromkeys((*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)), Shown.MOMENT),
    46: Shown.DURATION,
}


@lru_cache(maxsize=1024)
def shown_as(code: str) -> Shown:
    """What a format code shows; of several sections the first counts."""
    code = _NOT_CODE.sub("", code).partition(";")[0]
    if _ELAPSED.search(code):
        return Shown.DURATION
    code = _BRACKETS.sub("", code)
    if _DATE_LETTERS.search(code):
        return Shown.MOMENT
    local = _LOCAL_LETTERS.search(code) and not _DIGITS.search(code)
    return Shown.MOMENT if local else Shown.NUMBER


@remembered
def cell_formats(styles: bytes) -> tuple[Shown, ...]:
    """What each cell format of a styles part shows. Raises ParseError."""
    root = tree(styles)
    own = {
        _number(f.attrib.get("numFmtId")): shown_as(f.attrib.get("formatCode", ""))
        for f in root.iterfind(f"{_MAIN}numFmts/{_MAIN}numFmt")
    }
    known = _BUILT_IN | own
    return tuple(
        known.get(_number(xf.attrib.get("numFmtId")), Shown.NUMBER)
        for xf in root.iterfind(f"{_MAIN}cellXfs/{_MAIN}xf")
    )


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 10 else 0


def number(text: str) -> Any:
    """A stored number; a text that is none is given back, so that somebody sees it."""
    try:
        value = float(text)
    except ValueError:
        return text
    return value if math.isfinite(value) and "_" not in text else text


_KNOWN: dict[tuple[int, int], dict[str, Any]] = {}
_MOST_KNOWN, _LONG = 100_000, 40


def shown_value(text: str, shown: Shown, days_before: int = 0) -> Any:
    """A stored number as its format shows it, worked out once: a department's days are few."""
    if len(text) > _LONG:
        return from_serial(number(text), shown, days_before)
    known = _KNOWN.setdefault((int(shown), days_before), {})
    value = known.get(text)
    if value is None:
        if len(known) >= _MOST_KNOWN:
            known.clear()
        value = known[text] = from_serial(number(text), shown, days_before)
    return value


_KNOWN_RAW: dict[tuple[int, int], dict[bytes, Any]] = {}


def shown_values(raws: Sequence[bytes], shown: Shown, days_before: int = 0) -> list[Any]:
    """`shown_value` of many numbers as they stand in the XML."""
    known = _KNOWN_RAW.setdefault((int(shown), days_before), {})
    values = list(map(known.get, raws))
    for place, value in enumerate(values) if None in values else ():
        if value is None:
            raw = raws[place]
            values[place] = shown_value(resolved(raw.decode()), shown, days_before)
            if len(known) < _MOST_KNOWN and len(raw) <= _LONG:
                known[raw] = values[place]
    return values


def from_serial(serial: Any, shown: Shown, days_before: int = 0) -> Any:
    """A number as its format shows it; the number itself where Excel could not show it either.

    A whole day is a date, less than a day a time of day. `days_before` is 1,462 in a book that
    counts from 1904.
    """
    if shown is Shown.NUMBER or not isinstance(serial, float):
        return serial
    if shown is Shown.DURATION:
        return _duration(serial)
    # Excel keeps milliseconds; beyond them a float is noise
    milliseconds = round(serial * 86_400_000)
    day, clock = divmod(milliseconds, 86_400_000)
    if serial < 0 or day + days_before >= LAST_SERIAL:
        return serial
    if not day:
        return (datetime.min + timedelta(milliseconds=clock)).time()
    day += days_before
    moment = _EPOCH + timedelta(days=day + (day < _LEAP_DAY), milliseconds=clock)
    return moment if clock else date(moment.year, moment.month, moment.day)


def _duration(serial: float) -> Any:
    try:
        return timedelta(milliseconds=round(serial * 86_400_000))
    except OverflowError:
        return serial
