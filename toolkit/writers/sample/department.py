"""Plans a sample department, and writes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from random import Random

from toolkit.forms import load_forms
from toolkit.model.errors import ToolkitError
from toolkit.model.forms import Form, Layout
from toolkit.writers.form_workbook import Choices, FormContent, write_form

from .days import Days
from .filing import file
from .people import Team, cast
from .planted import plant
from .projects import found
from .scene import Expected
from .story import Story

Progress = Callable[[int, int], None]
"""Called with the number of files written and of all files."""
_SMALL_DEPARTMENT = 100
"""Up to so many people every form has drop-downs with all of them; a larger list costs a second
a file and nobody scrolls through it."""
_GENERATED = time(9, 0)


@dataclass(frozen=True, slots=True)
class SampleSize:
    """People, and projects and support records of the whole department."""

    engineers: int = 6
    sales: int = 4
    developers: int = 3
    projects: int = 15
    records: int = 300

    @classmethod
    def per_engineer(cls, engineers: int, projects: int, records: int) -> SampleSize:
        """So many projects and support records for each engineer."""
        return cls(
            engineers,
            max(4, engineers * 2 // 3),
            max(3, engineers // 2),
            engineers * projects,
            engineers * records,
        )

    def demand_possible(self) -> None:
        """Raises ToolkitError for sizes that cannot make a department."""
        wrong = min(self.engineers, self.sales, self.developers, self.projects) < 1
        if wrong or self.records < 0:
            raise ToolkitError(
                "人数、项目数至少为 1，记录数不能为负。", "请调整后重新运行，例如 --engineers 6。"
            )
        if self.projects < self.engineers:
            raise ToolkitError(
                "项目数少于售前人数，有人会没有项目。", "请让每位售前至少有一个项目。"
            )


@dataclass(frozen=True)
class SampleDepartment:
    """The plan: what every file will hold, and which findings were planted on purpose."""

    files: Mapping[str, tuple[str, FormContent]]
    """Path (with `/`) -> form key and content."""
    team: Team
    check_date: date
    planted: tuple[Expected, ...] = ()


def plan_department(
    size: SampleSize, seed: int, *, check_date: date, planted: bool
) -> SampleDepartment:
    """A department that is all in order, but for what is `planted`; equal seeds, equal plans.

    Raises ToolkitError for an impossible size and when a planted breach finds no place.
    """
    size.demand_possible()
    rng, days = Random(seed), Days(check_date)
    team = cast(size.engineers, size.sales, size.developers, days)
    story = Story(team, days, found(size.projects, team, days, rng), rng)
    story.tell(size.records)
    files: Mapping[str, tuple[str, FormContent]] = file(story)
    expected: tuple[Expected, ...] = ()
    if planted:
        # breaches change contents, so these are made once and kept
        files = dict(files.items())
        expected = plant(files)
    return SampleDepartment(files, team, check_date, expected)


def write_sample(
    folder: Path, department: SampleDepartment, progress: Progress | None = None
) -> list[Path]:
    """Write all workbooks below `folder`, which is made if it is missing.

    Raises ToolkitError, before anything is written, when one of the files exists.
    """
    targets = {path: folder.joinpath(*path.split("/")) for path in department.files}
    for target in targets.values():
        if target.exists():
            raise ToolkitError(
                f"“{target}”已经存在，没有改动它。", "请换一个空文件夹，或先移走原来的文件。"
            )
    generated = datetime.combine(department.check_date, _GENERATED)
    choices = _choices(department.team)
    for done, (path, target) in enumerate(targets.items(), 1):
        key, content = department.files[path]
        form = load_forms()[key]
        target.parent.mkdir(parents=True, exist_ok=True)
        write_form(
            form,
            target,
            content,
            choices=choices,
            number=_number(form, content),
            generated=generated,
        )
        if progress is not None:
            progress(done, len(targets))
    return list(targets.values())


def _choices(team: Team) -> Choices:
    if len(team.roster) > _SMALL_DEPARTMENT:
        return Choices()
    people: dict[str, list[str]] = {}
    for person in team.roster:
        people.setdefault(person.department, []).append(person.name)
    return Choices(people)


def _number(form: Form, content: FormContent) -> str:
    """The number of the form's one case; '' for a register."""
    for block in form.blocks:
        if block.layout is Layout.LABELS and block.record_key:
            return str(content.labels.get(block.key, {}).get(block.record_key, ""))
    return ""
