"""Whatever the toolkit writes is published by `writers.files`, or has a reason not to be."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

TOOLKIT = Path(__file__).parents[1] / "toolkit"
GIVEN = "whoever calls it publishes: it is given the path of a temporary file"
REASONS = {
    "bug_log.py: open": "a log is appended to",
    "readers/store.py: connect": "SQLite keeps its file whole by itself",
    "workflows/nightly/journal.py: open": "lines are appended and forced to the disk one by one",
    "workflows/nightly/lock.py: write_text": "only serves a message; readers expect half of it",
    "workflows/nightly/state.py: rename": "a damaged file is set aside, never over another one",
    "workflows/schedule/schtasks.py: write_bytes": "lies in a temporary folder for one command",
    "writers/button_answer.py: open": "read by the macro when the process has ended",
    "readers/child.py: fdopen": "pipes to the parent",
    "writers/button_workbook.py: ZipFile": GIVEN,
    "writers/agenda/overview_workbook.py: Workbook": GIVEN,
    "writers/agenda/person_workbook.py: Workbook": GIVEN,
    "writers/findings_workbook.py: Workbook": GIVEN,
    "writers/report/packed.py: ZipFile": GIVEN,
    "writers/report/packed.py: open": "a part of that archive",
    "writers/restricted/workbook.py: Workbook": GIVEN,
    "writers/trace_workbook.py: Workbook": GIVEN,
}
_ALWAYS = {
    "write_text", "write_bytes", "Workbook", "copyfile", "copy", "copy2", "copytree", "move",
    "mkstemp", "NamedTemporaryFile", "FileHandler", "symlink",
}  # fmt: skip
_OF_OS = {"replace", "rename", "renames", "link", "symlink", "truncate"}
_WITH_MODE = {"open", "ZipFile", "fdopen"}


def _writes(call: ast.Call) -> str:
    """The name of the function when the call may write a file."""
    function = call.func
    name = str(getattr(function, "attr", None) or getattr(function, "id", ""))
    owner = getattr(getattr(function, "value", None), "id", "")
    values = [*call.args, *(keyword.value for keyword in call.keywords)]
    texts = [v.value for v in values if isinstance(v, ast.Constant) and isinstance(v.value, str)]
    if name in _WITH_MODE:
        return name if any(set(t) <= set("rwxab+t") and set(t) & set("wxa+") for t in texts) else ""
    if name == "connect" and owner == "sqlite3":
        return name
    if name == "Workbook" and owner != "xlsxwriter":
        return ""
    if name in ("copy", "symlink", "move") and owner != "shutil":
        return ""
    return name if name in _ALWAYS or (name in _OF_OS and owner == "os") else ""


def _found(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and (name := _writes(node)):
            receiver = getattr(node.func, "value", None)
            if "temporary" not in ast.unparse(receiver or node) + "".join(
                map(ast.unparse, node.args)
            ):
                yield f"{path.relative_to(TOOLKIT).as_posix()}: {name}"


def test_every_file_is_published_or_has_a_reason() -> None:
    published = TOOLKIT / "writers" / "files.py"
    found = {each for path in TOOLKIT.rglob("*.py") if path != published for each in _found(path)}
    assert found == set(REASONS)
