"""What every channel has in common: its troubles, its patience, what the sender asks of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from toolkit.model.agenda import Digest
from toolkit.model.errors import ToolkitError

LATER = "未发出的内容下次运行会补发。"


class DeliveryError(ToolkitError):
    """A digest that was not delivered: which channel, what happened, what to do next.

    `permanent`: trying again is of no use before somebody has changed something.
    `whole_channel`: it concerns everybody, not this recipient or message alone; what is sent
    later in the run fails at once.
    """

    def __init__(self, sentence: str, permanent: bool, *, whole_channel: bool = False) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.permanent = permanent
        self.whole_channel = whole_channel


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why one attempt failed; it never holds a secret.

    `wait`: seconds that the other side asked for before the next attempt.
    """

    what: str
    next_step: str
    permanent: bool = False
    whole_channel: bool = True
    wait: float = 0.0


@dataclass(frozen=True, slots=True)
class Patience:
    """How long the sender waits for what (seconds)."""

    pauses: tuple[float, ...] = (5.0, 30.0)
    """Before the second, third … attempt; afterwards the digest has to wait for the next run."""
    longest_pause: float = 120.0
    """A service that asks for more is not waited for."""
    connect: float = 20.0
    answer: float = 60.0
    per_minute: int = 20
    failures_in_a_row: int = 5
    """So many digests one after the other: the channel itself is taken to be down."""


class Carrier(Protocol):
    """One kind of channel, ready to send."""

    def prepare(self, digest: Digest, address: str, message_id: str) -> Sequence[Any]:
        """The messages that make up a digest. Raises ToolkitError when it cannot be sent."""

    def deliver(self, message: Any) -> Trouble | None:
        """One attempt to send one of them; what went wrong is returned, never raised."""

    def close(self) -> None: ...
