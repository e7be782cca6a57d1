"""Takes the lines of rules that became active out of planned.toml; run as a module it does so."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from toolkit.validators import planned
from toolkit.validators.notices import NOTICES
from toolkit.validators.registry import load_rules

PLANNED = Path(planned.__file__).with_suffix(".toml")


def pruned(text: str, ids: Collection[str]) -> str:
    """The text of planned.toml without the lines of these ids."""
    lines = text.splitlines(keepends=True)
    return "".join(line for line in lines if line.partition(" = {")[0] not in ids)


if __name__ == "__main__":
    active = {*load_rules(), *NOTICES}
    PLANNED.write_text(pruned(PLANNED.read_text("utf-8"), active), "utf-8", newline="\n")
