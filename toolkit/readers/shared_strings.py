"""The table of texts that the cells of an .xlsx share."""

from __future__ import annotations

import re
from typing import Any
from xml.etree.ElementTree import ParseError
from xml.parsers import expat

import numpy as np
import numpy.typing as npt

from .archive import LONGEST_TEXT, TooLargeError
from .xml_text import decoded, unescaped

Texts = npt.NDArray[np.object_]
_CLAIMED = re.compile(rb"""<(?:\w+:)?sst\b[^>]*?\suniqueCount\s*=\s*["'](\d+)["']""")
_UTF8 = re.compile(rb'\s*(?:<\?xml\b[^>]*?(?:encoding="utf-?8"[^>]*?)?\?>\s*)?<sst\b[^>]*>', re.I)
_PLAIN = re.compile(rb'<si><t(?: xml:space="preserve")?>([^<]*)</t></si>')
_END = re.compile(rb"\s*</sst>\s*")
_BETWEEN = "\x1f"
"""No XML may hold it."""


def shared_strings(xml: bytes) -> Texts:
    """All texts of the part, in their order. Raises ParseError, ValueError or TooLargeError."""
    claimed = _CLAIMED.search(xml, 0, 2_000)
    if claimed and int(claimed[1]) > len(xml):
        raise ParseError("more strings are claimed than can be there")
    texts = _quick(xml)
    found = np.empty(0 if texts is None else len(texts), object)
    if texts is None:
        texts = _Careful().texts(xml)
        found = np.empty(len(texts), object)
    if max(map(len, texts), default=0) > LONGEST_TEXT:
        raise TooLargeError("a text is too long")
    found[:] = texts
    return found


def _quick(xml: bytes) -> list[str] | None:
    """The texts when all are plain and written the usual way."""
    head = _UTF8.match(xml, 3 if xml.startswith(b"\xef\xbb\xbf") else 0)
    if head is None or head[0].endswith(b"/>"):
        return None
    items = _PLAIN.findall(xml, head.end())
    # what is no item must be nothing at all
    tags = xml.count(b"<", head.end())
    if tags != 4 * len(items) + 1 or not _END.fullmatch(xml, xml.rfind(b"</sst")):
        return None
    if b"\r" in xml:
        return None
    joined = _BETWEEN.encode().join(items).decode()
    if not items:
        return []
    texts = unescaped(joined).split(_BETWEEN)
    if len(texts) != len(items):
        return [unescaped(item.decode()) for item in items]
    return texts


class _Careful:
    """Parses a part of any writing: rich texts are joined, readings (phonetic) left out."""

    def __init__(self) -> None:
        self._found: list[str] = []
        self._text = ""
        self._phonetic = 0
        self._parser = expat.ParserCreate(namespace_separator="}")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = self._refuse

    def texts(self, xml: bytes) -> list[str]:
        try:
            self._parser.Parse(xml, True)
        except (expat.ExpatError, ValueError, LookupError) as error:
            raise ParseError(str(error)) from error
        return self._found

    def _refuse(self, *_: Any) -> None:
        raise ParseError("document type declarations are not allowed")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition("}")[2]
        if local == "si":
            self._text = ""
        elif local == "rPh":
            self._phonetic += 1
        elif local == "t" and not self._phonetic:
            self._parser.CharacterDataHandler = self._collect

    def _collect(self, text: str) -> None:
        self._text += text

    def _end(self, name: str) -> None:
        local = name.rpartition("}")[2]
        if local == "t":
            self._parser.CharacterDataHandler = None
        elif local == "rPh":
            self._phonetic -= 1
        elif local == "si":
            self._found.append(decoded(self._text))
