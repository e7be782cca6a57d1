"""`toolkit consolidate`: every row with its origin, figures that reconcile, nothing lost."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest

from tests.amounts import LONG, some
from tests.end_to_end.departments import NOW, check, make_clean, make_planted
from toolkit.__main__ import main
from toolkit.forms import load_forms
from toolkit.model.errors import ToolkitError
from toolkit.readers.reader import read_folder
from toolkit.regulation.period import Period
from toolkit.workflows.consolidate import consolidate_folder
from toolkit.writers.form_workbook import FormContent, write_form

SHEETS = [
    *("总览", "项目一览", "工程师一览", "跟踪记录汇总"),
    *("遗留问题", "研发申请与故障", "运行指标", "校验结果", "条款覆盖", "数据来源"),
]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_planted(tmp_path_factory.mktemp("consolidate") / "示例 部门#1")


def table(path: Path, sheet: str) -> list[dict[str, object]]:
    """The rows of a report sheet below its header, by column title."""
    book = openpyxl.load_workbook(path, data_only=True)
    rows = [list(r) for r in book[sheet].iter_rows(values_only=True)]
    start = max(range(min(8, len(rows))), key=lambda n: sum(v is not None for v in rows[n]))
    header = rows[start]
    return [dict(zip(header, r, strict=False)) for r in rows[start + 1 :] if any(r)]


def test_report_has_its_sheets_and_every_row(sample: Path, tmp_path: Path) -> None:
    done = consolidate_folder(
        sample, output=tmp_path / "部门汇总.xlsx", period=Period.of(), now=NOW
    )
    book = openpyxl.load_workbook(done.output)
    assert [s.title for s in book.worksheets if s.sheet_state == "visible"] == SHEETS
    rows = table(done.output, "跟踪记录汇总")
    records = done.checked.department.frame("tracking")
    assert len(rows) == len(records)
    assert sorted(str(r["具体内容"]) for r in rows) == sorted(records["content"])


def test_every_row_names_its_origin(sample: Path, tmp_path: Path) -> None:
    output = consolidate_folder(
        sample, output=tmp_path / "部门汇总.xlsx", period=Period.of(), now=NOW
    ).output
    originals: dict[str, openpyxl.Workbook] = {}
    for row in table(output, "跟踪记录汇总")[::17]:
        name = str(row["来源文件"])
        path = next(p for p in sample.rglob("*.xlsx") if p.name == name.rsplit("/", 1)[-1])
        book = originals.setdefault(name, openpyxl.load_workbook(path, data_only=True))
        line = [c.value for c in book[str(row["工作表"])][int(str(row["行号"]))]]
        assert row["具体内容"] in line


def test_json_follows_its_contract(
    sample: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "部门汇总.xlsx"
    assert main(["consolidate", str(sample), "--output", str(output), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert set(told) == {"output", "sources", "period", "counts", "seconds"}
    assert told["output"] == str(output)
    assert output.exists()


@LONG
def test_consolidating_twice_into_the_folder_gives_equal_figures(
    sample: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "部门"
    shutil.copytree(sample, folder)
    target = folder / "部门汇总.xlsx"
    first = consolidate_folder(folder, output=target, period=Period.of(), now=NOW)
    before = {s: table(target, s) for s in SHEETS[1:7]}
    second = consolidate_folder(folder, output=target, period=Period.of(), now=NOW)
    assert {s: table(target, s) for s in SHEETS[1:7]} == before
    assert first.checked.result.counts() == second.checked.result.counts()
    default = consolidate_folder(folder, output=None, period=Period.of(), now=NOW).output
    assert default == folder / "90_输出" / "部门汇总.xlsx"
    assert table(default, "跟踪记录汇总") == before["跟踪记录汇总"]


@pytest.mark.parametrize("period", some(["2026-03", "2026-Q2", "2026-W20"], 1))
def test_period_selects_the_records(sample: Path, tmp_path: Path, period: str) -> None:
    chosen = Period.of(period)
    done = consolidate_folder(sample, output=tmp_path / "r.xlsx", period=chosen, now=NOW)
    rows = table(done.output, "跟踪记录汇总")
    days = done.checked.department.frame("tracking")["support_date"]
    inside = days[(days >= str(chosen.first)) & (days <= str(chosen.last))]
    assert 0 < len(rows) == len(inside) < len(days)


@pytest.mark.parametrize("period", ["2026-13", "2026-Q5", "2026-W60", "上个月", "26-1"])
def test_nonsense_period_gets_one_sentence(
    sample: Path, period: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["consolidate", str(sample), "--period", period]) == 2
    assert period in capsys.readouterr().err


def test_staff_text_never_becomes_a_formula(tmp_path: Path) -> None:
    folder = tmp_path / "部门"
    folder.mkdir()
    texts = ["=1+1", "+8610", "-无", "@某人", '=HYPERLINK("http://x","y")', "https://example.com"]
    rows = [
        {"project_id": "XM2026-0001", "support_date": "2026-03-02", "content": text}
        for text in texts
    ]
    content = FormContent({"tracking_sheet": {"owner": "=钱一"}}, {"tracking": rows})
    write_form(load_forms()["F02"], folder / "项目跟踪表_=钱一.xlsx", content)
    output = tmp_path / "r.xlsx"
    consolidate_folder(folder, output=output, period=Period.of(), now=NOW)
    assert [r["具体内容"] for r in table(output, "跟踪记录汇总")] == texts
    with zipfile.ZipFile(output) as archive:
        formulas = [
            formula
            for name in archive.namelist()
            if name.startswith("xl/worksheets/sheet")
            for formula in re.findall(r"<f>([^<]*)</f>", archive.read(name).decode())
        ]
    ours = ("HYPERLINK(", "SUBTOTAL(")
    assert formulas, "links and totals are formulas"
    assert all(f.startswith(ours) and "http://x" not in f for f in formulas)


def test_a_failed_report_leaves_the_last_one(
    sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import toolkit.writers.report as report

    target = tmp_path / "部门汇总.xlsx"
    consolidate_folder(sample, output=target, period=Period.of(), now=NOW)
    before = target.read_bytes()

    def full_disk(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(report, "write_report", full_disk)
    with pytest.raises(ToolkitError):
        consolidate_folder(sample, output=target, period=Period.of(), now=NOW)
    assert target.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["部门汇总.xlsx"]


def test_totals_reconcile_in_the_sheet(sample: Path, tmp_path: Path) -> None:
    done = consolidate_folder(sample, output=tmp_path / "r.xlsx", period=Period.of(), now=NOW)
    sources = done.checked.department.dossier.sources
    book = openpyxl.load_workbook(done.output, data_only=True)
    texts = [str(v) for row in book["数据来源"].iter_rows(values_only=True) for v in row if v]
    assert sum(s.rows for s in sources) == sum(s.consolidated + s.rejected for s in sources)
    assert any(str(sum(s.rows for s in sources)) in t for t in texts)
    named = {t.rsplit("/", 1)[-1] for t in texts}
    assert {s.path.rsplit("/", 1)[-1] for s in sources} <= named


def test_reading_changes_no_byte(tmp_path: Path) -> None:
    folder = make_clean(tmp_path / "部门", 4)
    before = {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    check(folder)
    consolidate_folder(folder, output=None, period=Period.of(), now=NOW)
    read_folder(folder, load_forms())
    assert {p: p.read_bytes() for p in before} == before


@pytest.mark.skipif(sys.platform != "linux", reason="only here names are mere bytes")
def test_a_file_name_in_another_encoding(tmp_path: Path) -> None:
    folder = make_clean(tmp_path / "部门", 4)
    original = next((folder / "02_跟踪表").glob("*.xlsx"))
    raw = os.fsencode(original.parent) + b"/" + "某人的表.xlsx".encode("gbk")
    os.rename(original, raw)
    output = tmp_path / "r.xlsx"
    consolidate_folder(folder, output=output, period=Period.of(), now=NOW)
    places = {row["来源文件"] for row in table(output, "跟踪记录汇总")}
    assert "02_跟踪表/某人的表.xlsx" in places
