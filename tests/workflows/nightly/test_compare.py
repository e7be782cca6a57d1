"""What became of a matter: thanked only when somebody can see that it was put right."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from tests.workflows.nightly.desk import (
    CONFIGURATION,
    ENGINEER,
    FILE,
    MANAGER,
    OTHER,
    OTHER_FILE,
    Desk,
    make_desk,
    matter,
)
from toolkit.model.agenda import Standing
from toolkit.model.finding import CheckResult, Finding, Result, Severity, Undetermined
from toolkit.workflows.nightly.compare import compare
from toolkit.workflows.nightly.memory import SeenFile, State
from toolkit.workflows.nightly.sight import Sight, sight_of

DAYS = [f"2026-10-{day}" for day in (12, 13, 14, 15, 16, 19, 20)]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A matter was told on the 12th."""
    desk = make_desk(tmp_path, matters=[matter("A")])
    desk.run("2026-10-12T08:30")
    desk.take()
    return desk


def _hears(desk: Desk, day: str, who: str = ENGINEER) -> dict[str, str]:
    desk.run(f"{day}T08:30")
    return desk.heard().get(who, {})


def _workbook(desk: Desk, person: str = ENGINEER) -> str:
    from tests.workflows.nightly.desk import content

    return content(desk.places.output / f"待办_{person}.xlsx")


def _finding(rule: str, id_: str = "", result: Result = Result.FAIL) -> Finding:
    return Finding(id_ or f"{rule}-1", rule, None, Severity.INFO, result, FILE, "", "", "…")


def test_a_changed_file_without_the_matter_is_thanked(desk: Desk) -> None:
    desk.matters, desk.files[FILE] = [], "a2"
    assert _hears(desk, "2026-10-13") == {"A": "resolved"}


def test_a_file_that_cannot_be_read_is_no_merit(desk: Desk) -> None:
    desk.matters = []
    del desk.files[FILE]
    desk.closed[FILE] = "被加密，打不开"
    for day in DAYS[1:]:
        assert _hears(desk, day) == {}
        assert "A@unverified" in _workbook(desk)
    remembered = desk.state().matters["A"]
    assert remembered.standing is Standing.UNVERIFIED
    assert remembered.reason == f"“{FILE}”被加密，打不开"
    desk.closed, desk.files[FILE] = {}, "a2"
    assert _hears(desk, "2026-10-21") == {"A": "resolved"}


def test_it_is_still_open_when_the_file_comes_back_unchanged(desk: Desk) -> None:
    kept, desk.matters = desk.matters, []
    desk.closed[FILE] = "打不开"
    print_ = desk.files.pop(FILE)
    assert _hears(desk, "2026-10-13") == {}
    desk.closed, desk.files[FILE], desk.matters = {}, print_, kept
    assert _hears(desk, "2026-10-14") == {"A": "open"}
    assert desk.state().matters["A"].first_seen == dt.date(2026, 10, 12)


def test_a_file_that_was_moved_away_stops_the_matter_after_two_days(desk: Desk) -> None:
    desk.matters = []
    del desk.files[FILE]
    desk.run("2026-10-13T08:30")
    desk.run("2026-10-13T17:30")  # two runs of one day are one day
    assert desk.heard() == {"经理": {}}
    assert _hears(desk, "2026-10-14") == {}
    assert _hears(desk, "2026-10-15") == {"A": "stopped"}
    assert desk.state().matters["A"].reason == "文件已移走"
    assert _hears(desk, "2026-10-16") == {}


def test_a_renamed_file_keeps_its_matters(desk: Desk) -> None:
    moved = FILE.replace("周演示", "周演示_2026")
    desk.matters = [replace(desk.matters[0], path=moved)]
    desk.files[moved] = desk.files.pop(FILE)
    assert _hears(desk, "2026-10-13") == {"A": "open"}


