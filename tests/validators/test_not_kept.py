"""Registers that a department does not keep: one line each, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from tests.departments import build
from toolkit.model.dossier import Source, Status
from toolkit.model.finding import NotKept, Result, Severity
from toolkit.validators.engine import check
from toolkit.validators.registry import RuleSpec, load_rules

CORE: dict[str, Any] = {
    "initiation": [{}],
    "initiation_additions": [{}],
    "initiation_changes": [],
    "project_list": [{"account_sales": "周销", "first_presales": "钱一"}],
    "tracking": [{}],
    "leftovers": [],
    "improvement": [{}],
    "improvement_hours": [{}],
    "fault": [],
    "fault_attempts": [],
}


def spec(number: str, **options: Any) -> RuleSpec:
    return RuleSpec(number, "试验", 11, Severity.WARN, lambda dept: [], **options)


def lines(rules: list[RuleSpec], records: dict[str, Any] | None = None) -> list[str]:
    dept = build(CORE if records is None else records)
    return [n.sentence for n in check(dept, rules).not_kept]


def test_a_department_with_the_core_forms_gets_one_line_a_register() -> None:
    result = check(build(CORE))
    named = [(n.title, n.sheet) for n in result.not_kept]
    assert len(named) == len(set(named))
    core = {"技术支持立项单", "项目跟踪表", "产品改进申请单", "故障处理工作单"}
    assert not core & {title for title, _ in named}, "what is kept, filled or not, is not named"
    assert ("内部bug反馈表", "") in named
    assert ("部门协作登记", "流程简化") in named
    told = {rule for n in result.not_kept for rule in n.rules}
    assert told <= {r for r, v in result.results.items() if v is Result.NOT_APPLICABLE}
    for register in result.not_kept:
        register.sentence.encode("gbk")


def test_what_is_not_kept_is_no_finding() -> None:
    empty = {"bugs": [], "reinforcements": [], "urgings": [], "simplifications": [], "calls": []}
    without, with_all = check(build(CORE)), check(build({**CORE, **empty}))
    assert {n.form for n in without.not_kept} >= {"F05", "G03"}
    assert {n.form for n in with_all.not_kept} & {"F05", "G03"} == set()
    assert {f.id for f in without.findings} == {f.id for f in with_all.findings}
    assert without.undetermined == with_all.undetermined
    assert without.counts() == with_all.counts()


def test_what_is_told_of_a_register() -> None:
    rules = [
        spec("X10", needs=("urgings.urge_date",)),
        spec("X9", registers=("urgings",)),
        spec("X8", either=("urgings", "calls")),
        spec("X7", either=("urgings", "tracking")),
    ]
    (calls, urgings) = check(build(CORE), rules).not_kept
    assert urgings == NotKept("G03", "部门协作登记", "督促立项", ("X8", "X9", "X10"))
    assert calls.rules == ("X8",)
    assert urgings.sentence == (
        "没有《部门协作登记》的“督促立项”，X8、X9、X10 不适用；"
        "需要时用 toolkit new 部门协作登记 建立。"
    )
    assert urgings.as_dict() == {
        "form": "G03",
        "title": "部门协作登记",
        "sheet": "督促立项",
        "rules": ["X8", "X9", "X10"],
        "message": urgings.sentence,
    }


def test_of_many_rules_the_sentence_names_the_first_ones() -> None:
    some = NotKept("F05", "内部bug反馈表", "", tuple(f"X{n}" for n in range(1, 9)))
    many = NotKept("F05", "内部bug反馈表", "", tuple(f"X{n}" for n in range(1, 13)))
    assert "，X1、X2、X3、X4、X5、X6、X7、X8 不适用；" in some.sentence
    assert "，X1、X2、X3、X4、X5、X6、X7、X8等12条规则 不适用；" in many.sentence
    assert len(many.as_dict()["rules"]) == 12


def test_a_workbook_that_lacks_a_sheet_is_completed_and_not_made_anew() -> None:
    rules = [spec("X1", registers=("urgings",))]
    assert lines(rules, {**CORE, "calls": []}) == [
        "没有《部门协作登记》的“督促立项”，X1 不适用；需要时在这个工作簿里补上这张表。"
    ]
    assert lines(rules, {**CORE, "urgings": []}) == []


def test_a_case_form_and_the_configuration_are_one_register_each() -> None:
    rules = [
        spec("X1", needs=("fault.consent", "fault_attempts.measure")),
        spec("X2", registers=("roster",)),
        spec("X3", registers=("mail_groups",)),
    ]
    bare = {"tracking": [{}]}
    dept = build(bare)
    dept.dossier.bindings = [b for b in dept.dossier.bindings if b.form != "G19"]
    assert [(n.title, n.sheet, n.rules) for n in check(dept, rules).not_kept] == [
        ("故障处理工作单", "", ("X1",)),
        ("部门配置", "", ("X2", "X3")),
    ]
    assert [(n.title, n.sheet, n.there) for n in check(build(bare), rules).not_kept] == [
        ("故障处理工作单", "", False),
        ("部门配置", "邮件组", True),
    ]


@pytest.mark.parametrize("frame", ["complaints", "waivers", "parameters", "channels", "rulings"])
def test_restricted_registers_and_settings_are_never_told_of(frame: str) -> None:
    result = check(build(CORE), [spec("X1", registers=(frame,))])
    assert result.results == {"X1": Result.NOT_APPLICABLE}
    assert result.not_kept == []


def test_a_blank_workbook_in_its_place_only_waits_to_be_filled_in() -> None:
    rules = [spec("X1", registers=("urgings",)), spec("X2", registers=("calls",))]
    blank = Source("08_登记/部门协作登记.xlsx", form="G03")
    template = Source("00_空白表单/部门协作登记.xlsx", form="G03")
    for sources, sentences in (
        ([blank, template], ["《部门协作登记》还没有填写，X1、X2 不适用；用到时填写即可。"]),
        ([template], ["没有《部门协作登记》的“电话沟通”", "没有《部门协作登记》的“督促立项”"]),
    ):
        dept = build(CORE)
        dept.dossier.sources.extend(sources)
        found = sorted(n.sentence for n in check(dept, rules).not_kept)
        assert len(found) == len(sentences)
        assert all(f.startswith(s) for f, s in zip(found, sentences, strict=True))


def test_a_register_whose_file_was_not_read_is_not_called_missing() -> None:
    dept = build(CORE)
    dept.dossier.sources.append(Source("08_登记/部门协作登记.xlsx", Status.UNREADABLE))
    assert check(dept, [spec("X1", registers=("urgings",))]).not_kept == []


def test_nothing_is_missing_from_a_folder_without_forms() -> None:
    dept = build({})
    dept.dossier.bindings.clear()
    assert check(dept).not_kept == []


def test_every_rule_that_does_not_apply_is_told_of_unless_it_is_about_settings() -> None:
    dept = build({"tracking_sheet": [{}], "roster": [{"name": "钱一", "department": "售前"}]})
    result = check(dept)
    told = {rule for n in result.not_kept for rule in n.rules}
    silent = {r for r, v in result.results.items() if v is Result.NOT_APPLICABLE} - told
    rules = load_rules()
    for number in silent:
        frames = {*rules[number].registers, *(n.split(".")[0] for n in rules[number].needs)}
        absent = {frame for frame in frames if not dept.kept(frame)}
        forms = {dept.dossier.form_of[frame] for frame in absent}
        assert all(form.restricted or form.key == "G19" for form in forms), number
