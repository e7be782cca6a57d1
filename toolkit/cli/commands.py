"""The commands of `toolkit`, in the order in which a department meets them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import toolkit

from .help import Day, Group

if TYPE_CHECKING:
    from toolkit.workflows.check import Progress

FOLDER = click.Path(path_type=Path)
NO_CACHE = click.option(
    "--no-cache",
    is_flag=True,
    help="全部重新读取，不用上次留在本机的读取结果（结果一样，只是慢些）。",
)
SEVERITIES = ("error", "warn", "info", "never")


@click.group(cls=Group, no_args_is_help=True)
@click.version_option(toolkit.__version__, message="toolkit %(version)s", help="显示版本。")
def cli() -> None:
    """技术支持表单工具：按《技术支持工作管理制度》校验、汇总部门的 Excel 表单。"""


def now() -> datetime:
    """The wall clock: read here, at the door, and passed on."""
    return datetime.now().replace(microsecond=0)


def print_json(data: Any) -> None:
    """One JSON object; escaped where the console could not show Chinese."""
    encoding = (getattr(sys.stdout, "encoding", "") or "").lower().replace("-", "")
    click.echo(json.dumps(data, ensure_ascii=encoding != "utf8", indent=1, default=str))


@contextmanager
def progress_bar(what: str, quiet: bool) -> Iterator[Progress | None]:
    """A bar on a terminal, nothing anywhere else."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    count = TextColumn("{task.completed}/{task.total}")
    columns = TextColumn("{task.description}"), BarColumn(), count
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


@cli.command()
@click.argument("folder", type=FOLDER, metavar="文件夹")
@click.option("--sample", is_flag=True, help="生成有数据的示例部门，而不是空白表单。")
@click.option("--engineers", type=int, default=6, metavar="N", help="示例：售前人数（默认 6）。")
@click.option("--projects", type=int, metavar="K", help="示例：每位售前的项目数。")
@click.option("--records", type=int, metavar="M", help="示例：每位售前的支持记录数。")
@click.option("--seed", type=int, metavar="S", help="示例：随机种子，相同种子内容相同。")
def init(
    folder: Path,
    sample: bool,
    engineers: int,
    projects: int | None,
    records: int | None,
    seed: int | None,
) -> None:
    """建立部门文件夹：空白表单和部门配置，或一个示例部门。"""
    from toolkit.workflows.init import init_department, init_sample

    if not sample:
        made = init_department(folder)
        click.echo(f"已建立部门文件夹“{folder}”，共 {len(made)} 个文件。")
        click.echo("下一步：在“部门配置.xlsx”中填写人员名册、角色任命和制度生效日期。")
        return
    with progress_bar("生成示例", quiet=False) as progress:
        made = init_sample(folder, engineers, projects, records, seed, progress)
    click.echo(f"已在“{folder}”生成示例部门，共 {len(made)} 个文件。")
    click.echo(f'下一步：toolkit consolidate "{folder}"')


@cli.command()
@click.argument("folder", type=FOLDER, metavar="文件夹")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
def adopt(folder: Path, as_json: bool) -> None:
    """已有自己表单的部门：认出各表单，给出列名对应建议。"""
    from toolkit.workflows.adopt import adopt_folder, adopt_json
    from toolkit.writers.adoption_console import print_adoption

    done = adopt_folder(folder, now=now())
    if as_json:
        print_json(adopt_json(done))
    else:
        print_adoption(done)


@cli.command()
@click.argument("folder", type=FOLDER, metavar="文件夹")
@click.option("--as-of", type=Day(), help="检查日期，如 2026-11-30（默认：部门配置或今天）。")
@click.option("--output", type=FOLDER, metavar="文件", help="另存校验结果，如 校验结果.xlsx。")
@click.option(
    "--fail-on",
    type=click.Choice(SEVERITIES),
    default="error",
    metavar="级别",
    help="有这一级或更严重的问题时退出码为 1：error（默认）、warn、info、never。",
)
@NO_CACHE
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
def check(
    folder: Path,
    as_of: date | None,
    output: Path | None,
    fail_on: str,
    no_cache: bool,
    as_json: bool,
) -> int:
    """校验：逐条对照制度，指出哪个文件哪个单元格要改。"""
    from toolkit.workflows.early import start_reading_ahead, user_cache

    start_reading_ahead()
    from toolkit.workflows.check import check_folder, check_json, write_findings_workbook
    from toolkit.workflows.locate import department_folder
    from toolkit.writers.console import print_findings

    clock, folder = now(), department_folder(folder)
    with progress_bar("读取表单", as_json) as progress:
        checked = check_folder(
            folder,
            today=clock.date(),
            as_of=as_of,
            progress=progress,
            cache=None if no_cache else user_cache(),
        )
    if output is not None:
        write_findings_workbook(checked, output, clock)
    if as_json:
        print_json(check_json(checked))
    else:
        print_findings(checked.name, checked.as_of, checked.dossier.sources, checked.result)
        if output is not None:
            click.echo(f"校验结果已写入“{output}”。")
    return _exit_code(checked.result.counts(), fail_on)


