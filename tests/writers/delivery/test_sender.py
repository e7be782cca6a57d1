"""Retries, the breaker and torn digests, with a channel that does as it is told."""

from collections import deque

import pytest

from tests.writers.delivery.channels import Clock, a_digest, fit_to_show, open_sender, refusal
from toolkit.model.agenda import ChannelSetting
from toolkit.model.errors import ToolkitError
from toolkit.writers.delivery.carrier import DeliveryError, Patience, Trouble
from toolkit.writers.delivery.sender import Sender

SETTING = ChannelSetting("企业微信-经理", "企业微信", recipient="经理")
LATER = Trouble("服务器忙", "下次再试。")
WRONG = Trouble("密钥不对", "请更新密钥。", permanent=True)
NOBODY = Trouble("查无此人", "请核对邮箱。", permanent=True, whole_channel=False)
FULL = Trouble("信箱满了", "下次再试。", whole_channel=False)


class Told:
    """A carrier that answers as told, then accepts."""

    def __init__(self, *troubles):
        self.troubles = deque(troubles)
        self.sent = []
        self.tried = 0
        self.closed = 0

    def prepare(self, digest, address, message_id):
        if address == "nowhere":
            raise ToolkitError("没有地址。", "请补上。")
        return list(digest.lines)

    def deliver(self, message):
        self.tried += 1
        trouble = self.troubles.popleft() if self.troubles else None
        if trouble is None:
            self.sent.append(message)
        return trouble

    def close(self):
        self.closed += 1


def sender_of(told: Told, clock: Clock, **patience) -> Sender:
    return Sender(SETTING, told, Patience(**patience), sleep=clock.sleep, monotonic=clock.monotonic)


def one(person: str = "周演示"):
    return a_digest(person, lines=(person,))


def test_two_failures_then_success():
    told, clock = Told(LATER, LATER), Clock()
    sender_of(told, clock).send(one(), "", "1")
    assert told.sent == ["周演示"]
    assert clock.naps == [5.0, 30.0]


def test_a_service_is_waited_for_as_long_as_it_asks_within_reason():
    told, clock = Told(Trouble("忙", "。", wait=90), Trouble("忙", "。", wait=2)), Clock()
    sender_of(told, clock).send(one(), "", "1")
    assert clock.naps == [90, 30.0]
    told, clock = Told(Trouble("忙", "下次再试。", wait=600)), Clock()
    error = refusal(sender_of(told, clock), one())
    assert (told.tried, clock.naps, error.permanent) == (1, [], False)


def test_a_permanent_failure_is_not_repeated():
    told, clock = Told(WRONG), Clock()
    error = refusal(sender_of(told, clock), one())
    assert (told.tried, clock.naps) == (1, [])
    assert error.sentence == "通知渠道“企业微信-经理”（企业微信）：密钥不对。请更新密钥。"
    assert (error.permanent, error.whole_channel) == (True, True)


@pytest.mark.parametrize("trouble", [LATER, WRONG])
def test_what_concerns_everybody_stops_the_channel_at_once(trouble):
    told, clock = Told(*[trouble] * 3), Clock()
    sender = sender_of(told, clock)
    refusal(sender, one())
    tried, naps = told.tried, list(clock.naps)
    error = refusal(sender, one("李样本"))
    assert (told.tried, clock.naps) == (tried, naps)
    assert error.permanent is trouble.permanent
    assert trouble.what in error.sentence
    assert "没有再试" in error.sentence


def test_wrong_addresses_never_stop_the_channel():
    told, clock = Told(*[NOBODY] * 50), Clock()
    sender = sender_of(told, clock)
    for _ in range(50):
        assert not refusal(sender, one()).whole_channel
        assert not refusal(sender, one(), "nowhere").whole_channel
    sender.send(one(), "", "1")
    assert told.sent == ["周演示"]
    assert clock.seconds == 1000 + 60 * (51 // 20)


def test_five_digests_in_a_row_that_have_to_wait_stop_the_channel():
    told, clock = Told(*[FULL] * 12, None, *[FULL] * 15), Clock()
    sender = sender_of(told, clock, per_minute=1000)
    for _ in range(4):
        assert not refusal(sender, one()).whole_channel
    sender.send(one(), "", "1")
    errors = [refusal(sender, one()) for _ in range(6)]
    assert [error.whole_channel for error in errors] == [False] * 4 + [True] * 2
    assert told.tried == 12 + 1 + 15


def test_a_digest_that_is_torn_says_so_and_repeats_no_part():
    told, clock = Told(None, LATER, None, WRONG), Clock()
    error = refusal(sender_of(told, clock), a_digest(lines=("甲", "乙", "丙")))
    assert told.sent == ["甲", "乙"]
    assert "共 3 段，第 3 段没有发出：密钥不对" in error.sentence


def test_attempts_count_against_the_twenty_a_minute():
    told, clock = Told(LATER), Clock()
    sender = sender_of(told, clock)
    sender.send(a_digest(lines=tuple("一二三四五六七八九十" * 2)), "", "1")
    assert len(told.sent) == 20
    assert told.tried == 21
    assert sum(clock.naps) == 60.0


def test_an_address_that_cannot_be_used_says_which_channel():
    error = refusal(sender_of(Told(), Clock()), one(), "nowhere")
    assert error.sentence == "通知渠道“企业微信-经理”（企业微信）：没有地址。请补上。"
    assert (error.permanent, error.whole_channel) == (True, False)


def test_close():
    told = Told()
    sender = sender_of(told, Clock())
    sender.close()
    assert told.closed == 1


@pytest.mark.parametrize("kind", ["", "短信", "e-mail\r\n😀"])
def test_an_unknown_kind_of_channel(kind):
    with pytest.raises(DeliveryError) as caught:
        open_sender(ChannelSetting("渠道", kind), Clock(), {})
    fit_to_show(caught.value)
    assert "请填 邮件、企业微信、钉钉 或 飞书。" in caught.value.sentence