def test_a_rule_that_did_not_run_is_no_merit(desk: Desk) -> None:
    desk.matters, desk.files[FILE] = [], "a2"
    desk.result = CheckResult(
        undetermined=[Undetermined("X34", ("leftovers.id",), "补充列“编号”后可启用规则 X34")],
        results={"X34": Result.UNDETERMINED},
    )
    assert _hears(desk, "2026-10-13") == {}
    assert desk.state().matters["A"].reason == "补充列“编号”后可启用规则 X34"
    desk.result = CheckResult(results={"X34": Result.NOT_APPLICABLE})
    assert _hears(desk, "2026-10-14") == {}
    assert "A@unverified" in _workbook(desk)
    desk.result = CheckResult(results={"X34": Result.PASS})
    assert _hears(desk, "2026-10-15") == {"A": "resolved"}


def test_a_rule_that_crashed_is_no_merit(desk: Desk) -> None:
    desk.matters, desk.files[FILE] = [], "a2"
    desk.result = CheckResult([_finding("SYS-1")], results={"X34": Result.UNDETERMINED})
    assert _hears(desk, "2026-10-13") == {}
    assert "没有运行成功" in desk.state().matters["A"].reason


def test_a_rule_that_cannot_decide_other_records_did_run(desk: Desk) -> None:
    desk.matters, desk.files[FILE] = [], "a2"
    other = _finding("X34", "X34-2", Result.UNDETERMINED)
    desk.result = CheckResult([other], results={"X34": Result.UNDETERMINED})
    assert _hears(desk, "2026-10-13") == {"A": "resolved"}


def test_a_record_that_became_undecidable_is_no_merit(desk: Desk) -> None:
    desk.matters, desk.files[FILE] = [], "a2"
    desk.result = CheckResult([_finding("X34", "A", Result.UNDETERMINED)])
    assert _hears(desk, "2026-10-13") == {}
    assert "A@unverified" in _workbook(desk)


def test_untouched_while_another_file_is_away_is_no_merit(desk: Desk) -> None:
    """The order that asked for the entry may be in the file that cannot be read today."""
    desk.matters = []
    print_ = desk.files.pop(OTHER_FILE)
    assert _hears(desk, "2026-10-13") == {}
    assert OTHER_FILE in desk.state().matters["A"].reason
    desk.files[OTHER_FILE] = print_
    assert _hears(desk, "2026-10-14") == {"A": "resolved"}


def test_untouched_while_another_file_never_comes_back_stops(desk: Desk) -> None:
    desk.matters = []
    del desk.files[OTHER_FILE]
    assert [_hears(desk, day) for day in DAYS[1:4]] == [{}, {}, {"A": "stopped"}]
    assert OTHER_FILE in desk.state().matters["A"].reason


def test_changed_while_another_file_is_away_is_thanked(desk: Desk) -> None:
    desk.matters, desk.files[FILE] = [], "a2"
    del desk.files[OTHER_FILE]
    assert _hears(desk, "2026-10-13") == {"A": "resolved"}


def test_most_files_gone_is_said_and_nothing_is_thanked(tmp_path: Path) -> None:
    more = {f"01_立项/立项单_{n}.xlsx": f"p{n}" for n in range(6)}
    desk = make_desk(tmp_path, matters=[matter("A")])
    desk.files |= more
    desk.day("2026-10-12")
    desk.take()
    desk.matters, desk.files = [], {CONFIGURATION: "c1", FILE: "a2"}
    desk.run("2026-10-13T08:30")
    (told,) = desk.take()
    assert "这次只读到 2 个文件，上次有 9 个" in told.text
    desk.files |= {OTHER_FILE: "b1", **more}
    desk.run("2026-10-14T08:30")
    assert desk.heard()[ENGINEER] == {"A": "resolved"}


def test_most_files_gone_for_good_is_accepted_in_the_end(tmp_path: Path) -> None:
    more = {f"01_立项/立项单_{n}.xlsx": f"p{n}" for n in range(6)}
    desk = make_desk(tmp_path, matters=[matter("A")])
    desk.files |= more
    desk.day("2026-10-12")
    desk.take()
    desk.matters, desk.files = [], {CONFIGURATION: "c1", FILE: "a2"}
    assert [_hears(desk, day) for day in DAYS[1:4]] == [{}, {}, {"A": "stopped"}]
    assert desk.state().read_count == 2


