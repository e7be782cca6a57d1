"""「接入」: how a department with forms of its own gets on: recognise, suggest, propose."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from toolkit.forms import load_forms
from toolkit.model.adoption import AdoptedFile, Adoption, ProposedPerson, RuleOff, Suggestion
from toolkit.model.dossier import Dossier, Status
from toolkit.model.finding import CheckResult, Result
from toolkit.model.frame_rows import rows_of
from toolkit.model.text import fold, fold_label
from toolkit.readers.binding import CONFIGURATION
from toolkit.readers.folder import RESTRICTED_FOLDER
from toolkit.readers.opening import dossier_of, open_books
from toolkit.readers.reader import read_folder
from toolkit.readers.roster_proposal import FoundPerson, find_people
from toolkit.readers.suggest import Survey, survey
from toolkit.readers.suggest_hints import Hint
from toolkit.regulation.department import Department
from toolkit.regulation.people import Roster
from toolkit.validators.engine import check
from toolkit.validators.registry import load_rules
from toolkit.writers.adoption import CONFIRMATION_NAME, write_configuration, write_confirmation

from .adopt_blocks import adopted_blocks
from .forms import configuration_content

SCHEMA = 1
_CONFIGURATION = "部门配置"
_SECRET = f"像是投诉或绩效一类的受限资料，没有细看；如果是，请移到“{RESTRICTED_FOLDER}”文件夹"
_THERE = (Status.READ, Status.UNRECOGNISED, Status.UNREADABLE)


def adopt_folder(folder: Path, *, now: datetime) -> Adoption:
    """Look at a folder, write what a manager must confirm, report. No staff file is touched.

    Raises ToolkitError when the folder is not there or cannot be written.
    """
    dossier = read_folder(folder, load_forms())
    books, own = open_books(folder, dossier)
    found, secret = _ordinary(survey(dossier.forms, own, books))
    after = dossier_of(dossier, found.bound)
    people = _new_people(find_people(after), Roster(dossier.frame("roster")))
    listed = _Listed(dossier)
    place = _configuration_place(dossier)
    adoption = Adoption(
        folder,
        _department_name(dossier, folder),
        suggestions=[_suggestion(h) for h in found.hints if not listed.has(h)],
        waiting=listed.waiting,
        people=people,
    )
    adoption.files = _files(dossier, after, secret)
    _rules(adoption, dossier, after, found.hints, now.date())
    if not adoption.blocks:
        return adoption  # nothing was recognised: a configuration would only pretend
    if place is None:
        adoption.configuration = write_configuration(
            folder / f"{_CONFIGURATION}.xlsx",
            department=adoption.department,
            people=people,
            suggestions=adoption.suggestions,
            parameters=configuration_content().tables["parameters"],
            now=now,
        )
    elif adoption.suggestions:
        beside = folder / PurePosixPath(place).parent
        adoption.confirmation = write_confirmation(beside, adoption.suggestions, now)
    return adoption


def _ordinary(found: Survey) -> tuple[Survey, set[int]]:
    """What the survey found but for restricted registers, and the sources that seem to be such.

    Nothing of them is told, not even as an example, nor are their people proposed.
    """
    secret = {source for source, block in found.bound if block.form.restricted}
    bound = [(source, block) for source, block in found.bound if not block.form.restricted]
    return Survey([h for h in found.hints if not h.form.restricted], bound), secret


def adopt_json(adoption: Adoption) -> dict[str, Any]:
    """The object that `toolkit adopt --json` prints: `schema` and the fields of Adoption."""
    told = {"schema": SCHEMA, **asdict(adoption)}
    for name in ("folder", "configuration", "confirmation"):
        told[name] = str(told[name]) if told[name] is not None else ""
    return told


class _Listed:
    """Own labels that stand in 列名别名 already, decided or not."""

    def __init__(self, dossier: Dossier) -> None:
        forms = {fold(t): f for f in dossier.forms.values() for t in (f.title, f.key, *f.titles)}
        self._lines: set[tuple[str, str, str]] = set()
        self.waiting = 0
        for row in rows_of(dossier.frame("label_aliases")):
            self.waiting += not row.confirmed
            if form := forms.get(fold(row.form)):
                self._lines.add((form.key, fold(row.table), fold_label(row.own_label)))

    def has(self, hint: Hint) -> bool:
        block, label = hint.block, fold_label(hint.label)
        tables = ("", fold(block.title), fold(block.sheet), block.key)
        return any((hint.form.key, table, label) in self._lines for table in tables)


def _suggestion(hint: Hint) -> Suggestion:
    reason = hint.reason or "没有把握对应到哪一栏，可从缺少的标准名称中选填；不需要的留空"
    if hint.examples:
        reason += f"；例：{'、'.join(hint.examples)}"
    return Suggestion(
        form=hint.form.title,
        table=hint.block.title or hint.block.sheet,
        block=hint.block.key,
        own_label=hint.label,
        standard_label=hint.field.label if hint.field else "",
        score=round(hint.score, 2),
        reason=reason,
        place=str(hint.place),
    )


def _configuration_place(dossier: Dossier) -> str | None:
    """Path of the department's configuration, readable or not; None when there is none yet."""
    for source in dossier.sources:
        name = fold(PurePosixPath(source.path).name)
        if source.status not in _THERE or fold(CONFIRMATION_NAME) in name:
            continue
        if fold(_CONFIGURATION) in name or source.form == CONFIGURATION:
            return source.path
    return None


