"""The official forms, blank."""

from __future__ import annotations

from pathlib import Path

from toolkit.regulation.parameters import parameter_catalogue
from toolkit.writers.form_workbook import FormContent, build_blank_forms


def configuration_content() -> FormContent:
    """What a new 部门配置 holds: P01–P40, each with its default named and the value left blank."""
    rows: list[dict[str, object]] = []
    for kind in parameter_catalogue().values():
        default = f"默认：{kind.default}" if kind.default else "没有默认值"
        rows.append({"parameter": kind.id, "meaning": f"{kind.name}（{default}）"})
    return FormContent(tables={"parameters": rows})


def build_forms(folder: Path) -> list[Path]:
    """Write the blank official forms, reproducibly; returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    return build_blank_forms(folder, {"G19": configuration_content()})
