"""The double of Excel, registered for one test; departments that tests only read from."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import xlwings as xw

from tests.buttons.desk import Desk, new_desk
from tests.buttons.engine_double import Engine
from tests.end_to_end.departments import make_planted

NAMED_BADLY = "示例 部门 a=b&c"


@pytest.fixture
def excel() -> Iterator[Engine]:
    engine = Engine()
    engine.register()
    yield engine
    engine.unregister()
    # class state of xlwings, which a test may have set
    if hasattr(xw.Book, "_mock_caller"):
        del xw.Book._mock_caller


@pytest.fixture(autouse=True)
def _own_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Logs of tests stay in their own folder."""
    monkeypatch.setattr("toolkit.bug_log.log_folder", lambda: tmp_path / "log")


@pytest.fixture(scope="session")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample department; not to be written into."""
    return make_planted(tmp_path_factory.mktemp("planted") / "部门")


@pytest.fixture
def desk(excel: Engine, planted: Path, tmp_path: Path) -> Desk:
    """A console inside a copy of the sample department, under a name with everything bad in it."""
    folder = tmp_path / NAMED_BADLY
    shutil.copytree(planted, folder)
    return new_desk(excel, folder)
