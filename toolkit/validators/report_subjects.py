"""汇报邮件标题, as it was typed into the row: its form, whose it is, which project (第12、15条)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process

from toolkit.model.finding import Breach, Cause
from toolkit.model.frame_rows import rows_of
from toolkit.regulation.department import Department
from toolkit.regulation.distinct import Codes, distinct_rows
from toolkit.regulation.links import unread_file
from toolkit.regulation.subject_names import people_names, project_names
from toolkit.regulation.subjects import (
    REPORT,
    People,
    ProjectNames,
    Subject,
    bare_project,
    parse_subject,
    subjects_in,
)
from toolkit.regulation.tenure import Role

from .registry import ERROR, WARN, Scope, rule

_FORM = f"{REPORT}-项目名称-姓名"
_LONGEST = 40
_DECLARED = ("initiation", "project_list")
_PRESALES: tuple[Role, Role] = ("第一售前", "第二售前")


class _Titled(NamedTuple):
    """What a row says about its mail and its project; equal ones are judged once."""

    title: str
    project: str
    project_id: str
    project_name: str


_Verdict = TypeVar("_Verdict")


def _judged(
    dept: Department, judge: Callable[[_Titled], _Verdict | None]
) -> Iterator[tuple[Any, _Verdict]]:
    """The rows with a title on which the judge has something to say, with what he says."""
    titled = dept.remembered("titled rows", lambda: _titled(dept))
    verdicts = [judge(said) for said in titled.different]
    wanted = [number for number, verdict in enumerate(verdicts) if verdict is not None]
    some = np.isin(titled.codes, wanted)
    rows = dept.frame("tracking").loc[titled.index[some]]
    for row, code in zip(rows_of(rows), titled.codes[some], strict=True):
        verdict = verdicts[code]
        if verdict is not None:
            yield row, verdict


class _TitledRows(NamedTuple):
    """The rows that have a title: their index labels, and which of the different ones each is."""

    index: pd.Index
    codes: Codes
    different: list[_Titled]


def _titled(dept: Department) -> _TitledRows:
    rows = dept.frame("tracking")
    rows = rows.loc[rows["mail_subject"] != "", ["mail_subject", *_Titled._fields[1:]]]
    codes, firsts = distinct_rows([column for _, column in rows.items()])
    different = [_Titled(*said) for said in rows.iloc[firsts].itertuples(index=False)]
    return _TitledRows(rows.index, codes, different)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads subjects with the names that the department knows, each of them once."""

    projects: ProjectNames
    people: People
    _known: dict[str, list[Subject]] = field(default_factory=dict)

    @classmethod
    def of(cls, dept: Department) -> _Reader:
        def make() -> _Reader:
            return cls(project_names(dept), people_names(dept))

        return dept.remembered("reader of subjects", make)

    def read(self, title: str) -> list[Subject]:
        if title not in self._known:
            texts = subjects_in(title)
            self._known[title] = [parse_subject(t, self.projects, self.people) for t in texts]
        return self._known[title]

    def means(self, subject: Subject, row: _Titled) -> bool:
        """Whether it names the row's project: exactly, in the row's own words, more or less so."""
        named = bare_project(subject.project)
        own = {bare_project(name) for name in (row.project_id, row.project_name)} - {""}
        if row.project in subject.projects or named in own:
            return True
        if subject.projects or not named:
            return False
        return row.project in self.projects.about(named) or any(name in named for name in own)


@rule(
    "R12-1",
    "汇报邮件标题须合格式",
    article=12,
    severity=WARN,
    needs=("tracking.mail_subject",),
    cause=Cause.PERSON,
    scope=Scope.MATTER,
)
def subjects_have_their_form(dept: Department) -> Iterator[Breach]:
    """A 汇报邮件标题 that is not 客户沟通-project-name, after normalising; one finding a person.

    Re: and 转发: before it, any dash, width, blanks, quotes, a trailing 项目, a remark or date
    after the name change nothing, nor does 问题处理完成 as its beginning (第18条). Without a roster
    every name will do.

    要求：汇报邮件的标题写成“客户沟通-项目名称-姓名”。
    反例：汇报邮件标题写的是“3月10日交流情况”。
    正例：“转发：客户沟通—示例平台项目—钱一”；或项目名称里本来就有“-”。
    """
    reader = _Reader.of(dept)

    def fault(row: _Titled) -> str | None:
        faults = (_fault(subject, len(dept.roster) > 0) for subject in reader.read(row.title))
        return next(filter(None, faults), None)

    for row, said in _judged(dept, fault):
        yield Breach(
            "tracking",
            row.Index,
            "mail_subject",
            f"汇报邮件标题“{_short(row.mail_subject)}”{said}，应写成“{_FORM}”（自报）。",
            f"抄录有误的请更正；邮件已经发出的，今后请按“{_FORM}”写标题。",
        )


def _fault(subject: Subject, people_known: bool) -> str:
    if not subject.kind:
        return f"开头不是“{REPORT}-”"
    if subject.people or not people_known:
        return ""
    if subject.person:
        return f"最后的“{_short(subject.person)}”不是名册中的姓名"
    return "没有写姓名" if subject.project else "看不出项目和姓名"


