"""The regulation itself: since when, in which version, by whose ruling (第3、50条)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import pandas as pd

from toolkit.model.finding import Breach, Finding, Result
from toolkit.model.frame_rows import rows_of
from toolkit.model.text import clean, fold
from toolkit.regulation.columns import readable
from toolkit.regulation.department import Department
from toolkit.regulation.parameters import parameter_catalogue, parameter_id

from .registry import ERROR, INFO, RuleSpec, rule

_EFFECTIVE = "P01"
_PRINTED = re.compile(r"参数(P\d\d)")
"""How findings name the parameters that they used."""


@rule(
    "R03-1",
    "制度须有生效日期",
    article=3,
    severity=INFO,
    needs=("parameters.parameter",),
)
def effective_date_is_known(dept: Department) -> Iterator[Breach]:
    """Neither P01 nor 制度修订 says since when the regulation is in force. One remark.

    A value of P01 that is no date is CFG-1's.

    要求：登记制度生效日期（参数P01或“制度修订”的制度生效日期），此前的事不按制度检查。
    反例：参数P01的取值空着，“制度修订”也没有一行写了制度生效日期。
    正例：参数P01写了2026-01-01；或“制度修订”登记了1.0版从2026-01-01起生效。
    """
    if dept.effective or dept.frame("revisions")["start"].notna().any():
        return
    if not readable(dept, "revisions", "start").all() or _has_value(dept, _EFFECTIVE):
        return
    place = _parameter_cell(dept, _EFFECTIVE)
    if place is not None:
        yield Breach(
            *place,
            "没有登记制度生效日期，所有规则按全部日期检查。",
            "请在参数P01填写制度生效日期，或在“制度修订”登记各版的制度生效日期。",
            on=dept.as_of,
            cause="effective",
        )


def _has_value(dept: Department, key: str) -> bool:
    rows = dept.frame("parameters")
    return any(
        parameter_id(str(row.parameter)) == key and clean(row.value) for row in rows_of(rows)
    )


def _parameter_cell(dept: Department, key: str) -> tuple[str, int, str] | None:
    """The value cell of a parameter; else the first line of the sheet or of 部门信息; else None."""
    rows = dept.frame("parameters")
    own = rows.index[rows["parameter"].map(lambda text: parameter_id(str(text))) == key]
    for frame, index, field in (
        ("parameters", own, "value"),
        ("parameters", rows.index, "parameter"),
        ("department", dept.frame("department").index, "department_name"),
    ):
        if len(index):
            return frame, int(index[0]), field
    return None


@rule(
    "R03-3",
    "制度各版的有效期不应重叠",
    article=3,
    severity=ERROR,
    needs=("revisions.start",),
)
def versions_follow_each_other(dept: Department) -> Iterator[Breach]:
    """Two lines of 制度修订 that are both in force on a day.

    On the 制度失效日期 the next version may begin. The same version twice is FLD-4's, an end before
    its beginning X95's.

    要求：新版生效时，上一版写明制度失效日期，同一天只有一版有效。
    反例：1.0版没有失效日期，2.0版又从2026-07-01起生效。
    正例：1.0版到2026-07-01失效，2.0版从2026-07-01起生效。
    """
    rows = dept.frame("revisions")
    clear = readable(dept, "revisions", "start") & readable(dept, "revisions", "end")
    rows = rows[clear & rows["start"].notna() & ~(rows["end"] < rows["start"])]
    rows = rows[
        ~rows["version"].map(lambda text: fold(str(text))).duplicated() | (rows["version"] == "")
    ]
    rows = rows.sort_values("start", kind="stable")
    until = rows["end"].fillna(pd.Timestamp.max.floor("s"))
    for place, row in enumerate(rows_of(rows)):
        earlier = rows.iloc[:place]
        for other in rows_of(earlier[until.iloc[:place] > row.start]):
            ended = "没有失效日期" if pd.isna(other.end) else f"到{other.end.date()}才失效"
            yield Breach(
                "revisions",
                other.Index,
                "end",
                f"制度{other.version}版{ended}，与{row.start.date()}起生效的{row.version}版重叠。",
                f"请把{other.version}版的制度失效日期填为{row.start.date()}；日期写错的请改正。",
                on=dept.as_of,
                also=(("revisions", row.Index, "start"),),
            )


def _not_alone(dept: Department) -> Iterator[Breach]:
    """The breach of R50-1 needs the findings of the other rules (`unruled_parameters`)."""
    return iter(())


UNRULED = RuleSpec("R50-1", "参数仍用工具默认值", 50, INFO, _not_alone)


def unruled_parameters(dept: Department, findings: Sequence[Finding]) -> Iterator[Breach]:
    """Parameters that findings rest on although nobody decided them: one remark for all.

    Decided is what 参数 gives a value or a ruling, and what a line of 裁定登记 names.
    """
    if not dept.kept("parameters"):
        return
    used = {
        key
        for finding in findings
        if finding.result is Result.FAIL
        for key in _PRINTED.findall(finding.message + finding.hint)
    }
    open_ = [
        key
        for key in sorted(used & set(parameter_catalogue()) - _ruled(dept))
        if not (dept.parameter(key).decided)
    ]
    place = _parameter_cell(dept, open_[0]) if open_ else None
    if place is None:
        return
    others = [
        cell for key in open_[1:] if (cell := _parameter_cell(dept, key)) and cell[2] == "value"
    ]
    yield Breach(
        *place,
        f"本次发现用到的参数{'、'.join(open_)}还是工具默认值，没有行政办公会的裁定。",
        "请部门经理核对这些参数；认可默认值的，在“裁定登记”的“涉及参数”写上编号，不认可的填写取值。",
        on=dept.as_of,
        also=others,
        cause="unruled",
    )


def _ruled(dept: Department) -> set[str]:
    lines = dept.frame("parameters")
    cited = lines.loc[lines["ruling"] != "", "parameter"]
    named = [key for keys in dept.frame("rulings")["parameters"] for key in keys]
    return {parameter_id(str(key)) for key in (*cited, *named)}
