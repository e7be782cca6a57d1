"""A small department whose files change from day to day, and everything that its people are sent.

Real workbooks, the real reader, rules and digests; only the clock and the mail server are ours.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from toolkit.forms import load_forms
from toolkit.model.agenda import Digest
from toolkit.workflows.nightly.report import RunReport
from toolkit.workflows.nightly.run import run_jobs
from toolkit.workflows.nightly.tools import Tools
from toolkit.writers.form_workbook import FormContent, write_form

ENGINEER, SECOND, MANAGER = "周演示", "李样本", "何协调"
SALES, DEVELOPER, DEVELOPMENT = "吴模拟", "郑虚构", "冯假定"
PROJECT = "XM2026-0001"
Row = dict[str, Any]


def day(text: str) -> dt.date:
    """'10-08' -> 8 October 2026."""
    return dt.date.fromisoformat(f"2026-{text}")


@dataclass
class Sent:
    """A digest as it arrived."""

    when: dt.datetime
    address: str
    digest: Digest


@dataclass
class Office:
    """What stands in the department's files; change it, then run."""

    folder: Path
    tracking: list[Row]
    leftovers: list[Row] = field(default_factory=list)
    waivers: list[Row] = field(default_factory=list)
    fault: Row | None = None
    sent: list[Sent] = field(default_factory=list)

    def save(self) -> None:
        """Write all files, as people do when they close Excel."""
        self._write("G19", "部门配置.xlsx", _configuration(self.waivers))
        charter = FormContent({"initiation": _CHARTER})
        self._write("F01", f"01_立项/立项单_LX-{PROJECT}.xlsx", charter)
        sheet = FormContent(
            {"tracking_sheet": {"owner": ENGINEER, "year": "2026"}},
            {
                "project_list": [{"project_id": PROJECT}],
                "tracking": self.tracking,
                "leftovers": self.leftovers,
            },
        )
        self._write("F02", f"02_跟踪表/项目跟踪表_{ENGINEER}_2026.xlsx", sheet)
        if self.fault is not None:
            attempts = [
                {"attempt_time": dt.datetime(2026, 10, 8, 9 + n), "handler": ENGINEER,
                 "measure": measure, "outcome": "未解决"}
                for n, measure in enumerate(("重启同步服务", "更换数据库驱动", "降低并发数重试"))
            ]  # fmt: skip
            content = FormContent({"fault": self.fault}, {"fault_attempts": attempts})
            self._write("F04", f"03_研发/故障处理工作单_GZ-{PROJECT}-01.xlsx", content)

    def _write(self, form: str, name: str, content: FormContent) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_form(load_forms()[form], path, content)

    def run(self, when: dt.datetime) -> RunReport:
        """One start of the job; what it sends goes to `sent`."""
        self.save()
        return run_jobs(
            self.folder,
            now=when,
            environment={},
            sleep=lambda seconds: None,
            monotonic=lambda: 0.0,
            tools=Tools(open_channel=lambda *_, **__: _Box(self.sent, when)),
        )

    def morning(self, text: str) -> RunReport:
        return self.run(dt.datetime.combine(day(text), dt.time(8, 31)))

    def evening(self, text: str) -> RunReport:
        return self.run(dt.datetime.combine(day(text), dt.time(17, 31)))


class _Box:
    """An open channel that keeps what it is given."""

    def __init__(self, sent: list[Sent], when: dt.datetime) -> None:
        self._sent, self._when = sent, when

    def send(self, digest: Digest, address: str, message_id: str) -> None:
        self._sent.append(Sent(self._when, address, digest))

    def close(self) -> None:
        pass


def support(date: str, **more: Any) -> Row:
    """A complete support record of the engineer."""
    return {
        "project_id": PROJECT,
        "support_date": day(date),
        "support_type": "售前交流",
        "channel": "现场",
        "customer_contact": "客户信息科",
        "content": "向客户信息科演示权限管理和日志审计，解答双机热备的切换时间",
        "sales_present": "是",
        "result": "成功",
        **more,
    }


_CHARTER: Row = {
    "project_id": PROJECT,
    "number": f"LX-{PROJECT}",
    "project_name": "示例平台",
    "customer": "示例客户甲",
    "applicant": SALES,
    "apply_date": day("09-01"),
    "account_sales": SALES,
    "support_types": ("售前交流", "产品测试"),
    "requirement": "为客户信息科演示示例平台的权限管理，并搭建测试环境验证单点登录",
    "first_presales": ENGINEER,
    "second_presales": SECOND,
    "charter_date": day("09-02"),
}

FAULT: Row = {
    "number": f"GZ-{PROJECT}-01",
    "project_id": PROJECT,
    "responsible_presales": ENGINEER,
    "proposer": ENGINEER,
    "propose_date": day("10-08"),
    "basis": "三次未解决",
    "severity": "严重",
    "environment": "示例系统三台服务器，示例数据库",
    "operation": "导入五千条用户后点击同步",
    "phenomenon": "同步进度停在百分之九十，后台提示超时",
    "logs": "附件 sync.log",
    "consent_person": MANAGER,
    "consent": "同意",
    "consent_date": day("10-08"),
    "submit_to": DEVELOPMENT,
    "submit_date": day("10-08"),
}
"""Submitted on 8 October; 研发经理 has until 10 October, a Saturday that is worked."""


def _configuration(waivers: list[Row]) -> FormContent:
    people: Mapping[str, str] = {
        ENGINEER: "售前", SECOND: "售前", MANAGER: "售前", SALES: "销售", DEVELOPER: "研发",
        DEVELOPMENT: "研发",
    }  # fmt: skip
    roster = [
        {"name": name, "department": department, "mail": (f"p{number}@example.com",)}
        for number, (name, department) in enumerate(people.items(), 1)
    ]
    roles = [
        {"role": "售前经理", "holder": MANAGER},
        {"role": "技术支持部经理", "holder": MANAGER},
        {"role": "研发经理", "holder": DEVELOPMENT},
    ]
    mail = {"kind": "邮件", "enabled": "是", "server": "smtp.example.com",
            "sender": "support@example.com"}  # fmt: skip
    return FormContent(
        {"department": {"department_name": "示例技术支持部", "go_live_date": day("09-01")}},
        {
            "roster": roster,
            "roles": roles,
            "parameters": [{"parameter": "P01", "value": "2026-01-01"}],
            "waivers": waivers,
            "channels": [mail],
        },
    )
