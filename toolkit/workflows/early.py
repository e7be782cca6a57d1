"""What a door does first, so that nobody waits for what can go on at the same time."""

from __future__ import annotations

import threading
from importlib import import_module
from pathlib import Path

_HEAVY = (
    "pandas",
    "toolkit.regulation.department",
    "toolkit.validators.engine",
    "toolkit.validators.registry",
)
"""What a check needs after reading; importing it takes about as long as reading 200 files."""


def start_reading_ahead() -> None:
    """Start the process that will read the files while the modules are still imported."""
    from toolkit.readers.worker import start_ahead

    start_ahead()


def import_meanwhile() -> None:
    """Import what a check needs in a thread, while the files are read in other processes.

    Who needs one of these modules before it is there waits for it, as for every import.
    """
    threading.Thread(target=lambda: [import_module(name) for name in _HEAVY], daemon=True).start()


def user_cache() -> Path:
    """Where the readings of earlier runs lie: the user's own folder, never the share."""
    from toolkit.readers.cache import default_cache_folder

    return default_cache_folder()
