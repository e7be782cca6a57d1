"""What comes after the end of a project: nothing but after-sale service (第9、11条)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from toolkit.model.finding import Breach, Cause
from toolkit.model.frame_rows import rows_of
from toolkit.regulation.columns import days
from toolkit.regulation.department import Department
from toolkit.regulation.urgings import Matters, urgings

from .registry import WARN, Scope, rule


@rule(
    "X14",
    "项目结束后不应再有支持",
    article=11,
    severity=WARN,
    needs=("tracking.support_date",),
    registers=("initiation",),
    cause=Cause.PROJECT,
    scope=Scope.MATTER,
)
def support_ends_with_the_project(dept: Department) -> Iterator[Breach]:
    """Support dated after the project was cancelled, closed or stopped.

    After-sale service goes on after the end, and so do faults of a project that was not
    cancelled. A stop before 立项 ends when 立项 is completed, a later one on the 恢复支持日期 that
    督促立项 gives.

    要求：项目取消、结项或停止支持之后，除售后服务外不再记支持。
    反例：项目4月30日取消，5月8日仍有产品测试记录。
    正例：结项后只有售后服务；或5月8日补登4月28日的支持；停止后登记了恢复支持日期，此后又支持。
    """
    ends = _ends(dept)
    rows = dept.frame("tracking")
    rows = rows[rows["project"].isin(ends["project"]) & (rows["support_type"] != "售后服务")]
    rows = rows[rows["support_date"] <= pd.Timestamp(dept.as_of)]  # the future is X95's
    rows = rows[["project", "support_date", "support_type"]].assign(at=rows.index)
    late = rows.merge(ends, "inner", "project")
    day = days(late["support_date"])
    late = late[(day > late["end"]) & ~(day >= late["until"])]
    fault_of_live_system = (late["support_type"] == "故障处理") & (late["said"] == "结项")
    for row in rows_of(late[~fault_of_live_system].drop_duplicates("at").sort_values("at")):
        reason = f"（{row.reason}）" if row.reason else ""
        yield Breach(
            "tracking",
            row.at,
            "support_date",
            f"项目“{dept.show(row.project)}”已于{row.end.date()}{row.said}{reason}，"
            f"{row.support_date.date()}仍有支持记录。",
            f"支持日期填错的请改正；{_way_back(dept, row.field)}。",
            project=row.project,
            also=(("initiation", row.form, row.field),),
        )


def _ends(dept: Department) -> pd.DataFrame:
    """When support of initiated projects ended: `end` and, where it was taken up again, `until`.

    Also `field` (of the 立项单, whose index is `form`), `said` and `reason`.
    """
    forms = dept.frame("initiation").dropna(subset=["charter_date"])
    forms = forms.assign(form=forms.index, until=pd.Series(pd.NaT, forms.index, "datetime64[s]"))
    stop = days(forms["stop_date"].mask(forms["stop_date"] < forms["charter_date"]))
    closed = days(forms["close_date"])
    stopped = forms.assign(
        end=stop, field="stop_date", said="停止支持", reason=forms["stop_reason"]
    )
    stopped = stopped[stop.notna() & ~(closed <= stop)]
    stopped = stopped.assign(until=_resumed(dept, stopped))
    said = np.where(forms["close_result"] == "取消", "取消", "结项")
    over = forms.assign(end=closed, field="close_date", said=said, reason="")[closed.notna()]
    both = [kind.drop_duplicates("project") for kind in (stopped, over)]
    ends = pd.concat(both, ignore_index=True)
    return ends[["project", "end", "until", "field", "said", "reason", "form"]]


def _resumed(dept: Department, stopped: pd.DataFrame) -> pd.Series:
    """The first 恢复支持日期 after each stop; NaT where there is none."""
    matters = Matters(dept)
    said = urgings(dept, matters)
    found = []
    for row in rows_of(stopped):
        again = [u.resume for u in said.get(matters.of(row.project), ()) if u.resume]
        found.append(min((day for day in again if day >= row.end.date()), default=pd.NaT))
    return pd.Series(found, index=stopped.index, dtype="datetime64[s]")


def _way_back(dept: Department, field: str) -> str:
    if field == "stop_date" and dept.kept("urgings"):
        return "已恢复支持的，请在“督促立项”登记恢复支持日期，或请销售清空立项单的“停止支持日期”"
    label = dept.dossier.blocks["initiation"].field(field).label
    return f"项目没有结束或已恢复的，请销售清空立项单的“{label}”或重新立项"
