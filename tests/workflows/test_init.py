"""A department folder that could not be finished is finished by the next try."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from tests.amounts import some
from tests.disk import FAULTS, Disk, Killed, points
from toolkit.model.errors import ToolkitError
from toolkit.workflows.init import init_department


def _names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


@pytest.mark.parametrize("fault", ["broken_once", "full", "killed"])
def test_an_interrupted_init_is_made_good(tmp_path: Path, fault: str) -> None:
    with Disk(tmp_path).at_work() as disk:
        init_department(tmp_path / "whole")
    assert sum(step == "link" for step in disk.steps) > 3 or "rename" in disk.steps
    for point in some(points(disk.steps, 20), 4):
        folder = tmp_path / f"{point}"
        try:
            with Disk(tmp_path, FAULTS[fault], point).at_work():
                init_department(folder)
        except (ToolkitError, Killed):
            pass
        for path in folder.rglob("*.xlsx"):
            with zipfile.ZipFile(path) as archive:
                assert archive.testzip() is None
        finished = (folder / "部门配置.xlsx").exists()
        if not finished:
            init_department(folder)
        half = {name for name in _names(folder) if ".~" in name}
        assert _names(folder) - half == _names(tmp_path / "whole"), point


def test_an_empty_file_under_a_final_name_is_no_form(tmp_path: Path) -> None:
    """Killed where nothing has links."""
    whole, folder = tmp_path / "whole", tmp_path / "部门"
    init_department(whole)
    init_department(folder)
    forms = sorted(folder.rglob("*.xlsx"))
    theirs = forms[2]
    theirs.write_bytes(b"filled in")
    for path in (forms[0], forms[1], folder / "部门配置.xlsx"):
        path.write_bytes(b"")
    made = init_department(folder)
    assert sorted(made) == sorted({forms[0], forms[1], folder / "部门配置.xlsx"})
    for path in whole.rglob("*.xlsx"):
        same = folder / path.relative_to(whole)
        assert same.read_bytes() == (b"filled in" if same == theirs else path.read_bytes())
