"""Which attempts at a fault count as failed, for 三次未解决 (第44条; catalogue E4)."""

from __future__ import annotations

import pandas as pd

from toolkit.model.condition import blank
from toolkit.model.frame_rows import rows_of
from toolkit.model.text import fold

from .department import Department
from .links import leftovers_of_faults, numbered, references

NEEDED = 3
"""Failed attempts after which a fault may go to 研发经理."""
GAP = pd.Timedelta(minutes=30)
"""Attempts nearer to each other than this are one attempt."""
_FAILED = "未解决"
_COLUMNS = ["parent", "attempt_time", "handler", "measure"]


def failed_attempts(attempts: pd.DataFrame) -> pd.Series:
    """True for each attempt that counts: time, handler and measure given, 未解决, distinct.

    `attempts` needs parent (its fault), attempt_time, handler, measure and outcome. Distinct
    from every counted attempt of the same fault means another text and at least `GAP` later.
    Midnight is a day without a time of day: then only the text decides.
    """
    candidates = attempts[
        (attempts["outcome"] == _FAILED)
        & attempts["attempt_time"].notna()
        & ~blank(attempts["handler"])
        & ~blank(attempts["measure"])
    ]
    counts = pd.Series(False, index=attempts.index)
    texts = candidates["measure"].map(lambda text: fold(str(text)))
    # text as the second key: the order of the rows must not decide
    ordered = candidates.assign(text=texts).sort_values(["attempt_time", "text"], kind="stable")
    seen: set[tuple[int, str]] = set()
    last: dict[int, pd.Timestamp] = {}
    counting = []
    for row in rows_of(ordered[["parent", "attempt_time", "text"]]):
        timed = not _day_only(row.attempt_time)
        near = timed and row.parent in last and row.attempt_time - last[row.parent] < GAP
        if near or (row.parent, row.text) in seen:
            continue
        counting.append(row.Index)
        seen.add((row.parent, row.text))
        if timed:
            last[row.parent] = row.attempt_time
    counts[counting] = True
    return counts


def _day_only(when: pd.Timestamp) -> bool:
    return bool(when == when.normalize())


def failed_by_fault(dept: Department) -> pd.Series:
    """Number of failed attempts of each fault, up to its submission; index as frame `fault`.

    Counted are the rows of 尝试记录 and, on days without such a row, the 跟踪记录 with the result
    问题遗留 that name the fault or its leftover: staff need not write an attempt twice.
    """
    return dept.remembered("failed attempts", lambda: _failed_by_fault(dept))


def _failed_by_fault(dept: Department) -> pd.Series:
    faults = dept.frame("fault")
    if faults.empty:
        return pd.Series(dtype="int64")
    own, tracked = _own_attempts(dept), _tracked_attempts(dept)
    logged = set(zip(own["parent"], own["attempt_time"].dt.normalize(), strict=True))
    days = zip(tracked["parent"], tracked["attempt_time"].dt.normalize(), strict=True)
    fresh = [day not in logged for day in days]
    rows = pd.concat([own, tracked[fresh]], ignore_index=True).assign(outcome=_FAILED)
    submitted = rows["parent"].map(faults["submit_date"])
    rows = rows[~(rows["attempt_time"].dt.normalize() > submitted)]
    counted = rows[failed_attempts(rows)].groupby("parent").size()
    return counted.reindex(faults.index, fill_value=0).astype("int64")


def _own_attempts(dept: Department) -> pd.DataFrame:
    attempts = dept.frame("fault_attempts")
    return attempts.loc[attempts["outcome"] == _FAILED, _COLUMNS]


def _tracked_attempts(dept: Department) -> pd.DataFrame:
    rows = dept.frame("tracking")
    failed = (rows["result"] == "问题遗留") & rows["support_date"].notna()
    rows = rows.loc[failed, ["support_date", "supporter", "content", "leftover_ids", "related"]]
    leftovers = leftovers_of_faults(dept)
    numbers = numbered(dept, "fault")
    found = []
    for column, meant in (("leftover_ids", leftovers), ("related", numbers)):
        named = references(rows[column])
        named = named[named.isin(list(meant))]
        found.append(named.map(meant).astype("int64").rename("parent"))
    parents = pd.concat(found)
    pairs = parents.reset_index().drop_duplicates()
    taken = rows.loc[pairs.iloc[:, 0], ["support_date", "supporter", "content"]]
    taken.columns = pd.Index(_COLUMNS[1:])
    taken.insert(0, "parent", pairs["parent"].to_numpy())
    return taken
