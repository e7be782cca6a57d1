"""What the tests of the reader share: workbooks of every make, and comparing what was read."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter

from toolkit.forms import load_forms
from toolkit.model.dossier import BOOKKEEPING, NO_SOURCE, Dossier, Source, SourceProblem
from toolkit.readers.reader import read_folder
from toolkit.writers.form_workbook import FormContent, write_form

FORMS = load_forms()
TRACKING = FORMS["F02"].block("tracking")
_XLSX = {"default_date_format": "yyyy-mm-dd"}


def some_records(count: int = 12) -> list[dict[str, object]]:
    """Support records that fill every field of 跟踪记录 somewhere."""
    rows: list[dict[str, object]] = []
    for n in range(count):
        left = n % 4 == 1
        row: dict[str, object] = {
            "project_id": f"XM2026-{n % 3 + 1:04}",
            "project_name": ("甲城档案平台", "乙县云桌面", "丙校网络改造")[n % 3],
            "support_date": date(2026, 3, 2 + n),
            "supporter": "样例甲" if n % 2 else "",
            "support_type": ("售前交流", "产品测试", "产品实施")[n % 3],
            "stage": ("", "执行", "收尾")[n % 3],
            "channel": ("现场", "电话", "远程")[n % 3],
            "customer_contact": ("李工", "", "王主任")[n % 3],
            "content": f"第{n + 1}次：演示报表导出，\n答复端口与带宽两项疑问",
            "sales_present": "否" if n % 3 == 0 else "是",
            "report_channel": "邮件" if n % 3 == 0 else "",
            "result": "问题遗留" if left else "成功",
            "leftover_ids": (f"YL-{n:02}", f"YL-{n:02}b") if left else (),
            "hours": (0.5, 2.0, 3.25)[n % 3],
        }
        if n % 5 == 0:
            row |= {
                "start_time": "09:30",
                "end_time": "11:05",
                "report_time": datetime(2026, 3, 2 + n, 15, 45),
                "mail_subject": "客户沟通-甲城档案平台-样例甲",
                "helpers": ("样例乙", "样例丙"),
                "product_problem": "是",
                "bug_id": ("BUG-001",),
                "version": "V3.10",
                "related": ("GZ-XM2026-0001-01",),
                "record_id": f"GZB-甲-2026-{n:04}",
                "filled_date": date(2026, 3, 3 + n),
            }
        rows.append(row)
    return rows


def tracking_content(rows: Sequence[Mapping[str, object]], owner: str = "样例甲") -> FormContent:
    labels = {"tracking_sheet": {"owner": owner, "year": "2026"}}
    return FormContent(labels, {"tracking": [dict(r) for r in rows]})


def write_tracking(path: Path, rows: Sequence[Mapping[str, object]], owner: str = "样例甲") -> None:
    """The official 项目跟踪表."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_form(FORMS["F02"], path, tracking_content(rows, owner))


def plain(value: Any) -> Any:
    """A value of a frame for comparing: None for every blank, no pandas types."""
    if isinstance(value, tuple):
        return value
    if value is None or value != value or value is pd.NaT:
        return None
    if isinstance(value, pd.Timestamp):
        return value.to_pydatetime()
    return value


def records(dossier: Dossier, block: str) -> list[dict[str, Any]]:
    """The records of a frame, field by field, without where they come from."""
    frame = dossier.frame(block)
    keys = [k for k in frame.columns if k not in BOOKKEEPING]
    return [{k: plain(row[k]) for k in keys} for row in frame.to_dict("records")]


def as_read(rows: Iterable[Mapping[str, object]], block: Any = TRACKING) -> list[dict[str, Any]]:
    """What `records` gives for rows that were written as typed values."""
    found = []
    for row in rows:
        record: dict[str, Any] = {}
        for f in block.fields:
            value = row.get(f.key)
            if isinstance(value, date) and not isinstance(value, datetime):
                value = datetime(value.year, value.month, value.day)
            if value in (None, ""):
                value = None if f.is_date or f.type.value == "number" else ""
                value = () if f.type.value in ("people", "choices", "references") else value
            record[f.key] = value
        found.append(record)
    return found


def read(folder: Path) -> Dossier:
    return read_folder(folder, FORMS)


def source(dossier: Dossier, name: str) -> Source:
    """The source whose path ends with `name`."""
    found = [s for s in dossier.sources if s.path == name or s.path.endswith("/" + name)]
    assert len(found) == 1, (name, [s.path for s in dossier.sources])
    return found[0]


def file_problems(dossier: Dossier) -> list[SourceProblem]:
    """What the reader says about files, without what it says about the folder."""
    return [p for p in dossier.source_problems if p.source != NO_SOURCE]


def findings(dossier: Dossier, name: str) -> list[tuple[str, str, str]]:
    """(rule, message, hint) of what the reader says about a file."""
    wanted = dossier.sources.index(source(dossier, name))
    return [(p.rule, p.message, p.hint) for p in dossier.source_problems if p.source == wanted]


def workbook(
    sheets: Mapping[str, Sequence[Sequence[Any]]],
    change: Callable[[Any, Any], None] | None = None,
    **options: Any,
) -> bytes:
    """Bytes of an .xlsx whose sheets hold rows of plain values; `change(book, sheet)` adds more."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, _XLSX | options)
    clock = book.add_format({"num_format": "hh:mm"})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                if isinstance(value, str):
                    sheet.write_string(r, c, value)
                elif isinstance(value, datetime):
                    sheet.write_datetime(r, c, value, moment)
                elif isinstance(value, time):
                    sheet.write_datetime(r, c, value, clock)
                elif value is not None:
                    sheet.write(r, c, value)
        if change is not None:
            change(book, sheet)
    book.close()
    return buffer.getvalue()


def edited(content: bytes, part: str, edit: Callable[[str], str]) -> bytes:
    """The archive with one text part changed (every part whose name matches the pattern)."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            body = old.read(name)
            if re.fullmatch(part, name):
                body = edit(body.decode("utf-8")).encode("utf-8")
            new.writestr(name, body)
    return buffer.getvalue()


def with_sheet_xml(xml: str | bytes, name: str = "跟踪记录") -> bytes:
    """A minimal .xlsx whose only worksheet part is `xml`."""
    blank = workbook({name: [["x"]]})
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(blank)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in old.namelist():
            body: str | bytes = old.read(entry)
            if entry == "xl/worksheets/sheet1.xml":
                body = xml
            new.writestr(entry, body)
    return buffer.getvalue()


def sheet_xml(rows: str) -> str:
    """A worksheet part around the rows."""
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<sheetData>{rows}</sheetData></worksheet>"
    )
