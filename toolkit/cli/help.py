"""click in Chinese: help pages and usage errors that a non-programmer can act on."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import click

_CONTEXT = {"help_option_names": ["--help", "-h"], "max_content_width": 100}


class _ChineseHelp(click.Command):
    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        pieces = " ".join(self.collect_usage_pieces(ctx))
        formatter.write_usage(ctx.command_path, pieces, prefix="用法：")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        options = [p for p in self.get_params(ctx) if isinstance(p, click.Option)]
        records = [p.get_help_record(ctx) for p in options]
        with formatter.section("选项"):
            formatter.write_dl([r for r in records if r is not None])

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = "显示这份说明。"
        return option


class Command(_ChineseHelp):
    """A command whose help is Chinese; arguments are explained in its text."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("options_metavar", "[选项]")
        kwargs["context_settings"] = {**_CONTEXT, **kwargs.get("context_settings", {})}
        super().__init__(*args, **kwargs)


class Group(_ChineseHelp, click.Group):
    """A group whose help is Chinese."""

    command_class = Command
    group_class = type

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("options_metavar", "[选项]")
        kwargs.setdefault("subcommand_metavar", "命令 [参数]…")
        kwargs["context_settings"] = {**_CONTEXT, **kwargs.get("context_settings", {})}
        super().__init__(*args, **kwargs)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_options(ctx, formatter)
        rows = [
            (name, command.get_short_help_str(60))
            for name in self.list_commands(ctx)
            if (command := self.get_command(ctx, name)) is not None and not command.hidden
        ]
        with formatter.section("命令"):
            formatter.write_dl(rows)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)  # in the order of work, not of the alphabet


class Day(click.ParamType):  # type: ignore[type-arg]  # generic only from click 8.2 on
    """A date on the command line."""

    name = "日期"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        if match := re.fullmatch(r"(\d{4})[-./年]?(\d{1,2})[-./月]?(\d{1,2})日?", str(value)):
            try:
                return date(*(int(part) for part in match.groups()))
            except ValueError:
                pass
        raise click.BadParameter(f"“{value}”不是日期，请写成 2026-11-30 这样。")


def in_chinese(error: click.ClickException) -> str:
    """One Chinese sentence for a mistake on the command line."""
    if isinstance(error, click.NoSuchOption):
        near = f"，是不是想写 {'、'.join(error.possibilities)}" if error.possibilities else ""
        return f"没有选项 {error.option_name}{near}。"
    if isinstance(error, click.MissingParameter):
        name = error.param.human_readable_name if error.param else ""
        return f"缺少参数 {name}。"
    if isinstance(error, click.BadParameter):
        name = error.param.human_readable_name if error.param else ""
        if isinstance(error.param, click.Parameter) and isinstance(error.param.type, click.Choice):
            return f"{name} 只能是：{'、'.join(map(str, error.param.type.choices))}。"
        if "。" in error.message:
            return error.message
        return f"参数 {name} 的值不对，请看说明。"
    if isinstance(error, click.BadOptionUsage):
        return f"选项 {error.option_name} 后面缺少值。"
    match = re.search(r"'([^']*)'", error.format_message())
    named = f" {match.group(1)}" if match else ""
    if error.format_message().startswith("No such command"):
        return f"没有命令{named}。"
    return f"多余或不认识的参数{named}。"
