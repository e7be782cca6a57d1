"""Where the restricted workbook may be written, and that only its owner can read it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import openpyxl
import pytest

from tests.workflows.restricted.registers import NOW, make_department
from toolkit.model.errors import ToolkitError
from toolkit.regulation.period import Period
from toolkit.workflows.restricted import demand_restricted_target, write_restricted_report
from toolkit.writers.files import publish


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "部门" / "09_受限").mkdir(parents=True)
    (tmp_path / "部门" / "90_输出").mkdir()
    return tmp_path / "部门"


@pytest.mark.parametrize(
    "place", ["受限.xlsx", "02_跟踪表/受限.xlsx", "新文件夹/受限.xlsx", "01_立项/../受限.xlsx"]
)
def test_not_where_everybody_reads(folder: Path, place: str) -> None:
    with pytest.raises(ToolkitError, match="不能写在部门共享文件夹里") as refused:
        demand_restricted_target(folder, folder / place)
    assert "09_受限" in str(refused.value)
    assert not (folder / "新文件夹").exists()


@pytest.mark.parametrize(
    "place", ["部门/90_输出/a.xlsx", "部门/09_受限/90_输出/a.xlsx", "90_输出/a.xlsx"]
)
def test_not_among_the_outputs(folder: Path, place: str) -> None:
    with pytest.raises(ToolkitError, match="90_输出"):
        demand_restricted_target(folder, folder.parent / place)


def test_a_link_into_the_folder_is_the_folder(folder: Path) -> None:
    link = folder.parent / "链接"
    try:
        link.symlink_to(folder, target_is_directory=True)
    except OSError:
        pytest.skip("this system makes no links")
    with pytest.raises(ToolkitError, match="共享文件夹"):
        demand_restricted_target(folder, link / "受限.xlsx")
    with pytest.raises(ToolkitError, match="共享文件夹"):
        demand_restricted_target(link, folder / "受限.xlsx")


@pytest.mark.parametrize(
    "place", ["部门/09_受限/a.xlsx", "部门/09_受限/2026/a.xlsx", "外面/a.xlsx"]
)
def test_in_09_or_outside(folder: Path, place: str) -> None:
    demand_restricted_target(folder, folder.parent / place)


def test_not_over_somebodys_workbook(folder: Path) -> None:
    mine = folder.parent / "工资.xlsx"
    openpyxl.Workbook().save(mine)
    before = mine.read_bytes()
    with pytest.raises(ToolkitError, match="不是本工具的报告"):
        demand_restricted_target(folder, mine)
    assert mine.read_bytes() == before


def test_not_over_the_ordinary_report(folder: Path) -> None:
    with pytest.raises(ToolkitError, match="同一个文件"):
        demand_restricted_target(folder, folder.parent / "a.xlsx", folder.parent / "a.xlsx")


def test_only_workbooks(folder: Path) -> None:
    with pytest.raises(ToolkitError, match="xlsx"):
        demand_restricted_target(folder, folder.parent / "受限.csv")


@pytest.mark.skipif(os.name != "posix", reason="the system has no modes")
def test_only_the_owner_can_read_it_at_any_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, target = make_department(tmp_path / "部门"), tmp_path / "受限.xlsx"
    seen: list[int] = []

    def spy(tables: object, path: Path) -> None:
        seen.append(stat.S_IMODE(path.stat().st_mode))

    from toolkit.writers import restricted as writers

    write = writers.write_restricted
    monkeypatch.setattr(
        writers,
        "write_restricted",
        lambda path, tables, **more: (spy(tables, path), write(path, tables, **more))[1],
    )
    write_restricted_report(folder, target, period=Period.of(), now=NOW)
    target.chmod(0o644)
    write_restricted_report(folder, target, period=Period.of(), now=NOW)
    assert seen == [0o600, 0o600]
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert [p.name for p in tmp_path.iterdir() if p.name.endswith(".tmp")] == []


def test_publishing_is_what_the_mode_rests_on(tmp_path: Path) -> None:
    """A file that is published takes the mode of the one before it."""
    if os.name != "posix":
        pytest.skip("the system has no modes")
    target = tmp_path / "a.txt"
    target.write_text("")
    target.chmod(0o600)
    with publish(target) as temporary:
        temporary.write_text("new")
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
