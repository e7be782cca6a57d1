"""The department's folder: every file met, and what its name and place already say about it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from toolkit.model.dossier import Status
from toolkit.model.text import fold

OUTPUT_FOLDER = "90_输出"
ARCHIVE_FOLDER = "销售存档"
RESTRICTED_FOLDER = "09_受限"
_READABLE = frozenset((".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".et", ".ett"))
_BACKUP_FOLDERS = frozenset(
    map(fold, ("备份", "backup", "backups", "bak", "回收站", "$RECYCLE.BIN"))
)
_BACKUP_NAME = re.compile(r"\.(bak|xlk|old|backup)$|~$|的备份|^备份 ?", re.IGNORECASE)
_HEX_NAME = re.compile(r"[0-9A-Fa-f]{8}")
_RESTRICTED_NAME = re.compile(r"投诉与绩效|投诉台账|绩效扣级")
_COPY = re.compile(
    r"(?P<mark>\s*\((?:\d{1,2}|.*conflict.*|SFConflict.*|.*冲突.*)\)"
    r"|[-_ ]*(?:的)?(?:副本|冲突)(?:\s*\(?\d*\)?)?"
    r"|\.sync-conflict-[\w-]+|_CaseConflict(?:_\d+)?| - Copy(?: \(\d+\))?|_conflict-\w+)$",
    re.IGNORECASE,
)
_HOST_COPY = re.compile(r"-[A-Z0-9]+(?:-[A-Z0-9]+)*$")


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


def list_folder(folder: Path) -> list[Entry]:
    """Every file below the folder, sorted; hidden folders are passed over."""
    files = sorted(_walk(folder), key=lambda pair: pair[0])
    names = {relative for relative, _ in files}
    return [_entry(folder, relative, stat, names) for relative, stat in files]


def _walk(folder: Path) -> Iterator[tuple[str, os.stat_result]]:
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        for name in names:
            path = Path(root, name)
            try:
                stat = path.stat()
            except OSError:
                continue  # gone between listing and looking: the next run decides
            if name == ".DS_Store" or name.lower() in ("thumbs.db", "desktop.ini"):
                continue
            yield path.relative_to(folder).as_posix(), stat


def _entry(folder: Path, relative: str, stat: os.stat_result, names: set[str]) -> Entry:
    status, reason, hint, rule = classify(relative, names)
    path = folder / relative
    if status is Status.LOCK:
        reason = lock_sentence(path)
    return Entry(path, relative, stat.st_size, stat.st_mtime_ns, status, reason, hint, rule)


def classify(relative: str, names: Iterable[str] = ()) -> tuple[Status, str, str, str]:
    """What the path alone says: status, reason, next step and rule id of the finding."""
    path = PurePosixPath(relative)
    stem, suffix = path.stem, path.suffix.lower()
    folders = path.parts[:-1]
    if path.name.startswith(("~$", ".~lock.")):
        hint = "请他保存并关闭后再检查一次，以免漏掉刚填的内容。"
        return Status.LOCK, "文件正被打开", hint, "SRC-2"
    if OUTPUT_FOLDER in folders:
        return Status.OUTPUT, "工具的输出，不作为数据读取", "", ""
    if RESTRICTED_FOLDER in folders or _RESTRICTED_NAME.search(path.name):
        return Status.RESTRICTED, "受限资料，未读取", "", ""
    if ARCHIVE_FOLDER in folders:
        return Status.ARCHIVE, "销售存档，只作为存档证据", "", ""
    if path.name.startswith((".~", "~")) or suffix == ".tmp" or _is_hex(path):
        return Status.TEMPORARY, "临时文件，未读取", "如果一直都在，可以删除。", "SRC-2"
    if _BACKUP_NAME.search(path.name) or any(fold(f) in _BACKUP_FOLDERS for f in folders):
        return Status.BACKUP, "备份，未读取", "", ""
    if suffix not in _READABLE:
        return Status.IGNORED, "不是表格文件", "", ""
    original = _original(path, stem, set(names))
    if original:
        return (
            Status.CONFLICT,
            f"疑似“{original}”的副本或同步冲突副本，未读取",
            "请比较两份内容，把需要的并入原文件后删除这一份。",
            "SRC-3",
        )
    return Status.READ, "", "", ""


def _is_hex(path: PurePosixPath) -> bool:
    return not path.suffix and bool(_HEX_NAME.fullmatch(path.name))


def _original(path: PurePosixPath, stem: str, names: set[str]) -> str:
    """The file of which this one is a copy by name, if that file is there."""
    if fold(stem).startswith(fold("副本")):
        candidates = [re.sub(r"^副本\s*\(?\d*\)?[-_ ]*", "", stem)]
    else:
        candidates = [stem[: m.start()] for m in (_COPY.search(stem), _HOST_COPY.search(stem)) if m]
    for candidate in candidates:
        for suffix in dict.fromkeys((path.suffix, ".xlsx", ".xlsm", ".xls")):
            original = path.with_name(f"{candidate.strip()}{suffix}") if candidate.strip() else path
            if original != path and original.as_posix() in names:
                return original.name
    return ""


def lock_sentence(path: Path) -> str:
    """Who has the file open, from the lock file that Excel or LibreOffice leaves beside it."""
    try:
        content = path.read_bytes()[:512]
    except OSError:
        content = b""
    owner = ""
    if path.name.startswith(".~lock."):
        owner = content.decode("utf-8", "replace").split(",")[0].strip()
        workbook = path.name.removeprefix(".~lock.").removesuffix("#")
    else:
        workbook = path.name.removeprefix("~$")
        if content:
            owner = _excel_owner(content)
    return f"{owner or '有人'}正在编辑“{workbook}”"


def _excel_owner(content: bytes) -> str:
    length = content[0]
    for encoding in ("utf-8", "gb18030"):
        try:
            return content[1 : 1 + length].decode(encoding).strip(" \x00")
        except UnicodeDecodeError:
            continue
    return ""
