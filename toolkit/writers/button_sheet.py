"""The sheet 控制台: buttons, settings, what the last run found, and what to do first."""

from __future__ import annotations

from typing import Any

from . import button_names as names
from .button_grid import COLUMNS, Button, Grid
from .form_styles import LABEL, LINE, NAVY, QUIET
from .report.styles import (
    BAD,
    BAD_FILL,
    CALM,
    CALM_FILL,
    GOOD,
    HAIRLINE,
    WARN,
    WARN_FILL,
    ReportStyles,
)

TITLE = "合并汇总控制台"
_INTRO = "按按钮即可；读取部门文件夹里的各种表，结果写到其中的“90_输出”，各人的表一个字也不会改。"
_TEXT = "@"
"""Everything but figures is text: 2026-11 must not become a date, =… not a formula."""
MAIN_BUTTONS = (
    Button("合并汇总", "ConsolidateAll", "汇成一份部门报告"),
    Button("校验全部", "CheckAll", "逐条对照制度检查"),
    Button("催办邮件", "RemindByMail", "给每位责任人备好草稿"),
    Button("打开结果", "OpenResult", "打开上次生成的文件"),
)
_FORM_BUTTONS = (
    Button("校验本表", "CheckThisForm", "在打开的表里标出要改的单元格"),
    Button("清除标记", "ClearMarks", "去掉标记，不动任何内容"),
)
_FORM_HINT = "先打开要核对的表，再回到这里按按钮；只加颜色和批注，不改内容。"
_FIGURES = (
    (names.FILES, "读取文件", "个工作簿", CALM),
    (names.ROWS, "计入行数", "行记录", CALM),
    (names.ERRORS, "错误", "必须改正", BAD),
    (names.WARNINGS, "警告", "请核对", WARN),
    (names.HINTS, "提示", "供参考", CALM),
    (names.UNDETERMINED, "无法判断", "缺少资料", QUIET),
)
_FIRST_HEADS = ("级别", "要做的事", "责任人、项目", "位置")
_FIRST_SPANS = ((0, 1), (2, 7), (8, 9), (10, 11))
_SEVERITIES = (("错误", BAD, BAD_FILL), ("警告", WARN, WARN_FILL), ("提示", CALM, CALM_FILL))
_REMARKS = (
    "按了没有反应：本文件放在受信任位置时宏才会运行；也可以把部门文件夹拖到“合并汇总.bat”上。",
    "说找不到 Python 或程序没有运行完：请在命令行运行 toolkit doctor，它会说明原因和办法。",
)


