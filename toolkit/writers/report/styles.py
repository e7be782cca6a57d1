"""How the reports look: the colours and the font of the forms, formats by purpose."""

from __future__ import annotations

from typing import Any

from toolkit.writers.form_styles import (
    BAR,
    FONT,
    INK,
    LABEL,
    LINE,
    MISSING,
    NAVY,
    QUIET,
    SIZE,
)

BAD, WARN, CALM, GOOD = "#B3392F", "#B7791F", "#5B7FA6", "#4F8A6B"
BAD_FILL, WARN_FILL, CALM_FILL = "#FBE9E7", "#FDF3DF", "#EAF1F8"
HAIRLINE = "#D9E0E7"
LINK = "#1F5FA8"
SERIES = (NAVY, "#4F7CAC", "#8FB3D4", "#C9A227", "#B7791F", "#6B8E7F", "#9A8FB0", "#B4BFCB")
"""Colours of charts, in order."""

NUMBER_FORMATS = {
    "date": "yyyy-mm-dd",
    "datetime": "yyyy-mm-dd hh:mm",
    # _) keeps figures off the border; an indent on the right is not shown alike everywhere
    "count": "#,##0_)",
    "hours": "#,##0.0_)",
    "number": "General",
    "percent": "0%",
    "share": "0.0%",
    "money": "#,##0.00_)",
    "level": "General",
    "article": '"第"0"条"',
}
_CENTRED = {
    "date", "datetime", "centre", "percent", "share", "level", "article", "badge", "state",
}  # fmt: skip
_RIGHT = {"count", "hours", "number", "money"}
_BADGES = {
    "错误": (BAD, BAD_FILL),
    "警告": (WARN, WARN_FILL),
    "提示": (CALM, CALM_FILL),
    "不符合": (BAD, ""),
    "无法判断": (WARN, ""),
    "符合": (GOOD, ""),
    "不适用": (QUIET, ""),
    "已豁免": (QUIET, ""),
    "计入": (GOOD, ""),
    "不计入": (QUIET, ""),
    "不另计": (QUIET, ""),
    "待认定": (WARN, WARN_FILL),
    "待补证据": (WARN, WARN_FILL),
    "超过": (BAD, BAD_FILL),
    "未超过": (GOOD, ""),
    "草算": (CALM, ""),
    "本月未完": (QUIET, ""),
    "与台账一致": (GOOD, ""),
    "见更正": (WARN, ""),
    "与台账不一致": (BAD, BAD_FILL),
    "机检": (GOOD, ""),
    "部分": (WARN, ""),
    "人工": (QUIET, ""),
}


class ReportStyles:
    """The formats of one workbook, each made once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, object], ...], Any] = {}

    def get(self, **properties: object) -> Any:
        base = {"font_name": FONT, "font_size": SIZE, "font_scheme": "none", "font_color": INK}
        wanted = base | {"valign": "vcenter"} | properties
        key = tuple(sorted(wanted.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(wanted)
        return self._made[key]

    def column(self, kind: str) -> Any:
        """Cells of a table's column."""
        return self.get(**self._column(kind))

    def marked(self, kind: str) -> Any:
        """A cell that shows a text instead of a value that could not be taken."""
        return self.get(**self._column(kind) | {"bg_color": MISSING, "num_format": "@"})

    def badge(self, word: str, kind: str) -> Any:
        """A cell whose word has a colour of its own."""
        ink, fill = _BADGES.get(word, (INK, ""))
        look = {"font_color": ink} | ({"bg_color": fill, "bold": True} if fill else {})
        return self.get(**self._column(kind) | look)

    def link(self, kind: str) -> Any:
        return self.get(**self._column(kind) | {"font_color": LINK, "underline": 1})

    def total(self, kind: str) -> Any:
        look = {"bold": True, "bg_color": BAR, "font_color": NAVY, "top": 1, "top_color": NAVY}
        return self.get(**self._column(kind) | look)

    def _column(self, kind: str) -> dict[str, object]:
        align = "center" if kind in _CENTRED else "right" if kind in _RIGHT else "left"
        look: dict[str, object] = {
            "align": align,
            "num_format": NUMBER_FORMATS.get(kind, "General"),
            "text_wrap": kind == "long",
        }
        if align == "left":
            look["indent"] = 1
        return look

    @property
    def title(self) -> Any:
        return self.get(font_size=18, bold=True, font_color=NAVY)

    @property
    def intro(self) -> Any:
        """The line below the title, on the whole width."""
        return self.get(font_size=9, font_color=QUIET, top=2, top_color=NAVY)

    @property
    def remark(self) -> Any:
        return self.get(font_size=9, font_color=QUIET)

    @property
    def section(self) -> Any:
        return self.get(
            font_size=11,
            bold=True,
            font_color=NAVY,
            bg_color=BAR,
            indent=1,
            left=5,
            left_color=NAVY,
        )

    @property
    def bar(self) -> Any:
        """The rest of a section's line."""
        return self.get(bg_color=BAR)

    @property
    def header(self) -> Any:
        return self.get(
            bold=True, bg_color=NAVY, font_color="#FFFFFF", text_wrap=True, align="center",
            border=1, border_color="#5B7693",
        )  # fmt: skip

    @property
    def header_rest(self) -> Any:
        """Goes on with the last head where its text runs over further columns."""
        return self.get(bg_color=NAVY)

    @property
    def quiet_header(self) -> Any:
        """Heads of the optional columns to the right."""
        return self.get(
            bold=True, bg_color=BAR, font_color=NAVY, text_wrap=True, align="center",
            border=1, border_color=LINE,
        )  # fmt: skip

    @property
    def nothing(self) -> Any:
        """The sentence of a table without lines."""
        return self.get(font_color=QUIET, bg_color=LABEL, indent=1)

    @property
    def hairline(self) -> Any:
        """Conditional format: a thin line below each row."""
        return self._book_once("hairline", {"bottom": 1, "bottom_color": HAIRLINE})

    def _book_once(self, name: str, properties: dict[str, object]) -> Any:
        key = ((name, None),)
        if key not in self._made:
            self._made[key] = self._book.add_format(properties)
        return self._made[key]
