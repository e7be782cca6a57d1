"""Reports and blank forms never replace what somebody made (DESIGN.md, promise 2)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.amounts import LONG
from tests.end_to_end.departments import check, make_clean
from toolkit.__main__ import main
from toolkit.workflows.forms import build_forms

pytestmark = LONG


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_clean(tmp_path / "部门", 2)


@pytest.mark.parametrize("command", ["check", "consolidate"])
@pytest.mark.parametrize("staff_file", ["部门配置.xlsx", "立项单"])
def test_a_report_never_replaces_a_staff_file(
    folder: Path, command: str, staff_file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    target = next(folder.rglob(f"*{staff_file}*"))
    before = target.read_bytes()
    assert main([command, str(folder), "--output", str(target)]) == 2
    assert "没有改动它" in capsys.readouterr().err
    assert target.read_bytes() == before


@pytest.mark.parametrize("command", ["check", "consolidate"])
@pytest.mark.parametrize(
    ("target", "sentence"), [("报告.txt", ".xlsx"), (".", "是文件夹"), ("坏.xlsx", "没有改动它")]
)
def test_an_impossible_target_gets_one_sentence(
    folder: Path,
    tmp_path: Path,
    command: str,
    target: str,
    sentence: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "坏.xlsx").write_text("不是工作簿", "utf-8")
    assert main([command, str(folder), "--output", str(tmp_path / target)]) == 2
    error = capsys.readouterr().err
    assert sentence in error
    assert error.count("\n") == 1
    assert (tmp_path / "坏.xlsx").read_text("utf-8") == "不是工作簿"


def test_a_report_replaces_the_last_report(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "新的" / "部门汇总.xlsx"
    for _ in range(2):
        assert main(["consolidate", str(folder), "--output", str(target)]) == 0
    assert main(["check", str(folder), "--output", str(target), "--fail-on", "never"]) == 0


def test_blank_forms_never_replace_filled_ones(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (folder / "部门配置.xlsx").read_bytes()
    assert main(["forms", "build", "--folder", str(folder)]) == 2
    assert "已有内容" in capsys.readouterr().err
    assert (folder / "部门配置.xlsx").read_bytes() == before
    assert not (folder / "项目跟踪表.xlsx").exists()


def test_the_open_console_is_no_finding(folder: Path) -> None:
    """Its own lock lies in the folder at every press of a button."""
    assert main(["buttons", "install", str(folder)]) == 0
    (folder / "~$合并汇总控制台.xlsm").write_bytes(b"\x04Test")
    (folder / ".~lock.合并汇总控制台.xlsm#").write_text(",user,pc,,", "utf-8")
    assert not [f for f in check(folder).result.findings if f.rule == "SRC-2"]
    (folder / "~$部门配置.xlsx").write_bytes(b"\x04Test")
    assert [f.rule for f in check(folder).result.findings] == ["SRC-2"]


def test_blank_forms_may_be_built_again(tmp_path: Path) -> None:
    assert build_forms(tmp_path) == build_forms(tmp_path)
