"""What the rules said before, kept beside the readings: of the very same records, and of others.

Without it only time changes. A judgement is kept under a key of all that the rules look at: what
was read of every file and what became of it, both clocks, the program and its libraries. Of a
folder in which some files changed, what the last judgement said of the others still holds. A file
that was saved again with the same records is the same.
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
from typing import TYPE_CHECKING, Any

from toolkit.model.dossier import Dossier
from toolkit.model.finding import CheckResult, Finding, NotKept, Result, Severity, Undetermined
from toolkit.readers.cache import is_private, program_key
from toolkit.readers.packing import MISFITS, Packer, Unpacker, head_of
from toolkit.readers.store import FILE_NAME, Store

if TYPE_CHECKING:  # imported while the files are read
    from toolkit.regulation.ties import Ties
    from toolkit.validators.before import Before, Said

_PROGRAM = ("readers", "model", "forms", "regulation", "validators")
_LIBRARIES = ("chinesecalendar", "numpy", "pandas", "rapidfuzz")
"""What decides about findings besides: holidays, columns, the nearest name in a hint."""
_DATES = ("on", "since", "due")
_DAY_SECONDS = 86_400
_MARK = b"SWJ1"


@dataclass(frozen=True, slots=True)
class Judged:
    """The place of one judgement in the user's cache, and that of the folder's last one."""

    file: Path
    key: str
    last: str

    @classmethod
    def of(
        cls, cache_folder: Path, folder: Path, dossier: Dossier, today: date, as_of: date
    ) -> Judged | None:
        """Of a dossier that was just read; None where nothing can be kept."""
        if dossier.secret or not is_private(cache_folder):
            return None
        sources = [
            (s.path, s.status, s.reason, dossier.digests.get(s.path, s.fingerprint), s.rows)
            for s in dossier.sources
        ]
        program = program_key(*_PROGRAM), *map(version, _LIBRARIES)
        clocks = today.isoformat(), as_of.isoformat()
        key = _hash(("judged", program, clocks, sources, dossier.source_problems))
        last = _hash(("last", program, clocks, str(folder.resolve())))
        return cls(cache_folder / FILE_NAME, key, f"last-{last}")

    def recall(self) -> CheckResult | None:
        """What the rules said; None when nobody has asked them yet."""
        body = self._body(self.key)
        return None if body is None else _restored(json.loads(body))

    def before(self, ties: Ties) -> Before | None:
        """What the rules said of the folder when some files were others; None if not known."""
        from toolkit.validators.before import Before, said_of

        body = self._body(self.last)
        if body is None:
            return None
        try:
            head, arrays = head_of(memoryview(body), _MARK)
            numbers = Unpacker(arrays, head)
            keys, sums = (numbers.array(head[name], "<u8") for name in ("keys", "sums"))
            return Before(said_of(head, keys, sums), ties)
        except MISFITS:
            return None

    def _body(self, key: str) -> bytes | None:
        store = Store.existing(self.file)
        try:
            return store.body(key)
        finally:
            store.close()

    def keep(self, result: CheckResult, said: Said | None = None) -> None:
        """Remember it, unless a rule stumbled: that may have had passing reasons."""
        if any(finding.rule == "SYS-1" for finding in result.findings):
            return
        bodies = [(self.key, json.dumps(asdict(result), default=date.isoformat).encode())]
        if said is not None:
            packer = Packer()
            places = {"keys": packer.array(said.keys), "sums": packer.array(said.sums)}
            bodies.append((self.last, b"".join(packer.packed(_MARK, {**said.head(), **places}))))
        store = Store.open(self.file)
        try:
            store.keep(bodies, (), "", {}, (), int(time.time()) // _DAY_SECONDS)
        finally:
            store.close()


def _hash(parts: Any) -> str:
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()


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
