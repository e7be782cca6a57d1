"""总览: key figures, what to look at first, and the numbers behind the charts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pandas as pd

from toolkit.model.finding import SEVERITY_TITLES, CheckResult, Finding, Severity
from toolkit.model.report import Charts, Figure, Series
from toolkit.regulation.department import Department

from .engineers import NAME, compliance
from .leftovers import CLOSED, open_age
from .projects import FAULTS, NO_PROJECT, OPEN_FAULTS, RECORDS, REQUESTS
from .requests import open_requests
from .tables import TITLE, blank_out

LOOK_FIRST = 5
MOST_BARS = 12
MOST_MONTHS = 24
OTHERS = "其他"
_SHORT_SPAN = 62
"""Days up to which records are counted by week instead of by month."""


def look_first(findings: Sequence[Finding], most: int = LOOK_FIRST) -> list[Finding]:
    """The findings to begin with: the gravest, of those the ones that stand for most places.

    Each rule has its turn before one comes twice; hints and waived findings never come.
    """
    live = [f for f in findings if not f.waived and f.severity is not Severity.INFO]
    turns: Counter[str] = Counter()
    ranked: list[tuple[tuple[int, int, int, str], int, Finding]] = []
    for finding in sorted(live, key=lambda f: (f.severity.rank, -f.count, f.rule, f.id)):
        place = (finding.severity.rank, turns[finding.rule], -finding.count, finding.rule)
        ranked.append((place, len(ranked), finding))
        turns[finding.rule] += 1
    return [finding for *_, finding in sorted(ranked, key=lambda entry: entry[:2])[:most]]


def figures(
    dept: Department,
    inside: pd.DataFrame,
    leftovers: pd.DataFrame,
    projects: pd.DataFrame,
    engineers: pd.DataFrame,
    result: CheckResult,
) -> tuple[Figure, ...]:
    """Twelve key figures in the order in which they are shown."""
    counts = result.counts()
    reported, absent = compliance(inside)
    still_open = leftovers[leftovers["state"] != CLOSED]
    age = open_age(dept, still_open).max()
    undone = int(open_requests(dept.frame("improvement")).sum())
    known = int((projects[TITLE] != NO_PROJECT).sum())
    supported = inside.loc[inside["project"] != "", "project"].nunique()
    return (
        Figure("支持次数", len(inside), f"涉及 {supported} 个项目"),
        Figure("工时(小时)", float(inside["hours"].sum()), _hours_note(inside), "hours"),
        Figure("支持人员", int((engineers[RECORDS] > 0).sum()), f"一览共 {len(engineers)} 人"),
        Figure(
            "汇报合规率",
            reported / absent if absent else None,
            f"已汇报 {reported} / 应汇报 {absent}",
            "percent",
            "warn" if reported < absent else "",
        ),
        Figure(
            "未关闭遗留",
            len(still_open),
            "没有未关闭的遗留" if pd.isna(age) else f"最久已开 {age:.0f} 个工作日",
            tone="warn" if len(still_open) else "",
        ),
        Figure("项目", known, f"本期有支持 {supported} 个"),
        Figure("改进申请", int(projects[REQUESTS].sum()), f"未完成 {undone} 单"),
        Figure("故障单", int(projects[FAULTS].sum()), f"未关闭 {projects[OPEN_FAULTS].sum()} 单"),
        _found("错误", counts["error"], "请尽快改正", "bad"),
        _found("警告", counts["warn"], "请核实", "warn"),
        Figure("提示", counts["info"], f"另有豁免 {counts['waived']} 条"),
        Figure("无法判断的规则", counts["undetermined"], "因缺少数据"),
    )


def _found(label: str, count: int, note: str, tone: str) -> Figure:
    return Figure(label, count, note if count else f"没有{label}", tone=tone if count else "")


def _hours_note(inside: pd.DataFrame) -> str:
    if inside.empty:
        return "本期没有记录"
    without = int(inside["hours"].isna().sum())
    return f"{without} 次未填工时" if without else "每次都填了工时"


def charts(
    inside: pd.DataFrame, leftovers: pd.DataFrame, engineers: pd.DataFrame, result: CheckResult
) -> Charts:
    """The six charts of the overview; a chart without any number is false."""
    people = engineers[engineers[RECORDS] > 0]
    counts = result.counts()
    return Charts(
        by_time=_by_time(inside["support_date"]),
        by_engineer=_most(
            "支持次数（按支持人）", pd.Series(people[RECORDS].to_numpy(), index=people[NAME])
        ),
        by_type=_most("支持次数（按支持内容类型）", _counted(inside["support_type"])),
        by_result=_most("沟通结果", _counted(inside["result"])),
        leftovers=_most("遗留问题（按状态）", _counted(leftovers["state"])),
        findings=Series(
            "校验发现（按级别）",
            tuple(SEVERITY_TITLES.values()),
            tuple(counts[severity.value] for severity in SEVERITY_TITLES),
        ),
    )


def _counted(column: pd.Series) -> pd.Series:
    return blank_out(column).value_counts()


def _most(title: str, counts: pd.Series) -> Series:
    """The most frequent ones, equal ones by name; the rest together as 其他."""
    pairs = sorted(((int(n), str(name)) for name, n in counts.items()), key=lambda p: (-p[0], p[1]))
    if len(pairs) > MOST_BARS:
        rest = sum(n for n, _ in pairs[MOST_BARS - 1 :])
        pairs = [*pairs[: MOST_BARS - 1], (rest, OTHERS)]
    return Series(title, tuple(name for _, name in pairs), tuple(n for n, _ in pairs))


def _by_time(days: pd.Series) -> Series:
    """Records a month, or a week when all lie close together; quiet ones in between count 0."""
    days = days.dropna()
    if days.empty:
        return Series("每月支持次数", (), ())
    if (days.max() - days.min()).days <= _SHORT_SPAN:
        weeks = days.dt.to_period("W-SUN")
        counts = weeks.value_counts()
        span = pd.period_range(weeks.min(), weeks.max(), freq="W-SUN")
        names = [f"{max(w.start_time, days.min()):%m-%d}起" for w in span]
        return Series("每周支持次数", tuple(names), tuple(int(counts.get(w, 0)) for w in span))
    months = days.dt.to_period("M")
    counts = months.value_counts()
    span = pd.period_range(months.min(), months.max(), freq="M")
    title = "每月支持次数"
    if len(span) > MOST_MONTHS:
        span, title = span[-MOST_MONTHS:], f"每月支持次数（最近{MOST_MONTHS}个月）"
    one_year = span[0].year == span[-1].year
    names = [f"{m.month}月" if one_year else str(m) for m in span]
    if one_year:
        title = f"{span[0].year}年{title}"
    return Series(title, tuple(names), tuple(int(counts.get(m, 0)) for m in span))
