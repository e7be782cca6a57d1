"""Waivers that managers write into 部门配置/豁免登记 (第52条; catalogue G-defence 6)."""

from __future__ import annotations

import pandas as pd

from toolkit.model.finding import Finding
from toolkit.model.text import clean
from toolkit.regulation.department import Department


def apply_waivers(dept: Department, findings: list[Finding]) -> None:
    """Mark findings that a valid, unexpired waiver names; incomplete waivers have no effect."""
    register = dept.frame("waivers")
    valid = register[
        (register["reason"] != "")
        & (register["approver"] != "")
        & (register["until"] >= pd.Timestamp(dept.as_of))
    ]
    reasons = {
        clean(
            row.finding_id
        ).casefold(): f"{row.reason}（{row.approver}批准，至{row.until.date()}）"
        for row in valid.itertuples()
    }
    for finding in findings:
        finding.waived = reasons.get(finding.id.casefold(), "")
