"""After the acceptance: service by the original 责任售前 (第48条)."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from toolkit.model.condition import blank
from toolkit.model.finding import Breach, Cause
from toolkit.model.frame_rows import rows_of
from toolkit.regulation.columns import days, left_blank
from toolkit.regulation.department import Department

from .registry import INFO, WARN, Scope, rule

AFTER_SALE = "售后服务"
_ARRANGED = ("转办告知", "紧急协调", "先行致电")
"""Calls by which an emergency is handed over (第5、6条)."""
_EMERGENCY = "紧急|突发|应急|抢修|转办|代班|请假|休假|出差|生病"
"""Words of 具体内容 that say why somebody else went."""


@rule(
    "X78",
    "售后由原责任售前处理",
    article=48,
    severity=WARN,
    needs=("initiation.acceptance_date", "initiation.first_presales", "tracking.supporter"),
    cause=Cause.PROJECT,
    scope=Scope.MATTER,
)
def after_sale_is_by_the_first_presales(dept: Department) -> Iterator[Breach]:
    """More than once 第二售前 did the 售后服务 of an accepted project, and 责任售前 never.

    A single time is taken for an emergency (第6条), as is a row that says so, a row with a form
    behind it, and a project whose hand-over was phoned. Others than the two are X10's.

    要求：验收以后的售后服务由原责任售前处理，第二售前只在紧急时接手；换人的登记责任人变更。
    反例：5月验收，6月、7月的售后服务都由第二售前处理，责任售前一次也没有。
    正例：第二售前处理过一次突发故障，其余由责任售前处理；或已登记第一售前变更。
    """
    rows, today = dept.frame("tracking"), pd.Timestamp(dept.as_of)
    rows = rows[(rows["support_type"] == AFTER_SALE) & (rows["project"] != "")]
    forms = dept.frame("initiation").dropna(subset=["acceptance_date"]).drop_duplicates("project")
    if rows.empty or forms.empty:
        return
    accepted = days(forms["acceptance_date"]).set_axis(forms["project"])
    since = rows["project"].map(accepted).astype("datetime64[s]")
    rows = rows[(days(rows["support_date"]) > since) & (rows["support_date"] <= today)]
    original = dept.responsibility.column(rows["project"], "第一售前", since[rows.index])
    by_first = (rows["supporter"] == original) | (rows["supporter"] == rows["first"])
    by_second = ~by_first & (rows["supporter"] == rows["second"]) & (original != "")
    by_second &= blank(rows["related"]) & ~rows["content"].str.contains(_EMERGENCY).astype(bool)
    arranged = dept.frame("calls").loc[dept.frame("calls")["purpose"].isin(_ARRANGED), "project"]
    open_ = by_second & ~rows["project"].isin([*rows.loc[by_first, "project"], *arranged])
    rows = rows[open_].sort_values("support_date", kind="stable")
    often = rows.groupby("project")["support_date"].transform("nunique") > 1
    for row in rows_of(rows[often]):
        first = row.first or original[row.Index]
        yield Breach(
            "tracking",
            row.Index,
            "supporter",
            f"项目“{dept.show(row.project)}”{accepted[row.project].date()}验收后，售后服务都由"
            f"第二售前{row.supporter}处理，责任售前{first}一次也没有。",
            f"请由{first}处理售后；换了人的请在立项单“责任人变更”登记；紧急转办的，请在具体内容"
            "或电话沟通（转办告知）中写明。",
            project=row.project,
            person=first,
            on=row.support_date.date(),
        )


@rule(
    "X80",
    "记售后的项目宜有验收日期",
    article=48,
    severity=INFO,
    needs=("initiation.acceptance_date", "tracking.support_type"),
    cause=Cause.PROJECT,
    scope=Scope.MATTER,
)
def after_sale_follows_an_acceptance(dept: Department) -> Iterator[Breach]:
    """售后服务 of an initiated project whose 验收日期 is blank; a remark, for trials have none.

    要求：项目验收后再记售后服务，验收日期写在立项单上。
    反例：跟踪记录有两次“售后服务”，立项单的验收日期空着。
    正例：立项单写了验收日期；还没有立项完成的由别的规则检查；已取消的不问。
    """
    forms = dept.frame("initiation")
    unaccepted = left_blank(dept, "initiation", "acceptance_date") & forms["charter_date"].notna()
    forms = forms[unaccepted & (forms["state"] != "已取消") & (forms["project"] != "")]
    rows = dept.frame("tracking")
    rows = rows[(rows["support_type"] == AFTER_SALE) & rows["project"].isin(forms["project"])]
    rows = rows.sort_values("support_date", kind="stable")
    form_of = {project: int(i) for i, project in forms["project"].items()}
    for project, served in rows.groupby("project", sort=False):
        day = served["support_date"].iloc[0]
        when = "" if pd.isna(day) else f"{day.date()}起"
        yield Breach(
            "initiation",
            form_of[str(project)],
            "acceptance_date",
            f"项目“{dept.show(str(project))}”{when}记了{len(served)}次售后服务，"
            "立项单还没有验收日期。",
            "已验收的请补填验收日期；没有验收的（如试用客户），请核对支持内容类型。",
            project=str(project),
            on=None if pd.isna(day) else day.date(),
            also=[("tracking", int(i), "support_type") for i in served.index],
        )
