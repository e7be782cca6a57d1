"""Versions: spellings of one version agree, as far as both are written, and nothing else does."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.departments import build
from toolkit.regulation.versions import StandardReleases, Version, version_of, versions_in

numbers = st.lists(st.integers(0, 999), min_size=2, max_size=4)
suffixes = st.sampled_from(["", "-D0001.1", "-SP1", "_beta2", " Build 2026", "SP2", "-HF01"])
versions = st.builds("V{}{}".format, numbers.map(lambda ns: ".".join(map(str, ns))), suffixes)


def _read(text: str) -> Version:
    found = version_of(text)
    assert found is not None, text
    return found


@pytest.mark.parametrize(
    "text",
    [
        "V3.2.1", "v3.2.1", "3.2.1", "3.2.1.0", "Ｖ３．２．１", "ver 3.2.1", "Version 3.2.1",
        "示例平台 V3.2.1", "示例平台3.2.1", "V3.2.1（定制）", "V3.2.1正式版", "版本3.2.1", "3.02.1",
    ],
)  # fmt: skip
def test_spellings_of_one_version(text: str) -> None:
    assert _read(text).agrees(_read("V3.2.1"))
    assert _read(text).tells_all_of(_read("V3.2.1"))
    assert not _read(text).agrees(_read("V3.2.2"))


@pytest.mark.parametrize(
    "text", ["", "无", "最新版", "V3.2以上", "3.2.1~3.2.4", "2026-03-01", "信创版", "R3.2.1"]
)
def test_texts_that_mean_no_version(text: str) -> None:
    assert versions_in(text) == ()


@pytest.mark.parametrize(
    "text", ["V3.2.1、V3.2.2", "V3.2.1/V3.2.2", "V3.2.1-3.2.2", "V3.2.1 V3.2.2", "由3.2.1升到3.2.2"]
)
def test_several_versions_in_a_cell(text: str) -> None:
    assert versions_in(text) == (_read("V3.2.1"), _read("V3.2.2"))
    assert version_of(text) is None


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ("V3.2", "V3.2.7", True),
        ("V3", "V3.2.7", True),
        ("V3.0", "V3.2.7", False),
        ("3.2.x", "V3.2.7", True),
        ("V3.2.1", "V3.2.1-D0001.1", True),
        ("V3.2.1.0-D1", "V3.2.1-D1", True),
        ("V3.2.1-D0001.1", "V3.2.1-D0001.2", False),
        ("V3.2.1 SP1", "V3.2.1-sp1", True),
        ("V3.2.1-SP1", "V3.2.1-SP2", False),
        ("V3.2.1-SP1", "V3.2.1-HF1", False),
        ("V300R002C10", "V300R002C10SPC100", True),
        ("V300R002C10", "V300R002C20", False),
        ("3.1", "V3.10", True),  # Excel took 3.10 for a number
        ("V3.1", "V3.10", False),
        ("3.2", "V3.20.4", True),
        ("3.1", "V3.11", False),
    ],
)
def test_agreement(one: str, other: str, agree: bool) -> None:
    assert _read(one).agrees(_read(other)) is agree
    assert _read(other).agrees(_read(one)) is agree


@given(versions)
def test_blanks_width_case_and_a_product_name_do_not_matter(text: str) -> None:
    plain = _read(text)
    assert _read(f"　示例平台　{text.upper()} ") == plain
    assert _read("".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in text)) == plain
    assert _read(f"{text}版") == plain


@given(versions, versions)
def test_agreement_is_mutual(one: str, other: str) -> None:
    assert _read(one).agrees(_read(one))
    assert _read(one).agrees(_read(other)) == _read(other).agrees(_read(one))


@given(numbers)
def test_zeros_at_the_end_say_nothing(places: list[int]) -> None:
    short = _read("V" + ".".join(map(str, places)))
    long = _read("V" + ".".join(map(str, [*places, 0, 0])))
    assert short.agrees(long)
    assert short.tells_all_of(long)
    assert long.tells_all_of(short)


@given(numbers, st.integers(1, 99))
def test_a_further_place_makes_it_more_precise(places: list[int], more: int) -> None:
    short = _read("V" + ".".join(map(str, places)))
    long = _read("V" + ".".join(map(str, [*places, more])))
    assert short.agrees(long)
    assert long.tells_all_of(short)
    assert not short.tells_all_of(long)


@given(numbers, st.data())
def test_another_number_at_any_place_is_another_version(
    places: list[int], data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(places) - 1))
    later = [*places]
    later[place] += data.draw(st.integers(1, 9))
    one, other = (_read("V" + ".".join(map(str, p))) for p in (places, later))
    assert not one.agrees(other)
    assert one.older_than(other)
    assert not other.older_than(one)


@given(st.text(max_size=40))
def test_no_text_is_too_strange(text: str) -> None:
    for version in versions_in(text):
        assert version.agrees(version)


LIST: list[dict[str, Any]] = [
    {"product": "示例平台", "version": "V3.2.1", "release_date": dt.date(2026, 3, 1)},
    {"product": "示例 平台", "version": "V3.3.0", "release_date": dt.date(2026, 6, 1)},
    {"product": "示例平台", "version": "V3.4.0", "version_type": "非发布主线"},
    {"product": "示例门户", "version": "2026春季版"},
]


@pytest.mark.parametrize(
    ("product", "version", "since"),
    [
        ("示例平台", "3.2.1.0", dt.date(2026, 3, 1)),
        ("示例平台", "V3.2", dt.date(2026, 3, 1)),
        ("示例平台", "V3", dt.date(2026, 3, 1)),
        ("示例平台", "V3.3", dt.date(2026, 6, 1)),
        ("示例平台", "V3.2.2", dt.date.max),
        ("示例平台", "V3.4.0", dt.date.max),
        ("示例平台", "V3.1.9", None),  # older than the list
        ("示例平台", "最新版", None),
        ("示例平台", "V3.2.1、V3.2.2", None),
        ("另一平台", "V3.2.2", None),
        ("", "V3.2.2", None),
        ("示例门户", "2026 春季版", dt.date.min),
        ("示例门户", "V3.2.2", None),  # the list names no version that could be compared
    ],
)
def test_since_when_a_version_is_a_standard_release(
    product: str, version: str, since: dt.date | None
) -> None:
    assert StandardReleases(build({"releases": LIST})).since(product, version) == since


def test_a_line_without_product_may_be_of_any() -> None:
    unclear = [*LIST, {"product": "", "version": "V3.2.2"}]
    assert StandardReleases(build({"releases": unclear})).since("示例平台", "V3.2.2") == dt.date.min


def test_the_latest_release() -> None:
    releases = StandardReleases(build({"releases": LIST}))
    assert releases.latest("示例平台", dt.date(2026, 5, 31)) == "V3.2.1"
    assert releases.latest("示例平台", dt.date(2026, 6, 1)) == "V3.3.0"
    assert releases.latest("示例平台", dt.date(2026, 1, 1)) == ""


def test_a_cell_full_of_digits_breaks_nothing() -> None:
    assert versions_in("V" + "9" * 30_000 + "-" + "7" * 30_000)
