"""`toolkit new`: prefilled from what the folder knows, numbered, never overwriting."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.end_to_end.departments import NOW, TODAY, check, grave, make_clean, make_planted
from toolkit.__main__ import main
from toolkit.forms import load_forms
from toolkit.model.errors import ToolkitError
from toolkit.readers.reader import read_folder
from toolkit.regulation.department import Department
from toolkit.workflows.init import init_department
from toolkit.workflows.new import new_form


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_clean(tmp_path / "部门", 3)


def read(folder: Path) -> Department:
    return Department.of(read_folder(folder, load_forms()), TODAY)


def running_project(folder: Path) -> tuple[str, str]:
    """Number and name of a project that is under way."""
    frame = read(folder).frame("initiation")
    row = frame[frame["state"] == "已立项"].iloc[0]
    return row["project_id"], row["project_name"]


@pytest.mark.parametrize("by_name", [False, True])
def test_improvement_request_is_prefilled(folder: Path, by_name: bool) -> None:
    number, name = running_project(folder)
    before = read(folder)
    key = before.projects.resolve(number, "")
    path = new_form(
        folder, "产品改进申请单", project=name if by_name else number, owner="", now=NOW
    )
    after = read(folder)
    relative = path.relative_to(folder).as_posix()
    source = next(n for n, s in enumerate(after.dossier.sources) if s.path == relative)
    frame = after.frame("improvement")
    row = frame[frame["source"] == source].iloc[0]
    assert row["project_id"] == number
    assert row["project_name"] == name
    assert row["responsible_presales"] == before.responsibility.at(key, "第一售前", TODAY)
    assert row["account_sales"] == before.responsibility.at(key, "责任销售", TODAY)
    assert row["number"].startswith(f"GJ-{number}-")
    assert path.name.startswith(f"产品改进申请单_{row['number']}_")
    known = before.frame("improvement")["number"]
    assert row["number"] not in set(known)


def test_each_new_form_gets_the_next_number(folder: Path) -> None:
    number, _ = running_project(folder)
    paths = [new_form(folder, "F04", project=number, owner="", now=NOW) for _ in range(3)]
    assert len(set(paths)) == 3
    assert all(p.exists() for p in paths)


def test_initiation_continues_the_numbering(folder: Path) -> None:
    used = [int(n[-4:]) for n in read(folder).projects.numbers.values() if n.startswith("XM2026")]
    path = new_form(folder, "立项单", project="某某 平台/二期", owner="", now=NOW)
    assert f"XM2026-{max(used) + 1:04d}" in path.name
    assert "/" not in path.name
    frame = read(folder).frame("initiation")
    assert "某某 平台/二期" in set(frame["project_name"])


def test_tracking_sheet_lists_the_owners_projects(folder: Path) -> None:
    dept = read(folder)
    owner = dept.frame("tracking_sheet")["owner"].iloc[0]
    for old in (folder / "02_跟踪表").glob(f"*{owner}*"):
        old.unlink()
    path = new_form(folder, "项目跟踪表", project="", owner=owner, now=NOW)
    assert owner in path.name
    listed = read(folder).frame("project_list")
    listed = listed[listed["owner"] == owner]
    frame = dept.frame("initiation")
    running = frame[frame["state"].isin(["已立项", "已验收"])]["project"]
    held = {p for p in running if dept.responsibility.at(p, "第一售前", TODAY) == owner}
    assert set(listed["project"]) == held


def test_nothing_is_overwritten(folder: Path) -> None:
    owner = read(folder).frame("tracking_sheet")["owner"].iloc[0]
    existing = next((folder / "02_跟踪表").glob(f"*{owner}_2026*"))
    before = existing.read_bytes()
    with pytest.raises(ToolkitError, match="已经存在"):
        new_form(folder, "F02", project="", owner=owner, now=NOW)
    assert existing.read_bytes() == before


@pytest.mark.parametrize(
    ("form", "project", "sentence"),
    [
        ("请假条", "", "没有“请假条”"),
        ("F03", "", "需要指明项目"),
        ("F03", "没有这个项目", "没有找到项目"),
        ("F02", "", "--owner"),
    ],
)
def test_what_is_missing_is_said(folder: Path, form: str, project: str, sentence: str) -> None:
    with pytest.raises(ToolkitError) as told:
        new_form(folder, form, project=project, owner="", now=NOW)
    assert sentence in str(told.value)


def test_a_known_project_is_not_initiated_twice(folder: Path) -> None:
    number, _ = running_project(folder)
    with pytest.raises(ToolkitError, match="已经有立项单"):
        new_form(folder, "F01", project=number, owner="", now=NOW)


def test_a_new_department_starts_clean(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "新 部门"
    made = init_department(folder)
    assert (folder / "部门配置.xlsx") in made
    assert grave(check(folder)) == []
    with pytest.raises(ToolkitError, match="已经是部门文件夹"):
        init_department(folder)
    assert main(["new", "立项单", "--project", "示例平台", "--folder", str(folder)]) == 0
    told = capsys.readouterr().out
    assert "已新建" in told
    assert len(list((folder / "01_立项").glob("*.xlsx"))) == 1


def test_a_folder_without_forms_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ToolkitError, match="不像部门文件夹"):
        new_form(tmp_path, "F01", project="示例", owner="", now=NOW)
    assert list(tmp_path.iterdir()) == []


def test_the_third_request_says_who_must_issue_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = make_planted(tmp_path / "部门")
    arguments = ["new", "F03", "--project", "XM2026-0001", "--folder", str(folder)]
    assert main(arguments) == 0
    assert "售前经理发出" in capsys.readouterr().out
    frame = read(folder).frame("improvement")
    few = frame["project_id"].value_counts()
    fresh = next(n for n in read(folder).frame("initiation")["project_id"] if n not in few)
    assert main([*arguments[:3], fresh, *arguments[4:]]) == 0
    assert "售前经理发出" not in capsys.readouterr().out


def test_a_register_that_the_check_misses_is_made_and_then_waits_to_be_filled_in(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(folder / "08_登记", ignore_errors=True)
    missing = [n for n in check(folder).result.not_kept if n.form == "G03"]
    assert len(missing) > 1
    assert all("toolkit new 部门协作登记" in n.sentence for n in missing)
    assert main(["new", "部门协作登记", "--folder", str(folder)]) == 0
    assert (folder / "08_登记" / "部门协作登记.xlsx").is_file()
    assert "已新建" in capsys.readouterr().out
    (blank,) = (n for n in check(folder).result.not_kept if n.form == "G03")
    assert "还没有填写" in blank.sentence
    assert set(blank.rules) == {rule for n in missing for rule in n.rules}
    assert main(["new", "部门协作登记", "--folder", str(folder)]) == 2, "nothing is overwritten"
