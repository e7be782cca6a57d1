"""A department's folder to a Dossier: list, guard, parse, recognise, bind, type."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from toolkit.model.dossier import Dossier, Source, SourceProblem, Status
from toolkit.model.errors import ToolkitError
from toolkit.model.forms import Form
from toolkit.model.text import fold

from .binding import CONFIGURATION, Binder
from .folder import Entry, list_folder
from .folder_notices import forget_locks_of_outputs, pass_copies_over, report_configuration
from .frames import FrameBuilder
from .labels import OwnLabels
from .loading import load_all
from .recognise import Reading, Recogniser, is_configuration

__all__ = ["is_configuration", "read_folder", "read_own_labels"]

Progress = Callable[[int, int], None]


def read_folder(
    folder: Path, forms: Mapping[str, Form], progress: Progress | None = None
) -> Dossier:
    """Read every workbook below a folder. Raises ToolkitError when the folder is not there."""
    if folder.is_file():
        raise ToolkitError(
            f"“{folder}”是文件，不是文件夹。", f"请给出文件夹，例如“{folder.resolve().parent}”。"
        )
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
    builder = FrameBuilder(dossier)
    recognise = Recogniser(Binder(forms, read_own_labels(entries, forms)), builder.extractor)
    readings = load_all((e for e in entries if _is_read(e)), recognise)
    for done, entry in enumerate(entries, 1):
        reading = next(readings) if _is_read(entry) else _passed_over(entry)
        dossier.sources.append(_source(reading))
        _take(dossier, builder, reading, done - 1)
        if progress is not None:
            progress(done, len(entries))
    orphans = pass_copies_over(dossier, entries)
    for number, reading in zip(
        orphans, load_all((entries[n] for n in orphans), recognise), strict=True
    ):
        dossier.sources[number] = _source(reading)
        _take(dossier, builder, reading, number)
    builder.finish()
    forget_locks_of_outputs(dossier)
    report_configuration(dossier)
    return dossier


def _is_read(entry: Entry) -> bool:
    return entry.status is Status.READ and not entry.same_as


def _passed_over(entry: Entry) -> Reading:
    severity = "info" if entry.rule == "SRC-2" else "warn"
    return Reading(entry, "", entry.status, entry.reason, entry.rule, severity, entry.hint)


def _source(reading: Reading) -> Source:
    entry = reading.entry
    return Source(
        entry.relative,
        reading.status,
        reading.reason,
        reading.form,
        size=entry.size,
        mtime_ns=entry.mtime_ns,
        fingerprint=reading.fingerprint,
        template_version=reading.template_version,
        hidden_rows=reading.hidden_rows,
    )


def _take(dossier: Dossier, builder: FrameBuilder, reading: Reading, number: int) -> None:
    if reading.rule:
        dossier.source_problems.append(
            SourceProblem(
                number, reading.rule, reading.severity, f"{reading.reason}。", reading.hint
            )
        )
    for records in reading.records:
        builder.put(number, records)


def read_own_labels(entries: Iterable[Entry], forms: Mapping[str, Form]) -> OwnLabels:
    """The names that managers confirmed in 列名别名, from the configuration workbooks."""
    own = OwnLabels()
    titles = {fold(t): f for f in forms.values() for t in (f.title, f.key, *f.titles)}
    configuration = Dossier(dict(forms))
    builder = FrameBuilder(configuration)
    wanted = [e for e in entries if _is_read(e) and is_configuration(e.path.name)]
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
