"""督促立项: support before 立项 is followed by urging; in vain, it may be stopped (第11条)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

import pandas as pd
from rapidfuzz import fuzz, process

from toolkit.model.finding import Breach, Cause
from toolkit.model.frame_rows import rows_of
from toolkit.model.projects import fold_project
from toolkit.regulation.columns import project_field, readable
from toolkit.regulation.deadlines import due, overdue
from toolkit.regulation.department import Department
from toolkit.regulation.links import unread_initiation
from toolkit.regulation.urgings import Matters, Urging, stopped, urgings

from .evidence import initiation_not_read
from .initiation import support_evidence
from .registry import ERROR, INFO, WARN, Scope, rule

_NOT_PRESALES = ("销售", "研发", "测试")
_INITIATED, _DECLINED = "已立项", "不立项"
_OF_OTHERS = "客户|用户|甲方|业主|重新"
"""A 停止支持原因 that speaks of the customer's 立项, or of a second one."""
_ALIKE = 80
"""Names that much alike may well be one project, mistyped: X01 asks which one is meant."""


@rule(
    "X03",
    "介入未立项的项目须督促销售",
    article=11,
    severity=WARN,
    needs=("initiation.charter_date", "urgings.urge_date"),
    either=("tracking", "leftovers"),
    cause=Cause.PROJECT,
    parameters=("P05",),
    deadline=True,
    scope=Scope.MATTER,
)
def early_support_is_followed_by_urging(dept: Department) -> Iterator[Breach]:
    """Support of a project without any 立项单, and P05 later nobody has urged sales.

    督促立项 and calls of that 事由 count (自报), whenever they were. Not asked: people of other
    departments, projects whose 立项单 is begun (X01), and names that look like a slip (X01).

    要求：售前介入还没有立项的项目，时限内用邮件、电话等方式督促项目销售立项。
    反例：3月10日支持了“示例门户”，没有立项单，到3月20日也没有督促过。
    正例：3月11日打电话督促过，电话沟通的事由是“督促立项”；或3月12日已经立项。
    """
    found = support_evidence(dept).dropna(subset=["day"])
    found = found[~found["project"].isin(dept.frame("initiation")["project"])]
    found = found[overdue(dept, found["day"], "P05")]
    if found.empty:
        return
    matters = Matters(dept)
    urged, ends = urgings(dept, matters), due(dept, found["day"], "P05")
    mistyped = cache(lambda project: _looks_known(dept, project))
    unread = cache(lambda project: unread_initiation(dept, project))
    for row in rows_of(found[~matters.column(found).isin(list(urged))]):
        who, on = dept.frame(row.frame).at[row.at, "person"], row.day.date()
        place = (row.frame, row.at, project_field(row))
        if dept.roster.department_of(who, on) in _NOT_PRESALES or mistyped(row.project):
            continue
        if path := unread(row.project):
            yield initiation_not_read(dept, place, row.project, path)
            continue
        last = ends[row.Index].date()
        yield Breach(
            *place,
            f"{who or '售前'}{on}介入了未立项的项目“{dept.show(row.project)}”，"
            f"到{last}没有督促销售立项的登记（自报）。",
            f"请督促项目销售尽快立项，并记入“督促立项”或“电话沟通”；名称与已立项的项目不同的，"
            f"请改正名称（{dept.parameter('P05', on)}）。",
            project=row.project,
            person=who,
            on=on,
            clock=(on, last),
        )


def _looks_known(dept: Department, project: str) -> bool:
    """Whether the name of a project is nearly that of an initiated one."""
    name = dept.projects.titles.get(project, "")
    forms = dept.whole.frame("initiation")
    known = [n for row in rows_of(forms) for n in (row.project_name, *row.project_aliases) if n]
    texts = [fold_project(n) for n in known]
    found = process.extractOne(fold_project(name), texts, scorer=fuzz.ratio, score_cutoff=_ALIKE)
    return bool(name) and found is not None


@dataclass(frozen=True, slots=True)
class _Open:
    """A matter that was urged and that no 立项单 answers, with the day by which one should."""

    project: str
    count: int
    last: Urging
    on: date
    due: date

    @property
    def place(self) -> tuple[str, int, str]:
        return self.last.frame, self.last.index, "outcome" if self.is_register else "purpose"

    @property
    def is_register(self) -> bool:
        return self.last.frame == "urgings"


def _in_vain(dept: Department) -> Iterator[_Open]:
    """Matters whose last urging is longer ago than P06, without a 立项单 or a stop since."""
    matters = Matters(dept)
    done = set(matters.column(dept.frame("initiation")))
    for matter, said in urgings(dept, matters).items():
        dated = [u for u in said if u.on and u.on <= dept.as_of]
        if matter in done or stopped(said) or len(dated) < len(said):
            continue
        last = dated[-1]
        on = last.on or dept.as_of
        project = str(dept.frame(last.frame).at[last.index, "project"])
        end = dept.calendar.add_workdays(on, dept.parameter("P06", on).days)
        # a name that means several initiated projects is FLD-5's
        if project and end < dept.as_of and last.outcome != _INITIATED:
            yield _Open(project, len(said), last, on, end)


