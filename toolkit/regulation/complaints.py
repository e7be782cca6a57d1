"""Which complaints count for 第14条 and which do not, each with its reason (catalogue E1).

A claim is one complaint about one person: a mail that names three people counts for each.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from toolkit.model.frame_rows import rows_of
from toolkit.model.text import fold

from .columns import FIRST_YEAR, readable
from .complaint_repeats import ITSELF, VOID, repeats
from .deadlines import day_of
from .department import Department
from .tenure import Role

COUNTED, PENDING, REPEATED, NOT_COUNTED, UNKNOWN = "计入", "待认定", "不另计", "不计入", "无法判断"
NOT_REPORTED = "未汇报"
"""The one kind of complaint that 第13条 knows."""
UPHELD, VOID_RULINGS, REVOKED = "有效", ("无效", "撤销"), "撤销"
_SALES: Role = "责任销售"
_DTYPES = {
    "complaint": "int64",
    "received": "datetime64[s]",
    "contact_date": "datetime64[s]",
    "ruled": "datetime64[s]",
    "fit": "bool",
    "void": "bool",
}
_COLUMNS = (
    "complaint", "number", "label", "person", "received", "month", "project", "contact_date",
    "follows", "ruling", "ruled", "fit", "void", "standing", "reason",
)  # fmt: skip


def month_of(day: date) -> str:
    """2026-03."""
    return f"{day.year:04d}-{day.month:02d}"


def claims(dept: Department) -> pd.DataFrame:
    """Every complaint about every person, with `standing` and `reason`.

    `complaint` is the index in frame `complaints`, `number` the folded number, `label` how the
    complaint is called. `fit` says that it
    is about a missing report and came from the 责任销售, whatever was ruled; `void` that it was
    ruled 无效 or 撤销. `standing` does not look at repeats yet: `judged` does.
    """
    register = dept.frame("complaints")
    unread = {
        name: set(register.index[~readable(dept, "complaints", name)])
        for name in ("received", "complainant", "accused", "category", "ruling")
    }
    known = {fold(str(n)) for n in register["number"] if n}
    lines: list[dict[str, Any]] = []
    for row in rows_of(register):
        case = _Case(dept, row, {name for name, rows in unread.items() if row.Index in rows}, known)
        lines += case.claims()
    frame = pd.DataFrame(lines, columns=list(_COLUMNS))
    return frame.astype({c: _DTYPES.get(c, "object") for c in _COLUMNS})


def judged(dept: Department) -> pd.DataFrame:
    """`claims` with repeats taken out, and masks that tell which claims make the number.

    `counts` are the claims that count now, of those that could but for repeats (`sure`);
    `may_count` are those that would if everything that is still 待认定 were upheld.
    """
    frame = claims(dept)
    sure = frame["standing"] == COUNTED
    frame["sure"] = sure
    open_ = sure | (frame["standing"] == PENDING)
    now, then = repeated(dept, frame, sure), repeated(dept, frame, open_)
    for index, root in now.items():
        _step_back(frame, int(index), int(root))
    # an open complaint about a matter that counts already would not make it count twice
    settled = {int(root): int(i) for i, root in then.items() if root >= 0 and sure[i]}
    for index, root in then.items():
        if not sure[index]:
            _step_back(frame, int(index), settled.get(int(index), int(root)))
    frame["counts"] = frame.index.isin(now.index[now == ITSELF])
    frame["may_count"] = frame.index.isin(then.index[then == ITSELF])
    return frame


def repeated(dept: Department, frame: pd.DataFrame, taken: pd.Series) -> pd.Series:
    """`repeats` with the department's P40 and calendar."""

    def last_day(day: date) -> date:
        return dept.calendar.add_workdays(day, dept.parameter("P40", day).days)

    return repeats(frame, taken, last_day)


def _step_back(frame: pd.DataFrame, index: int, root: int) -> None:
    if root == ITSELF:
        return
    if root == VOID:
        frame.loc[index, ["standing", "reason"]] = [NOT_COUNTED, "所跟进的投诉已认定无效或撤销"]
        return
    frame.loc[index, ["standing", "reason"]] = [REPEATED, f"与{frame.at[root, 'label']}是同一件事"]


