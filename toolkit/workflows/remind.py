"""「催办邮件」: a draft for everybody who has something to put right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from toolkit.model.dossier import Status
from toolkit.model.finding import Finding
from toolkit.model.frame_rows import rows_of
from toolkit.model.text import fold_person, is_blank, split_staff_number
from toolkit.readers.folder import OUTPUT_FOLDER
from toolkit.regulation.department import Department

from .check import Checked, Progress, check_folder

DRAFTS_FOLDER = "邮件草稿"


@dataclass(slots=True)
class Reminded:
    """The drafts, and whom they could not be addressed to."""

    checked: Checked
    folder: Path
    drafts: list[Path]
    without_address: list[str]
    unassigned: int
    """Open findings that are nobody's: no mail is made of them."""


def remind_people(
    folder: Path,
    *,
    now: datetime,
    as_of: date | None = None,
    progress: Progress | None = None,
    cache: Path | None = None,
) -> Reminded:
    """Check a department and write one draft per person with open findings (90_输出/邮件草稿).

    A draft holds only that person's own findings. Raises ToolkitError when the folder is not
    there or a draft cannot be written.
    """
    from toolkit.writers.mail_drafts import Reminder, write_reminders

    checked = check_folder(folder, today=now.date(), as_of=as_of, progress=progress, cache=cache)
    department = checked.department
    own = open_findings(checked)
    addresses = mail_addresses(department)
    reminders = [
        Reminder(person, addresses.get(person, ""), tuple(found))
        for person, found in sorted(own.items())
        if person
    ]
    target = folder / OUTPUT_FOLDER / DRAFTS_FOLDER
    drafts = write_reminders(target, reminders, department=department.name, as_of=department.as_of)
    return Reminded(
        checked,
        target,
        drafts,
        [reminder.person for reminder in reminders if not reminder.address],
        len(own.get("", ())),
    )


def open_findings(checked: Checked) -> dict[str, list[Finding]]:
    """Person -> findings in force; '' for those that are nobody's. Restricted files never count."""
    sources = checked.dossier.sources
    hidden = {source.path for source in sources if source.status is Status.RESTRICTED}
    canonical = checked.department.roster.canonical
    own: dict[str, list[Finding]] = {}
    for finding in checked.result.findings:
        if not finding.waived and finding.path not in hidden:
            person = "" if is_blank(finding.person) else canonical(finding.person)
            own.setdefault(person, []).append(finding)
    return own


def mail_addresses(department: Department) -> dict[str, str]:
    """Person -> address, of everybody who is still in service and has a usable one."""
    from toolkit.writers.mail_drafts import usable_address

    in_service = {p.name for p in department.roster.people if p.employed(department.as_of)}
    found: dict[str, str] = {}
    for row in rows_of(department.frame("roster")):
        bare, number = split_staff_number(fold_person(str(row.name)))
        number = str(row.staff_number) or number
        person = department.roster.canonical(f"{bare}({number})" if number else bare)
        address = usable_address(row.mail)
        if person in in_service and address:
            found.setdefault(person, address)
    return found
