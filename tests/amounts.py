"""How much is tried: everything on CI, a fair part on a user's machine, whose patience is short."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeVar

import pytest

T = TypeVar("T")

ON_CI = bool(os.environ.get("CI"))
LONG = pytest.mark.skipif(not ON_CI, reason="takes long: set CI=true to run it")
"""A long story that CI tells in full; its parts have quick tests of their own."""


def amount(on_ci: int, here: int) -> int:
    """How many times, on CI and on a user's machine."""
    return on_ci if ON_CI else here


def some(cases: Sequence[T], here: int) -> Sequence[T]:
    """All cases on CI; on a user's machine so many of them, the first, the last and between."""
    if ON_CI or len(cases) <= here:
        return cases
    if here == 1:
        return cases[:1]
    return [cases[n * (len(cases) - 1) // (here - 1)] for n in range(here)]
