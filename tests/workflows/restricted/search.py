"""Looks for texts in every byte that a run left behind: files, zipped parts, caches, logs."""

from __future__ import annotations

import html
import json
import zipfile
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path

_ENCODINGS = ("utf-8", "gb18030", "utf-16-le")


def found_in(roots: Iterable[Path], texts: Iterable[str], but: Iterable[Path] = ()) -> list[str]:
    """`file (part): text` for each text found below the roots, `but` these files."""
    passed = {path.resolve() for path in but}
    hits = []
    for root in roots:
        for path in sorted(root.rglob("*")):
            if path.is_file() and path.resolve() not in passed:
                hits += [f"{path} {hit}" for hit in _in_bytes(path.read_bytes(), list(texts))]
    return hits


def found_in_text(text: str, texts: Iterable[str]) -> list[str]:
    """Those of the texts that stand in a text, however JSON or HTML writes them."""
    return list(_in_bytes(text.encode(), list(texts)))


def _in_bytes(content: bytes, texts: list[str]) -> Iterator[str]:
    for part, raw in _parts(content):
        plain = html.unescape(raw.decode("utf-8", "replace")).encode()
        for text in texts:
            forms = {text.encode(encoding) for encoding in _ENCODINGS}
            forms.add(json.dumps(text)[1:-1].encode())
            if any(form in raw or form in plain for form in forms):
                yield f"({part}): {text}"


def _parts(content: bytes) -> Iterator[tuple[str, bytes]]:
    yield "", content
    if zipfile.is_zipfile(BytesIO(content)):
        with zipfile.ZipFile(BytesIO(content)) as archive:
            for name in archive.namelist():
                for inner, raw in _parts(archive.read(name)):
                    yield f"{name}{inner}", raw
