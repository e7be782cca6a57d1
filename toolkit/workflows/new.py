"""「新建」: a form prefilled from what the folder already knows, never overwriting."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

import pandas as pd

from toolkit.forms import load_forms
from toolkit.model.errors import ToolkitError
from toolkit.model.forms import Form
from toolkit.model.frame_rows import rows_of
from toolkit.model.text import fold
from toolkit.readers.reader import read_folder
from toolkit.regulation.department import Department
from toolkit.regulation.ordinals import ISSUED_BY_SALES_SUPPORT, next_ordinal
from toolkit.writers.files import make_folder, new_file, safe_name
from toolkit.writers.form_workbook import Choices, FormContent, write_form

_DEPARTMENTS = ("售前", "销售", "研发", "测试", "管理")
_PROJECT_FORMS = ("F03", "F04")


def new_form(
    folder: Path,
    wanted: str,
    *,
    project: str,
    owner: str,
    now: datetime,
    cache: Path | None = None,
) -> Path:
    """Write a new form into the department's folder and return its path.

    `wanted` is a key (F03), a title or one of its other titles; `project` a number, a name or an
    alias. `cache` is a folder of the user for what was read; without one only time changes. Raises
    ToolkitError when the form or the project is not known, or the file is there.
    """
    form = find_form(wanted)
    dossier = read_folder(folder, load_forms(), cache=cache)
    if not any(source.form for source in dossier.sources):
        raise ToolkitError(
            f"“{folder}”不像部门文件夹，里面没有任何表单。",
            '请进入部门文件夹或加上 --folder；还没有的请先运行 toolkit init "文件夹"。',
        )
    department = Department.of(dossier, now.date())
    fill = _FILLERS.get(form.key, _register)
    content, facts = fill(department, form, project.strip(), owner.strip(), now)
    if form.key == "G19" and department.kept("roster"):
        raise ToolkitError("部门配置已经存在，没有改动它。", "请直接打开“部门配置.xlsx”修改。")
    name = safe_name(re.sub(r"_+\.", ".", form.file_name.format_map(_Facts(facts))))
    target = folder / form.folder / name
    make_folder(target.parent)
    with new_file(target) as temporary:
        write_form(
            form,
            temporary,
            content,
            choices=choices_of(department),
            number=facts.get("number", ""),
            generated=now,
        )
    return target


class _Facts(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return ""


def advice(path: Path) -> str:
    """What whoever fills the new form in should know beforehand; '' when there is nothing."""
    dossier = read_folder(path.parent, load_forms())
    frame = dossier.frame("improvement")
    here = [n for n, source in enumerate(dossier.sources) if source.path == path.name]
    if (frame.loc[frame["source"].isin(here), "ordinal"] > ISSUED_BY_SALES_SUPPORT).any():
        return "这是本项目第三次或以后的申请：请先三方沟通，再由售前经理发出。"
    return ""


def find_form(wanted: str) -> Form:
    """A form by key or title. Raises ToolkitError naming the forms there are."""
    forms = load_forms()
    for form in forms.values():
        if fold(wanted) in map(fold, (form.key, form.title, *form.titles)):
            return form
    titles = "、".join(f"{f.key} {f.title}" for f in forms.values())
    raise ToolkitError(f"没有“{wanted}”这种表单。", f"可以新建：{titles}。")


def choices_of(department: Department) -> Choices:
    """Drop-downs from the roster (people in service) and the known projects."""
    on = department.as_of
    people = {d: department.roster.in_department(d, on) for d in _DEPARTMENTS}
    numbers = department.frame("initiation")["project_id"]
    return Choices({d: names for d, names in people.items() if names}, [n for n in numbers if n])


def _initiation(
    department: Department, form: Form, project: str, owner: str, now: datetime
) -> tuple[FormContent, dict[str, str]]:
    number, name = (project, "") if re.search(r"\d{3,}$", project) else ("", project)
    known = department.frame("initiation")
    if number and fold(number) in set(known["project_id"].map(fold)):
        raise ToolkitError(
            f"项目“{number}”已经有立项单了。", "同一项目不用重新立项；新增内容请填“追加支持内容”。"
        )
    number = number or _next_project(department, now.year)
    own = {"project_id": number, "number": form.number.format(project_id=number)}
    labels: dict[str, object] = {**own, "project_name": name, "apply_date": now.date()}
    facts = {"number": own["number"], "project_name": name}
    return FormContent({"initiation": labels}), facts


def _next_project(department: Department, year: int) -> str:
    """XM{year}-{next number}, beyond every number of that year that any form mentions."""
    pattern = re.compile(rf"XM{year}-(\d+)", re.IGNORECASE)
    used = [int(m[1]) for n in department.projects.numbers.values() if (m := pattern.fullmatch(n))]
    return f"XM{year}-{max(used, default=0) + 1:04d}"


def _tracking(
    department: Department, form: Form, project: str, owner: str, now: datetime
) -> tuple[FormContent, dict[str, str]]:
    if not owner:
        raise ToolkitError(
            "新建项目跟踪表需要知道是谁的。", "请加上 --owner 姓名，例如 --owner 张三。"
        )
    owner = department.roster.canonical(owner)
    year = str(now.year)
    rows: list[dict[str, object]] = []
    held = department.frame("initiation")
    for row in rows_of(held[held["state"].isin(["已立项", "已验收"])]):
        at = department.responsibility.at
        if at(row.project, "第一售前", now.date()) == owner:
            rows.append(
                {
                    "project_id": row.project_id,
                    "project_name": row.project_name,
                    "customer": row.customer,
                    "account_sales": at(row.project, "责任销售", now.date()),
                    "first_presales": owner,
                    "second_presales": at(row.project, "第二售前", now.date()),
                    "charter_date": row.charter_date,
                }
            )
    head: dict[str, object] = {"owner": owner, "year": year}
    content = FormContent({"tracking_sheet": head}, {"project_list": rows})
    return content, {"owner": owner, "year": year}


def _about_project(
    department: Department, form: Form, project: str, owner: str, now: datetime
) -> tuple[FormContent, dict[str, str]]:
    if not project:
        raise ToolkitError(f"新建{form.title}需要指明项目。", "请加上 --project 项目编号。")
    initiation = _find_project(department, project)
    key, on = initiation["project"], now.date()
    block = form.blocks[0].key
    number = _free_number(form, initiation, department.frame(block)["number"])
    at = department.responsibility.at
    labels: dict[str, object] = {
        "number": number,
        "project_id": initiation["project_id"],
        "project_name": initiation["project_name"],
        "responsible_presales": at(key, "第一售前", on),
        "product": initiation["product"],
    }
    if form.key == "F03":
        labels["account_sales"] = at(key, "责任销售", on)
        labels["base_version"] = initiation["version"]
        labels["ordinal"] = next_ordinal(department, key)
    else:
        labels["version"] = initiation["version"]
        labels["propose_date"] = on
    return FormContent({block: labels}), {
        "number": number,
        "project_name": initiation["project_name"],
    }


def _find_project(department: Department, project: str) -> pd.Series:
    ambiguous = department.projects.ambiguous(project)
    if ambiguous:
        names = "、".join(department.show(k) for k in ambiguous)
        raise ToolkitError(f"“{project}”可能是几个项目：{names}。", "请改用项目编号。")
    known = department.frame("initiation")
    found = known[known["project"] == department.projects.resolve(project, project)]
    if found.empty:
        raise ToolkitError(
            f"没有找到项目“{project}”的立项单。",
            f'请先立项：toolkit new 技术支持立项单 --project "{project}"。',
        )
    return found.iloc[0]


def _free_number(form: Form, initiation: pd.Series, taken: Iterable[str]) -> str:
    """The next number of the form's pattern that no form of the department has."""
    used = {fold(n) for n in taken}
    project = initiation["project_id"] or initiation["project_name"]
    count = 1
    while fold(number := form.number.format(project_id=project, n=count)) in used:
        count += 1
    return number


def _bugs(
    department: Department, form: Form, project: str, owner: str, now: datetime
) -> tuple[FormContent, dict[str, str]]:
    return FormContent(), {"year": str(now.year)}


def _configuration(
    department: Department, form: Form, project: str, owner: str, now: datetime
) -> tuple[FormContent, dict[str, str]]:
    from .forms import configuration_content

    return configuration_content(), {}


def _register(
    department: Department, form: Form, project: str, owner: str, now: datetime
) -> tuple[FormContent, dict[str, str]]:
    """A workbook of registers for the whole department: nothing is known beforehand."""
    return FormContent(), {}


_Filler = Callable[[Department, Form, str, str, datetime], tuple[FormContent, dict[str, str]]]
_FILLERS: dict[str, _Filler] = {
    "F01": _initiation,
    "F02": _tracking,
    "F03": _about_project,
    "F04": _about_project,
    "F05": _bugs,
    "G19": _configuration,
}
