"""Workbooks with something wrong end in a verdict that is declared, or they are read."""

from __future__ import annotations

import pytest

from tests.amounts import amount

from .fuzz.series import run

COUNT = amount(1_000, 100)
SEED = 7
"""`tests/benchmarks/bench_fuzz.py` runs longer series."""


@pytest.mark.parametrize("kind", ["xlsx", "xls"])
def test_mutated_workbooks_end_in_a_declared_verdict(kind):
    outcome = run(kind, COUNT, SEED)
    assert outcome.wrong == []
    assert outcome.verdicts.total() == COUNT
    statuses = {status for status, _ in outcome.verdicts}
    assert {"read", "unreadable"} <= statuses
