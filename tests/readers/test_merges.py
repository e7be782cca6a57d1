"""What lies under merged ranges is blanked, and no number of ranges makes that endless."""

from __future__ import annotations

from xml.etree.ElementTree import ParseError

import pytest

from toolkit.readers.merges import demand_apart, keep_anchors


def lines(height, width):
    return [[f"{row},{column}" for column in range(width)] for row in range(height)]


def test_only_the_first_cell_of_a_range_is_kept():
    found = [*lines(3, 3), [], ["3,0"]]
    keep_anchors(found, {(0, 1): (1, 2), (2, 0): (9, 0)})
    assert found == [["0,0", "0,1", ""], ["1,0", "", ""], ["2,0", "2,1", "2,2"], [], [""]]


def test_ranges_over_the_rows_of_a_long_sheet_are_counted_by_filled_rows():
    found = [["x"]] * 2 + [[]] * 1_048_572 + [["y", "z"], ["v", "w"]]
    keep_anchors(found, {(0, n): (1_048_575, n) for n in range(1, 1_000)})
    assert found[-2:] == [["y", ""], ["v", ""]]


@pytest.mark.parametrize("count", [1, 2])
def test_some_overlap_is_borne(count):
    demand_apart({(0, n): (9, 9) for n in range(count)}, 10, 10)


def test_ranges_that_cover_a_sheet_again_and_again_are_refused():
    merges = {(n, 0): (1_048_575, 16_383) for n in range(100)}
    with pytest.raises(ParseError):
        demand_apart(merges, 1_000, 1_000)
    with pytest.raises(ParseError):
        keep_anchors([["x"] * 1_000 for _ in range(1_000)], merges)


def test_too_many_ranges_for_a_scattered_sheet_are_refused():
    with pytest.raises(ParseError):
        keep_anchors([["x"]] * 100_000, {(0, n): (99_999, n) for n in range(1, 200)})
