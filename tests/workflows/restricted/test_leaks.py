"""Nothing of the register of complaints gets out of a run that was not asked for it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.amounts import LONG, some
from tests.workflows.nightly.test_real_tools import Post
from tests.workflows.restricted.registers import (
    NOW,
    NUMBERS,
    REGISTER,
    SECRETS,
    make_department,
    write_register,
)
from tests.workflows.restricted.search import found_in, found_in_text
from toolkit.__main__ import main
from toolkit.model.finding import Result
from toolkit.regulation.period import Period
from toolkit.validators.restricted import restricted_rules
from toolkit.workflows.check import check_folder
from toolkit.workflows.consolidate import consolidate_folder
from toolkit.workflows.remind import remind_people
from toolkit.writers import restricted as writers

pytestmark = LONG

HIDDEN = (*SECRETS, *NUMBERS)
AS_OF = ["--as-of", "2026-11-20"]


@dataclass
class House:
    """A department, the user's own folders, and what was said on the way."""

    folder: Path
    home: Path
    outside: Path
    said: list[str] = field(default_factory=list)

    def hits(self, *but: Path) -> list[str]:
        """Every place where something restricted stands and should not."""
        registers = [self.folder / REGISTER, self.folder / "08_登记" / "旧登记.xlsx", *but]
        roots = (self.folder, self.home, self.outside)
        spoken = [hit for text in self.said for hit in found_in_text(text, HIDDEN)]
        return found_in(roots, HIDDEN, registers) + spoken


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_department(tmp_path_factory.mktemp("made") / "部门")


@pytest.fixture
def house(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Iterator[House]:
    folder = Path(shutil.copytree(made, tmp_path / "部门"))
    home, outside = tmp_path / "home", tmp_path / "外面"
    home.mkdir()
    outside.mkdir()
    for name in ("HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(home))
    house = House(folder, home, outside)

    yield house
    captured = capfd.readouterr()
    house.said += [captured.out, captured.err]
    assert house.hits(*outside.glob("受限*.xlsx")) == []


def test_the_search_finds_what_there_is(house: House) -> None:
    hits = found_in([house.folder], HIDDEN)
    for text in HIDDEN:
        assert any(hit.endswith(f": {text}") for hit in hits), text


@pytest.mark.parametrize("form", some([[], ["--json"]], 1))
def test_check(house: House, form: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    """The rules of the register do not apply, and no list names them."""
    output = house.outside / "校验结果.xlsx"
    main(["check", str(house.folder), *AS_OF, "--output", str(output), *form])
    out, err = capfd.readouterr()
    house.said += [out, err]
    assert output.exists()
    assert found_in([house.outside], restricted_rules()) == []
    assert found_in_text(out + err, restricted_rules()) == []


def test_the_rules_of_the_register_do_not_apply(house: House) -> None:
    result = check_folder(house.folder, today=NOW.date()).result
    outcomes = {result.results[rule] for rule in restricted_rules()}
    assert outcomes == {Result.NOT_APPLICABLE}
    assert len(restricted_rules()) >= 9


@pytest.mark.parametrize("form", some([[], ["--json"]], 1))
def test_consolidate_with_a_restricted_workbook(
    house: House, form: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    target = house.outside / "受限汇总.xlsx"
    command = ["consolidate", str(house.folder), *AS_OF, "--restricted", str(target), *form]
    assert main(command) == 0
    out, err = capfd.readouterr()
    house.said += [out, err]
    assert "受限汇总.xlsx" in out
    inside = found_in([house.outside], HIDDEN)
    assert {hit.rsplit(": ", 1)[1] for hit in inside} >= {*SECRETS[:-1], *NUMBERS}
    assert house.hits(target) == []


def test_the_ordinary_report_is_the_same_with_and_without(house: House) -> None:
    report = house.outside / "部门汇总.xlsx"
    contents = []
    for target in (None, house.outside / "受限汇总.xlsx"):
        consolidate_folder(
            house.folder, output=report, period=Period.of(), now=NOW, restricted=target
        )
        contents.append(report.read_bytes())
    assert contents[0] == contents[1]


def test_a_night(house: House) -> None:
    post = Post(house.folder)
    for when in ("2026-11-20T08:30", "2026-12-01T08:30"):
        post.run(when)
        house.said += [text for d in post.sent.values() for text in (d.text, d.html, str(d.lines))]
        assert not any(
            rule in id_ for d in post.sent.values() for id_ in d.ids for rule in restricted_rules()
        )


@pytest.mark.parametrize(
    "command",
    some(
        [
            ["adopt", "{}"],
            ["adopt", "{}", "--json"],
            ["doctor", "{}"],
            ["new", "投诉与绩效台账", "--folder", "{}"],
            ["trace", "XM2026-0001", "{}", "--json"],
            ["rules"],
            ["buttons", "install", "{}"],
        ],
        3,
    ),
)
def test_every_other_command(house: House, command: list[str]) -> None:
    main([part.format(house.folder) for part in command])


def test_a_register_under_another_name_in_an_ordinary_folder(house: House) -> None:
    write_register(house.folder / "08_登记" / "旧登记.xlsx")
    for command in (["consolidate", "--json"], ["adopt", "--json"]):
        main([command[0], str(house.folder), *command[1:]])


def test_reminders(house: House) -> None:
    remind_people(house.folder, now=NOW)


def test_a_mistake_of_the_toolkit_tells_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def stumble(tables: object, *args: object, **kwargs: object) -> None:
        raise KeyError(f"{SECRETS[0]} {SECRETS[1]}")

    monkeypatch.setattr(writers, "write_restricted", stumble)
    target = house.outside / "受限汇总.xlsx"
    assert main(["consolidate", str(house.folder), *AS_OF, "--restricted", str(target)]) == 3
    assert not target.exists()
    logs = [path for path in house.home.rglob("*") if path.is_file()]
    assert any("KeyError at" in path.read_text("utf-8", "replace") for path in logs)
