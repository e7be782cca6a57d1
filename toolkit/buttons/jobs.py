"""The jobs behind the buttons: each does its work through a workflow and tells the console."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from toolkit.bug_log import log_bug
from toolkit.model.errors import ToolkitError
from toolkit.readers.folder import OUTPUT_FOLDER
from toolkit.writers import button_names as names
from toolkit.writers.files import TargetInUse

from . import summary
from .console import Cells, Console, MarkedSheets

CHECK_NAME = "校验结果.xlsx"
_EVERYTHING = "全部日期"
DONE, REFUSED, BUG = 0, 2, 3
"""Exit codes, as the command line's."""


@dataclass(slots=True)
class Outcome:
    """What a job leaves behind: cells to fill, what to say, what to open."""

    message: str = ""
    cells: Cells = field(default_factory=dict)
    problem: bool = False


def run(job: str, console: Console, now: datetime, cache: Path | None = None) -> int:
    """Run a job to its end, whatever happens; returns the exit code.

    Everything that goes wrong becomes one Chinese sentence on the sheet and in a box. `cache` is
    a folder of the user for what was read; without one only time changes.
    """
    code, action = DONE, JOBS[job]
    try:
        outcome = action(console, now, cache)
    except ToolkitError as error:
        code, outcome = REFUSED, _failed(job, str(error), now)
        if isinstance(error, TargetInUse):
            outcome.cells = {**outcome.cells, names.OUTPUT: str(error.kept)}
    except OSError as error:
        log_bug([job], now)
        code, outcome = REFUSED, _failed(job, _disk_sentence(error), now)
    except Exception:
        code, outcome = BUG, _failed(job, log_bug([job], now), now)
    try:
        console.show(outcome.cells)
        if outcome.message:
            console.say(outcome.message, problem=outcome.problem)
    except Exception:  # the console is gone: nobody is left to tell
        log_bug([job], now)
        code = BUG
    finally:
        console.finish()
    return code


def _failed(job: str, sentence: str, now: datetime) -> Outcome:
    """Jobs that fill the sheet say on it that they did not; the others only say it."""
    fills = job in ("consolidate", "check_all", "remind", "check_form")
    return Outcome(sentence, summary.failed_cells(sentence, now) if fills else {}, problem=True)


def _disk_sentence(error: OSError) -> str:
    what = f"“{error.filename}”" if error.filename else "文件"
    reason = error.strerror or str(error)
    return f"无法读写{what}：{reason}。请检查网络是否连接、是否有写入权限、磁盘是否已满。"


def consolidate(console: Console, now: datetime, cache: Path | None) -> Outcome:
    """合并汇总: 90_输出/部门汇总.xlsx."""
    from toolkit.regulation.period import Period
    from toolkit.workflows.consolidate import consolidate_folder

    done = consolidate_folder(
        department_folder(console),
        output=None,
        period=Period.of(console.setting(names.PERIOD) or None),
        now=now,
        progress=_progress(console),
        cache=cache,
    )
    state = f"合并汇总完成：{summary.found(done.checked)}。"
    message = (
        f"{state}\n{summary.read(done.checked)}\n统计期：{done.period.label}\n{_where(done.output)}"
    )
    cells = summary.run_cells(
        done.checked, state=state, period=done.period.label, output=done.output, when=now
    )
    return Outcome(message, cells)


def check_all(console: Console, now: datetime, cache: Path | None) -> Outcome:
    """校验全部: 90_输出/校验结果.xlsx."""
    from toolkit.workflows.check import check_folder, write_findings_workbook

    folder = department_folder(console)
    progress = _progress(console)
    checked = check_folder(folder, today=now.date(), progress=progress, cache=cache)
    output = write_findings_workbook(checked, folder / OUTPUT_FOLDER / CHECK_NAME, now)
    state = f"校验完成：{summary.found(checked)}。"
    message = f"{state}\n{summary.read(checked)}\n{_where(output)}"
    cells = summary.run_cells(checked, state=state, period=_EVERYTHING, output=output, when=now)
    return Outcome(message, cells)


def remind(console: Console, now: datetime, cache: Path | None) -> Outcome:
    """催办邮件: 90_输出/邮件草稿/催办_姓名.eml, nothing is sent."""
    from toolkit.workflows.remind import remind_people

    done = remind_people(
        department_folder(console), now=now, progress=_progress(console), cache=cache
    )
    state = f"已备好 {len(done.drafts)} 封催办邮件草稿，还没有发出。"
    lines = [state, summary.read(done.checked)]
    if done.without_address:
        people = "、".join(done.without_address[:10])
        more = "等" if len(done.without_address) > 10 else ""
        lines.append(f"没有可用邮箱，收件人请自己填：{people}{more}。")
    if done.unassigned:
        lines.append(f"另有 {done.unassigned} 项没有责任人，没有写进邮件。")
    lines.append(f"草稿在：{done.folder}")
    cells = summary.run_cells(
        done.checked, state=state, period=_EVERYTHING, output=done.folder, when=now
    )
    return Outcome("\n".join(lines), cells)


