"""Dates that cannot be: odd years, the future, and one thing before what must precede it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from toolkit.model.finding import Breach
from toolkit.model.forms import Block, Field
from toolkit.model.frame_rows import rows_of
from toolkit.regulation.columns import FIRST_YEAR
from toolkit.regulation.department import Department
from toolkit.regulation.distinct import by_values

from .registry import ERROR, Scope, rule

Days = npt.NDArray[np.datetime64]
Mask = npt.NDArray[np.bool_]
_CONFIGURATION = "G19"
_NO_DAY = np.datetime64("NaT", "D")
_ORDERS: dict[str, tuple[tuple[str, ...], ...]] = {
    "initiation": (
        ("apply_date", "charter_date", "acceptance_date"),
        ("apply_date", "charter_date", "close_date"),
        ("expected_start", "expected_end"),
    ),
    "tracking": (("support_date", "report_time"),),
    "leftovers": (("raised_date", "done_date", "close_date"),),
    "improvement": (
        ("issue_date", "receive_date", "delivery_date", "close_date"),
        ("issue_date", "withdraw_date"),
        ("delivery_date", "verify_date"),
    ),
    "fault": (
        # a confirmation before the request to close is X55's matter
        (
            "propose_date",
            "submit_date",
            "receive_date",
            "decision_date",
            "close_request_date",
            "close_date",
        ),
        ("confirm_date", "close_date"),
        ("submit_date", "assign_date", "solved_date", "close_request_date"),
        ("propose_date", "consent_date"),
    ),
    "bugs": (("found_date", "sent_date", "receive_date"),),
    "roster": (("joined", "left"),),
    "roles": (("start", "end"), ("deputy_start", "deputy_end")),
    "mail_groups": (("start", "end"),),
    "parameters": (("start", "end"),),
    "revisions": (("start", "end"),),
    "reinforcements": (("start", "end"),),
    "simplifications": (("start", "end"),),
    "urgings": (("stop_date", "resume_date"),),
}
"""Per frame: fields whose filled dates never go back, in this order."""

_SUPERSEDED: dict[tuple[str, str], tuple[str, tuple[str, ...]]] = {
    ("improvement", "receive_date"): ("decision", ("驳回", "需补充")),
    ("improvement", "verify_date"): ("verify_result", ("不通过",)),
    ("fault", "receive_date"): ("decision", ("驳回",)),
    ("fault", "decision_date"): ("decision", ("驳回",)),
    ("fault", "confirm_date"): ("confirm_result", ("未解决",)),
}
"""A form that was sent back and goes round again keeps the dates of the first round."""


@rule(
    "X95",
    "日期须合乎情理",
    article=None,
    severity=ERROR,
    scope=Scope.WORKBOOK,
)
def dates_make_sense(dept: Department) -> Iterator[Breach]:
    """A year nobody means, a future date of something done, or an end before its start.

    要求：年份无误，已发生的事不写将来的日期，先后顺序不颠倒。
    反例：支持日期写成 2205-03-10；故障单的关闭日期早于提交日期。
    正例：期望完成日期在将来；当天提交、当天关闭。
    """
    for block in dept.dossier.blocks.values():
        frame = dept.frame(block.key)
        if frame.empty:
            continue
        sound: dict[str, Days] = {}
        for field in block.fields:
            if field.is_date:
                day = frame[field.key].to_numpy("datetime64[D]")
                odd = _odd_year(dept, block, day)
                ahead = _ahead(dept, block, field, day) & ~odd
                sound[field.key] = np.where(odd | ahead, _NO_DAY, day)
                yield from _odd(dept, block, field, _some(frame, day, odd))
                yield from _future(dept, block, field, _some(frame, day, ahead))
        yield from _reversed(block, frame, sound)
    yield from _clock_times(dept)


def _some(frame: pd.DataFrame, day: Days, wanted: Mask) -> Iterator[tuple[int, date]]:
    """Index and day of some records."""
    return zip(frame.index[wanted].tolist(), day[wanted].tolist(), strict=True)


def _odd_year(dept: Department, block: Block, day: Days) -> Mask:
    # people join in the last century, and an open end is often written as 2099 or 9999
    config = _is_config(dept, block)
    first, last = (1950, 9999) if config else (FIRST_YEAR, dept.as_of.year + 5)
    found: Mask = (day < np.datetime64(f"{first}-01-01")) | (day > np.datetime64(f"{last}-12-31"))
    return found


def _ahead(dept: Department, block: Block, field: Field, day: Days) -> Mask:
    if field.planned or _is_config(dept, block):
        return np.zeros(len(day), bool)
    # against the day of the run: looking back with --as-of makes nothing a future date
    found: Mask = day > np.datetime64(dept.today)
    return found


def _is_config(dept: Department, block: Block) -> bool:
    return dept.dossier.form_of[block.key].key == _CONFIGURATION


def _odd(
    dept: Department, block: Block, field: Field, found: Iterable[tuple[int, date]]
) -> Iterator[Breach]:
    for index, day in found:
        yield Breach(
            block.key,
            index,
            field.key,
            f"“{field.label}”写成了{day}，年份不合常理。",
            "请核对年份后改正。",
            on=dept.as_of,  # the record's own date may be the wrong one
        )


def _future(
    dept: Department, block: Block, field: Field, found: Iterable[tuple[int, date]]
) -> Iterator[Breach]:
    for index, day in found:
        yield Breach(
            block.key,
            index,
            field.key,
            f"“{field.label}”写成了{day}，晚于今天（{dept.today}），而这一栏记的是已发生的事。",
            "请核对日期；还没有发生的事，等发生后再填。",
            on=dept.as_of,
        )


def _reversed(block: Block, frame: pd.DataFrame, sound: dict[str, Days]) -> Iterator[Breach]:
    seen: set[tuple[int, str]] = set()
    for order in _ORDERS.get(block.key, ()):
        last = np.full(len(frame), _NO_DAY)
        before: dict[str, Days] = {}
        for key in order:
            day = np.where(_again(block.key, key, frame), _NO_DAY, sound[key])
            for place in np.flatnonzero(day < last).tolist():
                if (place, key) not in seen:
                    seen.add((place, key))
                    name = next(k for k, d in reversed(before.items()) if not np.isnat(d[place]))
                    index = int(frame.index[place])
                    yield _backwards(block, index, name, last[place].item(), key, day[place].item())
            before[key] = day
            last = np.where(np.isnat(day), last, day)


def _again(frame_key: str, key: str, frame: pd.DataFrame) -> Mask:
    """Records that went round again after this date."""
    if (frame_key, key) not in _SUPERSEDED:
        return np.zeros(len(frame), bool)
    field, values = _SUPERSEDED[frame_key, key]
    found: Mask = frame[field].isin(values).to_numpy()
    return found


def _backwards(block: Block, index: int, before: str, first: date, key: str, then: date) -> Breach:
    earlier, later = block.field(before).label, block.field(key).label
    return Breach(
        block.key,
        index,
        key,
        f"“{later}”{then}早于“{earlier}”{first}，先后颠倒。",
        f"请核对“{earlier}”和“{later}”，改正写错的一个。",
        also=((block.key, index, before),),
    )


def _clock_times(dept: Department) -> Iterator[Breach]:
    rows = dept.frame("tracking")
    times = [rows["start_time"], rows["end_time"]]
    wrong = by_values(times, _is_reversed).astype(bool)
    for index, start, end in rows_of(rows.loc[wrong, ["start_time", "end_time"]]):
        yield Breach(
            "tracking",
            index,
            "end_time",
            f"“结束时间”{end.zfill(5)}早于“开始时间”{start.zfill(5)}，先后颠倒。",
            "请核对开始时间和结束时间，改正写错的一个。",
            also=(("tracking", index, "start_time"),),
        )


def _is_reversed(start: str, end: str) -> bool:
    """Whether both are filled, the end comes before the start, and no night lies between them."""
    if not start or not end:
        return False
    start, end = start.zfill(5), end.zfill(5)
    overnight = start >= "17:00" and end <= "09:00"
    return end < start and not overnight
