"""Customers that do not exist: cities named after the sixty-year cycle, one project each."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from .people import CYCLE

_ORGANISATIONS = (
    "中心医院", "中医院", "妇幼保健院", "疾控中心", "职业学院", "实验中学", "图书馆", "博物馆",
    "供水公司", "燃气公司", "公交集团", "地铁公司", "热力公司", "港务公司", "机场集团", "城投公司",
    "农商银行", "公积金中心", "社保中心", "不动产中心", "税务局", "档案馆", "气象台", "规划院",
    "设计院", "检测中心", "仪表厂", "机床厂", "纺织厂", "食品厂", "电子厂", "制药厂",
    "物流园", "科技园", "电视台", "报业集团", "体育馆", "大剧院", "电力公司", "环保局",
)  # fmt: skip
_DISTRICTS = ("", "东湖", "西桥", "南苑", "北坡", "云谷", "松岭", "白石", "青田畈", "柳溪", "竹园")
_NEAR = len(CYCLE) * len(_ORGANISATIONS)


class Customer(NamedTuple):
    """`short` is what colleagues call it; both names are unique."""

    name: str
    short: str


def customers(wanted: int, rng: Random) -> Iterator[Customer]:
    """Different customers, in random order; beyond some 26,000 districts get numbers."""
    for index in rng.sample(range(max(_NEAR, 2 * wanted)), wanted):
        round_, place = divmod(index, _NEAR)
        city, organisation = divmod(place, len(_ORGANISATIONS))
        district = _district(round_)
        town = f"{CYCLE[city]}市{district}区" if district else f"{CYCLE[city]}市"
        what = _ORGANISATIONS[organisation]
        yield Customer(town + what, CYCLE[city] + district + what)


def _district(round_: int) -> str:
    if round_ < len(_DISTRICTS):
        return _DISTRICTS[round_]
    return f"第{round_}"
