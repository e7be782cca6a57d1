"""Dates and times as staff write them, in every width and separator, or why they are none."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta

from toolkit.model.text import clean

EXCEL_EPOCH = datetime(1899, 12, 30)
_DAY = timedelta(days=1)
_FIRST_SERIAL, _LAST_SERIAL = 20_000, 80_000
"""1954 to 2119: beyond that a number is not meant as a date."""
_LONGEST = 60
_LIKE_THIS = "请写成 2026-03-05 这样"
_SEPARATOR = r"\s?[-./。年]\s?"
_DATE = re.compile(
    rf"(?P<y>\d{{4}}){_SEPARATOR}(?P<m>\d{{1,2}})\s?[-./。月]\s?(?P<d>\d{{1,2}})(?!\d)"
    r"(?:\s?[日号])?(?P<rest>.*)"
)
_COMPACT = re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})(?P<rest>(?:\D.*)?)")
_SHORT_YEAR = re.compile(r"\d{2}\s?[-./。年]\s?\d{1,2}\s?[-./。月]\s?\d{1,2}\s?[日号]?(?!\d).*")
_NO_YEAR = re.compile(r"\d{1,2}\s?[-./。月]\s?\d{1,2}\s?[日号]?(?![-./。\d]).*")
_REST = re.compile(
    r"[ ,T(]{0,3}(?:(?:星期|周|礼拜)[一二三四五六日天])?[ ,)]{0,3}"
    r"(?P<half>凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|[早晚]|[ap]m)? ?"
    r"(?:(?P<h>\d{1,2}) ?(?::|时|点) ?(?:(?P<min>\d{1,2})(?: ?分)?|(?P<thirty>半))?"
    r"(?::(?P<s>\d{1,2})(?:\.\d+)?)?)? ?(?P<half2>[ap]m)?Z?",
    re.IGNORECASE,
)
_DASHES = str.maketrans("—–−", "---")
_AFTERNOON = ("下午", "傍晚", "晚上", "晚", "pm")


class NotAMomentError(ValueError):
    """The text is no date or time; the message says so to users."""


def moment(raw: date | float | str) -> datetime:
    """Day and time of a date, a serial number (days since 1899-12-30) or a text.

    Raises NotAMomentError. A date without a year is never completed.
    """
    day, clock = _day_and_clock(raw)
    return day + clock


def day_of(raw: date | float | str) -> datetime:
    """Midnight of the day; a time behind the date must be right but does not count."""
    return _day_and_clock(raw)[0]


def clock_text(raw: time | datetime | float | str) -> str:
    """The time of day as `HH:MM`. Raises NotAMomentError."""
    if isinstance(raw, (time, datetime)):
        since = timedelta(hours=raw.hour, minutes=raw.minute, seconds=raw.second)
        return _hours_and_minutes(since + timedelta(microseconds=raw.microsecond))
    if isinstance(raw, (int, float)):
        if 0 <= raw < 1 or _is_serial(raw):
            return _hours_and_minutes(timedelta(days=raw % 1))
        raise NotAMomentError(f"“{_shown(clean(raw))}”不是时间，请写成 09:30 这样")
    text = _one_line(raw)
    match = _REST.fullmatch(text) if len(text) <= _LONGEST else None
    try:
        if match is not None and match["h"] is not None:
            return _hours_and_minutes(_clock(match))
    except ValueError:
        pass
    raise NotAMomentError(f"“{_shown(text)}”不是时间，请写成 09:30 这样")


def _hours_and_minutes(since_midnight: timedelta) -> str:
    minutes = round(since_midnight.total_seconds() / 60)
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _day_and_clock(raw: date | float | str) -> tuple[datetime, timedelta]:
    if isinstance(raw, datetime):
        midnight = datetime(raw.year, raw.month, raw.day)
        return _to_the_second(midnight, raw.replace(tzinfo=None) - midnight)
    if isinstance(raw, date):
        return datetime(raw.year, raw.month, raw.day), timedelta()
    if isinstance(raw, (int, float)):
        return _from_number(raw)
    return _from_text(_one_line(raw))


def _from_number(number: float) -> tuple[datetime, timedelta]:
    if _is_serial(number):
        return _to_the_second(EXCEL_EPOCH + timedelta(days=int(number)), timedelta(number % 1))
    if 19_000_101 <= number <= 29_991_231 and number == int(number):
        return _from_text(str(int(number)))
    raise NotAMomentError(f"“{_shown(clean(number))}”不是日期，{_LIKE_THIS}")


def _is_serial(number: float) -> bool:
    return _FIRST_SERIAL <= number < _LAST_SERIAL


def _from_text(text: str) -> tuple[datetime, timedelta]:
    shown = _shown(text)
    match = None
    if len(text) <= _LONGEST:
        match = _DATE.fullmatch(text) or _COMPACT.fullmatch(text)
    if match is None:
        if _SHORT_YEAR.fullmatch(text):
            raise NotAMomentError(f"日期“{shown}”的年份请写四位，例如 2026-03-05")
        if _NO_YEAR.fullmatch(text) and not re.search(r"\d{4}", text):
            raise NotAMomentError(f"日期“{shown}”没有写年份，{_LIKE_THIS}")
        raise NotAMomentError(f"“{shown}”不是日期，{_LIKE_THIS}")
    rest = _REST.fullmatch(match["rest"] or "")
    try:
        day = datetime(int(match["y"]), int(match["m"]), int(match["d"]))
        clock = _clock(rest) if rest else timedelta()
        day + clock  # beyond the year 9999
    except (ValueError, OverflowError) as error:
        raise NotAMomentError(f"“{shown}”不是存在的日期，请核对年月日") from error
    if rest is None:
        raise NotAMomentError(f"日期“{shown}”后面有多余的文字，请只写日期")
    return day, clock


def _clock(match: re.Match[str]) -> timedelta:
    if match["h"] is None:
        return timedelta()
    hour, second = int(match["h"]), int(match["s"] or 0)
    minute = 30 if match["thirty"] else int(match["min"] or 0)
    half = (match["half"] or match["half2"] or "").lower()
    if half in _AFTERNOON and hour < 12:
        hour += 12
    elif hour == 12 and half in ("晚上", "晚"):
        hour = 24
    elif hour == 12 and half in ("am", "凌晨"):
        hour = 0
    if hour > 24 or minute > 59 or second > 59 or (hour == 24 and (minute or second)):
        raise ValueError("not a time of day")
    return timedelta(hours=hour, minutes=minute, seconds=second)


def _to_the_second(midnight: datetime, clock: timedelta) -> tuple[datetime, timedelta]:
    """Without the noise of a day's fraction stored as a float."""
    clock = timedelta(seconds=round(clock.total_seconds()))
    if clock < _DAY or midnight.year == datetime.max.year:
        return midnight, min(clock, _DAY - timedelta(seconds=1))
    return midnight + _DAY, clock - _DAY


def _one_line(text: str) -> str:
    """Half-width, without line breaks and repeated blanks."""
    return " ".join(unicodedata.normalize("NFKC", clean(text)).translate(_DASHES).split())


def _shown(text: str) -> str:
    return text if len(text) <= 20 else f"{text[:20]}…"
