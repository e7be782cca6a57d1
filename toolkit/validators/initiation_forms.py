"""The 立项单 itself: whom it names, what it asks for, and that there is one a project (第9条)."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from toolkit.model.finding import Breach
from toolkit.model.frame_rows import rows_of
from toolkit.model.projects import fold_project
from toolkit.model.text import fold
from toolkit.regulation.columns import left_blank
from toolkit.regulation.department import Department

from .registry import ERROR, INFO, WARN, rule
from .wording import brief, plain, vague


@rule(
    "R09-1",
    "立项完成须确定责任售前",
    article=9,
    severity=ERROR,
    needs=("initiation.first_presales", "initiation.charter_date"),
)
def first_presales_is_named(dept: Department) -> Iterator[Breach]:
    """立项 is completed and nobody is 第一售前, not even by 责任人变更.

    要求：填立项完成日期时，同时确定第一售前（责任售前）。
    反例：立项单填了立项完成日期，“第一售前”空着。
    正例：还在等指派的立项单，立项完成日期和第一售前都空着。
    """
    forms = dept.frame("initiation")
    nobody = left_blank(dept, "initiation", "first_presales") & forms["charter_date"].notna()
    for row in rows_of(forms[nobody]):
        if not dept.responsibility.ever(row.project, "第一售前"):
            yield Breach(
                "initiation",
                row.Index,
                "first_presales",
                f"立项已于{row.charter_date.date()}完成，“第一售前”却没有填写，项目没有责任售前。",
                "请售前经理指派第一售前并补填。",
            )


@rule(
    "R09-2",
    "立项单须写明支持需求",
    article=9,
    severity=ERROR,
    needs=("initiation.requirement",),
)
def requirement_is_stated(dept: Department) -> Iterator[Breach]:
    """支持内容要求 is blank.

    要求：申请人在立项单详细写明需要的技术支持。
    反例：“支持内容要求”空着就提交了立项单。
    正例：写了“为信息科演示权限管理，并搭建环境验证单点登录”。
    """
    blank = left_blank(dept, "initiation", "requirement")
    for index in dept.frame("initiation").index[blank]:
        yield Breach(
            "initiation",
            index,
            "requirement",
            "“支持内容要求”没有填写，接手的售前不知道要做什么。",
            "请申请人写清对象、场景和要做的事。",
        )


@rule(
    "R09-3",
    "支持需求须具体",
    article=9,
    severity=WARN,
    needs=("initiation.requirement",),
    parameters=("P28", "P39"),
)
def requirement_is_specific(dept: Department) -> Iterator[Breach]:
    """支持内容要求 is nothing but a phrase of P28 (warning) or shorter than P39 (info).

    要求：支持内容要求写到看了就知道做什么，不用笼统的套话。
    反例：支持内容要求只写“提供技术支持。”。
    正例：写了“向档案科演示全文检索，准备一百份样例文档”。
    """
    forms, on = dept.frame("initiation"), dept.event_dates("initiation")
    phrases = vague(dept, forms["requirement"], on)
    short = brief(dept, forms["requirement"], on, "支持内容要求")
    for index in forms.index[forms.index.isin([*phrases, *short])]:
        why = "参数P28“含糊词表”列有这句话" if index in phrases else str(short[index])
        yield Breach(
            "initiation",
            index,
            "requirement",
            f"支持内容要求“{forms.at[index, 'requirement']}”过于"
            f"{'笼统' if index in phrases else '简短'}，看不出具体要做什么。",
            f"请补充对象、场景和要做的事（{why}）。",
            WARN if index in phrases else INFO,
        )


@rule(
    "R09-4",
    "项目编号不得重复",
    article=9,
    severity=ERROR,
    needs=("initiation.project_id",),
)
def project_ids_are_unique(dept: Department) -> Iterator[Breach]:
    """Two 立项单 of one 项目编号: of different projects an error, of the same one a warning.

    要求：一个项目编号只属于一个项目，一个项目只有一份立项单。
    反例：“示例平台”和“示例门户”的立项单都写 XM2026-0001。
    正例：后来增加的支持内容写在原立项单的“追加支持内容”里。
    """
    forms = dept.frame("initiation")
    numbers = forms["project_id"].map(fold)
    forms = forms[(numbers != "") & numbers.duplicated(keep=False)]
    for _, group in forms.groupby(numbers):
        first, *others = rows_of(group)
        for row in others:
            where = dept.dossier.locate("initiation", first.Index).path
            if fold_project(row.project_name) == fold_project(first.project_name):
                severity, what = WARN, f"与{where}是同一项目的两份立项单"
                hint = "请只保留一份；新增的支持内容写在“追加支持内容”。"
            else:
                severity, what = ERROR, f"已用于“{first.project_name}”（{where}）"
                hint = "请为其中一个项目另编项目编号，并更正引用它的记录。"
            yield Breach(
                "initiation",
                row.Index,
                "project_id",
                f"“{row.project_name}”的项目编号{row.project_id}{what}。",
                hint,
                severity,
                also=(("initiation", first.Index, "project_id"),),
            )


@rule(
    "R09-5",
    "同一项目不应重复立项",
    article=9,
    severity=WARN,
    needs=("initiation.project_name", "initiation.customer"),
)
def projects_are_initiated_once(dept: Department) -> Iterator[Breach]:
    """Same customer, same name but for punctuation and 项目, while the earlier one is open.

    Names that differ in a digit, a phase or a place are different projects.

    要求：同一客户的同一项目只立项一次，后来的内容用追加。
    反例：“示例平台”和“示例平台项目”是同一客户的两份立项单，编号不同。
    正例：“示例平台一期”和“示例平台二期”；或前一个项目结项后再立项。
    """
    forms = dept.frame("initiation")
    forms = forms[(forms["project_name"] != "") & (forms["state"] != "已取消")]
    names = forms["project_name"].map(lambda name: plain(fold_project(name)))
    both = names + "@" + forms["customer"].map(plain)
    when = dept.event_dates("initiation")
    for _, group in forms[both.duplicated(keep=False)].groupby(both):
        first, *others = sorted(rows_of(group), key=lambda r: (_sortable(when[r.Index]), r.key))
        for row in others:
            same_number = row.project_id and fold(row.project_id) == fold(first.project_id)
            if same_number or first.close_date <= when[row.Index]:
                continue
            yield Breach(
                "initiation",
                row.Index,
                "project_name",
                f"“{row.project_name}”与“{dept.show(first.project)}”客户相同、名称相同，疑似重复立项。",
                "确是同一项目的，请合并为一份并用“追加支持内容”；不是的，请把名称写得能区分。",
                also=(("initiation", first.Index, "project_name"),),
            )


def _sortable(day: pd.Timestamp) -> pd.Timestamp:
    return pd.Timestamp.max.as_unit("s") if pd.isna(day) else day
