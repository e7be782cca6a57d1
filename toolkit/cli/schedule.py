"""`toolkit schedule`: the nightly job's place in the system's scheduler."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from .commands import FOLDER, cli, now
from .help import Group

if TYPE_CHECKING:
    from toolkit.workflows.schedule.install import Kind

_KINDS = click.Choice(("windows", "systemd", "cron"))


@cli.group(cls=Group, no_args_is_help=True)
def schedule() -> None:
    """定时任务：每天自动检查、提醒，并留下运行记录。"""


@schedule.command("install")
@click.argument("folder", type=FOLDER, metavar="文件夹")
@click.option(
    "--kind", type=_KINDS, metavar="种类", help="windows、systemd 或 cron（默认：自动）。"
)
@click.option(
    "--account", metavar="账户", default="", help="Windows：运行任务的账户，如 域\\用户名。"
)
@click.option("--print", "only_print", is_flag=True, help="只显示将要安装的内容，不安装。")
def install(folder: Path, kind: Kind | None, account: str, only_print: bool) -> None:
    """安装：让系统每天 08:30、17:30 自动运行；重复安装等于更新。"""
    from toolkit.workflows.locate import department_folder
    from toolkit.workflows.schedule import install as workflow
    from toolkit.workflows.schedule.system import this_system

    folder, system, clock = department_folder(folder), this_system(), now()
    if only_print:
        text = workflow.preview(folder, kind=kind, account=account, now=clock, system=system)
        click.echo(text, nl=False)
        return
    done = workflow.install(folder, kind=kind, account=account, now=clock, system=system)
    click.echo(
        f"已{'更新' if done.replaced else '安装'}定时任务：每天 {done.clock} 检查“{done.folder}”。"
    )
    click.echo(f"位置：{workflow.TITLES[done.kind]}，名称 {done.name}。")
    for note in done.notes:
        click.echo(note)
    click.echo(f'下一步：toolkit schedule run "{done.folder}" 试运行一次，再用 status 查看结果。')


@schedule.command("remove")
@click.argument("folder", type=FOLDER, metavar="文件夹")
@click.option("--kind", type=_KINDS, metavar="种类", help="只删除这一种（默认：全部）。")
def remove(folder: Path, kind: Kind | None) -> None:
    """删除：不再自动运行；表单、报告和运行记录都保留。"""
    from toolkit.workflows.locate import department_folder
    from toolkit.workflows.schedule import install as workflow
    from toolkit.workflows.schedule.system import this_system

    done = workflow.remove(department_folder(folder), kind=kind, system=this_system())
    if not done.kinds:
        click.echo(f"“{done.folder}”没有定时任务，不用删除。")
        return
    titles = "、".join(workflow.TITLES[each] for each in done.kinds)
    click.echo(f"已删除“{done.folder}”的定时任务（{titles}），表单和运行记录都保留。")
