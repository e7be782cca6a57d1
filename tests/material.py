"""The material that the rules come from. It is no part of the project: it may lie beside it.

`require` skips a test on a machine that has none of it; where its folder is there, CI fails
rather than skip.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.amounts import ON_CI

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "domain"
RULE_ID = re.compile(r"\b(?:R\d\d-\d|X\d{2,3})\b")
_BEGIN = "制度修订记录总则第一条"
_END = "附件一名词解释"
_DIGITS = "一二三四五六七八九十"
_SECTIONS = {"A": ("# A. ", "# B. "), "G": ("# G. ", "# H. "), "M": ("# M. ", "")}


def require(name: str) -> Path:
    """The file, or the test is skipped; on CI it fails where the folder exists without it."""
    path = FOLDER / name
    if path.is_file():
        return path
    reason = f"{name} does not lie beside the project"
    if ON_CI and FOLDER.is_dir():
        pytest.fail(reason)
    pytest.skip(reason)


def source_text() -> str:
    return require("source.txt").read_text("utf-8")


def article_texts() -> dict[int, str]:
    """Each article's own words; of the two copies on the page the last one counts."""
    text = source_text()
    text = text[text.rindex(_BEGIN) :]
    text = text[: text.index(_END)]
    found = {}
    for number in range(53, 0, -1):
        at = text.rindex(f"第{_chinese(number)}条")
        found[number], text = text[at:], text[:at]
    return found


def _chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    ten = "" if not tens else "十" if tens == 1 else f"{_DIGITS[tens - 1]}十"
    return ten + (_DIGITS[ones - 1] if ones else "")


def section(letter: str) -> str:
    """One section of the catalogue."""
    text = require("catalogue.md").read_text("utf-8")
    begin, end = _SECTIONS[letter]
    text = text[text.index(f"\n{begin}") :]
    return text[: text.index(f"\n{end}")] if end else text


def catalogue_ids() -> set[str]:
    """Every rule id of the sections A, G and M."""
    return {found for letter in _SECTIONS for found in RULE_ID.findall(section(letter))}


def catalogue_index() -> dict[int, tuple[list[str], list[str]]]:
    """Section M: article -> its words without counts, and its rules."""
    found = {}
    for line in re.findall(r"^\| (\d+) \|(.*)\|$", section("M"), re.MULTILINE):
        cells = [cell.strip() for cell in line[1].split("|")]
        words = [re.sub(r"×\d", "", word) for word in cells[0].split("、") if word != "–"]
        found[int(line[0])] = words, RULE_ID.findall(" ".join(cells[3:5]))
    return found
