"""schtasks is asked the right thing, and its refusals become one Chinese sentence each."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from pathlib import Path, PureWindowsPath

import pytest

from toolkit.model.errors import ToolkitError
from toolkit.workflows.schedule import schtasks
from toolkit.workflows.schedule.system import Outcome
from toolkit.workflows.schedule.windows_task import NAMESPACE

from .machines import PYTHON, Programs, entry, windows

LOCAL = entry(PureWindowsPath("C:\\技术 支持"), PYTHON)
SHARE = entry(PureWindowsPath("\\\\server\\share\\技术 支持"), PYTHON)


def test_a_local_task_is_registered_without_a_password() -> None:
    programs, seen = Programs(), []

    def watch(command: Sequence[str]) -> None:
        file = Path(command[command.index("/XML") + 1])
        seen.append((file, ET.fromstring(file.read_bytes()).tag))

    programs.watch = watch
    notes = schtasks.install(LOCAL, windows(programs))
    ((file, tag),) = seen
    assert tag == f"{{{NAMESPACE}}}Task"
    assert not file.exists(), "nothing is left in the temporary folder"
    (call,) = programs.calls
    assert call[0] == "C:\\Windows\\System32\\schtasks.exe"
    assert call[1:4] == ["/Create", "/TN", LOCAL.name]
    assert "/F" in call, "installing again replaces"
    assert not {"/RU", "/RP"} & set(call)
    assert programs.talked == [False]
    assert "环境变量" in "".join(notes), "a login without password opens no credential store"


def test_a_share_asks_for_the_password_on_the_users_terminal() -> None:
    programs = Programs()
    notes = schtasks.install(SHARE, windows(programs))
    (call,) = programs.calls
    assert call[-4:] == ["/RU", "总部\\演示", "/RP", "*"]
    assert programs.talked == [True]
    assert "改密码" in "".join(notes)


def test_without_a_terminal_nobody_could_answer() -> None:
    programs = Programs()
    with pytest.raises(ToolkitError, match="命令提示符窗口"):
        schtasks.install(SHARE, windows(programs, terminal=False))
    assert programs.calls == []
    schtasks.install(LOCAL, windows(programs, terminal=False))


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (0x80070005, "以管理员身份运行"),
        (0x8007052E, "密码不对"),
        (0x8007052F, "密码为空"),
        (0x80070534, "--account"),
        (0x80070569, "批处理作业"),
        (1, "任务 XML 格式错误"),
        (0x8004131A, "0x8004131a"),
    ],
)
@pytest.mark.parametrize("signed", [False, True])
def test_a_refusal_becomes_one_sentence_and_a_next_step(
    code: int, sentence: str, signed: bool
) -> None:
    number = code - (1 << 32) if signed and code > 1 else code
    said = "任务 XML 格式错误\r\n" if code == 1 else ""
    programs = Programs({"/Create": Outcome(number, b"", said.encode())})
    with pytest.raises(ToolkitError, match=sentence) as caught:
        schtasks.install(LOCAL, windows(programs))
    assert caught.value.next_step
    assert "{" not in str(caught.value)
    assert "\n" not in str(caught.value)
    str(caught.value).encode("gbk")


def test_no_schtasks_is_said() -> None:
    programs = Programs({"schtasks": FileNotFoundError(2, "No such file or directory")})
    with pytest.raises(ToolkitError, match="schtasks"):
        schtasks.install(LOCAL, windows(programs))
    with pytest.raises(ToolkitError, match="schtasks"):
        schtasks.remove(LOCAL.name, windows(programs))


def test_removing_says_whether_there_was_one() -> None:
    gone = Programs({"/Delete": Outcome(0x80070002)})
    assert not schtasks.remove(LOCAL.name, windows(gone))
    there = Programs()
    assert schtasks.remove(LOCAL.name, windows(there))
    assert there.lines("schtasks") == [f"/Delete /TN {LOCAL.name} /F /HRESULT"]
    refused = Programs({"/Delete": Outcome(0x80070005)})
    with pytest.raises(ToolkitError, match="没能删除"):
        schtasks.remove(LOCAL.name, windows(refused))


def test_present_asks_for_the_task() -> None:
    assert schtasks.present(LOCAL.name, windows(Programs()))
    assert not schtasks.present(LOCAL.name, windows(Programs({"/Query": Outcome(0x80070002)})))


def test_the_preview_shows_command_and_definition() -> None:
    programs = Programs()
    shown = schtasks.preview(SHARE, windows(programs))
    assert programs.calls == []
    assert f"schtasks /Create /TN {SHARE.name} /XML task.xml /F" in shown
    assert "/RU 总部\\演示 /RP *" in shown
    assert "\\\\server\\share\\技术 支持" in shown
    shown.encode("gbk")
