"""macros/: launchers for people without macros; the .sh is run, the .bat is read."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.end_to_end.departments import make_clean
from toolkit.model.resources import bundled

MACROS = bundled("macros")
JOBS = {"合并汇总": "consolidate", "校验": "check"}


def launch(script: Path, *arguments: Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", str(script), *map(str, arguments)],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        cwd=cwd,
        env={**os.environ, "TOOLKIT_PYTHON": sys.executable, "PYTHONIOENCODING": "utf-8"},
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clean(tmp_path_factory.mktemp("launch") / "技术 支持=部", 6)


@pytest.mark.skipif(os.name != "posix", reason="POSIX 脚本")
class TestShell:
    def test_a_dropped_folder_is_consolidated(self, folder: Path, tmp_path: Path) -> None:
        done = launch(MACROS / "合并汇总.sh", folder, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert "部门汇总已写入" in done.stdout
        assert (folder / "90_输出" / "部门汇总.xlsx").is_file()

    @pytest.mark.parametrize("suffix", ["sh", "command"])
    def test_a_dropped_workbook_means_its_department(
        self, folder: Path, tmp_path: Path, suffix: str
    ) -> None:
        workbook = next((folder / "02_跟踪表").glob("*.xlsx"))
        done = launch(MACROS / f"校验.{suffix}", workbook, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert "错误 0" in done.stdout

    def test_without_anything_its_own_folder_is_meant(self, folder: Path, tmp_path: Path) -> None:
        shutil.copy(MACROS / "校验.sh", folder / "校验.sh")
        done = launch(folder / "校验.sh", cwd=tmp_path)
        assert "示例技术支持部" in done.stdout

    def test_a_missing_folder_is_said(self, tmp_path: Path) -> None:
        done = launch(MACROS / "合并汇总.sh", tmp_path / "没有", cwd=tmp_path)
        assert done.returncode == 2
        assert "找不到文件夹" in done.stderr


@pytest.mark.parametrize(("name", "command"), JOBS.items())
def test_batch_files_are_plain(name: str, command: str) -> None:
    content = (MACROS / f"{name}.bat").read_bytes()
    text = content.decode("ascii")
    lines = text.replace("\r\n", "\n").splitlines()
    assert content.count(b"\r\n") == len(lines), "Windows line ends"
    assert "chcp 65001 >nul" in lines
    assert lines.index('pushd "%~dp0"') < lines.index("popd")
    assert lines[-1] == "pause"
    calls = [line for line in lines if "-m toolkit" in line]
    assert len(calls) == 2
    assert all(line.endswith(f'-m toolkit {command} "%TARGET%"') for line in calls)
    assert 'set "TARGET=%~1"' in lines, "quotes of a dropped path are taken off and put on again"


def test_launchers_come_in_every_kind() -> None:
    for name in JOBS:
        for suffix in ("bat", "sh", "command"):
            assert (MACROS / f"{name}.{suffix}").is_file()