class ConsoleSheet:
    """Draws the sheet from top to bottom; every cell that Python writes gets its name."""

    def __init__(self, book: Any, styles: ReportStyles, macros: dict[str, str]) -> None:
        """`macros`: Sub -> the macro that its button calls; Subs left out get no button."""
        self._grid = Grid(book, names.CONSOLE_SHEET, styles)
        self._styles, self._macros = styles, macros

    def draw(self, *, folder: str, period: str, department: str) -> Any:
        """Fill the sheet and return it."""
        self._head(department)
        self._main_buttons()
        self._settings(folder, period)
        self._last_run()
        self._figures()
        self._first_things()
        if all(button.macro in self._macros for button in _FORM_BUTTONS):
            self._one_form()
        for remark in _REMARKS:
            self._grid.next(18)
            self._grid.write(0, remark, self._quiet())
        self._grid.end()
        self._grid.sheet.set_tab_color(NAVY)
        return self._grid.sheet

    def _quiet(self, **look: object) -> Any:
        return self._styles.get(font_color=QUIET, font_size=9, **look)

    def _head(self, department: str) -> None:
        grid = self._grid
        grid.height(40)
        grid.write(0, TITLE, self._styles.title)
        right = self._styles.get(font_color=QUIET, align="right", valign="bottom", num_format=_TEXT)
        grid.write(COLUMNS - 1, department, right, name=names.DEPARTMENT)
        grid.next(24)
        grid.band(self._styles.intro)
        grid.write(0, _INTRO, self._styles.intro)
        grid.next(6)

    def _main_buttons(self) -> None:
        grid, panel = self._grid, self._styles.get(bg_color=LABEL)
        shown = [button for button in MAIN_BUTTONS if button.macro in self._macros]
        for points in (8, 52, 22):
            grid.next(points)
            grid.band(panel)
            for number, button in enumerate(shown):
                place = number * 3, number * 3 + 2
                if points == 52:
                    grid.button(button, self._macros[button.macro], place, height=58)
                elif points == 22:
                    note = self._quiet(bg_color=LABEL, align="center")
                    grid.span(*place, button.does, note)
        grid.next(10)

    def _settings(self, folder: str, period: str) -> None:
        self._grid.section("设置")
        self._grid.next(5)
        share = r"例如 \\服务器\共享\技术支持部"
        self._input("部门文件夹", names.FOLDER, folder, "留空：本控制台所在的文件夹", share)
        periods = "例如 2026-11、2026-Q4、2026"
        self._input("统计期", names.PERIOD, period, "留空：全部日期", periods)
        self._grid.next(10)

    def _input(self, label: str, name: str, value: str, note: str, example: str) -> None:
        self._grid.next(26)
        self._grid.label(0, label)
        box = self._styles.get(border=1, border_color=LINE, indent=1, num_format=_TEXT, bold=True)
        self._grid.span(2, 7, value, box, name=name)
        self._grid.span(8, 11, note, self._quiet(indent=1))
        self._grid.prompt(2, label, f"{note}。{example}")

    def _one_form(self) -> None:
        grid = self._grid
        grid.section("核对一张打开的表")
        grid.next(36)
        grid.label(0, "打开的表")
        line = {"indent": 1, "num_format": _TEXT, "bottom": 1, "bottom_color": HAIRLINE}
        grid.span(2, 7, "", self._styles.get(**line), name=names.FORM)
        for number, button in enumerate(_FORM_BUTTONS):
            place = 8 + number * 2, 9 + number * 2
            grid.button(button, self._macros[button.macro], place, height=36)
        grid.next(18)
        grid.span(2, 11, _FORM_HINT, self._quiet(indent=1))
        grid.next(8)

    def _last_run(self) -> None:
        grid = self._grid
        line = {"indent": 1, "num_format": _TEXT, "bottom": 1, "bottom_color": HAIRLINE}
        text = self._styles.get(**line)
        grid.section("上次运行")
        grid.next(24)
        grid.label(0, "时间")
        grid.span(2, 5, names.NOTHING_YET, text, name=names.LAST_RUN)
        grid.label(6, "统计期")
        grid.span(8, 11, names.NOTHING_YET, text, name=names.LAST_PERIOD)
        grid.next(34)
        grid.label(0, "结果")
        wrapped = self._styles.get(**line, text_wrap=True, bold=True)
        grid.span(2, 11, "还没有运行过。", wrapped, name=names.STATE)
        grid.colour_when((2, 2), _begins_with(names.FAILED), font_color=BAD)
        grid.next(24)
        grid.label(0, "结果文件")
        grid.span(2, 11, names.NOTHING_YET, text, name=names.OUTPUT)
        grid.next(8)

    def _figures(self) -> None:
        """Six tiles: label, figure and note, one below the other."""
        grid = self._grid
        boxes = [
            {"bg_color": LABEL, "left": 5, "left_color": accent, "align": "left", "indent": 1}
            for *_, accent in _FIGURES
        ]
        grid.next(20)
        for number, (_, label, _, _) in enumerate(_FIGURES):
            small = self._styles.get(
                **boxes[number], font_color="#44546A", font_size=9, valign="bottom"
            )
            grid.span(number * 2, number * 2 + 1, label, small)
        grid.next(30)
        for number, (name, _, _, accent) in enumerate(_FIGURES):
            wrong = accent in (BAD, WARN)
            ink = {"font_color": accent if wrong else NAVY, "num_format": "#,##0"}
            big = self._styles.get(**boxes[number], **ink, font_size=20, bold=True)
            grid.span(number * 2, number * 2 + 1, names.NOTHING_YET, big, name=name)
            if wrong:
                none = {"type": "cell", "criteria": "=", "value": 0}
                grid.colour_when((number * 2, number * 2), none, font_color=GOOD)
        grid.next(18)
        for number, (_, _, note, _) in enumerate(_FIGURES):
            quiet = self._quiet(**boxes[number], valign="top")
            grid.span(number * 2, number * 2 + 1, note, quiet)
        grid.next(10)

    def _first_things(self) -> None:
        self._grid.section("先做这五件事")
        self._grid.next(22)
        head = self._quiet(indent=1, bottom=1, bottom_color=LINE)
        for span, text in zip(_FIRST_SPANS, _FIRST_HEADS, strict=True):
            self._grid.span(*span, text, head)
        for number in range(1, names.FIRST_THINGS + 1):
            self._grid.next(36)
            self._first_thing(number)
        self._grid.next(10)

    def _first_thing(self, number: int) -> None:
        line = {"bottom": 1, "bottom_color": HAIRLINE, "num_format": _TEXT, "indent": 1}
        looks = (
            self._styles.get(**line, bold=True),
            self._styles.get(**line, text_wrap=True),
            self._styles.get(**line, text_wrap=True, font_size=9),
            self._quiet(**line, text_wrap=True),
        )
        pressed = "或".join(f"“{b.caption}”" for b in MAIN_BUTTONS[:2] if b.macro in self._macros)
        waiting = f"按{pressed}后，最要紧的五件事列在这里。"
        for span, part, look in zip(_FIRST_SPANS, names.FIRST_PARTS, looks, strict=True):
            text = waiting if number == 1 and part == "text" else ""
            self._grid.span(*span, text, look, name=names.first_thing(number, part))
        for word, ink, fill in _SEVERITIES:
            self._grid.colour_when((0, 1), _begins_with(word), font_color=ink, bg_color=fill)


def _begins_with(word: str) -> dict[str, Any]:
    return {"type": "text", "criteria": "begins with", "value": word}
