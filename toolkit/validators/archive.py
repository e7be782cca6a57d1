"""After 立项: sales and presales settle the needs, and sales keeps the 立项单 (第10条)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import pandas as pd

from toolkit.model.condition import blank
from toolkit.model.dossier import Status
from toolkit.model.finding import Breach
from toolkit.model.frame_rows import rows_of
from toolkit.model.text import fold
from toolkit.regulation.columns import left_blank, readable
from toolkit.regulation.deadlines import due, overdue
from toolkit.regulation.department import Department

from .registry import INFO, WARN, rule

_SALES = ("sales_confirm_person", "sales_confirm_date")
_PRESALES = ("presales_confirm_person", "presales_confirm_date")
_BOTH = {"销售": _SALES, "责任售前": _PRESALES}
_ENTRY = ("archived_by", "archive_date", "archive_place")


@rule(
    "R10-1",
    "立项后双方共同确认需求",
    article=10,
    severity=INFO,
    needs=(
        "initiation.charter_date",
        *(f"initiation.{field}" for field in (*_SALES, *_PRESALES)),
    ),
)
def needs_are_confirmed_by_both(dept: Department) -> Iterator[Breach]:
    """A project under way whose needs 销售 and 责任售前 did not both confirm; one finding a person.

    A name or a date is confirmation enough.

    要求：立项后销售与责任售前共同明确需求和支持内容，各写确认人和日期。
    反例：3月2日立项，“销售需求确认人”和“售前需求确认人”到4月都空着。
    正例：销售写了确认日期，售前写了姓名；已验收或已结束的项目不再问。
    """
    forms = dept.frame("initiation")
    missing = {who: _all_blank(dept, fields) for who, fields in _BOTH.items()}
    open_ = (forms["state"] == "已立项") & (forms["charter_date"] < pd.Timestamp(dept.as_of))
    for row in rows_of(forms[open_ & (missing["销售"] | missing["责任售前"])]):
        lacking = [who for who in _BOTH if missing[who][row.Index]]
        first = dept.responsibility.at(row.project, "第一售前", dept.as_of)
        yield Breach(
            "initiation",
            row.Index,
            _BOTH[lacking[0]][0],
            f"项目“{dept.show(row.project)}”立项后，{'和'.join(lacking)}还没有确认需求和支持内容。",
            "请销售与责任售前一起核对需求，在立项单填写双方的确认人和日期。",
            person=first,
            also=[("initiation", row.Index, _BOTH[who][0]) for who in lacking[1:]],
            cause=f"confirm|{first}",
        )


def _all_blank(dept: Department, fields: Sequence[str]) -> pd.Series:
    blanks = [left_blank(dept, "initiation", field) for field in fields]
    return pd.concat(blanks, axis=1).all(axis=1)


@rule(
    "X12",
    "立项单须由销售存档",
    article=10,
    severity=WARN,
    needs=("initiation.charter_date", "initiation.archive_date"),
    parameters=("P30",),
    deadline=True,
)
def initiations_are_archived(dept: Department) -> Iterator[Breach]:
    """After P30 neither an entry (存档人, 存档日期, 存档位置) nor a file in 销售存档 for a 立项单.

    A file is its copy when its path bears the number of the 立项单 or of the project, or the
    project's name. A department that archives nothing at all gets one remark.

    要求：立项后销售保存立项单，写明存档人、日期和位置，或把副本放进“销售存档”文件夹。
    反例：别的立项单都已存档，3月2日立项的这一份到3月20日还没有。
    正例：存档位置写了“合同柜3号”；或“销售存档”里有文件名带立项编号的一份。
    """
    forms = dept.frame("initiation")
    entered = pd.Series(False, index=forms.index)
    for field in _ENTRY:
        entered |= ~blank(forms[field]) | ~readable(dept, "initiation", field)
    copies = _Copies(dept)
    late = overdue(dept, forms["charter_date"], "P30") & (forms["state"] != "已取消") & ~entered
    if not entered.any() and not copies:
        yield from _no_archive(dept, forms[late & left_blank(dept, "initiation", "archive_date")])
        return
    if not copies:
        late &= left_blank(dept, "initiation", "archive_date")
    ends = due(dept, forms["charter_date"], "P30")
    for row in rows_of(forms[late]):
        if copies.of(row.number, row.project_id, row.project_name):
            continue
        begun, last = row.charter_date.date(), ends[row.Index].date()
        sales = dept.responsibility.at(row.project, "责任销售", dept.as_of)
        yield Breach(
            "initiation",
            row.Index,
            "archive_date",
            f"项目“{dept.show(row.project)}”{begun}立项，到{last}没有存档记录"
            f"{'，“销售存档”里也没有它的副本' if copies else ''}。",
            f"请{sales or '责任销售'}保存立项单，并填写存档人、存档日期和存档位置"
            f"（{dept.parameter('P30', begun)}）。",
            person=sales,
            clock=(begun, last),
        )


def _no_archive(dept: Department, forms: pd.DataFrame) -> Iterator[Breach]:
    for row in rows_of(forms.head(1)):
        yield Breach(
            "initiation",
            row.Index,
            "archive_date",
            "立项单都没有存档记录，也没有“销售存档”文件夹，看不出立项单由谁保存。",
            "请销售从今后的立项单开始，填写存档人、存档日期和存档位置"
            f"（{dept.parameter('P30', row.charter_date.date())}）；在别处统一保存的可以不改。",
            INFO,
            on=dept.as_of,
            cause="no archive",
        )


class _Copies:
    """The files in 销售存档, by what their paths say."""

    def __init__(self, dept: Department) -> None:
        archived = (s.path for s in dept.dossier.sources if s.status is Status.ARCHIVE)
        self._paths = "\n".join(fold(path) for path in archived)

    def __bool__(self) -> bool:
        return bool(self._paths)

    def of(self, *names: str) -> bool:
        """Whether a path bears one of the names; a number does not end within a longer one."""
        for name in filter(None, map(fold, names)):
            if name in self._paths and re.search(rf"{re.escape(name)}(?!\d)", self._paths):
                return True
        return False