def open_result(console: Console, now: datetime, cache: Path | None) -> Outcome:
    """打开结果: what the last run wrote; where the sheet does not say, the newest result."""
    del now, cache
    written = console.setting(names.OUTPUT)
    path = Path(written) if written and written != names.NOTHING_YET else None
    if path is None:
        path = _newest_result(department_folder(console))
    if not path.exists():
        raise ToolkitError(f"找不到“{path}”。", "它可能被移走或改名了；请重新运行一次。")
    console.open(path)
    return Outcome()


def check_form(console: Console, now: datetime, cache: Path | None) -> Outcome:
    """校验本表: marks in the open form; where that cannot be, a list in 90_输出."""
    from toolkit.workflows.annotate import check_form as check_one
    from toolkit.workflows.annotate import write_form_result

    form = console.open_form(console.setting(names.FORM))
    path = form.path if form else Path(console.setting(names.FORM))
    if not path.is_absolute() or not path.exists():
        raise ToolkitError(f"“{path.name}”还没有保存过。", "请先保存到部门文件夹，再校验。")
    if form and not form.is_saved:
        raise ToolkitError(f"“{path.name}”有没保存的修改。", "请先保存，再校验。")
    done = check_one(
        department_folder(console), path, now=now, progress=_progress(console), cache=cache
    )
    state = f"校验“{path.name}”完成：{_counted(done.checked.result.counts())}。"
    lines, output = [state], None
    marked = form.mark(done.marks, now.date()) if form else MarkedSheets()
    if marked.done:
        lines.append(f"已在表中标出 {marked.done} 个单元格，改好后按“清除标记”。")
    if marked.failed:
        lines.append(_protected("标出", marked))
    listed = marked.done < len(done.marks) or done.unplaced
    if listed and done.checked.result.findings:
        output = write_form_result(done, now)
        lines.append(_where(output))
    if form is None:
        lines.append("按已保存的内容核对；表里的标记只有在 Excel 中才能加。")
    cells = summary.run_cells(
        done.checked, state=state, period=names.NOTHING_YET, output=output, when=now
    )
    cells = {**cells, names.FILES: 1.0, names.ROWS: float(done.source.consolidated)}
    return Outcome("\n".join(lines), cells, problem=bool(marked.failed))


def clear_marks(console: Console, now: datetime, cache: Path | None) -> Outcome:
    """清除标记: exactly those that 校验本表 made."""
    del now, cache
    form = console.open_form(console.setting(names.FORM))
    if form is None:
        raise ToolkitError("“清除标记”只在 Excel 中使用：", "LibreOffice 里没有加过标记。")
    cleared = form.clear()
    if cleared.failed:
        return Outcome(_protected("清除", cleared), problem=True)
    return Outcome(f"已清除 {cleared.done} 个标记。" if cleared.done else "表里没有校验标记。")


JOBS: dict[str, Callable[[Console, datetime, Path | None], Outcome]] = {
    "consolidate": consolidate,
    "check_all": check_all,
    "remind": remind,
    "open_result": open_result,
    "check_form": check_form,
    "clear_marks": clear_marks,
}


def department_folder(console: Console) -> Path:
    """The folder that the console names; blank is the one in which it lies."""
    written = console.setting(names.FOLDER)
    if len(written) > 1 and written[0] == written[-1] == '"':
        written = written[1:-1].strip()  # Explorer's “copy as path” puts quotes around it
    folder = Path(written) if written else console.path.parent
    return folder if folder.is_absolute() else console.path.parent / folder


def _newest_result(folder: Path) -> Path:
    from toolkit.workflows.annotate import FORM_RESULT_NAME
    from toolkit.workflows.consolidate import REPORT_NAME

    results = [folder / OUTPUT_FOLDER / n for n in (REPORT_NAME, CHECK_NAME, FORM_RESULT_NAME)]
    there = [path for path in results if path.is_file()]
    if not there:
        raise ToolkitError("还没有结果可以打开。", "请先按“合并汇总”或“校验全部”。")
    return max(there, key=lambda path: path.stat().st_mtime_ns)


def _progress(console: Console) -> Callable[[int, int], None]:
    return lambda done, total: console.progress(f"正在读取 {done}/{total} ……")


def _where(output: Path) -> str:
    return f"结果在：{output}\n按“打开结果”查看。"


def _counted(counts: dict[str, int]) -> str:
    return f"错误 {counts['error']}，警告 {counts['warn']}，提示 {counts['info']}"


def _protected(what: str, marked: MarkedSheets) -> str:
    sheets = "、".join(f"“{sheet}”" for sheet in marked.failed)
    return (
        f"工作表{sheets}有 {sum(marked.failed.values())} 个单元格没能{what}，工作表可能受保护。"
        "请在“审阅”中撤销工作表保护（正式表单没有密码）后再按一次。"
    )
