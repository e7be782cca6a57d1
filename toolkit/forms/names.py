"""What a form's workbook is told apart by: its defined names and the rows of `_meta`."""

from __future__ import annotations

import re

from toolkit.model.forms import Block, Field, Form, Layout

META_SHEET = "_meta"
LISTS_SHEET = "_lists"
META_KIND = "表单类型"
META_VERSION = "模板版本"
META_NUMBER = "表单编号"
META_GENERATED = "生成时间"
OUTPUT_KIND = "输出"
"""Value of 表单类型 in everything that the toolkit reports: such files are never read."""
TEMPLATE_VERSION = "1"

_NOT_IN_NAMES = re.compile(r"[^\w.]+")


def defined_name(form: Form, block: Block, field: Field) -> str:
    """Excel name of a field: `F01_项目名称`; of a table's column `F02_跟踪记录_支持日期`.

    A label field's name is its value cell (the first one when merged), a column's name is its
    header cell. What Excel does not allow in names becomes `_`.
    """
    parts = [form.key, field.label]
    if block.layout is Layout.TABLE:
        parts.insert(1, block.title or block.sheet)
    return "_".join(_NOT_IN_NAMES.sub("_", part).strip("_") for part in parts)


def table_name(form: Form, block: Block) -> str:
    """Name of the Excel table that holds a block; never equal to a defined name."""
    return "T_" + _NOT_IN_NAMES.sub("_", f"{form.key}_{block.title or block.sheet}").strip("_")


def meta_kind(form: Form) -> str:
    """Value of 表单类型: `F01 技术支持立项单`."""
    return f"{form.key} {form.title}"


def form_key_of(kind: str) -> str:
    """The form key in a value of 表单类型: `F01 技术支持立项单` -> `F01`."""
    return kind.split(maxsplit=1)[0] if kind.strip() else ""
