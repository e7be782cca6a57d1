"""Text on its way out of the toolkit: GBK for the console, cut to what a service takes."""

from __future__ import annotations

import json

from toolkit.writers.templates import one_line

_MORE = "…"


def sendable(text: str) -> str:
    """Without lone surrogates, which no encoding takes."""
    return text.encode("utf-8", "replace").decode("utf-8")


def printable(text: str, longest: int = 120) -> str:
    """Foreign text for a Chinese console: one line, nothing outside GBK, at most `longest`."""
    line = one_line(text).encode("gbk", "replace").decode("gbk")
    return line if len(line) <= longest else line[: longest - 1] + _MORE


def size(text: str) -> int:
    """Bytes that the text takes inside a JSON message: UTF-8, quotes and line ends escaped."""
    return len(json.dumps(text, ensure_ascii=False).encode("utf-8")) - 2


def shorten(text: str, limit: int) -> str:
    """The text, or as much of its beginning as fits into `limit` bytes (`size`) with …."""
    if size(text) <= limit:
        return text
    room = limit - size(_MORE)
    for end, char in enumerate(text):
        room -= size(char)
        if room < 0:
            return text[:end] + _MORE
    raise AssertionError("a text is as long as its characters")


def split_message(subject: str, lines: list[str], limit: int) -> list[str]:
    """Messages of at most `limit` bytes (`size`), each headed by the subject.

    The text is divided between lines only and the parts are numbered （1/3）; a line that would
    not fit into a message of its own is cut with ….
    """
    subject = shorten(one_line(subject), limit // 4)
    whole = "\n".join([subject, *lines])
    if size(whole) <= limit:
        return [whole]
    digits, parts = 0, [lines]
    while len(parts) >= 10**digits:
        digits += 1
        parts = _pack(lines, limit - size(_heading(subject, 10**digits - 1, 10**digits - 1)))
    total = len(parts)
    return ["\n".join([_heading(subject, n, total), *part]) for n, part in enumerate(parts, 1)]


def _heading(subject: str, number: int, total: int) -> str:
    return f"{subject}（{number}/{total}）"


def _pack(lines: list[str], room: int) -> list[list[str]]:
    """As many lines per part as `room` bytes hold, the line end before each counted."""
    parts: list[list[str]] = []
    left = 0
    for line in lines:
        fitting = shorten(line, room - size("\n"))
        needed = size("\n") + size(fitting)
        if not parts or needed > left:
            parts.append([])
            left = room
        parts[-1].append(fitting)
        left -= needed
    return parts
