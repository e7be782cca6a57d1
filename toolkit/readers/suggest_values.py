"""What the cells below or beside an own label tell about the field that it may mean."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from toolkit.model.forms import Field, FieldType
from toolkit.model.text import clean, fold, fold_person, is_blank, split_list

from .grid import Unreadable
from .values import parse

MOST_VALUES = 40
"""So many cells of a column are looked at."""
_SURNAMES = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭"
    "郎鲁韦昌马苗凤花方俞任袁柳鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平"
    "黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童"
    "颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫经房裘缪干解应宗丁宣邓郁单杭洪包诸左石崔吉龚"
    "程邢裴陆荣翁荀羊惠曲家封芮储靳邴松井段富巫乌焦巴弓牧山谷车侯全班仰秋仲伊宫宁仇栾暴甘厉戎祖武符"
    "刘景詹束龙叶司白怀蒲从索咸籍赖卓蔺屠蒙池乔阴胥能苍双闻莘党翟谭贡劳姬申扶堵冉宰雍桑桂牛寿通边"
    "扈燕冀郏浦尚农温别庄晏柴瞿阎充慕连茹习艾容向古易慎廖庾终居衡步都耿满弘匡国文寇广东殴沃利蔚越隆"
    "师巩聂晁勾敖融冷辛阚那简饶空曾沙养鞠丰巢关相查后红游权盖益桓公肖涂闫覃佟付"
)
_NAME = re.compile(r"[\u4e00-\u9fff·]{2,4}(?:\([0-9A-Za-z-]+\))?")
_COMPANY = re.compile(r"公司|集团|银行|医院|大学|学院|学校|局|厅|院|中心|厂|委|处|所|部|站")
_DATE_TYPES = {FieldType.DATE, FieldType.DATETIME}


@dataclass(frozen=True, slots=True)
class Evidence:
    """-1 (cannot be that field) to 1 (looks exactly like it), and why, in Chinese."""

    score: float
    reason: str = ""


@dataclass
class KnownValues:
    """Values of fields that are recognised already, folded: by field key, and people.

    `assumed` are values of fields that only a suggestion has bound, by block: they count for the
    other blocks, because for its own block a suggestion would prove itself.
    """

    by_field: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    people: set[str] = field(default_factory=set)
    assumed: dict[str, dict[str, set[str]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(set))
    )
    judged: dict[tuple[str, str, tuple[Any, ...]], Evidence] = field(default_factory=dict)
    """What was decided already: the same column is compared with many fields."""
    dates: dict[tuple[Any, ...], float] = field(default_factory=dict)
    """Cells -> which part of them are dates."""
    _views: dict[str, KnownValues] = field(default_factory=dict)

    def learn(self, f: Field, raws: Iterable[Any], assumed_in: str = "") -> None:
        """Remember a bound field's values; `assumed_in` is its block if that is only a guess."""
        texts = [clean(raw) for raw in raws if isinstance(raw, str) and clean(raw)]
        if f.is_person and not assumed_in:
            # a column that is wrongly taken for people would make others look like people
            names = (fold_person(part) for text in texts for part in split_list(text))
            self.people.update(n for n in names if looks_like_name(n))
        elif f.type in (FieldType.TEXT, FieldType.REFERENCE, FieldType.REFERENCES):
            where = self.assumed[assumed_in] if assumed_in else self.by_field
            where[f.key].update(fold(p) for text in texts for p in split_list(text))

    def seen_from(self, block: str) -> KnownValues:
        """What is known for judging a block, once everything has been learnt."""
        if block not in self._views:
            values: dict[str, set[str]] = defaultdict(set)
            others = [fields for other, fields in self.assumed.items() if other != block]
            for fields in (self.by_field, *others):
                for key, texts in fields.items():
                    values[key] |= texts
            self._views[block] = KnownValues(values, self.people, dates=self.dates)
        return self._views[block]

    def share(self, key: str, texts: Sequence[str]) -> float:
        """Which part of the texts is known as a value of a field."""
        known = self.by_field.get(key)
        if not known or not texts:
            return 0.0
        return sum(any(fold(p) in known for p in split_list(t)) for t in texts) / len(texts)


def looks_like_name(text: str) -> bool:
    """Whether a text could be a Chinese person's name."""
    name = fold_person(text)
    return bool(_NAME.fullmatch(name)) and name[0] in _SURNAMES


def usable(raws: Iterable[Any]) -> list[Any]:
    """The cells that say something: no blanks, no errors, at most MOST_VALUES."""
    found = (r for r in raws if not isinstance(r, Unreadable) and not is_blank(r))
    return [raw for raw, _ in zip(found, range(MOST_VALUES), strict=False)]


def evidence(f: Field, raws: tuple[Any, ...], known: KnownValues) -> Evidence:
    """Judge the cells (see `usable`) as values of a field; no cells, no judgement."""
    if not raws:
        return Evidence(0.0, "还没有填内容")
    key = (f.key, f.label, raws)
    if key not in known.judged:
        known.judged[key] = _judge(f, raws, known)
    return known.judged[key]


def _judge(f: Field, raws: tuple[Any, ...], known: KnownValues) -> Evidence:
    if f.type in _DATE_TYPES:
        return _dates(f, raws)
    if raws not in known.dates:
        known.dates[raws] = _share(_is_date, raws)
    if known.dates[raws] > 0.5 and f.type is not FieldType.TIME:
        return Evidence(-1.0, "内容是日期")
    return _JUDGES.get(f.type, _text)(f, raws, known)


