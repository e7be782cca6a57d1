"""P01–P42: what the regulation does not put in numbers, by date (catalogue H)."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from functools import cache
from importlib.resources import files

import pandas as pd

from toolkit.model.frame_rows import rows_of
from toolkit.model.text import clean, fold, split_list

_UNITS = {
    "workdays": "工作日",
    "workhours": "工作小时",
    "calendar_days": "天",
    "hours": "小时",
    "count": "次",
}
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:t?\d\d:.*)?")
_DIGITS = {"零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8,
           "九": 9}  # fmt: skip
_QUANTITY = re.compile(
    rf"(?<![-\d.])(?:(?P<digits>{_NUMBER.pattern})|(?P<tens>[一二三四五六七八九]?十)?"
    rf"(?P<ones>[{''.join(_DIGITS)}])?)个?(?P<unit>工作日|工作小时|分钟|小时|工时|周|星期|礼拜|月|季|"
    rf"年|天|日|次)?"
)
_YES, _NO = ("是", "y", "yes", "1", "true"), ("否", "n", "no", "0", "false")
_DAYS, _HOURS = ("工作日", "天", "日"), ("工作小时", "小时", "工时")
_FITS = {
    "workdays": _DAYS,
    "calendar_days": _DAYS,
    "workhours": _HOURS,
    "hours": _HOURS,
    "count": ("次",),
}
"""Units that staff may write beside a number; another one (一周, 30分钟) is no value."""


@dataclass(frozen=True, slots=True)
class ParameterKind:
    """An entry of the catalogue: its default as text, its unit, the regulation's own word."""

    id: str
    name: str
    kind: str
    default: str
    article: tuple[int, ...]
    word: str = ""

    @property
    def unit(self) -> str:
        """The unit of a number; '' of other kinds."""
        return _UNITS.get(self.kind, "")

    def accepts(self, text: str) -> bool:
        """Whether a text is a value of this kind: a number in its unit, a date, 是 or 否."""
        if self.unit:
            return quantity(text, self.kind) is not None
        if self.kind == "flag":
            return fold(text) in (*_YES, *_NO)
        if self.kind == "spans":
            return bool(day_spans(text))
        return self.kind != "date" or not text or as_date(text) is not None


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter's value in force on a day."""

    kind: ParameterKind
    text: str
    decided: bool
    """True when the department set it; False when it is the toolkit's default."""

    @property
    def number(self) -> float:
        """The first number of the value, in the parameter's unit; 0 when there is none."""
        return quantity(self.text, self.kind.kind) or 0.0

    @property
    def days(self) -> int:
        return int(self.number)

    @property
    def flag(self) -> bool:
        return fold(self.text) in _YES

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(split_list(self.text))

    def numbers_by_name(self) -> dict[str, float]:
        """'支持内容要求20字、具体内容8字' -> {'支持内容要求': 20.0, '具体内容': 8.0}."""
        found = {}
        for part in self.words:
            match = _NUMBER.search(part)
            if match:
                found[part[: match.start()].strip()] = float(match.group())
        return found

    def __str__(self) -> str:
        """How findings print it, e.g. `参数P10＝2工作日，制度用词“及时”`."""
        unit = self.kind.unit if self.text.strip().isdigit() else ""
        word = f"，制度用词“{self.kind.word}”" if self.kind.word else ""
        return f"参数{self.kind.id}＝{self.text}{unit}{word}"


def quantity(text: str, kind: str) -> float | None:
    """The first number of a text, 三 and 十五 included; None without one or in another unit."""
    folded = fold(text)
    for match in _QUANTITY.finditer(folded):
        digits, tens, ones, unit = match.group("digits", "tens", "ones", "unit")
        # the 一 of 一般 is no number
        if digits or ((tens or ones) and (unit or match.end() == len(folded))):
            if unit and unit not in _FITS.get(kind, (unit,)):
                return None
            ten = 10 * _DIGITS.get(tens[0], 1) if tens else 0
            return float(digits) if digits else float(ten + _DIGITS.get(ones or "", 0))
    return None


def as_date(text: str) -> date | None:
    """A day as staff write it (2026-03-01, 2026/3/1, 2026年3月1日); None when it is none."""
    match = _DATE.fullmatch(fold(text))
    if match is None:
        return None
    try:
        return date(*map(int, match.groups()))
    except ValueError:
        return None


_SPAN = re.compile(r"(\d{1,2})[:.](\d{2})(?:-|~|至|到)(\d{1,2})[:.](\d{2})")


def day_spans(text: str) -> tuple[tuple[time, time], ...]:
    """Hours of a day as staff write them (09:00-12:00、13:00-18:00); () when they make no day."""
    spans = []
    for match in _SPAN.finditer(fold(text)):
        hours = [int(group) for group in match.groups()]
        try:
            spans.append((time(hours[0], hours[1]), time(hours[2], hours[3])))
        except ValueError:
            return ()
    moments = [moment for span in spans for moment in span]
    return tuple(spans) if len(set(moments)) == len(moments) and moments == sorted(moments) else ()


def parameter_id(text: str) -> str:
    """A parameter's id as the catalogue writes it."""
    return fold(text).upper()


@cache
def parameter_catalogue() -> Mapping[str, ParameterKind]:
    """P01 … P42 with their defaults."""
    raw = tomllib.loads((files("toolkit.regulation") / "parameters.toml").read_text("utf-8"))
    return {
        key: ParameterKind(
            key, e["name"], e["kind"], e["default"], tuple(e["article"]), e.get("word", "")
        )
        for key, e in raw.items()
    }


@dataclass(frozen=True, slots=True)
class _Setting:
    value: str
    start: date
    end: date


class Parameters:
    """The department's parameters, effective-dated; a later start wins over an earlier one.

    A value that is not of its parameter's kind counts as none (CFG-1 reports it).
    """

    def __init__(self, frame: pd.DataFrame | None = None) -> None:
        self._settings: dict[str, list[_Setting]] = defaultdict(list)
        if frame is None:
            return
        for row in rows_of(frame):
            key, value = parameter_id(str(row.parameter)), clean(row.value)
            kind = parameter_catalogue().get(key)
            if value and kind and kind.accepts(value):
                start = date.min if pd.isna(row.start) else row.start.date()
                end = date.max if pd.isna(row.end) else row.end.date()
                self._settings[key].append(_Setting(value, start, end))
        for settings in self._settings.values():
            settings.sort(key=lambda s: s.start)

    def get(self, key: str, on: date) -> Parameter:
        """The value in force on a day; the default when the department says nothing."""
        kind = parameter_catalogue()[key]
        for setting in reversed(self._settings.get(key, [])):
            if setting.start <= on <= setting.end:
                return Parameter(kind, setting.value, decided=True)
        return Parameter(kind, kind.default, decided=False)
