"""Which scheduler, which folder, what is refused; doing it twice is doing it once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path, PureWindowsPath

import pytest

from toolkit.model.errors import ToolkitError
from toolkit.workflows.init import init_department
from toolkit.workflows.schedule.install import Kind, install, preview, remove
from toolkit.workflows.schedule.names import task_name
from toolkit.workflows.schedule.system import Outcome, System, this_system

from .machines import NOW, Programs, linux, windows

NO_MANAGER = {"show-environment": Outcome(1)}
NO_CRONTAB = {"crontab -l": Outcome(1, b"", b"no crontab for zhou\n")}


@pytest.fixture(scope="module")
def department(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dep") / "技术 支持"
    init_department(folder)
    return folder


def put(folder: Path, system: System, kind: Kind | None = None, account: str = "") -> str:
    return install(folder, kind=kind, account=account, now=NOW, system=system).kind


def test_the_scheduler_of_the_machine_is_taken(department: Path, tmp_path: Path) -> None:
    assert put(department, windows(Programs())) == "windows"
    assert put(department, linux(Programs(dict(NO_CRONTAB)), tmp_path)) == "systemd"
    assert put(department, linux(Programs(NO_MANAGER | NO_CRONTAB), tmp_path)) == "cron"
    assert put(department, linux(Programs(dict(NO_CRONTAB)), tmp_path), "cron") == "cron"


def test_installing_again_is_an_update(department: Path, tmp_path: Path) -> None:
    system = linux(Programs(dict(NO_CRONTAB)), tmp_path)
    first = install(department, kind=None, account="", now=NOW, system=system)
    again = install(department, kind=None, account="", now=NOW, system=system)
    assert (first.replaced, again.replaced) == (False, True)
    assert first.name == again.name == task_name(department)
    assert first.clock == "08:30、17:30"
    assert first.folder == department


@pytest.mark.parametrize(
    ("kind", "account", "sentence"),
    [
        ("windows", "", "不是 Windows"),
        ("systemd", "总部\\周演示", "--account 只用于 Windows"),
        ("cron", "总部\\周演示", "--account 只用于 Windows"),
        (None, "总部\\周演示", "--account 只用于 Windows"),
    ],
)
def test_what_does_not_fit_a_linux_is_refused(
    kind: Kind | None, account: str, sentence: str, department: Path, tmp_path: Path
) -> None:
    programs = Programs()
    with pytest.raises(ToolkitError, match=sentence):
        put(department, linux(programs, tmp_path), kind, account)
    assert not programs.lines("crontab")
    assert not (tmp_path / ".config").exists()


@pytest.mark.parametrize("kind", ["systemd", "cron"])
def test_what_does_not_fit_a_windows_is_refused(kind: Kind, department: Path) -> None:
    system = windows(Programs())
    with pytest.raises(ToolkitError, match="Windows 上没有"):
        put(department, system, kind)
    with pytest.raises(ToolkitError, match="Windows 上没有"):
        preview(department, kind=kind, account="", now=NOW, system=system)
    with pytest.raises(ToolkitError, match="Windows 上没有"):
        remove(department, kind=kind, system=system)


def test_a_folder_that_is_no_department_is_refused(tmp_path: Path) -> None:
    programs = Programs()
    (tmp_path / "空的").mkdir()
    (tmp_path / "空的" / "说明.txt").write_text("x", "utf-8")
    for call in (put, lambda f, s: preview(f, kind=None, account="", now=NOW, system=s)):
        with pytest.raises(ToolkitError, match="没有任何表单"):
            call(tmp_path / "空的", linux(programs, tmp_path))
        with pytest.raises(ToolkitError, match="找不到文件夹"):
            call(tmp_path / "没有", linux(programs, tmp_path))
    assert not (tmp_path / ".config").exists()


def test_a_department_without_configuration_is_one_by_its_forms(
    department: Path, tmp_path: Path
) -> None:
    form = next(p for p in department.rglob("*.xlsx") if p.name != "部门配置.xlsx")
    (tmp_path / form.name).write_bytes(form.read_bytes())
    assert put(tmp_path, linux(Programs(dict(NO_CRONTAB)), tmp_path / "home")) == "systemd"


def test_a_toolkit_that_python_does_not_find_is_refused(department: Path, tmp_path: Path) -> None:
    for answer in (
        Outcome(1, b"", b"python: No module named toolkit\n"),
        FileNotFoundError(2, "No such file or directory"),
    ):
        programs = Programs({"-m toolkit --version": answer})
        with pytest.raises(ToolkitError, match="pip 安装"):
            put(department, linux(programs, tmp_path))
        assert not (tmp_path / ".config").exists()


def test_this_python_finds_the_toolkit(department: Path, tmp_path: Path) -> None:
    """With the real interpreter; the schedulers' programs are played."""
    here = this_system()
    programs = Programs(dict(NO_CRONTAB))

    def run(command: list[str], *, given: bytes = b"", talks: bool = False) -> Outcome:
        real = command[0] == str(here.python)
        return (here.run if real else programs)(command, given=given, talks=talks)

    system = replace(linux(programs, tmp_path, here.python), run=run)
    assert put(department, system) == "systemd"