def test_a_waiver_stops_a_matter_and_its_end_brings_it_back_as_new(desk: Desk) -> None:
    (plain,) = desk.matters
    desk.matters = [replace(plain, waived="客户要求（何协调批准，至2026-10-14）")]
    desk.run("2026-10-13T08:30")
    (mine,) = (each for each in desk.take() if each.recipient == ENGINEER)
    assert mine.ids == ("A@stopped",)
    assert "已豁免：客户要求（何协调批准，至2026-10-14）" in mine.text
    assert _hears(desk, "2026-10-14") == {}
    desk.matters = [plain]
    assert _hears(desk, "2026-10-15") == {"A": "new"}


def test_a_matter_waived_from_the_beginning_is_nobodys_business(tmp_path: Path) -> None:
    desk = make_desk(tmp_path, matters=[matter("A", waived="理由（何协调批准，至2026-12-31）")])
    desk.run("2026-10-13T08:30")
    assert desk.heard() == {}
    assert desk.state().matters == {}


def test_a_matter_handed_over_is_new_for_one_and_over_for_the_other(desk: Desk) -> None:
    desk.matters = [replace(desk.matters[0], owner=OTHER)]
    desk.run("2026-10-13T08:30")
    received = {each.recipient: each for each in desk.take()}
    assert received[OTHER].ids == ("A@new",)
    assert received[ENGINEER].ids == ("A@stopped",)
    assert f"已移交给{OTHER}" in received[ENGINEER].text
    assert "A@stopped" in _workbook(desk)
    desk.run("2026-10-14T08:30")
    assert desk.heard() == {OTHER: {"A": "open"}, "经理": {}}
    assert "A@" not in _workbook(desk)


def test_a_matter_handed_over_and_back_is_open(desk: Desk) -> None:
    (mine,) = desk.matters
    desk.matters = [replace(mine, owner=OTHER)]
    desk.refuse = lambda setting, digest: RuntimeError() if digest.recipient == ENGINEER else None  # type: ignore[assignment,return-value]
    desk.run("2026-10-13T08:30")
    desk.take()
    desk.refuse = lambda setting, digest: None
    desk.matters = [mine]
    desk.run("2026-10-14T08:30")
    heard = desk.heard()
    assert (heard[ENGINEER], heard[OTHER]) == ({"A": "open"}, {"A": "stopped"})


def test_a_matter_of_somebody_who_left_is_not_thanked(tmp_path: Path) -> None:
    desk = make_desk(tmp_path, matters=[matter("A", "王假设", path=FILE)])
    desk.run("2026-10-12T08:30")
    desk.matters, desk.files[FILE] = [], "a2"
    desk.run("2026-10-13T08:30")
    remembered = desk.state().matters["A"]
    assert (remembered.standing, remembered.reason) == (Standing.STOPPED, "王假设已离职")


def test_what_became_history_is_not_thanked(tmp_path: Path) -> None:
    department = make_desk(tmp_path).department
    desk = make_desk(tmp_path, matters=[
        matter("A", since=dt.date(2026, 9, 1)), matter("B", since=dt.date(2026, 10, 9)),
        matter("C"),
    ])  # fmt: skip
    desk.run("2026-10-12T08:30")
    desk.take()
    later = replace(department())
    later.go_live = dt.date(2026, 10, 1)
    desk.department = lambda: later
    desk.matters = []
    desk.run("2026-10-13T08:30")
    assert desk.heard()[ENGINEER] == {"A": "stopped", "B": "resolved", "C": "stopped"}
    assert "2026-10-01 以前，算作历史" in desk.state().matters["A"].reason


def test_what_was_announced_and_has_time_is_neither_repeated_nor_thanked(tmp_path: Path) -> None:
    begun, due = dt.date(2026, 10, 12), dt.date(2026, 10, 15)
    ahead = matter("A", since=begun, due=due, missing=True)
    desk = make_desk(tmp_path, matters=[ahead])
    desk.day("2026-10-12")
    assert desk.heard()[ENGINEER] == {"A": "new"}
    desk.matters, desk.pending = [], {"A": due}
    for day in ("2026-10-13", "2026-10-14"):
        desk.day(day)
        assert desk.heard() == {"经理": {}}
        assert "A@open" in _workbook(desk)
    desk.matters, desk.pending = [ahead], {}
    assert _hears(desk, "2026-10-15") == {"A": "today"}


