"""`toolkit why` and `toolkit trace`: where a finding comes from, and where a problem began."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .commands import FOLDER, NO_CACHE, cli, now, print_json, progress_bar
from .help import Day

if TYPE_CHECKING:
    from toolkit.workflows.check import Checked


@cli.command()
@click.argument("number", metavar="编号")
@click.argument("folder", type=FOLDER, metavar="[文件夹]", default=Path("."))
@click.option("--as-of", type=Day(), help="检查日期（默认：部门配置或今天）。")
@NO_CACHE
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
def why(number: str, folder: Path, as_of: date | None, no_cache: bool, as_json: bool) -> None:
    """说明一个问题：规则、条款要点、用到的记录、查过的资料和逐日的时限。"""
    from toolkit.workflows.why import explain, why_json
    from toolkit.writers.explanation_console import print_explanation

    explained = explain(_checked(folder, as_of, no_cache, as_json), number)
    if as_json:
        print_json(why_json(explained))
    else:
        print_explanation(explained)


@cli.command()
@click.argument("project", metavar="项目")
@click.argument("folder", type=FOLDER, metavar="[文件夹]", default=Path("."))
@click.option("--until", type=Day(), help="问题发生的日期（默认：最近一次故障或检查日期）。")
@click.option("--as-of", type=Day(), help="检查日期（默认：部门配置或今天）。")
@click.option("--output", type=FOLDER, metavar="文件", help="另存为表格，如 追责顺序.xlsx。")
@NO_CACHE
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
def trace(
    project: str,
    folder: Path,
    until: date | None,
    as_of: date | None,
    output: Path | None,
    no_cache: bool,
    as_json: bool,
) -> None:
    """追责顺序（第五十二条）：先看简化了什么，再看缺了什么、迟了什么。"""
    from toolkit.workflows.trace import trace_json, trace_project, write_trace
    from toolkit.writers.explanation_console import print_trace

    checked = _checked(folder, as_of, no_cache, as_json)
    traced = trace_project(checked, project, until)
    if output is not None:
        write_trace(traced, checked, output, now())
    if as_json:
        print_json(trace_json(traced))
        return
    print_trace(traced.project, traced.until, traced.steps, assumed=traced.assumed)
    if output is not None:
        click.echo(f"追责顺序已写入“{output}”。")


def _checked(folder: Path, as_of: date | None, no_cache: bool, quiet: bool) -> Checked:
    from toolkit.workflows.check import check_folder
    from toolkit.workflows.early import user_cache
    from toolkit.workflows.locate import department_folder

    with progress_bar("读取表单", quiet) as progress:
        return check_folder(
            department_folder(folder),
            today=now().date(),
            as_of=as_of,
            progress=progress,
            cache=None if no_cache else user_cache(),
        )
