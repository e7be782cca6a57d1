"""立项 comes first: support, requests and faults against the 立项单 of their project (第9条)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cache

import pandas as pd
from rapidfuzz import fuzz, process

from toolkit.model.finding import Breach, Cause
from toolkit.model.frame_rows import rows_of
from toolkit.regulation.columns import FIRST_YEAR, answerable, days, project_field
from toolkit.regulation.department import Department
from toolkit.regulation.distinct import by_value
from toolkit.regulation.links import unread_initiation
from toolkit.regulation.urgings import Matters, Urging, urgings

from .evidence import initiation_not_read
from .registry import ERROR, WARN, Scope, rule

_SUPPORT = {"tracking": ("support_date",), "leftovers": ("raised_date",)}
_FORMS = {"improvement": ("issue_date",), "fault": ("propose_date", "submit_date")}
_TITLES = {
    "tracking": "跟踪记录",
    "leftovers": "遗留登记",
    "improvement": "《产品改进申请单》",
    "fault": "《故障处理工作单》",
}
_ALWAYS = ("故障处理", "售后服务", "其他")
"""Follow-ups of any project: no 立项单 need foresee them."""


@rule(
    "X01",
    "支持之前须有立项单",
    article=9,
    severity=ERROR,
    needs=("initiation.charter_date",),
    either=("tracking", "leftovers"),
    cause=Cause.PROJECT,
)
def support_has_an_initiation(dept: Department) -> Iterator[Breach]:
    """Support of a project that nobody initiated, or whose 立项 was never completed.

    Requests and fault orders without 立项 are X41's, rows after a cancellation are X14's, and a
    name that means several projects is FLD-5's. Nothing can be said while a file that may be the
    立项单 could not be read.

    要求：有支持记录的项目都有立项单，且填了立项完成日期。
    反例：跟踪表记了“示例门户”的支持，全部立项单里没有这个项目。
    正例：立项单填了立项完成日期；或记录里写的是立项单登记的项目别名。
    """
    forms = dept.frame("initiation")
    completed = forms["charter_date"].notna() | ~answerable(dept, "initiation", "charter_date")
    begun = {p: i for i, p in forms.loc[~completed, "project"].items()}
    initiated = set(forms.loc[completed, "project"])
    found = _evidence(dept, _SUPPORT, lambda part: ~part["project"].isin(initiated))
    nearest = cache(lambda project: _nearest(dept, project))
    unread = cache(lambda project: unread_initiation(dept, project))
    for row in rows_of(found):
        what = f"{_on(row.day)}已有{_TITLES[row.frame]}"
        here = (row.frame, row.at, project_field(row))
        if row.project in begun:
            yield Breach(
                "initiation",
                begun[row.project],
                "charter_date",
                f"项目“{dept.show(row.project)}”的立项单没有填立项完成日期，但{what}。",
                "请完成指派并补填立项完成日期；还没有立项的，请销售先立项再继续支持。",
                project=row.project,
                on=None if pd.isna(row.day) else row.day.date(),
                also=(here,),
            )
        elif path := unread(row.project):
            yield initiation_not_read(dept, here, row.project, path)
        else:
            yield Breach(
                *here,
                f"项目“{dept.show(row.project)}”没有立项单，但{what}。",
                f"{nearest(row.project)}请项目销售补办立项单，写明需求并确定第一售前。",
                project=row.project,
            )


def _nearest(dept: Department, project: str) -> str:
    """The initiated project whose number or name looks most like it, as the start of a hint."""
    known = [
        (text, form.project)
        for form in rows_of(dept.frame("initiation"))
        for text in (form.project_id, form.project_name, *form.project_aliases)
    ]
    name = dept.projects.titles.get(project) or dept.projects.numbers.get(project, project)
    texts = [text for text, _ in known]
    near = process.extractOne(name, texts, scorer=fuzz.ratio, score_cutoff=60)
    if near is None:
        return ""
    title = dept.show(known[near[2]][1])
    return f"是否就是“{title}”？是的话请改正编号或名称，或在立项单登记项目别名；否则"


@rule(
    "X02",
    "立项须先于支持",
    article=9,
    severity=ERROR,
    needs=("initiation.charter_date",),
    cause=Cause.PROJECT,
    scope=Scope.MATTER,
)
def initiation_precedes_support(dept: Department) -> Iterator[Breach]:
    """Support, a request or a fault order dated before 立项 was completed; the same day is fine.

    Where 督促立项 (自报) shows that sales had been urged by then the matter is theirs, and only
    a warning (第11条).

    要求：立项完成日期不晚于第一次支持的日期。
    反例：2月20日已有支持记录，立项完成日期却是3月2日。
    正例：3月2日上午完成立项，当天下午开始支持。
    """
    forms = dept.frame("initiation").dropna(subset=["charter_date"])
    if forms.empty:
        return
    charter = days(forms["charter_date"]).groupby(forms["project"]).min()
    form_of = dict(zip(forms["project"], forms.index, strict=True))

    def too_early(part: pd.DataFrame) -> pd.Series:
        begun = by_value(part["project"], charter.get).astype("datetime64[s]")
        # a mistyped year is X95's
        return (part["day"] < begun) & (part["day"].dt.year >= FIRST_YEAR)

    found = _evidence(dept, _SUPPORT | _FORMS, too_early)
    if found.empty:
        return
    matters = Matters(dept)
    said = urgings(dept, matters)
    for row in rows_of(found):
        begun = charter[row.project].date()
        urged = [u for u in said.get(matters.of(row.project), ()) if u.no_later_than(begun)]
        yield Breach(
            row.frame,
            row.at,
            row.date_field,
            f"项目“{dept.show(row.project)}”{_on(row.day)}已有{_TITLES[row.frame]}，"
            f"早于立项完成日期{begun}{'；立项之前售前督促过（自报）' if urged else ''}。",
            "请核对两个日期；确是先支持后立项的，请责任销售说明情况，今后先立项再支持。",
            WARN if urged else None,
            project=row.project,
            person=_urged_sales(dept, row.project, begun, urged),
            on=row.day.date(),
            also=(("initiation", form_of[row.project], "charter_date"),),
        )


def _urged_sales(dept: Department, project: str, on: date, urged: list[Urging]) -> str:
    """Whose matter a late 立项 is: the sales who was urged; '' leaves it with the record."""
    if not urged:
        return ""
    return urged[-1].sales or dept.responsibility.at(project, "责任销售", on)


def _on(day: pd.Timestamp) -> str:
    return "" if pd.isna(day) else str(day.date())


def support_evidence(dept: Department) -> pd.DataFrame:
    """跟踪记录 and 遗留 of known projects, the earliest first: `frame`, `at`, `day`, `project` …"""
    return _evidence(dept, _SUPPORT, lambda part: part["project"] != "")


def _evidence(
    dept: Department,
    dates: Mapping[str, tuple[str, ...]],
    wanted: Callable[[pd.DataFrame], pd.Series],
) -> pd.DataFrame:
    """Signs of support of known projects, the earliest first; undated tracking rows come last.

    `wanted` picks some of them by `project` and `day`.
    """
    parts = []
    for key, fields in dates.items():
        rows = dept.frame(key)
        day, field = rows[fields[0]], pd.Series(fields[0], index=rows.index, dtype=object)
        for other in fields[1:]:
            field = field.mask(day.isna(), other)
            day = day.fillna(rows[other])
        part = rows[["project"]].assign(day=days(day), date_field=field)
        dated = part["day"].notna() | (key == "tracking")
        part = part[wanted(part) & (part["project"] != "") & dated]
        names = rows.loc[part.index, ["project_id", "project_name"]]
        parts.append(pd.concat([part, names], axis=1).assign(frame=key, at=part.index))
    return pd.concat(parts, ignore_index=True).sort_values("day", kind="stable")


@rule(
    "X13",
    "支持内容须在立项范围内",
    article=9,
    severity=WARN,
    needs=("initiation.support_types", "tracking.support_type"),
    cause=Cause.PROJECT,
    scope=Scope.MATTER,
)
def support_types_were_applied_for(dept: Department) -> Iterator[Breach]:
    """Support of a type that neither the 立项单 nor its 追加支持内容 names, whenever added.

    要求：支持内容类型在立项单或追加支持内容中申请过；故障处理、售后服务和其他不受限。
    反例：立项单只申请了售前交流，跟踪记录出现“客户培训”，也没有追加。
    正例：立项单没有产品实施，4月追加了产品实施，5月的实施记录在范围内。
    """
    forms = dept.frame("initiation")
    stated = answerable(dept, "initiation", "support_types") & (forms["support_types"].map(len) > 0)
    allowed = {(p, t) for p, ts in _cells(forms[stated], "support_types") for t in ts}
    allowed |= set(_cells(dept.frame("initiation_additions"), "support_type"))
    form_of = {p: i for i, p in forms.loc[stated, "project"].items()}
    doubtful = set(forms.loc[~stated, "project"])
    rows = dept.frame("tracking")
    pairs = rows[["project", "support_type"]].drop_duplicates().itertuples(index=False, name=None)
    beyond = {
        pair
        for pair in pairs
        if pair[0] in form_of and pair[0] not in doubtful and pair not in allowed
        if pair[1] and pair[1] not in _ALWAYS
    }
    if not beyond:
        return
    both = pd.Series(list(_cells(rows, "support_type")), index=rows.index)
    for index, (project, kind) in both[both.isin(beyond)].items():
        yield Breach(
            "tracking",
            index,
            "support_type",
            f"支持内容“{kind}”不在项目“{dept.show(project)}”立项单申请的范围内。",
            "请责任销售在立项单“追加支持内容”中补一行；类型选错的请改正。",
            project=project,
            also=(("initiation", form_of[project], "support_types"),),
            cause=f"{project}|{kind}",
        )


def _cells(frame: pd.DataFrame, field: str) -> Iterator[tuple[str, str]]:
    return zip(frame["project"], frame[field], strict=True)
