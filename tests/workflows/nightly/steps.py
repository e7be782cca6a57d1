"""The steps of a run's writing, each of which may be its last."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from tests.workflows.nightly import desk as desk_module
from tests.workflows.nightly.desk import Desk
from toolkit.workflows.nightly import journal

Step = Callable[[int, str], None]


@contextmanager
def at_every_step(desk: Desk, step: Step) -> Iterator[Callable[[], int]]:
    """Call `step` (number from 1, what) before and after everything that changes the disk, half
    way through each line of the journal, and around each message; yields the number so far.
    """
    count = 0

    def tick(what: str) -> None:
        nonlocal count
        count += 1
        step(count, what)

    def around(function: Callable[..., Any], name: str) -> Callable[..., Any]:
        def wrapped(*args: Any, **options: Any) -> Any:
            tick(f"before {name}")
            result = function(*args, **options)
            tick(f"after {name}")
            return result

        return wrapped

    real_append = journal._append

    def torn_append(path: Path, line: bytes) -> None:
        if path.exists():
            with path.open("ab") as stream:
                size = stream.tell()
                stream.write(line[: len(line) // 2])
            tick("half a line")
            os.truncate(path, size)
        real_append(path, line)
        tick("after a line")

    with ExitStack() as stack:
        for owner, name in (
            (os, "replace"), (os, "rename"), (os, "fsync"), (Path, "unlink"), (Path, "write_text"),
            (journal, "clear"), (desk_module._Channel, "send"),
        ):  # fmt: skip
            stack.enter_context(patch.object(owner, name, around(getattr(owner, name), name)))
        from toolkit.workflows.nightly import run

        stack.enter_context(patch.object(run, "clear", around(run.clear, "clear")))
        stack.enter_context(patch.object(journal, "_append", torn_append))
        yield lambda: count
