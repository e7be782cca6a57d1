"""Drafts of mails as .eml files: opened in a mail program they are ready to be sent by hand."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from email.errors import MessageError
from email.headerregistry import Address, Group
from email.message import EmailMessage
from email.policy import SMTP
from itertools import count, groupby
from pathlib import Path
from typing import Any

import jinja2

from toolkit.model.finding import SEVERITY_TITLES, Finding, Severity
from toolkit.model.resources import bundled

from .files import publish, safe_name

KIND_HEADER, REMINDER = "X-Toolkit-Draft", "reminder"
"""Tells our drafts from files that somebody else put into the folder."""
_HEAD_BYTES = 4096
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_INK = {Severity.ERROR: "#b42318", Severity.WARN: "#b54708", Severity.INFO: "#1f4e79"}
_NO_FILE = "（整个部门）"


@dataclass(frozen=True, slots=True)
class Reminder:
    """What one person is reminded of; the address is '' when none is known."""

    person: str
    address: str
    findings: tuple[Finding, ...]


def usable_address(texts: Iterable[str]) -> str:
    """The first text that is a plain mail address; '' if none is."""
    for text in texts:
        candidate = text.strip()
        if _ADDRESS.fullmatch(candidate):
            try:
                return Address(addr_spec=candidate).addr_spec
            except (MessageError, ValueError, IndexError):
                continue
    return ""


def write_reminders(
    folder: Path, reminders: Sequence[Reminder], *, department: str, as_of: date
) -> list[Path]:
    """Write `催办_姓名.eml` for everybody; earlier drafts of people without findings go.

    Raises ToolkitError when a draft cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written: dict[str, Path] = {}
    for reminder in reminders:
        path = _free(folder, reminder.person, written)
        with publish(path) as temporary:
            temporary.write_bytes(reminder_draft(reminder, department, as_of))
        written[_key(path.name)] = path
    for path in folder.glob("*.eml"):
        if _key(path.name) not in written and _is_ours(path):
            path.unlink(missing_ok=True)
    return list(written.values())


def reminder_draft(reminder: Reminder, department: str, as_of: date) -> bytes:
    """The .eml of one person: plain text and HTML in UTF-8, To open when no address is known."""
    person = _one_line(reminder.person)
    total = len(reminder.findings)
    subject = f"【催办】{person}：{total} 项表单问题请处理（检查日期 {as_of}）"
    facts = {
        "subject": subject,
        "person": person,
        "sender": _one_line(department) or "部门",
        "as_of": as_of,
        "total": total,
        "counts": _counts(reminder.findings),
        "groups": list(_groups(reminder.findings)),
    }
    message = EmailMessage(policy=SMTP)
    message["X-Unsent"] = "1"
    message[KIND_HEADER] = REMINDER
    message["To"] = _recipient(person, reminder.address)
    message["Subject"] = subject
    text, html = (_render(f"mail/reminder.{kind}.j2", facts) for kind in ("txt", "html"))
    message.set_content(text, cte="base64")
    message.add_alternative(html, subtype="html", cte="base64")
    # the library would draw a boundary by chance; equal findings shall give equal files
    message.set_boundary(f"=_{hashlib.sha256(html.encode()).hexdigest()[:32]}")
    return message.as_bytes()


def _recipient(person: str, address: str) -> Address | Group:
    if address:
        return Address(person, addr_spec=address)
    # a named group without members: the name is shown, nobody is addressed
    return Group(person, ())


def _counts(findings: Iterable[Finding]) -> str:
    held = [finding.severity for finding in findings]
    titles = SEVERITY_TITLES.items()
    return "，".join(f"{title} {held.count(s)} 项" for s, title in titles if s in held)


def _groups(findings: Iterable[Finding]) -> Iterator[dict[str, Any]]:
    ordered = sorted(findings, key=lambda f: (f.path, f.severity.rank, f.sheet, f.rule, f.id))
    number = count(1)
    for path, group in groupby(ordered, key=lambda f: f.path):
        yield {
            "path": _one_line(path) or _NO_FILE,
            "findings": [_item(finding, next(number)) for finding in group],
        }


def _item(finding: Finding, number: int) -> dict[str, Any]:
    place = "!".join(part for part in (finding.sheet, finding.cell) if part)
    article = f"第{finding.article}条，" if finding.article else ""
    return {
        "number": number,
        "severity": SEVERITY_TITLES[finding.severity],
        "colour": _INK[finding.severity],
        "place": _one_line(place),
        "message": _one_line(finding.message),
        "hint": _one_line(finding.hint),
        "basis": f"{article}编号 {_one_line(finding.id)}",
    }


def _render(name: str, facts: dict[str, Any]) -> str:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(bundled("templates"), encoding="utf-8"),
        # select_autoescape goes by the suffix and would leave .html.j2 as it is
        autoescape=".html." in name,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template(name).render(facts)


def _one_line(text: str) -> str:
    """Nothing that could end a header or turn the direction of writing."""
    plain = re.sub(r"[\s\x00-\x1f\x7f-\x9f]+", " ", text)
    return "".join(c for c in plain if unicodedata.category(c) not in ("Cf", "Cs")).strip()


def _free(folder: Path, person: str, taken: dict[str, Path]) -> Path:
    """A name that no other draft of this run has, also where case makes no difference."""
    for number in count(1):
        name = safe_name(f"催办_{person}{f'_{number}' if number > 1 else ''}.eml")
        if _key(name) not in taken:
            return folder / name
    raise AssertionError("there is always another number")


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _is_ours(path: Path) -> bool:
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD_BYTES).partition(b"\r\n\r\n")[0]
    except OSError:
        return False
    return f"{KIND_HEADER}: {REMINDER}".encode() in head
