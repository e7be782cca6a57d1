"""Publishing files so that nobody ever meets half a file or loses one."""

from __future__ import annotations

import errno
import os
import re
import shutil
import time
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

from toolkit.model.errors import ToolkitError

_ZIPPED = {".xlsx", ".xlsm", ".zip"}
_FORBIDDEN = re.compile(r'[<>:"/\\|?*]+')
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])", re.IGNORECASE)
_LONGEST_NAME = 80
_PAUSES = (0.2, 0.5, 1.0)
"""Seconds between the attempts to replace a file that another program holds open."""
_LEFT_OVER_SECONDS = 3600.0
"""A temporary file that is so old belongs to a run that was killed."""
_HALF = re.compile(r"\.~.*\.\d+-\d+\.tmp")
"""Names of temporary files."""
_KEPT = "_待替换"
"""In the names of results that lie beside a target that was in use."""
_MOST_KEPT = 9
"""So many of them are looked for: each is one that was open itself when the next was made."""


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
    sweeping: bool = True,
    pauses: tuple[float, ...] = _PAUSES,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Path]:
    """Yield a temporary path in the same folder; on leaving it becomes `path`, whole or not at all.

    When the block raises, nothing is published. Raises TargetInUse when `path` is held open: then
    the new file lies beside it. Raises ToolkitError when the folder cannot be written. What earlier
    runs had to lay beside `path` goes. The folder is swept: not `sweeping` is for whoever publishes
    many files there and sweeps once.
    """
    with _temporary(path) as temporary:
        yield temporary
        _settle(temporary, like=path)
        for pause in (*pauses, None):
            try:
                os.replace(temporary, path)
                break
            except OSError as error:
                if not _is_in_use(error):
                    raise
                if pause is None:
                    kept = _keep_beside(temporary, path)
                    _tidy(path, kept, sweeping)
                    raise TargetInUse(path, kept) from None
                sleep(pause)
        _sync_folder(path.parent)
        _tidy(path, path, sweeping)


def sweep(published: Path) -> None:
    """Remove what killed runs left half written in the folder of a file just published."""
    with suppress(OSError):
        # the clock of the disk, which may be another computer's
        now = published.stat().st_mtime
        for name in os.listdir(published.parent):
            half = published.with_name(name)
            with suppress(OSError):
                if _HALF.fullmatch(name) and now - half.stat().st_mtime > _LEFT_OVER_SECONDS:
                    half.unlink()


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
            _take_name(temporary, path)
        except FileExistsError:
            raise _taken(path.name) from None
        _sync_folder(path.parent)


def make_folder(path: Path) -> None:
    """Make a folder and those above it, if need be. Raises ToolkitError."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ToolkitError(
            f"无法建立文件夹“{path}”：{error.strerror or error}。",
            "请检查路径、写入权限和磁盘空间。",
        ) from error


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
        with suppress(OSError):  # the disk may be gone; the next run tidies up
            temporary.unlink(missing_ok=True)


def _claim(path: Path) -> Path:
    """Create an empty temporary file whose name readers and sync programs pass over."""
    for number in count():
        candidate = path.with_name(f".~{path.stem[:40]}.{os.getpid()}-{number}.tmp")
        try:
            # plain open, not mkstemp: colleagues on the share must be able to read the result
            candidate.open("xb").close()
        except FileExistsError:
            continue
        return candidate
    raise AssertionError("there is always another number")


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
        with suppress(OSError):  # shares of Windows servers know no permission bits
            shutil.copymode(like, temporary)


def _is_in_use(error: OSError) -> bool:
    """Whether another program holds the target: Windows says so, and mounted shares."""
    return isinstance(error, PermissionError) or error.errno in (errno.EBUSY, errno.ETXTBSY)


def _take_name(temporary: Path, path: Path) -> None:
    """Rename, whole or not at all. Raises FileExistsError when somebody has the name."""
    if os.name != "posix":
        os.rename(temporary, path)  # Windows never renames over another file
        return
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError:  # FAT and some shares have no links: the name is taken first, then replaced
        path.open("xb").close()
        try:
            os.replace(temporary, path)
        finally:
            if temporary.exists():
                path.unlink(missing_ok=True)


def _keep_beside(temporary: Path, path: Path) -> Path:
    for number in count(1):
        kept = _kept(path, number)
        with suppress(FileExistsError):
            _take_name(temporary, kept)
            return kept
    raise AssertionError("there is always another number")


def _kept(path: Path, number: int) -> Path:
    return path.with_name(f"{path.stem}{_KEPT}{number if number > 1 else ''}{path.suffix}")


def _tidy(path: Path, published: Path, sweeping: bool) -> None:
    """Remove what is out of date beside `path` now that there is something newer."""
    missing = 0
    for number in range(1, _MOST_KEPT + 1):
        kept = _kept(path, number)
        if kept == published:
            continue
        try:
            kept.unlink()
        except FileNotFoundError:
            missing += 1
            if missing > 1:  # a second one was made while the first one lay there
                break
        except OSError:
            continue  # open; it goes with the next result
    if sweeping:
        sweep(published)


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
    with suppress(OSError):  # some network file systems refuse it; the file itself is safe
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
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
