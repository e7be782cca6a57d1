"""A department re-saved by LibreOffice in other formats reads to the same records."""

from __future__ import annotations

import shutil
from datetime import date, datetime
from pathlib import Path

import pytest

from tests.programs import libreoffice_convert
from tests.readers.workbooks import read, records, workbook
from toolkit.model.dossier import Dossier, ProblemKind

from .departments import make_planted

pytestmark = pytest.mark.heavy
HEADER = [
    "序号",
    "项目编号",
    "项目名称",
    "日期",
    "支持类型",
    "工作内容",
    "销售在场",
    "结果",
    "工时",
]


def own_sheet() -> bytes:
    """A sheet of a department's own make, with what readers get wrong."""
    day = date(2026, 3, 5)
    rows: list[list[object]] = [
        ["二〇二六年度跟踪", *[None] * 8],
        ["项目", None, None, *HEADER[3:]],
        [*HEADER[:3], *[None] * 6],
        [1, "XM2026-0001", "甲城档案平台", day, "测试", "测了三项\n又测一项", "是", "成功", 2.5],
        [2, None, None, "2026年3月6日", "产品测试", "补测并发", "否", "成功", "１．５小时"],
        [3, "XM2026-0001", "甲城档案平台", 46089, "产品测试", "写报告", True, "遗留", 0.1],
        [4, "XM2026-0002", "乙县云桌面", date(2026, 3, 9), "培训", "讲了一天", "是", None, 1.0],
        ["合计", None, None, None, None, None, None, None, 4.1],
    ]  # fmt: skip

    def change(book, sheet):
        sheet.merge_range(0, 0, 0, 8, "二〇二六年度跟踪")
        sheet.merge_range(1, 0, 1, 2, "项目")
        for column in range(3, 9):
            sheet.merge_range(1, column, 2, column, HEADER[column])
        sheet.merge_range(3, 1, 4, 1, "XM2026-0001")
        sheet.merge_range(3, 2, 4, 2, "甲城档案平台")
        sheet.write_formula(6, 7, "=NA()", None, "#N/A")
        sheet.write_formula(6, 8, "=1/0", None, "#DIV/0!")
        sheet.write_formula(5, 8, "=0.05+0.05", None, 0.1)
        sheet.write_formula(3, 9, '=IF(1=2,"x","")', None, "")
        sheet.set_row(4, None, None, {"hidden": True})
        sheet.write_comment(3, 5, "批注不是内容")

    return workbook({"样例甲": rows}, change)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("department") / "部门 #1"
    make_planted(folder)
    (folder / "02_跟踪表" / "自制跟踪表.xlsx").write_bytes(own_sheet())
    return folder


@pytest.fixture(scope="module")
def original(folder) -> Dossier:
    return read(folder)


def resaved(folder: Path, kind: str, home: Path) -> Dossier:
    files = sorted(folder.rglob("*.xlsx"))
    made = libreoffice_convert(files, kind, home / "converted", home / "profile")
    for file, new in zip(files, made, strict=True):
        target = home / "部门" / file.relative_to(folder).with_suffix(new.suffix)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(new, target)
    return read(home / "部门")


def test_the_own_sheet_reads_as_it_was_meant(original):
    rows = [r for r in records(original, "tracking") if r["content"] in ("补测并发", "写报告")]
    assert [r["support_date"] for r in rows] == [datetime(2026, 3, 6), datetime(2026, 3, 8)]
    assert [r["project_id"] for r in rows] == ["XM2026-0001", "XM2026-0001"]


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_resaved_by_libreoffice(folder, original, kind, tmp_path):
    dossier = resaved(folder, kind, tmp_path)
    assert dossier.frames.keys() == original.frames.keys()
    for block in original.frames:
        assert records(dossier, block) == records(original, block), block
        assert dossier.frame(block)["row"].tolist() == original.frame(block)["row"].tolist(), block
    for one, other in zip(dossier.sources, original.sources, strict=True):
        assert one.path.rpartition(".")[0] == other.path.rpartition(".")[0]
        for what in ("status", "reason", "form", "rows", "consolidated", "rejected", "hidden_rows"):
            assert getattr(one, what) == getattr(other, what), (one.path, what)
    assert problems(dossier) == problems(original)
    assert [(r.row, r.reason, r.text) for r in dossier.rejected] == [
        (r.row, r.reason, r.text) for r in original.rejected
    ]
    assert [p.message for p in dossier.source_problems] == [
        p.message for p in original.source_problems
    ]


def problems(dossier: Dossier) -> set[tuple[str, int, str, ProblemKind, str]]:
    return {(p.frame, p.index, p.field, p.kind, p.raw) for p in dossier.problems}
