"""Weekly and monthly: the department's report of the period that is over."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from toolkit.model.errors import ToolkitError
from toolkit.model.jobs import JOB_OF
from toolkit.regulation.period import Period
from toolkit.workflows.check import Checked
from toolkit.writers.files import TargetInUse

from .mishap import LOG, stumbled
from .periods import Due
from .tools import Tools


@dataclass(slots=True)
class Reports:
    """`done` are those whose report stands somewhere; `sentences` say where."""

    done: list[Due] = field(default_factory=list)
    paths: list[Path] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


def report_name(period: str) -> str:
    return f"部门汇总_{period}.xlsx"


def write_reports(
    folder: Path, checked: Checked, due: list[Due], now: datetime, tools: Tools
) -> Reports:
    """Write the report of every weekly and monthly period, the oldest first.

    Where one cannot be written, the later ones of its job wait for the next run with it.
    """
    reports = Reports()
    stuck: set[str] = set()
    for each in due:
        job = JOB_OF[each.job]
        if job.every == "day" or each.job in stuck:
            continue
        period = Period.parse(each.period)
        target = folder / report_name(each.period)
        try:
            tools.publish_report(checked, target, period, now)
        except TargetInUse as error:
            target = error.kept
        except ToolkitError as error:
            stuck.add(each.job)
            reports.failures.append(f"{job.title}（{period.label}）没有写成：{error}")
            continue
        except Exception as error:  # people still need to hear what they have to do today
            LOG.exception("cannot write %s", target.name)
            stuck.add(each.job)
            why = stumbled(error)
            reports.failures.append(f"{job.title}（{period.label}）没有写成：{why}")
            continue
        reports.done.append(each)
        reports.paths.append(target)
        reports.sentences.append(
            f"{job.title}：{period.label}的部门汇总已写好，见 {folder.name}/{target.name}。"
        )
    return reports
