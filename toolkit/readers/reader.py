"""A department's folder to a Dossier: list, guard, parse, recognise, bind, type."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from toolkit.forms.names import META_KIND, META_VERSION, OUTPUT_KIND, form_key_of
from toolkit.model.dossier import Dossier, Source, SourceProblem, Status
from toolkit.model.errors import ToolkitError
from toolkit.model.forms import Form
from toolkit.model.text import clean, fold

from .binding import CONFIGURATION, Binder
from .folder import Entry, list_folder
from .frames import FrameBuilder, is_empty
from .grid import Book
from .guard import RefusedError
from .labels import OwnLabels
from .sheets import read_book

CONFIGURATION_NAMES = ("部门配置", "列名别名")
Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Loaded:
    """A file's bytes turned into a book, or the reason why not."""

    entry: Entry
    fingerprint: str = ""
    book: Book | None = None
    refused: RefusedError | None = None


def read_folder(
    folder: Path, forms: Mapping[str, Form], progress: Progress | None = None
) -> Dossier:
    """Read every workbook below a folder. Raises ToolkitError when the folder is not there."""
    if not folder.is_dir():
        raise ToolkitError(f"找不到文件夹“{folder}”。", "请检查路径；网络文件夹请先确认已连接。")
    entries = list_folder(folder)
    dossier = Dossier(dict(forms))
    own = read_own_labels(entries, forms)
    binder = Binder(forms, own)
    builder = FrameBuilder(dossier)
    loaded = load_all(e for e in entries if e.status is Status.READ)
    for done, entry in enumerate(entries):
        dossier.sources.append(_source(entry))
        if entry.status is Status.READ:
            _take(dossier, builder, binder, next(loaded))
        elif entry.rule:
            _report(dossier, entry.rule, "warn" if entry.rule == "SRC-3" else "info", entry.hint)
        if progress is not None:
            progress(done + 1, len(entries))
    builder.finish()
    return dossier


def load_all(entries: Iterable[Entry]) -> Iterator[Loaded]:
    """Books in the order of the entries; parsing releases the GIL, so threads are enough."""
    with ThreadPoolExecutor(max_workers=min(4, os.cpu_count() or 1)) as pool:
        yield from pool.map(_load, entries)


def _load(entry: Entry) -> Loaded:
    try:
        content = entry.path.read_bytes()
    except OSError as error:
        reason = "文件打不开，可能被占用或没有权限"
        hint = f"请关闭正在使用它的程序或检查权限后再试（{error.strerror or '读取失败'}）。"
        return Loaded(entry, refused=RefusedError(reason, hint))
    loaded = Loaded(entry, hashlib.sha256(content).hexdigest())
    try:
        loaded.book = read_book(entry.path.name, content)
    except RefusedError as refused:
        loaded.refused = refused
    return loaded


def read_own_labels(entries: Iterable[Entry], forms: Mapping[str, Form]) -> OwnLabels:
    """The names that managers confirmed in 列名别名, from the configuration workbooks."""
    own = OwnLabels()
    titles = {fold(t): f for f in forms.values() for t in (f.title, f.key, *f.titles)}
    configuration = Dossier(dict(forms))
    builder = FrameBuilder(configuration)
    wanted = [e for e in entries if e.status is Status.READ and is_configuration(e.path.name)]
    for loaded in load_all(wanted):
        if loaded.book is not None:
            configuration.sources.append(Source(loaded.entry.relative))
            for bound in Binder(forms).bind(loaded.book, CONFIGURATION):
                builder.add(len(configuration.sources) - 1, bound)
    builder.finish()
    for row in configuration.frame("label_aliases").itertuples():
        form = titles.get(fold(row.form))
        if form is not None and row.confirmed == "是" and row.standard_label:
            own.add(form, row.table, row.standard_label, row.own_label)
    return own


def is_configuration(name: str) -> bool:
    """Whether a file is the department's configuration, by its name."""
    return any(fold(part) in fold(name) for part in CONFIGURATION_NAMES)


def _source(entry: Entry) -> Source:
    return Source(
        entry.relative, entry.status, entry.reason, size=entry.size, mtime_ns=entry.mtime_ns
    )


def _report(
    dossier: Dossier, rule: str, severity: str, hint: str, sheet: str = "", cell: str = ""
) -> None:
    """A finding about the newest source, worded by its reason."""
    source = dossier.sources[-1]
    number = len(dossier.sources) - 1
    message = f"{source.reason}。"
    dossier.source_problems.append(
        SourceProblem(number, rule, severity, message, hint, sheet, cell)
    )


def _take(dossier: Dossier, builder: FrameBuilder, binder: Binder, loaded: Loaded) -> None:
    source = dossier.sources[-1]
    source.fingerprint = loaded.fingerprint
    if loaded.refused is not None or loaded.book is None:
        assert loaded.refused is not None
        source.status, source.reason = Status.UNREADABLE, loaded.refused.reason
        _report(dossier, "SRC-1", "warn", loaded.refused.hint)
        return
    book = loaded.book
    kind = book.meta.get(META_KIND, "")
    if fold(kind) == fold(OUTPUT_KIND):
        source.status, source.reason = Status.OUTPUT, "工具的输出，不作为数据读取"
        return
    source.template_version = book.meta.get(META_VERSION, "")
    source.hidden_rows = sum(g.hidden_rows for g in book.grids)
    if not any(clean(v) for g in book.grids for row in g.rows for v in row):
        source.status, source.reason = Status.UNRECOGNISED, "工作簿里没有任何内容"
        _report(dossier, "SRC-4", "info", "如果是误存的空文件，可以删除。")
        return
    configuration = is_configuration(loaded.entry.path.name)
    bound = binder.bind(book, form_key_of(kind), configuration=configuration)
    if not bound:
        source.status, source.reason = Status.UNRECOGNISED, "认不出是哪一种表单，未计入"
        _report(
            dossier,
            "SRC-4",
            "warn",
            "如果是本部门的表单，请运行 toolkit adopt 对应列名；无关的文件请移出文件夹。",
        )
        return
    source.form = "+".join(dict.fromkeys(b.form.key for b in bound))
    if all(is_empty(b) for b in bound):
        source.reason = "空白表单"  # a template lying about does not mean that it is kept
        return
    for block in bound:
        builder.add(len(dossier.sources) - 1, block)