def test_a_mapped_drive_is_refused_before_it_is_looked_for() -> None:
    """An elevated console does not even see it."""
    system = windows(Programs(), drives={"M:": "\\\\server\\share"})
    folder = PureWindowsPath("M:\\技术 支持")
    with pytest.raises(ToolkitError, match="映射的网络驱动器") as caught:
        install(_absolute(folder), kind=None, account="", now=NOW, system=system)
    assert "\\\\server\\share\\技术 支持" in str(caught.value)


def test_a_mapped_drives_job_is_found_under_its_share() -> None:
    share = task_name(PureWindowsPath("\\\\server\\share\\技术 支持"))
    programs = Programs({f"/TN {share}": Outcome(0), "/Delete": Outcome(0x80070002)})
    system = windows(programs, drives={"M:": "\\\\server\\share"})
    done = remove(_absolute(PureWindowsPath("M:\\技术 支持")), kind=None, system=system)
    assert done.kinds == ("windows",)


def _absolute(folder: PureWindowsPath) -> Path:
    """A path of Windows where there is none: absolute as it stands."""

    class There(PureWindowsPath):
        def absolute(self) -> There:
            return self

    return There(folder)  # type: ignore[return-value]


def test_removing_looks_into_every_scheduler_of_the_machine(
    department: Path, tmp_path: Path
) -> None:
    crontab = Programs(NO_MANAGER | NO_CRONTAB)
    put(department, linux(crontab, tmp_path))
    block = crontab.given[crontab.calls.index(["crontab", "-"])]
    programs = Programs({"crontab -l": Outcome(0, b"# mine\n" + block)})
    system = linux(programs, tmp_path)
    put(department, system, "systemd")
    assert remove(department, kind=None, system=system).kinds == ("systemd", "cron")
    assert programs.given[-1] == b"# mine\n"
    assert remove(department, kind="systemd", system=system).kinds == ()


def test_a_folder_that_is_gone_can_be_removed(tmp_path: Path) -> None:
    system = linux(Programs(dict(NO_CRONTAB)), tmp_path)
    folder = tmp_path / "部门"
    init_department(folder)
    put(folder, system)
    folder.rename(tmp_path / "搬走了")
    assert remove(folder, kind=None, system=system).kinds == ("systemd",)
    assert remove(folder, kind=None, system=system).kinds == ()


def test_without_cron_the_rest_is_removed(department: Path, tmp_path: Path) -> None:
    system = linux(Programs({"crontab": FileNotFoundError(2, "none")}), tmp_path)
    put(department, system)
    assert remove(department, kind=None, system=system).kinds == ("systemd",)
    with pytest.raises(ToolkitError, match="安装 cron"):
        remove(department, kind="cron", system=system)


def test_the_same_job_in_another_scheduler_is_pointed_out(department: Path, tmp_path: Path) -> None:
    system = linux(Programs(dict(NO_CRONTAB)), tmp_path)
    put(department, system, "systemd")
    done = install(department, kind="cron", account="", now=NOW, system=system)
    assert f'toolkit schedule remove "{department}" --kind systemd' in done.notes[-1]
    remove(department, kind="systemd", system=system)
    alone = install(department, kind="cron", account="", now=NOW, system=system)
    assert "--kind systemd" not in "".join(alone.notes)


def test_the_preview_changes_nothing(department: Path, tmp_path: Path) -> None:
    programs = Programs()
    system = linux(programs, tmp_path)
    cases: list[tuple[Kind, str]] = [("windows", "总部\\周演示"), ("systemd", ""), ("cron", "")]
    for kind, account in cases:
        shown = preview(department, kind=kind, account=account, now=NOW, system=system)
        assert str(department) in shown
        assert task_name(department) in shown
    assert programs.calls == []
    assert list(tmp_path.iterdir()) == []
