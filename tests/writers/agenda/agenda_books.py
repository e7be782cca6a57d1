"""The agenda of one person and the managers' overview; run as a module it writes the golden files
(workbooks, and the digests as text): `python -m tests.writers.agenda.agenda_books`
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from toolkit.model.agenda import Agenda, Digest, Item, Load, Matter, Overview, RunFacts, Standing
from toolkit.model.finding import Severity
from toolkit.writers.agenda.digests import render_agenda, render_overview
from toolkit.writers.agenda.names import OVERVIEW_NAME, agenda_name
from toolkit.writers.agenda.overview_workbook import write_overview
from toolkit.writers.agenda.person_workbook import write_agenda

GOLDEN = Path(__file__).parent.parent / "golden"
REMEDY = "Look at the new one; if it is right: python -m tests.writers.agenda.agenda_books"
DAY = dt.date(2026, 10, 9)
FACTS = RunFacts("示例技术支持部", "到期与逾期", dt.datetime(2026, 10, 9, 8, 30))
BOOK = "02_跟踪表/项目跟踪表_周演示_2026.xlsx"
PROJECT = "XM2026-0002 乙卯市社保中心文件交换扩容项目"


def matter(number: int, message: str, **changed: object) -> Matter:
    facts: dict[str, object] = {
        "id": f"X34-{number:08x}",
        "rule": "X34",
        "owner": "周演示",
        "message": message,
        "hint": "",
        "path": BOOK,
        "sheet": "跟踪记录",
        "cell": f"M{number}",
        "severity": Severity.WARN,
        "article": 17,
        "project": PROJECT,
    }
    return Matter(**{**facts, **changed})  # type: ignore[arg-type]


def item(
    number: int,
    message: str,
    standing: Standing = Standing.NEW,
    *,
    age: int = 0,
    overdue: int = 0,
    reason: str = "",
    **changed: object,
) -> Item:
    seen = DAY - dt.timedelta(days=age)
    return Item(matter(number, message, **changed), standing, seen, age, overdue, reason)


OLDEST = item(
    29,
    "故障处理工作单GZ-2026-0007等待售前经理同意，已等7个工作日。",
    Standing.OPEN,
    age=7,
    overdue=5,
    hint="请何协调在“售前经理意见”写明同意或退回的原因。",
    path="05_故障/故障处理工作单_GZ-2026-0007.xlsx",
    sheet="故障处理工作单",
    cell="C18",
    severity=Severity.ERROR,
    article=19,
    due=dt.date(2026, 9, 30),
)
AGENDA = Agenda(
    "周演示",
    DAY,
    new=(
        item(
            41,
            "2026-10-08支持了项目“XM2026-0002 乙卯市社保中心文件交换扩容项目”，结果为“问题遗留”，"
            "没有登记遗留。",
            hint="请在“遗留与问题”登记并启动处理，再把编号填到“遗留编号”（参数P04＝1工作日，"
            "制度用词“立即”）。",
            severity=Severity.ERROR,
            due=dt.date(2026, 10, 10),
        ),
        item(
            4,
            "“销售在场”没有填写，这一栏必填。",
            hint="请补填这一格：是或否。",
            cell="J4",
            article=16,
            due=dt.date(2026, 10, 12),
            missing=True,
        ),
        item(
            0,
            "项目“XM2026-0009 庚子县医院备份项目”立项后还没有任何跟踪记录。",
            hint="请在“跟踪记录”登记第一次支持；没有支持过的，请在“项目清单”写明原因。",
            cell="",
            severity=Severity.INFO,
            article=None,
            project="XM2026-0009 庚子县医院备份项目",
            missing=True,
        ),
    ),
    today=(
        item(
            33,
            "2026-09-30的支持，销售不在场，还没有汇报的记录。",
            Standing.OPEN,
            age=2,
            hint="请给责任销售发汇报邮件，并填“汇报时间”。",
            cell="N33",
            article=15,
            due=DAY,
            missing=True,
        ),
    ),
    open=(
        OLDEST,
        item(
            12,
            "遗留YL-0003已4个工作日没有进展。",
            Standing.OPEN,
            age=4,
            overdue=2,
            hint="请在“最近进展”写明现状和下一步。",
            sheet="遗留与问题",
            cell="H12",
            due=dt.date(2026, 10, 7),
        ),
        item(
            13,
            "遗留YL-0004没有写“预计解决日期”。",
            Standing.OPEN,
            age=1,
            hint="请补填日期。",
            sheet="遗留与问题",
            cell="I13",
            due=dt.date(2026, 10, 14),
        ),
    ),
    unverified=(
        item(
            5,
            "产品改进申请单GJ-2026-0005等待研发经理决定。",
            Standing.UNVERIFIED,
            age=3,
            reason="文件“产品改进申请单_GJ-2026-0005.xlsx”今天打不开（有密码）",
            path="03_改进/产品改进申请单_GJ-2026-0005.xlsx",
            sheet="产品改进申请单",
            cell="C22",
        ),
    ),
    resolved=(
        item(21, "“支持结果”没有填写，这一栏必填。", Standing.RESOLVED, age=2, cell="L21"),
        item(22, "“工时”没有填写，这一栏必填。", Standing.RESOLVED, age=1, cell="K22"),
    ),
    stopped=(
        item(
            23,
            "同一项目同一天有两条相同的跟踪记录。",
            Standing.STOPPED,
            age=6,
            reason="已豁免：客户要求分两次登记（何协调批准，有效期至2026-12-31）",
            cell="I23",
        ),
    ),
)
OVERVIEW = Overview(
    DAY,
    loads=(
        Load("李样本", 2, 1, 0, 3, 2, "li@example.com"),
        Load("周演示", 3, 4, 2, 2, 7, "zhou@example.com"),
        Load("王假设", resolved=1),
    ),
    long_open=(OLDEST,),
    unassigned=(
        item(
            7,
            "立项单没有写第一售前，找不到由谁建立跟踪表。",
            owner="",
            path="01_立项/立项单_LX-XM2026-0011.xlsx",
            sheet="立项单",
            cell="D17",
            hint="请售前经理指派第一售前。",
            article=4,
            age=1,
            due=dt.date(2026, 10, 12),
        ),
    ),
    limit="参数P12＝5工作日",
    stopped=AGENDA.stopped,
    notices=(
        "渠道“钉钉-经理”昨天17:30没有送达（对方限流），内容已并入今天的汇总。",
        "2026-10-01至10-08为节假日，没有提醒。",
    ),
    history=12,
)


def write_small_agenda(path: Path, base: Path, agenda: Agenda = AGENDA) -> None:
    write_agenda(path, agenda, FACTS, base=base)


def write_small_overview(path: Path, base: Path, overview: Overview = OVERVIEW) -> None:
    write_overview(path, overview, FACTS, base=base)


def as_text(digest: Digest) -> str:
    """Subject and pieces, a blank line between them."""
    return "\n\n".join([f"{digest.recipient} / {digest.subject}", *digest.lines]) + "\n"


DIGESTS = {
    "待办_周演示.txt": lambda: render_agenda(AGENDA, FACTS),
    "待办总览.txt": lambda: render_overview(OVERVIEW, FACTS),
}

if __name__ == "__main__":
    write_small_agenda(GOLDEN / agenda_name(AGENDA.person), GOLDEN.parent)
    write_small_overview(GOLDEN / OVERVIEW_NAME, GOLDEN.parent)
    for name, rendered in DIGESTS.items():
        (GOLDEN / name).write_bytes(as_text(rendered()).encode())
