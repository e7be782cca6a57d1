"""Three departments with forms of their own, drawn from the contents of an official one.

`beside`: labels beside values, three pairs a line, tables under a title and a header of two lines.
`above`: labels above values, many forms and two or more owners in one workbook, `标签：值` cells.
`names`: no project numbers at all, dates as text, 立项单 and 改进申请 kept as registers.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from itertools import cycle
from pathlib import Path
from typing import Any

import xlsxwriter

from toolkit.writers.form_workbook import FormContent
from toolkit.writers.sample import SampleDepartment

Row = dict[str, Any]
Labels = Mapping[str, Mapping[str, str]]
LABELS: Mapping[str, Labels] = tomllib.loads(
    (Path(__file__).parent / "own_labels.toml").read_text("utf-8")
)
_LONG = ("requirement", "focus", "description", "background", "acceptance", "minutes",
         "environment", "operation", "phenomenon", "logs", "cause", "measure", "advice",
         "proposer_opinion")  # fmt: skip
_TEXT_DATES = ("{0.year}.{0.month}.{0.day}", "{0.year}年{0.month}月{0.day}日", "{0:%Y%m%d}",
               "{0.year}/{0.month:02}/{0.day:02}")  # fmt: skip


class Paper:
    """A workbook that somebody made by hand; `show` is how he writes a value."""

    def __init__(self, path: Path, labels: Labels, show: Callable[[Any], Any]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.book = xlsxwriter.Workbook(str(path), {"strings_to_numbers": False})
        self.labels = labels
        self._show = show
        self._formats = {
            date: self.book.add_format({"num_format": "yyyy-m-d"}),
            datetime: self.book.add_format({"num_format": "yyyy-m-d h:mm"}),
        }
        self._time = self.book.add_format({"num_format": "h:mm"})
        self._bold = self.book.add_format({"bold": True, "align": "center"})

    def __enter__(self) -> Paper:
        return self

    def __exit__(self, *_: object) -> None:
        self.book.close()

    def sheet(self, name: str, title: str = "", width: int = 8) -> Any:
        sheet = self.book.add_worksheet(name[:31])
        if title:
            sheet.merge_range(0, 0, 0, width - 1, title, self._bold)
        return sheet

    def put(self, sheet: Any, row: int, column: int, value: Any) -> None:
        value = self._show("、".join(value) if isinstance(value, tuple) else value)
        if value is None or value == "":
            return
        if isinstance(value, (str, float, int)):
            sheet.write(row, column, value)
        else:
            sheet.write_datetime(row, column, value, self._formats.get(type(value), self._time))

    def pairs(self, block: str, values: Row) -> list[tuple[str, str, Any]]:
        """(field, label, value) of a label-value form, in the order of the own labels."""
        return [(k, label, values.get(k, "")) for k, label in self.labels[block].items()]

    def beside(self, sheet: Any, row: int, block: str, values: Row, each: int = 3) -> int:
        """Labels beside values; long ones take a line. Returns the next free row."""
        place = 0
        for key, label, value in self.pairs(block, values):
            if key in _LONG and place:
                row, place = row + 1, 0
            sheet.write(row, place * 2, f"{label}：")
            self.put(sheet, row, place * 2 + 1, value)
            place = 0 if key in _LONG else (place + 1) % each
            row += place == 0
        return row + (place > 0)

    def above(self, sheet: Any, row: int, block: str, values: Row, each: int = 5) -> int:
        """Labels above values; the long ones over merged cells."""
        pairs = self.pairs(block, values)
        short = [p for p in pairs if p[0] not in _LONG]
        for start in range(0, len(short), each):
            for column, (_, label, value) in enumerate(short[start : start + each]):
                sheet.write(row, column, label)
                self.put(sheet, row + 1, column, value)
            row += 2
        for _, label, value in (p for p in pairs if p[0] in _LONG):
            sheet.merge_range(row, 0, row, each - 1, label, self._bold)
            sheet.merge_range(row + 1, 0, row + 1, each - 1, value or "")
            row += 2
        return row

    def table(self, sheet: Any, row: int, block: str, rows: Iterable[Row], first: int = 0) -> int:
        """A header and its rows; returns the next free row."""
        labels = self.labels[block]
        for column, label in enumerate(labels.values(), first):
            sheet.write(row, column, label, self._bold)
        for values in rows:
            row += 1
            for column, key in enumerate(labels, first):
                self.put(sheet, row, column, values.get(key, ""))
        return row + 1

    def grouped(self, sheet: Any, row: int, block: str, rows: list[Row], groups: Row) -> None:
        """A header of two lines: `groups` (title -> number of columns) over the labels.

        A number runs along at the left and the weather at the right: columns nobody asked for.
        """
        labels = self.labels[block]
        sheet.merge_range(row, 0, row + 1, 0, "序号", self._bold)
        column = 1
        for title, width in groups.items():
            sheet.merge_range(row, column, row, column + width - 1, title, self._bold)
            column += width
        sheet.merge_range(row, len(labels) + 1, row + 1, len(labels) + 1, "天气", self._bold)
        self.table(sheet, row + 1, block, rows, first=1)
        for number, line in enumerate(range(row + 2, row + 2 + len(rows)), 1):
            sheet.write(line, 0, number)
            sheet.write(line, len(labels) + 1, "晴" if number % 3 else "阴")


def _contents(files: Mapping[str, Any], form: str) -> Iterator[FormContent]:
    return (content for key, content in files.values() if key == form)


def _owner(content: FormContent) -> str:
    return str(content.labels["tracking_sheet"]["owner"])


def write_beside(folder: Path, department: SampleDepartment) -> None:
    """One workbook for each 立项 and each engineer, as in the official department."""
    labels, files = LABELS["beside"], department.files

    def paper(name: str) -> Paper:
        return Paper(folder / name, labels, lambda value: value)

    for content in _contents(files, "F01"):
        values = content.labels["initiation"]
        with paper(f"立案/{values['project_aliases'][0]}.xlsx") as book:
            sheet = book.sheet("Sheet1", "技术服务立案表", 6)
            row = book.beside(sheet, 2, "initiation", values)
            sheet.write(row, 0, "档案柜号：")
            sheet.write(row, 1, "三号柜")
            for block in ("initiation_additions", "initiation_changes"):
                row = book.table(sheet, row + 2, block, content.tables[block])
    for content in _contents(files, "F02"):
        with paper(f"流水/服务流水_{_owner(content)}.xlsx") as book:
            sheet = book.sheet("服务流水", "年度技术服务流水", 12)
            sheet.write(1, 0, "记录人：")
            sheet.write(1, 1, _owner(content))
            groups = {"服务对象": 3, "服务情况": 10, "其他": 12}
            book.grouped(sheet, 3, "tracking", content.tables["tracking"], groups)
            for block, name in (("project_list", "我的工程"), ("leftovers", "未决事项")):
                book.table(book.sheet(name, name), 2, block, content.tables[block])
    for form, block, child in (
        ("F03", "improvement", "improvement_hours"),
        ("F04", "fault", "fault_attempts"),
    ):
        title = {"F03": "改进需求单", "F04": "故障排查单"}[form]
        for content in _contents(files, form):
            values = content.labels[block]
            with paper(f"研发/{title}{values['number']}.xlsx") as book:
                sheet = book.sheet(title, title, 6)
                row = book.beside(sheet, 1, block, values)
                book.table(sheet, row + 1, child, content.tables[child])
    for content in _contents(files, "F05"):
        with paper("产品缺陷登记.xlsx") as book:
            book.table(book.sheet("登记", "产品缺陷登记"), 1, "bugs", content.tables["bugs"])


def write_above(folder: Path, department: SampleDepartment) -> None:
    """One workbook for each kind of form: a sheet for each case, a sheet for each engineer."""
    labels, files = LABELS["above"], department.files
    with Paper(folder / "支持申请汇总.xlsx", labels, lambda value: value) as book:
        for content in _contents(files, "F01"):
            values = content.labels["initiation"]
            sheet = book.sheet(values["project_aliases"][0], "技术支持申请", 5)
            row = book.above(sheet, 1, "initiation", values)
            for block in ("initiation_additions", "initiation_changes"):
                row = book.table(sheet, row + 1, block, content.tables[block])
    left = []
    with Paper(folder / "工作日志.xlsx", labels, lambda value: value) as book:
        for content in _contents(files, "F02"):
            sheet = book.sheet(_owner(content))
            row = book.table(sheet, 0, "project_list", content.tables["project_list"])
            book.table(sheet, row + 2, "tracking", content.tables["tracking"])
            left += content.tables["leftovers"]
        book.table(book.sheet("遗留"), 1, "leftovers", left)
    with Paper(folder / "产品需求.xlsx", labels, lambda value: value) as book:
        for content in _contents(files, "F03"):
            values = content.labels["improvement"]
            sheet = book.sheet(values["number"], "产品需求申请单")
            row = 1
            for number, (_, label, value) in enumerate(book.pairs("improvement", values)):
                shown = "、".join(value) if isinstance(value, tuple) else value
                sheet.write(row + number // 2, number % 2 * 4, f"{label}：{shown}")
            row += number // 2 + 2
            book.table(sheet, row, "improvement_hours", content.tables["improvement_hours"])
    with Paper(folder / "故障单.xlsx", labels, lambda value: value) as book:
        for content in _contents(files, "F04"):
            values = content.labels["fault"]
            sheet = book.sheet(values["number"], "故障单")
            row = book.beside(sheet, 1, "fault", values, each=2)
            book.table(sheet, row + 1, "fault_attempts", content.tables["fault_attempts"])
    with Paper(folder / "bug反馈.xlsx", labels, lambda value: value) as book:
        for content in _contents(files, "F05"):
            book.table(book.sheet("bug反馈"), 0, "bugs", content.tables["bugs"])


def write_names(folder: Path, department: SampleDepartment) -> None:
    """Registers, and only names of projects; every date is written as text."""
    labels, files = LABELS["names"], department.files
    formats = cycle(_TEXT_DATES)

    def show(value: Any) -> Any:
        if isinstance(value, datetime):
            return f"{value.year}年{value.month}月{value.day}日 {value:%H:%M}"
        return next(formats).format(value) if isinstance(value, date) else value

    titles = {
        content.labels["initiation"]["project_id"]: content.labels["initiation"]["project_name"]
        for content in _contents(files, "F01")
    }

    def named(row: Row, key: str = "project_name") -> Row:
        name = row.get("project_name") or titles.get(row.get("project_id", ""), "")
        return {**row, key: name}

    with Paper(folder / "项目登记.xlsx", labels, show) as book:
        rows = [content.labels["initiation"] for content in _contents(files, "F01")]
        book.table(book.sheet("登记簿", "项目登记簿"), 1, "initiation", rows)
    for content in _contents(files, "F02"):
        with Paper(folder / f"日志/{_owner(content)}工作日志.xlsx", labels, show) as book:
            for block, name in (
                ("tracking", "日志"), ("project_list", "在手项目"), ("leftovers", "问题清单"),
            ):  # fmt: skip
                sheet = book.sheet(name)
                sheet.write(0, 0, "售前工程师：" + _owner(content))
                book.table(sheet, 2, block, map(named, content.tables[block]))
    with Paper(folder / "需求台账.xlsx", labels, show) as book:
        rows = [
            named(content.labels["improvement"]) | _hours(content)
            for content in _contents(files, "F03")
        ]
        book.table(book.sheet("需求台账"), 0, "improvement", rows)
    for content in _contents(files, "F04"):
        values = named(content.labels["fault"])
        with Paper(folder / f"故障/{values['number']}.xlsx", labels, show) as book:
            sheet = book.sheet("故障", "故障工作单")
            row = book.beside(sheet, 2, "fault", values, each=2)
            book.table(sheet, row + 1, "fault_attempts", content.tables["fault_attempts"])
    with Paper(folder / "缺陷反馈.xlsx", labels, show) as book:
        for content in _contents(files, "F05"):
            rows = [named(row, "project_id") for row in content.tables["bugs"]]
            book.table(book.sheet("缺陷反馈"), 0, "bugs", rows)


def without_history(department: SampleDepartment) -> SampleDepartment:
    """The same department without 追加 and 变更: a register of projects has no place for them."""
    files = dict(department.files.items())
    for path, (form, content) in files.items():
        if form == "F01":
            files[path] = form, FormContent(content.labels)
    return replace(department, files=files)


def _hours(content: FormContent) -> Row:
    """A register has no sheet for single hours: the sum of those that count."""
    rows = content.tables["improvement_hours"]
    if not rows or content.labels["improvement"].get("net_hours") not in (None, ""):
        return {}
    counted = (r["hours"] for r in rows if r.get("category") not in ("等待", "会议"))
    return {"net_hours": float(sum(counted))}


WRITERS: Mapping[str, Callable[[Path, SampleDepartment], None]] = {
    "beside": write_beside,
    "above": write_above,
    "names": write_names,
}
