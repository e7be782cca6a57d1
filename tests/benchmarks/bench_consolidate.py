"""How fast a folder is read and consolidated, beside plain pandas and bare python-calamine.

Run `python tests/benchmarks/bench_consolidate.py`; README.md beside it explains the figures.
"""

from __future__ import annotations

import argparse
import gc
import shutil
import tempfile
import time
import warnings
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

import pandas as pd
import python_calamine

from toolkit.forms import load_forms
from toolkit.readers.reader import read_folder
from toolkit.regulation.period import Period
from toolkit.workflows.consolidate import consolidate_folder
from toolkit.writers.form_workbook import FormContent, write_form

NOW = datetime(2026, 11, 23, 9, 30)
SHEET = "跟踪记录"
HEADER_ROW = 2
"""Row of the header on the official sheet, from 0."""
TYPES = ("售前交流", "产品测试", "产品实施", "技术文档编写", "故障处理")
CHANNELS = ("电话", "现场", "远程", "会议")
CONTENTS = (
    "向信息中心演示审计报表的导出和筛选，答复三项疑问",
    "搭建测试环境，完成日志采集与告警两项用例",
    "编写部署方案第二版，补充网络拓扑和端口清单",
    "远程排查采集器断连，定位为防火墙策略缺一条放行",
)


def record(random: Random, engineer: int, number: int) -> dict[str, object]:
    """One support record with 14 filled columns, as an engineer writes it."""
    absent = number % 3 == 0
    left = number % 25 == 0
    project = engineer * 5 + random.randrange(5)
    row: dict[str, object] = {
        "project_id": f"XM2026-{project:04}",
        "project_name": f"样例客户{project:04}平台建设项目",
        "support_date": date(2026, 1, 5) + timedelta(days=number % 300),
        "supporter": f"样例{engineer:03}",
        "support_type": random.choice(TYPES),
        "channel": random.choice(CHANNELS),
        "customer_contact": f"联系人{project % 40}",
        "content": f"{random.choice(CONTENTS)}（第{number + 1}次）",
        "sales_present": "否" if absent else "是",
        "report_channel": "邮件" if absent else "",
        "result": "问题遗留" if left else "成功",
        "hours": random.choice((0.5, 1.0, 2.0, 3.5)),
        "helpers": ("样例协助",) if number % 7 == 0 else (),
        "record_id": f"GZB-{engineer:03}-2026-{number + 1:04}",
    }
    if left:
        row["leftover_ids"] = (f"YL-{engineer:03}-{number:03}",)
    return row


def generate(folder: Path, workbooks: int, rows: int, seed: int) -> list[Path]:
    """One official 项目跟踪表 an engineer."""
    form, random = load_forms()["F02"], Random(seed)
    paths = []
    for engineer in range(workbooks):
        path = folder / "02_跟踪表" / f"项目跟踪表_样例{engineer:03}_2026.xlsx"
        path.parent.mkdir(parents=True, exist_ok=True)
        records = [record(random, engineer, number) for number in range(rows)]
        labels = {"tracking_sheet": {"owner": f"样例{engineer:03}", "year": "2026"}}
        write_form(form, path, FormContent(labels, {"tracking": records}))
        paths.append(path)
    return paths


def with_toolkit(folder: Path, paths: list[Path]) -> int:
    return len(read_folder(folder, load_forms()).frame("tracking"))


def with_pandas(folder: Path, paths: list[Path]) -> int:
    return _kept(_joined(paths))


def _joined(paths: list[Path]) -> pd.DataFrame:
    sheets = (
        pd.read_excel(p, sheet_name=SHEET, header=HEADER_ROW, engine="openpyxl") for p in paths
    )
    return pd.concat(sheets, ignore_index=True)


def _kept(rows: pd.DataFrame) -> int:
    return int(rows["支持日期"].notna().sum())


def consolidated_by_toolkit(folder: Path, paths: list[Path]) -> int:
    """Everything: read, check all rules, all sheets of the report with their links."""
    done = consolidate_folder(
        folder, output=folder / "90_输出" / "部门汇总.xlsx", period=Period.of(), now=NOW
    )
    return len(done.checked.dossier.frame("tracking"))


def consolidated_by_script(folder: Path, paths: list[Path]) -> int:
    """What people write themselves: one sheet below the other, no check, no link."""
    rows = _joined(paths)
    rows.to_excel(folder.parent / "script.xlsx", index=False, engine="openpyxl")
    return _kept(rows)


def with_calamine(folder: Path, paths: list[Path]) -> int:
    rows = 0
    for path in paths:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        cells = book.get_sheet_by_name(SHEET).to_python()
        rows += sum(1 for line in cells[HEADER_ROW + 1 :] if line[2] != "")
    return rows


def timed(
    read: Callable[[Path, list[Path]], int], folder: Path, paths: list[Path]
) -> tuple[float, int]:
    """Seconds, and how many records were found."""
    gc.collect()
    started = time.perf_counter()
    rows = read(folder, paths)
    return time.perf_counter() - started, rows


WAYS = (
    with_toolkit,
    with_calamine,
    with_pandas,
    consolidated_by_toolkit,
    consolidated_by_script,
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workbooks", type=int, default=200)
    parser.add_argument("--rows", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--repeat", type=int, default=3, help="rounds; the medians are compared")
    parser.add_argument("--folder", type=Path, help="an existing department instead (it is copied)")
    parser.add_argument("--ways", help="only these, as with_toolkit,with_calamine")
    options = parser.parse_args()
    warnings.filterwarnings("ignore", "Print area cannot be set", module="openpyxl")
    ways = [w for w in WAYS if not options.ways or w.__name__ in options.ways.split(",")]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "部门"
        if options.folder is None:
            generate(folder, options.workbooks, options.rows, options.seed)
        else:
            shutil.copytree(options.folder, folder)
        paths = sorted((folder / "02_跟踪表").glob("*.xlsx"))
        for path in paths:
            path.read_bytes()  # the disk is nobody's merit
        seconds: dict[str, list[float]] = {}
        counts = set()
        for _ in range(options.repeat):
            for read in ways:
                took, rows = timed(read, folder, paths)
                seconds.setdefault(read.__name__, []).append(took)
                counts.add(rows)
                if len(counts) > 1:
                    raise SystemExit(f"{read.__name__} found another number of records: {counts}")
    medians = {k: sorted(v)[len(v) // 2] for k, v in seconds.items()}
    print(f"{len(paths)} workbooks, {counts.pop()} records, median of {options.repeat}")
    for label, took in medians.items():
        plain = "consolidated_by_script" if label.startswith("consolidated") else "with_pandas"
        beside = f"   {medians[plain] / took:5.1f} x as fast as {plain}" if plain in medians else ""
        print(f"{label:24} {took:7.2f} s{beside}")


if __name__ == "__main__":
    main()
