"""The workbooks of a folder once more as grids, and a dossier of what they would be read as."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from toolkit.forms.names import META_KIND, form_key_of
from toolkit.model.dossier import Dossier, Source, Status

from .binding import BoundBlock
from .extract import is_empty
from .folder import list_folder
from .frames import FrameBuilder
from .labels import OwnLabels
from .loading import Loader
from .reader import is_configuration, read_own_labels
from .suggest import OpenBook


def open_books(folder: Path, dossier: Dossier) -> tuple[list[OpenBook], OwnLabels]:
    """The workbooks that a dossier was read from, and the names that are confirmed already."""
    numbers = {
        s.path: n
        for n, s in enumerate(dossier.sources)
        if s.status in (Status.READ, Status.UNRECOGNISED)
    }
    entries = [e for e in list_folder(folder) if e.relative in numbers]
    books = [
        OpenBook(
            numbers[loaded.entry.relative],
            loaded.entry.relative,
            loaded.book,
            form_key_of(loaded.book.meta.get(META_KIND, "")),
            is_configuration(PurePosixPath(loaded.entry.relative).name),
        )
        for loaded in Loader(dossier.forms).books(entries)
        if loaded.book is not None
    ]
    return books, read_own_labels(entries, dossier.forms)


def dossier_of(like: Dossier, bound: Iterable[tuple[int, BoundBlock]]) -> Dossier:
    """The records of bound blocks, with the sources of another dossier of the same folder."""
    dossier = Dossier(like.forms)
    dossier.sources = [Source(s.path, Status.READ) for s in like.sources]
    builder = FrameBuilder(dossier)
    by_source: dict[int, list[BoundBlock]] = defaultdict(list)
    for source, block in bound:
        by_source[source].append(block)
    for source, blocks in by_source.items():
        if not all(map(is_empty, blocks)):
            dossier.sources[source].form = "+".join(dict.fromkeys(b.form.key for b in blocks))
            for block in blocks:
                builder.add(source, block)
    builder.finish()
    return dossier
