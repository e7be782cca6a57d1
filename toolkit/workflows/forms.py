"""The official forms, blank."""

from __future__ import annotations

from pathlib import Path

from toolkit.forms import load_forms
from toolkit.model.dossier import Status
from toolkit.model.errors import ToolkitError
from toolkit.readers.reader import read_folder
from toolkit.regulation.parameters import parameter_catalogue
from toolkit.writers.files import make_folder
from toolkit.writers.form_workbook import FormContent, build_blank_forms


def configuration_content() -> FormContent:
    """What a new 部门配置 holds: P01–P42, each with its default named and the value left blank."""
    rows: list[dict[str, object]] = []
    for kind in parameter_catalogue().values():
        default = f"默认：{kind.default}" if kind.default else "没有默认值"
        rows.append({"parameter": kind.id, "meaning": f"{kind.name}（{default}）"})
    return FormContent(tables={"parameters": rows})


def build_forms(folder: Path) -> list[Path]:
    """Write the blank official forms, reproducibly; returns their paths.

    Raises ToolkitError, before anything is written, when a file of such a name is no blank form.
    """
    make_folder(folder)
    _demand_blank(folder)
    return build_blank_forms(folder, {"G19": configuration_content()})


def _demand_blank(folder: Path) -> None:
    """A form that somebody filled in is never replaced; a blank 部门配置 has its 参数 preset."""
    names = {f"{form.title}.xlsx" for form in load_forms().values()}
    if not any((folder / name).exists() for name in names):
        return
    dossier = read_folder(folder, load_forms(), restricted=True)
    filled = {
        int(source)
        for key, frame in dossier.frames.items()
        if key != "parameters"
        for source in frame["source"].unique()
    }
    for number, source in enumerate(dossier.sources):
        if source.path in names and (number in filled or source.status is not Status.READ):
            raise ToolkitError(
                f"“{source.path}”里已有内容，没有改动任何文件。", "请换一个空文件夹。"
            )
