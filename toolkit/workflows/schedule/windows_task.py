"""The definition of a Task Scheduler task, as XML of version 1.2 (Windows Vista and later).

Names, order and types of the elements: [MS-TSCH] section 2.5 and the pages "Task Scheduler
Schema" of Microsoft's documentation.

Logon type. The job must run when nobody is logged in, so InteractiveToken is out: such a task
is skipped on every evening without a session and still reports itself healthy. What remains:

* S4U, for a folder on this PC. Nobody types a password, none is stored and none can expire,
  which matters for a job that runs for years. Such a login has no network identity (no shares)
  and opens neither encrypted files nor the credential store; plain connections (mail server,
  webhooks) work. Registering it takes a console with administrator's rights.
* Password, when the folder or Python lies on a share, and whenever an account is named: only a
  login with a password reaches shares and the credential store. schtasks asks for the password
  itself, so that it passes through no hand of ours; after a change of password the task has to
  be installed again.
"""

from __future__ import annotations

import codecs
import re
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from pathlib import PurePath
from typing import Literal

from toolkit.model.errors import ToolkitError

from .entry import Entry
from .network_drive import is_share
from .system import System

Logon = Literal["S4U", "Password"]

NAMESPACE = "http://schemas.microsoft.com/windows/2004/02/mit/task"
_PRINCIPAL = "Author"
_LONGEST_PATH = 260
_TIME_LIMIT = "PT4H"
"""A run that hangs is ended before the next one is due."""
_SERVICES = {"system", "localsystem", "local service", "network service", "localservice"}


def account_of(entry: Entry, system: System) -> str:
    """Who runs the task: the account named, or DOMAIN\\user of whoever installs.

    Raises ToolkitError when nobody is known, or for the accounts of Windows itself: they see
    neither shares nor the user's settings.
    """
    if entry.account:
        if entry.account.rpartition("\\")[2].lower() in _SERVICES:
            raise ToolkitError(
                f"“{entry.account}”是 Windows 的系统账户，打不开共享文件夹，也没有用户的设置。",
                "请用能打开部门文件夹的普通账户：--account 域\\用户名。",
            )
        return entry.account
    variables = system.environment
    user = variables.get("USERNAME") or variables.get("USER") or ""
    if not user:
        raise ToolkitError("不知道定时任务用哪个账户运行。", "请加上 --account 域\\用户名。")
    domain = variables.get("USERDOMAIN", "")
    return f"{domain}\\{user}" if domain else user


def logon_of(entry: Entry) -> Logon:
    """See the module's text."""
    start = entry.start
    if entry.account or is_share(start.folder) or is_share(start.python):
        return "Password"
    return "S4U"


def demand_reachable(entry: Entry, system: System) -> None:
    """Raises ToolkitError for paths that the task would not find, or Windows would rewrite."""
    start = entry.start
    for path in (start.folder, start.python):
        share = as_share(path, system)
        if share != path:
            advice = (
                f'请改用它的网络路径：toolkit schedule install "{share}"。'
                if path == start.folder
                else "请把 Python 和本工具装在本机后再运行。"
            )
            raise ToolkitError(
                f"“{path}”在映射的网络驱动器 {path.drive} 上，没有人登录时定时任务看不到它。",
                advice,
            )
        if variable := _expands(str(path), system.environment):
            raise ToolkitError(
                f"路径“{path}”里的“{variable}”会被 Windows 当成变量替换。",
                "请给文件夹改名后再运行。",
            )
    if len(str(start.python)) > _LONGEST_PATH:
        raise ToolkitError(
            f"Python 的路径太长，任务计划程序最多 {_LONGEST_PATH} 个字符：“{start.python}”。",
            "请把 Python 装在较短的路径下再运行。",
        )


def as_share(path: PurePath, system: System) -> PurePath:
    """The network path of what lies on a mapped drive; any other path as it is."""
    share = system.share_of(path.drive) if len(path.drive) == 2 else ""
    return type(path)(share, *path.parts[1:]) if share else path


