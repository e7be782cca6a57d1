"""Links to files and cells as HYPERLINK() formulas: a sheet holds at most 65,530 true ones."""

from __future__ import annotations

import ntpath
import posixpath
import re
from pathlib import PurePath, PureWindowsPath

_LONGEST = 255
"""Characters that Excel takes as a text inside a formula."""
_NO_TEXT = re.compile(r"[\x00-\x1f\ud800-\udfff\ufffe\uffff]")
"""What no formula can hold; names of files on Linux may have it."""


class Links:
    """Links from a workbook to the files of a department's folder.

    They are relative, so that they go on working when the folder moves as a whole; where there
    is no relative way (another drive of Windows) they are absolute.
    """

    def __init__(self, workbook: PurePath, base: PurePath) -> None:
        flavour = ntpath if isinstance(workbook, PureWindowsPath) else posixpath
        try:
            root = flavour.relpath(str(base), str(workbook.parent))
        except ValueError:
            root = str(base)
        self._separator = "\\" if ntpath.splitdrive(root)[0] and flavour is ntpath else "/"
        root = root.replace("\\", self._separator) if flavour is ntpath else root
        self._root = "" if root == "." else root.rstrip("/\\") + self._separator

    def target(self, path: str, sheet: str = "", cell: str = "") -> str:
        """Where a link leads: `path` is relative to the base with `/`. '' when Excel cannot."""
        if not path:
            return ""
        place = self._root + path.replace("/", self._separator)
        # a bare # would end the file name, a bare % would begin an escape
        place = place.replace("%", "%25").replace("#", "%23")
        if sheet:
            place += f"#'{sheet.replace(chr(39), chr(39) * 2)}'!{cell or 'A1'}"
        return place if len(place) <= _LONGEST else ""


def hyperlink(target: str, shown: str | int) -> str:
    """The formula (without =); `shown` is what the cell displays. '' when Excel could not take it.

    A number stays a number, so that the column sorts.
    """
    begin, end = link_begin(target), link_end(shown)
    return f"{begin}{end}" if begin and end else ""


def link_begin(target: str) -> str:
    """The formula up to the end of the target, to which a cell may be added; '' without one."""
    if not target or _NO_TEXT.search(target):
        return ""
    return 'HYPERLINK("' + target.replace('"', '""')


def link_end(shown: str | int) -> str:
    """The rest of the formula; '' when Excel could not take the text."""
    if isinstance(shown, int):
        return f'",{shown})'
    if len(shown) > _LONGEST or _NO_TEXT.search(shown):
        return ""
    return '","' + shown.replace('"', '""') + '")'
