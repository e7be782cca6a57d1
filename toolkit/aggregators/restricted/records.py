"""计奖记录: the support records of the period with their verdict, each with its place."""

from __future__ import annotations

import pandas as pd

from toolkit.aggregators.tables import field_columns, project_columns, source_columns
from toolkit.model.report import Table
from toolkit.regulation.department import Department

VERDICT, REASON, EVIDENCE, PART = "计奖情况", "原因", "汇报凭据", "角色"
_FIELDS = ("support_date", "supporter", "support_type", "hours", "content", "result")


def bonus_record_table(dept: Department, rows: pd.DataFrame) -> Table:
    """`bonus_rows` as a table: what needs somebody's attention first, then by project and day."""
    order = {"待补证据": 0, "不计入": 1, "计入": 2}
    ordered = rows.assign(_rank=rows["verdict"].map(order)).sort_values(
        ["_rank", "project", "support_date", "source", "row"], kind="stable"
    )
    columns: dict[str, pd.Series] = {
        VERDICT: ordered["verdict"],
        REASON: ordered["reason"],
        **project_columns(dept, ordered),
        **field_columns(dept.dossier, "tracking", ordered, _FIELDS),
        PART: ordered["part"],
        EVIDENCE: ordered["evidence"],
        **source_columns(dept.dossier, ordered),
    }
    return Table(pd.DataFrame(columns).reset_index(drop=True))
