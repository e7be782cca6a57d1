"""The grammar of `<sheetData>`: which tag may follow which, checked for all tags at once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

_Bytes = npt.NDArray[np.uint8]
_Places = npt.NDArray[np.int64]

_NAMES = (
    "sheetData", "row", "row/", "/row", "c", "c/", "/c", "v", "v/", "/v", "f", "f/", "/f",
    "is", "/is", "t", "t/", "/t", "/sheetData",
)  # fmt: skip
_CODE = {name: code for code, name in enumerate(_NAMES)}
ROW, ROW_WITHOUT_CELLS = 1, 2
CELL, VALUE, FORMULA, INLINE, TEXT = 4, 7, 10, 13, 15
"""Codes of the opening tags; of `v`, `f` and `t` also when they are closed at once."""
_CLOSED_AT_ONCE = {_CODE["v/"]: VALUE, _CODE["f/"]: FORMULA, _CODE["t/"]: TEXT}
_UNKNOWN = len(_NAMES)
_EITHER = ord("<") ^ ord(">")
"""The one bit in which they differ."""

_ROW_ENDS, _CELL_ENDS = ("row", "row/", "/sheetData"), ("c", "c/", "/row")
_FOLLOWS: dict[str, tuple[str, ...]] = {
    "sheetData": _ROW_ENDS, "row": _CELL_ENDS, "row/": _ROW_ENDS, "/row": _ROW_ENDS,
    "c": ("v", "v/", "f", "f/", "is", "/c"), "c/": _CELL_ENDS, "/c": _CELL_ENDS,
    "v": ("/v",), "v/": ("/c",), "/v": ("/c",),
    "f": ("/f",), "f/": ("v", "v/", "/c"), "/f": ("v", "v/", "/c"),
    "is": ("t", "t/"), "/is": ("/c",), "t": ("/t",), "t/": ("/is",), "/t": ("/is",),
    "/sheetData": (),
}  # fmt: skip


class UnusualError(Exception):
    """The part is not written the way the quick reader understands."""


def _allowed() -> npt.NDArray[np.bool_]:
    table = np.zeros((_UNKNOWN + 1, _UNKNOWN + 1), bool)
    for name, following in _FOLLOWS.items():
        for other in following:
            table[_CODE[name], _CODE[other]] = True
    return table


def _beginnings() -> _Bytes:
    """The two letters behind `<`, as one number -> code of the tag that may begin so."""
    table = np.full(65_536, _UNKNOWN, np.uint8)
    for name in ("c", "v", "f", "t"):
        for behind in b" >":
            table[ord(name) << 8 | behind] = _CODE[name]
        table[ord(name) << 8 | ord("/")] = _CODE[name + "/"]
        table[ord("/") << 8 | ord(name)] = _CODE["/" + name]
    for name in ("row", "is", "sheetData", "/row", "/is", "/sheetData"):
        table[ord(name[0]) << 8 | ord(name[1])] = _CODE[name]
    return table


def _closed_at_once() -> _Bytes:
    """Code of a tag -> its code when it ends with `/>`."""
    table = np.full(_UNKNOWN + 1, _UNKNOWN, np.uint8)
    for name in ("row", "c", "v", "f", "t"):
        table[_CODE[name]] = table[_CODE[name + "/"]] = _CODE[name + "/"]
    return table


def _lengths() -> _Bytes:
    """Code of a closing tag -> distance from `<` to `>`; 0 for the others."""
    lengths = [len(name) + 1 if name.startswith("/") else 0 for name in _NAMES]
    return np.array([*lengths, 0], np.uint8)


_ALLOWED, _BEGINNINGS, _LENGTHS, _SELF = _allowed(), _beginnings(), _lengths(), _closed_at_once()
_MERGED = np.arange(_UNKNOWN + 1, dtype=np.uint8)
for _closed, _open in _CLOSED_AT_ONCE.items():
    _MERGED[_closed] = _open


def tag_places(bytes_: _Bytes) -> tuple[_Places, _Places]:
    """The places of all `<` and `>`. Raises UnusualError unless they take turns."""
    places = np.flatnonzero(bytes_ | np.uint8(_EITHER) == ord(">"))
    starts, ends = places[::2].copy(), places[1::2].copy()
    if len(starts) != len(ends) or len(starts) < 2:
        raise UnusualError
    if not ((bytes_.take(starts) == ord("<")).all() and (bytes_.take(ends) == ord(">")).all()):
        raise UnusualError
    return starts, ends


def tag_codes(bytes_: _Bytes, starts: _Places, ends: _Places) -> _Bytes:
    """The code of each tag, from the places of their `<` and `>`.

    Raises UnusualError unless the grammar allows them in this order.
    """
    letters = bytes_.take(starts + 1).astype(np.uint16) << 8
    codes = _BEGINNINGS.take(letters | bytes_.take(starts + 2))
    itself = bytes_.take(ends - 1) == ord("/")
    codes = np.where(itself, _SELF.take(codes), codes)
    _demand_names(bytes_, starts, ends, codes)
    last = codes[-1] == _CODE["/sheetData"] and codes[0] == _CODE["sheetData"]
    pairs = codes[:-1].astype(np.int64) * len(_ALLOWED) + codes[1:]
    if not last or not _ALLOWED.ravel().take(pairs).all():
        raise UnusualError
    return _MERGED.take(codes)


def _demand_names(bytes_: _Bytes, starts: _Places, ends: _Places, codes: _Bytes) -> None:
    """Raise UnusualError unless every name is spelled out and ends where it should."""
    lengths = _LENGTHS.take(codes)
    if not ((lengths == 0) | (lengths == ends - starts)).all():
        raise UnusualError
    for name in ("row", "row/", "is", "/row", "/is"):
        places = starts[codes == _CODE[name]]
        bare = name.removesuffix("/").encode()
        for offset, byte in enumerate(bare, 1):
            if not (bytes_[places + offset] == byte).all():
                raise UnusualError
        behind = bytes_[places + len(bare) + 1]
        if not ((behind == ord(">")) | (behind == ord(" ")) | (behind == ord("/"))).all():
            raise UnusualError
    whole = (codes == _CODE["sheetData"]) | (codes == _CODE["/sheetData"])
    if np.count_nonzero(whole) != 2:
        raise UnusualError
