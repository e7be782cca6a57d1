"""A department on paper: scripted matters, channels that only note, real records on the disk."""

from __future__ import annotations

import datetime as dt
import json
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from tests.departments import build
from toolkit.model.agenda import Agenda, ChannelSetting, Digest, Item, Matter, Overview, RunFacts
from toolkit.model.dossier import Source, Status
from toolkit.model.errors import ToolkitError
from toolkit.model.finding import CheckResult
from toolkit.regulation.department import Department
from toolkit.workflows.agenda import Outlook
from toolkit.workflows.check import Checked
from toolkit.workflows.nightly.journal import Intent, Outcome
from toolkit.workflows.nightly.memory import State
from toolkit.workflows.nightly.places import Places
from toolkit.workflows.nightly.report import RunReport
from toolkit.workflows.nightly.run import run_jobs
from toolkit.workflows.nightly.state import read_state
from toolkit.workflows.nightly.tools import Tools

MAIL = ChannelSetting("邮件", "邮件", server="smtp.example.com", sender="jobs@example.com")
MANAGER, ENGINEER, OTHER = "何协调", "周演示", "李样本"
ADDRESSES = {
    MANAGER: "manager@example.com",
    ENGINEER: "engineer@example.com",
    OTHER: "other@example.com",
}
FILE, OTHER_FILE = "02_跟踪表/项目跟踪表_周演示.xlsx", "02_跟踪表/项目跟踪表_李样本.xlsx"
CONFIGURATION = "部门配置.xlsx"
# 2026-10-12 is a Monday after the National Day holidays; 10-10 (Saturday) is worked
MONDAY, EVENING, TUESDAY = "2026-10-12T08:30", "2026-10-12T17:30", "2026-10-13T08:30"


class RefusedError(ToolkitError):
    """As the sender's DeliveryError."""

    def __init__(self, sentence: str, whole_channel: bool = False) -> None:
        super().__init__(sentence)
        self.whole_channel = whole_channel


@cache
def _department() -> Department:
    """Three people and their manager; as_of is changed by `on`."""
    return build(
        {
            "roster": [
                {"name": MANAGER, "department": "售前", "mail": ADDRESSES[MANAGER]},
                {"name": ENGINEER, "department": "售前", "mail": ADDRESSES[ENGINEER]},
                {"name": OTHER, "department": "售前", "mail": ADDRESSES[OTHER]},
                {"name": "王假设", "department": "售前", "left": "2026-09-30"},
            ],
            "roles": [{"role": "售前经理", "holder": MANAGER}],
            # what has no last day of its own gets one that these tests never reach
            "parameters": [{"parameter": "P42", "value": "400"}],
        },
        as_of=dt.date(2026, 10, 12),
    )


def matter(name: str, owner: str = ENGINEER, **more: Any) -> Matter:
    """A matter with the id `name`, in the owner's own file."""
    path = {ENGINEER: FILE, OTHER: OTHER_FILE}.get(owner, CONFIGURATION)
    rule = more.pop("rule", "X34")
    return Matter(**{
        "id": name, "rule": rule, "owner": owner, "message": f"{name}没有填写。",
        "hint": "请补填。", "path": path, "sheet": "跟踪记录", "cell": "A2", **more,
    })  # fmt: skip


@dataclass(frozen=True, slots=True)
class Received:
    """A digest that arrived."""

    channel: str
    address: str
    message: str
    recipient: str
    ids: tuple[str, ...]
    text: str
    day: str = ""
    """The day of the run."""

    @property
    def periods(self) -> list[tuple[str, str, str, str]]:
        """Channel, recipient, day and job, for each job that it was sent for."""
        jobs = self.text.split()[0].split("、")
        return [(self.channel, self.recipient + self.address, self.day, job) for job in jobs]


def most_in_a_period(received: Sequence[Received]) -> int:
    """How many digests one recipient got in one period, at most."""
    return max(Counter(each for one in received for each in one.periods).values(), default=0)


