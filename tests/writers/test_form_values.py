"""What Excel can hold of a value."""

from datetime import UTC, date, datetime, time
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from toolkit.model.errors import ToolkitError
from toolkit.writers.form_values import LONGEST_TEXT, plain

MOMENT = datetime(2026, 11, 23, 15, 30)


@pytest.mark.parametrize("blank", [None, "", " \u3000\n", (), [], float("nan"), pd.NaT, "\x07"])
def test_blank_is_blank(blank):
    assert plain(blank) is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("=SUM(A1)", "=SUM(A1)"),
        ("甲\r\n乙\r丙", "甲\n乙\n丙"),
        ("铃\x07声\ud800", "铃声"),
        (("甲", "乙"), "甲、乙"),
        (True, "是"),
        (False, "否"),
        (3, 3),
        (np.int64(3), 3),
        (np.float64(2.5), 2.5),
        (Decimal("2.5"), 2.5),
        (float("inf"), "inf"),
        (date(2026, 11, 23), date(2026, 11, 23)),
        (pd.Timestamp(MOMENT), MOMENT),
        (MOMENT.replace(tzinfo=UTC), MOMENT),
        (time(9, 30), time(9, 30)),
        (date(1899, 12, 31), "1899-12-31"),
    ],
)
def test_values(value, expected):
    result = plain(value)
    assert result == expected
    assert isinstance(result, type(expected))


def test_the_longest_text_passes_and_one_more_is_refused():
    assert plain("a" * LONGEST_TEXT) == "a" * LONGEST_TEXT
    with pytest.raises(ToolkitError, match=str(LONGEST_TEXT)):
        plain("a" * (LONGEST_TEXT + 1))
    # Excel counts a character outside the basic plane twice
    with pytest.raises(ToolkitError):
        plain("𠮷" * (LONGEST_TEXT // 2 + 1))
