"""One channel for one run: throttled, retried, and given up where going on would be of no use."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from toolkit.model.agenda import ChannelSetting, Digest
from toolkit.model.errors import ToolkitError

from .carrier import Carrier, DeliveryError, Patience, Trouble
from .texts import printable
from .throttle import Throttle

__all__ = ["DeliveryError", "Patience", "Sender"]

_MAIL = "邮件"


class Sender:
    """Sends digests through one channel; `close` it when the run is over.

    A digest whose answer got lost is sent again: it may arrive twice, but never not at all.
    """

    def __init__(
        self,
        setting: ChannelSetting,
        carrier: Carrier,
        patience: Patience,
        *,
        sleep: Callable[[float], None],
        monotonic: Callable[[], float],
    ) -> None:
        self._title = _title(setting)
        self._carrier = carrier
        self._patience = patience
        self._sleep = sleep
        self._throttle = Throttle(patience.per_minute, monotonic, sleep)
        self._down: Trouble | None = None
        self._failures = 0

    @classmethod
    def open(
        cls,
        setting: ChannelSetting,
        environment: Mapping[str, str],
        *,
        sleep: Callable[[float], None],
        monotonic: Callable[[], float],
        now: Callable[[], datetime],
        patience: Patience | None = None,
    ) -> Sender:
        """Read the setting and find its secrets; nothing is connected before the first digest.

        `now` tells local time (dates of mails, signatures of robots). Raises DeliveryError when
        the setting cannot work.
        """
        patience = patience or Patience()
        try:
            carrier = _carrier(setting, environment, patience, now)
        except ToolkitError as error:
            refusal = str(error)
        else:
            return cls(setting, carrier, patience, sleep=sleep, monotonic=monotonic)
        raise DeliveryError(f"{_title(setting)}：{refusal}", True, whole_channel=True)

    def send(self, digest: Digest, address: str, message_id: str) -> None:
        """Deliver a digest; `address` counts for mail only.

        `message_id` names the digest: the same one twice is the same mail to a mail server.
        Raises DeliveryError when it was not delivered, or not wholly.
        """
        if self._down is not None:
            what = f"本次运行中已经失败（{self._down.what}），没有再试"
            raise self._error(self._down, what)
        try:
            messages = self._carrier.prepare(digest, address, message_id)
        except ToolkitError as error:
            refusal = str(error)
        else:
            self._send_all(messages)
            return
        raise DeliveryError(f"{self._title}：{refusal}", True)

    def close(self) -> None:
        """Say goodbye to the server; never raises."""
        self._carrier.close()

    def _send_all(self, messages: Sequence[Any]) -> None:
        for number, message in enumerate(messages, 1):
            trouble = self._with_retries(message)
            if trouble is not None:
                self._count(trouble)
                what = trouble.what
                if len(messages) > 1:
                    what = f"共 {len(messages)} 段，第 {number} 段没有发出：{what}"
                raise self._error(trouble, what)
        self._failures = 0

    def _with_retries(self, message: Any) -> Trouble | None:
        for pause in (*self._patience.pauses, None):
            with self._throttle:
                trouble = self._carrier.deliver(message)
            if trouble is None or trouble.permanent or pause is None:
                break
            if trouble.wait > self._patience.longest_pause:
                break
            self._sleep(max(pause, trouble.wait))
        return trouble

    def _count(self, trouble: Trouble) -> None:
        # somebody's wrong address says nothing about the channel
        self._failures += not trouble.permanent
        if trouble.whole_channel or self._failures >= self._patience.failures_in_a_row:
            self._down = trouble

    def _error(self, trouble: Trouble, what: str) -> DeliveryError:
        sentence = f"{self._title}：{what}。{trouble.next_step}"
        return DeliveryError(sentence, trouble.permanent, whole_channel=self._down is not None)


def _title(setting: ChannelSetting) -> str:
    return f"通知渠道“{printable(setting.name, 40)}”（{printable(setting.kind, 20)}）"


def _carrier(
    setting: ChannelSetting,
    environment: Mapping[str, str],
    patience: Patience,
    now: Callable[[], datetime],
) -> Carrier:
    if setting.kind == _MAIL:
        from .mail import Mailer

        return Mailer.open(setting, environment, patience, now)
    from .webhook import Webhook

    return Webhook.open(setting, environment, patience, now)
