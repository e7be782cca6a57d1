"""All rules together: no crash on any case, readable messages, silence on a clean department."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.amounts import some
from tests.departments import build
from toolkit.validators.engine import check
from toolkit.validators.registry import load_rules

CASES = sorted((Path(__file__).parent / "cases").glob("*.toml"))
_LEAKS = re.compile(r"nan|NaT|None|Timestamp|\(\)|00:00:00|tracking|initiation|__")
_ENDS = re.compile(r"[。？）]$")


@pytest.mark.parametrize("path", some(CASES, 40), ids=lambda path: path.stem)
def test_every_message_is_plain_chinese(path: Path) -> None:
    """Every case is run through every rule: messages print on a GBK console and leak no code.

    On a user's machine one case of every third rule is enough; CI takes them all.
    """
    cases = tomllib.loads(path.read_text("utf-8"))["case"]
    for case in some(cases, 1):
        options = {"as_of": case["as_of"]} if "as_of" in case else {}
        result = check(build(case, **options))
        assert [f.hint for f in result.findings if f.rule == "SYS-1"] == [], case["name"]
        for finding in result.findings:
            text = f"{finding.message}\n{finding.hint}"
            text.encode("gbk")
            assert not _LEAKS.search(text), text
            assert _ENDS.search(finding.message), text
            assert finding.hint, text
            assert finding.rule == "HIST" or finding.path
            assert finding.rule == "HIST" or finding.cells[0] == finding.cell


_SETTLED = {
    "version_type": "标准发布",
    "sales_confirm_date": "2026-03-02",
    "presales_confirm_date": "2026-03-02",
    "archive_place": "合同柜3号",
}
CLEAN: dict[str, Any] = {
    "initiation": [
        _SETTLED,
        {
            **_SETTLED,
            "project_id": "XM2026-0002",
            "number": "LX-XM2026-0002",
            "project_name": "示例门户",
            "customer": "示例客户乙",
            "project_aliases": "门户",
        },
    ],
    "initiation_additions": [{}],
    "initiation_changes": [{"of": 1}],
    "project_list": [
        {"account_sales": "周销", "first_presales": "钱一", "customer": "示例客户甲"},
        {"project_id": "", "project_name": "门户", "owner": "李三", "first_presales": "李三"},
    ],
    "tracking": [
        {},
        {"support_date": "2026-04-08", "supporter": "孙二", "support_type": "产品实施"},
        {"support_date": "2026-04-09", "start_time": "22:00", "end_time": "01:30"},
        {"project_id": "XM2026-0002", "support_date": "2026-05-29"},
        {"project_id": "", "project_name": "门户", "owner": "李三", "support_date": "2026-06-01"},
    ],
}


def test_a_clean_department_yields_nothing() -> None:
    result = check(build(CLEAN))
    assert [(f.rule, f.cell, f.message) for f in result.findings] == []
    assert result.undetermined == []


@pytest.mark.parametrize("frame", ["initiation", "project_list", "tracking"])
def test_one_register_less_is_no_news(frame: str) -> None:
    """What a department does not keep makes rules 不适用, not findings."""
    fewer = {name: rows for name, rows in CLEAN.items() if not name.startswith(frame)}
    result = check(build(fewer))
    assert [(f.rule, f.cell, f.message) for f in result.findings] == []


def test_breaches_without_any_roster_do_not_accuse_everybody() -> None:
    result = check(build({**CLEAN, "roster": [], "roles": []}))
    assert [(f.rule, f.cell, f.message) for f in result.findings] == []


def test_parameters_that_a_rule_names_exist() -> None:
    for spec in load_rules().values():
        for parameter in spec.parameters:
            assert re.fullmatch(r"P(0[1-9]|[123]\d|40)", parameter), spec.id
