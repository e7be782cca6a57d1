"""The console's contract: its files, the names of its cells, its Subs and the jobs they start.

Macros and Python address cells by these names, never by position. No heavy import here.
"""

from __future__ import annotations

CONSOLE_FILE = "合并汇总控制台.xlsm"
FALLBACK_FILE = "toolkit.buttons.xlsm"
"""xlwings' own Sub imports the module that the workbook is named after and calls its main()."""
CONSOLE_SHEET = "控制台"

PYTHON_VARIABLE = "TOOLKIT_PYTHON"
"""Environment variable with the full path of python(.exe), set once per PC."""

JOBS = {
    "ConsolidateAll": "consolidate",
    "CheckAll": "check_all",
    "RemindByMail": "remind",
    "OpenResult": "open_result",
    "CheckThisForm": "check_form",
    "ClearMarks": "clear_marks",
}
"""Sub in macros/Buttons.bas -> job that it starts."""

DEPARTMENT = "console_department"
FOLDER = "console_folder"
"""The department's folder; blank is the folder in which the console lies."""
PERIOD = "console_period"
FORM = "console_form"
"""Full path of the open form that 校验本表 and 清除标记 are about; the macro writes it."""
LAST_RUN = "console_last_run"
LAST_PERIOD = "console_last_period"
STATE = "console_state"
"""One sentence on the last run; begins with FAILED when it did not end well."""
OUTPUT = "console_output"
"""Full path of what the last run wrote; 打开结果 opens it."""
FILES, ROWS = "console_files", "console_rows"
ERRORS, WARNINGS, HINTS = "console_errors", "console_warnings", "console_hints"
UNDETERMINED = "console_undetermined"
FIGURES = (FILES, ROWS, ERRORS, WARNINGS, HINTS, UNDETERMINED)
"""Cells that hold numbers; all others hold text."""
FIRST_THINGS = 5
FIRST_PARTS = ("severity", "text", "who", "where")

FAILED = "未完成"
NOTHING_YET = "—"
PYTHON_CELL = "toolkit_python"
"""Python that made the console: LibreOffice uses it where the variable is not set."""


def first_thing(number: int, part: str) -> str:
    """Name of a cell of the five things to do first: `console_first_1_text`."""
    if not 1 <= number <= FIRST_THINGS or part not in FIRST_PARTS:
        raise ValueError(f"no cell for {part} of thing {number}")
    return f"console_first_{number}_{part}"


def console_cells() -> tuple[str, ...]:
    """Every cell of the console that toolkit.buttons may write."""
    first = [first_thing(n, p) for n in range(1, FIRST_THINGS + 1) for p in FIRST_PARTS]
    return (DEPARTMENT, FORM, LAST_RUN, LAST_PERIOD, STATE, OUTPUT, *FIGURES, *first)


def text_cell(key: str) -> str:
    """Name of the cell with a sentence that the macros say."""
    return f"text_{key}"
