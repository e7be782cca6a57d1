"""Every text that the product carries, and the parts of it that stand in the source as well."""

from __future__ import annotations

import ast
import re
import tomllib
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from toolkit.forms import load_forms

PROJECT = Path(__file__).resolve().parents[1]
LENGTH = 9
"""Characters in a row, punctuation aside, that make a sentence of the source one of ours.

Shorter ones are set phrases of the trade; longer ones would let half a clause through.
"""
NAMES = (
    "技术支持工作管理制度",
    "技术支持立项单",
    "项目跟踪表",
    "产品改进申请单",
    "故障处理工作单",
    "内部bug反馈表",
    "内部bug反馈",
    "测试预案",
    "测试方案",
    "实施预案",
    "项目实施工作单",
    "项目实施进场准备单",
    "项目实施与进度计划表",
    "客户沟通-XX项目-技服人员名字",
    "投诉-XX项目沟通问题",
    "技术支持部经理",
    "售前交流与客户培训",
)
"""Titles, subjects and the longest of roles and chapters: they have to be written as they are."""
_GAP = "\x00"
_SILENT = re.compile(r"[^\w\x00]|_")
_CHINESE = re.compile(r"[一-鿿]")


def plain(text: str, names: Sequence[str] = ()) -> str:
    """Folded and without punctuation; each name becomes a gap, which no comparison crosses."""
    bare = _SILENT.sub("", unicodedata.normalize("NFKC", text).casefold())
    for name in sorted(names, key=len, reverse=True):
        bare = bare.replace(name, _GAP)
    return bare


def prescribed() -> list[str]:
    """The names as they look in a plain text."""
    titles = (form.title for form in load_forms().values())
    return sorted({plain(name) for name in (*NAMES, *titles)})


def grams(text: str) -> Iterator[tuple[int, str]]:
    """Position and characters of every stretch of LENGTH with Chinese and without a gap."""
    for at in range(len(text) - LENGTH + 1):
        part = text[at : at + LENGTH]
        if _GAP not in part and _CHINESE.search(part):
            yield at, part


def copied(text: str, source: set[str], names: Sequence[str]) -> list[str]:
    """The longest stretches that the text has in common with the source."""
    bare = plain(text, names)
    shared = [at for at, part in grams(bare) if part in source]
    found: list[str] = []
    for at in shared:
        if at - 1 in shared:
            found[-1] += bare[at + LENGTH - 1]
        else:
            found.append(bare[at : at + LENGTH])
    return found


def product_texts() -> Iterator[tuple[str, str]]:
    """(place, text) of everything with Chinese: code, data, templates, macros, README."""
    for path in _files("toolkit/**/*.py"):
        for line, text in _literals(ast.parse(path.read_text("utf-8"))):
            yield f"{path.relative_to(PROJECT)}:{line}", text
    for path in _files("toolkit/**/*.toml"):
        for text in _values(tomllib.loads(path.read_text("utf-8"))):
            yield str(path.relative_to(PROJECT)), text
    for path in (*_files("templates/**/*.j2"), *_files("macros/*.md"), PROJECT / "README.md"):
        yield str(path.relative_to(PROJECT)), path.read_text("utf-8")


def _files(pattern: str) -> list[Path]:
    return sorted(PROJECT.glob(pattern))


def _literals(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Texts in the code; what an f-string puts in is a gap."""
    inside = {id(part) for n in ast.walk(tree) if isinstance(n, ast.JoinedStr) for part in n.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield node.lineno, "".join(_literal(part) for part in node.values)
        elif isinstance(node, ast.Constant) and id(node) not in inside:
            yield node.lineno, str(node.value)


def _literal(part: ast.expr) -> str:
    return str(part.value) if isinstance(part, ast.Constant) else _GAP


def _values(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict | list):
        for item in data.values() if isinstance(data, dict) else data:
            yield from _values(item)
