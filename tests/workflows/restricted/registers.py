"""A sample department with a filled 投诉与绩效台账, and the texts that must not get out of it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from tests.end_to_end.departments import make_clean
from toolkit.forms import load_forms
from toolkit.writers.form_workbook import FormContent, write_form
from toolkit.writers.sample import SampleSize

TODAY = dt.date(2026, 11, 23)
NOW = dt.datetime(2026, 11, 23, 9, 30)
REGISTER = "09_受限/投诉与绩效台账.xlsx"
SECRETS = (
    "客户说三天没有人回话", "我当天下午打过电话了", "TS-秘-001", "TS-秘-002", "TS-秘-004",
    "王副总也知道这件事", "投诉-丁酉市图书馆数据备份升级改造项目沟通问题",
    "七万八千元的奖金先别发",
)  # fmt: skip
"""Texts of the register that stand nowhere else in the department."""
NUMBERS = ("4321.5", "3987.25", "78123", "166.75")
"""Amounts of the register that stand nowhere else either."""
FIRST, SECOND = "孙示例", "李样本"
"""第一售前 and 第二售前 of XM2026-0001; 陈回款 is its 责任销售."""
SMALL = SampleSize(engineers=2, projects=2, records=8)
SEED = 7


def _complaint(number: str, received: dt.datetime, **other: Any) -> dict[str, Any]:
    line: dict[str, Any] = {
        "number": number,
        "received": received,
        "complainant": "陈回款",
        "project_id": "XM2026-0001",
        "accused": FIRST,
        "category": "未汇报",
        "contact_date": received.date() - dt.timedelta(days=2),
        "ruling": "有效",
        "ruling_date": received.date() + dt.timedelta(days=1),
        "decider": "褚经理",
    }
    return line | other


def register() -> FormContent:
    """Complaints of every standing, levels, two settled months, rates and bonuses."""
    at = dt.datetime
    complaints = [
        _complaint(
            "TS-秘-001", at(2026, 3, 5, 10), statement="我当天下午打过电话了",
            mail_subject="投诉-丁酉市图书馆数据备份升级改造项目沟通问题",
            note="客户说三天没有人回话", mail_to="不存在的经理",
        ),
        _complaint("TS-秘-002", at(2026, 3, 20, 9), accused=f"{FIRST}、{SECOND}"),
        _complaint("TS-秘-003", at(2026, 3, 23, 9), follows="TS-秘-002"),
        _complaint("TS-秘-004", at(2026, 5, 12, 9), complainant="冯签单"),
        _complaint(
            "TS-秘-005", at(2026, 5, 18, 15), ruling="撤销", ruling_date=dt.date(2026, 8, 3)
        ),
        _complaint("TS-秘-006", at(2026, 5, 27, 9), note="王副总也知道这件事"),
        _complaint("TS-秘-007", at(2026, 10, 15, 9), category="其他"),
        _complaint("TS-秘-008", at(2026, 11, 11, 9), ruling=None, ruling_date=None),
        _complaint("TS-秘-009", at(2026, 11, 17, 9), project_id="XM2026-0099"),
    ]  # fmt: skip
    grades = [{"level": n, "amount": 4321.5 - 334.25 * (8 - n)} for n in range(8, 2, -1)]
    levels = [{"person": FIRST, "level": 8}, {"person": SECOND, "level": 4}]
    deductions = [
        {"month": "2026-03", "person": FIRST, "counted": 2, "total": 2, "month_levels": 1,
         "permanent_levels": 0, "base_level": 8, "pay_level": 7},
        {"month": "2026-05", "person": FIRST, "counted": 2, "total": 4, "month_levels": 1,
         "permanent_levels": 1, "base_level": 8, "pay_level": 7},
        {"month": "2026-03", "person": SECOND, "counted": 1, "total": 1, "month_levels": 1},
    ]  # fmt: skip
    rates = [{"rate": 166.75}, {"person": "褚编码", "rate": 180, "start": dt.date(2026, 1, 1)}]
    bonuses = [
        {"project_id": "XM2026-0001", "base": 78123, "ratio": 0.05,
         "settled_date": dt.date(2026, 9, 30), "note": "七万八千元的奖金先别发"},
        {"project_id": "XM2026-0002", "base": 50000, "ratio": 0.04},
    ]  # fmt: skip
    return FormContent(
        {},
        {
            "complaints": complaints,
            "pay_grades": grades,
            "pay_levels": levels,
            "deductions": deductions,
            "rates": rates,
            "bonuses": bonuses,
        },
    )


def write_register(path: Path) -> None:
    """投诉与绩效台账 with `register`, at exactly this path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_form(load_forms()["G05"], path, register(), generated=NOW)


def make_department(folder: Path) -> Path:
    """A small department without breaches, with the register in its place."""
    make_clean(folder, SEED, SMALL)
    write_register(folder / REGISTER)
    return folder
