"""The VBA project, read back by parsers that know nothing of the writer."""

from __future__ import annotations

import io
import random
import re
import string
import zipfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import olefile
import pytest
import xlsxwriter

from tests.writers.office import Office
from tests.writers.vba_parsers import by_olevba, by_vba_insight, references_of
from tests.writers.vba_sources import LONGEST, long_source
from toolkit.writers.vba import CLASS, Document, Module, Reference, vba_project

DOCUMENTS = (Document("ThisWorkbook", is_workbook=True), Document("Console"))
RUN = 'Sub Run()\n    MsgBox "done"\nEnd Sub'


MODULES = (
    Module("Tiny", ""),
    Module("Buttons", RUN),
    Module("Long", long_source(12_000)),
    Module("Kind", "Public Weight As Double", CLASS),
)
PROJECT = vba_project(MODULES, DOCUMENTS)


@pytest.mark.parametrize("parsed", [by_olevba, by_vba_insight])
def test_two_parsers_find_the_same_sources(parsed: Callable[[bytes], dict[str, str]]) -> None:
    found = {name: code.rstrip(" ").splitlines() for name, code in parsed(PROJECT).items()}
    assert set(found) == {m.name for m in MODULES} | {d.name for d in DOCUMENTS}
    for module in MODULES:
        lines = found[module.name]
        assert lines[0] == f'Attribute VB_Name = "{module.name}"'
        own = [line for line in lines if not line.startswith("Attribute VB_")]
        assert own == module.source.splitlines()
    for document, base in zip(DOCUMENTS, ("00020819", "00020820"), strict=True):
        assert (
            f'Attribute VB_Base = "0{{{base}-0000-0000-C000-000000000046}}"' in found[document.name]
        )


def test_a_very_long_module() -> None:
    module = Module("Huge", long_source(LONGEST))
    stored = by_olevba(vba_project([module], DOCUMENTS))["Huge"]
    assert stored.splitlines()[1:] == module.source.splitlines()


def test_incompressible_ends_of_sources_gain_only_blanks() -> None:
    letters = string.ascii_letters + string.digits + "+-*/<>"
    noise = "".join(random.Random(8).choices(letters, k=3900))
    source = "".join(f"'{noise[at : at + 900]}\n" for at in range(0, len(noise), 900))
    stored = by_olevba(vba_project([Module("Noise", source)], DOCUMENTS))["Noise"]
    assert stored.rstrip(" ") == 'Attribute VB_Name = "Noise"\r\n' + source.replace("\n", "\r\n")
    assert stored.count("\0") == 0


def test_the_project_describes_itself() -> None:
    with olefile.OleFileIO(PROJECT) as ole:
        text = ole.openstream("PROJECT").read().decode("ascii")
        assert ole.openstream("VBA/_VBA_PROJECT").read() == bytes.fromhex("cc61ffff000000")
        wm = ole.openstream("PROJECTwm").read()
    order = [*(d.name for d in DOCUMENTS), *(m.name for m in MODULES)]
    assert wm == b"".join(f"{n}\0".encode() + f"{n}\0".encode("utf-16-le") for n in order) + b"\0\0"
    assert re.findall(r"^(Document|Module|Class)=(\w+)", text, re.MULTILINE) == [
        ("Document", "ThisWorkbook"),
        ("Document", "Console"),
        ("Module", "Tiny"),
        ("Module", "Buttons"),
        ("Module", "Long"),
        ("Class", "Kind"),
    ]
    assert text.count("\n") == text.count("\r\n")


