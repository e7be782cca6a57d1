"""`toolkit adopt`: departments with own forms, from the first look to the same findings."""

from __future__ import annotations

import datetime as dt
import shutil
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.amounts import LONG, some
from tests.end_to_end.departments import check, planted_sample
from tests.end_to_end.managers import Decisions, complete_configuration, confirm, digests
from tests.end_to_end.own_forms import LABELS, WRITERS, without_history
from toolkit.forms import load_forms
from toolkit.model.adoption import Adoption
from toolkit.model.finding import Finding
from toolkit.readers.reader import read_folder
from toolkit.workflows.adopt import adopt_folder
from toolkit.writers.form_workbook import FormContent, write_form
from toolkit.writers.sample import SampleDepartment, write_sample

NOW = dt.datetime(2026, 11, 23, 9, 30)
CONFIGURATION, CONFIRMATION = "部门配置.xlsx", "列名别名_待确认.xlsx"
NO_FIELDS = {"天气", "档案柜号"}


@dataclass
class Adopted:
    """A department with own forms at the end of its way, and what was seen on the way."""

    kind: str
    department: SampleDepartment
    folder: Path
    official: Path
    before: dict[str, str]
    """Staff's files -> digest, before `adopt` ran."""
    unread: list[Finding]
    """Findings before `adopt`, and after it but before anything was confirmed."""
    unconfirmed: list[Finding]
    adoption: Adoption
    decisions: Decisions


def configuration_of(department: SampleDepartment) -> FormContent:
    return department.files[CONFIGURATION][1]


@pytest.fixture(scope="module", params=some(list(WRITERS), 1))
def adopted(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Adopted:
    """`beside` starts without 部门配置, the other two have one already."""
    kind, base = request.param, tmp_path_factory.mktemp(request.param)
    department = planted_sample()
    if kind == "names":
        department = without_history(department)
    write_sample(base / "官方", department)
    # the departments with own forms keep no register of approvals
    shutil.rmtree(base / "官方" / "08_登记")
    folder = base / "自有"
    folder.mkdir()
    WRITERS[kind](folder, department)
    if kind != "beside":
        write_form(load_forms()["G19"], folder / CONFIGURATION, configuration_of(department))
    before, unread = digests(folder), check(folder).result.findings
    adoption = adopt_folder(folder, now=NOW)
    unconfirmed = check(folder).result.findings
    written = adoption.configuration or adoption.confirmation
    assert written is not None
    decisions = confirm(written, kind)
    if adoption.configuration is not None:
        complete_configuration(written, configuration_of(department))
    return Adopted(
        kind, department, folder, base / "官方", before, unread, unconfirmed, adoption, decisions
    )


def essence(finding: Finding) -> tuple[str, str, str, str, int]:
    """What a finding is about, without places and words; projects by their names alone."""
    project = finding.project.split(" ")[-1]
    return finding.rule, finding.severity.value, project, finding.person, finding.count


@LONG
def test_check_finds_what_it_finds_on_the_official_forms(adopted: Adopted) -> None:
    official, own = check(adopted.official).result, check(adopted.folder).result
    assert len(official.findings) >= len(planted_sample().planted)
    assert Counter(map(essence, own.findings)) == Counter(map(essence, official.findings))
    unknown = {u.rule for u in own.undetermined} - {u.rule for u in official.undetermined}
    # two projects with one number need numbers; nobody wrote down whether the customer called
    assert unknown == ({"R09-4", "X37"} if adopted.kind == "names" else set())


def test_every_value_arrives_typed(adopted: Adopted) -> None:
    official = read_folder(adopted.official, load_forms())
    own = read_folder(adopted.folder, load_forms())
    unlike = {"project_id", "project_name", "net_hours"} if adopted.kind == "names" else set()
    for block, labels in LABELS[adopted.kind].items():
        columns = [key for key in labels if key not in unlike]
        if block == "tracking_sheet":
            continue  # `names` signs every sheet, the official form only the first one
        expected, found = (
            Counter(map(str, d.frame(block)[columns].itertuples(index=False, name=None)))
            for d in (official, own)
        )
        assert found == expected, block
        assert expected or "additions" in block or "changes" in block


def test_suggestions_are_right(adopted: Adopted) -> None:
    decisions = adopted.decisions
    assert decisions.corrected == []
    assert len(decisions.right) > 30
    assert len(decisions.chosen) <= 2
    assert {d.partition(" ")[0].partition(".")[2] for d in decisions.refused} <= NO_FIELDS


def test_no_staff_file_is_touched(adopted: Adopted) -> None:
    after = digests(adopted.folder)
    assert {path: after[path] for path in adopted.before} == adopted.before
    new = set(after) - set(adopted.before)
    assert new == {CONFIGURATION if adopted.kind == "beside" else CONFIRMATION}


def test_suggestions_do_nothing_before_they_are_confirmed(adopted: Adopted) -> None:
    if adopted.kind != "beside":
        assert adopted.unconfirmed == adopted.unread
        return
    # the new 部门配置 folds what lies before today into one line
    rules = Counter(f.rule for f in adopted.unconfirmed)
    assert rules["HIST"] == 1
    unread = {f.path for f in adopted.unread if f.rule == "SRC-4"}
    assert unread == {f.path for f in adopted.unconfirmed if f.rule == "SRC-4"}


def test_a_second_run_has_nothing_new(adopted: Adopted) -> None:
    before = digests(adopted.folder)
    again = adopt_folder(adopted.folder, now=NOW)
    assert (again.suggestions, again.configuration, again.confirmation) == ([], None, None)
    assert again.waiting == 0
    assert again.people == []
    assert digests(adopted.folder) == before


def test_the_roster_is_proposed_from_the_names(adopted: Adopted) -> None:
    known = {p.name: p.department for p in adopted.department.team.roster}
    if adopted.kind != "beside":
        assert adopted.adoption.people == []  # everybody stands in the roster already
        return
    found = {p.name: p.department for p in adopted.adoption.people}
    assert found.items() <= known.items()
    team = adopted.department.team
    assert {*team.engineers, *team.sales, *team.developers, *team.testers} <= set(found)
    roles = {p.role: p.name for p in adopted.adoption.people if p.role}
    assert roles == {r: team.managers[r] for r in ("售前经理", "研发经理")}


def test_it_says_what_was_bound_how_and_what_is_off(adopted: Adopted) -> None:
    adoption = adopted.adoption
    blocks = {b.block: b for b in adoption.blocks}
    assert set(LABELS[adopted.kind]) <= set(blocks)
    tracking = blocks["tracking"]
    assert "建议" in {how for b in tracking.bound for how in b.how}
    assert "别名" in {how for b in tracking.bound for how in b.how}
    assert tracking.after_confirmation is (adopted.kind == "beside")
    needed = [m for b in adoption.blocks for m in b.missing if m.required or m.rules]
    absent = [("项目编号", ("R09-4",)), ("是否发生客户沟通", ("X37",))]
    expected = absent if adopted.kind == "names" else []
    assert [(m.label, m.rules) for m in needed] == expected
    later = {r.rule for r in adoption.rules_off if r.after_confirmation}
    assert later
    assert adoption.rules_on + len(adoption.rules_off) + len(adoption.rules_unused) >= 50
