"""How an agenda is put into words; workbooks and digests say the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from toolkit.model.agenda import Agenda, Item, Load, Overview, RunFacts, Standing

TODAY = "今天到期"
NOTHING = "今天没有需要您处理的事项，谢谢。"
NOTHING_AT_ALL = "没有人有待办"
THANKS, STOPPED = "已解决，谢谢", "不再提醒"
LONG_OPEN, UNASSIGNED = "超时未处理", "无人认领"
NO_PERSONS = "没有要列出的人员。"
NO_LONG_OPEN = "没有超时未处理的事项。"
NO_UNASSIGNED = "没有无人认领的事项。"
NO_STOPPED = "没有不再提醒的事项。"
HOW_TO_ANSWER = (
    "改好保存即可，不用回复；确有理由不改的，"
    "请经理在“部门配置/豁免登记”写编号、理由、批准人、有效期。"
)
HOW_TO_WAIVE = "同意不改的，请在“部门配置/豁免登记”写编号、理由、批准人、有效期，下次运行生效。"


@dataclass(frozen=True, slots=True)
class Section:
    """Matters that are told together; `state` is the word for how they stand."""

    state: str
    items: Sequence[Item]


def sections(agenda: Agenda) -> list[Section]:
    """What is still to be done or cannot be seen, in the order in which it is read."""
    found = (
        Section(Standing.NEW.value, agenda.new),
        Section(TODAY, agenda.today),
        Section(Standing.OPEN.value, agenda.open),
        Section(Standing.UNVERIFIED.value, agenda.unverified),
    )
    return [section for section in found if section.items]


def summary(agenda: Agenda) -> str:
    """`新 3，今天到期 1，仍未处理 5，其中逾期 2；已解决 2`; '' when there is nothing to tell."""
    pending = "，".join(
        f"{section.state} {len(section.items)}"
        for section in sections(agenda)
        if section.state != Standing.UNVERIFIED
    )
    late = overdue(agenda.pending)
    parts = [f"{pending}，其中逾期 {late}" if late else pending]
    for state, items in (
        (Standing.UNVERIFIED, agenda.unverified),
        (Standing.RESOLVED, agenda.resolved),
        (Standing.STOPPED, agenda.stopped),
    ):
        parts.append(f"{state.value} {len(items)}" if items else "")
    return "；".join(filter(None, parts))


def headline(agenda: Agenda) -> str:
    """What stands in the subject: `新 3 项，今天到期 1 项，逾期 2 项`."""
    late = overdue(agenda.pending)
    counts = {"新": len(agenda.new), TODAY: len(agenda.today), "逾期": late}
    if not any(counts.values()):
        counts = {"仍未处理": len(agenda.open)}
    if not any(counts.values()):
        counts = {"已解决": len(agenda.resolved), "暂时无法核实": len(agenda.unverified)}
    return _items(counts) or "没有待办"


def overview_headline(overview: Overview) -> str:
    """What stands in the subject: `3 人有待办，逾期 2 项，超时未处理 1 项`."""
    counts = {
        "逾期": sum(load.overdue for load in overview.loads),
        LONG_OPEN: len(overview.long_open),
        UNASSIGNED: len(overview.unassigned),
    }
    people = busy(overview.loads)
    parts = [f"{people} 人有待办" if people else NOTHING_AT_ALL, _items(counts)]
    return "，".join(filter(None, parts))


def busy(loads: Iterable[Load]) -> int:
    """How many persons have something to do."""
    return sum(bool(load.new or load.open) for load in loads)


def _items(counts: Mapping[str, int]) -> str:
    return "，".join(f"{word} {number} 项" for word, number in counts.items() if number)


def overview_summary(overview: Overview) -> str:
    """`3 人有待办：新 4，未处理 9，逾期 2；今天解决 5；超时未处理 1；无人认领 1`."""
    loads = overview.loads
    people = busy(loads)
    new, still, late = (sum(getattr(load, k) for load in loads) for k in ("new", "open", "overdue"))
    parts = [
        f"{people} 人有待办：新 {new}，未处理 {still}，逾期 {late}" if people else NOTHING_AT_ALL
    ]
    for word, count in (
        ("今天解决", sum(load.resolved for load in loads)),
        (LONG_OPEN, len(overview.long_open)),
        (UNASSIGNED, len(overview.unassigned)),
    ):
        parts.append(f"{word} {count}" if count else "")
    return "；".join(filter(None, parts))


def worst_first(loads: Iterable[Load]) -> list[Load]:
    """Who needs help first stands first."""
    return sorted(
        loads, key=lambda n: (-n.overdue, -n.oldest, -(n.new + n.open), -n.resolved, n.person)
    )


def overdue(items: Iterable[Item]) -> int:
    """How many are past their time limit."""
    return sum(item.overdue > 0 for item in items)


def timing(item: Item, as_of: date) -> str:
    """`已 4 个工作日，逾期 2 个工作日`, or until when there is time; '' when neither is known."""
    due = item.matter.due
    parts = [f"已 {item.age} 个工作日"] if item.age > 0 else []
    if item.overdue > 0:
        parts.append(f"逾期 {item.overdue} 个工作日")
    elif due is not None:
        parts.append(TODAY if due == as_of else f"{short_day(due, as_of)}到期")
    return "，".join(parts)


def short_day(day: date, as_of: date) -> str:
    """10月9日; with the year when it is another one."""
    year = "" if day.year == as_of.year else f"{day.year}年"
    return f"{year}{day.month}月{day.day}日"


def history_sentence(count: int) -> str:
    """The one line for everything before 启用日期; '' when there is nothing."""
    return f"历史：启用日期以前的旧问题 {count:,} 项，合并为这一行，不用逐条处理。" if count else ""


def notices_of(facts: RunFacts, overview: Overview | None = None) -> list[str]:
    """What is to be said about the run itself, each sentence once."""
    told = [*facts.notices, *(overview.notices if overview else ())]
    return [notice for notice in dict.fromkeys(told) if notice.strip()]


def run_line(as_of: date, facts: RunFacts) -> str:
    """The line below a workbook's title."""
    told = (
        facts.department,
        str(as_of),
        facts.job,
        f"生成时间：{facts.generated:%Y-%m-%d %H:%M}",
    )
    return "；".join(filter(None, told))
