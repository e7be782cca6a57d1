"""The comparer of golden workbooks sees what matters and nothing else."""

import zipfile
from pathlib import Path

import pytest

from tests.golden import assert_same_workbook, differences

CORE = '<p xmlns:d="d"><d:created>2026-01-01</d:created><d:title>甲</d:title></p>'
PARTS = {
    "docProps/core.xml": CORE,
    "docProps/app.xml": "<p><Application>Microsoft Excel</Application></p>",
    "xl/worksheets/sheet1.xml": '<s><c r="A1" s="1"/><c r="A2"><v>2</v></c></s>',
    "xl/media/image1.png": "image",
}


def book(path: Path, **changes: str | None) -> Path:
    parts = PARTS | {name.replace("__", "/"): text for name, text in changes.items()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            if text is not None:
                archive.writestr(name, text)
    return path


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"docProps__core.xml": CORE.replace("2026", "2027")},
        {"docProps__app.xml": "<p><Application>LibreOffice</Application></p>"},
        {"xl__worksheets__sheet1.xml": '<s><c s="1" r="A1"></c><c r="A2"><v>2</v></c></s>'},
    ],
)
def test_equal(tmp_path, changes):
    assert_same_workbook(book(tmp_path / "a.xlsx", **changes), book(tmp_path / "b.xlsx"))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"xl__worksheets__sheet1.xml": '<s><c r="A1" s="2"/></s>'}, "xl/worksheets/sheet1.xml:"),
        (
            {"docProps__core.xml": CORE.replace("甲", "乙")},
            "docProps/core.xml:",
        ),
        ({"xl__media__image1.png": "other"}, "xl/media/image1.png:"),
        ({"xl__media__image1.png": None}, "missing: xl/media/image1.png"),
        ({"xl__new.xml": "<n/>"}, "only in a.xlsx: xl/new.xml"),
    ],
)
def test_different(tmp_path, changes, told):
    actual, expected = book(tmp_path / "a.xlsx", **changes), book(tmp_path / "b.xlsx")
    found = differences(actual, expected)
    assert len(found) == 1
    assert found[0].startswith(told)
    with pytest.raises(AssertionError, match="build again"):
        assert_same_workbook(actual, expected, "build again")
