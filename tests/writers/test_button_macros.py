"""xlwings' module made fit for LibreOffice, and the answer that its macros read."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path

import pytest

from toolkit.model.errors import ToolkitError
from toolkit.writers import button_macros
from toolkit.writers.button_answer import encoded, write_answer
from toolkit.writers.button_macros import for_libreoffice
from toolkit.writers.button_names import CONSOLE_FILE, FALLBACK_FILE
from toolkit.writers.button_workbook import write_console

NOW = datetime(2026, 11, 23, 10, 30)
PYTHON = "/usr/bin/python3"

# ---- xlwings' module


def installed_source() -> str:
    spec = find_spec("xlwings")
    assert spec
    assert spec.origin
    return (Path(spec.origin).parent / "xlwings.bas").read_text(encoding="ascii")


def test_xlwings_is_changed_only_where_libreoffice_needs_it() -> None:
    original = installed_source().splitlines()
    changed = for_libreoffice(installed_source()).splitlines()
    assert not [line for line in changed if re.search(r"#(Else)?If App", line)]
    added = [line.strip() for line in changed if line not in original]
    assert added == [
        "Dim isMissing As Boolean",
        "isMissing = Not FileOrFolderExistsOnMac(ParentFolder(sFileName))",
        "isMissing = (Len(Dir(ParentFolder(sFileName), vbDirectory)) = 0)",
        "If isMissing Then",
    ]
    assert "Redistribution and use in source and binary forms" in "\n".join(changed)
    # of the branches for other hosts nothing is left, of Excel's everything
    text = "\n".join(changed)
    assert "ActivePresentation" not in text
    assert text.count("Function GetUdfModules(Optional wb As Workbook) As String") == 1
    assert len(re.findall(r"^ *#If ", text, re.MULTILINE)) == text.count("#End If")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    Dim d As Dictionary\n", "    Dim d As Dict\n"),
        ("     MkDir ParentFolder(sFileName)\n", "     MakeDir ParentFolder(sFileName)\n"),
        ('App = "Microsoft Excel"', 'Host = "Microsoft Excel"'),
    ],
)
def test_another_xlwings_is_refused(old: str, new: str) -> None:
    source = installed_source()
    assert old in source
    with pytest.raises(ToolkitError, match="版本"):
        for_libreoffice(source.replace(old, new))


def test_a_place_that_is_there_twice_is_refused() -> None:
    source = installed_source()
    start = source.index("Function GetConfigFromSheet")
    with pytest.raises(ToolkitError, match="版本"):
        for_libreoffice(source + source[start : source.index("#End If\n\nFunction GetConfig(")])


def test_without_xlwings_the_user_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(button_macros, "find_spec", lambda name: None)
    for fallback_wanted, name in ((False, CONSOLE_FILE), (True, FALLBACK_FILE)):
        with pytest.raises(ToolkitError, match="pip install xlwings"):
            write_console(tmp_path / name, python=PYTHON, generated=NOW, fallback=fallback_wanted)
    assert list(tmp_path.iterdir()) == []


def test_making_the_console_does_not_import_xlwings(tmp_path: Path) -> None:
    code = (
        "import sys, datetime, pathlib; from toolkit.writers.button_workbook import write_console;"
        f"write_console(pathlib.Path(r'{tmp_path}') / '{CONSOLE_FILE}', python='p',"
        "generated=datetime.datetime(2026, 1, 1)); sys.exit('xlwings' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# ---- the answer


def decoded(text: str) -> str:
    """As Buttons.bas does it."""
    first, *rest = text.split("\\")
    units = "".join(chr(int(p[:5])) + p[5:] for p in rest)
    return (first + units).encode("utf-16", "surrogatepass").decode("utf-16")


@pytest.mark.parametrize("text", ["", "a b", "部门\\汇总\t12\n", "\\00020", "𠮷", "=1+1", '"'])
def test_texts_survive_the_answer(text: str) -> None:
    assert encoded(text).isascii()
    assert encoded(text).isprintable()
    assert decoded(encoded(text)) == text


def test_an_answer_is_never_written_into_somebodys_file(tmp_path: Path) -> None:
    path = tmp_path / "answer.txt"
    write_answer(path, {"console_state": "好", "console_files": 3}, message="完成")
    assert path.read_text() == (
        "console_state\ttext\t\\22909\nconsole_files\tnumber\t3\nmessage\tmessage\t\\23436\\25104\n"
    )
    with pytest.raises(FileExistsError):
        write_answer(path, {})
