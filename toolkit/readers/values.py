"""Cells to typed values: what staff type, in every width and spelling, or a problem."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from toolkit.model.dossier import ProblemKind
from toolkit.model.forms import Field, FieldType
from toolkit.model.text import clean, fold, fold_person, is_blank, split_list

from .grid import Unreadable

EXCEL_EPOCH = datetime(1899, 12, 30)
_SERIALS = range(20_000, 80_000)  # 1954 to 2119: beyond that a number is not meant as a date
_PLACEHOLDERS = frozenset(map(fold, ("-", "--", "/", "\\", "——", "无", "暂无", "n/a", "na", "空")))
_UNDECIDED = frozenset(("待定", "未定", "tbd"))
_YES = frozenset(map(fold, ("是", "有", "√", "✓", "✔", "y", "yes", "true", "1", "对", "在场")))
_NO = frozenset(
    map(
        fold, ("否", "无", "×", "✗", "x", "n", "no", "false", "0", "不", "没有", "不在场", "未在场")
    )
)
_DATE = re.compile(
    r"(?P<y>\d{4})\s*[-./年]\s*(?P<m>\d{1,2})\s*[-./月]\s*(?P<d>\d{1,2})\s*日?(?P<rest>.*)", re.S
)
_COMPACT = re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})(?P<rest>(?:\D.*)?)", re.S)
_NO_YEAR = re.compile(r"\d{1,2}\s*[-./月]\s*\d{1,2}\s*日?")
_REST = re.compile(
    r"[\s,T(]*(?:(?:星期|周)[一二三四五六日天])?[\s)]*"
    r"(?P<half>上午|中午|下午|晚上?|[ap]m)?\s*"
    r"(?:(?P<h>\d{1,2})\s*[:时点]\s*(?P<min>\d{1,2})?分?(?::(?P<s>\d{1,2})(?:\.\d+)?)?)?\s*"
    r"(?P<half2>[ap]m)?\s*",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?P<n>[-+]?\d+(?:\.\d+)?)(?:小时|个小时|h|hr|hrs|hours?|次)?", re.IGNORECASE)
_WIDE = {code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B),
                                          *range(0xFF41, 0xFF5B), 0xFF0D)}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Parsed:
    """A typed value, or the blank of its type together with the reason."""

    value: Any
    kind: ProblemKind | None = None
    message: str = ""


def blank_of(type_: FieldType) -> Any:
    """What a blank cell of this type becomes."""
    if type_ in (FieldType.CHOICES, FieldType.PEOPLE, FieldType.REFERENCES):
        return ()
    if type_ in (FieldType.DATE, FieldType.DATETIME, FieldType.NUMBER):
        return None
    return ""


def parse(field: Field, raw: Any) -> Parsed:
    """One cell as its field's type. Blank stays blank, an error cell is never blank."""
    if isinstance(raw, Unreadable):
        kind = ProblemKind.ERROR_CELL if raw is Unreadable.ERROR else ProblemKind.NO_CACHED_VALUE
        return Parsed(blank_of(field.type), kind, raw.value)
    if is_blank(raw):
        return Parsed(blank_of(field.type))
    if isinstance(raw, timedelta):
        raw = (EXCEL_EPOCH + raw) if raw >= timedelta(days=1) else (datetime.min + raw).time()
    return _PARSERS[field.type](field, raw)


def parse_column(
    field: Field, raws: Sequence[Any]
) -> tuple[list[Any], list[tuple[int, Any, Parsed]]]:
    """Typed values of a column, and (position, raw, problem) of those that could not be taken."""
    cache: dict[Any, Parsed] = {}
    values: list[Any] = []
    problems: list[tuple[int, Any, Parsed]] = []
    empty = blank_of(field.type)
    for position, raw in enumerate(raws):
        if raw == "" and not isinstance(raw, Unreadable):
            values.append(empty)
            continue
        key = (raw.__class__, raw)
        parsed = cache.get(key)
        if parsed is None:
            parsed = cache[key] = parse(field, raw)
        values.append(parsed.value)
        if parsed.kind is not None:
            problems.append((position, raw, parsed))
    return values, problems


