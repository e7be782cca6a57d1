"""Faults that go on as improvement requests: both sides say so (第47条)."""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.model.finding import Breach
from toolkit.model.frame_rows import rows_of
from toolkit.model.text import fold
from toolkit.regulation.columns import left_blank, readable
from toolkit.regulation.deadlines import day_of
from toolkit.regulation.department import Department
from toolkit.regulation.links import numbered, unknown

from .evidence import has_field, named
from .registry import ERROR, Scope, rule

_REQUEST = "产品改进申请单"
_FROM_FAULT = "故障单转化"


@rule(
    "X57",
    "故障转化须两边对应并有提出人意见",
    article=47,
    severity=ERROR,
    needs=("fault.convert_to", "fault.convert_ref"),
    scope=Scope.MATTER,
)
def conversion_is_told_on_both_sides(dept: Department) -> Iterator[Breach]:
    """A converted fault names its request, which names the fault; the proposer was asked.

    要求：转化的故障单写明提出人意见和去向编号，那张产品改进申请单的来源写着这张故障单。
    反例：故障单的转化去向为“产品改进申请单”，去向编号空白。
    正例：故障单转为GJ-XM2026-0001-02，该申请单来源为“故障单转化”，来源编号是这张故障单。
    """
    rows = dept.frame("fault")
    no_opinion = left_blank(dept, "fault", "proposer_opinion")
    no_number = left_blank(dept, "fault", "convert_ref")
    for row in rows_of(rows[rows["convert_to"] != ""]):
        name, on = named(dept, "fault", row.Index), day_of(row.consult_date)
        if no_opinion[row.Index]:
            yield Breach(
                "fault",
                row.Index,
                "proposer_opinion",
                f"{name}已转到“{row.convert_to}”，没有写提出人意见，转化之前须先问过他。",
                f"请征求{row.proposer}的意见并填写。",
                on=on,
            )
        if row.convert_to == _REQUEST and no_number[row.Index]:
            yield Breach(
                "fault",
                row.Index,
                "convert_ref",
                f"{name}转为《{_REQUEST}》，去向编号空白，应写明申请单编号。",
                "请填写转成的产品改进申请单编号；还没有提交的，请先提交申请单。",
                on=on,
            )
    if dept.kept("improvement"):
        yield from _not_pointing_back(dept)
        yield from _claimed_by_requests(dept)


def _not_pointing_back(dept: Department) -> Iterator[Breach]:
    """Conversions to a request that does not exist, or does not name the fault."""
    rows = dept.frame("fault")
    requests, numbers = dept.frame("improvement"), numbered(dept, "improvement")
    clear = readable(dept, "improvement", "origin") & readable(dept, "improvement", "origin_ref")
    for row in rows_of(rows[rows["convert_to"] == _REQUEST]):
        name = named(dept, "fault", row.Index)
        for ref in unknown(dept, "improvement", row.convert_ref):
            yield Breach(
                "fault",
                row.Index,
                "convert_ref",
                f"{name}的去向编号“{ref}”不是已有的产品改进申请单编号。",
                "请核对编号；申请单还没有提交的，请先提交。",
                on=day_of(row.consult_date),
            )
        for index in _indices(numbers, row.convert_ref):
            request = requests.loc[index]
            origin = request["origin"] == _FROM_FAULT
            named_back = fold(row.number) in {fold(ref) for ref in request["origin_ref"]}
            field = "origin_ref" if origin else "origin"
            told = has_field(dept, "improvement", index, field)
            if (origin and (named_back or not row.number)) or not (told and clear[index]):
                continue
            yield Breach(
                "improvement",
                index,
                field,
                f"{name}已转为{named(dept, 'improvement', index)}，"
                f"申请单的来源却没有写{'这张故障单的编号' if origin else f'“{_FROM_FAULT}”'}。",
                f"请把申请单的来源改为“{_FROM_FAULT}”，来源编号填{row.number}；"
                "去向写错的，请更正故障单的去向编号。",
                also=[("fault", row.Index, "convert_ref")],
            )


def _claimed_by_requests(dept: Department) -> Iterator[Breach]:
    """Requests born of a fault that does not exist, or does not say that it was converted."""
    if not dept.kept("fault"):
        return
    forms, faults, numbers = (
        dept.frame("improvement"),
        dept.frame("fault"),
        numbered(dept, "fault"),
    )
    clear = readable(dept, "fault", "convert_to") & readable(dept, "fault", "convert_ref")
    for row in rows_of(forms[(forms["origin"] == _FROM_FAULT) & (forms["state"] != "撤回")]):
        name = named(dept, "improvement", row.Index)
        for ref in unknown(dept, "fault", row.origin_ref):
            yield Breach(
                "improvement",
                row.Index,
                "origin_ref",
                f"{name}的来源编号“{ref}”不是已有的故障处理工作单编号。",
                "请核对故障单编号；不是由故障转来的，请更正来源。",
            )
        for index in _indices(numbers, row.origin_ref):
            fault = faults.loc[index]
            names_it = fold(row.number) in {fold(ref) for ref in fault["convert_ref"]}
            converted = fault["convert_to"] == _REQUEST
            # a blank number after a conversion is told above
            if (converted and (names_it or not fault["convert_ref"])) or not clear[index]:
                continue
            yield Breach(
                "fault",
                index,
                "convert_ref" if converted else "convert_to",
                f"{name}说是由{named(dept, 'fault', index)}转化来的，"
                f"故障单{'的去向编号没有写它' if converted else '却没有转化'}。",
                f"请在故障单填写转化去向“{_REQUEST}”、去向编号{row.number}和提出人意见；"
                "不是由它转来的，请更正申请单的来源。",
                also=[("improvement", row.Index, "origin_ref")],
            )


def _indices(numbers: dict[str, int], refs: tuple[str, ...]) -> list[int]:
    return sorted({numbers[fold(ref)] for ref in refs if fold(ref) in numbers})
