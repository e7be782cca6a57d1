"""What a department's complaints come to, by its registers and parameters (第14条, E1)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import product

import pandas as pd

from toolkit.model.frame_rows import rows_of
from toolkit.model.text import fold

from .complaint_repeats import ITSELF
from .complaints import PENDING, REVOKED, UNKNOWN, UPHELD, judged, month_of, repeated
from .deadlines import day_of
from .department import Department
from .pay_levels import Correction, MonthPay, Reading, Scale, correct, last_day, months, settle

_MONTH = re.compile(r"(20\d\d)(?:[-./年](\d{1,2})|(\d\d))(?:月|[-./]\d{1,2})?")


def parse_month(text: str) -> str:
    """结算月份 as people write it (2026-11, 2026年11月, 202611) as 2026-11; '' when it is none."""
    match = _MONTH.match(fold(text))
    number = int(match[2] or match[3]) if match else 0
    return f"{match[1]}-{number:02d}" if match and 1 <= number <= 12 else ""


@dataclass(frozen=True, slots=True)
class Booked:
    """A line (index) of 绩效扣级 for a month, as the department settled it."""

    index: int
    person: str
    month: str
    figures: Mapping[str, float]
    """Field -> number, of the fields that are filled in."""


FIGURES: dict[str, str] = {
    "counted": "new",
    "total": "total",
    "month_levels": "month_levels",
    "permanent_levels": "lasting",
    "base_level": "base_level",
    "pay_level": "pay_level",
}
"""Fields of 绩效扣级 -> what they are in a MonthPay."""


class Settlement:
    """The complaints of a department, judged, and the pay that follows from them.

    Nothing is stored: the same registers and parameters always give the same figures.
    """

    def __init__(self, dept: Department) -> None:
        self.dept = dept
        self.claims = judged(dept)
        """See `complaints.judged`."""
        self.open_month = month_of(dept.as_of)
        self._own: dict[str, pd.DataFrame] = {}

    @cached_property
    def people(self) -> list[str]:
        """Everybody about whom there is a complaint with a month."""
        known = self.claims[(self.claims["person"] != "") & (self.claims["month"] != "")]
        return sorted(set(known["person"]))

    @cached_property
    def scale(self) -> Scale:
        """绩效级别表; the first of equal levels holds."""
        amounts: dict[float, float | None] = {}
        for row in rows_of(self.dept.frame("pay_grades")):
            if not pd.isna(row.level):
                worth = None if pd.isna(row.amount) else float(row.amount)
                amounts.setdefault(float(row.level), worth)
        return Scale(amounts)

    def reading(self, month: str) -> Reading:
        """P21–P23 on the last day of a month."""
        on = last_day(month)
        return Reading.of(*(self.dept.parameter(key, on).text for key in ("P21", "P22", "P23")))

    @cached_property
    def _levels(self) -> dict[str, list[tuple[date, float]]]:
        """Person -> his lines of 人员级别, in the order of their beginning."""
        found: dict[str, list[tuple[date, float]]] = defaultdict(list)
        for row in rows_of(self.dept.frame("pay_levels")):
            if not pd.isna(row.level):
                found[row.person].append((day_of(row.start) or date.min, float(row.level)))
        return {person: sorted(lines, key=lambda line: line[0]) for person, lines in found.items()}

    def level(self, person: str, month: str) -> float | None:
        """原定级别 on the last day of a month; None when 人员级别 does not say it."""
        on = last_day(month)
        begun = [level for start, level in self._levels.get(person, ()) if start <= on]
        return begun[-1] if begun else None

    def _of(self, person: str) -> pd.DataFrame:
        """The claims about somebody; nobody else's have to do with them."""
        if person not in self._own:
            self._own[person] = self.claims[self.claims["person"] == person]
        return self._own[person]

    def span(self, person: str) -> list[str]:
        """The months from a person's first complaint to the month of the check."""
        own = self._of(person)
        usable = own.loc[(own["month"] != "") & (own["standing"] != UNKNOWN), "month"]
        return months(usable.min(), self.open_month) if len(usable) else []

    def pay(self, person: str, *, upheld: bool = False) -> list[MonthPay]:
        """What each month of `span` comes to; `upheld` as if all open complaints were upheld."""
        mask = self.claims["may_count"] if upheld else self.claims["counts"]
        return self._pay(person, mask, self.span(person))

    def _pay(self, person: str, mask: pd.Series, span: list[str]) -> list[MonthPay]:
        own = self._of(person)
        counted = own.loc[mask.loc[own.index], "month"]
        return settle(
            counted.value_counts().to_dict(),
            span,
            level=lambda month: self.level(person, month),
            reading=self.reading,
            scale=self.scale,
        )

    def uncertain(self, person: str, month: str) -> list[str]:
        """Why the number of complaints up to a month is not sure: claims that nobody can judge."""
        claims = self.claims[self.claims["standing"] == UNKNOWN]
        own = claims[claims["person"].isin([person, ""]) & (claims["month"] <= month)]
        return [f"{row.label}{row.reason}" for row in rows_of(own)]

    def settled_as(self, person: str, month: str) -> list[MonthPay]:
        """What a month may rightly have been settled as; the figures of today come first.

        Rulings may have come after the settlement: a complaint that was upheld later did not
        count yet, one that was revoked or ruled void later may have counted still.
        """
        claims = self._of(person)
        later = claims["fit"] & (claims["ruled"] > pd.Timestamp(last_day(month)))
        revoked = later & (claims["ruling"] == REVOKED)
        void = later & claims["void"] & ~revoked
        upheld = later & (claims["ruling"] == UPHELD)
        found: list[MonthPay] = []
        for late, again, still in product(_choices(upheld), _choices(revoked), _choices(void)):
            line = self._month(person, month, (claims["sure"] & ~late) | again | still)
            if line not in found:
                found.append(line)
        return found

    def _month(self, person: str, month: str, taken: pd.Series) -> MonthPay:
        """A month, if exactly the claims in `taken` about somebody were upheld, repeats apart."""
        own = self._of(person)
        taken = taken & (own["month"] <= month)
        kept = repeated(self.dept, own.assign(void=own["void"] & ~taken), taken)
        mask = pd.Series(own.index.isin(kept.index[kept == ITSELF]), own.index)
        first = min([month, *own.loc[mask, "month"]])
        return self._pay(person, mask, months(first, month))[-1]

    @cached_property
    def booked(self) -> list[Booked]:
        """The lines of 绩效扣级 whose month can be told; corrections of earlier months apart."""
        register = self.dept.frame("deductions")
        found = []
        for row in rows_of(register[register["correction"] == ""]):
            month = parse_month(row.month)
            figures = {k: float(v) for k in FIGURES if not pd.isna(v := getattr(row, k))}
            if month and row.person:
                found.append(Booked(int(row.Index), row.person, month, figures))
        return found

    def corrections(self, person: str) -> list[Correction]:
        """Closed months that came out otherwise than they were settled, or would have been.

        A month that 绩效扣级 has was settled as it says there, provided that this was right then.
        Of other months only what a revocation changed is known.
        """
        return list(self._corrections(person))

    def _corrections(self, person: str) -> Iterator[Correction]:
        ledger = {b.month: b for b in self.booked if b.person == person}
        for now in self.pay(person):
            if now.month >= self.open_month:
                continue
            old = self._settled(person, now, ledger.get(now.month))
            if old is not None and (line := correct(old, now, self._booked_in(person, now.month))):
                yield line

    def _settled(self, person: str, now: MonthPay, booked: Booked | None) -> MonthPay | None:
        if booked is not None:
            possible = self.settled_as(person, now.month)
            return next((line for line in possible if agrees(booked, line)), None)
        claims = self._of(person)
        later = claims["ruled"] > pd.Timestamp(last_day(now.month))
        revoked = claims["fit"] & (claims["ruling"] == REVOKED) & later
        if not (revoked & (claims["month"] <= now.month)).any():
            return None
        return self._month(person, now.month, claims["sure"] | revoked)

    def _booked_in(self, person: str, month: str) -> str:
        """The month in which the last ruling about the month's complaints fell."""
        own = self._of(person)
        own = own[own["month"] <= month]
        ruled = own.loc[own["ruled"] > pd.Timestamp(last_day(month)), "ruled"]
        return month_of(ruled.max().date()) if len(ruled) else self.open_month

    def pending(self, person: str, month: str) -> int:
        """Complaints received in a month about which nothing is decided yet."""
        own = self._of(person)
        return int(((own["month"] == month) & (own["standing"] == PENDING)).sum())


def _choices(some: pd.Series) -> tuple[pd.Series, ...]:
    """Without the claims in a mask, and with them where there are any."""
    return (some & False, some) if some.any() else (some,)


def agrees(booked: Booked, line: MonthPay) -> bool:
    """Whether the figures that a line of 绩效扣级 fills in are those of a month."""
    return not differences(booked, line)


def differences(booked: Booked, line: MonthPay) -> list[tuple[str, float, float]]:
    """Field, booked and computed figure, where they differ; unknown levels say nothing."""
    found = []
    for field, name in FIGURES.items():
        said, computed = booked.figures.get(field), getattr(line, name)
        if said is not None and computed is not None and said != float(computed):
            found.append((field, said, float(computed)))
    return found
