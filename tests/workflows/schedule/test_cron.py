"""The block in the crontab: cron and sh read what was meant, other lines keep their bytes."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.amounts import ON_CI
from tests.programs import require
from toolkit.model.errors import ToolkitError
from toolkit.model.jobs import TRIGGERS
from toolkit.workflows.schedule import cron
from toolkit.workflows.schedule.system import Outcome, System, run_program

from .machines import Programs, entry, linux

NAMES = (
    "技术支持",
    "技术 支持 ",
    "50%合格 100%%",
    'it\'s "引号" “全角”',
    "$HOME `id` ${USER}",
    "-x; rm 'y' && z | #注释",
)
JOB = entry(Path("/srv/技术 支持 50%"), Path("/usr/bin/python3"))
OTHER = entry(Path("/srv/另一个部门"), Path("/usr/bin/python3"))
BLOCK, OTHER_BLOCK = cron.block(JOB), cron.block(OTHER)

LINES = st.lists(
    st.one_of(
        st.binary(max_size=30).map(lambda b: b.replace(b"\n", b"")),
        st.sampled_from(
            [
                b"# my own",
                b"",
                b'MAILTO=""',
                b"CRON_TZ=Asia/Shanghai",
                b"5 * * * * date +\\%F",
                b"30 8 * * * x\r",
                "# 备份".encode("gbk"),
                b"# >>> conda initialize >>>",
                BLOCK.splitlines()[1],
                *OTHER_BLOCK.splitlines(),
            ]
        ),
    ),
    max_size=12,
)


def crontab_of(lines: list[bytes]) -> bytes:
    return b"".join(line + b"\n" for line in lines)


@given(LINES, LINES)
def test_other_lines_keep_their_bytes(above: list[bytes], below: list[bytes]) -> None:
    before = crontab_of(above + below)
    once = cron.merged(before, BLOCK, JOB.name)
    assert once == before + BLOCK
    assert cron.merged(once, BLOCK, JOB.name) == once, "installing twice is installing once"
    assert cron.without(once, JOB.name) == before
    assert cron.without(before, JOB.name) == before
    # where the user has moved it, a renewed block stays
    moved = crontab_of(above) + BLOCK + crontab_of(below)
    renewed = cron.block(replace(JOB, times=TRIGGERS[:1]))
    assert cron.merged(moved, renewed, JOB.name) == crontab_of(above) + renewed + crontab_of(below)
    assert cron.without(moved, JOB.name) == before


@given(LINES.map(crontab_of), st.binary(min_size=1, max_size=20).map(lambda b: b + b"x"))
def test_a_last_line_without_end_gets_one(lines: bytes, last: bytes) -> None:
    before = lines + last.replace(b"\n", b"")
    assert cron.merged(before, BLOCK, JOB.name) == before + b"\n" + BLOCK


def test_two_departments_stand_side_by_side() -> None:
    both = cron.merged(cron.merged(b"", BLOCK, JOB.name), OTHER_BLOCK, OTHER.name)
    assert both == BLOCK + OTHER_BLOCK
    assert cron.without(both, JOB.name) == OTHER_BLOCK
    assert cron.without(both, OTHER.name) == BLOCK


FIRST, *MIDDLE, LAST = BLOCK.splitlines(keepends=True)


@pytest.mark.parametrize(
    "crontab",
    [
        FIRST + b"5 * * * * mine\n",
        b"5 * * * * mine\n" + LAST,
        LAST + b"5 * * * * mine\n" + FIRST,
        BLOCK + BLOCK,
        FIRST + BLOCK,
    ],
)
def test_a_damaged_block_is_left_alone(crontab: bytes) -> None:
    for change in (
        lambda: cron.merged(crontab, BLOCK, JOB.name),
        lambda: cron.without(crontab, JOB.name),
    ):
        with pytest.raises(ToolkitError, match="crontab -e") as caught:
            change()
        str(caught.value).encode("gbk")


def commands(block: bytes) -> list[tuple[str, str]]:
    """Times and commands, % unescaped as crontab(5) says."""
    rows = [line for line in block.decode().splitlines() if not line.startswith("#")]
    found = [re.fullmatch(r"(\d+) (\d+) \* \* \* (.*)", row) for row in rows]
    assert all(found), rows
    told = [(f"{int(m[2]):02}:{int(m[1]):02}", m[3]) for m in found if m]
    assert not [c for _, c in told if re.search(r"(?<!\\)%", c)], "cron ends the command there"
    return [(at, command.replace("\\%", "%")) for at, command in told]


@pytest.mark.parametrize("name", NAMES)
def test_the_shell_starts_what_was_meant(name: str, tmp_path: Path) -> None:
    python = tmp_path / "it's 100% py" / "python"
    python.parent.mkdir()
    python.write_text('#!/bin/sh\nprintf "%s\\0" "$0" "$@" >&2\n')
    python.chmod(0o755)
    job = entry(tmp_path / name, python)
    told = commands(cron.block(job))
    assert [at for at, _ in told] == [f"{at:%H:%M}" for at in TRIGGERS]
    for _, command in told:
        done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, check=True)
        assert done.stderr.decode().split("\0")[:-1] == list(job.start.line)
        assert done.stdout == b""


def test_a_backslash_means_another_thing_to_every_cron() -> None:
    with pytest.raises(ToolkitError, match="反斜杠"):
        cron.block(entry(Path("/srv/a\\%b"), Path("/usr/bin/python3")))


def dry_run(program: str, file: Path) -> subprocess.CompletedProcess[bytes]:
    """cron's own parser: -T in newer ones, -n in Debian's 3.0."""
    usage = subprocess.run([program, "-?"], capture_output=True, check=False).stderr
    option = "-T" if re.search(rb"(?m)^\s*-T\b|\[-T|-T <file>", usage) else "-n"
    return subprocess.run([program, option, str(file)], capture_output=True, check=False)


@pytest.mark.parametrize("name", NAMES)
def test_crons_own_parser_accepts_the_block(name: str, tmp_path: Path) -> None:
    program = require("crontab")
    file = tmp_path / "crontab"
    file.write_bytes(b'MAILTO=""\n' + cron.block(entry(Path("/srv", name), Path("/usr/bin/env"))))
    done = dry_run(program, file)
    assert done.returncode == 0, done.stderr.decode()
    file.write_bytes(file.read_bytes().replace(b"30 8 ", b"30 25 "))
    assert dry_run(program, file).returncode != 0, "a parser that finds nothing proves nothing"


@pytest.fixture
def real(tmp_path: Path) -> Iterator[System]:
    """The crontab of whoever runs the tests: only where it is empty, and empty again after."""
    program = require("crontab")
    told = subprocess.run([program, "-l"], capture_output=True, check=False)
    if b"no crontab" not in told.stderr:
        pytest.skip("somebody's crontab is no place for tests")
    yield replace(linux(Programs(), tmp_path), run=run_program)
    subprocess.run([program, "-r"], capture_output=True, check=False)


@pytest.mark.skipif(not ON_CI, reason="writes the crontab of the user")
def test_installed_and_removed_for_real(real: System) -> None:
    before = b'# mine\nMAILTO=""\n5 * * * * date +\\%F\n'
    subprocess.run(["crontab", "-"], input=before, check=True)

    def listed() -> bytes:
        return subprocess.run(["crontab", "-l"], capture_output=True, check=False).stdout

    assert not cron.present(JOB.name, real)
    cron.install(JOB, real)
    assert listed() == before + BLOCK
    cron.install(JOB, real)
    assert listed() == before + BLOCK
    assert cron.present(JOB.name, real)
    assert cron.remove(JOB.name, real)
    assert listed() == before
    assert not cron.remove(JOB.name, real)
    subprocess.run(["crontab", "-r"], check=True)
    cron.install(JOB, real)
    assert cron.remove(JOB.name, real)
    assert not cron.remove(JOB.name, real)
    told = subprocess.run(["crontab", "-l"], capture_output=True, check=False)
    assert b"no crontab" in told.stderr, "an empty crontab is not left behind"


def test_a_crontab_that_is_right_already_is_not_written(tmp_path: Path) -> None:
    programs = Programs({"-l": Outcome(0, b"# mine\n" + BLOCK)})
    cron.install(JOB, linux(programs, tmp_path))
    assert programs.lines("crontab") == ["-l"]


def test_a_first_crontab_is_made(tmp_path: Path) -> None:
    programs = Programs({"-l": Outcome(1, b"", b"no crontab for zhou\n")})
    notes = cron.install(JOB, linux(programs, tmp_path))
    assert programs.lines("crontab") == ["-l", "-"]
    assert programs.given[-1] == BLOCK
    assert "补上" in "".join(notes)


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"crontab": FileNotFoundError(2, "No such file or directory")}, "请先安装 cron"),
        ({"-l": Outcome(1, b"", b"You (zhou) are not allowed to use crontab\n")}, "not allowed"),
        ({"-l": Outcome(1)}, "退出码 1"),
        (
            {"-l": Outcome(0, b""), "crontab -": Outcome(1, b"", b'"-":3: bad hour\n')},
            "bad hour",
        ),
    ],
)
def test_what_goes_wrong_is_one_sentence(
    answers: dict[str, Outcome | OSError], sentence: str, tmp_path: Path
) -> None:
    with pytest.raises(ToolkitError, match=sentence) as caught:
        cron.install(JOB, linux(Programs(answers), tmp_path))
    assert caught.value.next_step
    assert "\n" not in str(caught.value)


def test_available_where_a_crontab_can_be_read(tmp_path: Path) -> None:
    def here(answer: Outcome | OSError) -> bool:
        return cron.available(linux(Programs({"-l": answer}), tmp_path))

    assert here(Outcome(0, b""))
    assert here(Outcome(1, b"", b"no crontab for zhou"))
    assert not here(Outcome(1, b"", b"You (zhou) are not allowed to use this program"))
    assert not here(FileNotFoundError(2, "none"))


def test_the_preview_shows_the_very_block(tmp_path: Path) -> None:
    programs = Programs()
    assert BLOCK.decode() in cron.preview(JOB, linux(programs, tmp_path))
    assert programs.calls == []