def _placeholder(text: str) -> bool:
    return fold(text) in _PLACEHOLDERS or fold(text) in _UNDECIDED


def _wrong(field: Field, message: str, kind: ProblemKind = ProblemKind.TYPE) -> Parsed:
    return Parsed(blank_of(field.type), kind, message)


def _narrow(text: str) -> str:
    """Full-width digits and letters as half-width; Chinese punctuation stays."""
    return text.translate(_WIDE)


def _text(field: Field, raw: Any) -> Parsed:
    if isinstance(raw, (datetime, date)):
        shown = (
            raw.isoformat(sep=" ", timespec="minutes") if isinstance(raw, datetime) else str(raw)
        )
        return Parsed(shown.removesuffix(" 00:00"))
    if isinstance(raw, bool):
        return Parsed("是" if raw else "否")
    if isinstance(raw, time):
        return Parsed(raw.strftime("%H:%M"))
    return Parsed(_narrow(clean(raw)))


def _long(field: Field, raw: Any) -> Parsed:
    return Parsed(clean(raw)) if isinstance(raw, str) else _text(field, raw)


def _moment(field: Field, raw: Any) -> Parsed:
    if isinstance(raw, datetime):
        return Parsed(raw)
    if isinstance(raw, date):
        return Parsed(datetime(raw.year, raw.month, raw.day))
    if isinstance(raw, (bool, time)):
        return _wrong(field, f"“{clean(raw)}”不是日期，请写成 2026-03-05 这样")
    if isinstance(raw, (int, float)):
        return _serial(field, raw)
    text = unicodedata.normalize("NFKC", clean(raw))
    if _placeholder(text):
        return Parsed(None)
    match = _DATE.fullmatch(text) or _COMPACT.fullmatch(text)
    if match is None:
        if _NO_YEAR.match(text):
            return _wrong(field, f"日期“{text}”没有写年份，请写成 2026-03-05 这样")
        return _wrong(field, f"“{text}”不是日期，请写成 2026-03-05 这样")
    rest = _REST.fullmatch(match["rest"] or "")
    try:
        day = datetime(int(match["y"]), int(match["m"]), int(match["d"]))
        clock = _clock(rest) if rest else None
    except ValueError:
        return _wrong(field, f"“{text}”不是存在的日期，请核对年月日")
    if rest is None:
        return _wrong(field, f"日期“{text}”后面有多余的文字，请只写日期")
    return Parsed(day + clock if clock else day)


def _clock(rest: re.Match[str]) -> timedelta:
    if rest["h"] is None:
        return timedelta()
    hour, minute, second = int(rest["h"]), int(rest["min"] or 0), int(rest["s"] or 0)
    half = fold(rest["half"] or rest["half2"] or "")
    if half in ("下午", "晚", "晚上", "pm") and hour < 12:
        hour += 12
    if hour > 24 or minute > 59 or second > 59:
        raise ValueError("not a time of day")
    return timedelta(hours=hour, minutes=minute, seconds=second)


def _serial(field: Field, raw: float) -> Parsed:
    if int(raw) in _SERIALS:
        moment = EXCEL_EPOCH + timedelta(days=float(raw))
        rounded = moment + timedelta(milliseconds=500)
        return Parsed(rounded.replace(microsecond=0))
    if float(raw).is_integer() and 19_000_101 <= raw <= 29_991_231:
        return _moment(field, str(int(raw)))
    return _wrong(field, f"“{clean(raw)}”不是日期，请写成 2026-03-05 这样")


def _date(field: Field, raw: Any) -> Parsed:
    parsed = _moment(field, raw)
    if parsed.value is None:
        return parsed
    return Parsed(parsed.value.replace(hour=0, minute=0, second=0, microsecond=0))


def _time(field: Field, raw: Any) -> Parsed:
    if isinstance(raw, (time, datetime)):
        return Parsed(raw.strftime("%H:%M"))
    if isinstance(raw, (int, float)) and not isinstance(raw, bool) and 0 <= raw < 1:
        return Parsed((datetime.min + timedelta(seconds=round(raw * 86_400))).strftime("%H:%M"))
    text = unicodedata.normalize("NFKC", clean(raw))
    if _placeholder(text):
        return Parsed("")
    rest = _REST.fullmatch(text)
    try:
        if rest is not None and rest["h"] is not None:
            return Parsed((datetime.min + _clock(rest)).strftime("%H:%M"))
    except ValueError:
        pass
    return _wrong(field, f"“{text}”不是时间，请写成 09:30 这样")


