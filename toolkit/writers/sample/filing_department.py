"""The department's own two files: 部门配置 and the bug register."""

from __future__ import annotations

from datetime import date
from typing import Any

from toolkit.regulation.parameters import parameter_catalogue
from toolkit.writers.form_workbook import FormContent

from .bugs import Bug
from .days import Days
from .phrases import phrases
from .projects import releases
from .story import Story

DEPARTMENT = "示例技术支持部"
_LONGEST_LIST = 5_000
"""Members of a mail group that fit into one cell."""

Row = dict[str, Any]


def configuration(story: Story) -> FormContent:
    """部门配置: everybody, all roles, all parameters on their defaults but P01."""
    days, team = story.days, story.team
    begin, first = date(days.year, 1, 1), days[0]
    department = {
        "department_name": DEPARTMENT,
        "go_live_date": begin,
        "check_date": days.check,
    }
    roster = [
        {
            "name": person.name,
            "staff_number": person.number,
            "department": person.department,
            "position": person.position,
            "mail": (person.mail,),
            "aliases": (person.alias,) if person.alias else (),
            "joined": person.joined,
            "left": person.left,
        }
        for person in team.roster
    ]
    presales = tuple(p.name for p in team.roster if p.department == "售前")
    groups = {"测试组": ("test", team.testers), "全体售前": ("presales", presales)}
    calendar = [
        {"day": day, "kind": "上班" if worked else "休息", "note": why}
        for day, worked, why in days.local
    ]
    tables: dict[str, list[Row]] = {
        "roster": roster,
        "roles": [{"role": role, "holder": name} for role, name in team.managers.items()],
        "mail_groups": [
            {
                "group": group,
                "address": f"{address}@example.com",
                "members": members[:_LONGEST_LIST],
            }
            for group, (address, members) in groups.items()
        ],
        "parameters": [
            {
                "parameter": kind.id,
                "meaning": kind.name,
                "value": f"{begin}" if kind.id == "P01" else "",
            }
            for kind in parameter_catalogue().values()
        ],
        "calendar": calendar,
        "releases": list(_releases(days)),
        "revisions": [
            {"version": "1.0", "change": "首次发布", "passed_date": first, "start": first}
        ],
        "rulings": [_ruling(first)],
    }
    return FormContent({"department": department}, tables)


def _ruling(day: date) -> Row:
    """The department has looked at the defaults and keeps them."""
    return {
        "number": "CD-01",
        "question": "制度没有写成数字的时限和口径怎么掌握",
        "ruling": "按工具的默认值执行，满一年再议",
        "ruling_date": day,
        "parameters": tuple(kind.id for kind in parameter_catalogue().values() if kind.default),
    }


def _releases(days: Days) -> list[Row]:
    before = date(days.year - 1, 9, 15)
    return [
        {
            "product": product.name,
            "version": version,
            "version_type": "标准发布",
            "release_date": days[since] if since >= 0 else before,
        }
        for product in phrases().products
        for version, since in releases(product, days)
    ]


def bug_register(story: Story) -> FormContent:
    """The year's 内部bug反馈表."""
    return FormContent({}, {"bugs": [_bug(bug, story.days) for bug in story.bugs.bugs]})


def _bug(bug: Bug, days: Days) -> Row:
    row: Row = {
        "bug_id": bug.number,
        "category": bug.category,
        "reporter": bug.reporter,
        "found_date": days[bug.day],
        "product": bug.voice.product.name,
        "version": bug.version,
        "module": next((m for m in bug.voice.product.modules if m in bug.title), ""),
        "title": bug.title,
        "description": bug.description,
        "steps": bug.steps,
        "severity": bug.severity,
        "sent_date": days[bug.sent],
        "mail_subject": f"内部bug反馈-{bug.voice.product.name}-{bug.version}-{bug.number}",
    }
    if bug.project is not None:
        row["project_id"] = bug.project.number
    if bug.fault is not None:
        row["fault_ref"] = (bug.fault.number,)
    if bug.received >= 0:
        row |= {
            "receiver": bug.tester,
            "receive_date": days[bug.received],
            "conclusion": bug.conclusion,
        }
        if bug.conclusion == "确认":
            row["fix_version"] = f"{bug.version}-SP1"
    return row
