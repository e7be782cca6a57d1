"""The door: help without heavy imports, Chinese sentences for every mistake, exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from toolkit.__main__ import main
from toolkit.cli import cli


def run(
    *arguments: str, cwd: Path | None = None, **environment: str
) -> subprocess.CompletedProcess:
    """The command as a user starts it."""
    return subprocess.run(
        [sys.executable, "-m", "toolkit", *arguments],
        capture_output=True,
        cwd=cwd,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **environment},
        check=False,
        timeout=120,
    )


def test_help_imports_nothing_heavy() -> None:
    heavy = ["pandas", "numpy", "openpyxl", "xlsxwriter", "rich", "jinja2", "python_calamine"]
    code = (
        "import sys\nfrom toolkit.__main__ import main\nmain(['--help'])\n"
        f"sys.exit(' '.join(set({heavy}) & set(sys.modules)) or None)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()


@pytest.mark.parametrize("name", [*cli.commands, "forms build"])
def test_every_command_explains_itself_in_chinese(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*name.split(), "--help"]) == 0
    text = capsys.readouterr().out
    assert "用法：toolkit" in text
    assert "选项" in text
    for english in ("Usage", "Options", "Commands", "Show this message"):
        assert english not in text
    text.encode("gbk")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["chek"], "没有命令 chek"),
        (["check"], "缺少参数"),
        (["check", ".", "--fial-on"], "是不是想写 --fail-on"),
        (["check", "没有这个文件夹"], "找不到文件夹"),
        (["check", ".", "--as-of", "3月5日"], "不是日期"),
        (["check", ".", "--fail-on", "重大"], "只能是"),
        (["check", ".", "多余"], "多余"),
        (["consolidate", "没有这个文件夹"], "找不到文件夹"),
        (["new", "请假条", "--folder", "."], "没有“请假条”这种表单"),
    ],
)
def test_a_mistake_gets_one_chinese_sentence(
    arguments: list[str],
    sentence: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert sentence in captured.err
    assert "Traceback" not in captured.err
    assert captured.err.count("\n") == 1
    captured.err.encode("gbk")


def test_a_bug_is_logged_and_told_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import platformdirs

    import toolkit.workflows.check as workflow

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("nobody expected this")

    monkeypatch.setattr(platformdirs, "user_log_path", lambda *_: tmp_path / "logs")
    monkeypatch.setattr(workflow, "check_folder", broken)
    assert main(["check", str(tmp_path)]) == 3
    error = capsys.readouterr().err
    assert "Traceback" not in error
    assert "toolkit-error.log" in error
    log = (tmp_path / "logs" / "toolkit-error.log").read_text("utf-8")
    assert "nobody expected this" in log


def test_an_empty_folder_is_clean(tmp_path: Path) -> None:
    done = run("check", str(tmp_path), "--json")
    assert done.returncode == 0, done.stderr.decode()
    told = json.loads(done.stdout)
    assert told["sources"] == []
    assert told["findings"] == []


def test_console_text_survives_code_page_936(tmp_path: Path) -> None:
    assert run("init", str(tmp_path / "部门")).returncode == 0
    done = run("check", str(tmp_path / "部门"), PYTHONIOENCODING="gbk")
    assert done.returncode == 0, done.stderr
    assert "检查日期" in done.stdout.decode("gbk")
    assert b"\x1b[" not in done.stdout, "no colour when piped"


def test_json_can_be_read_whatever_the_code_page(tmp_path: Path) -> None:
    folder = tmp_path / "部门"
    run("init", str(folder))
    done = run("check", str(folder), "--json", PYTHONIOENCODING="gbk")
    paths = [s["path"] for s in json.loads(done.stdout.decode("ascii"))["sources"]]
    assert "部门配置.xlsx" in paths


def test_catalogues_follow_their_contract(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "--json"]) == 0
    rules = json.loads(capsys.readouterr().out)["rules"]
    wanted = {"rule", "title", "article", "severity", "status", "waits_for", "needs"}
    assert all(wanted <= set(rule) for rule in rules)
    assert main(["forms", "--json"]) == 0
    forms = json.loads(capsys.readouterr().out)["forms"]
    assert {f["key"] for f in forms} >= {"F01", "F02", "F03", "F04", "F05"}
    field = {"key", "label", "aliases", "type", "required", "options", "article"}
    for form in forms:
        assert {"key", "title", "kind", "workbook", "sheets", "fields"} <= set(form)
        assert all(field == set(f) for f in form["fields"])
    for command in (["rules"], ["forms"]):
        assert main(command) == 0
        capsys.readouterr().out.encode("gbk")
