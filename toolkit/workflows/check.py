"""「校验」: read a folder and check it against the regulation."""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toolkit.forms import load_forms
from toolkit.model.dossier import Dossier
from toolkit.model.finding import Breach, CheckResult
from toolkit.readers.reader import read_folder

from .early import import_meanwhile
from .judged import Judged
from .targets import demand_report_target

if TYPE_CHECKING:  # imported while the files are read
    from toolkit.regulation.department import Department
    from toolkit.validators.before import Said

LOG = logging.getLogger("toolkit.workflows")
LOG.addHandler(logging.NullHandler())  # tracebacks are for a log, not for the console of staff
Progress = Callable[[int, int], None]
SCHEMA = 1


@dataclass(slots=True)
class Checked:
    """A department, read and checked. Its records are completed when somebody works on them."""

    folder: Path
    dossier: Dossier
    name: str
    as_of: date
    result: CheckResult
    _complete: Callable[[], Department]
    _department: Department | None = None

    @classmethod
    def of(cls, folder: Path, department: Department, result: CheckResult) -> Checked:
        """A department whose records are complete already."""
        name, as_of = department.name, department.as_of
        return cls(folder, department.dossier, name, as_of, result, lambda: department)

    @property
    def department(self) -> Department:
        if self._department is None:
            self._department = self._complete()
        return self._department


def check_folder(
    folder: Path,
    *,
    today: date,
    as_of: date | None = None,
    progress: Progress | None = None,
    cache: Path | None = None,
) -> Checked:
    """Read and check a department's folder. Raises ToolkitError when it is not there.

    `cache` is a folder of the user for what was read; without one only time changes.
    """
    import_meanwhile()
    with ExitStack() as later:
        dossier = read_folder(folder, load_forms(), progress, cache=cache, later=later)
        from toolkit.regulation.department import Department, check_date, department_name

        checked = Checked(
            folder,
            dossier,
            department_name(dossier),
            check_date(dossier, today, as_of),
            CheckResult(),
            lambda: Department.of(dossier, today, as_of),
        )
        judged = None
        if cache is not None:
            judged = Judged.of(cache, folder, dossier, today, checked.as_of)
        known = judged.recall() if judged is not None else None
        if known is not None:
            checked.result = known
            return checked
        checked.result, said = judge(checked.department, judged)
    if judged is not None:
        judged.keep(checked.result, said)
    return checked


def judge(department: Department, judged: Judged | None) -> tuple[CheckResult, Said | None]:
    """What the rules say, and what to keep of it; of what changed only where that will do."""
    from toolkit.regulation.ties import Ties
    from toolkit.validators.before import Said
    from toolkit.validators.engine import check

    gc.freeze()  # half a million records make no cycles, and need not be searched for them
    try:
        if judged is None:
            return check(department), None
        try:
            ties = Ties(department)
            before = judged.before(ties)
        except Exception:  # a mistake of ours costs time, not the check
            LOG.exception("cannot tell what changed")
            return check(department), None
        breaches: dict[str, list[Breach]] = {}
        result = check(department, before=before, said=breaches)
        try:
            said = Said.of(ties, breaches)
        except Exception:
            LOG.exception("cannot keep what the rules said")
            said = None
        return result, said
    finally:
        gc.unfreeze()


def check_json(checked: Checked) -> dict[str, Any]:
    """The object that `toolkit check --json` prints (DESIGN.md, "Contracts")."""
    return {
        "schema": SCHEMA,
        "as_of": checked.as_of.isoformat(),
        "department": checked.name,
        "sources": sources_json(checked.dossier),
        "findings": [f.as_dict() for f in checked.result.findings],
        "undetermined": [
            {"rule": u.rule, "needs": list(u.needs), "reason": u.reason}
            for u in checked.result.undetermined
        ],
        "not_kept": [register.as_dict() for register in checked.result.not_kept],
        "counts": checked.result.counts(),
    }


def sources_json(dossier: Dossier) -> list[dict[str, Any]]:
    """Every file met, with what became of its rows."""
    return [
        {
            "path": s.path,
            "form": s.form,
            "rows": s.rows,
            "consolidated": s.consolidated,
            "rejected": s.rejected,
            "status": s.status.value,
            "reason": s.reason,
        }
        for s in dossier.sources
    ]


def write_findings_workbook(checked: Checked, output: Path, generated: datetime) -> Path:
    """校验结果.xlsx, each finding linked to its cell; returns where it was written."""
    from toolkit.validators.notices import NOTICES
    from toolkit.validators.registry import load_rules
    from toolkit.writers.files import publish
    from toolkit.writers.findings_workbook import write_findings

    demand_report_target(output)
    with publish(output) as temporary:
        write_findings(
            temporary,
            dept_name=checked.name,
            as_of=checked.as_of,
            result=_without_restricted(checked.result),
            rules={**NOTICES, **load_rules()},
            base=checked.folder.resolve(),
            generated=generated,
        )
    return output


def _without_restricted(result: CheckResult) -> CheckResult:
    """Without the rules whose registers an ordinary run never reads."""
    from toolkit.validators.restricted import restricted_rules

    hidden = restricted_rules()
    return replace(result, results={r: o for r, o in result.results.items() if r not in hidden})
