"""Cells to typed values: what staff type, in every width and spelling, or a problem."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from toolkit.model.dossier import ProblemKind
from toolkit.model.forms import Field, FieldType
from toolkit.model.projects import PROJECT_FIELDS
from toolkit.model.text import clean, clean_all, fold, fold_person, is_blank, split_list

from .grid import Unreadable
from .moments import EXCEL_EPOCH, NotAMomentError, clock_text, day_of, moment

_PLACEHOLDERS = frozenset(map(fold, ("\\", "无", "暂无", "n/a", "na", "空", "无。")))
_STROKES = re.compile(r"[-/_]+")
_UNDECIDED = frozenset(("待定", "未定", "tbd"))
_YES = frozenset(map(fold, ("是", "有", "√", "✓", "✔", "y", "yes", "true", "1", "对", "在场")))
_NO = frozenset(
    map(
        fold,
        ("否", "无", "×", "✗", "✘", "x", "n", "no", "false", "0", "不", "没有", "不在场", "未在场"),
    )
)
_NUMBER = re.compile(
    r"(?P<n>[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|[-+]?\.\d+)"
    r"(?:小时|个小时|个|h|hr|hrs|hours?|次)?"
)
_PLAIN_NUMBER = re.compile(r"(?:[A-Za-z0-9]+-)+\d+")
"""A reference as most are, of which nothing else need be asked."""
_WIDE = {code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B),
                                          *range(0xFF41, 0xFF5B), 0xFF0D)}  # fmt: skip
_ANY_WIDE = re.compile("[０-９Ａ-Ｚａ-ｚ－]")
_HAN = re.compile("[\u3400-\u9fff]")
_LONG_SURNAME = re.compile(
    "欧阳|上官|司马|诸葛|东方|皇甫|尉迟|公孙|慕容|长孙|令狐|夏侯|端木|司徒|司空|南宫|西门|百里|宇文|"
    "轩辕|独孤|呼延|申屠|太史|淳于|澹台|濮阳|闻人|钟离|赫连|万俟|鲜于|闾丘|东郭|南门|拓跋"
)


class Parsed(NamedTuple):
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
        blank = blank_of(field.type)
        if raw.error:
            return Parsed(blank, ProblemKind.ERROR_CELL, f"公式结果为错误值 {raw.error}")
        return Parsed(blank, ProblemKind.NO_CACHED_VALUE, "公式没有保存计算结果")
    if is_blank(raw):
        return Parsed(blank_of(field.type))
    if isinstance(raw, timedelta):
        raw = _duration(raw)
    return _PARSERS[field.type](field, raw)


class ColumnParser:
    """Parses the cells of one field; equal cells are parsed once in a run."""

    def __init__(self, field: Field) -> None:
        self._field = field
        self._blank = blank_of(field.type)
        self._known = _Known(field)
        self._plain_text = field.type is FieldType.TEXT and field.key not in PROJECT_FIELDS

    def parse(self, raws: Sequence[Any]) -> tuple[list[Any], list[tuple[int, Any, Parsed]]]:
        """Typed values, and (position, raw, problem) of the cells that could not be taken."""
        if raws.count("") == len(raws):
            return [self._blank] * len(raws), []
        types = set(map(type, raws))
        if types == {str}:
            # free text: hardly any two cells are equal, and every text is right
            if self._field.type is FieldType.LONG:
                return clean_all(raws), []
            if self._plain_text and len(set(raws)) * 2 > len(raws):
                return [_narrow(text) for text in clean_all(raws)], []
        if bool in types:  # True would be taken for the number 1
            return self._one_by_one(raws)
        known = self._known
        values = [known[raw] for raw in raws]
        if not known.problems:
            return values, []
        return values, [
            (position, raw, known.problems[raw])
            for position, raw in enumerate(raws)
            if raw in known.problems
        ]

    def _one_by_one(self, raws: Sequence[Any]) -> tuple[list[Any], list[tuple[int, Any, Parsed]]]:
        parsed = [parse(self._field, raw) for raw in raws]
        problems = [
            (position, raw, result)
            for position, (raw, result) in enumerate(zip(raws, parsed, strict=True))
            if result.kind is not None
        ]
        return [result.value for result in parsed], problems


class _Known(dict[Any, Any]):
    """Raw cell -> typed value, filled as cells are met; `problems` has those that have one."""

    def __init__(self, field: Field) -> None:
        super().__init__({"": blank_of(field.type)})
        self._field = field
        self.problems: dict[Any, Parsed] = {}

    def __missing__(self, raw: Any) -> Any:
        parsed = parse(self._field, raw)
        if parsed.kind is not None:
            self.problems[raw] = parsed
        self[raw] = parsed.value
        return parsed.value


def _duration(raw: timedelta) -> Any:
    """A cell shown as hours: a time of day, or from one day on a moment."""
    try:
        return EXCEL_EPOCH + raw if raw >= timedelta(days=1) else (datetime.min + raw).time()
    except OverflowError:
        return raw.total_seconds() / 86_400


def is_placeholder(text: str) -> bool:
    """Whether a text stands for nothing: 无, -, / and the like."""
    folded = fold(text)
    return folded in _PLACEHOLDERS or folded in _UNDECIDED or bool(_STROKES.fullmatch(folded))


def _wrong(field: Field, message: str, kind: ProblemKind = ProblemKind.TYPE) -> Parsed:
    return Parsed(blank_of(field.type), kind, message)


def _narrow(text: str) -> str:
    """Full-width digits and letters as half-width; Chinese punctuation stays."""
    return text.translate(_WIDE) if _ANY_WIDE.search(text) else text


def _text(field: Field, raw: Any) -> Parsed:
    text = _narrow(_plain(raw))
    # no project is called so: the record names none
    return Parsed("" if field.key in PROJECT_FIELDS and is_placeholder(text) else text)


def _plain(raw: Any) -> str:
    """The text that Excel would show for a date, a time or a truth value."""
    if isinstance(raw, datetime):
        return raw.isoformat(sep=" ", timespec="minutes").removesuffix(" 00:00")
    if isinstance(raw, bool):
        return "是" if raw else "否"
    return raw.strftime("%H:%M") if isinstance(raw, time) else clean(raw)


def _long(field: Field, raw: Any) -> Parsed:
    return Parsed(_plain(raw))


def _moment(field: Field, raw: Any, take: Callable[[Any], datetime] = moment) -> Parsed:
    if isinstance(raw, (bool, time)):
        return _wrong(field, f"“{_plain(raw)}”不是日期，请写成 2026-03-05 这样")
    if isinstance(raw, str) and is_placeholder(raw):
        return Parsed(None)
    try:
        return Parsed(take(raw))
    except NotAMomentError as error:
        return _wrong(field, str(error))


def _date(field: Field, raw: Any) -> Parsed:
    return _moment(field, raw, day_of)


def _time(field: Field, raw: Any) -> Parsed:
    if isinstance(raw, str) and is_placeholder(raw):
        return Parsed("")
    if isinstance(raw, bool) or (isinstance(raw, date) and not isinstance(raw, datetime)):
        return _wrong(field, f"“{_plain(raw)}”不是时间，请写成 09:30 这样")
    try:
        return Parsed(clock_text(raw))
    except NotAMomentError as error:
        return _wrong(field, str(error))


def _number(field: Field, raw: Any) -> Parsed:
    if isinstance(raw, (int, float)) and not isinstance(raw, bool):
        number = float(raw) if abs(raw) < 1e300 else math.inf
    else:
        text = fold(_plain(raw))
        if is_placeholder(text):
            return Parsed(None)
        match = _NUMBER.fullmatch(text) if len(text) < 40 else None
        number = float(match["n"].replace(",", "")) if match else math.inf
    if not math.isfinite(number):
        return _wrong(field, f"“{_short(raw)}”不是数字，请只写数字")
    low, high = field.minimum, field.maximum
    if (low is not None and number < low) or (high is not None and number > high):
        return _wrong(field, f"“{_short(raw)}”超出合理范围（{field.range_text}）")
    return Parsed(number)


def _short(raw: Any) -> str:
    text = _plain(raw)
    return text if len(text) <= 20 else f"{text[:20]}…"


def _yesno(field: Field, raw: Any) -> Parsed:
    text = fold(_plain(raw))
    if text in _YES:
        return Parsed("是")
    if text in _NO:
        return Parsed("否")
    if text in _PLACEHOLDERS or _STROKES.fullmatch(text):
        return Parsed("")
    return _wrong(field, f"“{_short(raw)}”应填“是”或“否”", ProblemKind.OPTION)


def _options(field: Field) -> dict[str, str]:
    known = {fold(option): option for option in field.options}
    return {**{fold(word): option for word, option in field.synonyms.items()}, **known}


def _choice(field: Field, raw: Any) -> Parsed:
    text = fold(_plain(raw))
    option = _options(field).get(text)
    if option is not None:
        return Parsed(option)
    if text in _PLACEHOLDERS or _STROKES.fullmatch(text):
        return Parsed("")
    return _wrong(field, f"“{_short(raw)}”不在可选项中", ProblemKind.OPTION)


def _choices(field: Field, raw: Any) -> Parsed:
    known = _options(field)
    text = _plain(raw)
    if not split_list(text) or is_placeholder(text):
        return Parsed(())
    parts: list[str] = []
    for part in [text] if fold(text) in known else split_list(text):
        words = part.split()
        # blanks separate options too, unless they stand inside one
        parts += [part] if fold(part) in known or not words else words
    wrong = [p for p in parts if fold(p) not in known and not is_placeholder(p)]
    taken = tuple(dict.fromkeys(known[fold(p)] for p in parts if fold(p) in known))
    if wrong:
        return Parsed(taken, ProblemKind.OPTION, f"“{_short('、'.join(wrong))}”不在可选项中")
    return Parsed(taken)


def _person(field: Field, raw: Any) -> Parsed:
    if not isinstance(raw, str):
        return _wrong(field, f"“{_plain(raw)}”不是姓名")
    text = clean(raw)
    if is_placeholder(text):
        return Parsed("")
    names = split_list(text)
    if len(names) > 1:
        return _wrong(field, f"“{_short(text)}”写了不止一个人，这一栏只能填一个人")
    return Parsed(fold_person(names[0]) if names else "")


def _people(field: Field, raw: Any) -> Parsed:
    text = _plain(raw)
    names = [] if is_placeholder(text) else [n for p in split_list(text) for n in _several(p)]
    return Parsed(tuple(dict.fromkeys(fold_person(n) for n in names if not is_placeholder(n))))


def _several(part: str) -> list[str]:
    """ "张三 李四" is two people, "张 三", "欧阳 娜娜" and "John Smith" are one."""
    words = part.split()
    if len(words) < 2 or _LONG_SURNAME.fullmatch(words[0]):
        return [part]
    return words if all(len(w) > 1 and _HAN.match(w) for w in words) else [part]


def _references(field: Field, raw: Any) -> Parsed:
    if raw.__class__ is str and _PLAIN_NUMBER.fullmatch(raw):
        return Parsed((raw,))
    text = _narrow(_plain(raw))
    parts = [] if is_placeholder(text) else split_list(text)
    return Parsed(tuple(dict.fromkeys(p for p in parts if not is_placeholder(p))))


def _reference(field: Field, raw: Any) -> Parsed:
    text = _text(field, raw).value
    return Parsed("" if is_placeholder(text) else text)


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
