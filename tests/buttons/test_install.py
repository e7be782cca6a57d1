"""`toolkit buttons install`: the console, and the variable through which it finds Python."""

from __future__ import annotations

import shlex
import sys
import types
from pathlib import Path
from typing import Any

import pytest

from tests.buttons.desk import NOW
from tests.buttons.workbook_state import load
from toolkit.__main__ import main
from toolkit.model.errors import ToolkitError
from toolkit.workflows import user_environment
from toolkit.workflows.install_buttons import install_buttons
from toolkit.writers import button_names as names
from toolkit.writers.button_workbook import write_console

PYTHON = Path("/工具 目录/bin/python")


def test_the_command_says_what_it_did_and_what_is_next(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "部 门"
    folder.mkdir()
    assert main(["buttons", "install", str(folder)]) == 0
    told = capsys.readouterr().out
    assert f"已生成“{folder / names.CONSOLE_FILE}”。" in told
    assert f"export TOOLKIT_PYTHON={shlex.quote(sys.executable)}" in told
    assert "下一步：" in told
    told.encode("gbk")
    console = load(folder / names.CONSOLE_FILE)
    assert console.named(names.PYTHON_CELL).value == sys.executable
    assert console.named(names.FOLDER).value is None, "blank: where the console lies"


def test_the_folder_may_be_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["buttons", "install"]) == 0
    assert (tmp_path / names.CONSOLE_FILE).is_file()
    assert main(["buttons", "install", "没有这里"]) == 2
    assert "找不到文件夹“没有这里”" in capsys.readouterr().err


def test_the_fallback_lies_beside_it(tmp_path: Path) -> None:
    install_buttons(tmp_path, python=PYTHON, now=NOW)
    done = install_buttons(tmp_path, python=PYTHON, now=NOW, fallback=True)
    assert done.console == tmp_path / names.FALLBACK_FILE
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(
        [names.CONSOLE_FILE, names.FALLBACK_FILE]
    )


def test_a_renewed_console_keeps_its_settings(tmp_path: Path) -> None:
    settings = {
        "folder": r"\\服务器\共享 甲\技术=部",
        "period": "2026-11",
        "department": "甲部",
    }
    path = tmp_path / names.CONSOLE_FILE
    write_console(path, python="/旧的/python", generated=NOW, **settings)
    done = install_buttons(tmp_path, python=PYTHON, now=NOW)
    assert done.replaced
    console = load(path)
    cells = (names.FOLDER, names.PERIOD, names.DEPARTMENT)
    assert [console.named(c).value for c in cells] == list(settings.values())
    assert console.named(names.PYTHON_CELL).value == str(PYTHON)


@pytest.mark.parametrize(
    ("lock", "content"),
    [
        (f"~${names.CONSOLE_FILE}", b"\x06" + "经理".encode()),
        (f".~lock.{names.CONSOLE_FILE}#", "经理,pc,2026,;".encode()),
    ],
)
def test_an_open_console_is_left_alone(tmp_path: Path, lock: str, content: bytes) -> None:
    install_buttons(tmp_path, python=PYTHON, now=NOW)
    path = tmp_path / names.CONSOLE_FILE
    before = path.read_bytes()
    (tmp_path / lock).write_bytes(content)
    with pytest.raises(ToolkitError) as refused:
        install_buttons(tmp_path, python=Path("/别的/python"), now=NOW)
    assert str(refused.value).startswith(f"经理正在编辑“{names.CONSOLE_FILE}”，没有改动它。")
    assert path.read_bytes() == before


@pytest.mark.parametrize("form", [False, True])
def test_somebody_elses_file_of_that_name_is_left_alone(tmp_path: Path, form: bool) -> None:
    path = tmp_path / names.CONSOLE_FILE
    blank = Path(__file__).parents[2] / "workbooks" / "项目跟踪表.xlsx"
    path.write_bytes(blank.read_bytes() if form else b"no workbook at all")
    before = path.read_bytes()
    with pytest.raises(ToolkitError, match="不是本工具生成的控制台"):
        install_buttons(tmp_path, python=PYTHON, now=NOW)
    assert path.read_bytes() == before


class Registry:
    """As much of winreg as is used; it remembers what was set."""

    HKEY_CURRENT_USER, KEY_SET_VALUE, REG_SZ = "HKCU", 2, 1

    def __init__(self, *, refuses: bool = False) -> None:
        self.values: dict[str, tuple[int, str]] = {}
        self._refuses = refuses

    def __enter__(self) -> Registry:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def OpenKey(self, root: str, path: str, reserved: int, access: int) -> Registry:  # noqa: N802
        assert (root, path, reserved, access) == ("HKCU", "Environment", 0, 2)
        if self._refuses:
            raise PermissionError(5, "拒绝访问")
        return self

    def SetValueEx(  # noqa: N802
        self, key: Registry, name: str, reserved: int, kind: int, value: str
    ) -> None:
        assert (key, reserved) == (self, 0)
        self.values[name] = kind, value


def on_windows(monkeypatch: pytest.MonkeyPatch, registry: Registry) -> list[tuple[Any, ...]]:
    """Let the Windows branch run; returns the messages that it broadcasts."""
    import ctypes

    sent: list[tuple[Any, ...]] = []
    user32 = types.SimpleNamespace(SendMessageTimeoutW=lambda *message: sent.append(message))
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setitem(sys.modules, "winreg", registry)
    monkeypatch.setattr(ctypes, "windll", types.SimpleNamespace(user32=user32), raising=False)
    return sent


def test_windows_gets_a_user_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    registry = Registry()
    sent = on_windows(monkeypatch, registry)
    python = r"C:\用户\王 五\venv\Scripts\python.exe"
    assert user_environment.set_user_variable("TOOLKIT_PYTHON", python)
    assert registry.values == {"TOOLKIT_PYTHON": (1, python)}
    assert sent == [(0xFFFF, 0x1A, 0, "Environment", 2, 1000, None)]


def test_windows_that_refuses_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    on_windows(monkeypatch, Registry(refuses=True))
    with pytest.raises(ToolkitError, match="没能设置用户变量 TOOLKIT_PYTHON：拒绝访问"):
        user_environment.set_user_variable("TOOLKIT_PYTHON", "python.exe")


def test_elsewhere_the_user_gets_a_line() -> None:
    assert not user_environment.set_user_variable("A", "b")
    assert user_environment.shell_line("A", "/b c/d") == "export A='/b c/d'"
