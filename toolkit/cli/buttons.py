"""`toolkit buttons`: workbooks with buttons for people who never open a terminal."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from .commands import FOLDER, cli, now
from .help import Group


@cli.group(cls=Group, no_args_is_help=True)
def buttons() -> None:
    """按钮：生成合并汇总控制台，供不用命令行的人使用。"""


@buttons.command("install")
@click.argument("folder", type=FOLDER, metavar="[文件夹]", default=Path("."))
@click.option("--fallback", is_flag=True, help="备用版：只有“合并汇总”一个按钮。")
def install(folder: Path, fallback: bool) -> None:
    """在文件夹里生成控制台，并让按钮找到这台电脑的 Python。"""
    from toolkit.workflows.install_buttons import install_buttons

    # not resolve(): in a virtual environment that would be another Python
    python = Path(sys.executable).absolute()
    done = install_buttons(folder, python=python, now=now(), fallback=fallback)
    kept = "（已更新，保留原来的设置）" if done.replaced else ""
    click.echo(f"已生成“{done.console}”{kept}。")
    if done.variable_set:
        click.echo(f"已为当前用户设置变量 {done.variable}={done.python}。")
        click.echo("下一步：关闭所有 Excel 窗口，再打开控制台，按“合并汇总”。")
    else:
        click.echo(f"控制台已记下 Python 的位置：{done.python}。")
        click.echo(f"换用别的 Python 时，在 ~/.profile 里加一行：{done.shell_line}")
        click.echo("下一步：打开控制台，按“合并汇总”。")
    click.echo("按钮没有反应时，请把控制台放在受信任的位置，或运行 toolkit doctor。")
