"""The libraries that carry a robot's message print its address, token and all, to their logs."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

_TALKERS = frozenset(("apprise", "requests", "urllib3", "charset_normalizer"))


def _nothing(record: logging.LogRecord) -> bool:
    return False


@contextmanager
def hushed() -> Iterator[None]:
    """No record of these libraries reaches a handler meanwhile, at whatever level.

    A filter does not count for the loggers below, so that each of them gets its own.
    """
    names = [name for name in logging.root.manager.loggerDict if name.split(".")[0] in _TALKERS]
    loggers = [logging.getLogger(name) for name in names]
    for logger in loggers:
        logger.addFilter(_nothing)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeFilter(_nothing)
