"""指标: what F01–F05 can tell about a period, each with numerator and denominator (catalogue E7).

Whatever rests on times or channels of reports rests on what staff typed (自报). Indicators that
need the mails themselves, test plans or documents are not here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

import pandas as pd

from toolkit.model.report import Table
from toolkit.regulation.columns import days
from toolkit.regulation.deadlines import due
from toolkit.regulation.department import Department
from toolkit.regulation.period import Period

from .engineers import REPORT_CHANNELS
from .indicators_development import development_indicators
from .indicators_parts import COLUMNS, DAYS, DEPARTMENT, SHARE, Indicator, ratio, ratios, shown
from .leftovers import CLOSED

PERSON, SALES, PROJECT = "支持人", "责任销售", "项目"
_AGES = (5, 10, 20)
_SELF = "自报"
_DAY = timedelta(days=1)
_LONGEST = 370
"""Days; of longer periods nobody asks how busy somebody was."""


def indicators(dept: Department, period: Period) -> pd.DataFrame:
    """The indicators of a period, one line an indicator and object; columns `COLUMNS`.

    结果 is NaN where the denominator is 0; shares are fractions, durations working days.
    """
    rows = dept.frame("tracking")
    inside = rows[period.mask(rows["support_date"])]
    found = [
        *_reporting(dept, inside),
        *_initiated_first(dept, rows, inside),
        *_leftovers(dept, period),
        *_second(dept, inside),
        *development_indicators(dept, period),
        *_load(dept, inside, period),
    ]
    lines = [indicator.line() for indicator in found]
    frame = pd.DataFrame(lines, columns=list(COLUMNS))
    return frame.astype(COLUMNS)


def indicator_table(dept: Department, period: Period) -> Table:
    """The indicators as they are printed: numerator, denominator, and 结果 as text."""
    frame = indicators(dept, period)
    pairs = zip(frame["结果"], frame["单位"], strict=True)
    results = pd.Series([shown(result, unit) for result, unit in pairs], dtype=object)
    return Table(frame.assign(结果=results).drop(columns="单位"))


@dataclass(frozen=True, slots=True)
class _Share:
    """Rows of 跟踪记录 that are asked for something, and those of them that have it."""

    name: str
    asked: pd.Series
    met: pd.Series
    note: str = ""


def _reporting(dept: Department, rows: pd.DataFrame) -> Iterator[Indicator]:
    absent = rows["sales_present"] == "否"
    told = absent & rows["report_channel"].isin(REPORT_CHANNELS)
    timed = absent & (rows["report_channel"] == "邮件") & rows["report_time"].notna()
    on_time = timed & (days(rows["report_time"]) <= due(dept, days(rows["support_date"]), "P02"))
    filled = rows["filled_date"].notna() & rows["support_date"].notna()
    in_time = filled & (days(rows["filled_date"]) <= due(dept, days(rows["support_date"]), "P03"))
    for share in (
        _Share("汇报合规率", absent, told, _SELF),
        _Share("汇报及时率", timed, on_time, f"{_SELF}；只算写了汇报时间的邮件汇报"),
        _Share("跟踪表填写及时率", filled, in_time, "只算有填写日期的记录"),
    ):
        masks = share.met, share.asked, share.note
        yield ratio(share.name, DEPARTMENT, "", *masks)
        yield from ratios(share.name, PERSON, rows["supporter"], *masks)
        yield from ratios(share.name, SALES, rows["sales"], *masks)
        yield from ratios(share.name, PROJECT, rows["project"], *masks, show=dept.show)


def _initiated_first(
    dept: Department, everything: pd.DataFrame, inside: pd.DataFrame
) -> Iterator[Indicator]:
    """Projects supported in the period whose 立项 was complete on their first support."""
    forms = dept.frame("initiation").dropna(subset="charter_date").drop_duplicates("project")
    charter = days(forms.set_index("project")["charter_date"])
    first = days(everything.groupby("project")["support_date"].min())
    keys = pd.Index(sorted(set(inside["project"]) - {""}), dtype=object)
    asked = pd.Series(True, index=keys, dtype=bool)
    met = charter.reindex(keys) <= first.reindex(keys)
    yield ratio("先立项率", DEPARTMENT, "", met, asked, "按全部记录的首次支持")
    at = dept.responsibility.at
    sales = pd.Series([at(k, "责任销售", dept.as_of) for k in keys], index=keys, dtype=object)
    yield from ratios("先立项率", SALES, sales, met, asked, "按全部记录的首次支持")


def _leftovers(dept: Department, period: Period) -> Iterator[Indicator]:
    frame = dept.frame("leftovers")
    ended = frame["close_date"].fillna(frame["done_date"])
    closed = frame[(frame["state"] == CLOSED) & frame["raised_date"].notna() & ended.notna()]
    closed = closed.assign(ended=ended[closed.index])
    closed = closed[period.mask(closed["ended"])]
    waited = dept.calendar.between_columns(days(closed["raised_date"]), days(closed["ended"]))
    still = frame[(frame["state"] != CLOSED) & frame["raised_date"].notna()]
    age = dept.calendar.age_of_column(days(still["raised_date"]), dept.as_of)
    everybody = (pd.Series("", one.index, object) for one in (waited, age))
    yield from _of_leftovers(DEPARTMENT, [""], waited, age, *everybody)
    names = sorted({*closed["person"], *still["person"]} - {""})
    yield from _of_leftovers(PERSON, names, waited, age, closed["person"], still["person"])


def _of_leftovers(
    scope: str,
    names: Iterable[str],
    waited: pd.Series,
    ages: pd.Series,
    closed_by: pd.Series,
    kept_by: pd.Series,
) -> Iterator[Indicator]:
    closing = waited.groupby(closed_by).agg(["median", "count"])
    middles, counts = closing["median"].to_dict(), closing["count"].to_dict()
    asked = ages.groupby(kept_by).count().to_dict()
    older = {limit: (ages > limit).groupby(kept_by).sum().to_dict() for limit in _AGES}
    for name in names:
        count, middle = float(counts.get(name, 0)), middles.get(name)
        yield Indicator("遗留关闭周期", scope, name, count, count, DAYS, "产生到关闭", middle)
        for limit, over in older.items():
            known, old = float(asked.get(name, 0)), float(over.get(name, 0))
            title = f"未关闭遗留超过{limit}个工作日"
            yield Indicator(title, scope, name, old, known, SHARE, "截至检查日期")


def _second(dept: Department, rows: pd.DataFrame) -> Iterator[Indicator]:
    named = rows[(rows["project"] != "") & (rows["supporter"] != "")]
    by_second = (named["supporter"] == named["second"]) & (named["supporter"] != named["first"])
    asked = pd.Series(True, index=named.index, dtype=bool)
    yield from ratios("第二售前占比", PROJECT, named["project"], by_second, asked, show=dept.show)


def _load(dept: Department, rows: pd.DataFrame, period: Period) -> Iterator[Indicator]:
    """Hours of support ÷ working hours of the period; only for periods with two ends."""
    if period.everything or (period.last - period.first).days > _LONGEST:
        return
    first, last = (datetime.combine(day, time()) for day in (period.first, period.last + _DAY))
    available = dept.clock(period.first).between(first, last) / timedelta(hours=1)
    spent = rows.groupby("supporter")["hours"].sum()
    for name in _people(dept, rows, period):
        hours = float(spent.get(name, 0.0))
        yield Indicator("负荷", PERSON, name, hours, available, SHARE, "支持工时 ÷ 工作时间")


def _people(dept: Department, rows: pd.DataFrame, period: Period) -> Iterable[str]:
    present = dept.roster.in_department("售前", period.last)
    return sorted({*present, *rows["supporter"]} - {""})
