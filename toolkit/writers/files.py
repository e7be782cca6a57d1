"""Publishing files so that nobody ever meets half a file or loses one."""

from __future__ import annotations

import os
import re
import shutil
import time
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from toolkit.model.errors import ToolkitError

_ZIPPED = {".xlsx", ".xlsm", ".zip"}
_FORBIDDEN = re.compile(r'[<>:"/\\|?*]+')
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])", re.IGNORECASE)
_LONGEST_NAME = 80
_PAUSES = (0.2, 0.5, 1.0)
"""Seconds between the attempts to replace a file that another program holds open."""


class TargetInUse(ToolkitError):  # noqa: N818 - users' errors are named for what happened
    """The target could not be replaced; the result stands at `kept`."""

    def __init__(self, target: Path, kept: Path) -> None:
        super().__init__(
            f"“{target.name}”正被{_holder(target) or '其他程序'}打开，没能更新。",
            f"新结果已另存为“{kept.name}”；请关闭原文件后重新运行，或直接使用这一份。",
        )
        self.kept = kept


@contextmanager
def publish(
    path: Path,
    *,
    pauses: tuple[float, ...] = _PAUSES,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Path]:
    """Yield a temporary path in the same folder; on leaving it becomes `path`, whole or not at all.

    When the block raises, nothing is published. Raises TargetInUse when `path` is held open
    (Windows) and ToolkitError when the folder cannot be written.
    """
    with _temporary(path) as temporary:
        yield temporary
        _settle(temporary, like=path)
        for pause in (*pauses, None):
            try:
                os.replace(temporary, path)
                break
            except PermissionError:
                if pause is None:
                    raise TargetInUse(path, _keep_beside(temporary, path)) from None
                sleep(pause)
        _sync_folder(path.parent)


@contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """Like publish, but never overwrites: raises ToolkitError when the name is taken.

    Names that differ only in case or Unicode form count as taken: on Windows they are one file.
    """
    _demand_free(path)
    with _temporary(path) as temporary:
        yield temporary
        _settle(temporary, like=path)
        _demand_free(path)
        try:
            # whoever creates the name first owns it; only then is it safe to replace
            path.open("xb").close()
        except FileExistsError:
            raise _taken(path.name) from None
        try:
            os.replace(temporary, path)
        except OSError:
            path.unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)


def safe_name(text: str) -> str:
    """A file name (without folder) from any text: NFC, at most 80 characters, legal on Windows.

    The suffix survives shortening. Never empty.
    """
    name = re.sub(r"\s", " ", unicodedata.normalize("NFC", text))
    name = "".join(c for c in name if unicodedata.category(c) not in ("Cc", "Cf", "Cs"))
    name = _FORBIDDEN.sub("_", re.sub(r" +", " ", name)).strip(" .")
    stem, dot, suffix = name.rpartition(".")
    if not dot or not 1 <= len(suffix) <= 5 or not stem:
        stem, suffix = name, ""
    tail = f".{suffix}" if suffix else ""
    stem = stem[: _LONGEST_NAME - len(tail)].rstrip(" .")
    # Windows reserves CON also as CON.xlsx and CON.2026.xlsx
    if not stem or _RESERVED.fullmatch(stem.partition(".")[0].strip()):
        stem = f"_{stem}"[: _LONGEST_NAME - len(tail)]
    return stem + tail


@contextmanager
def _temporary(path: Path) -> Iterator[Path]:
    try:
        temporary = _claim(path)
    except OSError as error:
        raise _cannot_write(path, error) from error
    try:
        yield temporary
    except ToolkitError:
        raise
    except Exception as error:
        # XlsxWriter wraps the OSError of a full disk in an exception of its own
        root = error.args[0] if error.args and isinstance(error.args[0], OSError) else error
        if isinstance(root, OSError):
            raise _cannot_write(path, root) from error
        raise
    finally:
        temporary.unlink(missing_ok=True)


def _claim(path: Path) -> Path:
    """Create an empty temporary file whose name readers and sync programs pass over."""
    names = (f".~{path.stem[:40]}.{os.getpid()}-{n}.tmp" for n in count())
    return _first_free(path, names)


def _first_free(path: Path, names: Iterator[str]) -> Path:
    """The first of the names that nobody has beside `path`, created empty."""
    while True:
        candidate = path.with_name(next(names))
        try:
            # plain open, not mkstemp: colleagues on the share must be able to read the result
            candidate.open("xb").close()
        except FileExistsError:
            continue
        return candidate


def _settle(temporary: Path, *, like: Path) -> None:
    """Make sure that the temporary file is on the disk, whole and readable."""
    with temporary.open("rb+") as stream:
        os.fsync(stream.fileno())
    if like.suffix.lower() in _ZIPPED:
        with zipfile.ZipFile(temporary) as archive:
            broken = archive.testzip()
        if broken:
            raise ToolkitError("写出的文件没有通过检查，没有保存。", "请检查磁盘后重新运行。")
    if os.name == "posix" and like.exists():
        shutil.copymode(like, temporary)


def _keep_beside(temporary: Path, path: Path) -> Path:
    names = (f"{path.stem}_待替换{n if n > 1 else ''}{path.suffix}" for n in count(1))
    kept = _first_free(path, names)
    os.replace(temporary, kept)
    return kept


def _holder(path: Path) -> str:
    """Who has a workbook open, from the lock file that Excel leaves beside it; '' if unknown."""
    try:
        content = path.with_name(f"~${path.name}").read_bytes()
    except OSError:
        return ""
    name = content[1 : 1 + content[0]] if content else b""
    for encoding in ("utf-8", "gb18030"):
        try:
            return name.decode(encoding).strip(" \x00")
        except UnicodeDecodeError:
            continue
    return ""


def _sync_folder(folder: Path) -> None:
    """Put the new name on the disk too; only POSIX lets a folder be opened."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError:
        pass  # some network file systems refuse it; the file itself is already safe
    finally:
        os.close(descriptor)


def _demand_free(path: Path) -> None:
    wanted = _same_on_windows(path.name)
    for other in path.parent.iterdir() if path.parent.is_dir() else ():
        if _same_on_windows(other.name) == wanted:
            raise _taken(other.name)


def _same_on_windows(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _taken(name: str) -> ToolkitError:
    return ToolkitError(f"“{name}”已经存在，没有改动它。", "请先改名或移走原文件，再重新运行。")


def _cannot_write(path: Path, error: OSError) -> ToolkitError:
    reason = error.strerror or str(error)
    return ToolkitError(
        f"无法写入“{path}”：{reason}。", "请检查文件夹是否存在、是否有写入权限、磁盘是否已满。"
    )
