"""Waivers that managers write into 部门配置/豁免登记: applied, and judged themselves (第52条)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rapidfuzz.distance import OSA

from toolkit.model.finding import Breach, Finding
from toolkit.model.frame_rows import rows_of
from toolkit.regulation.columns import left_blank
from toolkit.regulation.department import Department
from toolkit.regulation.waivers import REQUIRED, expired, in_force, is_finding_id, waiver_key

from .evidence import labels, missing_fields
from .registry import WARN, RuleSpec, rule


@rule("WVR-1", "豁免登记须填全", article=52, severity=WARN, registers=("waivers",))
def waivers_are_complete(dept: Department) -> Iterator[Breach]:
    """A line of 豁免登记 that cannot take effect: no id of a finding, or something is missing.

    A 有效期至 that cannot be read is FLD-2's.

    要求：每条豁免写明发现编号、理由、批准人和有效期，编号从校验结果中复制。
    反例：发现编号只写了“X34”，没有后面的八位编号。
    正例：X34-3f9a2c1b，客户要求保密，经理批准，有效期至2026-12-31。
    """
    lines = dept.frame("waivers")
    for row in rows_of(lines):
        if row.finding_id and not is_finding_id(row.finding_id):
            yield Breach(
                "waivers",
                row.Index,
                "finding_id",
                f"豁免登记的“{row.finding_id}”不是发现编号，这条豁免没有生效。",
                "请从校验结果或待办中复制完整的编号，如 X34-3f9a2c1b。",
            )
    for index, blanks in missing_fields(dept, "waivers", REQUIRED).items():
        number = lines.at[index, "finding_id"]
        yield Breach(
            "waivers",
            index,
            blanks[0],
            f"豁免{number}没有填写{labels(dept, 'waivers', blanks)}，这条豁免没有生效。",
            "请补全理由、批准人和有效期；不再需要的请删去这一行。",
            also=[("waivers", index, field) for field in blanks[1:]],
            cause=f"{waiver_key(str(number))}|incomplete",
        )


def _not_alone(dept: Department) -> Iterator[Breach]:
    """The breaches of WVR-2 need the findings of the other rules (`spent_waivers`)."""
    return iter(())


SPENT = RuleSpec("WVR-2", "豁免到期或编号有误", 52, WARN, _not_alone)


def apply_waivers(dept: Department, findings: Sequence[Finding]) -> None:
    """Mark the findings that a waiver in force names; others have no effect."""
    reasons = in_force(dept, dept.as_of)
    for finding in findings:
        finding.waived = reasons.get(waiver_key(finding.id), "")


def spent_waivers(dept: Department, findings: Sequence[Finding]) -> Iterator[Breach]:
    """Waivers that ran out while their finding is still there, and ids that miss one by a single
    character (two characters changed about count as one).

    A waiver whose finding was put right needs nobody's attention.
    """
    present = {waiver_key(finding.id): finding for finding in findings}
    lines = dept.frame("waivers")
    ended = expired(dept, dept.as_of)
    for key, index in ended.items():
        if (finding := present.get(key)) is not None:
            last = lines.at[index, "until"].date()
            yield Breach(
                "waivers",
                index,
                "until",
                f"{finding.id}的豁免已于{last}到期，问题还在，恢复提醒。",
                "请改正问题；仍须豁免的，由批准人填写新的有效期。",
                cause=f"{key}|{last}",
            )
    unreadable = left_blank(dept, "waivers", "finding_id")
    for row in rows_of(lines[~unreadable]):
        key = waiver_key(row.finding_id)
        if key in present or not is_finding_id(row.finding_id):
            continue
        near = next((k for k in present if OSA.distance(key, k, score_cutoff=1) <= 1), None)
        if near is not None:
            yield Breach(
                "waivers",
                row.Index,
                "finding_id",
                f"没有编号为{row.finding_id}的问题，与它最接近的是{present[near].id}。",
                "请核对编号；那个问题已经解决的，可以删去这一行。",
                cause=f"{key}|slip",
            )
