"""Names of files: safe on Windows, one for each person, the same ones in every run."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from toolkit.writers.agenda.names import OVERVIEW_NAME, agenda_name, agenda_names
from toolkit.writers.files import safe_name


def windows(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def test_a_name_says_whose_it_is() -> None:
    assert agenda_name("周演示") == "待办_周演示.xlsx"
    assert agenda_names(["周演示", "李样本(02)"]) == {
        "周演示": "待办_周演示.xlsx",
        "李样本(02)": "待办_李样本(02).xlsx",
    }


def test_people_with_names_that_are_one_file_do_not_share_it() -> None:
    people = ["Li", "LI", "a/b", "a|b", "x" * 300, "x" * 299, "Li_2"]
    names = agenda_names(people)
    assert names["LI"] == "待办_LI.xlsx"
    assert (names["Li"], names["Li_2"]) == ("待办_Li_2.xlsx", "待办_Li_2_2.xlsx")
    assert (names["a/b"], names["a|b"]) == ("待办_a_b.xlsx", "待办_a_b_2.xlsx")
    assert {len(names["x" * 300]), len(names["x" * 299])} == {80}
    assert len({windows(name) for name in names.values()}) == len(people)


def test_the_order_in_which_people_come_makes_no_difference() -> None:
    people = ["Li", "LI", "li", "周演示"]
    assert agenda_names(people) == agenda_names(reversed(people))


def test_nobody_has_the_file_of_the_managers() -> None:
    for person in ("总览", "", " ", "./总览", "_总览"):
        assert windows(agenda_name(person)) != windows(OVERVIEW_NAME)


@given(st.lists(st.text(max_size=90), max_size=8))
def test_any_names_at_all(people: list[str]) -> None:
    names = agenda_names(people)
    assert names.keys() == set(people)
    assert len({windows(name) for name in names.values()}) == len(names)
    for name in names.values():
        assert safe_name(name) == name
        assert name.endswith(".xlsx")
