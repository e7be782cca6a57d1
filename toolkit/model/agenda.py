"""What somebody has to do now, how it stands since the last run, and the digests made of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from .finding import Severity

NOBODY = ""
"""Owner of what cannot be laid at anybody's door: the managers decide."""


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing that is missing or wrong, and who can put it right.

    `id` is the id of its finding, or the one that the finding will have once the time limit has
    passed: a matter keeps its identity from the first request to the answer. `since` is the day
    of the event that asks for it, `due` the last day in time; None where no record tells.
    """

    id: str
    rule: str
    owner: str
    message: str
    hint: str
    path: str = ""
    sheet: str = ""
    cell: str = ""
    severity: Severity = Severity.WARN
    article: int | None = None
    project: str = ""
    since: date | None = None
    due: date | None = None
    missing: bool = False
    """An entry that should exist and does not, rather than one that is wrong."""
    past: bool = False
    """It has happened and cannot be made good: told once, for the next time."""
    waived: str = ""
    """Why it need not be done, by whom and until when; empty when it is in force."""

    @property
    def place(self) -> str:
        """File, sheet and cell to open, as people read it."""
        return "!".join(part for part in (self.path, self.sheet, self.cell) if part)


class Standing(StrEnum):
    """How a matter stands beside the run before."""

    NEW = "新"
    OPEN = "仍未处理"
    UNVERIFIED = "暂时无法核实"
    """It cannot be seen today whether it was put right: a file is away, or a rule did not run."""
    RESOLVED = "已解决"
    STOPPED = "不再提醒"
    """It left for a reason that is no merit of anybody's: waived, handed over, out of force."""


@dataclass(frozen=True, slots=True)
class Item:
    """A matter as one person is told of it. `age` counts working days since it was first seen,
    or since its event where that was earlier; `overdue` counts those after `due` (0: in time).
    """

    matter: Matter
    standing: Standing
    first_seen: date
    age: int = 0
    overdue: int = 0
    reason: str = ""
    """Why it is UNVERIFIED or STOPPED."""


@dataclass(frozen=True, slots=True)
class Agenda:
    """All that one person is told on a day, each list in the order in which it is read.

    `today` are matters whose time limit ends on the day. A matter stands in one list only.
    """

    person: str
    as_of: date
    new: Sequence[Item] = ()
    today: Sequence[Item] = ()
    open: Sequence[Item] = ()
    resolved: Sequence[Item] = ()
    stopped: Sequence[Item] = ()
    unverified: Sequence[Item] = ()
    history: int = 0
    """Findings before 启用日期, all together (the managers' agenda only)."""

    @property
    def pending(self) -> list[Item]:
        """What is still to be done."""
        return [*self.new, *self.today, *self.open]

    def __bool__(self) -> bool:
        return bool(self.pending or self.resolved or self.stopped or self.unverified)


@dataclass(frozen=True, slots=True)
class Load:
    """One person's line of the overview; `oldest` in working days."""

    person: str
    new: int = 0
    open: int = 0
    overdue: int = 0
    resolved: int = 0
    oldest: int = 0
    address: str = ""


@dataclass(frozen=True, slots=True)
class Overview:
    """What the managers are told: everybody's load, what is open too long, what is nobody's.

    `long_open` are matters older than P12 (`limit` as it is printed, e.g. 参数P12＝5工作日).
    `notices` are sentences about the run itself: channels that failed, missed runs, files that
    could not be read, a calendar that does not know the year.
    """

    as_of: date
    loads: Sequence[Load]
    long_open: Sequence[Item]
    unassigned: Sequence[Item]
    limit: str = ""
    stopped: Sequence[Item] = ()
    notices: Sequence[str] = ()
    history: int = 0


@dataclass(frozen=True, slots=True)
class Digest:
    """A message for one recipient, rendered once for every kind of channel.

    `lines` is the plain text in pieces that must not be torn: a channel with a size limit splits
    between them. `ids` are the matters that it tells of.
    """

    recipient: str
    subject: str
    lines: Sequence[str]
    html: str
    ids: Sequence[str] = ()

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


@dataclass(frozen=True, slots=True)
class ChannelSetting:
    """A line of 部门配置/通知渠道. `secret` is the name of an environment variable or keyring
    entry, never the secret itself.
    """

    name: str
    """Tells channels apart in logs and state, e.g. 邮件 or 企业微信-经理."""
    kind: str
    """邮件, 企业微信, 钉钉 or 飞书."""
    recipient: str = ""
    """Webhooks: a person, or 经理 for the overview. Mail: '' (everybody gets his own)."""
    server: str = ""
    port: int = 0
    security: str = "STARTTLS"
    """STARTTLS, SSL or 无."""
    sender: str = ""
    user: str = ""
    secret: str = ""
    signing_secret: str = ""
    """钉钉 and 飞书 robots may demand signatures: the name of that second secret."""


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What is printed about the run that wrote a file or a digest."""

    department: str
    job: str
    generated: datetime
    notices: Sequence[str] = field(default=())