def _number(field: Field, raw: Any) -> Parsed:
    if isinstance(raw, (int, float)) and not isinstance(raw, bool):
        return Parsed(float(raw))
    text = fold(clean(raw)).replace(",", "")
    if _placeholder(text):
        return Parsed(None)
    match = _NUMBER.fullmatch(text)
    if match is None:
        return _wrong(field, f"“{clean(raw)}”不是数字，请只写数字")
    return Parsed(float(match["n"]))


def _yesno(field: Field, raw: Any) -> Parsed:
    if isinstance(raw, bool):
        return Parsed("是" if raw else "否")
    text = fold(clean(raw))
    if text in _YES:
        return Parsed("是")
    if text in _NO:
        return Parsed("否")
    if text in _PLACEHOLDERS:
        return Parsed("")
    return _wrong(field, f"“{clean(raw)}”应填“是”或“否”", ProblemKind.OPTION)


def _options(field: Field) -> dict[str, str]:
    known = {fold(option): option for option in field.options}
    return {**{fold(word): option for word, option in field.synonyms.items()}, **known}


def _choice(field: Field, raw: Any) -> Parsed:
    text = clean(raw)
    option = _options(field).get(fold(text))
    if option is not None:
        return Parsed(option)
    if fold(text) in _PLACEHOLDERS:
        return Parsed("")
    return _wrong(field, f"“{text}”不在可选项中", ProblemKind.OPTION)


def _choices(field: Field, raw: Any) -> Parsed:
    known = _options(field)
    text = clean(raw)
    parts = [text] if fold(text) in known else split_list(text)
    if any(fold(p) not in known for p in parts):
        parts = [word for part in parts for word in (part.split() or [part])]
    if [fold(p) for p in parts] and all(fold(p) in _PLACEHOLDERS for p in parts):
        return Parsed(())
    wrong = [p for p in parts if fold(p) not in known]
    taken = tuple(dict.fromkeys(known[fold(p)] for p in parts if fold(p) in known))
    if wrong:
        return Parsed(taken, ProblemKind.OPTION, f"“{'、'.join(wrong)}”不在可选项中")
    return Parsed(taken)


def _person(field: Field, raw: Any) -> Parsed:
    if not isinstance(raw, str):
        return _wrong(field, f"“{clean(raw)}”不是姓名")
    text = clean(raw)
    if _placeholder(text):
        return Parsed("")
    if len(split_list(text)) > 1:
        return _wrong(field, f"“{text}”写了不止一个人，这一栏只能填一个人")
    return Parsed(fold_person(text))


def _people(field: Field, raw: Any) -> Parsed:
    names: list[str] = []
    for part in split_list(clean(raw)):
        words = part.split()
        # "张三 李四" is two people, "张 三" is one
        names += words if len(words) > 1 and all(len(w) > 1 for w in words) else [part]
    return Parsed(tuple(dict.fromkeys(fold_person(n) for n in names if not _placeholder(n))))


def _references(field: Field, raw: Any) -> Parsed:
    parts = split_list(_narrow(clean(_text(field, raw).value)))
    return Parsed(tuple(dict.fromkeys(p for p in parts if not _placeholder(p))))


def _reference(field: Field, raw: Any) -> Parsed:
    text = _text(field, raw).value
    return Parsed("" if _placeholder(text) else text)


_PARSERS: dict[FieldType, Callable[[Field, Any], Parsed]] = {
    FieldType.TEXT: _text,
    FieldType.LONG: _long,
    FieldType.DATE: _date,
    FieldType.DATETIME: _moment,
    FieldType.TIME: _time,
    FieldType.PERSON: _person,
    FieldType.PEOPLE: _people,
    FieldType.CHOICE: _choice,
    FieldType.CHOICES: _choices,
    FieldType.NUMBER: _number,
    FieldType.YESNO: _yesno,
    FieldType.REFERENCE: _reference,
    FieldType.REFERENCES: _references,
}
