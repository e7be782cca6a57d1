"""What is only seen when the whole folder was read: copies, and its configuration."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from toolkit.model.dossier import NO_SOURCE, Dossier, SourceProblem, Status

from .binding import CONFIGURATION
from .folder import Entry
from .lock_files import locked_path

_OF_DEPARTMENT = ("department", "roster")
"""Blocks that a department has once; confirmed labels may stand in a workbook of their own."""


def pass_copies_over(dossier: Dossier, entries: Iterable[Entry]) -> None:
    """Give the sources that are copies of another one their status, and one finding (SRC-3).

    A copy of a file that was not counted (blank, unknown, unreadable) shares its fate.
    """
    places = {source.path: number for number, source in enumerate(dossier.sources)}
    for number, entry in enumerate(entries):
        if not entry.same_as:
            continue
        source, origin = dossier.sources[number], places[entry.same_as]
        original = dossier.sources[origin]
        if original.status is Status.READ and original.rows:
            source.status = Status.CONFLICT
            source.reason = f"与“{original.path}”的内容完全相同，未重复读取"
            hint = "请只保留一份；如果本该是另一份表单，请检查是否存错了内容。"
            dossier.source_problems.append(
                SourceProblem(number, "SRC-3", "warn", f"{source.reason}。", hint)
            )
            continue
        source.status, source.reason = original.status, original.reason
        source.form, source.template_version = original.form, original.template_version
        dossier.source_problems += [
            replace(p, source=number) for p in dossier.source_problems if p.source == origin
        ]


def forget_locks_of_outputs(dossier: Dossier) -> None:
    """The console and reports are open while somebody looks at them: no reason for a finding."""
    outputs = {s.path for s in dossier.sources if s.status is Status.OUTPUT}
    locks = {
        number
        for number, source in enumerate(dossier.sources)
        if source.status is Status.LOCK and locked_path(source.path) in outputs
    }
    dossier.source_problems = [p for p in dossier.source_problems if p.source not in locks]


def report_configuration(dossier: Dossier) -> None:
    """Say when the department has no configuration (SRC-7) or more than one (SRC-6)."""
    holders = {
        int(number)
        for block in _OF_DEPARTMENT
        if block in dossier.frames
        for number in dossier.frames[block]["source"]
    }
    if len(holders) > 1:
        named = "、".join(f"“{dossier.sources[number].path}”" for number in sorted(holders))
        problem = SourceProblem(
            max(holders),
            "SRC-6",
            "warn",
            f"有{len(holders)}份部门配置：{named}，内容已合在一起使用。",
            "请只保留最新的一份，把旧的移到“备份”文件夹，以免新旧设置混用。",
        )
        dossier.source_problems.append(problem)
    forms = {form for source in dossier.sources for form in source.form.split("+")} - {""}
    if forms and CONFIGURATION not in forms:
        problem = SourceProblem(
            NO_SOURCE,
            "SRC-7",
            "info",
            "没有找到部门配置.xlsx，人员、角色和本部门的节假日无法核对，参数按默认值。",
            "请运行 toolkit init 新建，或运行 toolkit adopt 从已有表格整理出一份。",
        )
        dossier.source_problems.append(problem)