@dataclass(slots=True)
class Desk:
    """What the department looks like now; change it between the runs."""

    folder: Path
    matters: list[Matter] = field(default_factory=list)
    pending: dict[str, dt.date] = field(default_factory=dict)
    files: dict[str, str] = field(
        default_factory=lambda: {CONFIGURATION: "c1", FILE: "a1", OTHER_FILE: "b1"}
    )
    """Files that are read -> fingerprint."""
    closed: dict[str, str] = field(default_factory=dict)
    result: CheckResult = field(default_factory=CheckResult)
    channels: list[ChannelSetting] = field(default_factory=lambda: [MAIL])
    addresses: dict[str, str] = field(default_factory=lambda: dict(ADDRESSES))
    own_days: dict[dt.date, bool] = field(default_factory=dict)
    refuse: Callable[[ChannelSetting, Digest], ToolkitError | None] = lambda setting, digest: None
    received: list[Received] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)
    box: Path | None = None
    """A file that takes the place of `received` where the run is another process."""
    on_check: Callable[[], None] = lambda: None
    today: str = ""
    changed: dict[str, Any] = field(default_factory=dict)
    """Fields of Tools that are others."""
    department: Callable[[], Department] = _department

    @property
    def places(self) -> Places:
        return Places(self.folder)

    def refuse_for(self, recipient: str, sentence: str) -> None:
        """From now on nothing gets to one recipient."""

        def refuse(setting: ChannelSetting, digest: Digest) -> ToolkitError | None:
            return RefusedError(sentence) if digest.recipient == recipient else None

        self.refuse = refuse

    def run(self, when: str, **more: Any) -> RunReport:
        """One start of the job at a local time."""
        moment = dt.datetime.fromisoformat(when)
        self.today = when[:10]
        return run_jobs(
            self.folder, now=moment, environment={}, sleep=self.slept.append,
            monotonic=lambda: 0.0, tools=self.tools(), wait=0.2, **more,
        )  # fmt: skip

    def day(self, day: str) -> None:
        """Both runs of an ordinary day."""
        self.run(f"{day}T08:30")
        self.run(f"{day}T17:30")

    def state(self) -> State:
        found = read_state(self.places.state)
        assert found is not None
        return found

    def take(self) -> list[Received]:
        """What arrived since the last look."""
        if self.box is not None:
            lines = self.box.read_text("utf-8").splitlines() if self.box.exists() else []
            self.box.write_text("", "utf-8")
            return [Received(**{**raw, "ids": tuple(raw["ids"])}) for raw in map(json.loads, lines)]
        taken, self.received = self.received, []
        return taken

    def heard(self) -> dict[str, dict[str, str]]:
        """Recipient -> id -> list in which it stood, of what arrived since the last look."""
        found: dict[str, dict[str, str]] = {}
        for each in self.take():
            told = dict(pair.split("@") for pair in each.ids)
            found.setdefault(each.recipient, {}).update(told)
        return found

    def tools(self) -> Tools:
        return replace(
            Tools(
                check=self._check,
                outlook=lambda checked: Outlook(list(self.matters), dict(self.pending)),
                channels=lambda department: list(self.channels),
                addresses=lambda department: dict(self.addresses),
                write_agenda=_write,
                write_overview=_write,
                render_agenda=_render_agenda,
                render_overview=_render_overview,
                open_channel=lambda setting, environment, **clocks: _Channel(self, setting),
                publish_report=_publish_report,
            ),
            **self.changed,
        )

    def _check(self, folder: Path, today: dt.date, progress: object) -> Checked:
        self.on_check()
        department = self.department().on(today)
        dossier = replace(
            department.dossier,
            sources=[
                *(
                    Source(path, form="G19" if path == CONFIGURATION else "F02", fingerprint=print_)
                    for path, print_ in self.files.items()
                ),
                *(
                    Source(path, Status.UNREADABLE, reason)
                    for path, reason in self.closed.items()
                ),
            ],
        )  # fmt: skip
        days = {
            "day": pd.to_datetime(list(self.own_days)),
            "kind": ["上班" if worked else "休息" for worked in self.own_days.values()],
        }
        dossier.frames = {**dossier.frames, "calendar": pd.DataFrame(days)}
        department.dossier = dossier
        department.calendar = type(department.calendar)(self.own_days)
        return Checked.of(folder, department, self.result)


class _Channel:
    def __init__(self, desk: Desk, setting: ChannelSetting) -> None:
        self._desk = desk
        self._setting = setting

    def send(self, digest: Digest, address: str, message_id: str) -> None:
        error = self._desk.refuse(self._setting, digest)
        if error is not None:
            raise error
        channel, ids = self._setting.name, tuple(digest.ids)
        arrived = Received(
            channel, address, message_id, digest.recipient, ids, digest.text, self._desk.today
        )
        if self._desk.box is None:
            self._desk.received.append(arrived)
            return
        line = asdict(arrived)
        with self._desk.box.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(line, ensure_ascii=False) + "\n")

    def close(self) -> None:
        pass


def _write(
    path: Path, shown: Agenda | Overview, facts: RunFacts, base: Path, *more: object
) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("content.txt", "\n".join(_ids(shown)) + "\n" + str(shown))


def _publish_report(checked: Checked, target: Path, period: Any, now: dt.datetime) -> None:
    from toolkit.writers.files import publish

    with publish(target) as temporary, zipfile.ZipFile(temporary, "w") as archive:
        archive.writestr("period.txt", period.label)


def content(path: Path) -> str:
    """What stands in a workbook of ours."""
    with zipfile.ZipFile(path) as archive:
        return archive.read(archive.namelist()[0]).decode()


def _ids(shown: Agenda | Overview) -> list[str]:
    names = (
        ("new", "today", "open", "resolved", "stopped", "unverified")
        if isinstance(shown, Agenda)
        else ("long_open", "unassigned", "stopped")
    )
    return [f"{item.matter.id}@{name}" for name in names for item in getattr(shown, name)]


def _render_agenda(agenda: Agenda, facts: RunFacts, file: str) -> Digest:
    items: Sequence[Item] = (*agenda.pending, *agenda.stopped, *agenda.unverified)
    lines = [f"{facts.job} {file}", *(f"{i.matter.id} {i.reason}" for i in items), *facts.notices]
    return Digest(agenda.person, f"{agenda.person}的待办", lines, "<p>…</p>", _ids(agenda))


def _render_overview(overview: Overview, facts: RunFacts) -> Digest:
    lines = [facts.job, *(load.person for load in overview.loads), *overview.notices]
    return Digest("经理", "总览", lines, "<p>…</p>", _ids(overview))


def make_desk(folder: Path, **changed: Any) -> Desk:
    """A desk whose folder is there and not empty."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / CONFIGURATION).write_bytes(b"not read: the desk answers for it")
    return Desk(folder, **changed)


def intent(message: str, tells: Sequence[str] = (), **more: Any) -> Intent:
    """An intent of the morning of 2026-10-12 to 周演示."""
    standard: Mapping[str, Any] = {
        "channel": "邮件", "recipient": ENGINEER, "periods": (("morning", "2026-10-12"),),
        "day": dt.date(2026, 10, 12), "closes": (), "reminds": True,
    }  # fmt: skip
    return Intent(message=message, tells=tuple(tells), **{**standard, **more})


def outcome(message: str, delivered: bool = True, sentence: str = "") -> Outcome:
    return Outcome(message, delivered, sentence)
