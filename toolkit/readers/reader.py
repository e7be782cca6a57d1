"""A department's folder to a Dossier: list, guard, parse, recognise, bind, type."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from toolkit.forms.names import META_KIND, META_VERSION, OUTPUT_KIND, form_key_of
from toolkit.model.dossier import Dossier, Source, SourceProblem, Status
from toolkit.model.errors import ToolkitError
from toolkit.model.forms import Form
from toolkit.model.text import clean, fold

from .binding import CONFIGURATION, Binder, BoundBlock
from .folder import Entry, list_folder
from .frames import FrameBuilder, is_empty
from .grid import Book
from .guard import stumbled
from .labels import OwnLabels
from .loading import LOG, Loaded, load_all

CONFIGURATION_NAMES = ("部门配置", "列名别名")
Progress = Callable[[int, int], None]


def read_folder(
    folder: Path, forms: Mapping[str, Form], progress: Progress | None = None
) -> Dossier:
    """Read every workbook below a folder. Raises ToolkitError when the folder is not there."""
    if not folder.is_dir():
        raise ToolkitError(f"找不到文件夹“{folder}”。", "请检查路径；网络文件夹请先确认已连接。")
    with _no_collection():
        return _read(list_folder(folder), forms, progress)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Cells make no cycles, and looking for cycles among them costs a quarter of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _read(entries: list[Entry], forms: Mapping[str, Form], progress: Progress | None) -> Dossier:
    dossier = Dossier(dict(forms))
    own = read_own_labels(entries, forms)
    binder = Binder(forms, own)
    builder = FrameBuilder(dossier)
    loaded = load_all(e for e in entries if e.status is Status.READ)
    for done, entry in enumerate(entries):
        dossier.sources.append(_source(entry))
        if entry.status is Status.READ:
            _take_safely(dossier, builder, binder, next(loaded))
        elif entry.rule:
            _report(dossier, entry.rule, "info" if entry.rule == "SRC-2" else "warn", entry.hint)
        if progress is not None:
            progress(done + 1, len(entries))
    builder.finish()
    return dossier


def read_own_labels(entries: Iterable[Entry], forms: Mapping[str, Form]) -> OwnLabels:
    """The names that managers confirmed in 列名别名, from the configuration workbooks."""
    own = OwnLabels()
    titles = {fold(t): f for f in forms.values() for t in (f.title, f.key, *f.titles)}
    configuration = Dossier(dict(forms))
    builder = FrameBuilder(configuration)
    wanted = [e for e in entries if e.status is Status.READ and is_configuration(e.path.name)]
    binder = Binder(forms) if wanted else None
    for loaded in load_all(wanted):
        if loaded.book is not None and binder is not None:
            configuration.sources.append(Source(loaded.entry.relative))
            for bound in binder.bind(loaded.book, CONFIGURATION):
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


def _take_safely(dossier: Dossier, builder: FrameBuilder, binder: Binder, loaded: Loaded) -> None:
    """Take one file in; a mistake of the toolkit with it must not cost the other files."""
    try:
        _take(dossier, builder, binder, loaded)
    except Exception as error:
        LOG.exception("cannot take in %s", loaded.entry.relative)
        source, refused = dossier.sources[-1], stumbled(error)
        source.status, source.reason = Status.UNREADABLE, refused.reason
        _report(dossier, "SRC-1", "warn", refused.hint)


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
    bound = _bind(binder, book, form_key_of(kind), loaded.entry.path.name)
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
    if left_out := _left_out(book, bound):
        source.reason = f"未认出的工作表，未计入：{'、'.join(left_out)}"
    for block in bound:
        builder.add(len(dossier.sources) - 1, block)


def _bind(binder: Binder, book: Book, form_key: str, name: str) -> list[BoundBlock]:
    if is_configuration(name) and (bound := binder.bind(book, form_key, configuration=True)):
        return bound
    return binder.bind(book, form_key)  # perhaps only a project is named after the configuration


def _left_out(book: Book, bound: list[BoundBlock]) -> list[str]:
    """Names of sheets that hold a table of some kind, but none that is known."""
    used = {b.grid.name for b in bound}
    return [
        grid.name
        for grid in book.grids
        if grid.name not in used
        and sum(sum(v != "" for v in row) >= 3 for row in grid.rows[:200]) >= 5
    ]
