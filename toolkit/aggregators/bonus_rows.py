"""计奖记录: which support records count for the project bonus, row by row (第16条, E5)."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

import pandas as pd

from toolkit.model.frame_rows import rows_of
from toolkit.model.text import fold
from toolkit.regulation.columns import SAME_SUPPORT, days, left_blank, readable
from toolkit.regulation.deadlines import day_of
from toolkit.regulation.department import Department
from toolkit.regulation.links import unread_initiation
from toolkit.regulation.period import Period
from toolkit.regulation.reinforcements import Reinforcements
from toolkit.regulation.tenure import Role
from toolkit.regulation.urgings import Matters, urgings

from .bonus_evidence import evidence, not_asked, untold
from .tables import lookup

COUNTED, OPEN, OUT = "计入", "待补证据", "不计入"
FIRST, SECOND, OTHER = "第一售前", "第二售前", "其他"
_DAY = timedelta(days=1)


def bonus_rows(dept: Department, period: Period) -> pd.DataFrame:
    """The support records of the period with `verdict`, `reason`, `evidence` and `part`.

    Index and further columns are those of frame `tracking`. `part` is the supporter's role in the
    project on the day. What was reported rests on what staff typed (自报).
    """
    everything = dept.frame("tracking")
    rows = everything[period.mask(everything["support_date"])]
    rows = rows.assign(part=_part(rows), evidence=evidence(dept, rows))
    outside = _reasons(rows, _outside(dept, everything, rows))
    missing = _reasons(rows, _missing(dept, rows))
    verdict = pd.Series(COUNTED, index=rows.index, dtype=object)
    verdict = verdict.mask(missing != "", OPEN).mask(outside != "", OUT)
    return rows.assign(verdict=verdict, reason=outside.where(outside != "", missing))


_Reasons = list[tuple[pd.Series, str | pd.Series]]


def _reasons(rows: pd.DataFrame, found: _Reasons) -> pd.Series:
    """The sentences that hold for each row, joined."""
    said = pd.Series("", index=rows.index, dtype=object)
    for mask, text in found:
        more = (
            text[mask] if isinstance(text, pd.Series) else pd.Series(text, index=rows.index[mask])
        )
        before = said[mask]
        said.loc[mask] = before.where(before == "", before + "；") + more
    return said


def _part(rows: pd.DataFrame) -> pd.Series:
    part = pd.Series(OTHER, index=rows.index, dtype=object)
    named = rows["supporter"] != ""
    part = part.mask(named & (rows["supporter"] == rows["second"]), SECOND)
    return part.mask(named & (rows["supporter"] == rows["first"]), FIRST)


def _outside(dept: Department, everything: pd.DataFrame, rows: pd.DataFrame) -> _Reasons:
    content = everything["content"].map(fold)
    told_apart = everything["support_date"].notna() & (content != "")
    keys = everything[told_apart].assign(content=content)[[*SAME_SUPPORT, "content"]]
    again = pd.Series(rows.index.isin(keys.index[keys.duplicated()]), index=rows.index)
    early = pd.Series(False, index=rows.index)
    if dept.effective is not None:
        early = rows["support_date"] < pd.Timestamp(dept.effective)
    forms = dept.frame("initiation")
    charter = forms.dropna(subset="charter_date").drop_duplicates("project").set_index("project")
    begun = days(lookup(rows["project"], charter["charter_date"]))
    known = rows["project"].isin(set(forms["project"])) & (rows["project"] != "")
    unready = known & ~(begun <= rows["support_date"]) & rows["support_date"].notna()
    unready &= ~rows["project"].isin(_unread_charters(dept, forms)) & ~_urged(dept, rows)
    return [
        (again, "与另一行完全相同，疑似重复"),
        (early, "制度生效之前"),
        (unready, "立项之前的支持，也没有督促立项的记录"),
    ]


def _unread_charters(dept: Department, forms: pd.DataFrame) -> set[str]:
    """Projects whose 立项完成日期 stands there, but cannot be read."""
    return set(forms.loc[~readable(dept, "initiation", "charter_date"), "project"])


def _urged(dept: Department, rows: pd.DataFrame) -> pd.Series:
    """Rows of projects whose sales somebody urged to initiate it (第11条)."""
    matters = Matters(dept)
    return matters.column(rows).isin(set(urgings(dept, matters)) - {""})


def _missing(dept: Department, rows: pd.DataFrame) -> _Reasons:
    untold_second = (rows["part"] == SECOND) & untold(dept, rows)
    return [
        *_blanks(dept, rows),
        *_without_project(dept, rows),
        (rows["evidence"] == "", "销售不在场，没有汇报邮件或电话的记录"),
        (not_asked(dept, rows), "表中没有“销售在场”或“汇报方式”，无法核对汇报"),
        (untold_second, "第二售前的支持，没有告知第一售前的邮件标题、时间或电话"),
        (_strangers(dept, rows), "不是第一、第二售前，也没有增援审批"),
    ]


def _blanks(dept: Department, rows: pd.DataFrame) -> _Reasons:
    """Required cells that are blank or unreadable."""
    found: _Reasons = []
    for field in dept.dossier.blocks["tracking"].fields:
        if field.required is None or field.key in ("project_id", "project_name"):
            continue
        demanded = field.required.mask(rows)
        empty = left_blank(dept, "tracking", field.key).loc[rows.index]
        unread = ~readable(dept, "tracking", field.key).loc[rows.index]
        found.append((demanded & empty, f"“{field.label}”没有填写"))
        found.append((unread, f"“{field.label}”看不懂"))
    return found


def _without_project(dept: Department, rows: pd.DataFrame) -> _Reasons:
    """Rows of no project, and of projects whose 立项单 nobody has found or read."""
    nameless = rows["project"] == ""
    initiated = set(dept.frame("initiation")["project"])
    orphan = ~nameless & ~rows["project"].isin(initiated) & dept.kept("initiation")
    orphan &= ~_urged(dept, rows)
    why = {
        key: "立项单没有读出来" if unread_initiation(dept, key) else "没有找到立项单"
        for key in rows.loc[orphan, "project"].unique()
    }
    return [(nameless, "看不出是哪个项目"), (orphan, rows["project"].map(why).astype(object))]


def _strangers(dept: Department, rows: pd.DataFrame) -> pd.Series:
    """Support by people who were neither 第一 nor 第二售前 nor approved nor called by R&D (X10)."""
    approvals, called = Reinforcements(dept), _developers(dept)
    found = pd.Series(False, index=rows.index)
    suspects = (rows["part"] == OTHER) & (rows["supporter"] != "") & (rows["first"] != "")
    for row in rows_of(rows[suspects]):
        day = day_of(row.support_date)
        found[row.Index] = not (
            _held(dept, row.project, row.supporter, day)
            or approvals.lets(row.project, row.supporter, day)
            or any(a <= (day or a) <= b for a, b in called.get((row.project, row.supporter), ()))
        )
    return found


def _held(dept: Department, project: str, name: str, day: date | None) -> bool:
    """Held a role on the eve: a hand-over takes a day."""
    roles: tuple[Role, Role] = ("第一售前", "第二售前")
    at = dept.responsibility.at
    return day is not None and any(at(project, role, day - _DAY) == name for role in roles)


def _developers(dept: Department) -> dict[tuple[str, str], list[tuple[date, date]]]:
    """(project, person of R&D) -> days on which a fault order had him support it (第45条)."""
    found: dict[tuple[str, str], list[tuple[date, date]]] = defaultdict(list)
    for fault in rows_of(dept.frame("fault")):
        start = day_of(fault.assign_date) or day_of(fault.submit_date)
        if start is not None:
            for name in (fault.dev_lead, *fault.members):
                found[fault.project, name].append((start, day_of(fault.close_date) or date.max))
    return found
