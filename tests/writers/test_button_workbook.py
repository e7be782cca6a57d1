"""The console: what its buttons call, what its macros need, and that LibreOffice can run it."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
import zipfile
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from tests.writers.console_files import BUTTONS_BAS, named_cells, part
from tests.writers.vba_parsers import by_olevba
from toolkit.forms import load_forms
from toolkit.readers.reader import read_folder
from toolkit.writers import button_names
from toolkit.writers.button_macros import quickstart_project
from toolkit.writers.button_names import CONSOLE_FILE, FALLBACK_FILE, JOBS, console_cells
from toolkit.writers.button_workbook import write_console

NOW = datetime(2026, 11, 23, 10, 30)
PYTHON = r"C:\Program Files\Python 3.13\python.exe"
SPREADSHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("console") / CONSOLE_FILE
    write_console(path, python=PYTHON, generated=NOW, folder=r"\\srv\部门", period="2026-11")
    return path


@pytest.fixture(scope="module")
def fallback(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("fallback") / FALLBACK_FILE
    write_console(path, python=PYTHON, generated=NOW, fallback=True)
    return path


def bindings(path: Path) -> dict[str, str]:
    """Caption -> macro of every button, as the drawing says."""
    drawing = ElementTree.fromstring(part(path, "xl/drawings/vmlDrawing1.vml"))
    vml, excel = "{urn:schemas-microsoft-com:vml}", "{urn:schemas-microsoft-com:office:excel}"
    found = {}
    for shape in drawing.iter(f"{vml}shape"):
        caption = "".join(next(shape.iter(f"{vml}textbox")).itertext())
        found[caption] = next(shape.iter(f"{excel}FmlaMacro")).text or ""
    return found


def subs(source: str) -> set[str]:
    return set(re.findall(r"^(?:Public )?Sub (\w+)\(\)", source, re.MULTILINE))


# ---- what the file says


def test_each_button_calls_its_sub(console: Path) -> None:
    assert bindings(console) == {
        "合并汇总": "[0]!Buttons.ConsolidateAll",
        "校验全部": "[0]!Buttons.CheckAll",
        "催办邮件": "[0]!Buttons.RemindByMail",
        "打开结果": "[0]!Buttons.OpenResult",
        "校验本表": "[0]!Buttons.CheckThisForm",
        "清除标记": "[0]!Buttons.ClearMarks",
    }
    stored = by_olevba(part(console, "xl/vbaProject.bin"))["Buttons"]
    assert stored.splitlines() == BUTTONS_BAS.splitlines()
    assert {macro.rpartition(".")[2] for macro in bindings(console).values()} == subs(stored)


def test_each_sub_starts_its_job() -> None:
    found = re.findall(r'^Public Sub (\w+)\(\)\n    RunJob "(\w+)"', BUTTONS_BAS, re.MULTILINE)
    assert dict(found) == JOBS
    command = re.search(r'RunPython\("(.*?)"\) = -1', BUTTONS_BAS)
    assert command
    # between double quotes on the command line, and run by Python
    assert command[1].count('"') == 2
    code = command[1].replace('" & job & "', "consolidate")
    assert code == "import toolkit.buttons; toolkit.buttons.click('consolidate')"
    compile(code, "command", "exec")


def test_the_captions_have_a_font_with_chinese(console: Path) -> None:
    drawing = part(console, "xl/drawings/vmlDrawing1.vml").decode("utf-8")
    fonts = re.findall(r'<font face="([^"]+)" size="(\d+)"[^>]*>([^<]+)<', drawing)
    assert {face for face, _, _ in fonts} == {"微软雅黑"}
    assert {caption: size for _, size, caption in fonts}["合并汇总"] == "260"
    assert len(fonts) == len(JOBS)


def code_names(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as book:
        parts = sorted(n for n in book.namelist() if re.match(r"xl/worksheets/sheet\d+\.xml", n))
        trees = [ElementTree.fromstring(book.read(name)) for name in parts]
    return [next(tree.iter(f"{SPREADSHEET}sheetPr")).attrib["codeName"] for tree in trees]


def test_every_sheet_has_its_document_module(console: Path) -> None:
    stored = by_olevba(part(console, "xl/vbaProject.bin"))
    assert code_names(console) == ["Console", "Settings", "Texts", "Meta"]
    assert set(stored) == {"ThisWorkbook", *code_names(console), "xlwings", "Buttons"}
    workbook = ElementTree.fromstring(part(console, "xl/workbook.xml"))
    properties = next(workbook.iter(f"{SPREADSHEET}workbookPr"))
    assert properties.attrib["codeName"] == "ThisWorkbook"


def test_python_and_macros_find_every_cell_by_name(console: Path) -> None:
    places = named_cells(console)
    wanted = {*console_cells(), button_names.FOLDER, button_names.PERIOD, button_names.PYTHON_CELL}
    texts = {f"text_{key}" for key in re.findall(r'Sentence\("(\w+)"\)', BUTTONS_BAS)}
    assert texts
    assert set(places) == wanted | texts
    used = set(re.findall(r'Named\("(\w+)"\)|Argument\("--\w+", "(\w+)"\)', BUTTONS_BAS))
    assert {a or b for a, b in used} <= wanted
    assert len({(sheet.title, cell) for sheet, cell in places.values()}) == len(places)
    for sheet, cell in places.values():
        # inside a merge only the first cell can be written
        merged = [str(r) for r in sheet.merged_cells.ranges if cell in r]
        assert not merged or merged[0].startswith(f"{cell}:")


def test_only_figures_are_numbers(console: Path) -> None:
    for name, (sheet, cell) in named_cells(console).items():
        expected = "#,##0" if name in button_names.FIGURES else "@"
        assert sheet[cell].number_format == expected, name


def test_settings_are_taken_over(console: Path) -> None:
    places = named_cells(console)
    values = {
        name: sheet[cell].value for name, (sheet, cell) in places.items() if name[:4] == "cons"
    }
    assert values["console_folder"] == r"\\srv\部门"
    assert values["console_period"] == "2026-11"
    assert values["console_form"] is None
    assert values["console_errors"] == "—"


def test_what_the_macros_say(console: Path) -> None:
    said = {n: s[c].value for n, (s, c) in named_cells(console).items() if n.startswith("text_")}
    assert "toolkit buttons install" in said["text_python_missing"]
    assert "toolkit doctor" in said["text_result_missing"]
    for sentence in said.values():
        assert sentence.encode("gbk")
    assert len(set(said.values())) == len(said)


@pytest.mark.parametrize("edition", ["console", "fallback"])
def test_settings_of_xlwings(edition: str, request: pytest.FixtureRequest) -> None:
    book = openpyxl.load_workbook(request.getfixturevalue(edition), keep_vba=True)
    sheet = book["xlwings.conf"]
    assert sheet.sheet_state == "hidden"
    assert dict(sheet.iter_rows(values_only=True)) == {
        "INTERPRETER_WIN": "%TOOLKIT_PYTHON%",
        "INTERPRETER_MAC": PYTHON,
        "ADD_WORKBOOK_TO_PYTHONPATH": "False",
        "TOOLKIT_PYTHON": PYTHON,
    }
    visible = [s.title for s in book if s.sheet_state == "visible"]
    assert visible == ["控制台"]


@pytest.mark.parametrize("edition", ["console", "fallback"])
def test_the_reader_passes_the_console_over(edition: str, request: pytest.FixtureRequest) -> None:
    path: Path = request.getfixturevalue(edition)
    dossier = read_folder(path.parent, load_forms())
    assert [(s.path, s.rows) for s in dossier.sources] == [(path.name, 0)]
    assert dossier.sources[0].status.value in ("output", "ignored")


def test_the_same_console_has_the_same_bytes(console: Path, tmp_path: Path) -> None:
    again = tmp_path / CONSOLE_FILE
    write_console(again, python=PYTHON, generated=NOW, folder=r"\\srv\部门", period="2026-11")
    for name in zipfile.ZipFile(console).namelist():
        assert part(again, name) == part(console, name), name


def test_texts_never_become_formulas(tmp_path: Path) -> None:
    path = tmp_path / CONSOLE_FILE
    write_console(path, python="=1+1", generated=NOW, folder="=A1", department="=B1")
    with zipfile.ZipFile(path) as book:
        sheets = [n for n in book.namelist() if n.startswith("xl/worksheets/sheet")]
        assert not any(b"<f>" in book.read(name) for name in sheets)
    places = named_cells(path)
    sheet, cell = places[button_names.FOLDER]
    assert sheet[cell].value == "=A1"


def test_other_names_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="name"):
        write_console(tmp_path / "控制台.xlsx", python=PYTHON, generated=NOW)
    with pytest.raises(ValueError, match="name"):
        write_console(tmp_path / CONSOLE_FILE, python=PYTHON, generated=NOW, fallback=True)
    assert list(tmp_path.iterdir()) == []


# ---- the edition on xlwings' own project


def test_the_fallback_is_xlwings_own_project(fallback: Path) -> None:
    assert part(fallback, "xl/vbaProject.bin") == quickstart_project()
    assert bindings(fallback) == {"合并汇总": "[0]!Module1.SampleCall"}
    stored = by_olevba(quickstart_project())
    assert "SampleCall" in subs(stored["Module1"])
    # the Sub imports the module of the workbook's name
    assert 'RunPython "import " & mymodule & ";" & mymodule & ".main()"' in stored["Module1"]
    assert fallback.name.rpartition(".")[0] == "toolkit.buttons"
    assert code_names(fallback)[:2] == ["Sheet1", "Sheet2"]
    assert {"Sheet1", "Sheet2"} <= set(stored)


def test_the_fallback_promises_only_its_button(fallback: Path) -> None:
    places = named_cells(fallback)
    assert set(console_cells()) - set(places) == {button_names.FORM}
    sheet, cell = places[button_names.first_thing(1, "text")]
    assert sheet[cell].value == "按“合并汇总”后，最要紧的五件事列在这里。"