def _department_name(dossier: Dossier, folder: Path) -> str:
    names = dossier.frame("department")["department_name"]
    return next((n for n in names if n), folder.resolve().name)


def _new_people(found: Iterable[FoundPerson], roster: Roster) -> list[ProposedPerson]:
    return [
        ProposedPerson(
            person.name,
            person.department,
            "、".join(f"{label}{n}次" for label, n in person.labels.most_common(2)),
            person.times,
            person.role,
        )
        for person in found
        if not roster.find(person.name)
    ]


def _files(dossier: Dossier, after: Dossier, secret: Collection[int]) -> list[AdoptedFile]:
    files = []
    pairs = zip(dossier.sources, after.sources, strict=True)
    for number, (now, then) in enumerate(pairs):
        forms = _titles(dossier, now.form)
        guess = tuple(t for t in _titles(dossier, then.form) if t not in forms)
        reason = _SECRET if number in secret and not guess else now.reason
        files.append(AdoptedFile(now.path, now.status.value, reason, forms, guess))
    return files


def _titles(dossier: Dossier, keys: str) -> tuple[str, ...]:
    return tuple(dossier.forms[key].title for key in keys.split("+") if key)


def _rules(
    adoption: Adoption, dossier: Dossier, after: Dossier, hints: Iterable[Hint], today: date
) -> None:
    """Which rules cannot decide, and which of them confirming the suggestions switches on."""
    now = check(Department.of(dossier, today))
    then = check(Department.of(after, today))
    lacks, still = (
        {u.rule: tuple(_label(dossier, need) for need in u.needs) for u in result.undetermined}
        for result in (now, then)
    )
    for rule, spec in load_rules().items():
        on_then = then.results[rule] is not Result.NOT_APPLICABLE and rule not in still
        if "roster" in spec.registers and not dossier.kept("roster"):
            adoption.rules_off.append(RuleOff(rule, spec.title, ("人员名册",), True))
        elif rule in lacks:
            adoption.rules_off.append(RuleOff(rule, spec.title, lacks[rule], on_then))
        elif now.results[rule] is Result.NOT_APPLICABLE:
            if then.results[rule] is Result.NOT_APPLICABLE:
                adoption.rules_unused.append(rule)
            else:
                adoption.rules_off.append(RuleOff(rule, spec.title, still.get(rule, ()), on_then))
        else:
            adoption.rules_on += 1
    adoption.blocks = adopted_blocks(dossier, after, list(hints), _needed_by(then))


def _label(dossier: Dossier, need: str) -> str:
    frame, key = need.split(".")
    block = dossier.blocks[frame]
    return f"{block.title or block.sheet}的“{block.field(key).label}”"


def _needed_by(result: CheckResult) -> dict[str, list[str]]:
    """`frame.field` that is missing -> the rules that wait for it."""
    needed: dict[str, list[str]] = {}
    for undetermined in result.undetermined:
        for need in undetermined.needs:
            needed.setdefault(need, []).append(undetermined.rule)
    return needed