@rule(
    "X04",
    "督促之后销售须立项",
    article=11,
    severity=WARN,
    needs=("initiation.charter_date", "urgings.urge_date"),
    parameters=("P06",),
    deadline=True,
)
def urged_sales_initiates(dept: Department) -> Iterator[Breach]:
    """P06 after the last urging the project still has no 立项单: the matter of the sales.

    Not while support is stopped, or when 督促结果 says that it is initiated (the 立项单 then bears
    another name: X01) or that it will not be.

    要求：销售被督促以后，在宽限期内立项；决定不立项的，写在“督促结果”里。
    反例：4月1日督促过两次的“示例门户”，到4月20日还没有立项单。
    正例：4月1日督促，4月7日立项；或督促结果写了“不立项”。
    """
    unread = cache(lambda project: unread_initiation(dept, project))
    for matter in _in_vain(dept):
        if matter.last.outcome == _DECLINED:
            continue
        if path := unread(matter.project):
            yield initiation_not_read(dept, matter.place, matter.project, path)
            continue
        sales = matter.last.sales
        yield Breach(
            *matter.place,
            f"项目“{dept.show(matter.project)}”已督促{matter.count}次（最近{matter.on}），"
            f"到{matter.due}仍没有立项单（自报）。",
            f"请{sales or '项目销售'}尽快立项；立项单用了别的名称的，请登记项目别名；不做了的，"
            f"请在“督促结果”选“{_DECLINED}”（{dept.parameter('P06', matter.on)}）。",
            project=matter.project,
            person=sales,
            on=matter.on,
            clock=(matter.on, matter.due),
        )


@rule(
    "R11-1",
    "督促无效时可以停止支持",
    article=11,
    severity=INFO,
    needs=("initiation.charter_date", "urgings.urge_date"),
    parameters=("P06",),
    deadline=True,
)
def support_may_be_stopped(dept: Department) -> Iterator[Breach]:
    """What X04 asks of sales gives presales a right: a remark for whoever urged, no duty.

    要求：督促后销售仍不立项的，售前可以停止支持，延误由销售负责；继续支持也可以。
    反例：4月1日督促“示例门户”立项，过了宽限期销售没有立项，售前还不知道可以停止。
    正例：已登记停止支持日期；或督促后在宽限期内立项。
    """
    for matter in _in_vain(dept):
        if unread_initiation(dept, matter.project):
            continue  # X04 says that nothing can be said
        frame, index, field = matter.place
        sales = matter.last.sales or "项目销售"
        yield Breach(
            frame,
            index,
            "stop_date" if matter.is_register else field,
            f"项目“{dept.show(matter.project)}”督促{matter.count}次仍未立项，售前可依据第十一条停止支持，"
            f"由此延误的责任由{sales}承担（自报）。",
            "是否停止由售前决定，停止的请填“停止支持日期”；继续支持也不算违规"
            f"（{dept.parameter('P06', matter.on)}）。",
            project=matter.project,
            person=matter.last.by,
            on=matter.on,
            clock=(matter.on, matter.due),
        )


@rule(
    "X05",
    "停止支持之前须督促过立项",
    article=11,
    severity=ERROR,
    needs=("urgings.urge_date", "urgings.stop_date"),
    cause=Cause.PROJECT,
)
def nobody_stops_without_urging(dept: Department) -> Iterator[Breach]:
    """Support stopped for want of 立项 although nobody had urged by that day.

    On a 立项单 this is so when 停止支持原因 speaks of 立项 and 立项 was not complete on that day;
    other reasons (客户取消 …) need no urging.

    要求：因销售没有立项而停止支持的，停止之前督促过立项。
    反例：4月1日停止支持“示例门户”，督促日期却是4月8日，之前没有督促过。
    正例：3月20日督促，4月1日停止支持；或因客户暂停采购而停止。
    """
    matters = Matters(dept)
    urged = urgings(dept, matters)
    for frame, stops in (("urgings", dept.frame("urgings")), ("initiation", _unmade(dept))):
        stops = stops[stops["stop_date"].notna()]
        for matter, row in zip(matters.column(stops), rows_of(stops), strict=True):
            on = row.stop_date.date()
            said = urged.get(matter, [])
            if not matter or any(u.no_later_than(on) for u in said):
                continue
            none = f"最早的督促在{said[0].on}" if said else "也没有督促立项的登记"
            yield Breach(
                frame,
                row.Index,
                "stop_date",
                f"“{row.project_name or dept.show(row.project)}”{on}停止支持，此前没有督促过立项，"
                f"{none}（自报）。",
                "督促过的请补登督促日期；没有督促的请先督促销售立项、恢复支持；"
                "因其他原因停止的，请写在立项单的“停止支持原因”。",
                project=row.project,
                on=on,
                cause=f"{matter}|stop",
            )


def _unmade(dept: Department) -> pd.DataFrame:
    """立项单 whose support stopped before 立项 was complete, and for that reason."""
    forms = dept.frame("initiation")
    early = forms["charter_date"].isna() | (forms["charter_date"] > forms["stop_date"])
    early &= readable(dept, "initiation", "charter_date")
    reason = forms["stop_reason"]
    ours = reason.str.contains("立项", regex=False) & ~reason.str.contains(_OF_OTHERS)
    return forms[early & ours.astype(bool)]
