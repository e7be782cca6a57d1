"""`toolkit schedule run` and `status`: what the system's scheduler starts, and the proof of it."""

from __future__ import annotations

import os
import time
from pathlib import Path

import click

from toolkit.bug_log import log_folder
from toolkit.model.jobs import JOBS

from .commands import FOLDER, NO_CACHE, now, print_json, progress_bar
from .schedule import schedule

_JOBS = click.Choice([job.key for job in JOBS])
_NAMED = "、".join(f"{job.key}（{job.title}）" for job in JOBS)


@schedule.command("run")
@click.argument("folder", type=FOLDER, metavar="文件夹")
@click.option("--job", type=_JOBS, metavar="任务", help=f"只运行一项：{_NAMED}。")
@click.option("--preview", is_flag=True, help="只显示会发给谁什么，不写也不发。")
@NO_CACHE
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
def run(folder: Path, job: str | None, preview: bool, no_cache: bool, as_json: bool) -> int:
    """运行到期的任务：检查、写待办表、发提醒；同一期只运行一次，错过的会补做。"""
    from toolkit.job_log import job_log
    from toolkit.workflows.early import user_cache
    from toolkit.workflows.locate import department_folder
    from toolkit.workflows.nightly.report import report_lines, run_json
    from toolkit.workflows.nightly.run import run_jobs
    from toolkit.workflows.nightly.tools import Tools

    folder = department_folder(folder)
    with job_log(folder, log_folder()), progress_bar("读取表单", as_json) as progress:
        report = run_jobs(
            folder,
            now=now(),
            environment=os.environ,
            sleep=time.sleep,
            monotonic=time.monotonic,
            only=job,
            preview=preview,
            progress=progress,
            tools=Tools.with_cache(None if no_cache else user_cache()),
        )
    if as_json:
        print_json(run_json(report))
    else:
        for line in report_lines(report):
            click.echo(line)
    return report.exit_code


@schedule.command("status")
@click.argument("folder", type=FOLDER, metavar="文件夹")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
def status(folder: Path, as_json: bool) -> int:
    """查看各任务上次何时运行、结果如何、有没有迟到；有问题时退出码为 1。"""
    from toolkit.job_log import log_path
    from toolkit.workflows.locate import department_folder
    from toolkit.workflows.nightly import status as workflow

    folder = department_folder(folder)
    found = workflow.status(folder, now())
    if as_json:
        print_json(workflow.status_json(found))
    else:
        for line in workflow.status_lines(found):
            click.echo(line)
        if (log := log_path(folder, log_folder())).exists():
            click.echo(f"运行日志：{log}")
    return int(not found.fine)
