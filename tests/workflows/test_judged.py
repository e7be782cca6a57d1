"""What the rules said is said again while nothing has changed, and only then."""

from __future__ import annotations

import datetime as dt
import random
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.cell import MergedCell

from tests.amounts import LONG, amount
from tests.end_to_end.departments import make_planted
from tests.readers.test_passwords import encrypted
from toolkit.model.finding import CheckResult
from toolkit.readers import cache as caches
from toolkit.readers.passwords import VARIABLE
from toolkit.readers.store import FILE_NAME
from toolkit.regulation.department import Department
from toolkit.regulation.ties import Ties
from toolkit.validators import engine
from toolkit.validators.before import Before, Said
from toolkit.validators.registry import RuleSpec
from toolkit.workflows import judged
from toolkit.workflows.check import check_folder, check_json
from toolkit.workflows.init import SAMPLE_DAY

NEXT = SAMPLE_DAY + dt.timedelta(days=1)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many findings each asking of the rules gave."""
    monkeypatch.setattr(caches, "_SETTLED_NS", -(10**18))
    calls, check = [], engine.check

    def counted(dept: Department, **known: Any) -> CheckResult:
        result = check(dept, **known)
        calls.append(len(result.findings))
        return result

    monkeypatch.setattr(engine, "check", counted)
    return calls


def checked(folder: Path, cache: Path, day: dt.date = SAMPLE_DAY, as_of: dt.date | None = None):
    return check_folder(folder, today=day, as_of=as_of, cache=cache)


def test_unchanged_records_are_judged_once(tmp_path: Path, asked: list[int]) -> None:
    folder = make_planted(tmp_path / "部门")
    first, again = (checked(folder, tmp_path / "c") for _ in range(2))
    assert len(asked) == 1
    assert first.result.findings, "the sample has findings to keep"
    assert again.result == first.result
    assert check_json(again) == check_json(first)
    assert again.department.as_of == first.department.as_of
    assert check_json(check_folder(folder, today=SAMPLE_DAY)) == check_json(first)


@pytest.mark.parametrize("broken", [(Ties, "_sums"), (Said, "of")], ids=["ties", "said"])
def test_a_mistake_in_remembering_costs_time_alone(
    tmp_path: Path,
    asked: list[int],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    broken: tuple[type, str],
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise KeyError("ours")

    folder = make_planted(tmp_path / "部门")
    plain = check_json(check_folder(folder, today=SAMPLE_DAY))
    monkeypatch.setattr(*broken, fail)
    assert check_json(checked(folder, tmp_path / "c")) == plain
    assert [record.exc_info is not None for record in caplog.records] == [True]
    assert check_json(checked(folder, tmp_path / "c")) == plain
    assert len(asked) == 2, "what the rules said of the same records is kept all the same"


@pytest.mark.parametrize("days", [(NEXT, None), (SAMPLE_DAY, NEXT)], ids=["today", "as of"])
def test_another_day_is_judged_anew(
    tmp_path: Path, asked: list[int], days: tuple[dt.date, dt.date | None]
) -> None:
    folder = make_planted(tmp_path / "部门")
    checked(folder, tmp_path / "c")
    checked(folder, tmp_path / "c", *days)
    assert len(asked) == 2


@LONG
def test_a_changed_file_and_a_file_that_went_are_judged_anew(
    tmp_path: Path, asked: list[int]
) -> None:
    folder = make_planted(tmp_path / "部门")
    checked(folder, tmp_path / "c")
    sheet = next((folder / "02_跟踪表").glob("*.xlsx"))
    book = openpyxl.load_workbook(sheet)
    rows = book["跟踪记录"]
    rows.cell(rows.max_row, rows.max_column).value = "改过的内容"
    book.save(sheet)
    checked(folder, tmp_path / "c")
    assert len(asked) == 2
    sheet.unlink()
    assert check_json(checked(folder, tmp_path / "c")) == check_json(
        check_folder(folder, today=SAMPLE_DAY)
    )
    assert len(asked) == 4


@pytest.mark.parametrize("seed", range(amount(3, 1)))
def test_after_edits_the_rules_say_what_they_say_of_all(
    tmp_path: Path, asked: list[int], monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Somebody works on the forms, cell by cell, and 「校验」 is clicked again and again."""
    served, serves = [], Before.serves

    def counted(before: Before, spec: RuleSpec) -> bool:
        served.append(serves(before, spec))
        return served[-1]

    monkeypatch.setattr(Before, "serves", counted)
    chance, folder = random.Random(seed), make_planted(tmp_path / "部门")
    checked(folder, tmp_path / "c")
    for _ in range(amount(5, 2)):
        for path in chance.sample(sorted(folder.rglob("*.xlsx")), 2):
            book = openpyxl.load_workbook(path)
            for _ in range(chance.randrange(1, 6)):
                sheet = chance.choice(book.worksheets)
                row = chance.randint(4, max(sheet.max_row, 4))
                column = chance.randint(1, sheet.max_column)
                other = sheet.cell(chance.randint(4, max(sheet.max_row, 4)), column)
                cell = sheet.cell(row, column)
                if not isinstance(cell, MergedCell):
                    cell.value = chance.choice([other.value, None, "改过的内容"])
            book.save(path)
        now = checked(folder, tmp_path / "c")
        assert check_json(now) == check_json(check_folder(folder, today=SAMPLE_DAY))
    assert sum(served) > 50


def test_what_is_saved_again_with_the_same_records_is_not_judged_anew(
    tmp_path: Path, asked: list[int]
) -> None:
    folder = make_planted(tmp_path / "部门")
    first = checked(folder, tmp_path / "c")
    for path in folder.rglob("*.xlsx"):
        with zipfile.ZipFile(path, "a") as book:
            book.comment = b"saved again"
    again = checked(folder, tmp_path / "c")
    assert len(asked) == 1
    assert check_json(again) == check_json(first)
    assert {s.fingerprint for s in again.dossier.sources if s.fingerprint}.isdisjoint(
        s.fingerprint for s in first.dossier.sources
    )


def test_a_damaged_cache_costs_only_time(tmp_path: Path, asked: list[int]) -> None:
    folder = make_planted(tmp_path / "部门")
    first = checked(folder, tmp_path / "c")
    (tmp_path / "c" / FILE_NAME).write_bytes(b"no database" * 100)
    assert checked(folder, tmp_path / "c").result == first.result
    assert len(asked) == 2


@LONG
def test_another_program_judges_anew(
    tmp_path: Path, asked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_planted(tmp_path / "部门")
    checked(folder, tmp_path / "c")
    monkeypatch.setattr(judged, "program_key", lambda *packages: "another")
    checked(folder, tmp_path / "c")
    assert len(asked) == 2


def test_what_a_password_guards_is_not_kept(
    tmp_path: Path, asked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "部门-密码")
    encrypted(tmp_path / "部门", "项目跟踪表_钱一.xlsx", "部门-密码")
    for _ in range(2):
        checked(tmp_path / "部门", tmp_path / "c")
    assert len(asked) == 2


def test_a_rule_that_stumbled_is_asked_again(
    tmp_path: Path, asked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_planted(tmp_path / "部门")
    rules = dict(engine.load_rules())
    broken = replace(rules["X01"], check=lambda dept: 1 / 0)
    monkeypatch.setattr(engine, "load_rules", lambda: rules | {"X01": broken})
    checked(folder, tmp_path / "c")
    monkeypatch.setattr(engine, "load_rules", lambda: rules)
    again = checked(folder, tmp_path / "c")
    assert len(asked) == 2
    assert all(finding.rule != "SYS-1" for finding in again.result.findings)
