"""Folding many texts together gives what folding each of them gives."""

from __future__ import annotations

import sys

from hypothesis import example, given
from hypothesis import strategies as st

from toolkit.model.text import fold, fold_all


@given(st.lists(st.text()))
@example([])
@example(["", ""])
@example(["a\x1fB", "c"])
@example(["Ａ－1", "GJ—2 "])
def test_together_as_alone(texts: list[str]) -> None:
    assert fold_all(texts) == [fold(text) for text in texts]


def test_every_character() -> None:
    characters = [chr(n) for n in range(sys.maxunicode + 1) if not 0xD800 <= n <= 0xDFFF]
    for start in range(0, len(characters), 4096):
        some = [f"A{c}b" for c in characters[start : start + 4096]]
        whole = fold_all(some)
        assert whole == [fold(text) for text in some]
        for one in some[:: 1 if start < 0x4000 else 64]:
            assert fold_all([one, "X"]) == [fold(one), "x"]
