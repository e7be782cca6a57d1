"""The charts of the overview: native Excel charts, their numbers on a hidden sheet."""

from __future__ import annotations

from typing import Any

from toolkit.model.report import Charts, Series
from toolkit.writers.form_styles import FONT, NAVY, QUIET

from .styles import BAD, CALM, HAIRLINE, SERIES, WARN, ReportStyles
from .values import cell_text

DATA_SHEET = "_图表数据"
_ROWS_EACH, _ROW_POINTS = 10, 20.0
"""Rows that a line of charts covers."""
_WIDTH, _HEIGHT = 289, 256
"""Pixels; three charts stand beside each other."""
_COLUMNS_EACH = 4
_GOOD, _OPEN = "#4F7CAC", "#C9A227"
_RESULT_COLOURS = {"成功": _GOOD, "问题遗留": _OPEN, "未填": "#B4BFCB"}
_STATE_COLOURS = {
    "已关闭": "#B4BFCB",
    "已处理": "#8FB3D4",
    "处理中": NAVY,
    "待客户": "#C9A227",
    "待研发": "#B7791F",
    "待满足条件": "#9A8FB0",
    "无法解决": BAD,
    "无资源": "#8C5A57",
}
_SEVERITY_COLOURS = {"错误": BAD, "警告": WARN, "提示": CALM}


def drawable(charts: Charts) -> list[tuple[str, Series, dict[str, str]]]:
    """Kind, numbers and colours of the charts that have anything to show."""
    plan: tuple[tuple[str, Series, dict[str, str]], ...] = (
        ("column", charts.by_time, {}),
        ("bar", charts.by_engineer, {}),
        ("bar", charts.by_type, {}),
        ("doughnut", charts.by_result, _RESULT_COLOURS),
        ("doughnut", charts.leftovers, _STATE_COLOURS),
        ("column", charts.findings, _SEVERITY_COLOURS),
    )
    return [entry for entry in plan if entry[1]]


def place_charts(book: Any, sheet: Any, row: int, charts: Charts) -> int:
    """Three charts a line from `row` on; return the first row below them.

    Their numbers come with `write_chart_data`.
    """
    plan = drawable(charts)
    covered = -(-len(plan) // 3) * _ROWS_EACH
    for line in range(row, row + covered):
        sheet.set_row(line, _ROW_POINTS)
    for number, (kind, series, colours) in enumerate(plan):
        chart = book.add_chart({"type": kind})
        chart.add_series(_series(kind, series, colours, number * 3))
        _dress(chart, kind, series)
        top = row + (number // 3) * _ROWS_EACH
        place = {"y_offset": 6, "object_position": 1, "description": series.title}
        sheet.insert_chart(top, (number % 3) * _COLUMNS_EACH, chart, place)
    return row + covered


def write_chart_data(book: Any, styles: ReportStyles, charts: Charts) -> None:
    """Add the hidden sheet with the numbers of the charts, when there are any."""
    plan = drawable(charts)
    if not plan:
        return
    data = book.add_worksheet(DATA_SHEET)
    data.hide()
    for number, (_, series, _) in enumerate(plan):
        column = number * 3
        data.set_column(column, column, 20)
        data.write_string(0, column, series.title, styles.get(bold=True))
        pairs = zip(series.categories, series.values, strict=True)
        for line, (name, value) in enumerate(pairs, 1):
            data.write_string(line, column, cell_text(name), styles.get())
            data.write_number(line, column + 1, value, styles.get())


def _series(kind: str, series: Series, colours: dict[str, str], column: int) -> dict[str, Any]:
    last = len(series.categories)
    options: dict[str, Any] = {
        "name": [DATA_SHEET, 0, column],
        "categories": [DATA_SHEET, 1, column, last, column],
        "values": [DATA_SHEET, 1, column + 1, last, column + 1],
        "gap": 45,
        "fill": {"color": SERIES[1]},
        "data_labels": {"value": True, "font": _font(9)},
    }
    if colours:
        spare = iter(SERIES * (last // len(SERIES) + 1))
        fills = [colours.get(name) or next(spare) for name in series.categories]
        options["points"] = [
            {"fill": {"color": c}, "border": {"color": "#FFFFFF", "width": 1}} for c in fills
        ]
    if kind == "doughnut":
        options["data_labels"] = {"value": True, "font": _font(9) | {"color": "#FFFFFF"}}
    return options


def _dress(chart: Any, kind: str, series: Series) -> None:
    chart.set_size({"width": _WIDTH, "height": _HEIGHT})
    title_font = _font(11) | {"bold": True, "color": NAVY}
    chart.set_title({"name": series.title, "name_font": title_font, "overlay": False})
    chart.set_chartarea({"border": {"color": HAIRLINE}, "fill": {"color": "#FFFFFF"}})
    if kind == "doughnut":
        chart.set_hole_size(58)
        chart.set_legend({"position": "right", "font": _font(9)})
        return
    chart.set_legend({"none": True})
    names: dict[str, Any] = {
        "num_font": _font(9),
        "line": {"color": HAIRLINE},
        "major_tick_mark": "none",
    }
    numbers: dict[str, Any] = {
        "num_font": _font(8) | {"color": QUIET},
        "line": {"none": True},
        "major_gridlines": {"visible": True, "line": {"color": HAIRLINE, "width": 0.5}},
        "major_tick_mark": "none",
        "num_format": "0",
        "min": 0,
    }
    if max(series.values) <= 5:
        numbers["major_unit"] = 1
    if kind == "bar":
        # the first one on top; the bars' labels make the axis of numbers superfluous
        chart.set_y_axis(names | {"reverse": True})
        chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}, "min": 0})
        return
    chart.set_x_axis(names)
    chart.set_y_axis(numbers)


def _font(size: int) -> dict[str, Any]:
    return {"name": FONT, "size": size, "color": "#44546A"}
