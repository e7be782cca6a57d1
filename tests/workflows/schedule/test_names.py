"""One folder, one name; two folders, two names."""

from __future__ import annotations

from pathlib import PurePosixPath, PureWindowsPath

import pytest

from toolkit.workflows.schedule.names import task_name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("C:\\技术 支持", "c:/技术 支持/"),
        ("\\\\Server\\Share\\技术 支持", "\\\\SERVER\\share\\技术 支持\\"),
        ("\\\\server\\share\\技术 支持", "\\\\?\\UNC\\server\\share\\技术 支持"),
        ("C:\\技术 支持", "\\\\?\\C:\\技术 支持"),
        ("\\\\server\\share", "\\\\server\\share\\"),
    ],
)
def test_every_spelling_of_a_windows_folder_has_one_name(one: str, other: str) -> None:
    assert task_name(PureWindowsPath(one)) == task_name(PureWindowsPath(other))


def test_other_folders_have_other_names() -> None:
    folders = [
        PureWindowsPath("C:\\技术 支持"),
        PureWindowsPath("D:\\技术 支持"),
        PureWindowsPath("C:\\技术支持"),
        PureWindowsPath("\\\\server\\share\\技术 支持"),
        PurePosixPath("/srv/技术支持"),
        PurePosixPath("/srv/技术支持/a"),
        PurePosixPath("/SRV/技术支持/a"),
    ]
    assert len({task_name(folder) for folder in folders}) == len(folders)


def test_accents_count_once_however_they_are_composed() -> None:
    assert task_name(PurePosixPath("/srv/Bu\u0308ro")) == task_name(PurePosixPath("/srv/B\u00fcro"))


def test_a_name_stays_what_it_was_installed_as() -> None:
    """A changed recipe would leave the jobs of all departments behind."""
    assert task_name(PurePosixPath("/srv/技术 支持")) == "support-workbooks-b57c8c29df40"
    assert (
        task_name(PureWindowsPath("\\\\server\\share\\技术 支持"))
        == "support-workbooks-b4628a1b656d"
    )
