"""The breaches of the committed sample: each alters the clean plan and says what must be found."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from toolkit.writers.form_workbook import FormContent

from .scene import Expected, Mark, Row, Scene, Subject, no_room

_VAGUE = "解决了技术问题"
_EXPLAINED = "替第一售前向信息科讲解授权迁移的步骤，并逐条答复采购清单上的三个疑问"


def plant(files: dict[str, tuple[str, FormContent]]) -> tuple[Expected, ...]:
    """Alter the contents in place; return what the rules must find, one each.

    Raises ToolkitError when the department is too small to hold all breaches.
    """
    scene = Scene(files)
    marks = [breach(scene) for breach in BREACHES]
    return tuple(scene.locate(mark) for mark in marks)


def support_before_initiation(scene: Scene) -> Mark:
    """X02: the first support happened on the day of the application, before 立项."""
    subject, (path, row) = _first(
        (subject, subject.rows[0])
        for subject in scene.subjects()
        if subject.rows and scene.plain(subject.rows[0][1]) and "stage" not in subject.rows[0][1]
    )
    day = subject.values["apply_date"]
    for key in ("start_time", "end_time"):
        row.pop(key, None)
    row["support_date"] = day
    if "filled_date" in row:
        row["filled_date"] = day
    if "report_time" in row:
        row["report_time"] = datetime.combine(day, row["report_time"].time())
    _sort(scene, path)
    scene.use(subject)
    return Mark("X02", path, "tracking", "support_date", row)


def record_in_the_wrong_sheet(scene: Scene) -> Mark:
    """X07: the second presales kept a record in his own 跟踪表."""
    for subject in scene.subjects(running=True):
        path = scene.sheet_of.get(subject.values["second_presales"], "")
        own = scene.table(path, "tracking") if path else []
        if not own or "project_id" not in own[0]:
            continue
        taken = {row["support_date"] for _, row in subject.rows}
        days = [row["support_date"] for row in own if row["support_date"] not in taken]
        days = [day for day in days if day > subject.values["charter_date"]]
        if days:
            row = _own_record(subject, days[len(days) // 2], like=own[0])
            own.append(row)
            _sort(scene, path)
            scene.use(subject)
            return Mark("X07", path, "tracking", "project_id", row)
    raise no_room()


def _own_record(subject: Subject, day: date, like: Row) -> Row:
    row: Row = {"project_id": subject.values["project_id"]}
    if "project_name" in like:
        row["project_name"] = subject.values["project_name"]
    return row | {
        "support_date": day,
        "support_type": "售前交流",
        "channel": "电话",
        "customer_contact": subject.values["customer_contact"],
        "content": _EXPLAINED,
        "sales_present": "是",
        "result": "成功",
        "hours": 1.0,
    }


def third_person_without_approval(scene: Scene) -> Mark:
    """X10: somebody who is neither first nor second presales did the support."""
    subject, path, row = scene.ordinary(running=True)
    team = {subject.values["first_presales"], subject.values["second_presales"]}
    other = _first(name for name in scene.sheet_of if name not in team)
    for key in ("start_time", "end_time"):
        row.pop(key, None)
    row["supporter"] = other
    if "mail_subject" in row:
        row["mail_subject"] = f"客户沟通-{subject.values['project_name']}-{other}"
    if other in row.get("helpers", ()):
        del row["helpers"]
    return Mark("X10", path, "tracking", "supporter", row)


def leftover_never_written_down(scene: Scene) -> Mark:
    """X34: the result is 问题遗留, the leftover stands nowhere."""

    def alone(subject: Subject, row: Row) -> bool:
        # a leftover of those days would pass for the one that is missing
        near = (abs((row["support_date"] - day).days) < 10 for day in subject.leftover_days)
        return row["sales_present"] == "是" and not any(near)

    _, path, row = scene.ordinary(where=alone)
    row["result"] = "问题遗留"
    return Mark("X34", path, "tracking", "leftover_ids", row)


def vague_content(scene: Scene) -> Mark:
    """R15-3: the very phrase that the regulation forbids."""
    _, path, row = scene.ordinary()
    row["content"] = _VAGUE
    return Mark("R15-3", path, "tracking", "content", row)


def sales_presence_left_blank(scene: Scene) -> Mark:
    """R16-3: a required cell of 跟踪记录 is blank."""
    _, path, row = scene.ordinary(where=lambda _, r: "report_channel" in r)
    del row["sales_present"]
    return Mark("R16-3", path, "tracking", "sales_present", row)


def record_twice(scene: Scene) -> Mark:
    """X27: the same row was pasted twice."""
    _, path, row = scene.ordinary(where=lambda _, r: "record_id" not in r)
    rows = scene.table(path, "tracking")
    copy = dict(row)
    rows.insert(_position(rows, row) + 1, copy)
    return Mark("X27", path, "tracking", "content", copy)


def thirteenth_month(scene: Scene) -> Mark:
    """FLD-2: a date that no calendar has."""
    subject = _first(scene.subjects())
    row = subject.listed[0]
    row["charter_date"] = f"{row['charter_date'].year}.13.5"
    scene.use(subject)
    path = scene.sheet_of[subject.values["first_presales"]]
    return Mark("FLD-2", path, "project_list", "charter_date", row)


def no_second_presales(scene: Scene) -> Mark:
    """R04-1: the 立项单 names no second presales, who never had to step in either."""
    subject = _first(s for s in scene.subjects(running=True) if not s.has_fault)
    second = subject.values.pop("second_presales")
    for _, row in subject.rows:
        if row.get("supporter") == second:
            for key in ("supporter", "start_time", "end_time", "mail_subject"):
                row.pop(key, None)
    for row in subject.listed:
        row.pop("second_presales", None)
    scene.use(subject)
    return Mark("R04-1", subject.path, "initiation", "second_presales")


def third_request_by_presales(scene: Scene) -> Mark:
    """X42: the third request of a project must come from 售前经理."""
    path, values = _first(
        (path, values)
        for path, values in scene.forms("improvement")
        if values.get("ordinal") == 3 and "issue_date" in values
    )
    values["issuer"] = values["responsible_presales"]
    return Mark("X42", path, "improvement", "issuer")


def only_two_attempts(scene: Scene) -> Mark:
    """X51: submitted after two failed attempts."""
    path, _ = _first(
        (path, values)
        for path, values in scene.forms("fault")
        if values["basis"] == "三次未解决" and "close_date" in values
    )
    scene.table(path, "fault_attempts").pop()
    return Mark("X51", path, "fault", "basis")


def closed_by_somebody_else(scene: Scene) -> Mark:
    """X55: the second presales confirmed what the proposer had reported."""
    path, values = _first(
        (path, values)
        for path, values in scene.forms("fault")
        if values["basis"] == "明显严重bug" and "close_date" in values
    )
    initiation = scene.by_id[values["project_id"]].values
    values["confirm_person"] = initiation["second_presales"]
    return Mark("X55", path, "fault", "confirm_person")


BREACHES: tuple[Callable[[Scene], Mark], ...] = (
    support_before_initiation,
    record_in_the_wrong_sheet,
    no_second_presales,
    third_person_without_approval,
    leftover_never_written_down,
    vague_content,
    sales_presence_left_blank,
    record_twice,
    thirteenth_month,
    third_request_by_presales,
    only_two_attempts,
    closed_by_somebody_else,
)


def _first(found: Any) -> Any:
    for each in found:
        return each
    raise no_room()


def _sort(scene: Scene, path: str) -> None:
    scene.table(path, "tracking").sort(key=lambda row: row["support_date"])


def _position(rows: list[Row], row: Row) -> int:
    return next(n for n, each in enumerate(rows) if each is row)
