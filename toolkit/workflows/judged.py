"""What the rules said about records that have not changed since: kept beside the readings.

Without it only time changes. The key holds all that the rules look at: what was read of every
file and what became of it, both clocks, the program and its libraries. A file that was saved again
with the same records is the same.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

from toolkit.model.dossier import Dossier
from toolkit.model.finding import CheckResult, Finding, NotKept, Result, Severity, Undetermined
from toolkit.readers.cache import is_private, program_key
from toolkit.readers.store import FILE_NAME, Store

_PROGRAM = ("readers", "model", "forms", "regulation", "validators")
_LIBRARIES = ("chinesecalendar", "numpy", "pandas", "rapidfuzz")
"""What decides about findings besides: holidays, columns, the nearest name in a hint."""
_DATES = ("on", "since", "due")
_DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Judged:
    """The place of one judgement in the user's cache."""

    file: Path
    key: str

    @classmethod
    def of(cls, cache_folder: Path, dossier: Dossier, today: date, as_of: date) -> Judged | None:
        """Of a dossier that was just read; None where nothing can be kept."""
        if dossier.secret or not is_private(cache_folder):
            return None
        sources = [
            (s.path, s.status, s.reason, dossier.digests.get(s.path, s.fingerprint), s.rows)
            for s in dossier.sources
        ]
        program = program_key(*_PROGRAM), *map(version, _LIBRARIES)
        clocks = today.isoformat(), as_of.isoformat()
        parts = ("judged", program, clocks, sources, dossier.source_problems)
        key = hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()
        return cls(cache_folder / FILE_NAME, key)

    def recall(self) -> CheckResult | None:
        """What the rules said; None when nobody has asked them yet."""
        store = Store.existing(self.file)
        try:
            body = store.body(self.key)
        finally:
            store.close()
        return None if body is None else _restored(json.loads(body))

    def keep(self, result: CheckResult) -> None:
        """Remember it, unless a rule stumbled: that may have had passing reasons."""
        if any(finding.rule == "SYS-1" for finding in result.findings):
            return
        body = json.dumps(asdict(result), default=date.isoformat)
        store = Store.open(self.file)
        try:
            day = int(time.time()) // _DAY_SECONDS
            store.keep([(self.key, body.encode())], (), "", {}, (), day)
        finally:
            store.close()


def _restored(saved: Mapping[str, Any]) -> CheckResult:
    return CheckResult(
        [_finding(each) for each in saved["findings"]],
        [Undetermined(u["rule"], tuple(u["needs"]), u["reason"]) for u in saved["undetermined"]],
        saved["history"],
        {rule: Result(result) for rule, result in saved["results"].items()},
        [NotKept(**{**each, "rules": tuple(each["rules"])}) for each in saved["not_kept"]],
    )


def _finding(saved: Mapping[str, Any]) -> Finding:
    days = {name: saved[name] and date.fromisoformat(saved[name]) for name in _DATES}
    kinds = {"severity": Severity(saved["severity"]), "result": Result(saved["result"])}
    return Finding(**{**saved, **days, **kinds})