@dataclass(slots=True)
class _Case:
    """One line of the register."""

    dept: Department
    row: Any
    unread: set[str]
    known: set[str]

    def claims(self) -> Iterator[dict[str, Any]]:
        row = self.row
        fit, standing, reason = self._judge()
        for person in dict.fromkeys(row.accused) or ("",):
            yield {
                "complaint": row.Index,
                "number": fold(str(row.number)),
                "label": self.label,
                "person": person,
                "received": row.received,
                "month": "" if pd.isna(row.received) else month_of(row.received.date()),
                "project": row.project,
                "contact_date": row.contact_date,
                "follows": tuple(n for n in map(fold, row.follows) if n != fold(str(row.number))),
                "ruling": row.ruling or PENDING,
                "ruled": row.ruling_date,
                "fit": fit,
                "void": row.ruling in VOID_RULINGS,
                "standing": standing,
                "reason": reason,
            }

    def _judge(self) -> tuple[bool, str, str]:
        """Fit, standing and reason, without a look at other complaints."""
        against = self._unfit()
        if against is not None:
            return False, *against
        if self.row.ruling in VOID_RULINGS:
            on = day_of(self.row.ruling_date)
            return True, NOT_COUNTED, f"{on or ''}认定为{self.row.ruling}"
        if self.row.ruling == UPHELD:
            return True, COUNTED, "责任销售投诉，认定有效"
        if "收到" in self.text or "含待认定" in self.text:
            return True, COUNTED, f"责任销售投诉，待认定的也计入（参数P24＝{self.text}）"
        return True, PENDING, "尚未认定，认定有效后计入"

    @property
    def label(self) -> str:
        if self.row.number or pd.isna(self.row.received):
            return str(self.row.number)
        return f"{self.row.received:%Y-%m-%d}收到的投诉"

    @property
    def text(self) -> str:
        return self.dept.parameter("P24", day_of(self.row.received)).text

    def _unfit(self) -> tuple[str, str] | None:
        """Standing and reason of what cannot count, whatever is ruled; None when it can."""
        row, on = self.row, day_of(self.row.received)
        if row.category not in ("", NOT_REPORTED):
            return NOT_COUNTED, f"类别为“{row.category}”，第十四条只计“{NOT_REPORTED}”"
        if self.unread:
            block = self.dept.dossier.blocks["complaints"]
            named = "、".join(f"“{f.label}”" for f in block.fields if f.key in self.unread)
            return UNKNOWN, f"{named}看不懂"
        if not row.category:
            return UNKNOWN, "没有填写投诉类别"
        if on is None:
            return UNKNOWN, "没有填写收到时间，算不出月份"
        if on > self.dept.as_of or on.year < FIRST_YEAR:
            return UNKNOWN, f"收到时间{on}像是写错了"
        if self.dept.effective and on < self.dept.effective:
            return NOT_COUNTED, f"收到时制度尚未生效（{self.dept.effective}）"
        if not row.accused:
            return UNKNOWN, "没有写明被投诉人"
        if lost := [n for n in row.follows if fold(n) not in self.known]:
            return UNKNOWN, f"“同一投诉”中的{'、'.join(lost)}在台账里找不到"
        return self._unfit_sender(on)

    def _unfit_sender(self, on: date) -> tuple[str, str] | None:
        row = self.row
        if not row.project:
            return UNKNOWN, "看不出是哪个项目"
        if not row.complainant:
            return UNKNOWN, "没有填写投诉人"
        holders = sales_of(self.dept, row)
        if not holders:
            return UNKNOWN, "查不到该项目的责任销售，无法核对投诉人身份"
        if row.complainant not in holders:
            return NOT_COUNTED, f"投诉人不是该项目当时的责任销售（{'、'.join(holders)}）"
        return None


def sales_of(dept: Department, complaint: Any) -> list[str]:
    """Who may complain: 责任销售 on the day of receipt, or on the day of the contact.

    A hand-over may lie between the two. [] when nobody is known.
    """
    days = [day_of(complaint.received), day_of(complaint.contact_date)]
    found = (dept.responsibility.at(complaint.project, _SALES, day) for day in days if day)
    return list(dict.fromkeys(name for name in found if name))
