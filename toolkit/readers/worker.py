"""Parses risky workbooks in a process of its own: when the parser aborts, the run goes on.

Damaged .xls files make the Rust parser panic or abort by the dozen; an abort cannot be caught.
The child is started when the first such file is met and parses one file after the other.
"""

from __future__ import annotations

import contextlib
import io
import os
import pickle
import struct
import subprocess
import sys
import threading
import zipfile
from pathlib import Path
from types import TracebackType
from typing import IO

from .grid import Book
from .guard import RefusedError, broken

TIMEOUT_SECONDS = 60.0
MEMORY_BYTES = 3 * 2**30
_LENGTH = struct.Struct("<Q")
_PACKAGE_FOLDER = str(Path(__file__).resolve().parents[2])


class Worker:
    """A child process that parses .xls, .xlsb and .ods; a context manager, used by threads."""

    def __init__(self, timeout: float = TIMEOUT_SECONDS) -> None:
        self._timeout = timeout
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Worker:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the child, if there is one."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def parse(self, kind: str, content: bytes) -> Book:
        """The workbook, parsed by the child. Raises RefusedError, also when the child dies."""
        with self._lock:
            if self._process is not None and self._process.poll() is not None:
                self.close()  # somebody ended it since the last file
            process = self._process = self._process or _start()
            assert process.stdin is not None
            assert process.stdout is not None
            timer = threading.Timer(self._timeout, process.kill)
            timer.start()
            try:
                _send(process.stdin, pickle.dumps((kind, content)))
                answer = _receive(process.stdout)
            except (OSError, EOFError) as error:
                self.close()
                raise broken("文件已损坏，解析时出错") from error
            finally:
                timer.cancel()
        result = pickle.loads(answer)
        if isinstance(result, RefusedError):
            raise result
        assert isinstance(result, Book)
        return result


def _start() -> subprocess.Popen[bytes]:
    paths = [_PACKAGE_FOLDER, os.environ.get("PYTHONPATH", "")]
    return subprocess.Popen(
        [sys.executable, "-c", "from toolkit.readers.worker import serve; serve()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))},
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )


def _send(stream: IO[bytes], message: bytes) -> None:
    stream.write(_LENGTH.pack(len(message)))
    stream.write(message)
    stream.flush()


def _receive(stream: IO[bytes]) -> bytes:
    (length,) = _LENGTH.unpack(_exactly(stream, _LENGTH.size))
    return _exactly(stream, length)


def _exactly(stream: IO[bytes], length: int) -> bytes:
    content = stream.read(length)
    if len(content) < length:
        raise EOFError("the other process is gone")
    return content


def serve() -> None:
    """The child: answers each (kind, content) with a Book or a RefusedError."""
    _limit_memory()
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    with contextlib.suppress(EOFError, BrokenPipeError, KeyboardInterrupt):
        while True:
            kind, content = pickle.loads(_receive(requests))
            _send(answers, pickle.dumps(_answer(kind, content)))


def _limit_memory() -> None:
    """Let a hostile file fail here instead of taking the PC's memory; Windows has no such limit."""
    if sys.platform != "win32":
        import resource

        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


def _answer(kind: str, content: bytes) -> Book | RefusedError:
    try:
        return parse_here(kind, content)
    except RefusedError as refused:
        return RefusedError(refused.reason, refused.hint, torn=refused.torn)
    except Exception:
        return broken("文件已损坏，解析时出错")


def parse_here(kind: str, content: bytes) -> Book:
    """Scan and parse an 'xls', 'xlsb' or 'ods' in this process."""
    from .parse import parse_book

    if kind == "xls":
        from .biff import scan_xls

        return parse_book(content, scan_xls(content))
    archive = zipfile.ZipFile(io.BytesIO(content))
    if kind == "xlsb":
        from .xlsb import scan_xlsb

        return parse_book(content, scan_xlsb(archive))
    from .open_document import scan_ods

    return parse_book(content, scan_ods(archive))
