"""The macros of the console: our Buttons.bas, and xlwings' module as it is installed here.

xlwings.bas (BSD 3-clause, its notice stays in the source) is taken from the installed package.
LibreOffice ignores `#If`: it compiles all branches, so three places of it must be rewritten, or
every button there is silently dead. Nothing changes for Excel.
"""

from __future__ import annotations

import re
import zipfile
from importlib.util import find_spec
from pathlib import Path

from toolkit.model.errors import ToolkitError
from toolkit.model.resources import bundled

from .vba import Module

QUICKSTART_SUB = "Module1.SampleCall"
"""The one Sub of xlwings' quickstart workbook."""
_QUICKSTART = "quickstart_standalone.xlsm"
_HOST = re.compile(r'#(?:If|ElseIf) App = "(?P<host>[^"]+)" Then')
_ANY_HOST = re.compile(r"^\s*#(?:If|ElseIf)\b.*\bApp\b", re.MULTILINE)
_EXCEL = "Microsoft Excel"

_REWRITTEN = (
    # a variable that is declared twice
    (
        """\
    #If Mac Then
    Dim d As Dictionary
    Set d = New Dictionary
    #Else
    Dim d As Object
    Set d = CreateObject("Scripting.Dictionary")
    #End If
""",
        """\
    Dim d As Object
    #If Mac Then
    Set d = New Dictionary
    #Else
    Set d = CreateObject("Scripting.Dictionary")
    #End If
""",
    ),
    # two Ifs that share one End If
    (
        """\
  #If Mac Then
    If Not FileOrFolderExistsOnMac(ParentFolder(sFileName)) Then
  #Else
    If Len(Dir(ParentFolder(sFileName), vbDirectory)) = 0 Then
  #End If
     MkDir ParentFolder(sFileName)
  End If
""",
        """\
  Dim isMissing As Boolean
  #If Mac Then
    isMissing = Not FileOrFolderExistsOnMac(ParentFolder(sFileName))
  #Else
    isMissing = (Len(Dir(ParentFolder(sFileName), vbDirectory)) = 0)
  #End If
  If isMissing Then
     MkDir ParentFolder(sFileName)
  End If
""",
    ),
)


def console_modules() -> list[Module]:
    """The modules of the console's VBA project.

    Raises ToolkitError when xlwings is not installed or is a version that we cannot adapt.
    """
    own = (bundled("macros") / "Buttons.bas").read_text(encoding="ascii")
    return [Module("xlwings", for_libreoffice(_xlwings_source())), Module("Buttons", own)]


def quickstart_project() -> bytes:
    """vbaProject.bin of xlwings' own quickstart workbook, which was made in Excel."""
    with zipfile.ZipFile(_installed(_QUICKSTART)) as book:
        return book.read("xl/vbaProject.bin")


def for_libreoffice(source: str) -> str:
    """xlwings.bas as both Excel and LibreOffice compile it.

    Raises ToolkitError unless each of the places is found exactly once.
    """
    text = "".join(f"{line}\n" for line in source.splitlines())
    text = _excel_only(text)
    for old, new in _REWRITTEN:
        if text.count(old) != 1:
            raise _unknown_version()
        text = text.replace(old, new)
    return text


def _excel_only(text: str) -> str:
    """Resolve `#If App = …`: only the branches for Excel stay."""
    kept: list[str] = []
    open_blocks: list[_Block] = []
    found = 0
    for line in text.splitlines(keepends=True):
        directive = line.strip()
        host = _HOST.match(directive)
        if directive.startswith("#If "):
            open_blocks.append(_Block(is_ours=host is not None))
        block = open_blocks[-1] if open_blocks else None
        ours = block is not None and block.is_ours
        if ours and block is not None and directive.startswith("#"):
            found += 1
            if directive == "#End If":
                open_blocks.pop()
            else:
                block.enter(_EXCEL if host is None else host["host"])
            continue
        if directive == "#End If" and open_blocks:
            open_blocks.pop()
        if all(b.is_taken for b in open_blocks):
            kept.append(line)
    resolved = "".join(kept)
    if not found or open_blocks or _ANY_HOST.search(resolved):
        raise _unknown_version()
    return resolved


class _Block:
    """An `#If` that is still open; of ours, the first branch that Excel takes stays."""

    def __init__(self, *, is_ours: bool) -> None:
        self.is_ours = is_ours
        self.is_taken = not is_ours
        self._was_taken = False

    def enter(self, host: str) -> None:
        self.is_taken = host == _EXCEL and not self._was_taken
        self._was_taken |= self.is_taken


def _xlwings_source() -> str:
    return _installed("xlwings.bas").read_text(encoding="ascii")


def _installed(name: str) -> Path:
    """A file of the installed xlwings, without importing it (0.7 s)."""
    spec = find_spec("xlwings")
    for folder in (spec and spec.submodule_search_locations) or ():
        path = Path(folder) / name
        if path.is_file():
            return path
    raise ToolkitError(
        "这台电脑的 Python 没有安装 xlwings，做不了带按钮的工作簿。",
        "请运行：python -m pip install xlwings，然后再试。",
    )


def _unknown_version() -> ToolkitError:
    return ToolkitError(
        "已安装的 xlwings 版本与本工具不匹配，没有生成控制台。",
        "请运行：python -m pip install xlwings==0.37.8，或者加上 --fallback 再试。",
    )
