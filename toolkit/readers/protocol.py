"""What a parent and its child processes say to each other through pipes.

The parent sends pickles, for the child trusts it. The child may have been taken over by a hostile
file: it answers with plain bytes, and a book only with the few classes that a book is made of.
"""

from __future__ import annotations

import io
import json
import pickle
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import IO, Any, NamedTuple

from toolkit.model.forms import Form

from .guard import RefusedError
from .labels import OwnLabels

_FRAME = struct.Struct("<cQ")
MAX_ANSWER = 2 * 2**30
CONTEXT, FILES, BOOK = b"C", b"F", b"B"
"""From the parent: how to read, files to read, the bytes of a workbook to parse."""
READY, READING, PARSED, REFUSED = b"S", b"R", b"P", b"X"
"""From the child: that it is there, the reading of a file, a book, or why there is none."""
_NUMBER = struct.Struct("<I")
_BOOK_CLASSES = {("toolkit.readers.grid", name) for name in ("Book", "Grid", "Unreadable")} | {
    ("datetime", name) for name in ("date", "datetime", "time", "timedelta")
}


@dataclass(frozen=True, slots=True)
class Context:
    """How files are read in this run."""

    forms: Mapping[str, Form] = field(default_factory=dict)
    own: OwnLabels = field(default_factory=OwnLabels)
    restricted: bool = False
    passwords: tuple[str, ...] = ()
    keys: str = ""
    """What the keys of the cache begin with; '' without one."""
    cache: str = ""
    """The file of the cache, to look into; '' to read everything anew."""


class Task(NamedTuple):
    """A file to read."""

    number: int
    path: str
    mtime_ns: int
    labels: bool = False
    """Only what the configuration says of the department's own labels."""
    as_book: bool = False
    """Hand back the book itself instead of a reading."""


class Answer(NamedTuple):
    """What became of a task."""

    number: int
    fingerprint: str
    state: tuple[int, int, int]
    missing: bool
    key: str
    """Under which the body may be kept; '' when it must not be."""
    trace: str
    """The traceback of a mistake of the toolkit."""
    body: bytes


def send(stream: IO[bytes], kind: bytes, body: bytes) -> None:
    stream.write(_FRAME.pack(kind, len(body)))
    stream.write(body)
    stream.flush()


def receive(stream: IO[bytes]) -> tuple[bytes, bytes]:
    """The next message. Raises EOFError when the other process is gone."""
    kind, length = _FRAME.unpack(_exactly(stream, _FRAME.size))
    if length > MAX_ANSWER:
        raise EOFError("the other process has lost its mind")
    return kind, _exactly(stream, length)


def _exactly(stream: IO[bytes], length: int) -> bytes:
    content = stream.read(length)
    if len(content) < length:
        raise EOFError("the other process is gone")
    return content


def pack_answer(answer: Answer) -> bytes:
    head = json.dumps(answer[:-1]).encode()
    return b"".join((_NUMBER.pack(len(head)), head, answer.body))


def unpack_answer(content: bytes) -> Answer:
    """Raises ValueError for anything that is no answer."""
    try:
        (length,) = _NUMBER.unpack_from(content)
        start = _NUMBER.size + length
        number, fingerprint, state, missing, key, trace = json.loads(content[_NUMBER.size : start])
        size, mtime_ns, ctime_ns = map(int, state)
    except (struct.error, TypeError) as error:
        raise ValueError("no answer") from error
    body = content[start:]
    return Answer(
        int(number),
        str(fingerprint),
        (size, mtime_ns, ctime_ns),
        bool(missing),
        str(key),
        str(trace),
        body,
    )


def pack_refusal(refused: RefusedError) -> bytes:
    return json.dumps([refused.reason, refused.hint, refused.torn, refused.locked]).encode()


def unpack_refusal(content: bytes) -> RefusedError:
    reason, hint, torn, locked = json.loads(content)
    return RefusedError(str(reason), str(hint), torn=bool(torn), locked=bool(locked))


class _BookUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _BOOK_CLASSES:
            raise pickle.UnpicklingError(f"{module}.{name} is no part of a book")
        return super().find_class(module, name)


def unpack_book(content: bytes) -> Any:
    """Raises UnpicklingError when something else than a book is in it."""
    return _BookUnpickler(io.BytesIO(content)).load()
