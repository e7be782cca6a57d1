"""P01–P40: what the regulation does not put in numbers, by date (catalogue H)."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

import pandas as pd

from toolkit.model.text import clean, fold, split_list

_UNITS = {
    "workdays": "工作日",
    "workhours": "工作小时",
    "calendar_days": "天",
    "hours": "小时",
    "count": "次",
}
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class ParameterKind:
    """An entry of the catalogue: its default as text, its unit, the regulation's own word."""

    id: str
    name: str
    kind: str
    default: str
    article: tuple[int, ...]
    word: str = ""


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
        match = _NUMBER.search(self.text)
        return float(match.group()) if match else 0.0

    @property
    def days(self) -> int:
        return int(self.number)

    @property
    def flag(self) -> bool:
        return self.text.strip() in ("是", "Y", "y", "1", "true", "True")

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
        unit = "" if not self.text.strip().isdigit() else _UNITS.get(self.kind.kind, "")
        word = f"，制度用词“{self.kind.word}”" if self.kind.word else ""
        return f"参数{self.kind.id}＝{self.text}{unit}{word}"


@cache
def parameter_catalogue() -> Mapping[str, ParameterKind]:
    """P01 … P40 with their defaults."""
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
    """The department's parameters, effective-dated; a later start wins over an earlier one."""

    def __init__(self, frame: pd.DataFrame | None = None) -> None:
        self._settings: dict[str, list[_Setting]] = defaultdict(list)
        if frame is None:
            return
        for row in frame.itertuples():
            key, value = fold(str(row.parameter)).upper(), clean(row.value)
            if value:
                start = date.min if pd.isna(row.start) else row.start.date()
                end = date.max if pd.isna(row.end) else row.end.date()
                self._settings[key].append(_Setting(value, start, end))
        for settings in self._settings.values():
            settings.sort(key=lambda s: s.start)

    def unknown(self) -> list[str]:
        """Parameter ids of the department that the catalogue does not have."""
        return sorted(set(self._settings) - set(parameter_catalogue()))

    def get(self, key: str, on: date) -> Parameter:
        """The value in force on a day; the default when the department says nothing."""
        kind = parameter_catalogue()[key]
        for setting in reversed(self._settings.get(key, [])):
            if setting.start <= on <= setting.end:
                return Parameter(kind, setting.value, decided=True)
        return Parameter(kind, kind.default, decided=False)
