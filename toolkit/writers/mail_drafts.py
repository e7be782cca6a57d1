"""Drafts of mails as .eml files: opened in a mail program they are ready to be sent by hand."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from email.errors import MessageError
from email.headerregistry import Address, Group
from email.message import EmailMessage
from email.policy import SMTP
from itertools import count, groupby
from pathlib import Path
from typing import Any

from toolkit.model.finding import SEVERITY_TITLES, Finding

from .files import TargetInUse, make_folder, publish, sweep
from .personal_names import personal_names, same_on_windows
from .templates import SEVERITY_INKS, basis, one_line, render

KIND_HEADER, REMINDER = "X-Toolkit-Draft", "reminder"
"""Tells our drafts from files that somebody else put into the folder."""
_HEAD_BYTES = 4096
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
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

    Raises ToolkitError when a draft cannot be written, TargetInUse when one is open: only after
    all others were written.
    """
    make_folder(folder)
    names = personal_names("催办_", (reminder.person for reminder in reminders), ".eml")
    written, in_use = [], []
    newest: Path | None = None
    for reminder in reminders:
        path = folder / names[reminder.person]
        written.append(path)
        try:
            with publish(path, sweeping=False) as temporary:
                temporary.write_bytes(reminder_draft(reminder, department, as_of))
            newest = path
        except TargetInUse as error:
            in_use.append(error)
            newest = error.kept
    if newest:
        sweep(newest)
    kept = {same_on_windows(path.name) for path in (*written, *(each.kept for each in in_use))}
    for path in folder.glob("*.eml"):
        if same_on_windows(path.name) not in kept and _is_ours(path):
            with suppress(OSError):  # open in a mail program: it goes with the next drafts
                path.unlink(missing_ok=True)
    if in_use:
        raise in_use[0]
    return written


def reminder_draft(reminder: Reminder, department: str, as_of: date) -> bytes:
    """The .eml of one person: plain text and HTML in UTF-8, To open when no address is known."""
    person = one_line(reminder.person)
    total = len(reminder.findings)
    subject = f"【催办】{person}：{total} 项表单问题请处理（检查日期 {as_of}）"
    facts = {
        "subject": subject,
        "person": person,
        "sender": one_line(department) or "部门",
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
    text, html = (render(f"mail/reminder.{kind}.j2", facts) for kind in ("txt", "html"))
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
            "path": one_line(path) or _NO_FILE,
            "findings": [_item(finding, next(number)) for finding in group],
        }


def _item(finding: Finding, number: int) -> dict[str, Any]:
    place = "!".join(part for part in (finding.sheet, finding.cell) if part)
    return {
        "number": number,
        "severity": SEVERITY_TITLES[finding.severity],
        "colour": SEVERITY_INKS[finding.severity],
        "place": one_line(place),
        "message": one_line(finding.message),
        "hint": one_line(finding.hint),
        "basis": basis(finding.article, finding.id),
    }


def _is_ours(path: Path) -> bool:
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD_BYTES).partition(b"\r\n\r\n")[0]
    except OSError:
        return False
    return f"{KIND_HEADER}: {REMINDER}".encode() in head
