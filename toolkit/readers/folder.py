"""The department's folder: every file met, and what its name and place already say about it."""

from __future__ import annotations

import contextlib
import os
import re
import stat
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from toolkit.model.dossier import Status
from toolkit.model.text import fold

from .lock_files import lock_sentence

OUTPUT_FOLDER = "90_输出"
ARCHIVE_FOLDER = "销售存档"
RESTRICTED_FOLDER = "09_受限"
NOT_READ = "受限资料，未读取"
"""Why a restricted file was passed over."""
_READABLE = frozenset((".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".et", ".ett"))
_BACKUP_FOLDERS = frozenset(
    map(fold, ("备份", "backup", "backups", "bak", "回收站", "$RECYCLE.BIN"))
)
_BACKUP_NAME = re.compile(r"\.(?:bak|xlk|old|backup)$|~$|的备份(?:\.\w+)?$", re.IGNORECASE)
_HEX_NAME = re.compile(r"[0-9A-Fa-f]{8}")
_RESTRICTED_NAME = re.compile(r"投诉与绩效|投诉台账|绩效扣级")
_NOT_FILES = frozenset((".ds_store", "thumbs.db", "desktop.ini", "icon\r"))
_WORD = "副本|冲突|复件"
_WORD_BEHIND = f"{_WORD}|备份"
_COPY = re.compile(
    rf"(?:\s*\((?:\d{{1,2}}|[^()]*(?:conflict|{_WORD_BEHIND})[^()]*)\)"
    rf"|[-_ ]*(?:的)?(?:{_WORD_BEHIND})(?:文件)?(?:\s*\(?\d*\)?)?"
    r"|\.sync-conflict-[\w-]+|_CaseConflict(?:_\d+)?|_conflict-\w+"
    r"| - Copy(?: \(\d+\))?"
    r"|-(?:DESKTOP|LAPTOP|WIN|PC|NB|SURFACE|MACBOOK)[A-Z0-9]*(?:-[A-Z0-9]+)*(?:-\d+)?)$",
    re.IGNORECASE,
)
_COPY_BEFORE = re.compile(
    rf"^(?:(?:{_WORD})\s*(?:\(\d*\))?[-_ ]*|Copy (?:\(\d+\) )?of )", re.IGNORECASE
)
_LISTINGS = 5
"""A list is made anew so often when something vanished from it meanwhile."""
_PARENTHESES = str.maketrans("（）", "()")


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of the folder: `relative` uses '/' on every system."""

    path: Path
    relative: str
    size: int
    mtime_ns: int
    status: Status
    reason: str = ""
    hint: str = ""
    rule: str = ""
    """Rule id of the finding about the file, if there is one."""
    same_as: str = ""
    """`relative` of the file with the very same content that is read instead of this one."""
    ctime_ns: int = 0
    """Where the system has it, the time of the last change of any kind."""


def list_folder(folder: Path, *, restricted: bool = False) -> list[Entry]:
    """Every file below the folder, sorted; hidden folders and links to folders are passed over.

    A folder that may not be looked into is an entry, too. `restricted` treats restricted files
    like all others.
    """
    for _ in range(_LISTINGS):
        vanished: list[str] = []
        found = sorted(_walk(folder, "", vanished), key=lambda item: item[0])
        if not vanished:
            break
    names = {shown(relative) for relative, _ in found}
    return [_entry(folder, relative, state, names, restricted) for relative, state in found]


def shown(relative: str) -> str:
    """A path as text: names that were stored in another encoding than that of the system."""
    try:
        relative.encode()
    except UnicodeEncodeError:
        return "/".join(map(_decoded, relative.split("/")))
    return relative


def _decoded(name: str) -> str:
    raw = os.fsencode(name)
    for encoding in ("utf-8", "gb18030"):
        with contextlib.suppress(UnicodeDecodeError):
            return raw.decode(encoding)
    return raw.decode("utf-8", "replace")


def mark_copies(entries: list[Entry], fingerprints: Mapping[str, str]) -> list[Entry]:
    """The entries, with `same_as` where a workbook has the very same content as another one.

    `fingerprints` are the hashes by relative path. The shortest path is the original, of equally
    long ones the older file.
    """
    alike: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in entries:
        if fingerprint := fingerprints.get(entry.relative):
            alike[fingerprint, entry.path.suffix.lower()].append(entry)
    copies: dict[Path, Entry] = {}
    for group in alike.values():
        original, *others = sorted(group, key=lambda e: (len(e.relative), e.mtime_ns, e.relative))
        for entry in others:
            copies[entry.path] = replace(entry, same_as=original.relative)
    return [copies.get(entry.path, entry) for entry in entries]


def _walk(
    folder: Path, above: str, vanished: list[str]
) -> Iterator[tuple[str, os.stat_result | None]]:
    """Relative path and state of every file; no state where a folder stays closed.

    `vanished` takes what was gone before it could be looked at: it may just be renamed.
    """
    try:
        with os.scandir(folder) as listing:
            items = list(listing)
    except FileNotFoundError:
        return  # gone between listing and looking: the next run decides
    except OSError:
        yield above, None
        return
    for item in items:
        relative = f"{above}/{item.name}" if above else item.name
        try:
            if item.is_dir(follow_symlinks=False):
                if not item.name.startswith(".") and not _is_junction(item):
                    yield from _walk(Path(item.path), relative, vanished)
            elif item.name.lower() not in _NOT_FILES and item.is_file():
                yield relative, item.stat()
        except FileNotFoundError:
            vanished.append(relative)
        except OSError:
            continue  # a link in a circle


def _is_junction(item: os.DirEntry[str]) -> bool:
    """Windows: a link to a folder that does not look like one, perhaps to a folder above."""
    tag = getattr(item.stat(follow_symlinks=False), "st_reparse_tag", 0)
    return bool(tag) and tag == getattr(stat, "IO_REPARSE_TAG_MOUNT_POINT", -1)


def _entry(
    folder: Path,
    relative: str,
    state: os.stat_result | None,
    names: Collection[str],
    restricted: bool,
) -> Entry:
    path = folder / relative
    relative = shown(relative)
    if state is None:
        reason = "文件夹打不开，里面的文件都没有读取"
        hint = "请管理员开放这个文件夹的读取权限后再检查一次。"
        return Entry(path, relative or ".", 0, 0, Status.UNREADABLE, reason, hint, "SRC-1")
    status, reason, hint, rule = classify(relative, names, restricted=restricted)
    if status is Status.LOCK:
        reason = shown(lock_sentence(path))
    return Entry(
        path,
        relative,
        state.st_size,
        state.st_mtime_ns,
        status,
        reason,
        hint,
        rule,
        ctime_ns=state.st_ctime_ns,
    )


def classify(
    relative: str, names: Collection[str] = (), *, restricted: bool = False
) -> tuple[Status, str, str, str]:
    """What the path alone says: status, reason, next step and rule id of the finding.

    With `restricted` the names of restricted files and folders say nothing.
    """
    path = PurePosixPath(relative)
    suffix = path.suffix.lower()
    folders = {fold(part) for part in path.parts[:-1]}
    if not restricted and is_restricted_path(relative):
        return Status.RESTRICTED, NOT_READ, "", ""
    if fold(OUTPUT_FOLDER) in folders:
        return Status.OUTPUT, "工具的输出，不作为数据读取", "", ""
    if fold(ARCHIVE_FOLDER) in folders:
        return Status.ARCHIVE, "销售存档，只作为存档证据", "", ""
    if folders & _BACKUP_FOLDERS:
        return Status.BACKUP, "备份，未读取", "", ""
    if path.name.startswith("._"):
        return Status.IGNORED, "苹果电脑的附属文件，不是表格", "", ""
    if path.name.startswith(("~$", ".~lock.")):
        hint = "请保存并关闭该文件后再检查一次，以免漏掉刚填的内容。"
        return Status.LOCK, "文件正被打开", hint, "SRC-2"
    if path.name.startswith((".~", "~")) or suffix == ".tmp" or _is_hex(path):
        return Status.TEMPORARY, "临时文件，未读取", "如果它一直在，可以删除。", "SRC-2"
    if _BACKUP_NAME.search(path.name):
        return Status.BACKUP, "备份，未读取", "", ""
    if suffix not in _READABLE:
        return Status.IGNORED, "不是本工具读取的表格文件", "", ""
    original = _original(path, names)
    if original:
        return (
            Status.CONFLICT,
            f"疑似“{original}”的副本或同步冲突副本，未读取",
            "请比较两份内容，把需要的并入原文件后删除这一份；如果是另一份表单，请改个名字。",
            "SRC-3",
        )
    return Status.READ, "", "", ""


def is_restricted_path(relative: str) -> bool:
    """Whether the name or the place of a file says that it is restricted."""
    path = PurePosixPath(relative)
    if any(_RESTRICTED_NAME.search(part) for part in path.parts):
        return True
    return any(map(is_restricted_folder, path.parts[:-1]))


def is_restricted_folder(name: str) -> bool:
    """Whether a folder of this name holds restricted files."""
    return fold(name).startswith(fold(RESTRICTED_FOLDER))


def _is_hex(path: PurePosixPath) -> bool:
    return not path.suffix and bool(_HEX_NAME.fullmatch(path.name))


def _original(path: PurePosixPath, names: Collection[str]) -> str:
    """The file of which this one is a copy by name, if that file is there."""
    stem = path.stem.translate(_PARENTHESES)
    before, behind = _COPY_BEFORE.match(stem), _COPY.search(stem)
    candidates = [path.stem[before.end() :]] if before else []
    candidates += [path.stem[: behind.start()]] if behind else []
    for candidate in filter(None, map(str.strip, candidates)):
        for suffix in dict.fromkeys((path.suffix, ".xlsx", ".xlsm", ".xls")):
            original = path.with_name(f"{candidate}{suffix}")
            if original != path and original.as_posix() in names:
                return original.name
    return ""
