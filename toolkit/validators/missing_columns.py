"""Columns that a department's own forms lack although every record needs them."""

from __future__ import annotations

from collections.abc import Iterator

from rapidfuzz import fuzz, process

from toolkit.model.dossier import Binding
from toolkit.model.finding import Breach, Result
from toolkit.model.forms import Block, Field
from toolkit.regulation.department import Department

from .registry import WARN, rule


@rule("FLD-4", "表单缺少必填的列", article=None, severity=WARN)
def required_columns_are_there(dept: Department) -> Iterator[Breach]:
    """A column that is always required and that a workbook in use does not have.

    One finding for each column, whatever the number of files.

    要求：每种表单都应有必填的列，列名可以不同，在“列名别名”里对应即可。
    反例：跟踪记录里没有“销售在场”这一列。
    正例：列名写成“销售到场”，已在“列名别名”里确认对应“销售在场”。
    """
    dossier = dept.dossier
    for number, binding in enumerate(dossier.bindings):
        block = dossier.blocks[binding.block]
        lacking = _lacking(binding, block)
        if not lacking:
            continue
        frame = dept.frame(block.key)
        used = frame.index[frame["binding"] == number]
        if not len(used):
            continue
        for field in lacking:
            near = _nearest(field, binding)
            yield Breach(
                block.key,
                int(used[0]),
                "",
                f"“{block.title or block.sheet}”没有“{field.label}”这一列，相关内容无法判断。",
                f"请补充这一列；如果只是名称不同{near}，请在“部门配置”的“列名别名”中对应。",
                result=Result.UNDETERMINED,
                cause=f"{block.key}.{field.key}",
            )


def _lacking(binding: Binding, block: Block) -> list[Field]:
    return [
        f
        for f in block.fields
        if f.required is not None and f.required.source == "always" and not binding.has(f.key)
    ]


def _nearest(field: Field, binding: Binding) -> str:
    labels = sorted(set(binding.unbound.values()))
    found = process.extractOne(field.label, labels, scorer=fuzz.ratio, score_cutoff=40)
    return f"（如“{found[0]}”）" if found else ""
