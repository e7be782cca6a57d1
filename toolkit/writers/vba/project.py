"""A VBA project as Excel and LibreOffice load it: sources only, no compiled code."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from .compound import compound_file
from .compression import compress
from .dir_stream import CLASS, STANDARD, STDOLE, DirModule, Reference, dir_stream
from .project_text import module_names, project_text

__all__ = ["CLASS", "STANDARD", "STDOLE", "Document", "Module", "Reference", "vba_project"]

_NO_COMPILED_CODE = bytes.fromhex("cc61ffff000000")
"""_VBA_PROJECT without a performance cache: the host compiles the sources when it loads them."""
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,30}")
_LONGEST_LINE = 1023
_NAMESPACE = uuid.UUID("6f0e9a52-3f0c-5c55-9b1a-1c5d2f5f7e11")
_WORKBOOK = "0{00020819-0000-0000-C000-000000000046}"
_SHEET = "0{00020820-0000-0000-C000-000000000046}"


@dataclass(frozen=True, slots=True)
class Module:
    """A standard or class module. `source` is ASCII; its Attribute lines may be left out."""

    name: str
    source: str
    kind: str = STANDARD


@dataclass(frozen=True, slots=True)
class Document:
    """The module behind the workbook or a sheet; `name` is the code name of that object."""

    name: str
    source: str = ""
    is_workbook: bool = False


def vba_project(
    modules: Sequence[Module],
    documents: Sequence[Document],
    *,
    name: str = "VBAProject",
    references: Sequence[Reference] = (STDOLE,),
) -> bytes:
    """The bytes of vbaProject.bin; the same sources always give the same bytes.

    Raises ValueError for sources that are not ASCII (code page 1252 would garble them on a
    Chinese PC), for lines that VBA refuses, and for names that are not unique identifiers.
    """
    _demand_names([name], "project")
    _demand_names([*(d.name for d in documents), *(m.name for m in modules)], "module")
    sources = {d.name: _document_source(d) for d in documents}
    sources |= {m.name: _module_source(m) for m in modules}
    parts = [DirModule(d.name, is_standard=False) for d in documents]
    parts += [DirModule(m.name, is_standard=m.kind == STANDARD) for m in modules]
    identity = uuid.uuid5(_NAMESPACE, "\0".join([name, *(f"{k}\0{v}" for k, v in sources.items())]))
    lines = [*(f"Document={d.name}/&H00000000" for d in documents)]
    lines += [f"{m.kind}={m.name}" for m in modules]
    # blanks after the last line end are the one filling that changes nothing
    streams = {key: compress(text.encode("ascii"), b" ") for key, text in sources.items()}
    return compound_file(
        {
            "PROJECT": project_text(identity, name, lines, list(sources)),
            "PROJECTwm": module_names(list(sources)),
            "VBA": {
                "_VBA_PROJECT": _NO_COMPILED_CODE,
                "dir": compress(dir_stream(name, parts, references)),
                **streams,
            },
        }
    )


def _demand_names(names: Sequence[str], what: str) -> None:
    for name in names:
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name for a VBA {what}")
    if len({name.lower() for name in names}) < len(names):
        raise ValueError(f"two VBA modules have the same name: {', '.join(names)}")


def _document_source(document: Document) -> str:
    attributes = {
        "Base": f'"{_WORKBOOK if document.is_workbook else _SHEET}"',
        "GlobalNameSpace": "False",
        "Creatable": "False",
        "PredeclaredId": "True",
        "Exposed": "True",
        "TemplateDerived": "False",
        "Customizable": "True",
    }
    return _source(document.name, document.source, attributes)


def _module_source(module: Module) -> str:
    if module.kind == STANDARD:
        return _source(module.name, module.source, {})
    attributes = dict.fromkeys(("GlobalNameSpace", "Creatable", "PredeclaredId"), "False")
    return _source(module.name, module.source, attributes | {"Exposed": "False"})


def _source(name: str, text: str, attributes: dict[str, str]) -> str:
    """The source as it is stored: VB_Name and the attributes that are not given, CRLF lines."""
    lines = text.splitlines()
    for number, line in enumerate(lines, 1):
        if not line.isascii() or not line.replace("\t", " ").isprintable():
            raise ValueError(f"VBA module {name}, line {number} is not plain ASCII: {line!r}")
        if len(line) > _LONGEST_LINE:
            raise ValueError(f"VBA module {name}, line {number} is longer than {_LONGEST_LINE}")
    wanted = {"Name": f'"{name}"', **attributes}
    given = dict(re.findall(r"^Attribute VB_(\w+) = (.*?)\s*$", "\n".join(lines), re.MULTILINE))
    if given.get("Name", wanted["Name"]) != wanted["Name"]:
        raise ValueError(f"VBA module {name} calls itself {given['Name']}")
    added = [f"Attribute VB_{k} = {v}" for k, v in wanted.items() if k not in given]
    return "".join(f"{line}\r\n" for line in (*added, *lines))
