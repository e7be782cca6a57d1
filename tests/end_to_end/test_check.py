"""`toolkit check` on a folder of workbooks: the JSON contract, stable ids, exit codes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import openpyxl
import pytest

from tests.end_to_end.departments import check, make_planted
from toolkit.__main__ import main
from toolkit.workflows.check import check_json


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_planted(tmp_path_factory.mktemp("department") / "示例 部门")


def copy_of(sample: Path, folder: Path) -> Path:
    shutil.copytree(sample, folder / "部门")
    return folder / "部门"


def test_json_follows_its_contract(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(sample), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert set(told) == {
        "schema", "as_of", "department", "sources", "findings", "undetermined", "not_kept",
        "counts",
    }  # fmt: skip
    assert told["as_of"] == "2026-11-20"
    assert told["department"] == "示例技术支持部"
    source = {"path", "form", "rows", "consolidated", "rejected", "status", "reason"}
    assert all(set(s) == source for s in told["sources"])
    finding = {
        "id", "rule", "article", "severity", "result", "path", "sheet", "cell", "cells", "count",
        "project", "person", "message", "hint", "waived",
    }  # fmt: skip
    assert told["findings"]
    for each in told["findings"]:
        assert set(each) == finding
        assert each["message"]
        assert each["hint"]
        assert each["cell"] in each["cells"]
        each["message"].encode("gbk")
    register = {"form", "title", "sheet", "rules", "message"}
    assert all(set(n) == register for n in told["not_kept"])
    assert len({f["id"] for f in told["findings"]}) == len(told["findings"])
    assert told["counts"]["error"] == sum(f["severity"] == "error" for f in told["findings"])


def test_registers_not_kept_are_one_line_each_and_cost_nothing(
    sample: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = copy_of(sample, tmp_path)
    shutil.rmtree(folder / "04_bug反馈")
    before = check_json(check(sample))
    after = check_json(check(folder))
    assert "F05" not in [n["form"] for n in before["not_kept"]]
    (bugs,) = (n for n in after["not_kept"] if n["form"] == "F05")
    assert bugs["message"].startswith("没有《内部bug反馈表》，R08-1、R08-2")
    assert {f["rule"] for f in after["findings"]} <= {f["rule"] for f in before["findings"]}
    main(["check", str(folder)])
    console = capsys.readouterr().out.splitlines()
    assert [line.strip() for line in console].count(bugs["message"]) == 1


def test_rows_reconcile_per_file(sample: Path) -> None:
    for source in check_json(check(sample))["sources"]:
        assert source["rows"] == source["consolidated"] + source["rejected"], source


@pytest.mark.parametrize(
    ("fail_on", "code"), [("error", 1), ("warn", 1), ("info", 1), ("never", 0)]
)
def test_exit_code_follows_fail_on(
    sample: Path, fail_on: str, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(sample), "--fail-on", fail_on]) == code
    assert "错误" in capsys.readouterr().out


def test_ids_survive_renamed_files(sample: Path, tmp_path: Path) -> None:
    moved = copy_of(sample, tmp_path)
    before = {f.id for f in check(sample).result.findings}
    for number, path in enumerate(sorted(moved.rglob("*.xlsx"))):
        if path.name != "部门配置.xlsx":
            path.rename(moved / f"文件 {number}.xlsx")
    assert {f.id for f in check(moved).result.findings} == before


def test_ids_survive_an_inserted_row(sample: Path, tmp_path: Path) -> None:
    moved = copy_of(sample, tmp_path)
    before = {f.id: f.cell for f in check(sample).result.findings}
    for path in (moved / "02_跟踪表").glob("*.xlsx"):
        book = openpyxl.load_workbook(path)
        book["跟踪记录"].insert_rows(4)
        book.save(path)
    after = {f.id: f.cell for f in check(moved).result.findings}
    assert set(after) == set(before)
    assert after != before, "the cells moved, the ids did not"


def test_findings_workbook_is_written_and_never_read_back(
    sample: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = copy_of(sample, tmp_path)
    before = check_json(check(folder))
    output = folder / "校验结果.xlsx"
    assert main(["check", str(folder), "--output", str(output)]) == 1
    assert "校验结果" in capsys.readouterr().out
    after = check_json(check(folder))
    assert after["findings"] == before["findings"]
    status = {s["path"]: s["status"] for s in after["sources"]}
    assert status["校验结果.xlsx"] == "output"


def test_as_of_sets_the_clock(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", str(sample), "--as-of", "2026-06-30", "--json"])
    assert json.loads(capsys.readouterr().out)["as_of"] == "2026-06-30"


def test_a_waiver_takes_effect(sample: Path, tmp_path: Path) -> None:
    folder = copy_of(sample, tmp_path)
    target = next(f for f in check(folder).result.findings if f.rule == "X07")
    book = openpyxl.load_workbook(folder / "部门配置.xlsx")
    sheet = book["豁免登记"]
    header = {c.value: c.column for c in sheet[3]}
    values = {
        "发现编号": target.id,
        "豁免理由": "过渡期",
        "批准人": "何协调",
        "有效期至": "2026-12-31",
    }
    for label, value in values.items():
        sheet.cell(4, header[label], value)
    book.save(folder / "部门配置.xlsx")
    result = check(folder).result
    waived = next(f for f in result.findings if f.id == target.id)
    assert "过渡期" in waived.waived
    assert result.counts()["waived"] == 1
