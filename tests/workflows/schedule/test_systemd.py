"""The units, judged by systemd itself: no warning, and the command line that it would run."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.programs import require
from toolkit.model.errors import ToolkitError
from toolkit.model.jobs import TRIGGERS
from toolkit.workflows.schedule import systemd
from toolkit.workflows.schedule.entry import Entry
from toolkit.workflows.schedule.system import Outcome

from .machines import Programs, entry, linux

_MANAGER = "/usr/lib/systemd/systemd"
_NOBODY = "65534"
NAMES = (
    "技术支持",
    "技术 支持 ",
    "50%合格 100%%h %n",
    'it\'s "引号" “全角”',
    "$HOME ${USER} $$",
    "a\\b\\n 尾\\",
    "-x; rm 'y' && z | #注释",
)


@pytest.fixture
def home() -> Iterator[Path]:
    """A home that a user without rights may enter: systemd's dry run refuses to work for root."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        yield Path(folder)


@pytest.fixture(params=["py 50% 技术 $x", '\\ it\'s "$x" 50%=y'])
def python(home: Path, request: pytest.FixtureRequest) -> Path:
    """An interpreter in a folder with every kind of character, quotation marks apart."""
    program = home / request.param / "python"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\nprintf "%s\\n" "$0" "$@"\n')
    program.chmod(0o755)
    return program


def written(job: Entry, home: Path) -> Path:
    """The folder of units after an installation with a manager that says yes to everything."""
    systemd.install(job, linux(Programs(), home))
    return home / ".config" / "systemd" / "user"