def _exit_code(counts: dict[str, int], fail_on: str) -> int:
    if fail_on == "never":
        return 0
    counted = SEVERITIES[: SEVERITIES.index(fail_on) + 1]
    return int(any(counts[severity] for severity in counted))


@cli.command()
@click.argument("folder", type=FOLDER, metavar="文件夹")
@click.option(
    "--output", type=FOLDER, metavar="文件", help="报告位置（默认 90_输出/部门汇总.xlsx）。"
)
@click.option("--period", metavar="期间", help="2026、2026-11、2026-Q4 或 2026-W47。")
@click.option("--since", type=Day(), help="起始日期（含）。")
@click.option("--until", type=Day(), help="截止日期（含）。")
@click.option("--as-of", type=Day(), help="检查日期（默认：部门配置或今天）。")
@click.option(
    "--restricted",
    type=FOLDER,
    metavar="文件",
    help="另写一份受限汇总：投诉、绩效和奖金依据。只供经理，不能写在共享文件夹里（09_受限 除外）。",
)
@NO_CACHE
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
def consolidate(
    folder: Path,
    output: Path | None,
    period: str | None,
    since: date | None,
    until: date | None,
    as_of: date | None,
    restricted: Path | None,
    no_cache: bool,
    as_json: bool,
) -> None:
    """合并汇总：把各人的表汇成一份部门报告。"""
    from toolkit.workflows.early import start_reading_ahead, user_cache

    start_reading_ahead()
    from toolkit.regulation.period import Period
    from toolkit.workflows.consolidate import consolidate_folder, consolidate_json
    from toolkit.workflows.locate import department_folder
    from toolkit.writers.console import print_consolidation

    chosen = Period.of(period, since, until)
    with progress_bar("读取表单", as_json) as progress:
        done = consolidate_folder(
            department_folder(folder),
            output=output,
            period=chosen,
            now=now(),
            as_of=as_of,
            progress=progress,
            restricted=restricted,
            cache=None if no_cache else user_cache(),
        )
    if as_json:
        print_json(consolidate_json(done))
        return
    checked = done.checked
    print_consolidation(
        checked.name, checked.as_of, checked.dossier.sources, checked.result, done.output
    )
    if restricted is not None:
        click.echo(f"受限汇总已写入“{restricted}”，只供技术支持部经理和技术总监查看。")


@cli.command()
@click.argument("form", metavar="表单")
@click.option("--project", metavar="项目编号", help="项目编号或名称。")
@click.option("--owner", metavar="姓名", help="项目跟踪表的署名人。")
@click.option("--folder", type=FOLDER, default=Path("."), help="部门文件夹（默认：当前文件夹）。")
@NO_CACHE
def new(form: str, project: str | None, owner: str | None, folder: Path, no_cache: bool) -> None:
    """新建表单：按已有资料预填并编号，不覆盖任何文件。"""
    from toolkit.workflows.early import user_cache
    from toolkit.workflows.new import advice, new_form

    path = new_form(
        folder,
        form,
        project=project or "",
        owner=owner or "",
        now=now(),
        cache=None if no_cache else user_cache(),
    )
    click.echo(f"已新建“{path}”，请打开补充浅黄色的内容。")
    if note := advice(path):
        click.echo(note)


@cli.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
@click.pass_context
def forms(ctx: click.Context, as_json: bool) -> None:
    """官方表单：列出各表单和字段，或重新生成空白表单。"""
    if ctx.invoked_subcommand is not None:
        return
    from toolkit.workflows.catalogue import forms_json
    from toolkit.writers.catalogue_console import print_forms

    catalogue = forms_json()
    if as_json:
        print_json(catalogue)
    else:
        print_forms(catalogue["forms"])


@forms.command("build")
@click.option("--folder", type=FOLDER, help="写到哪里（默认：工具自带的 workbooks 文件夹）。")
def build_forms(folder: Path | None) -> None:
    """重新生成全部空白表单。"""
    from toolkit.model.resources import bundled
    from toolkit.workflows.forms import build_forms as build

    for path in build(folder or bundled("workbooks")):
        click.echo(str(path))


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
def rules(as_json: bool) -> None:
    """规则目录：每条规则的条款、级别、要求和正反例。"""
    from toolkit.workflows.catalogue import rules_json
    from toolkit.writers.catalogue_console import print_rules

    catalogue = rules_json()
    if as_json:
        print_json(catalogue)
    else:
        print_rules(catalogue["rules"])
