"""What a job hands back to a button that started it through the command line (LibreOffice).

Lines of ASCII, so that no code page can garble them: name, tab, kind, tab, value.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def write_answer(
    path: Path,
    cells: Mapping[str, str | float],
    *,
    message: str = "",
    problem: bool = False,
    open_file: Path | None = None,
) -> None:
    """Write the answer to a new file.

    `cells` go into the cells of these names, `message` into a box (with a warning sign for a
    `problem`), `open_file` is opened. Raises FileExistsError rather than write into a file that
    somebody else put there.
    """
    lines = [_cell(name, value) for name, value in cells.items()]
    if message:
        lines.append(("message", "problem" if problem else "message", encoded(message)))
    if open_file is not None:
        lines.append(("workbook", "open", encoded(str(open_file))))
    with path.open("x", encoding="ascii", newline="\n") as stream:
        stream.writelines("\t".join(line) + "\n" for line in lines)


def _cell(name: str, value: str | float) -> tuple[str, str, str]:
    if isinstance(value, str):
        return name, "text", encoded(value)
    return name, "number", repr(value)


def encoded(text: str) -> str:
    r"""Printable ASCII as it is, everything else as `\` and five decimal digits of UTF-16."""
    units = text.encode("utf-16-le", "surrogatepass")
    codes = (int.from_bytes(units[at : at + 2], "little") for at in range(0, len(units), 2))
    return "".join(chr(c) if 32 <= c < 127 and c != ord("\\") else f"\\{c:05d}" for c in codes)
