"""Rules that the forms themselves state: required cells, readable values, known options."""

from __future__ import annotations

from collections.abc import Iterator

from rapidfuzz import fuzz, process

from toolkit.model.condition import Clause
from toolkit.model.dossier import CellProblem, ProblemKind
from toolkit.model.finding import Breach, Result, Severity
from toolkit.model.forms import Block, Field, FieldType
from toolkit.model.text import fold
from toolkit.regulation.columns import left_blank, readable
from toolkit.regulation.department import Department

from .registry import ERROR, WARN, Scope, rule

_NOT_SHOWN = {
    ProblemKind.ERROR_CELL: "公式结果为错误值",
    ProblemKind.NO_CACHED_VALUE: "公式没有保存计算结果",
}

_WRITE = {
    FieldType.DATE: "请写成 2026-11-23 这样的日期",
    FieldType.DATETIME: "请写成 2026-11-23 15:30 这样的日期和时间",
    FieldType.TIME: "请写成 09:30 这样的时间",
    FieldType.NUMBER: "请只写数字，如 2.5",
    FieldType.PERSON: "请只写一个人的姓名",
}


@rule(
    "FLD-1",
    "必填项须填写",
    article=None,
    severity=ERROR,
    scope=Scope.WORKBOOK,
)
def required_cells_are_filled(dept: Department) -> Iterator[Breach]:
    """A required cell of any form is blank, under the condition that its field states.

    要求：每张表单中标为必填的栏目，在其条件成立时都要填写。
    反例：立项单填了“结项日期”，“结项结果”却空着。
    正例：没有结项的立项单，“结项日期”和“结项结果”都空着。
    """
    return _missing(dept, "FLD-1")


@rule(
    "R16-3",
    "跟踪记录的必填列须填全",
    article=16,
    severity=ERROR,
    registers=("tracking",),
    scope=Scope.WORKBOOK,
)
def tracking_rows_are_complete(dept: Department) -> Iterator[Breach]:
    """A required column of 跟踪记录 is blank.

    要求：每一行跟踪记录写明项目、支持日期、支持内容类型、具体内容、销售在场和结果。
    反例：某一行写了项目和内容，“支持日期”空着。
    正例：各必填列都有内容；销售在场为“是”时不必填汇报方式。
    """
    return _missing(dept, "R16-3")


@rule(
    "R08-1",
    "bug反馈的必填列须填全",
    article=8,
    severity=ERROR,
    registers=("bugs",),
    scope=Scope.WORKBOOK,
)
def bug_reports_are_complete(dept: Department) -> Iterator[Breach]:
    """A required column of 内部bug反馈表 is blank.

    要求：每条bug反馈写明编号、类别、反馈人、发现日期、产品和标题。
    反例：登记了一条反馈，“产品”一列空着。
    正例：必填列齐全，日常使用中发现的问题没有项目编号。
    """
    return _missing(dept, "R08-1")


@rule(
    "R09-6",
    "立项单须选定支持内容类型",
    article=9,
    severity=ERROR,
    needs=("initiation.support_types",),
    scope=Scope.WORKBOOK,
)
def support_types_are_chosen(dept: Department) -> Iterator[Breach]:
    """支持内容类型 of a 立项单 is blank or names nothing of the list.

    要求：立项单从列表中选定一种或几种支持内容类型。
    反例：“支持内容类型”空着，或只写了列表里没有的“驻场陪护”。
    正例：填写“售前交流、产品测试”。
    """
    yield from _missing(dept, "R09-6")
    chosen = dept.frame("initiation")["support_types"]
    field = dept.dossier.blocks["initiation"].field("support_types")
    for problem in _problems(dept, ProblemKind.OPTION):
        if (problem.frame, problem.field) == ("initiation", "support_types"):
            # a list that is right in part is a slip, a list without one known type is no list
            severity = WARN if chosen.loc[problem.index] else ERROR
            yield _unknown_option(field, problem, severity)


