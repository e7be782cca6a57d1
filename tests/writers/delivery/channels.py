"""Clock, settings and digests for the tests of delivery."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

import pytest

from toolkit.model.agenda import ChannelSetting, Digest
from toolkit.writers.delivery.carrier import DeliveryError, Patience
from toolkit.writers.delivery.sender import Sender

BEIJING = timezone(timedelta(hours=8))
START = datetime(2026, 11, 30, 8, 30, tzinfo=BEIJING)
QUICK = Patience(connect=2.0, answer=0.5)
"""For servers of the tests: real seconds are waited only for one that stalls."""
PASSWORD = "Mima-2026+geheim/x="
VARIABLE = "TOOLKIT_TEST_SECRET"
SIGNING = "TOOLKIT_TEST_SIGNING"


@dataclass
class Clock:
    """Time passes by sleeping alone."""

    seconds: float = 1000.0
    naps: list[float] = field(default_factory=list)

    def monotonic(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.naps.append(seconds)
        self.seconds += seconds

    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds - 1000.0)


def open_sender(
    setting: ChannelSetting,
    clock: Clock,
    environment: dict[str, str],
    patience: Patience = QUICK,
) -> Sender:
    return Sender.open(
        setting,
        environment,
        sleep=clock.sleep,
        monotonic=clock.monotonic,
        now=clock.now,
        patience=patience,
    )


def send(sender: Sender, digest: Digest, address: str = "yanshi@example.com", **kwargs) -> None:
    """Send and close."""
    with closing(sender):
        sender.send(digest, address, "2026-11-30/morning/周演示", **kwargs)


def refusal(sender: Sender, digest: Digest, address: str = "yanshi@example.com") -> DeliveryError:
    """The error with which the digest is not delivered; it is fit to be shown."""
    with pytest.raises(DeliveryError) as caught:
        sender.send(digest, address, "2026-11-30/morning/周演示")
    fit_to_show(caught.value)
    return caught.value


def fit_to_show(error: DeliveryError) -> None:
    """One Chinese line with a next step, printable in code page 936, nothing hidden behind it."""
    assert error.sentence == str(error)
    assert "\n" not in error.sentence
    error.sentence.encode("gbk")
    assert error.sentence.endswith("。")
    assert error.__cause__ is None
    assert error.__context__ is None


def a_digest(
    person: str = "周演示", lines: tuple[str, ...] = ("一、新增 1 项", "跟踪记录!G17 请填")
) -> Digest:
    return Digest(
        recipient=person,
        subject=f"【待办】{person}：1 项（2026-11-30）",
        lines=lines,
        html="<p>" + "<br>".join(lines) + "</p>",
        ids=("X34-3f9a2c1b",),
    )