def revealed(project_text: str, key: str) -> bytes:
    """The data behind CMG, DPB and GC (MS-OVBA 2.4.3.3); checks the key that is hidden in it."""
    identity = re.search(r'ID="([^"]+)"', project_text)
    found = re.search(rf'{key}="([0-9A-F]+)"', project_text)
    assert identity
    assert found
    raw = bytes.fromhex(found[1])
    seed, version, secret = raw[0], raw[0] ^ raw[1], raw[0] ^ raw[2]
    assert version == 2
    assert secret == sum(identity[1].encode()) & 0xFF
    plain, before = b"", secret
    for at in range(3, len(raw)):
        before = raw[at] ^ (raw[at - 2] + before & 0xFF)
        plain += bytes([before])
    plain = plain[(seed & 6) // 2 :]
    assert int.from_bytes(plain[:4], "little") == len(plain) - 4
    return plain[4:]


def test_protection_is_hidden_as_office_hides_it() -> None:
    spec = find_spec("xlwings")
    assert spec
    assert spec.origin
    with zipfile.ZipFile(Path(spec.origin).parent / "quickstart.xlsm") as made_in_excel:
        excels = made_in_excel.read("xl/vbaProject.bin")
    for project in (excels, PROJECT, vba_project([], DOCUMENTS, name="Other")):
        with olefile.OleFileIO(project) as ole:
            text = ole.openstream("PROJECT").read().decode("latin-1")
        assert revealed(text, "CMG") == bytes(4)  # not protected
        assert revealed(text, "DPB") == b"\0"  # no password
        assert revealed(text, "GC") == b"\xff"  # visible


def test_references_are_listed() -> None:
    libid = r"*\G{420B2830-E718-11CF-893D-00A0C9054228}#1.0#0#C:\scrrun.dll#Scripting Runtime"
    project = vba_project([], DOCUMENTS, references=[Reference("Scripting", libid)])
    assert references_of(project) == [("Scripting", libid)]
    assert [name for name, _ in references_of(PROJECT)] == ["stdole"]


def test_the_same_sources_give_the_same_bytes() -> None:
    assert vba_project(MODULES, DOCUMENTS) == PROJECT
    other = vba_project([*MODULES[1:], Module("Tiny", "' changed")], DOCUMENTS)
    identities = [
        re.search(rb'ID="([^"]+)"', olefile.OleFileIO(p).openstream("PROJECT").read())
        for p in (PROJECT, other)
    ]
    assert len({match[1] for match in identities if match}) == 2


@pytest.mark.parametrize(
    ("module", "complaint"),
    [
        (Module("A", "x = 1\n' 汇总"), "line 2"),
        (Module("A", "x = 1\0"), "line 1"),
        (Module("A", "'" + "x" * 1023), "longer"),
        (Module("A", 'Attribute VB_Name = "B"'), "calls itself"),
        (Module("1st", ""), "no name"),
        (Module("控制台", ""), "no name"),
        (Module("A" * 32, ""), "no name"),
        (Module("thisworkbook", ""), "same name"),
    ],
)
def test_what_vba_would_refuse_is_refused(module: Module, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        vba_project([module], DOCUMENTS)


@pytest.mark.heavy
def test_libreoffice_reads_every_source_and_runs_a_sub(tmp_path: Path) -> None:
    done = tmp_path / "done.txt"
    mark = f'Sub Mark()\n Open "{done}" For Output As #1\n Print #1, Long7\n Close #1\nEnd Sub\n'
    long = f"Function Long7()\n    Long7 = 7\nEnd Function\n{long_source(LONGEST)}"
    # what it compiles must be right, so the long source is a comment
    long = "\n".join(f"' {line}" if "If" in line else line for line in long.splitlines())
    modules = [Module("Marks", mark), Module("LongOne", long)]
    book = xlsxwriter.Workbook(str(tmp_path / "book.xlsm"))
    book.add_worksheet().set_vba_name("Console")
    book.add_vba_project(io.BytesIO(vba_project(modules, DOCUMENTS)), is_stream=True)
    book.close()
    listing = tmp_path / "listing.txt"
    Office(tmp_path).run(
        f"""
        d = Opened("{(tmp_path / "book.xlsm").as_uri()}")
        Press d, "Marks.Mark"
        Open "{listing}" For Output As #1
        For Each m In d.BasicLibraries.getByName("VBAProject").getElementNames()
            Print #1, m & " " & Len(d.BasicLibraries.getByName("VBAProject").getByName(m))
        Next
        Close #1
        d.close(True)
        """
    )
    assert done.read_text().strip() == "7"
    lengths = dict(line.split() for line in listing.read_text().splitlines())
    assert set(lengths) == {"ThisWorkbook", "Console", "Marks", "LongOne"}
    assert int(lengths["LongOne"]) >= len(long)
