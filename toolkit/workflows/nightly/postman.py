"""Sending, and the notes around each message: before it leaves and when it has arrived."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from toolkit.model.agenda import ChannelSetting
from toolkit.model.errors import ToolkitError

from .journal import Entry, Outcome, append
from .ledger import shown_recipient
from .memory import State
from .mishap import LOG, stumbled
from .post import Outgoing
from .tools import Channel, Tools


@dataclass(frozen=True, slots=True)
class Clocks:
    """Time as the channels need it."""

    now: Callable[[], datetime]
    sleep: Callable[[float], None]
    monotonic: Callable[[], float]


@dataclass(slots=True)
class Delivered:
    """What was sent and what was not, with the reason."""

    sent: list[Outgoing] = field(default_factory=list)
    failed: list[tuple[Outgoing, str]] = field(default_factory=list)

    def sentences(self) -> list[str]:
        """What people are told of it: one sentence for each channel and reason."""
        groups: dict[tuple[str, str], list[str]] = defaultdict(list)
        for outgoing, why in self.failed:
            who = shown_recipient(outgoing.intent.recipient)
            groups[outgoing.setting.name, why].append(who)
        return [
            f"{channel}：给{'、'.join(who[:5])}{f'等 {len(who)} 人' if len(who) > 5 else ''}"
            f"的摘要没有送达，下次运行再发。{why}"
            for (channel, why), who in groups.items()
        ]


class Postman:
    """Sends through channels that are opened once a run; `close` them at its end."""

    def __init__(
        self,
        journal: Path,
        state: State,
        environment: Mapping[str, str],
        clocks: Clocks,
        tools: Tools,
    ) -> None:
        self._journal = journal
        self._state = state
        self._environment = environment
        self._clocks = clocks
        self._tools = tools
        self._channels: dict[str, Channel] = {}
        self._down: dict[str, str] = {}
        self.unnoted = ""
        """Why nothing could be noted any more: nothing is sent then."""

    def send_all(self, post: Iterable[Outgoing]) -> Delivered:
        """Send one after the other; a failure never stops the rest."""
        done = Delivered()
        for outgoing in post:
            why = self._send(outgoing)
            if why:
                done.failed.append((outgoing, why))
            else:
                done.sent.append(outgoing)
        return done

    def close(self) -> None:
        for channel in self._channels.values():
            channel.close()

    def _send(self, outgoing: Outgoing) -> str:
        """Send one digest; returns why it was not delivered, '' when it was."""
        intent, ledgers = outgoing.intent, self._state.ledgers
        channel = None if self.unnoted else self._channel(outgoing.setting)
        if channel is not None:
            self._note(intent)
        if channel is None or self.unnoted:
            # not even begun: it may still be sent in this very period
            why = self.unnoted or self._down[outgoing.setting.name]
            ledgers.of(intent.channel, intent.recipient).fail(intent.day, why)
            return why
        ledgers.attempt(intent)
        outcome = self._try(channel, outgoing)
        ledgers.conclude(intent, outcome)
        # should this fail, the memory has it, and is lost only if that cannot be written either
        self._note(outcome)
        return outcome.sentence

    def _note(self, entry: Entry) -> None:
        try:
            append(self._journal, entry)
        except ToolkitError as error:
            self.unnoted = str(error)

    def _channel(self, setting: ChannelSetting) -> Channel | None:
        name, clocks = setting.name, self._clocks
        if name in self._down:
            return None
        if name in self._channels:
            return self._channels[name]
        try:
            self._channels[name] = self._tools.open_channel(
                setting,
                self._environment,
                sleep=clocks.sleep,
                monotonic=clocks.monotonic,
                now=clocks.now,
            )
        except ToolkitError as error:
            self._down[name] = str(error)
        except Exception as error:  # a mistake of ours with one channel must not cost the others
            LOG.exception("cannot open %s", name)
            self._down[name] = stumbled(error)
        return self._channels.get(name)

    def _try(self, channel: Channel, outgoing: Outgoing) -> Outcome:
        message = outgoing.intent.message
        try:
            channel.send(outgoing.digest, outgoing.address, message)
        except ToolkitError as error:
            if getattr(error, "whole_channel", False):
                self._down[outgoing.setting.name] = str(error)
            return Outcome(message, False, str(error))
        except Exception as error:  # a mistake of ours with one digest must not cost the others
            LOG.exception("cannot send through %s", outgoing.setting.name)
            return Outcome(message, False, stumbled(error))
        return Outcome(message, True)
