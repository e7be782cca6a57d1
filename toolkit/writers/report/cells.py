"""Columns of values as cells in the XML, without their references (see streamed.py)."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np
import pandas as pd

from .columns import Look
from .links import Links, hyperlink
from .streamed import shared_string, style_number
from .styles import ReportStyles
from .values import cell_text, plain

_SHARES = ("percent", "share")
NO_SHARE = "—"
"""Shown for a share whose denominator is 0."""


class CellWriter:
    """Renders the cells of one sheet."""

    def __init__(self, sheet: Any, styles: ReportStyles) -> None:
        self._sheet = sheet
        self._styles = styles

    def column(self, values: pd.Series, look: Look) -> list[str]:
        """The cells of a column; each different value is rendered once."""
        codes, different = pd.factorize(values)
        uses = np.bincount(codes + 1, minlength=len(different) + 1)
        style = style_number(self._styles.column(look.kind))
        cells = [
            self._cell(value, look, style, int(used))
            for value, used in zip(different, uses[1:], strict=True)
        ]
        # the last one is what the code -1 of missing values finds
        share = look.kind in _SHARES and uses[0]
        cells.append(self._string(NO_SHARE, style, int(uses[0])) if share else "")
        return [cells[code] for code in codes]

    def links(
        self,
        shown: Sequence[str | int],
        targets: Sequence[str],
        look: Look,
    ) -> list[str]:
        """A column of links; what Excel could not link stands as plain text or number."""
        style = style_number(self._styles.link(look.kind))
        unlinked = style_number(self._styles.column(look.kind))
        cells = []
        for text, target in zip(shown, targets, strict=True):
            display = cell_text(text) if isinstance(text, str) else int(text)
            formula = hyperlink(target, display) if display != "" else ""
            if formula:
                cells.append(_formula(formula, display, style))
            else:
                cells.append(self._cell(text, look, unlinked, 1))
        return cells

    def instead(self, text: str, look: Look) -> str:
        """A marked cell with a text that stands for a value; blank text gives a marked blank."""
        style = style_number(self._styles.marked(look.kind))
        text = cell_text(text)
        return self._string(text, style, 1) if text else f'" s="{style}"/>'

    def _cell(self, value: Any, look: Look, style: int, uses: int) -> str:
        content = plain(value)
        if content == "":
            return ""
        if isinstance(content, float):
            return f'" s="{style}"><v>{content:.16G}</v></c>'
        if look.kind == "badge":
            style = style_number(self._styles.badge(content, look.kind))
        return self._string(content, style, uses)

    def _string(self, text: str, style: int, uses: int) -> str:
        return f'" s="{style}" t="s"><v>{shared_string(self._sheet, text, uses)}</v></c>'


def place_targets(links: Links, lines: pd.DataFrame, path: str, part: str) -> list[str]:
    """Where the link of each line leads: to its file, or (part 'cell') to its sheet and cell."""
    files = lines[path]
    if part == "file" or "工作表" not in lines.columns:
        found = {file: links.target(file) for file in files.unique()}
        return [found[file] for file in files]
    cells = lines["单元格"] if "单元格" in lines.columns else "A" + lines["行号"].astype(str)
    sheets = lines["工作表"]
    pairs = set(zip(files, sheets, strict=True))
    heads = {pair: links.target(pair[0], pair[1], _WIDE) for pair in pairs}
    return [
        heads[file, sheet].removesuffix(_WIDE) + cell if heads[file, sheet] and cell else ""
        for file, sheet, cell in zip(files, sheets, cells, strict=True)
    ]


_WIDE = "XFD1048576"
"""The longest cell reference: what fits with it fits with any."""


def _formula(formula: str, shown: str | int, style: int) -> str:
    kind = ' t="str"' if isinstance(shown, str) else ""
    text = escape(str(shown), quote=False)
    return f'" s="{style}"{kind}><f>{escape(formula, quote=False)}</f><v>{text}</v></c>'


def row_heights(lines: Sequence[int]) -> list[str]:
    """The attributes of rows that take so many lines of text.

    Every row gets its height: otherwise programs choose one each in its own way.
    """
    known = {n: _height(n) for n in set(lines)}
    return [known[n] for n in lines]


_MOST_LINES = 8
_LINE_POINTS, _PADDING = 15.0, 6.0


def _height(lines: int) -> str:
    points = min(lines, _MOST_LINES) * _LINE_POINTS + _PADDING
    return f' ht="{points:g}" customHeight="1"'
