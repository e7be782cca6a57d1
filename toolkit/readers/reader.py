"""A department's folder to a Dossier: list, guard, parse, recognise, bind, type."""

from __future__ import annotations

import gc
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from toolkit.model.dossier import Dossier, Source, SourceProblem, Status
from toolkit.model.errors import ToolkitError
from toolkit.model.forms import Form
from toolkit.model.frame_rows import rows_of
from toolkit.model.text import fold

from .cache import Cache, context_key
from .folder import Entry, mark_copies
from .folder_notices import forget_locks_of_outputs, pass_copies_over, report_configuration
from .frames import FrameBuilder
from .labels import OwnLabels
from .loading import Loaded, Loader
from .reading import Reading
from .recognise import is_configuration
from .settled import list_settled
from .snapshot import Pieces
from .vocabulary import Vocabulary
from .worker import SPARES

__all__ = ["is_configuration", "read_folder", "read_own_labels"]

Progress = Callable[[int, int], None]
_MANY = 500
"""Files after which memory counts for more than a quick start of the next reading."""
_FEW = 20
"""A snapshot serves until more than one file in so many is no longer in it."""


def read_folder(
    folder: Path,
    forms: Mapping[str, Form],
    progress: Progress | None = None,
    *,
    restricted: bool = False,
    cache: Path | None = None,
    later: ExitStack | None = None,
) -> Dossier:
    """Read every workbook below a folder. Raises ToolkitError when the folder is not there.

    Restricted files and forms are passed over, whatever their name or place, unless
    `restricted`: who sets it must not let anything of that dossier into an ordinary output.
    `cache` is a folder of the user in which readings are kept; without one only time changes.
    Nothing restricted is kept. They are kept while the caller goes on with `later`, which then
    waits for it.
    """
    if folder.is_file():
        raise ToolkitError(
            f"“{folder}”是文件，不是文件夹。", f"请给出文件夹，例如“{folder.resolve().parent}”。"
        )
    if not folder.is_dir():
        raise ToolkitError(f"找不到文件夹“{folder}”。", "请检查路径；网络文件夹请先确认已连接。")
    kept = Cache.of(cache, folder) if cache is not None and not restricted else None
    with ExitStack() as ending:
        if kept is not None:
            ending.callback(kept.close)
        with _no_collection():
            known = kept.known_paths if kept is not None else ()
            entries = list_settled(folder, restricted=restricted, known=known)
            dossier = _read(entries, Loader(forms, restricted, kept), progress)
        if len(entries) > _MANY:
            SPARES.close()
        if kept is not None:
            saving = partial(_save, kept, [entry.relative for entry in entries], ending.pop_all())
            if later is None:
                saving()
            else:
                writer = later.enter_context(ThreadPoolExecutor(1, "cache"))
                later.callback(writer.submit(saving).result)
    return dossier


def _save(kept: Cache, present: list[str], ending: ExitStack) -> None:
    with ending:
        kept.save(present)


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


def _read(entries: list[Entry], loader: Loader, progress: Progress | None) -> Dossier:
    forms, wanted = loader.forms, [e for e in entries if e.status is Status.READ]
    own = _own_labels(wanted, loader)
    if loader.cache is not None:
        loader.cache.key = context_key(forms, own)
    loaded: dict[str, Loaded] = {}
    done = progress or (lambda number, of: None)
    for number in range(len(entries) - len(wanted)):
        done(number + 1, len(entries))
    for one in loader.readings(wanted, own):
        loaded[one.entry.relative] = one
        done(len(entries) - len(wanted) + len(loaded), len(entries))
    if lost := [entry.relative for entry in wanted if entry.relative not in loaded]:
        raise RuntimeError(f"never read: {lost}")  # rather no report than one without their rows
    entries = mark_copies(entries, {path: one.fingerprint for path, one in loaded.items()})
    secret = any(one.secret for one in loaded.values())
    dossier = _dossier(entries, loaded, loader)
    dossier.secret = secret
    return dossier


def _dossier(entries: list[Entry], loaded: dict[str, Loaded], loader: Loader) -> Dossier:
    """The dossier of all readings; none of them is left in `loaded`, for they are large."""
    dossier = Dossier(dict(loader.forms))
    builder = FrameBuilder(dossier, loader.words)
    pieces = Pieces() if _is_worth_a_snapshot(loaded.values(), loader) else None
    for number, entry in enumerate(entries):
        one = loaded.pop(entry.relative, None)
        if one is None or one.reading is None:
            one = Loaded(entry, reading=_passed_over(entry))
        elif entry.same_as:
            one = Loaded(entry, one.fingerprint, Reading())
        assert one.reading is not None
        dossier.sources.append(_source(entry, one.fingerprint, one.reading))
        if one.digest:
            dossier.digests[entry.relative] = one.digest
        if pieces is not None and one.key and not entry.same_as:
            pieces.take(one.key, one.digest, one.reading)
        _take(dossier, builder, one.reading, number)
    pass_copies_over(dossier, entries)
    builder.finish()
    if pieces is not None and loader.cache is not None:
        # at once: a second thread would make the rules wait for every step of it
        pack = partial(pieces.pack, builder.parts(), loader.words)
        loader.cache.put_snapshot(pack, pieces.keys)
    forget_locks_of_outputs(dossier)
    report_configuration(dossier)
    return dossier


def _is_worth_a_snapshot(loaded: Collection[Loaded], loader: Loader) -> bool:
    """Whether so much was read elsewhere that another snapshot saves time; never of secrets."""
    if loader.cache is None or any(one.secret for one in loaded):
        return False
    if not loader.cache.can_be_put_together:
        return False
    return loader.cache.is_stale or sum(not one.cut for one in loaded) * _FEW > len(loaded)


def _passed_over(entry: Entry) -> Reading:
    severity = "info" if entry.rule == "SRC-2" else "warn"
    return Reading(entry.status, entry.reason, entry.rule, severity, entry.hint)


def _source(entry: Entry, fingerprint: str, reading: Reading) -> Source:
    return Source(
        entry.relative,
        reading.status,
        reading.reason,
        reading.form,
        size=entry.size,
        mtime_ns=entry.mtime_ns,
        fingerprint=fingerprint,
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
    reading.records.clear()


def read_own_labels(entries: Iterable[Entry], forms: Mapping[str, Form]) -> OwnLabels:
    """The names that managers confirmed in 列名别名, from the configuration workbooks."""
    return _own_labels([e for e in entries if e.status is Status.READ], Loader(forms))


def _own_labels(entries: Iterable[Entry], loader: Loader) -> OwnLabels:
    loader = replace(loader, words=Vocabulary())
    own, forms = OwnLabels(), loader.forms
    wanted = [e for e in entries if is_configuration(e.path.name)]
    if not wanted:
        return own
    if loader.cache is not None:
        loader.cache.key = context_key(forms, own)
    found = {one.entry.relative: one for one in loader.readings(wanted, own, labels=True)}
    configuration = Dossier(dict(forms))
    builder = FrameBuilder(configuration, loader.words)
    for number, entry in enumerate(wanted):
        configuration.sources.append(Source(entry.relative))
        reading = found[entry.relative].reading
        for records in reading.records if reading is not None else ():
            builder.put(number, records)
    builder.finish()
    titles = {fold(t): f for f in forms.values() for t in (f.title, f.key, *f.titles)}
    for row in rows_of(configuration.frame("label_aliases")):
        form = titles.get(fold(row.form))
        if form is not None and row.confirmed == "是" and row.standard_label:
            own.add(form, row.table, row.standard_label, row.own_label)
    return own
