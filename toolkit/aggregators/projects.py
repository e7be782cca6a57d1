"""项目一览: one line a project; how often and how long in the period, all else to this day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from toolkit.model.finding import Finding, Severity
from toolkit.model.report import Table
from toolkit.regulation.department import Department
from toolkit.regulation.development_hours import lacking_hours, net_hours
from toolkit.regulation.ordinals import department_ordinals
from toolkit.regulation.tenure import ROLE_FIELDS

from .leftovers import CLOSED
from .requests import NET_HOURS, open_faults
from .tables import NUMBER, TITLE, lookup

STAGE, RECORDS, HOURS = "阶段", "支持次数", "工时(小时)"
REQUESTS, FAULTS, OPEN_FAULTS, OPEN_LEFTOVERS = (
    "改进申请数",
    "故障单",
    "未关闭故障",
    "未关闭遗留",
)
CHARTER, FIRST_SUPPORT, LAST_SUPPORT = "立项日期", "首次支持", "最近支持"
ERRORS, WARNINGS = "错误", "警告"
NOT_INITIATED, NO_PROJECT = "未立项", "（未对应到项目）"


def project_keys(dept: Department) -> list[str]:
    """Every project that any record names, by number; those without a number come last."""
    index = dept.projects
    keys = {*index.titles, *index.numbers}
    for frame in dept.dossier.frames.values():
        keys |= set(frame["project"].unique())
    keys.discard("")
    return sorted(keys, key=lambda key: (key not in index.numbers, key))


def project_table(
    dept: Department, inside: pd.DataFrame, leftovers: pd.DataFrame, findings: Sequence[Finding]
) -> Table:
    """Projects with stage, people, support, leftovers, R&D and findings in force.

    `inside` are the support records and `leftovers` the leftovers of the period. Records that
    name no known project stand in a last line, so that the sums are those of the department.
    """
    keys = project_keys(dept)
    if (inside["project"] == "").any() or (leftovers["project"] == "").any():
        keys.append("")
    frame = _identity(dept, keys)
    everything = dept.frame("tracking")
    improvement, fault = dept.frame("improvement"), dept.frame("fault")
    days = everything.groupby("project")["support_date"]
    open_leftovers = leftovers[leftovers["state"] != CLOSED]
    counted = department_ordinals(dept)
    valid = improvement.assign(n=counted["n"])[counted["n"].notna() & ~counted["void"]]
    hours, missing = _net_hours(dept, improvement)
    per_project: dict[str, pd.Series] = {
        FIRST_SUPPORT: days.min(),
        LAST_SUPPORT: days.max(),
        RECORDS: inside["project"].value_counts(),
        HOURS: inside.groupby("project")["hours"].sum(),
        OPEN_LEFTOVERS: open_leftovers["project"].value_counts(),
        REQUESTS: valid.groupby("project")["n"].nunique(),
        NET_HOURS: hours,
        FAULTS: fault.loc[fault["state"] != "草稿", "project"].value_counts(),
        OPEN_FAULTS: fault.loc[open_faults(fault), "project"].value_counts(),
    }
    shown = {dept.show(key): key for key in keys if key}
    for title, severity in ((ERRORS, Severity.ERROR), (WARNINGS, Severity.WARN)):
        per_project[title] = _findings(findings, severity, shown)
    for title, values in per_project.items():
        frame[title] = lookup(pd.Series(keys, dtype=object), values)
    for title in (RECORDS, OPEN_LEFTOVERS, REQUESTS, FAULTS, OPEN_FAULTS, ERRORS, WARNINGS):
        frame[title] = frame[title].fillna(0).astype("int64")
    for title in (HOURS, NET_HOURS):
        frame[title] = frame[title].astype("float64").fillna(0.0)
    table = Table(frame)
    for position, key in enumerate(keys):
        if lacking := missing.get(key):
            table.instead[position, NET_HOURS] = f"{lacking}单缺工时"
            frame.at[position, NET_HOURS] = float("nan")
    return table


def _identity(dept: Department, keys: list[str]) -> pd.DataFrame:
    """Number, name, customer, stage, people in charge today, and the day of initiation."""
    forms = dept.frame("initiation").drop_duplicates("project").set_index("project")
    listed = dept.frame("project_list")
    listed = listed.assign(
        first_presales=listed["first_presales"].where(
            listed["first_presales"] != "", listed["owner"]
        )
    )
    index = dept.projects
    series = pd.Series(keys, dtype=object)
    customers = _first_filled(forms, listed, "customer")
    columns = {
        NUMBER: series.map(lambda k: index.numbers.get(k, "")),
        TITLE: series.map(lambda k: index.titles.get(k, "") or _unnamed(index.numbers, k)),
        "客户": series.map(lambda k: customers.get(k, "")),
        STAGE: lookup(series, forms["state"]).fillna(NOT_INITIATED).where(series != "", ""),
    }
    for role, key in ROLE_FIELDS.items():
        known = _first_filled(forms.iloc[:0], listed, key)
        columns[role] = series.map(
            lambda k, role=role, known=known: (
                dept.responsibility.at(k, role, dept.as_of) or known.get(k, "")
            )
        )
    charter = listed.dropna(subset="charter_date").drop_duplicates("project")
    columns[CHARTER] = (
        lookup(series, forms["charter_date"])
        .fillna(lookup(series, charter.set_index("project")["charter_date"]))
        .astype("datetime64[s]")
    )
    texts = [title for title in columns if title != CHARTER]
    return pd.DataFrame(columns).astype(dict.fromkeys(texts, object))


def _unnamed(numbers: dict[str, str], key: str) -> str:
    if not key:
        return NO_PROJECT
    return "" if key in numbers else key.partition("@")[0]


def _first_filled(forms: pd.DataFrame, listed: pd.DataFrame, column: str) -> dict[str, str]:
    """What the 立项单 says of each project, else the first 项目清单 that says anything."""
    found: dict[str, str] = {}
    rows: Iterable[tuple[str, str]] = [
        *zip(forms.index, forms[column], strict=True),
        *zip(listed["project"], listed[column], strict=True),
    ]
    for project, value in rows:
        if value:
            found.setdefault(project, value)
    return found


def _net_hours(dept: Department, improvement: pd.DataFrame) -> tuple[pd.Series, dict[str, int]]:
    """Net hours a project, and how many of its delivered requests have none (never taken as 0)."""
    lacking = improvement.loc[lacking_hours(dept), "project"].value_counts()
    return net_hours(dept).groupby(improvement["project"]).sum(), lacking.to_dict()


def _findings(findings: Sequence[Finding], severity: Severity, shown: dict[str, str]) -> pd.Series:
    """Findings in force of a severity, by project key."""
    named = [
        shown[f.project]
        for f in findings
        if f.severity is severity and not f.waived and f.project in shown
    ]
    return pd.Series(named, dtype=object).value_counts()