@rule(
    "R12-2",
    "标题中的姓名须是支持人",
    article=12,
    severity=ERROR,
    needs=("tracking.mail_subject", "tracking.supporter"),
    scope=Scope.MATTER,
)
def subjects_name_the_supporter(dept: Department) -> Iterator[Breach]:
    """A subject of the row's own project names somebody who is none of its 技服.

    Those are its 第一 and 第二售前 of any time, whoever supported it in any row, helpers of the
    row, the sheet's owner, and people of its 增援审批. A name that two people share is right if
    one of them is.

    要求：汇报邮件标题最后写发邮件的技服人员，即支持人或该项目的其他售前。
    反例：钱一支持的项目，汇报邮件标题写的是“客户沟通-示例平台-李三”，李三与该项目无关。
    正例：第一售前钱一替第二售前孙二发了汇报，标题写钱一。
    """
    reader = _Reader.of(dept)
    teams = _teams(dept)

    def strangers(row: _Titled) -> list[frozenset[str]] | None:
        subjects = reader.read(row.title) if row.project else []
        if not all(s.complete and reader.means(s, row) for s in subjects):
            return None  # what is wrong with it is said by other rules
        team = teams.get(row.project, set())
        named = (people for subject in subjects for people in subject.people)
        return [people for people in named if people.isdisjoint(team)] or None

    for row, named in _judged(dept, strangers):
        others = [people for people in named if people.isdisjoint({row.owner, *row.helpers})]
        if others:
            names = "、".join("或".join(sorted(people)) for people in others)
            yield Breach(
                "tracking",
                row.Index,
                "mail_subject",
                f"汇报邮件标题写的是{names}，不是这次的支持人{row.supporter}，"
                "也不是该项目的其他售前（自报）。",
                "请核对“汇报邮件标题”和“支持人”，改正写错的一个；责任人换了的，"
                "请在立项单“责任人变更”中登记。",
            )


def _teams(dept: Department) -> dict[str, set[str]]:
    """Project -> everybody who ever was one of its 技服."""
    supported = dept.frame("tracking")[["project", "supporter"]].drop_duplicates()
    reinforced = dept.frame("reinforcements")[["project", "person"]]
    found: dict[str, set[str]] = {}
    for pairs in (supported, reinforced):
        for project, name in pairs.itertuples(index=False):
            found.setdefault(project, set()).add(name)
    for project, names in found.items():
        for role in _PRESALES:
            names |= dept.responsibility.ever(project, role)
    return found


@rule(
    "R12-3",
    "标题中的项目须认得出",
    article=12,
    severity=WARN,
    needs=("tracking.mail_subject",),
    either=_DECLARED,
    scope=Scope.MATTER,
)
def subjects_name_a_known_project(dept: Department) -> Iterator[Breach]:
    """A subject of the right form whose project nobody knows, one finding for each wording.

    What the row itself calls the project is known. A customer's name or a remark beside the
    project's name, or a part of its name that no other project has, will do.

    要求：标题中的项目写立项单的项目名称、项目别名或项目编号。
    反例：标题写“客户沟通-演示系统-钱一”，没有哪个项目叫“演示系统”。
    正例：“客户沟通-示例客户甲示例平台-钱一”；或写了登记过的项目别名。
    """
    reader = _Reader.of(dept)

    def unknown(row: _Titled) -> str | None:
        subjects = reader.read(row.title) if row.project and reader.projects else []
        strange = bool(subjects) and all(
            s.complete and not s.projects and not reader.means(s, row) for s in subjects
        )
        return subjects[0].project if strange and not _unread(dept, subjects[0]) else None

    for row, name in _judged(dept, unknown):
        title, said = _short(row.mail_subject), _short(name)
        yield Breach(
            "tracking",
            row.Index,
            "mail_subject",
            f"汇报邮件标题“{title}”中的“{said}”认不出是哪个项目（自报）。",
            f"{_nearest(dept, row, name)}写错的请更正；常用的叫法，请登记到立项单的“项目别名”。",
            cause=f"{row.supporter}|{name}",
        )


def _unread(dept: Department, subject: Subject) -> bool:
    """Whether a file that was not read may be the project's."""
    return bool(unread_file(dept, subject.project, bare_project(subject.project)))


def _nearest(dept: Department, row: Any, name: str) -> str:
    own = dept.projects.titles.get(row.project, row.project_name)
    names = (dept.whole.frame(frame)["project_name"] for frame in _DECLARED)
    known = dict.fromkeys(filter(None, (own, *(each for column in names for each in column))))
    near = process.extractOne(name, list(known), scorer=fuzz.ratio, score_cutoff=40)
    guess = near[0] if near else own
    return f"是否应为“{guess}”？" if guess else ""


@rule(
    "R15-6",
    "标题与记录须是同一项目",
    article=15,
    severity=ERROR,
    needs=("tracking.mail_subject",),
    either=_DECLARED,
    scope=Scope.MATTER,
)
def subjects_name_the_project_of_the_row(dept: Department) -> Iterator[Breach]:
    """A subject of the right form with the exact name of another project than the row's.

    Rows of a project that stands in no 立项单 and no 项目清单 are left out: its number may be the
    slip, and other rules ask for it.

    要求：汇报邮件标题中的项目就是这一行记录的项目。
    反例：示例平台的记录，汇报邮件标题写的是另一个项目“客户沟通-示例门户-钱一”。
    正例：两个项目的名称相近，标题写的是本项目的别名。
    """
    reader = _Reader.of(dept)

    def elsewhere(row: _Titled) -> frozenset[str] | None:
        subjects = reader.read(row.title) if reader.projects.of(row.project) else []
        foreign = bool(subjects) and all(
            s.complete and s.projects and not reader.means(s, row) for s in subjects
        )
        return subjects[0].projects if foreign else None

    for row, others in _judged(dept, elsewhere):
        named = "或".join(dept.show(project) for project in sorted(others))
        yield Breach(
            "tracking",
            row.Index,
            "mail_subject",
            f"这一行的项目是“{dept.show(row.project)}”，汇报邮件标题写的是“{named}”（自报）。",
            "请核对这一行的项目和“汇报邮件标题”，改正写错的一个；标题发错的，请给责任销售补发。",
        )


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
