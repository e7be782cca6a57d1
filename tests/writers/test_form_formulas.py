"""The tint's formulas say what the conditions say, computed by a real spreadsheet program."""

import csv
import itertools
import shutil
import subprocess

import pandas as pd
import pytest
import xlsxwriter

from toolkit.model.condition import Condition
from toolkit.model.forms import Field, FieldType
from toolkit.writers.form_formulas import missing

VALUES = ("", "  ", "否", "遗留问题", "故障单转化")
CONDITIONS = (
    "always",
    "a",
    "!a",
    "a=否",
    "a!=否",
    "a=遗留问题|故障单转化",
    "a!=否|遗留问题",
    "a & !b",
)

COLUMNS = {"x": "A", "a": "B", "b": "C"}


def field(condition: str) -> Field:
    return Field("x", "甲", FieldType.TEXT, required=Condition.parse(condition))


def test_a_field_that_is_never_required_has_no_formula():
    with pytest.raises(ValueError, match="never required"):
        missing(Field("x", "甲", FieldType.TEXT), lambda key: key)


def test_quotes_are_doubled():
    assert missing(field('a=他说"否"'), lambda key: f"${key}$1") == (
        '=AND(LEN(TRIM($x$1))=0,TRIM($a$1)="他说""否""")'
    )


@pytest.mark.heavy
@pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice")
def test_formulas_agree_with_conditions(tmp_path):
    rows = list(itertools.product(("", " ", "有"), VALUES, ("", "乙")))
    frame = pd.DataFrame(rows, columns=["x", "a", "b"], dtype=object)
    path = tmp_path / "formulas.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows, 1):
            for column, text in enumerate(row):
                sheet.write_string(number - 1, column, text)
            for column, condition in enumerate(CONDITIONS, 3):
                formula = missing(field(condition), lambda key, n=number: f"${COLUMNS[key]}{n}")
                # an empty cached value makes LibreOffice compute it
                sheet.write_formula(number - 1, column, formula, None, "")
    subprocess.run(
        ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless",
         "--convert-to", "csv", "--outdir", str(tmp_path), str(path)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    with (tmp_path / "formulas.csv").open(encoding="utf-8", newline="") as stream:
        computed = [[cell == "TRUE" for cell in row[3:]] for row in csv.reader(stream)]
    blank_x = frame["x"].str.strip() == ""
    for column, condition in enumerate(CONDITIONS):
        expected = blank_x & Condition.parse(condition).mask(frame)
        assert [row[column] for row in computed] == list(expected), condition
