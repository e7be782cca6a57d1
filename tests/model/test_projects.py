"""Which project a text means."""

from __future__ import annotations

import pytest

from toolkit.model.projects import ProjectIndex


@pytest.fixture
def index() -> ProjectIndex:
    projects = ProjectIndex()
    projects.add("XM2026-0001", "示例平台", "某局")
    projects.add("XM2026-0002", "示例平台二期", "某局")
    projects.add("", "XM2026-0002 的备机", "某局")
    return projects


@pytest.mark.parametrize(
    "text",
    ["XM2026-0001 示例平台", "ｘｍ2026－0001　示例平台", " XM2026-0001 平台(一期)", "XM2026-0001"],
)
def test_a_number_before_a_name_is_the_number(index: ProjectIndex, text: str) -> None:
    assert index.resolve(text, "") == index.resolve("", text) == "xm2026-0001"


def test_what_the_toolkit_prints_leads_back(index: ProjectIndex) -> None:
    for key in index.numbers:
        assert index.resolve(index.show(key), "") == key


def test_a_whole_name_goes_before_a_number_in_it(index: ProjectIndex) -> None:
    assert index.resolve("XM2026-0002 的备机", "") == "xm2026-0002的备机@某局"


@pytest.mark.parametrize("text", ["XM2026-0009 示例", "示例 XM2026-0001", "XM2026-0001示例"])
def test_only_a_known_number_at_the_beginning_counts(index: ProjectIndex, text: str) -> None:
    assert index.resolve(text, "") == text.replace(" ", "").casefold()


@pytest.mark.parametrize("blank", ["", " ", "\u3000"])
def test_blanks_name_no_known_project(index: ProjectIndex, blank: str) -> None:
    assert index.resolve(blank, "") not in index.numbers
