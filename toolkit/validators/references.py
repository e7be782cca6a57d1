"""Numbers and names that point at something: unique, and meaning one project only."""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.model.finding import Breach, Cause, Result
from toolkit.model.forms import Block, Field, Layout
from toolkit.model.frame_rows import rows_of
from toolkit.model.text import fold
from toolkit.regulation.department import Department
from toolkit.regulation.distinct import folded

from .registry import WARN, Scope, rule

_ORDINAL = r"\d{1,5}"


@rule("X93", "单据编号不得重复", article=51, severity=WARN)
def numbers_are_unique(dept: Department) -> Iterator[Breach]:
    """The same number on two records, in whatever files.

    Plain ordinals (1, 2, 3) of a register count within their own workbook. Two 立项单 of one
    项目编号 are left to R09-4. A leftover carried into a later sheet of its owner is no second one.

    要求：每张单据、每条登记的编号在全部门内只用一次。
    反例：两份故障处理工作单都编为 GZ-XM2026-0001-01。
    正例：两位同事的遗留登记各自从 1 编起，只在自己的表里使用。
    """
    for block in dept.dossier.blocks.values():
        for field in block.fields if not dept.frame(block.key).empty else ():
            if field.unique:
                yield from _repeated(dept, block, field)


def _repeated(dept: Department, block: Block, field: Field) -> Iterator[Breach]:
    frame = dept.frame(block.key)
    written = frame.loc[frame[field.key] != "", field.key]
    numbers = folded(written)
    numbers = numbers[numbers.duplicated(keep=False)]
    if block.layout is Layout.TABLE:
        ordinal = numbers.str.fullmatch(_ORDINAL).astype(bool)
        source = frame.loc[numbers.index, "source"].astype(str)
        numbers = numbers.mask(ordinal, numbers + "@" + source)
        numbers = numbers[numbers.duplicated(keep=False)]
    for number, group in frame.loc[numbers.index].groupby(numbers):
        if block.key == "initiation" and group["project_id"].map(fold).nunique() == 1:
            continue
        first, *others = group.index
        shown = frame.loc[first, field.key]
        for index in others:
            yield Breach(
                block.key,
                index,
                field.key,
                f"“{field.label}”{shown}与{dept.dossier.locate(block.key, first, field.key)}重复。",
                "请给其中一条另编一个没有用过的编号，并更正引用它的地方。",
                also=((block.key, first, field.key),),
                cause=f"{block.key}|{str(number).partition('@')[0]}",
            )


@rule(
    "FLD-5",
    "项目名称须能对应到一个项目",
    article=9,
    severity=WARN,
    cause=Cause.PROJECT,
    scope=Scope.MATTER,
)
def references_mean_one_project(dept: Department) -> Iterator[Breach]:
    """A project is named, without its number, by a name that several projects have.

    要求：几个项目同名时，写明项目编号或客户名称。
    反例：两家客户都有“示例平台”项目，跟踪记录只写“示例平台”。
    正例：同名时写了项目编号；或名称只属于一个项目。
    """
    for key, frame in dept.dossier.frames.items():
        if "project_name" not in frame.columns or key == "initiation":
            continue
        rows = frame[frame["project"] == ""]
        for row in rows_of(rows):
            name = row.project_id or row.project_name
            meant = dept.projects.ambiguous(name, getattr(row, "customer", "")) if name else []
            if meant:
                shown = "、".join(dept.show(project) for project in meant)
                yield Breach(
                    key,
                    row.Index,
                    "project_id" if row.project_id else "project_name",
                    f"“{name}”同时是{len(meant)}个项目的名称（{shown}），无法判断这里指哪一个。",
                    "请在“项目编号”填写编号，或在立项单登记各自的项目别名。",
                    result=Result.UNDETERMINED,
                    cause=f"{name}",
                )
