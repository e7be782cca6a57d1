"""工程师一览: one line a person who supports customers."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from toolkit.model.finding import Finding, Severity
from toolkit.model.report import Table
from toolkit.regulation.department import Department

from .leftovers import CLOSED
from .projects import ERRORS, HOURS, OPEN_LEFTOVERS, RECORDS, WARNINGS
from .tables import lookup

NAME, DEPARTMENT = "姓名", "部门"
PROJECTS, AS_FIRST = "支持项目数", "任第一售前项目"
ABSENT, REPORTED, COMPLIANCE = "销售不在场", "其中已汇报", "汇报合规率"
LAST_RECORD, SHEET = "最近记录日期", "跟踪表"
NOBODY = "（未填姓名）"
_PRESALES = "售前"
REPORT_CHANNELS = ("邮件", "电话")


def compliance(records: pd.DataFrame) -> tuple[int, int]:
    """Reported by mail or phone, and all, of the records without 销售 present (catalogue E7)."""
    absent = records["sales_present"] == "否"
    return int((absent & records["report_channel"].isin(REPORT_CHANNELS)).sum()), int(absent.sum())


def engineer_table(
    dept: Department,
    inside: pd.DataFrame,
    leftovers: pd.DataFrame,
    projects: pd.DataFrame,
    findings: Sequence[Finding],
) -> Table:
    """售前 in office, owners of tracking sheets, and all who gave support or owe a leftover.

    Records, hours and compliance are those of the period; projects in charge, open leftovers
    and findings those of the day of the check; the last record is of all time.
    """
    signed = set(dept.frame("tracking_sheet")["owner"]) - {""}
    open_leftovers = leftovers[leftovers["state"] != CLOSED]
    people = {
        *dept.roster.in_department(_PRESALES, dept.as_of),
        *signed,
        *inside["supporter"],
        *open_leftovers["person"],
    }
    # nobody comes last
    names = pd.Series([*sorted(people - {""}), *({""} & people)], dtype=object)

    by_person = inside.groupby("supporter")
    absent = inside[inside["sales_present"] == "否"]
    reported = absent[absent["report_channel"].isin(REPORT_CHANNELS)]
    known_projects = inside[inside["project"] != ""].groupby("supporter")["project"]
    live = [f for f in findings if not f.waived]
    counts = {
        RECORDS: by_person.size(),
        PROJECTS: known_projects.nunique(),
        AS_FIRST: projects["第一售前"].value_counts(),
        ABSENT: absent["supporter"].value_counts(),
        REPORTED: reported["supporter"].value_counts(),
        OPEN_LEFTOVERS: open_leftovers["person"].value_counts(),
        ERRORS: _by_person(live, Severity.ERROR),
        WARNINGS: _by_person(live, Severity.WARN),
    }
    columns = {title: lookup(names, c).fillna(0).astype("int64") for title, c in counts.items()}
    frame = pd.DataFrame(columns)
    frame[AS_FIRST] = frame[AS_FIRST].where(names != "", 0)
    frame.insert(0, NAME, names.where(names != "", NOBODY))
    frame.insert(1, DEPARTMENT, names.map(dept.roster.department_of).where(names != "", ""))
    frame.insert(4, HOURS, lookup(names, by_person["hours"].sum()).astype("float64").fillna(0.0))
    share = frame[REPORTED] / frame[ABSENT].where(frame[ABSENT] > 0)
    frame.insert(frame.columns.get_loc(REPORTED) + 1, COMPLIANCE, share.astype("float64"))
    last = dept.frame("tracking").groupby("supporter")["support_date"].max()
    frame[LAST_RECORD] = lookup(names, last).astype("datetime64[s]")
    frame[SHEET] = names.map(lambda name: "有" if name in signed else "—")
    frame.loc[names == "", SHEET] = ""
    return _sorted(frame)


def _sorted(frame: pd.DataFrame) -> Table:
    """Most records first, then by name; records without a person come last."""
    order = (
        pd.DataFrame({"last": frame[NAME] == NOBODY, "records": -frame[RECORDS], NAME: frame[NAME]})
        .sort_values(["last", "records", NAME])
        .index
    )
    texts = dict.fromkeys((NAME, DEPARTMENT, SHEET), object)
    return Table(frame.loc[order].reset_index(drop=True).astype(texts))


def _by_person(live: Sequence[Finding], severity: Severity) -> pd.Series:
    people = [f.person for f in live if f.severity is severity and f.person]
    return pd.Series(people, dtype=object).value_counts()
