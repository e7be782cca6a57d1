"""What a run works with: the real readers, writers and channels, or those of a test."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from toolkit.model.agenda import Agenda, ChannelSetting, Digest, Overview, RunFacts
from toolkit.regulation.department import Department
from toolkit.regulation.period import Period
from toolkit.workflows.agenda import Outlook
from toolkit.workflows.check import Checked, Progress


class Channel(Protocol):
    """An open channel (`writers.delivery.sender.Sender`)."""

    def send(self, digest: Digest, address: str, message_id: str) -> None:
        """Deliver. Raises DeliveryError, a ToolkitError."""

    def close(self) -> None: ...


class Opener(Protocol):
    def __call__(
        self,
        setting: ChannelSetting,
        environment: Mapping[str, str],
        *,
        sleep: Callable[[float], None],
        monotonic: Callable[[], float],
        now: Callable[[], datetime],
    ) -> Channel: ...


def _check(
    folder: Path, today: date, progress: Progress | None, cache: Path | None = None
) -> Checked:
    from toolkit.workflows.check import check_folder

    return check_folder(folder, today=today, as_of=today, progress=progress, cache=cache)


def _outlook(checked: Checked) -> Outlook:
    from toolkit.workflows.agenda import department_outlook

    return department_outlook(checked)


def _channels(department: Department) -> Sequence[ChannelSetting]:
    from toolkit.regulation.channels import channel_settings

    return channel_settings(department)


def _addresses(department: Department) -> Mapping[str, str]:
    from toolkit.workflows.remind import mail_addresses

    return mail_addresses(department)


def _write_agenda(path: Path, agenda: Agenda, facts: RunFacts, base: Path) -> None:
    from toolkit.writers.agenda.person_workbook import write_agenda

    write_agenda(path, agenda, facts, base=base)


def _write_overview(
    path: Path, overview: Overview, facts: RunFacts, base: Path, names: Mapping[str, str]
) -> None:
    from toolkit.writers.agenda.overview_workbook import write_overview

    write_overview(path, overview, facts, base=base, names=names)


def _render_agenda(agenda: Agenda, facts: RunFacts, file: str) -> Digest:
    from toolkit.writers.agenda.digests import render_agenda

    return render_agenda(agenda, facts, file=file)


def _render_overview(overview: Overview, facts: RunFacts) -> Digest:
    from toolkit.writers.agenda.digests import render_overview

    return render_overview(overview, facts)


def _open_channel(
    setting: ChannelSetting, environment: Mapping[str, str], **clocks: Any
) -> Channel:
    from toolkit.writers.delivery.sender import Sender

    return Sender.open(setting, environment, **clocks)


def _publish_report(checked: Checked, target: Path, period: Period, now: datetime) -> None:
    from toolkit.workflows.consolidate import publish_report
    from toolkit.workflows.targets import demand_report_target

    demand_report_target(target)
    publish_report(checked, target, period, now)


@dataclass(frozen=True, slots=True)
class Tools:
    """Everything heavy is imported when it is called."""

    check: Callable[[Path, date, Progress | None], Checked] = _check
    outlook: Callable[[Checked], Outlook] = _outlook
    channels: Callable[[Department], Sequence[ChannelSetting]] = _channels
    addresses: Callable[[Department], Mapping[str, str]] = _addresses
    write_agenda: Callable[[Path, Agenda, RunFacts, Path], None] = _write_agenda
    write_overview: Callable[[Path, Overview, RunFacts, Path, Mapping[str, str]], None] = (
        _write_overview
    )
    render_agenda: Callable[[Agenda, RunFacts, str], Digest] = _render_agenda
    render_overview: Callable[[Overview, RunFacts], Digest] = _render_overview
    open_channel: Opener = _open_channel
    publish_report: Callable[[Checked, Path, Period, datetime], None] = _publish_report

    @classmethod
    def with_cache(cls, cache: Path | None) -> Tools:
        """The real ones; what was read is kept in `cache`, a folder of the user."""
        return cls(check=partial(_check, cache=cache))
