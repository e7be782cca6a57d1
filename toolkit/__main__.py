"""`python -m toolkit` and the command `toolkit`: the one handler of everything that goes wrong.

Exit codes: 0 clean, 1 findings, 2 cannot proceed, 3 a bug, 130 interrupted (DESIGN.md).
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

CLEAN, FINDINGS, CANNOT_PROCEED, BUG, INTERRUPTED = 0, 1, 2, 3, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    import click

    from toolkit.cli import cli
    from toolkit.cli.help import in_chinese
    from toolkit.model.errors import ToolkitError

    _survive_any_console()
    args = None if arguments is None else list(arguments)
    try:
        result = cli.main(args=args, prog_name="toolkit", standalone_mode=False)
    except ToolkitError as error:
        return _say(str(error))
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.ctx.get_help() if error.ctx else "")
        return CANNOT_PROCEED
    except click.ClickException as error:
        ctx = getattr(error, "ctx", None)
        path = ctx.command_path if ctx else "toolkit"
        return _say(f"{in_chinese(error)}用法请看 {path} --help。")
    except (KeyboardInterrupt, click.Abort):
        click.echo("已中断。", err=True)
        return INTERRUPTED
    except BrokenPipeError:
        return CLEAN
    except Exception:
        return _log_bug()
    return int(result) if isinstance(result, int) else CLEAN


def _say(sentence: str) -> int:
    import click

    click.echo(sentence, err=True)
    return CANNOT_PROCEED


def _log_bug() -> int:
    """The traceback goes to the user's log folder; the user sees one sentence."""
    from datetime import datetime

    import click

    from toolkit.bug_log import log_bug

    click.echo(log_bug(sys.argv, datetime.now()), err=True)
    return BUG


def _survive_any_console() -> None:
    """A console in code page 936 cannot show every character: replace instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


if __name__ == "__main__":
    sys.exit(main())
