"""The task's XML: valid by the published schema, and Windows starts what was meant."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from datetime import datetime
from pathlib import Path, PurePath, PureWindowsPath

import pytest
import xmlschema

from toolkit.model.errors import ToolkitError
from toolkit.model.jobs import TRIGGERS
from toolkit.workflows.schedule.system import System
from toolkit.workflows.schedule.windows_task import (
    NAMESPACE,
    account_of,
    demand_reachable,
    logon_of,
    task_file,
    task_xml,
)

from .machines import NOW, PYTHON, Programs, entry, windows

SCHEMA = xmlschema.XMLSchema(str(Path(__file__).with_name("task.xsd")))

LOCAL = (
    "C:\\技术支持",
    "D:\\",
    "C:\\技术 支持\\售前&售后 <一组>",
    "C:\\it's 50%合格",
    "C:\\尾 巴\\",
    "E:\\部门 $HOME",
)
SHARES = (
    "\\\\server\\share\\技术 支持",
    "\\\\server\\共享 文件\\",
    "\\\\?\\UNC\\server\\share\\技术支持",
    "\\\\10.0.0.5\\d$\\技术支持",
)


def local_pc(**variables: str) -> System:
    return windows(Programs(), **variables)


def xml_of(folder: str, python: PurePath = PYTHON, account: str = "") -> str:
    return task_xml(entry(PureWindowsPath(folder), python, account=account), local_pc())


def text_of(xml: str, name: str) -> str:
    """The text of the only element of that name."""
    (found,) = ET.fromstring(xml.encode("utf-16")).iter(f"{{{NAMESPACE}}}{name}")
    return found.text or ""


def words_of(line: str) -> list[str]:
    """A command line taken apart by the documented rules of CommandLineToArgvW.

    2n backslashes before a quotation mark are n backslashes and the mark delimits; 2n+1 are n
    backslashes and the mark is a letter; anywhere else a backslash is a backslash.
    """
    words, word, quoted, started = [], "", False, False
    for backslashes, mark, blank, other in re.findall(r'(\\*)(?:(")|([ \t]+)|([^\\" \t]|$))', line):
        if mark:
            word += "\\" * (len(backslashes) // 2)
            started = True
            if len(backslashes) % 2:
                word += '"'
            else:
                quoted = not quoted
            continue
        word += backslashes
        started = started or bool(backslashes or other)
        if blank and not quoted:
            if started:
                words.append(word)
            word, started = "", False
        else:
            word += blank or other
    return [*words, word] if started else words


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('"a b c" d e', ["a b c", "d", "e"]),
        ('"ab\\"c" "\\\\" d', ['ab"c', "\\", "d"]),
        ('a\\\\\\b d"e f"g h', ["a\\\\\\b", "de fg", "h"]),
        ('a\\\\\\"b c d', ['a\\"b', "c", "d"]),
        ('a\\\\\\\\"b c" d e', ["a\\\\b c", "d", "e"]),
        ('-m ""', ["-m", ""]),
    ],
)
def test_the_rules_of_windows_command_lines_as_documented(line: str, words: list[str]) -> None:
    assert words_of(line) == words


@pytest.mark.parametrize("folder", [*LOCAL, *SHARES])
def test_the_task_is_valid_and_starts_what_was_meant(folder: str, tmp_path: Path) -> None:
    job = entry(PureWindowsPath(folder), PYTHON)
    file = tmp_path / "task.xml"
    file.write_bytes(task_file(job, local_pc()))
    SCHEMA.validate(str(file))
    xml = file.read_bytes().decode("utf-16")
    assert text_of(xml, "Command") == str(PYTHON)
    assert words_of(text_of(xml, "Arguments")) == list(job.start.arguments)
    assert words_of(text_of(xml, "Arguments"))[-1] == str(PureWindowsPath(folder))


def test_the_file_is_little_endian_utf16_with_its_mark() -> None:
    data = task_file(entry(PureWindowsPath(LOCAL[0]), PYTHON), local_pc())
    assert data.startswith(b"\xff\xfe<\x00")
    assert ET.fromstring(data).tag == f"{{{NAMESPACE}}}Task"


@pytest.mark.parametrize(
    ("there", "instead"),
    [
        ("<LogonType>S4U<", "<LogonType>Batch<"),
        ("<LogonType>S4U<", "<LogonType>s4u<"),
        ("IgnoreNew", "Skip"),
        ("LeastPrivilege", "Limited"),
        ('Context="Author"', 'Context="Nobody"'),
        ("<DaysInterval>1<", "<DaysInterval>0<"),
        ("PT4H", "4h"),
        ("<StartWhenAvailable>true<", "<StartWhenAvailable>ja<"),
        ("StartWhenAvailable", "StartWhenReady"),
        ("<Command>", "<Command>" + "x" * 260),
        ("<UserId>总部\\演示<", "<UserId><"),
        ("T08:30:00<", " 08:30<"),
        ('version="1.2"', 'version="1"'),
        (NAMESPACE, NAMESPACE.replace("2004", "2005")),
    ],
)
def test_the_schema_refuses_what_windows_refuses(there: str, instead: str) -> None:
    xml = xml_of(LOCAL[0])
    assert there in xml
    assert not SCHEMA.is_valid(ET.fromstring(xml.replace(there, instead).encode("utf-16")))


def test_the_schema_refuses_a_trigger_in_another_order() -> None:
    task = ET.fromstring(xml_of(LOCAL[0]).encode("utf-16"))
    assert SCHEMA.is_valid(task)
    trigger = task.find(f".//{{{NAMESPACE}}}CalendarTrigger")
    assert trigger is not None
    trigger[:] = reversed(trigger[:])
    assert not SCHEMA.is_valid(task)


def test_the_schema_refuses_a_task_without_action() -> None:
    task = ET.fromstring(xml_of(LOCAL[0]).encode("utf-16"))
    task.remove(task.find(f"{{{NAMESPACE}}}Actions"))  # type: ignore[arg-type]
    assert not SCHEMA.is_valid(task)


def test_it_starts_daily_at_the_jobs_times_from_the_next_one_on() -> None:
    task = ET.fromstring(xml_of(LOCAL[0]).encode("utf-16"))
    starts = [e.text or "" for e in task.iter(f"{{{NAMESPACE}}}StartBoundary")]
    firsts = [datetime.fromisoformat(start) for start in starts]
    assert [first.time() for first in firsts] == list(TRIGGERS)
    assert all(first > NOW for first in firsts)
    assert starts == ["2026-11-26T08:30:00", "2026-11-25T17:30:00"]
    assert [e.text for e in task.iter(f"{{{NAMESPACE}}}DaysInterval")] == ["1"] * len(TRIGGERS)


def test_it_runs_unattended_for_years() -> None:
    xml = xml_of(LOCAL[0])
    wanted = {
        "StartWhenAvailable": "true",
        "MultipleInstancesPolicy": "IgnoreNew",
        "DisallowStartIfOnBatteries": "false",
        "StopIfGoingOnBatteries": "false",
        "WakeToRun": "false",
        "RunOnlyIfIdle": "false",
        "RunLevel": "LeastPrivilege",
    }
    assert {name: text_of(xml, name) for name in wanted} == wanted


@pytest.mark.parametrize("folder", LOCAL)
def test_a_local_folder_needs_no_password_and_no_network(folder: str) -> None:
    xml = xml_of(folder)
    assert text_of(xml, "LogonType") == "S4U"
    assert text_of(xml, "UserId") == "总部\\演示"
    assert text_of(xml, "RunOnlyIfNetworkAvailable") == "false"


@pytest.mark.parametrize("folder", SHARES)
def test_a_share_needs_a_login_that_reaches_it(folder: str) -> None:
    xml = xml_of(folder)
    assert text_of(xml, "LogonType") == "Password"
    assert text_of(xml, "RunOnlyIfNetworkAvailable") == "true"
    assert not text_of(xml, "WorkingDirectory").startswith("\\\\")


def test_python_on_a_share_needs_it_as_well() -> None:
    python = PureWindowsPath("\\\\server\\tools\\python.exe")
    xml = task_xml(entry(PureWindowsPath("C:\\部门"), python), local_pc(SystemDrive="D:"))
    assert text_of(xml, "LogonType") == "Password"
    assert text_of(xml, "WorkingDirectory") == "D:\\"


def test_a_named_account_logs_in_with_its_password() -> None:
    job = entry(PureWindowsPath("C:\\部门"), PYTHON, account="总部\\周演示")
    assert account_of(job, local_pc()) == "总部\\周演示"
    assert logon_of(job) == "Password"
    assert text_of(task_xml(job, local_pc()), "UserId") == "总部\\周演示"


@pytest.mark.parametrize(
    "account", ["SYSTEM", "NT AUTHORITY\\System", "NT AUTHORITY\\LOCAL SERVICE"]
)
def test_the_accounts_of_windows_itself_are_refused(account: str) -> None:
    job = entry(PureWindowsPath("C:\\部门"), PYTHON, account=account)
    with pytest.raises(ToolkitError, match="系统账户"):
        account_of(job, local_pc())


def test_nobody_to_run_it_is_said() -> None:
    job = entry(PureWindowsPath("C:\\部门"), PYTHON)
    with pytest.raises(ToolkitError, match="--account"):
        account_of(job, local_pc(USERNAME="", USER=""))


def test_a_mapped_drive_is_refused_with_the_path_to_use() -> None:
    system = windows(Programs(), drives={"M:": "\\\\server\\share"})
    with pytest.raises(ToolkitError) as caught:
        demand_reachable(entry(PureWindowsPath("m:\\技术 支持"), PYTHON), system)
    assert 'toolkit schedule install "\\\\server\\share\\技术 支持"' in str(caught.value)
    with pytest.raises(ToolkitError, match="装在本机"):
        demand_reachable(
            entry(PureWindowsPath("C:\\部门"), PureWindowsPath("M:\\python.exe")), system
        )
    demand_reachable(entry(PureWindowsPath("C:\\部门"), PYTHON), system)
    demand_reachable(entry(PureWindowsPath("\\\\server\\share\\技术 支持"), PYTHON), system)


@pytest.mark.parametrize(
    ("name", "refused"),
    [
        ("50%合格", ""),
        ("50%合格%", ""),
        ("a%os%b", "%os%"),
        ("a%b%OS%", "%OS%"),
        ("收件 $(Arg0)", "$(Arg0)"),
        ("单价 $(元)", "$(元)"),
        ("$HOME", ""),
    ],
)
def test_what_windows_would_replace_in_a_path_is_refused(name: str, refused: str) -> None:
    job = entry(PureWindowsPath("C:\\", name), PYTHON)
    system = windows(Programs(), OS="Windows_NT")
    if not refused:
        demand_reachable(job, system)
        return
    with pytest.raises(ToolkitError) as caught:
        demand_reachable(job, system)
    assert f"“{refused}”" in str(caught.value)


def test_a_python_too_deep_for_the_format_is_refused() -> None:
    python = PureWindowsPath("C:\\", "深" * 250, "python.exe")
    assert len(str(python)) > 260
    with pytest.raises(ToolkitError, match="260"):
        demand_reachable(entry(PureWindowsPath("C:\\部门"), python), local_pc())
