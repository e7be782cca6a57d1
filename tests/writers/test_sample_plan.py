"""The plan of a sample department: same seed, same plan; any size; everything on official forms."""

from __future__ import annotations

import time
from datetime import date

import openpyxl
import pandas as pd
import pytest

from toolkit.forms import load_forms
from toolkit.model.condition import blank
from toolkit.model.dossier import empty_frame
from toolkit.model.errors import ToolkitError
from toolkit.model.forms import Block, FieldType
from toolkit.writers.sample import SampleSize, plan_department, write_sample

from .sample_department import CHECK_DATE, Facts, planned

SEEDS = range(30)


def test_equal_seeds_give_equal_plans_and_others_differ() -> None:
    assert planned(7).contents == planned(7).contents
    assert planned(7).contents != planned(8).contents


def test_the_default_is_a_department_of_the_size_that_is_committed() -> None:
    facts = planned(2026)
    departments = [row["department"] for row in facts.roster.values()]
    assert len(list(facts.forms("tracking_sheet"))) == 6
    assert len(facts.projects) == 15
    assert len(list(facts.rows("tracking"))) == 300
    assert departments.count("售前") == 7  # six engineers and their manager
    assert departments.count("研发") == 4
    assert departments.count("销售") == 5


@pytest.mark.parametrize(
    ("engineers", "projects", "records"),
    [(1, 1, 0), (1, 1, 40), (2, 3, 7), (9, 2, 33), (40, 4, 10)],
)
def test_every_engineer_gets_his_projects_and_records(
    engineers: int, projects: int, records: int
) -> None:
    facts = planned(3, SampleSize.per_engineer(engineers, projects, records))
    assert len(facts.projects) == engineers * projects
    sheets = [c.tables["tracking"] for form, c in facts.contents.values() if form == "F02"]
    assert [len(rows) for rows in sheets] == [records] * engineers


def test_large_departments_are_planned_fast(capsys: pytest.CaptureFixture[str]) -> None:
    begun = time.perf_counter()
    department = plan_department(
        SampleSize.per_engineer(100, 5, 500), 1, check_date=CHECK_DATE, planted=False
    )
    planned_in = time.perf_counter() - begun
    with capsys.disabled():
        print(f"\n50,000 records in {len(department.files)} files planned in {planned_in:.1f} s")
    rows = sum(
        len(content.tables["tracking"])
        for form, content in department.files.values()
        if form == "F02"
    )
    assert rows == 50_000


def test_the_committed_size_shows_every_kind_of_project() -> None:
    facts = planned(2026)
    projects = facts.projects.values()
    assert {p.get("close_result") for p in projects} == {None, "成功", "失败", "取消"}
    assert any("charter_date" not in p for p in projects)
    assert any("acceptance_date" in p and "close_date" not in p for p in projects)
    roles = {change["role"] for changes in facts.changes.values() for change in changes}
    assert roles == {"责任销售", "第一售前", "第二售前"}
    assert any(facts.additions.values())
    requests = [values for _, values in facts.forms("improvement")]
    assert {v.get("ordinal") for v in requests} >= {1, 2, 3}
    assert {v["origin"] for v in requests} >= {"遗留问题", "故障单转化"}
    faults = [values for _, values in facts.forms("fault")]
    assert {v["basis"] for v in faults} == {"三次未解决", "明显严重bug"}
    assert any("convert_ref" in v for v in faults)
    assert any("close_date" in v for v in faults)
    assert any("close_date" not in v and "convert_ref" not in v for v in faults)
    assert any("close_date" not in row for _, row in facts.rows("leftovers"))
    types = {row["support_type"] for _, row in facts.rows("tracking")}
    assert types == set(load_forms()["F02"].block("tracking").field("support_type").options)


@pytest.mark.parametrize("seed", SEEDS)
def test_required_fields_are_filled_and_options_known(seed: int) -> None:
    facts = planned(seed)
    for form in load_forms().values():
        for block in form.blocks:
            _demand_complete(block, _records(facts, block))


def _records(facts: Facts, block: Block) -> list[dict[str, object]]:
    found = [*facts.rows(block.key), *facts.forms(block.key)]
    return [record for _, record in found]


def _demand_complete(block: Block, records: list[dict[str, object]]) -> None:
    columns = empty_frame(block).columns
    frame = pd.DataFrame([{c: r.get(c) or "" for c in columns} for r in records], dtype=object)
    for field in block.fields:
        if field.required is not None and not field.auto and len(frame):
            missing = field.required.mask(frame) & blank(frame[field.key])
            # 第一售前 of a leftover's row and the like are asked for by rules, not here
            assert not missing.any(), (block.key, field.key)
        if field.type in (FieldType.CHOICE, FieldType.YESNO, FieldType.CHOICES):
            for record in records:
                value = record.get(field.key) or ()
                assert set((value,) if isinstance(value, str) else value) <= set(field.options)


def test_file_names_are_safe_and_follow_the_forms() -> None:
    facts = planned(11, SampleSize.per_engineer(12, 5, 10))
    folders = {form.folder for form in load_forms().values()}
    for path in facts.contents:
        folder, _, name = path.rpartition("/")
        assert folder in folders
        assert len(name) <= 80
        assert not set(name) & set('<>:"\\|?*')
    assert len({path.casefold() for path in facts.contents}) == len(facts.contents)


@pytest.mark.parametrize(
    "size",
    [
        SampleSize(engineers=0),
        SampleSize(engineers=3, projects=2),
        SampleSize(sales=0),
        SampleSize(records=-1),
    ],
)
def test_impossible_sizes_are_refused(size: SampleSize) -> None:
    with pytest.raises(ToolkitError):
        plan_department(size, 1, check_date=CHECK_DATE, planted=False)


def test_a_year_that_has_hardly_begun_is_refused() -> None:
    with pytest.raises(ToolkitError, match="太早"):
        plan_department(SampleSize(), 1, check_date=date(2026, 2, 1), planted=False)


def test_written_workbooks_hold_the_plan_and_are_not_overwritten(tmp_path) -> None:
    size = SampleSize.per_engineer(2, 1, 5)
    department = plan_department(size, 5, check_date=CHECK_DATE, planted=False)
    seen: list[tuple[int, int]] = []
    paths = write_sample(tmp_path / "部门", department, lambda done, of: seen.append((done, of)))
    assert [path.relative_to(tmp_path / "部门").as_posix() for path in paths] == [*department.files]
    assert seen[-1] == (len(paths), len(paths))
    (path,) = (p for p in paths if p.name == "项目跟踪表_孙示例_2026.xlsx")
    sheet = openpyxl.load_workbook(path)["跟踪记录"]
    column = [c.value for c in sheet["I"]]
    wanted = department.files["02_跟踪表/" + path.name][1].tables["tracking"]
    assert [text for text in column if text in {row["content"] for row in wanted}] == [
        row["content"] for row in wanted
    ]
    before = path.read_bytes()
    with pytest.raises(ToolkitError, match="已经存在"):
        write_sample(tmp_path / "部门", department)
    assert path.read_bytes() == before


def test_the_same_plan_gives_the_same_bytes(tmp_path) -> None:
    for name in ("一", "二"):
        department = plan_department(
            SampleSize.per_engineer(1, 2, 5), 5, check_date=CHECK_DATE, planted=False
        )
        write_sample(tmp_path / name, department)
    for path in department.files:
        assert (tmp_path / "一" / path).read_bytes() == (tmp_path / "二" / path).read_bytes()
