"""「体检」: what is wrong on this PC, each with the next step."""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

import toolkit
from toolkit.forms import load_forms
from toolkit.model.errors import ToolkitError
from toolkit.readers.folder import OUTPUT_FOLDER
from toolkit.readers.reader import read_folder
from toolkit.regulation.calendar import known_years
from toolkit.regulation.department import Department
from toolkit.writers.button_names import PYTHON_VARIABLE
from toolkit.writers.files import new_file

VARIABLE = PYTHON_VARIABLE
OLDEST_PYTHON = (3, 11)
_OFFICE = ("soffice", "libreoffice", "localc")
_EXCEL_KEY = r"SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\excel.exe"


class State(StrEnum):
    OK = "正常"
    HINT = "提示"
    PROBLEM = "问题"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One thing that was looked at. `next_step` is empty when nothing is to be done."""

    what: str
    state: State
    found: str
    next_step: str = ""


@dataclass(frozen=True, slots=True)
class Machine:
    """What the PC is asked; tests pass their own."""

    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    platform: str = sys.platform
    python: tuple[int, int] = (sys.version_info.major, sys.version_info.minor)
    interpreter: str = sys.executable
    which: Callable[[str], str | None] = shutil.which
    version_of: Callable[[str], str | None] = lambda name: _installed(name)


def diagnose(folder: Path | None, today: date, machine: Machine | None = None) -> list[Diagnosis]:
    """Look at Python, the package, xlwings, Excel or LibreOffice, and the department's folder."""
    machine = machine or Machine()
    found = [_python(machine), _package(), _xlwings(machine), _variable(machine)]
    found += [_office(machine), _calendar(today)]
    if folder is not None:
        found += _folder(folder, today)
    return found


def doctor_json(found: list[Diagnosis]) -> dict[str, Any]:
    """`toolkit doctor --json`."""
    return {
        "ok": all(d.state is not State.PROBLEM for d in found),
        "checks": [asdict(d) for d in found],
    }


def _installed(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _python(machine: Machine) -> Diagnosis:
    version = ".".join(map(str, machine.python))
    if machine.python < OLDEST_PYTHON:
        need = ".".join(map(str, OLDEST_PYTHON))
        return Diagnosis(
            "Python", State.PROBLEM, f"版本 {version}，过低", f"请安装 Python {need} 或更新版本。"
        )
    return Diagnosis("Python", State.OK, f"版本 {version}（{machine.interpreter}）")


def _package() -> Diagnosis:
    home = Path(toolkit.__file__).parent
    return Diagnosis("本工具", State.OK, f"版本 {toolkit.__version__}（{home}）")


def _xlwings(machine: Machine) -> Diagnosis:
    version = machine.version_of("xlwings")
    if version:
        return Diagnosis("xlwings", State.OK, f"版本 {version}")
    step = "需要在 Excel 中用按钮时，请运行：python -m pip install xlwings。"
    return Diagnosis("xlwings", State.HINT, "没有安装，Excel 中的按钮不能用", step)


def _variable(machine: Machine) -> Diagnosis:
    value = machine.environment.get(VARIABLE, "")
    install = "请运行一次：toolkit buttons install。"
    if not value:
        return Diagnosis(VARIABLE, State.HINT, "没有设置，按钮找不到 Python", install)
    if not Path(value).is_file():
        return Diagnosis(VARIABLE, State.PROBLEM, f"指向的“{value}”不存在", install)
    if Path(value).resolve() != Path(machine.interpreter).resolve():
        return Diagnosis(
            VARIABLE,
            State.HINT,
            f"指向“{value}”，与当前的 Python 不同",
            f"如果 Python 升级过，{install}",
        )
    return Diagnosis(VARIABLE, State.OK, value)


def _office(machine: Machine) -> Diagnosis:
    excel = _excel(machine)
    if excel:
        return Diagnosis("Excel", State.OK, excel)
    office = next(filter(None, map(machine.which, _OFFICE)), None)
    if office:
        return Diagnosis("LibreOffice", State.OK, office)
    step = "校验和汇总不需要它们；要打开报告或使用按钮时，请安装 Excel 或 LibreOffice。"
    return Diagnosis("Excel / LibreOffice", State.HINT, "都没有找到", step)


def _excel(machine: Machine) -> str:
    if machine.platform == "darwin":
        app = Path("/Applications/Microsoft Excel.app")
        return str(app) if app.exists() else ""
    if sys.platform == "win32" and machine.platform == "win32":
        import winreg

        try:
            return winreg.QueryValue(winreg.HKEY_LOCAL_MACHINE, _EXCEL_KEY)
        except OSError:
            return ""
    return ""


def _calendar(today: date) -> Diagnosis:
    missing = [y for y in (today.year, today.year + (today.month == 12)) if y not in known_years()]
    if missing:
        years = "、".join(str(y) for y in dict.fromkeys(missing))
        return Diagnosis(
            "节假日日历",
            State.PROBLEM if today.year in missing else State.HINT,
            f"不知道 {years} 年的节假日，期限按周一至周五计算，最多报警告",
            "请运行：python -m pip install -U chinesecalendar；或在部门配置的“工作日历”中登记。",
        )
    return Diagnosis("节假日日历", State.OK, f"已知 {today.year} 年的节假日和调休")


def _folder(folder: Path, today: date) -> Iterator[Diagnosis]:
    if not folder.is_dir():
        step = "请检查路径；网络文件夹请先确认已连接。"
        yield Diagnosis("部门文件夹", State.PROBLEM, f"找不到“{folder}”", step)
        return
    yield _writable(folder)
    department = Department.of(read_folder(folder, load_forms()), today)
    if not department.kept("roster"):
        step = f'请运行：toolkit init "{folder}"，或 toolkit adopt "{folder}"。'
        yield Diagnosis("部门配置", State.PROBLEM, "没有找到，或是空白的", step)
        return
    missing = [
        name
        for name, there in (
            ("人员名册", len(department.roster) > 0),
            ("售前经理任命", department.roles.known("售前经理")),
            ("制度生效日期（参数P01）", department.effective is not None),
        )
        if not there
    ]
    if missing:
        step = "请在“部门配置.xlsx”中填写，相应的规则才能检查。"
        yield Diagnosis("部门配置", State.HINT, f"还没有填：{'、'.join(missing)}", step)
    else:
        yield Diagnosis("部门配置", State.OK, f"{department.name}，{len(department.roster)} 人")


def _writable(folder: Path) -> Diagnosis:
    probe = folder / OUTPUT_FOLDER / ".toolkit-写入测试.tmp"
    try:
        probe.parent.mkdir(exist_ok=True)
        with new_file(probe) as temporary:
            temporary.write_bytes(b"ok")
        probe.unlink()
    except (OSError, ToolkitError) as error:
        step = "请向管理员申请写入权限，或用 --output 把报告写到别处。"
        return Diagnosis("写入权限", State.PROBLEM, f"不能写入“{folder}”：{error}", step)
    return Diagnosis("写入权限", State.OK, f"可以写入“{folder / OUTPUT_FOLDER}”")
