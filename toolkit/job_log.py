"""The log of unattended runs: UTF-8, rotated, one a department, never a reason to stop."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from logging.handlers import RotatingFileHandler
from pathlib import Path

_BYTES, _FILES = 1_000_000, 5
_LOGGER = "toolkit"


class _Quiet(RotatingFileHandler):
    """A full disk or a file that somebody holds open costs the line, nothing else."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        pass


def log_path(department: Path, folder: Path) -> Path:
    """Where the runs of a department are logged; the same for every spelling of its path."""
    name = str(department.resolve()).casefold().encode("utf-8", "surrogatepass")
    return folder / f"schedule-{sha256(name).hexdigest()[:12]}.log"


@contextmanager
def job_log(department: Path, folder: Path) -> Iterator[Path]:
    """Log everything that the toolkit has to say meanwhile; yields the file's path."""
    path = log_path(department, folder)
    logger = logging.getLogger(_LOGGER)
    level = logger.level
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = _Quiet(
            path,
            maxBytes=_BYTES,
            backupCount=_FILES - 1,
            encoding="utf-8",
            errors="backslashreplace",
            delay=True,
        )
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(
        logging.Formatter("%(asctime)s %(process)d %(levelname)s %(message)s", "%Y-%m-%d %H:%M:%S")
    )
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield path
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
        with suppress(OSError):  # the last lines may not fit on the disk
            handler.close()
