"""Dates that cannot be: odd years, the future, and one thing before what must precede it."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from toolkit.model.finding import Breach
from toolkit.model.forms import Block, Field
from toolkit.regulation.columns import FIRST_YEAR, days
from toolkit.regulation.department import Department
from toolkit.regulation.distinct import by_values

from .registry import ERROR, Scope, rule

_CONFIGURATION = "G19"
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
        sound: dict[str, pd.Series] = {}
        for field in block.fields:
            if field.is_date:
                column = days(frame[field.key])
                odd = _odd_year(dept, block, column)
                ahead = _ahead(dept, block, field, column) & ~odd
                sound[field.key] = column.mask(odd | ahead)
                yield from _odd(dept, block, field, column[odd])
                yield from _future(dept, block, field, column[ahead])
        yield from _reversed(block, frame, sound)
    yield from _clock_times(dept)


def _odd_year(dept: Department, block: Block, column: pd.Series) -> pd.Series:
    # people join in the last century, and an open end is often written as 2099 or 9999
    config = _is_config(dept, block)
    first, last = (1950, 9999) if config else (FIRST_YEAR, dept.as_of.year + 5)
    return (column < f"{first}-01-01") | (column > f"{last}-12-31")


def _ahead(dept: Department, block: Block, field: Field, column: pd.Series) -> pd.Series:
    if field.planned or _is_config(dept, block):
        return pd.Series(False, index=column.index)
    # against the day of the run: looking back with --as-of makes nothing a future date
    return column > pd.Timestamp(dept.today)


def _is_config(dept: Department, block: Block) -> bool:
    return dept.dossier.form_of[block.key].key == _CONFIGURATION


def _odd(dept: Department, block: Block, field: Field, found: pd.Series) -> Iterator[Breach]:
    for index, day in found.items():
        yield Breach(
            block.key,
            index,
            field.key,
            f"“{field.label}”写成了{day.date()}，年份不合常理。",
            "请核对年份后改正。",
            on=dept.as_of,  # the record's own date may be the wrong one
        )


def _future(dept: Department, block: Block, field: Field, found: pd.Series) -> Iterator[Breach]:
    for index, day in found.items():
        yield Breach(
            block.key,
            index,
            field.key,
            f"“{field.label}”写成了{day.date()}，晚于今天（{dept.today}），而这一栏记的是已发生的事。",
            "请核对日期；还没有发生的事，等发生后再填。",
            on=dept.as_of,
        )


def _reversed(block: Block, frame: pd.DataFrame, sound: dict[str, pd.Series]) -> Iterator[Breach]:
    seen: set[tuple[int, str]] = set()
    for order in _ORDERS.get(block.key, ()):
        last = pd.Series(pd.NaT, index=frame.index, dtype="datetime64[s]")
        before: dict[str, pd.Series] = {}
        for key in order:
            column = sound[key].mask(_again(block.key, key, frame))
            for index in frame.index[column < last]:
                if (index, key) not in seen:
                    seen.add((index, key))
                    name = next(k for k, c in reversed(before.items()) if pd.notna(c.loc[index]))
                    yield _backwards(block, index, name, last, key, column)
            before[key] = column
            last = column.fillna(last)


def _again(frame_key: str, key: str, frame: pd.DataFrame) -> pd.Series:
    field, values = _SUPERSEDED.get((frame_key, key), (key, ()))
    return frame[field].isin(values)


def _backwards(
    block: Block, index: int, before: str, last: pd.Series, key: str, column: pd.Series
) -> Breach:
    earlier, later = block.field(before).label, block.field(key).label
    return Breach(
        block.key,
        index,
        key,
        f"“{later}”{column.loc[index].date()}早于“{earlier}”{last.loc[index].date()}，先后颠倒。",
        f"请核对“{earlier}”和“{later}”，改正写错的一个。",
        also=((block.key, index, before),),
    )


def _clock_times(dept: Department) -> Iterator[Breach]:
    rows = dept.frame("tracking")
    times = [rows["start_time"], rows["end_time"]]
    wrong = by_values(times, _is_reversed).astype(bool)
    for index, start, end in rows.loc[wrong, ["start_time", "end_time"]].itertuples():
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