def test_an_answer_in_time_is_thanked_although_a_new_deadline_began(tmp_path: Path) -> None:
    due = dt.date(2026, 10, 15)
    desk = make_desk(tmp_path, matters=[matter("A", since=dt.date(2026, 10, 12), due=due)])
    desk.day("2026-10-12")
    desk.take()
    desk.matters, desk.pending, desk.files[FILE] = [], {"A": dt.date(2026, 10, 20)}, "a2"
    assert _hears(desk, "2026-10-13") == {"A": "resolved"}


def test_an_announcement_that_was_refused_is_made_although_there_is_time(tmp_path: Path) -> None:
    due = dt.date(2026, 10, 15)
    desk = make_desk(tmp_path, matters=[matter("A", since=dt.date(2026, 10, 12), due=due)])
    desk.refuse = lambda setting, digest: RuntimeError()  # type: ignore[assignment,return-value]
    desk.day("2026-10-12")
    desk.refuse = lambda setting, digest: None
    desk.matters, desk.pending = [], {"A": due}
    assert _hears(desk, "2026-10-13") == {"A": "new"}


def test_finding_about_a_file_is_replaced_by_another_without_thanks(tmp_path: Path) -> None:
    desk = make_desk(tmp_path, matters=[matter("S1", rule="SRC-1", path="x.xlsx")])
    desk.closed["x.xlsx"] = "已加密"
    desk.run("2026-10-12T08:30")
    desk.take()
    desk.matters = [matter("S2", rule="SRC-1", path="x.xlsx")]
    assert _hears(desk, "2026-10-13") == {"S1": "stopped", "S2": "new"}
    desk.matters, desk.closed, desk.files["x.xlsx"] = [], {}, "x1"
    assert _hears(desk, "2026-10-14") == {"S2": "resolved"}


def test_ages_count_working_days_since_the_event_or_the_first_sight(tmp_path: Path) -> None:
    desk = make_desk(tmp_path, matters=[
        matter("A", since=dt.date(2026, 9, 30), due=dt.date(2026, 10, 9)), matter("B"),
    ])  # fmt: skip
    seen = {}

    def note(path, agenda, facts, base):  # type: ignore[no-untyped-def]
        seen.update({item.matter.id: (item.age, item.overdue) for item in agenda.pending})
        desk.tools().write_overview(path, agenda, facts, base, {})

    desk.changed = {"write_agenda": note}
    desk.run("2026-10-12T08:30")
    assert seen == {"A": (4, 2), "B": (0, 0)}  # 10-08, 09, 10 and 12 are worked
    desk.run("2026-10-13T08:30")
    assert seen == {"A": (5, 3), "B": (1, 0)}


def test_nothing_of_restricted_files_is_told_or_kept() -> None:
    sight = Sight(read={FILE: "a1"}, hidden={"09_受限/台账.xlsx"})
    secret = matter("S", path="09_受限/台账.xlsx")
    today = dt.date(2026, 10, 12)
    assert compare(State(), [secret, matter("A")], sight, today).matters.keys() == {"A"}
    before = State()
    before.matters = compare(State(), [secret], Sight(read={}), today).matters
    after = compare(before, [], sight, today)
    assert after.matters == {}
    assert after.dropped == ["S"]


def test_the_memory_is_left_alone() -> None:
    state = State(files={FILE: SeenFile("a1")}, read_count=1)
    today = dt.date(2026, 10, 12)
    state.matters = compare(State(), [matter("A")], Sight(read={FILE: "a1"}), today).matters
    compare(state, [], Sight(read={}), dt.date(2026, 10, 13))
    assert state.matters["A"].standing is Standing.OPEN
    assert state.files == {FILE: SeenFile("a1")}


def test_sight_of_a_department(tmp_path: Path) -> None:
    desk = make_desk(tmp_path, closed={"x.xlsx": "损坏"})
    checked = desk.tools().check(tmp_path, dt.date(2026, 10, 12), None)
    sight = sight_of(checked.department, checked.result)
    assert sight.read == {CONFIGURATION: "c1", FILE: "a1", OTHER_FILE: "b1"}
    assert sight.closed == {"x.xlsx": "损坏"}
    assert sight.left("王假设")
    assert not sight.left(MANAGER)
    assert not sight.left("不认识的人")
