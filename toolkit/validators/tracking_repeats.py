"""The same support recorded twice, by one row or by a whole copied sheet (第16条)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from toolkit.model.finding import Breach
from toolkit.model.text import fold
from toolkit.regulation.columns import SAME_SUPPORT
from toolkit.regulation.department import Department
from toolkit.regulation.distinct import folded

from .registry import WARN, Scope, rule

_MANY = 3
"""More repeated rows than that between two sheets are one copied sheet, not so many slips."""
_COPY = re.compile(r"副本|备份|复件|拷贝|copy|\(\d{1,2}\)$", re.IGNORECASE)


@rule(
    "X27",
    "跟踪记录不应重复",
    article=16,
    severity=WARN,
    needs=("tracking.support_date", "tracking.content"),
    scope=Scope.MATTER,
)
def rows_are_not_repeated(dept: Department) -> Iterator[Breach]:
    """Two rows of an owner that say the same in every column that describes the support.

    These are project, day, person, type, stage, time, channel, contact, hours and content. Many
    such rows between the same two sheets are one finding, at the copy.

    要求：一次支持只记一行，不重复登记。
    反例：4月8日向同一项目做的同一件事，一字不差地记了两行。
    正例：同一天两次支持，内容、类型、沟通方式、客户沟通人、工时或开始时间有不同。
    """
    rows = dept.frame("tracking")
    told = (rows["project"] != "") & rows["support_date"].notna() & (rows["content"] != "")
    alike = rows.loc[told, SAME_SUPPORT[:3]].duplicated(keep=False)  # few are left to be compared
    rows = rows.loc[alike.index[alike], [*SAME_SUPPORT, "content", "binding"]]
    rows = rows[rows.duplicated(SAME_SUPPORT, keep=False)]
    if rows.empty:
        return
    order = sorted(rows["binding"].unique(), key=lambda n: (_is_copy(dept, int(n)), n))
    rank = rows["binding"].map({n: place for place, n in enumerate(order)})
    rows = rows.loc[rank.sort_values(kind="stable").index]
    rows = rows.assign(content=folded(rows["content"]))
    said = [*SAME_SUPPORT, "content"]
    repeated = rows.duplicated(said)
    keys = [rows[c] for c in said]
    first = rows.index.to_series().groupby(keys, dropna=False, sort=False).transform("first")
    pairs: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for index in rows.index[repeated].sort_values():
        original = int(first[index])
        sheets = int(rows.at[index, "binding"]), int(rows.at[original, "binding"])
        pairs[sheets].append((int(index), original))
    for (copy, source), repeats in pairs.items():
        whole = _sheet(dept, copy), _sheet(dept, source)
        for index, original in repeats:
            yield (
                _one(dept, index, original)
                if len(repeats) <= _MANY
                else _of_many(index, original, *whole)
            )


def _one(dept: Department, index: int, original: int) -> Breach:
    here, other = (dept.dossier.locate("tracking", i, "content") for i in (index, original))
    where = other.cell if here.path == other.path else str(other)
    return Breach(
        "tracking",
        index,
        "content",
        f"这一行与{where}的项目、日期、支持人、类型和内容完全相同，疑似重复记录。",
        "重复的请删去一行；确是两次支持的，请写明各自的时间或内容。",
        also=(("tracking", original, "content"),),
    )


def _of_many(index: int, original: int, copy: str, source: str) -> Breach:
    said = "本表内有多行完全相同" if copy == source else f"这张表有多行与“{source}”完全相同"
    return Breach(
        "tracking",
        index,
        "content",
        f"{said}，疑似整段或整张表复制。",
        "请只保留一份：删去重复的行，或把多余的文件移出部门文件夹。",
        also=(("tracking", original, "content"),),
        cause=f"{copy}|{source}",
    )


def _sheet(dept: Department, number: int) -> str:
    binding = dept.dossier.bindings[number]
    return f"{dept.dossier.sources[binding.source].path}!{binding.sheet}"


def _is_copy(dept: Department, number: int) -> bool:
    """Whether the name of the file or sheet says that it is a copy of another one."""
    binding = dept.dossier.bindings[number]
    file = dept.dossier.sources[binding.source].path.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    return any(_COPY.search(fold(name)) for name in (file, binding.sheet))
