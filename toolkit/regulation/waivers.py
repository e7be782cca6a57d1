"""豁免登记 on a day: which waivers are in force (第52条; catalogue G-defence 6)."""

from __future__ import annotations

import re
from datetime import date

import pandas as pd

from toolkit.model.frame_rows import rows_of
from toolkit.model.text import fold

from .columns import readable
from .department import Department

_ID = re.compile(r"[a-z]{1,4}\d{0,3}(?:-\d{1,2})?-[0-9a-f]{8}(?:-\d+)?")
REQUIRED = ("reason", "approver", "until")


def waiver_key(text: str) -> str:
    """A finding's id for comparing: width, case and blanks make no difference."""
    return fold(text)


def is_finding_id(text: str) -> bool:
    """Whether a text has the shape of a finding's id, like X34-3f9a2c1b."""
    return bool(_ID.fullmatch(waiver_key(text)))


def complete(dept: Department) -> pd.Series:
    """Lines of 豁免登记 that name a finding, a reason, an approver and a last day."""
    lines = dept.frame("waivers")
    filled = (lines["reason"] != "") & (lines["approver"] != "") & lines["until"].notna()
    named = lines["finding_id"].map(lambda text: is_finding_id(str(text))).astype(bool)
    return filled & named & readable(dept, "waivers", "until")


def in_force(dept: Department, on: date) -> dict[str, str]:
    """Key of a finding -> why it need not be put right, who said so and until when (that day
    included). Of several lines for one finding the one that lasts longest counts.
    """
    lines = dept.frame("waivers")
    lines = lines[complete(dept) & (lines["until"] >= pd.Timestamp(on))]
    return {
        waiver_key(row.finding_id): f"{row.reason}（{row.approver}批准，至{row.until.date()}）"
        for row in rows_of(lines.sort_values("until", kind="stable"))
    }


def expired(dept: Department, on: date) -> dict[str, int]:
    """Key of a finding -> the line (index) of its last waiver, where that one has run out."""
    lines = dept.frame("waivers")
    lines = lines[complete(dept)].sort_values("until", kind="stable")
    latest = {waiver_key(row.finding_id): row for row in rows_of(lines)}
    return {key: int(row.Index) for key, row in latest.items() if row.until < pd.Timestamp(on)}
