"""From a checked department and the memory to what is written and sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from toolkit.model.agenda import Overview, RunFacts
from toolkit.model.jobs import JOB_OF
from toolkit.regulation.department import Department
from toolkit.workflows.check import Checked

from .agendas import Board
from .compare import compare
from .heartbeat import calendar_notice
from .journal import Period
from .memory import Event, State
from .periods import Plan
from .post import Post
from .recall import Recalled, restart_notice
from .sight import configuration_state, sight_of
from .tools import Tools
from .workbooks import workbook_names

MANAGER_ROLES = ("售前经理", "技术支持部经理")
LONG_OPEN = "P12"
_BACKWARDS = timedelta(hours=1)
_NO_MANAGERS = (
    "部门配置的角色任命里没有在任的售前经理或技术支持部经理，总览没有发给任何人；"
    "请补上任命，或把一个机器人的接收人填为“经理”。"
)


@dataclass(slots=True)
class Assembly:
    """All that a run needs after its comparison."""

    checked: Checked
    state: State
    board: Board
    post: Post
    facts: RunFacts
    names: dict[str, str]
    conditions: list[str]
    """What is so today and was not caused by this run."""
    new_events: list[Event] = field(default_factory=list)

    def overview(self) -> Overview:
        department = self.checked.department
        return self.board.overview(
            department.parameter(LONG_OPEN),
            self.post.addresses,
            history=self.checked.result.history,
        )

    def with_events(self, overview: Overview) -> Overview:
        """As the workbook has it: together with what happened today and what is so."""
        today = [event.text for event in self.state.events if event.day == self.board.today]
        return replace(overview, notices=list(dict.fromkeys((*today, *self.conditions))))

    def counts(self) -> dict[str, int]:
        """All matters of all people, by how they stand."""
        agendas = [self.board.workbook(person) for person in self.board.people()]
        pending = [item for agenda in agendas for item in agenda.pending]
        new = sum(item.standing.value == "新" for item in pending)
        return {
            "新": new,
            "未处理": len(pending) - new,
            "逾期": sum(item.overdue > 0 for item in pending),
            "解决": sum(len(agenda.resolved) for agenda in agendas),
        }


def _deadline(department: Department) -> Callable[[date], date]:
    """P42 from the day on which something was first asked for."""

    def last_day(asked: date) -> date:
        return department.calendar.add_workdays(asked, department.parameter("P42", asked).days)

    return last_day


def assemble(
    tools: Tools,
    checked: Checked,
    recalled: Recalled,
    periods: Sequence[Period],
    now: datetime,
    todo: Plan,
) -> Assembly:
    """Compare the department with the memory, which is brought up to date, and prepare the post.

    `periods` are those that the post is for.
    """
    department, state, today = checked.department, recalled.state, now.date()
    outlook = tools.outlook(checked)
    sight = sight_of(department, checked.result, outlook.pending)
    compared = compare(state, outlook.matters, sight, today, _deadline(department))
    events = [*_events(state, todo, now), *compared.notices]
    if recalled.notice:
        events.insert(0, recalled.notice)
        for was in compared.matters.values():
            was.unsure = True
    for text in events:
        state.tell(today, text)
    state.matters, state.files = compared.matters, compared.files
    state.read_count, state.force_from = compared.read_count, sight.force_from
    state.configured = configuration_state(department.dossier)[0]
    state.last_run = now
    state.ledgers.forget(compared.dropped)
    settings = tools.channels(department)
    board = Board(state.matters, today, department.calendar)
    managers = managers_of(department)
    titles = dict.fromkeys(JOB_OF[job].title for job, _ in periods)
    facts = RunFacts(department.name, "、".join(titles), now)
    roster = {person.name for person in department.roster.people}
    names = workbook_names(board.people() | roster | state.workbooks.keys())
    post = Post(
        board=board,
        state=state,
        settings=settings,
        addresses=tools.addresses(department),
        managers=managers,
        periods=periods,
        facts=facts,
        names=names,
        canonical=department.roster.canonical,
        tools=tools,
        restart=restart_notice(state, today),
    )
    state.ledgers.owe_only(post.reachable())
    conditions = [*filter(None, (calendar_notice(today), "" if managers else _NO_MANAGERS))]
    for text in conditions:
        # what stays so is told once a week
        state.tell(today - timedelta(days=today.weekday()), text)
    return Assembly(
        checked,
        state,
        board,
        post,
        facts,
        names,
        conditions,
        [Event.of(today, text) for text in events],
    )


def managers_of(department: Department) -> list[str]:
    """Who reads the overview on the day, each once."""
    on = department.as_of
    found = [name for role in MANAGER_ROLES for name in department.roles.acting(role, on)]
    return list(dict.fromkeys(name for name in found if name))


def _events(state: State, todo: Plan, now: datetime) -> Iterator[str]:
    if state.last_run is not None and now < state.last_run - _BACKWARDS:
        yield (
            f"这台电脑的时间（{now:%Y-%m-%d %H:%M}）早于上次运行的时间"
            f"（{state.last_run:%Y-%m-%d %H:%M}），请检查电脑的日期和时间。"
        )
    missed = {pair for due in todo.due for pair in due.merged}
    days = sorted({period for _, period in missed})
    if days:
        named = "、".join(_day(date.fromisoformat(day)) for day in days[-5:])
        yield (
            f"错过了 {len(missed)} 次定时任务（{'…、' if len(days) > 5 else ''}{named}），"
            "电脑没有开机或网络文件夹没有连上；内容已并入今天。"
        )
    told = {(job, period) for job, periods in state.skipped.items() for period in periods}
    too_old = [f"{JOB_OF[job].title} {p}" for job, p in todo.skipped if (job, p) not in told]
    if too_old:
        named = "、".join(too_old[:5]) + (f"等 {len(too_old)} 份" if len(too_old) > 5 else "")
        yield f"停运太久，以下汇总没有补做：{named}。需要时请运行 toolkit consolidate。"


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"