def _share(test: Callable[[Any], bool], raws: Sequence[Any]) -> float:
    return sum(map(test, raws)) / len(raws)


def _is_date(raw: Any) -> bool:
    if isinstance(raw, (date, datetime)):
        return True
    return isinstance(raw, str) and parse(_DATE, raw).value is not None


def _is_number(raw: Any) -> bool:
    if isinstance(raw, (int, float)):
        return not isinstance(raw, bool)
    return isinstance(raw, str) and parse(_NUMBER, raw).value is not None


def _dates(f: Field, raws: Sequence[Any]) -> Evidence:
    share = _share(lambda raw: parse(f, raw).value is not None, raws)
    if share >= 0.6:
        return Evidence(1.0, f"{_part(share)}是日期")
    numbers = _share(lambda raw: isinstance(raw, (int, float)), raws)
    return Evidence(-1.0, "内容不是日期" if numbers < 1 else "内容是数字")


def _part(share: float) -> str:
    return "内容都" if share > 0.99 else "内容大多"


def _choice(f: Field, raws: Sequence[Any], known: KnownValues) -> Evidence:
    hits = _share(lambda raw: parse(f, raw).kind is None, raws)
    texts = {fold(clean(raw)) for raw in raws}
    if hits >= 0.75:
        certain = len(texts) > 1 or f.type is not FieldType.YESNO
        return Evidence(1.0 if certain else 0.6, f"{_part(hits)}在“{f.label}”的可选项中")
    if hits >= 0.4:
        return Evidence(0.3, "内容有一部分在可选项中")
    few = len(texts) <= max(8, len(raws) // 4) and all(len(t) <= 8 for t in texts)
    return Evidence(-0.3 if few else -0.9, "内容不在可选项中")


def _number(f: Field, raws: Sequence[Any], known: KnownValues) -> Evidence:
    share = _share(_is_number, raws)
    return Evidence(0.7, "内容是数字") if share >= 0.7 else Evidence(-0.9, "内容不是数字")


def _time(f: Field, raws: Sequence[Any], known: KnownValues) -> Evidence:
    share = _share(lambda raw: isinstance(raw, time) or parse(f, raw).value != "", raws)
    return Evidence(1.0, "内容是时间") if share >= 0.6 else Evidence(-1.0, "内容不是时间")


def _people(f: Field, raws: Sequence[Any], known: KnownValues) -> Evidence:
    names = [fold_person(p) for raw in raws if isinstance(raw, str) for p in split_list(raw)]
    if not names:
        return Evidence(-1.0, "内容不是姓名")
    acquainted = sum(n in known.people for n in names) / len(names)
    if acquainted >= 0.5:
        return Evidence(1.0, "内容是别处出现过的姓名")
    if sum(map(looks_like_name, names)) / len(names) >= 0.7:
        return Evidence(0.6, "内容像姓名")
    return Evidence(-0.9, "内容不像姓名")


def _long(f: Field, raws: Sequence[Any], known: KnownValues) -> Evidence:
    texts = [clean(raw) for raw in raws]
    mean = sum(map(len, texts)) / len(texts)
    if _codes(texts) >= 0.6:
        return Evidence(-0.8, "内容像编号")
    if mean >= 10:
        return Evidence(0.6, "内容是较长的文字")
    return Evidence(0.1 if mean >= 5 else -0.5, "内容较短")


def _is_number_field(f: Field) -> bool:
    return f.key in ("number", "related") or f.key.endswith(("_id", "_ids", "_ref"))


def _codes(texts: Sequence[str]) -> float:
    """Which part of the texts looks like numbers of documents: XM2026-0001, 3号, V2."""
    return sum(_is_code(part) for text in texts for part in split_list(text)[:1]) / len(texts)


def _is_code(text: str) -> bool:
    han = sum("\u4e00" <= char <= "\u9fff" for char in text)
    digits = any(char.isdigit() for char in text)
    return digits and " " not in text and len(text) <= 30 and 2 * han <= len(text)


def _text(f: Field, raws: Sequence[Any], known: KnownValues) -> Evidence:
    texts = [clean(raw) for raw in raws]
    if (share := known.share(f.key, texts)) >= 0.5:
        return Evidence(1.0, f"{_part(share)}与已有的“{f.label}”相同")
    mean = sum(map(len, texts)) / len(texts)
    if mean > 40:
        return Evidence(-0.5, "内容过长")
    if f.key == "customer":
        organisations = _share(lambda raw: bool(_COMPANY.search(clean(raw))), raws)
        return Evidence(0.6, "内容像单位名称") if organisations >= 0.6 else Evidence(-0.1)
    if _is_number_field(f):
        if f.key == "project_id" and known.share("project_name", texts) >= 0.5:
            return Evidence(0.2, "内容是项目名称")  # who has no numbers writes the name there
        codes = _codes(texts)
        return Evidence(0.4, "内容像编号") if codes >= 0.6 else Evidence(-0.5, "内容不像编号")
    names = _share(lambda raw: fold_person(clean(raw)) in known.people, raws)
    if names >= 0.6:
        return Evidence(-0.5, "内容是姓名")
    return Evidence(0.0)


_DATE = Field("date", "", FieldType.DATE)
_NUMBER = Field("number", "", FieldType.NUMBER)
_JUDGES = {
    FieldType.CHOICE: _choice,
    FieldType.CHOICES: _choice,
    FieldType.YESNO: _choice,
    FieldType.NUMBER: _number,
    FieldType.TIME: _time,
    FieldType.PERSON: _people,
    FieldType.PEOPLE: _people,
    FieldType.LONG: _long,
}