def task_file(entry: Entry, system: System) -> bytes:
    """The file for `schtasks /XML`: UTF-16, little-endian, with its mark; it reads no other."""
    return codecs.BOM_UTF16_LE + task_xml(entry, system).encode("utf-16-le")


def task_xml(entry: Entry, system: System) -> str:
    """The task as text. Raises ToolkitError as account_of does."""
    task = ET.Element("Task", {"version": "1.2", "xmlns": NAMESPACE})
    account = account_of(entry, system)
    _add(task, "RegistrationInfo", _registration(entry, account))
    triggers = ET.SubElement(task, "Triggers")
    for moment in entry.times:
        trigger = ET.SubElement(triggers, "CalendarTrigger")
        first = _first_after(entry.now, moment)
        _fill(trigger, {"StartBoundary": first.isoformat()})
        _add(trigger, "ScheduleByDay", {"DaysInterval": "1"})
    principal = ET.SubElement(ET.SubElement(task, "Principals"), "Principal", {"id": _PRINCIPAL})
    _fill(
        principal,
        {"UserId": account, "LogonType": logon_of(entry), "RunLevel": "LeastPrivilege"},
    )
    _add(task, "Settings", _settings(entry))
    actions = ET.SubElement(task, "Actions", {"Context": _PRINCIPAL})
    _add(actions, "Exec", _action(entry, system))
    ET.indent(task)
    text = ET.tostring(task, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-16"?>\n{text}\n'


def _registration(entry: Entry, account: str) -> dict[str, str]:
    return {
        "Date": entry.now.isoformat(timespec="seconds"),
        "Author": account,
        "Description": f"技术支持表单工具的定时任务：{entry.start.folder}",
    }


def _settings(entry: Entry) -> dict[str, str]:
    on_network = is_share(entry.start.folder) or is_share(entry.start.python)
    return {
        "MultipleInstancesPolicy": "IgnoreNew",  # the run that goes on does what is due as well
        "DisallowStartIfOnBatteries": "false",
        "StopIfGoingOnBatteries": "false",
        "AllowHardTerminate": "true",
        "StartWhenAvailable": "true",
        "RunOnlyIfNetworkAvailable": "true" if on_network else "false",
        "AllowStartOnDemand": "true",
        "Enabled": "true",
        "Hidden": "false",
        "RunOnlyIfIdle": "false",
        "WakeToRun": "false",
        "ExecutionTimeLimit": _TIME_LIMIT,
    }


def _action(entry: Entry, system: System) -> dict[str, str]:
    return {
        "Command": str(entry.start.python),
        # the rules of the Microsoft C runtime, by which python.exe takes its line apart
        "Arguments": subprocess.list2cmdline(entry.start.arguments),
        "WorkingDirectory": str(_working_directory(entry.start.python, system)),
    }


def _working_directory(python: PurePath, system: System) -> PurePath:
    """Python's own folder: whoever can run the task at all can enter it. Never a share."""
    if not is_share(python):
        return python.parent
    return type(python)(system.environment.get("SystemDrive", "C:") + "\\")


def _first_after(now: datetime, moment: time) -> datetime:
    """A boundary in the past could start the task at the moment when it is installed."""
    first = datetime.combine(now.date(), moment)
    return first if first > now.replace(tzinfo=None) else first + timedelta(days=1)


def _expands(text: str, environment: Mapping[str, str]) -> str:
    """What the task engine would replace: %NAME% of a variable, $(Arg0); '' if nothing.

    There is no way to write such a text so that it is left alone.
    """
    known = {name.upper() for name in environment}
    names = (match[1] for match in re.finditer(r"(?=%([^%]+)%)", text))
    variable = next((f"%{name}%" for name in names if name.upper() in known), "")
    argument = re.search(r"\$\(\w+\)", text)
    return variable or (argument[0] if argument else "")


def _add(parent: ET.Element, name: str, texts: Mapping[str, str]) -> None:
    _fill(ET.SubElement(parent, name), texts)


def _fill(element: ET.Element, texts: Mapping[str, str]) -> None:
    for name, text in texts.items():
        ET.SubElement(element, name).text = text
