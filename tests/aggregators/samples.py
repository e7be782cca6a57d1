"""A department of believable size for looking at reports and timing them; always the same."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

from tests.departments import build
from toolkit.model.dossier import CellProblem, ProblemKind, RejectedRow, Source, Status
from toolkit.model.finding import CheckResult, Finding, Result, Severity, Undetermined
from toolkit.regulation.department import Department

AS_OF = dt.date(2026, 11, 20)
ENGINEERS = ("赵一鸣", "钱小雨", "孙立新", "李文博", "周晓彤", "吴思远")
SALES = ("郑大成", "王海燕", "冯志强", "陈丽")
DEVELOPERS = ("褚建国", "卫东升", "蒋文")
_CUSTOMERS = ("示例市水务局", "样例银行", "某某大学", "示范医院", "样本电力公司")
_PRODUCTS = ("统一门户", "日志审计", "终端管理", "数据交换", "身份认证")
_TYPES = ("售前交流", "客户培训", "技术文档编写", "产品测试", "产品实施", "售后服务", "故障处理")
_DONE = (
    "向{c}演示{p}的权限管理，客户关注与现有账号体系的对接方式",
    "在{c}测试环境部署{p}，验证单点登录和批量导入，导入五千条用户耗时六分钟",
    "为{c}编写{p}实施方案的网络部分，并按反馈补充了双机热备的切换步骤",
    "培训{c}管理员使用{p}的报表功能",
    "远程协助{c}升级{p}，升级后客户抽查了三个业务系统",
)


def department(seed: int = 7, records: int = 300, projects: int = 15) -> Department:
    """Six engineers, so many projects and so many support records in all."""
    chance = random.Random(seed)
    plan = [_project(n, chance) for n in range(projects)]
    rows, leftovers = _rows(plan, records, chance)
    dept = build(
        {
            "department": [{"department_name": "示例技术支持部", "file": "部门配置.xlsx"}],
            "roster": [
                {"name": name, "department": group}
                for group, names in (("售前", ENGINEERS), ("销售", SALES), ("研发", DEVELOPERS))
                for name in names
            ],
            "roles": [{"role": "售前经理", "holder": "吴思远"}],
            "initiation": [p | {"file": _path("01_立项", "立项单", p)} for p in plan[:-1]],
            "project_list": [
                {k: p[k] for k in ("project_id", "project_name", "customer", "first_presales")}
                | {"owner": p["first_presales"], "file": _sheet(p["first_presales"])}
                for p in plan
            ],
            "tracking_sheet": [{"owner": n, "file": _sheet(n)} for n in ENGINEERS],
            "tracking": rows,
            "leftovers": leftovers,
            **_requests(plan),
        },
        AS_OF,
    )
    _sources(dept)
    return dept


def findings() -> CheckResult:
    """Findings of every severity, one of them waived, one without a place."""
    path = _sheet("赵一鸣")
    place = {"path": path, "sheet": "跟踪记录", "result": Result.FAIL}
    found = [
        Finding(
            "X07-3f9a2c1b", "X07", 16, Severity.ERROR, cell="A9", count=3, person="赵一鸣",
            project="XM2026-0004 样例银行日志审计项目",
            message="跟踪表里记了第一售前是钱小雨的项目“样例银行日志审计项目”（同类共3处）",
            hint="请把这几行移到钱小雨的跟踪表，或更新立项单的责任人变更。", **place,
        ),
        Finding(
            "X01-a1b2c3d4", "X01", 9, Severity.ERROR, cell="C14", person="钱小雨",
            project="XM2026-0015 样本电力公司身份认证项目",
            message="2026-09-03 开始支持“样本电力公司身份认证项目”，但没有找到它的立项单",
            hint="请责任销售补填技术支持立项单；已立项的，请核对项目编号。",
            path=_sheet("钱小雨"), sheet="跟踪记录", result=Result.FAIL,
        ),
        Finding(
            "R15-3-00aa11bb", "R15-3", 15, Severity.ERROR, cell="I22", person="赵一鸣",
            message="具体内容只写了“解决了技术问题”，看不出解决了什么",
            hint="请写明对象、场景和做法，例如“解决单点登录跳转失败”。", **place,
        ),
        Finding(
            "X34-77ee66dd", "X34", 17, Severity.WARN, cell="M31", person="赵一鸣",
            message="结果是“问题遗留”，遗留编号“YL-0099”在遗留与问题中找不到",
            hint="请在遗留与问题中登记，或改正编号。", **place,
        ),
        Finding(
            "R04-1-12ab34cd", "R04-1", 4, Severity.WARN, cell="D16", person="孙立新",
            message="立项单没有填第二售前", hint="请售前经理指派后补填。", result=Result.FAIL,
            path="01_立项/立项单_LX-XM2026-0003.xlsx", sheet="立项单",
        ),
        Finding(
            "FLD-2-99887766", "FLD-2", None, Severity.WARN, cell="N40", person="赵一鸣",
            message="工时“两小时”不是数字", hint="请填 2 这样的数字。", **place,
        ),
        Finding(
            "R21-1-5566aabb", "R21-1", 21, Severity.INFO, cell="B7", person="李文博",
            message="该项目已有两份改进申请，下一份须由售前经理发出", result=Result.FAIL,
            path="03_研发/产品改进申请单_GJ-XM2026-0002-02.xlsx", sheet="产品改进申请单",
        ),
        Finding(
            "X41-0a0b0c0d", "X41", 21, Severity.WARN, cell="B30", person="李文博",
            message="发出人不是责任售前", waived="总监已批准代发", result=Result.FAIL,
            path="03_研发/产品改进申请单_GJ-XM2026-0002-02.xlsx", sheet="产品改进申请单",
        ),
        Finding(
            "HIST-00000000", "HIST", None, Severity.INFO, path="", sheet="", cell="", count=18,
            message="启用日期2026-01-01之前另有18处历史问题，已合并为这一条。", result=Result.FAIL,
        ),
    ]  # fmt: skip
    missing = Undetermined(
        "X27", ("tracking.filled_date",), "补充“跟踪记录”的“填写日期”后可启用规则 X27"
    )
    results = {f.rule: f.result for f in found}
    results |= {"X02": Result.PASS, "X27": Result.UNDETERMINED, "X60": Result.NOT_APPLICABLE}
    return CheckResult(found, [missing], 18, results)


def _project(number: int, chance: random.Random) -> dict[str, Any]:
    customer, product = _CUSTOMERS[number % 5], _PRODUCTS[(number * 2 + number // 5) % 5]
    first = ENGINEERS[number % 6]
    charter = dt.date(2026, 1, 5) + dt.timedelta(days=number * 14)
    project: dict[str, Any] = {
        "project_id": f"XM2026-{number + 1:04}",
        "number": f"LX-XM2026-{number + 1:04}",
        "project_name": f"{customer}{product}项目",
        "customer": customer,
        "account_sales": SALES[number % 4],
        "applicant": SALES[number % 4],
        "first_presales": first,
        "second_presales": ENGINEERS[(number + 1) % 6] if number != 2 else "",
        "apply_date": charter - dt.timedelta(days=3),
        "charter_date": charter,
        "product": product,
    }
    if chance.random() < 0.25:
        project["acceptance_date"] = charter + dt.timedelta(days=90)
    return project


def _rows(
    plan: list[dict[str, Any]], records: int, chance: random.Random
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    rows, leftovers = [], []
    for number in range(records):
        project = chance.choice(plan)
        start = project["charter_date"]
        day = start + dt.timedelta(days=chance.randrange(max((AS_OF - start).days, 1)))
        left = chance.random() < 0.12
        absent = chance.random() < 0.4
        content = chance.choice(_DONE).format(c=project["customer"], p=project["product"])
        row = {
            "owner": project["first_presales"],
            "file": _sheet(project["first_presales"]),
            "project_id": project["project_id"],
            "support_date": day,
            "supporter": project["second_presales"] if chance.random() < 0.2 else "",
            "support_type": chance.choice(_TYPES),
            "channel": chance.choice(("电话", "现场", "远程", "会议")),
            "customer_contact": chance.choice(("张工", "李科长", "王主任")),
            "content": content,
            "sales_present": "否" if absent else "是",
            "report_channel": chance.choice(("邮件", "邮件", "电话", "未汇报")) if absent else "",
            "result": "问题遗留" if left else "成功",
            "hours": chance.choice((1, 1.5, 2, 2.5, 4, 8, "")),
        }
        if left:
            row["leftover_ids"] = f"YL-{number:04}"
            leftovers.append(_leftover(row, number, chance))
        rows.append(row)
    rows.sort(key=lambda r: (r["owner"], r["support_date"]))
    return rows, leftovers


def _leftover(row: dict[str, Any], number: int, chance: random.Random) -> dict[str, Any]:
    raised = row["support_date"]
    closed = chance.random() < 0.6
    return {
        "owner": row["owner"],
        "file": row["file"],
        "leftover_id": f"YL-{number:04}",
        "project_id": row["project_id"],
        "description": chance.choice(
            ("旧版浏览器上单点登录跳转失败", "批量导入超过一万条时超时", "报表导出后列宽不对")
        ),
        "raised_date": raised,
        "status": "" if closed else chance.choice(("处理中", "待客户", "待研发")),
        "progress": "" if closed else "已发日志给研发，等待分析结果",
        "close_date": min(raised + dt.timedelta(days=9), AS_OF) if closed else "",
    }


def _requests(plan: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    forms, hours, faults = [], [], []
    for number, project in enumerate(plan[:5]):
        names = {"project_id": project["project_id"], "account_sales": project["account_sales"]}
        names["responsible_presales"] = names["issuer"] = project["first_presales"]
        number_text = f"GJ-{project['project_id']}-01"
        issued = project["charter_date"] + dt.timedelta(days=30)
        forms.append(
            names
            | {
                "number": number_text,
                "file": f"03_研发/产品改进申请单_{number_text}.xlsx",
                "issue_date": issued,
                "decision": "接受" if number < 4 else "",
                "dev_lead": DEVELOPERS[number % 3],
                "delivery_date": issued + dt.timedelta(days=40) if number < 3 else "",
                "close_date": issued + dt.timedelta(days=45) if number < 2 else "",
            }
        )
        if number < 2:
            hours.append({"of": number, "file": forms[-1]["file"], "hours": 12 + number * 6.5})
    for number, project in enumerate(plan[5:8]):
        text = f"GZ-{project['project_id']}-01"
        faults.append(
            {
                "number": text,
                "file": f"03_研发/故障处理工作单_{text}.xlsx",
                "project_id": project["project_id"],
                "responsible_presales": project["first_presales"],
                "proposer": project["first_presales"],
                "propose_date": dt.date(2026, 8, 3 + number),
                "submit_date": dt.date(2026, 8, 5 + number),
                "close_date": dt.date(2026, 9, 1) if number == 0 else "",
            }
        )
    return {"improvement": forms, "improvement_hours": hours, "fault": faults}


def _sources(dept: Department) -> None:
    """What a build without files cannot know: sizes, fingerprints, rejected rows, odd files."""
    sources = dept.dossier.sources
    for number, source in enumerate(sources):
        source.fingerprint = f"{number * 7919 + 1:064x}"[::-1]
        source.size, source.mtime_ns = 18_400 + number * 311, 1_795_000_000_000_000_000
    tracked = next(n for n, s in enumerate(sources) if s.path.startswith("02_"))
    sources[tracked].rows += 2
    sources[tracked].rejected = 2
    sources[tracked].hidden_rows = 4
    for row, text in ((70, "合计  62.5"), (71, "注：工时按半小时取整")):
        dept.dossier.rejected.append(
            RejectedRow(tracked, "跟踪记录", row, "tracking", "合计或说明行", text)
        )
    sources += [
        Source("90_输出/部门汇总.xlsx", Status.OUTPUT, "工具自己的输出"),
        Source("02_跟踪表/~$项目跟踪表_赵一鸣_2026.xlsx", Status.LOCK, "赵一鸣正在编辑"),
        Source("02_跟踪表/旧跟踪表.et", Status.UNREADABLE, "WPS 的 .et 文件，请另存为 .xlsx"),
    ]
    frame = dept.dossier.frames["tracking"]
    dept.dossier.problems.append(
        CellProblem(
            "tracking", int(frame.index[4]), "hours", ProblemKind.TYPE, "两小时", "不是数字"
        )
    )
    frame.loc[frame.index[4], "hours"] = float("nan")


def _sheet(owner: str) -> str:
    return f"02_跟踪表/项目跟踪表_{owner}_2026.xlsx"


def _path(folder: str, form: str, project: dict[str, Any]) -> str:
    return f"{folder}/{form}_{project['number']}_{project['project_name']}.xlsx"
