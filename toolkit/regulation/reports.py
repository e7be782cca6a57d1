"""What counts as telling 责任销售 of a support: the row itself, one report for several contacts,
a call that is registered (第12、34条). All of it rests on what staff typed (自报)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from .calls import told_by_phone
from .columns import days, readable
from .department import Department
from .distinct import holds
from .subjects import is_subject

MAIL, PHONE, NOT_REPORTED = "邮件", "电话", "未汇报"
NO_CONTACT = "无客户沟通"
CARRIED_OUT = ("执行", "收尾")
_END = "收尾"


def reported(dept: Department) -> pd.Series:
    """Rows of 跟踪记录 that say themselves that 销售 was told, or may say so illegibly."""
    rows = dept.frame("tracking")
    said = rows["report_channel"].isin((MAIL, PHONE)) | rows["report_time"].notna()
    said |= holds(rows["mail_subject"], is_subject)
    for field in ("report_channel", "report_time"):
        said |= ~readable(dept, "tracking", field)
    return said


def unheard(dept: Department) -> pd.Series:
    """Rows of 跟踪记录 that call themselves 未汇报 although 销售 was away, and that nothing heals.

    What heals: a 汇报时间 or title in the row, the report of another row of that person, project
    and day (one mail may tell of all), a call to 责任销售 in 电话沟通.
    """
    return dept.remembered("unheard", lambda: _unheard(dept))


def _unheard(dept: Department) -> pd.Series:
    rows = dept.frame("tracking")
    asked = (rows["sales_present"] == "否") & (rows["report_channel"] == NOT_REPORTED)
    if not asked.any():
        return asked
    left = rows[asked & ~reported(dept)]
    left = left[~_told_with_another(rows, left)]
    left = left[~told_by_phone(dept, left)]
    return pd.Series(rows.index.isin(left.index), index=rows.index)


def _told_with_another(rows: pd.DataFrame, asked: pd.DataFrame) -> pd.Series:
    """Those of the rows whose project got a report of the same person on that day."""
    reporting = rows["report_channel"].isin((MAIL, PHONE)) & (rows["project"] != "")
    served = set(contact_keys(rows[reporting & rows["project"].isin(asked["project"].unique())]))
    return pd.Series([key in served for key in contact_keys(asked)], index=asked.index, dtype=bool)


def contact_keys(rows: pd.DataFrame) -> list[tuple[str, str, pd.Timestamp]]:
    """Project, person and day of rows of 跟踪记录: what one report may tell of."""
    return list(zip(rows["project"], rows["supporter"], days(rows["support_date"]), strict=True))


@dataclass(frozen=True, slots=True)
class SilentRound:
    """The last days of a test or implementation of which 销售 has not heard."""

    rows: tuple[int, ...]
    """Index labels in 跟踪记录, in the order of their days."""
    ended: bool
    """Whether one of them is 收尾; otherwise it may go on."""


def in_rounds(dept: Department, support_type: str) -> pd.Series:
    """Rows that carry out (执行) or finish (收尾) a test or implementation of a project."""

    def make() -> pd.Series:
        rows = dept.frame("tracking")
        carried_out = (rows["support_type"] == support_type) & rows["stage"].isin(CARRIED_OUT)
        return carried_out & (rows["project"] != "") & rows["support_date"].notna()

    return dept.remembered(f"rounds of {support_type}", make)


def silent_rounds(dept: Department, support_type: str, left: pd.Series) -> Iterator[SilentRound]:
    """What `left` (`unheard`) leaves of each round: one report at its end tells of all its days.

    A round is all that is carried out for a project until a day with 收尾. A row that was
    reported, with 销售 there, or of which nobody can tell settles itself and all before it.
    """
    rows = dept.frame("tracking")
    rows = rows[in_rounds(dept, support_type)]
    if not left[rows.index].any():
        return
    rows = rows[["project"]].assign(
        day=days(rows["support_date"]), quiet=left[rows.index], end=rows["stage"] == _END
    )
    ends = rows.groupby(["project", "day"])["end"].any().astype(int)
    ordinal = (ends.groupby(level="project").cumsum() - ends).rename("round")
    rows = rows.join(ordinal, on=["project", "day"])
    settled = rows["day"].where(~rows["quiet"])
    settled = settled.groupby([rows["project"], rows["round"]]).transform("max")
    still = rows[rows["quiet"] & ~(rows["day"] <= settled)].sort_values("day", kind="stable")
    for _, group in still.groupby(["project", "round"], sort=False):
        yield SilentRound(tuple(int(i) for i in group.index), bool(group["end"].any()))