def _missing(dept: Department, rule_id: str) -> Iterator[Breach]:
    for block in dept.dossier.blocks.values():
        frame = dept.frame(block.key)
        for field in block.fields if not frame.empty else ():
            if field.required is None or field.enforced_by or field.rule != rule_id:
                continue
            mask = left_blank(dept, block.key, field.key)
            if not mask.any():
                continue
            mask &= field.required.mask(frame)
            for clause in field.required.clauses:
                mask &= readable(dept, block.key, clause.field)
            article = f"（第{field.article}条）" if field.article and rule_id == "FLD-1" else ""
            for index in frame.index[mask]:
                yield Breach(
                    block.key,
                    index,
                    field.key,
                    f"“{field.label}”没有填写，{_when(block, field)}{article}。",
                    f"请补填这一格：{field.help or field.label}",
                    Severity(field.required_severity),
                )


def _when(block: Block, field: Field) -> str:
    clauses = field.required.clauses if field.required else ()
    if not clauses:
        return "这一栏必填"
    return "且".join(_clause(block, clause) for clause in clauses) + "时必填"


def _clause(block: Block, clause: Clause) -> str:
    label = block.field(clause.field).label
    if not clause.values:
        return f"{'没有填' if clause.negated else '填了'}“{label}”"
    values = "或".join(f"“{value}”" for value in clause.values)
    return f"“{label}”{'不为' if clause.negated else '为'}{values}"


@rule(
    "FLD-2",
    "单元格内容须能识别",
    article=None,
    severity=ERROR,
    scope=Scope.WORKBOOK,
)
def values_can_be_read(dept: Department) -> Iterator[Breach]:
    """A cell holds something that is not of its field's type, or a formula without a value.

    要求：日期写成带年份的日期，数字只写数字，公式有正确的计算结果。
    反例：“支持日期”写成“3月5日”，看不出是哪一年。
    正例：“支持日期”写成 2026-03-05，或写成 2026年3月5日。
    """
    for problem in _problems(dept, *(kind for kind in ProblemKind if kind != ProblemKind.OPTION)):
        field = dept.dossier.blocks[problem.frame].field(problem.field)
        broken = problem.kind in _NOT_SHOWN
        said = problem.message or _NOT_SHOWN.get(problem.kind) or f"填的是“{problem.raw}”"
        if broken:
            hint = "请改正公式或直接填写结果，再用 Excel 或 WPS 保存一次。"
        else:
            unneeded = "" if field.required else "；不需要这一项时可以留空"
            hint = f"{_WRITE.get(field.type, '请改写这一格')}{unneeded}。"
        yield Breach(
            problem.frame,
            problem.index,
            problem.field,
            f"“{field.label}”的内容无法识别：{said.rstrip('。')}。",
            hint,
            WARN if broken or field.required is None else ERROR,
            result=Result.UNDETERMINED if broken else Result.FAIL,
        )


@rule(
    "FLD-3",
    "选项须在列表之中",
    article=None,
    severity=WARN,
    scope=Scope.WORKBOOK,
)
def options_are_known(dept: Department) -> Iterator[Breach]:
    """A choice that its list does not have; one finding for each wording of an owner.

    要求：下拉栏目填写列表中的选项，或列表已知的同义写法。
    反例：跟踪记录的“结果”填了“差不多”。
    正例：“结果”填“成功”，或填已知的写法“完成”。
    """
    for problem in _problems(dept, ProblemKind.OPTION):
        field = dept.dossier.blocks[problem.frame].field(problem.field)
        if field.rule == "R09-6":
            continue
        breach = _unknown_option(field, problem, WARN)
        owner = dept.frame(problem.frame).loc[problem.index].get("owner", "")
        key = (problem.frame, problem.field, str(owner), fold(problem.raw))
        breach.cause = "|".join(key)
        yield breach


def _unknown_option(field: Field, problem: CellProblem, severity: Severity) -> Breach:
    what = f"填的是“{problem.raw}”" if problem.raw else problem.message
    near = process.extractOne(problem.raw, field.options, scorer=fuzz.ratio, score_cutoff=40)
    guess = f"是否想填“{near[0]}”？" if near and field.type is not FieldType.YESNO else ""
    return Breach(
        problem.frame,
        problem.index,
        problem.field,
        f"“{field.label}”{what}，不在可选项（{'、'.join(field.options)}）之中。",
        f"{guess}请从下拉列表中选择。",
        severity,
    )


def _problems(dept: Department, *kinds: ProblemKind) -> Iterator[CellProblem]:
    for problem in dept.dossier.problems:
        if problem.kind in kinds:
            yield problem
