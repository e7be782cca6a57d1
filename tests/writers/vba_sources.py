"""VBA sources of any length."""

from __future__ import annotations

import itertools
import random
import string
from collections.abc import Iterator

LONGEST = 200_000


def basic_lines() -> Iterator[str]:
    """Lines as a programmer writes them: alike, but never the same."""
    draw = random.Random(3)
    for number in itertools.count():
        word = "".join(draw.choices(string.ascii_letters, k=7))
        yield f"    If {word}({number}) = {draw.random():.4f} Then {word}.Value = {number}\r\n"


def long_source(size: int) -> str:
    """A Sub of about so many characters."""
    body = "".join(itertools.islice(basic_lines(), size // 70))
    return f"Sub Long()\r\n{body}End Sub\r\n"
