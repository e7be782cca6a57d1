"""Official forms: the blank ones, a new department's folder, and prefilled new ones."""

from __future__ import annotations

from pathlib import Path

from toolkit.forms import load_forms
from toolkit.regulation.parameters import parameter_catalogue
from toolkit.writers.form_workbook import FormContent, build_blank_forms


def parameter_rows() -> list[dict[str, object]]:
    """P01–P40 as rows of the 参数 sheet; the default is named, the value stays blank."""
    rows: list[dict[str, object]] = []
    for kind in parameter_catalogue().values():
        default = f"默认：{kind.default}" if kind.default else "没有默认值"
        rows.append({"parameter": kind.id, "meaning": f"{kind.name}（{default}）"})
    return rows


def build_forms(folder: Path) -> list[Path]:
    """Write the blank official forms, reproducibly."""
    folder.mkdir(parents=True, exist_ok=True)
    contents = {"G19": FormContent(tables={"parameters": parameter_rows()})}
    assert set(contents) <= set(load_forms())
    return build_blank_forms(folder, contents)
