"""数据来源: what became of every file and every row, and whether the sums agree."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone

import pandas as pd

from toolkit.model.dossier import Dossier, Source, Status
from toolkit.model.report import Reconciliation, Table

from .records import RecordSelection
from .tables import ROW, SHEET, SOURCE

FILE, FORM, STATUS = "文件", "表单", "状态"
READ, TAKEN, REJECTED = "读入行", "汇总行", "未采用行"
TRACKING, INSIDE, OUTSIDE, UNDATED = "其中跟踪记录", "本期记录", "期外记录", "无日期记录"
HIDDEN, REASON = "隐藏行", "说明"
FINGERPRINT, SIZE, MODIFIED = "指纹(SHA-256前12位)", "大小(KB)", "修改时间"
STATUS_TITLES = {
    Status.READ: "已读入",
    Status.OUTPUT: "工具输出，不读",
    Status.BACKUP: "备份，不读",
    Status.ARCHIVE: "存档，仅作凭证",
    Status.LOCK: "锁定文件，不读",
    Status.TEMPORARY: "临时文件，不读",
    Status.CONFLICT: "同步冲突副本，未读",
    Status.RESTRICTED: "受限，不进报告",
    Status.UNRECOGNISED: "未识别的表单",
    Status.IGNORED: "已忽略",
    Status.UNREADABLE: "无法读取",
}
_BEIJING = timezone(timedelta(hours=8))
_SUMMED = (READ, TAKEN, REJECTED, TRACKING, INSIDE, OUTSIDE, UNDATED, HIDDEN)


def source_table(dossier: Dossier, selection: RecordSelection) -> Table:
    """One line a file: status, rows by fate, fingerprint, size in kB, time in Beijing."""
    sources = dossier.sources
    titles = {key: form.title for key, form in dossier.forms.items()}
    split = (
        selection.inside_by_source,
        selection.outside_by_source,
        selection.undated_by_source,
    )
    inside, outside, undated = ([int(s.get(n, 0)) for n in range(len(sources))] for s in split)
    together = [sum(three) for three in zip(inside, outside, undated, strict=True)]
    frame = pd.DataFrame(
        {
            FILE: [s.path for s in sources],
            FORM: ["、".join(titles.get(k, k) for k in s.form.split("+") if k) for s in sources],
            STATUS: [STATUS_TITLES[s.status] for s in sources],
            READ: [s.rows for s in sources],
            TAKEN: [s.consolidated for s in sources],
            REJECTED: [s.rejected for s in sources],
            TRACKING: together,
            INSIDE: inside,
            OUTSIDE: outside,
            UNDATED: undated,
            HIDDEN: [s.hidden_rows for s in sources],
            REASON: [s.reason for s in sources],
            FINGERPRINT: [s.fingerprint[:12] for s in sources],
            SIZE: [round(s.size / 1024, 1) for s in sources],
            MODIFIED: pd.Series([_modified(s) for s in sources], dtype="datetime64[s]"),
        }
    )
    frame = frame.astype(dict.fromkeys(_SUMMED, "int64")).astype({SIZE: "float64"})
    text = dict.fromkeys((FILE, FORM, STATUS, REASON, FINGERPRINT), object)
    return Table(frame.astype(text))


def _modified(source: Source) -> datetime | None:
    if not source.mtime_ns:
        return None
    return datetime.fromtimestamp(source.mtime_ns // 1_000_000_000, _BEIJING).replace(tzinfo=None)


def reconcile(sources: pd.DataFrame) -> Reconciliation:
    """The sums of `source_table`, checked file by file."""
    total: Mapping[str, int] = {title: int(sources[title].sum()) for title in _SUMMED}
    wrong = (sources[READ] != sources[TAKEN] + sources[REJECTED]) | (
        sources[TRACKING] > sources[TAKEN]
    )
    return Reconciliation(
        read=total[READ],
        taken=total[TAKEN],
        rejected=total[REJECTED],
        records=total[TRACKING],
        inside=total[INSIDE],
        outside=total[OUTSIDE],
        undated=total[UNDATED],
        hidden=total[HIDDEN],
        wrong=tuple(sources.loc[wrong, FILE]),
    )


def rejected_table(dossier: Dossier) -> Table:
    """Rows of tables that are no records: where, why and what stands in them."""
    rows = dossier.rejected
    return Table(
        pd.DataFrame(
            {
                SOURCE: pd.Series([dossier.sources[r.source].path for r in rows], dtype=object),
                SHEET: pd.Series([r.sheet for r in rows], dtype=object),
                ROW: pd.Series([r.row for r in rows], dtype="int64"),
                "所在表": pd.Series([_table(dossier, r.block) for r in rows], dtype=object),
                "原因": pd.Series([r.reason for r in rows], dtype=object),
                "内容": pd.Series([r.text for r in rows], dtype=object),
            }
        )
    )


def _table(dossier: Dossier, block: str) -> str:
    found = dossier.blocks.get(block)
    return "" if found is None else found.title or found.sheet
