"""What became of one file, as the readers hand it on."""

from __future__ import annotations

from dataclasses import dataclass, field

from toolkit.model.dossier import Status

from .extract import BlockRecords
from .guard import RefusedError


@dataclass(slots=True)
class Reading:
    """What became of one file. A `rule` makes a finding of `reason` and `hint`."""

    status: Status = Status.READ
    reason: str = ""
    rule: str = ""
    severity: str = "warn"
    hint: str = ""
    form: str = ""
    template_version: str = ""
    hidden_rows: int = 0
    records: list[BlockRecords] = field(default_factory=list)

    @property
    def may_be_kept(self) -> bool:
        """Whether the cache may have it: what could not be read may be readable next time."""
        return self.status not in (Status.UNREADABLE, Status.RESTRICTED)


def refusal(refused: RefusedError) -> Reading:
    """The reading of a file that is not read."""
    return Reading(Status.UNREADABLE, refused.reason, "SRC-1", hint=refused.hint)
