"""`toolkit doctor`: what is wrong on this PC."""

from __future__ import annotations

from pathlib import Path

import click

from .commands import FOLDER, cli, now, print_json


@cli.command()
@click.argument("folder", type=FOLDER, metavar="[文件夹]", required=False)
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
def doctor(folder: Path | None, as_json: bool) -> int:
    """体检：看看这台电脑和部门文件夹缺什么，下一步做什么。"""
    from toolkit.workflows.doctor import State, diagnose, doctor_json

    found = diagnose(folder, now().date())
    if as_json:
        print_json(doctor_json(found))
    else:
        for diagnosis in found:
            click.echo(f"[{diagnosis.state.value}] {diagnosis.what}：{diagnosis.found}")
            if diagnosis.next_step:
                click.echo(f"       {diagnosis.next_step}")
    return int(any(d.state is State.PROBLEM for d in found))
