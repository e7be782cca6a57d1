"""Compares two workbooks part by part: the list of parts, then their XML.

What legitimately differs between two runs (dates and program versions in docProps) is neutralised
here and nowhere else.
"""

from __future__ import annotations

import difflib
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

_SHOWN = 12
"""Lines of a difference that a failing test prints for one part."""


def _without(*elements: str) -> Callable[[str], str]:
    names = "|".join(elements)
    pattern = re.compile(rf"<((?:\w+:)?(?:{names}))\b[^>]*>.*?</\1>|<(?:\w+:)?(?:{names})\b[^>]*/>")
    return lambda text: pattern.sub("", text)


NEUTRAL: dict[str, Callable[[str], str]] = {
    "docProps/core.xml": _without("created", "modified", "lastModifiedBy", "creator"),
    "docProps/app.xml": _without("Application", "AppVersion"),
}
"""Part -> what takes its changing contents away."""


def differences(actual: Path, expected: Path) -> list[str]:
    """What differs, one text a part; empty when the workbooks are equal."""
    ours, theirs = _parts(actual), _parts(expected)
    found = [f"only in {actual.name}: {part}" for part in sorted(ours.keys() - theirs.keys())]
    found += [f"missing: {part}" for part in sorted(theirs.keys() - ours.keys())]
    for part in sorted(ours.keys() & theirs.keys()):
        ours_lines, theirs_lines = _lines(part, ours[part]), _lines(part, theirs[part])
        if ours_lines != theirs_lines:
            changes = difflib.unified_diff(theirs_lines, ours_lines, "expected", "actual", n=1)
            found.append(f"{part}:\n" + "\n".join(list(changes)[:_SHOWN]))
    return found


def assert_same_workbook(actual: Path, expected: Path, remedy: str = "") -> None:
    """Fail with the differing parts, and with what to do about it."""
    found = differences(actual, expected)
    assert not found, "\n".join([f"{expected.name} differs. {remedy}".strip(), *found])


def _parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _lines(part: str, content: bytes) -> list[str]:
    if not part.endswith((".xml", ".rels", ".vml")):
        return [content.hex()]
    text = NEUTRAL.get(part, str)(content.decode("utf-8"))
    # canonical form: the order of attributes and the writing of empty elements do not count
    return ElementTree.canonicalize(text).replace("><", ">\n<").split("\n")
