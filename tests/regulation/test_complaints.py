"""Which complaints count: identity, rulings, repeats, several people, and what always holds."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.departments import build
from toolkit.regulation.complaint_repeats import ITSELF, VOID, repeats
from toolkit.regulation.complaints import judged

DAY = dt.date
Records = list[dict[str, Any]]


def judge(complaints: Records, **other: Any) -> pd.DataFrame:
    return judged(build({"initiation": [{}], "complaints": complaints, **other}))


def standings(complaints: Records, **other: Any) -> list[tuple[str, str]]:
    found = judge(complaints, **other)
    return list(zip(found["label"], found["standing"], strict=True))


def test_a_complaint_that_was_upheld_counts_in_the_month_of_receipt() -> None:
    line = judge([{"received": "2026-04-01T08:00", "contact_date": "2026-03-31"}]).iloc[0]
    assert (line.standing, line.month, line.person, line.counts) == (
        "计入",
        "2026-04",
        "钱一",
        True,
    )


@pytest.mark.parametrize(
    ("given_", "standing", "reason"),
    [
        ({"category": "其他"}, "不计入", "只计“未汇报”"),
        ({"ruling": "无效"}, "不计入", "认定为无效"),
        ({"ruling": "撤销"}, "不计入", "认定为撤销"),
        ({"ruling": ""}, "待认定", "尚未认定"),
        ({"ruling": "待认定"}, "待认定", "尚未认定"),
        ({"complainant": "吴销"}, "不计入", "不是该项目当时的责任销售（周销）"),
        ({"complainant": ""}, "无法判断", "没有填写投诉人"),
        ({"accused": ""}, "无法判断", "没有写明被投诉人"),
        ({"category": ""}, "无法判断", "没有填写投诉类别"),
        ({"received": ""}, "无法判断", "没有填写收到时间"),
        ({"received": "2027-03-12"}, "无法判断", "像是写错了"),
        ({"project_id": ""}, "无法判断", "看不出是哪个项目"),
        ({"project_id": "XM2026-0009"}, "无法判断", "查不到该项目的责任销售"),
        ({"follows": "TS-没有"}, "无法判断", "TS-没有在台账里找不到"),
    ],
)
def test_every_reason_is_told(given_: dict[str, Any], standing: str, reason: str) -> None:
    line = judge([given_]).iloc[0]
    assert line.standing == standing
    assert reason in line.reason
    assert not line.counts


def test_before_the_regulation_nothing_counts() -> None:
    rule = [{"parameter": "P01", "value": "2026-04-01"}]
    assert standings([{}], parameters=rule) == [("TS-2026-001", "不计入")]


def test_what_cannot_be_read_is_never_counted() -> None:
    for field in ("received", "complainant", "accused", "ruling"):
        problem = {"frame": "complaints", "index": 0, "field": field, "kind": "type", "raw": "?"}
        line = judge([{}], problems=[problem]).iloc[0]
        assert line.standing == "无法判断", field
        assert "看不懂" in line.reason


def test_open_complaints_may_count_by_parameter() -> None:
    rule = [{"parameter": "P24", "value": "收到即计入"}]
    assert standings([{"ruling": ""}, {"number": "TS-2", "ruling": "无效"}], parameters=rule) == [
        ("TS-2026-001", "计入"),
        ("TS-2", "不计入"),
    ]


def test_the_seller_of_the_contact_may_complain_after_a_hand_over() -> None:
    change = {
        "role": "责任销售", "old_person": "周销", "new_person": "吴销",
        "effective_date": DAY(2026, 3, 11),
    }  # fmt: skip
    both = [{}, {"number": "TS-2", "complainant": "吴销", "contact_date": DAY(2026, 3, 9)}]
    assert [s for _, s in standings(both, initiation_changes=[change])] == ["计入", "计入"]


def test_a_mail_that_names_several_people_counts_for_each() -> None:
    found = judge([{"accused": "钱一、孙二、钱一"}])
    assert list(found["person"]) == ["钱一", "孙二"]
    assert found["counts"].all()


def test_the_same_number_counts_once() -> None:
    again = {"received": DAY(2026, 6, 1), "contact_date": DAY(2026, 5, 29)}
    assert standings([{}, again]) == [("TS-2026-001", "计入"), ("TS-2026-001", "不另计")]


def test_reminders_and_chains_of_them_count_once_however_late() -> None:
    late = {"received": DAY(2026, 7, 1), "contact_date": ""}
    chain = [
        {},
        {"number": "TS-2", "follows": "ts-2026-001", **late},
        {"number": "TS-3", "follows": "TS-2", **late},
        {"number": "TS-4", "follows": "TS-4", **late},
    ]
    assert [s for _, s in standings(chain)] == ["计入", "不另计", "不另计", "计入"]


def test_reminders_of_a_void_complaint_are_void() -> None:
    chain = [
        {"ruling": "无效"},
        {"number": "TS-2", "follows": "TS-2026-001", "received": DAY(2026, 3, 16)},
        {"number": "TS-3", "follows": "TS-2", "received": DAY(2026, 3, 17)},
    ]
    assert [s for _, s in standings(chain)] == ["不计入", "不计入", "不计入"]


def test_a_complaint_of_the_wrong_sender_that_the_seller_sends_again_counts() -> None:
    again = [{"complainant": "吴销"}, {"number": "TS-2", "follows": "TS-2026-001"}]
    assert [s for _, s in standings(again)] == ["不计入", "计入"]


def test_the_same_contact_counts_once_within_five_working_days() -> None:
    # received on Thursday 12 March: five working days end on Thursday 19 March
    same = [
        {},
        {"number": "TS-2", "received": DAY(2026, 3, 19)},
        {"number": "TS-3", "received": DAY(2026, 3, 20)},
        {"number": "TS-4", "received": DAY(2026, 3, 23)},
    ]
    assert [s for _, s in standings(same)] == ["计入", "不另计", "计入", "不另计"]


def test_another_contact_person_or_project_is_another_complaint() -> None:
    others = [
        {},
        {"number": "TS-2", "contact_date": DAY(2026, 3, 11)},
        {"number": "TS-3", "accused": "孙二"},
        {"number": "TS-4", "contact_date": ""},
        {"number": "TS-5", "contact_date": ""},
    ]
    assert {s for _, s in standings(others)} == {"计入"}


def test_the_window_is_a_parameter() -> None:
    same = [{}, {"number": "TS-2", "received": DAY(2026, 3, 13)}]
    rule = [{"parameter": "P40", "value": "0"}]
    assert [s for _, s in standings(same, parameters=rule)] == ["计入", "计入"]


def test_an_open_complaint_about_a_matter_that_counts_is_no_second_one() -> None:
    for order in (("", "有效"), ("有效", "")):
        both = [
            {"ruling": order[0]},
            {"number": "TS-2", "ruling": order[1], "received": DAY(2026, 3, 13)},
        ]
        found = judge(both)
        assert sorted(found["standing"]) == ["不另计", "计入"]
        assert found["counts"].sum() == found["may_count"].sum() == 1


def test_open_complaints_may_still_count() -> None:
    found = judge([{}, {"number": "TS-2", "ruling": "", "contact_date": DAY(2026, 3, 11)}])
    assert (found["counts"].sum(), found["may_count"].sum()) == (1, 2)


def test_no_complaints() -> None:
    assert judged(build({})).empty


_days = st.dates(DAY(2026, 3, 2), DAY(2026, 4, 30)).map(pd.Timestamp)
_claim = st.fixed_dictionaries(
    {
        "person": st.sampled_from(["钱一", "孙二"]),
        "number": st.sampled_from(["", "a", "b", "c", "d"]),
        "follows": st.sampled_from([(), ("a",), ("b",), ("a", "c"), ("x",)]),
        "received": _days,
        "project": st.sampled_from(["", "p", "q"]),
        "contact_date": st.one_of(st.none(), _days),
        "void": st.just(False),
    }
)


def _frame(claims: Records) -> pd.DataFrame:
    columns = ["person", "number", "follows", "received", "project", "contact_date", "void"]
    frame = pd.DataFrame({c: pd.Series([r[c] for r in claims], dtype=object) for c in columns})
    return frame.astype(
        {"received": "datetime64[s]", "contact_date": "datetime64[s]", "void": "bool"}
    )


def _last_day(day: DAY) -> DAY:
    return day + dt.timedelta(days=7)


def _repeats(claims: Records) -> pd.Series:
    frame = _frame(claims)
    return repeats(frame, pd.Series(True, index=frame.index), _last_day)


def _counted(claims: Records) -> int:
    return int((_repeats(claims) == ITSELF).sum())


@given(st.lists(_claim, max_size=9))
def test_what_is_repeated_is_an_earlier_one_about_the_same_person_that_stands(
    claims: Records,
) -> None:
    found = _repeats(claims)
    for index, root in found.items():
        if root != ITSELF:
            assert claims[root]["person"] == claims[int(index)]["person"]
            assert claims[root]["received"] <= claims[int(index)]["received"]
            assert found[root] == ITSELF


@given(st.lists(_claim, max_size=8), st.randoms(use_true_random=False))
def test_rows_may_stand_in_any_order(claims: Records, random: Any) -> None:
    shuffled = list(claims)
    random.shuffle(shuffled)
    assert _counted(shuffled) == _counted(claims)


@given(st.lists(_claim, max_size=8))
def test_people_are_counted_apart(claims: Records) -> None:
    parts = ([c for c in claims if c["person"] == name] for name in ("钱一", "孙二"))
    assert sum(map(_counted, parts)) == _counted(claims)


@given(st.lists(_claim, max_size=8), _claim)
def test_one_more_contact_never_makes_fewer_complaints(claims: Records, more: Any) -> None:
    bare = [c | {"number": "", "follows": ()} for c in (*claims, more)]
    assert _counted(bare[:-1]) <= _counted(bare) <= _counted(bare[:-1]) + 1


@given(st.lists(_claim, max_size=8))
def test_void_complaints_make_only_their_own_followers_void(claims: Records) -> None:
    frame = _frame(claims)
    frame["void"] = frame["number"] == "a"
    taken = ~frame["void"]
    found = repeats(frame, taken, _last_day)
    assert list(found.index) == list(frame.index[taken])
    for index in found.index[found == VOID]:
        assert claims[int(index)]["follows"]
