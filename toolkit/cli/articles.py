"""`toolkit articles`: how much of each article of the regulation is checked."""

from __future__ import annotations

import click

from .commands import cli, print_json


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
def articles(as_json: bool) -> None:
    """条款目录：每条讲什么，哪些由工具检查，哪些靠人，为什么。"""
    from toolkit.workflows.catalogue import articles_json
    from toolkit.writers.catalogue_console import print_articles

    catalogue = articles_json()
    if as_json:
        print_json(catalogue)
    else:
        print_articles(catalogue["articles"])