def run(command: list[str], home: Path) -> subprocess.CompletedProcess[str]:
    """A program of systemd, as the user of that home and as little privileged."""
    runtime = home / "run"
    runtime.mkdir(mode=0o700, exist_ok=True)
    environment = {"HOME": str(home), "XDG_RUNTIME_DIR": str(runtime), "LANG": "C.UTF-8"}
    if os.geteuid() == 0:
        os.chown(runtime, int(_NOBODY), int(_NOBODY))
        command = [require("setpriv"), "--reuid", _NOBODY, "--clear-groups", *command]
    return subprocess.run(
        command,
        env={"PATH": os.environ["PATH"], "TZ": "Asia/Shanghai", **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("name", NAMES)
def test_systemd_verifies_the_units_without_a_word(name: str, home: Path, python: Path) -> None:
    analyze = require("systemd-analyze")
    job = entry(home / name, python)
    units = written(job, home)
    files = [str(units / file) for file in systemd.units(job)]
    done = run([analyze, "verify", "--user", "--man=no", *files], home)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize(
    ("there", "instead"),
    [
        ("OnCalendar=*-*-* 08:30:00", "OnCalendar=每天 08:30"),
        ("Persistent=true", "Persistant=true"),
        ("Type=oneshot", "Type=onesho"),
        ('ExecStart="', 'ExecStart="没有'),
        ('支持"', "支持"),
    ],
)
def test_systemd_would_have_complained(there: str, instead: str, home: Path, python: Path) -> None:
    analyze = require("systemd-analyze")
    job = entry(home / "技术支持", python)
    units = written(job, home)
    files = [units / file for file in systemd.units(job)]
    assert any(there in file.read_text("utf-8") for file in files)
    for file in files:
        file.write_text(file.read_text("utf-8").replace(there, instead), "utf-8")
    done = run([analyze, "verify", "--user", "--man=no", *map(str, files)], home)
    assert done.returncode or done.stderr


def dumped(name: str, home: Path) -> dict[str, str]:
    """What systemd makes of a service, from the dry run of a user's manager."""
    done = run([require(_MANAGER), "--user", "--test", f"--unit={name}"], home)
    assert done.returncode == 0, done.stderr
    unit = done.stdout.partition(f"-> Unit {name}:")[2].partition("-> Unit ")[0]
    return dict(re.findall(r"^\s*([A-Z][\w ]+): (.*)$", unit, re.MULTILINE))


def shell_words(line: str) -> list[str]:
    """systemd shows a command as a shell would read it."""
    command = ["/bin/sh", "-c", f"printf '%s\\0' {line}"]
    done = subprocess.run(command, capture_output=True, check=True)
    return done.stdout.decode().split("\0")[:-1]


@pytest.mark.parametrize("name", NAMES)
def test_systemd_would_run_what_was_meant(name: str, home: Path, python: Path) -> None:
    job = entry(home / name, python)
    written(job, home)
    told = dumped(f"{job.name}.service", home)
    # shown before variables are replaced, which makes of $$ one dollar sign
    program, *arguments = shell_words(told["Command Line"])
    assert "$" not in "".join(arguments).replace("$$", "")
    line = [program, *(a.replace("$$", "$") for a in arguments)]
    done = subprocess.run(line, capture_output=True, text=True, encoding="utf-8", check=True)
    assert done.stdout.split("\n")[:-1] == list(job.start.line)
    assert told["WorkingDirectory"] == str(home)
    assert name in told["Description"]


def test_the_timer_elapses_at_the_jobs_times(home: Path, python: Path) -> None:
    analyze = require("systemd-analyze")
    timer = systemd.units(entry(home, python)).popitem()[1]
    moments = re.findall(r"^OnCalendar=(.*)$", timer, re.MULTILINE)
    now = "--base-time=2026-11-25 12:00:00"
    done = run([analyze, "calendar", now, *moments], home)
    assert done.returncode == 0, done.stderr
    assert re.findall(r"Next elapse: (.*)", done.stdout) == [
        "Thu 2026-11-26 08:30:00 CST",
        "Wed 2026-11-25 17:30:00 CST",
    ]
    assert len(moments) == len(TRIGGERS)
    assert "Persistent=true" in timer, "what was missed is started at the next boot"


def test_installing_switches_the_timer_on_and_again_renews_it(home: Path, python: Path) -> None:
    programs, job = Programs(), entry(home, python)
    systemd.install(job, linux(programs, home))
    first = {p.name: p.read_bytes() for p in (home / ".config/systemd/user").iterdir()}
    notes = systemd.install(job, linux(programs, home))
    assert {p.name: p.read_bytes() for p in (home / ".config/systemd/user").iterdir()} == first
    once = [
        "--user show-environment",
        "--user daemon-reload",
        f"--user enable {job.name}.timer",
        f"--user restart {job.name}.timer",
    ]
    assert programs.lines("systemctl") == once * 2
    assert "loginctl enable-linger" in "".join(notes)


def test_without_a_manager_nothing_is_written(home: Path, python: Path) -> None:
    for answer in (Outcome(1, b"", b"Failed to connect to bus"), FileNotFoundError(2, "none")):
        with pytest.raises(ToolkitError, match="--kind cron"):
            systemd.install(
                entry(home, python), linux(Programs({"show-environment": answer}), home)
            )
    assert not (home / ".config").exists()


def test_a_managers_refusal_is_passed_on(home: Path, python: Path) -> None:
    programs = Programs({" enable ": Outcome(1, b"", b"Failed to enable unit: read-only\n")})
    with pytest.raises(ToolkitError, match="read-only") as caught:
        systemd.install(entry(home, python), linux(programs, home))
    assert "\n" not in str(caught.value)
    silent = Programs({" restart ": Outcome(4)})
    with pytest.raises(ToolkitError, match="退出码 4"):
        systemd.install(entry(home, python), linux(silent, home))


def test_an_unwritable_folder_is_said(home: Path, python: Path) -> None:
    (home / ".config").write_text("not a folder")
    with pytest.raises(ToolkitError, match="没能写入"):
        systemd.install(entry(home, python), linux(Programs(), home))


def test_removing_leaves_nothing_of_it_and_everything_else(home: Path, python: Path) -> None:
    programs, job = Programs(), entry(home, python)
    units = written(job, home)
    (units / "another.timer").write_text("[Timer]\n")
    assert systemd.present(job.name, linux(programs, home))
    assert systemd.remove(job.name, linux(programs, home))
    assert f"--user disable --now {job.name}.timer" in programs.lines("systemctl")
    assert programs.lines("systemctl")[-1] == "--user daemon-reload"
    assert [p.name for p in units.iterdir()] == ["another.timer"]
    assert not systemd.present(job.name, linux(programs, home))
    assert not systemd.remove(job.name, linux(programs, home))


def test_removing_works_where_no_manager_runs_any_more(home: Path, python: Path) -> None:
    job = entry(home, python)
    units = written(job, home)
    link = units / "timers.target.wants" / f"{job.name}.timer"
    link.parent.mkdir()
    link.symlink_to(units / f"{job.name}.timer")
    programs = Programs({"--user": Outcome(1)})
    assert systemd.remove(job.name, linux(programs, home))
    assert not link.is_symlink()
    assert [p for p in units.rglob("*") if not p.is_dir()] == []
    assert programs.lines("systemctl") == ["--user show-environment"]


def test_units_lie_where_the_user_keeps_his_configuration(home: Path, python: Path) -> None:
    job = entry(home, python)
    moved = replace(linux(Programs(), home), environment={"XDG_CONFIG_HOME": str(home / "conf")})
    systemd.install(job, moved)
    assert (home / "conf/systemd/user" / f"{job.name}.timer").is_file()
    assert str(home / "conf/systemd/user") in systemd.preview(job, moved)


def test_the_preview_shows_the_very_files(home: Path, python: Path) -> None:
    job, programs = entry(home / "技术 支持", python), Programs()
    shown = systemd.preview(job, linux(programs, home))
    assert programs.calls == []
    for name, text in systemd.units(job).items():
        assert name in shown
        assert text in shown
    assert f"systemctl --user enable {job.name}.timer" in shown
