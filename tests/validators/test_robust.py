"""No rule may stumble over a department that keeps little, or next to nothing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.amounts import some
from tests.departments import DEFAULTS, build
from toolkit.forms import load_forms
from toolkit.validators.engine import check

BLOCKS = sorted(b.key for form in load_forms().values() for b in form.blocks)
_CONFIGURATION = {b.key for b in load_forms()["G19"].blocks}
WHOLE: dict[str, Any] = {
    key: [{}] for key in BLOCKS if key in DEFAULTS and key not in _CONFIGURATION
}


def _block(key: str) -> Any:
    return next(b for form in load_forms().values() for b in form.blocks if b.key == key)


def _stumbled(records: dict[str, Any]) -> list[str]:
    result = check(build(records))
    return [f"{f.message} {f.hint}" for f in result.findings if f.rule == "SYS-1"]


@pytest.mark.parametrize("block", some(BLOCKS, 3))
def test_one_blank_record_of_one_register(block: str) -> None:
    blank = {f.key: "" for f in _block(block).fields}
    assert not _stumbled({block: [blank]})


@pytest.mark.parametrize("block", some(sorted(WHOLE), 2))
def test_a_whole_department_without_one_register(block: str) -> None:
    assert not _stumbled({key: rows for key, rows in WHOLE.items() if key != block})


@pytest.mark.parametrize("block", some(sorted(WHOLE), 2))
def test_a_whole_department_with_a_blank_record(block: str) -> None:
    blank = {f.key: "" for f in _block(block).fields}
    assert not _stumbled({**WHOLE, block: [blank, {}]})


_FIELDS = [f"{key}.{f.key}" for key in ("tracking", "leftovers") for f in _block(key).fields]


@pytest.mark.parametrize("name", some(_FIELDS, 2))
def test_a_whole_department_in_which_nobody_fills_a_field(name: str) -> None:
    """Columns without any value easily change their type."""
    block, field = name.split(".")
    assert not _stumbled({**WHOLE, block: [{field: ""}, {field: ""}]})


def test_an_empty_department() -> None:
    assert not _stumbled({})
    assert not _stumbled({"roster": [], "roles": []})
