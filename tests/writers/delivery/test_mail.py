"""Mail against a server on loopback that accepts, refuses, stalls and hangs up."""

import socket
import time
from contextlib import closing

import pytest

from tests.amounts import LONG
from tests.writers.delivery.channels import (
    VARIABLE,
    Clock,
    a_digest,
    fit_to_show,
    open_sender,
    refusal,
    send,
)
from tests.writers.delivery.mail_server import PostOffice, mail_server
from tests.writers.delivery.robot_server import closed_port
from toolkit.model.agenda import ChannelSetting
from toolkit.writers.delivery.carrier import DeliveryError, Patience
from toolkit.writers.delivery.mail_troubles import MailTroubles


def _until(reached) -> None:
    for _ in range(200):
        if reached():
            time.sleep(0.05)  # the server hangs up just after the answer
            return
        time.sleep(0.01)
    raise AssertionError("the server did not get that far")


def plain(office: PostOffice, **changes) -> ChannelSetting:
    options = {
        "name": "邮件",
        "kind": "邮件",
        "server": "127.0.0.1",
        "port": office.port,
        "security": "无",
        "sender": "技术支持部 <support@example.com>",
    }
    return ChannelSetting(**options | changes)


def test_one_mail_arrives():
    clock = Clock()
    with mail_server(PostOffice()) as office:
        send(open_sender(plain(office), clock, {}), a_digest())
    ((sender, recipients, _),) = office.letters
    assert (sender, recipients) == ("support@example.com", ["yanshi@example.com"])
    assert "跟踪记录!G17 请填" in office.messages[0].get_body(("plain",)).get_content()
    assert clock.naps == []


@LONG
def test_a_thousand_people_one_connection():
    clock = Clock()
    with (
        mail_server(PostOffice()) as office,
        closing(open_sender(plain(office), clock, {})) as sender,
    ):
        for number in range(1000):
            person = f"演示{number}"
            sender.send(a_digest(person), f"p{number}@example.com", person)
    assert office.connections == 1
    assert [r for _, (r,), _ in office.letters] == [f"p{n}@example.com" for n in range(1000)]
    assert len({message["Message-ID"] for message in office.messages}) == 1000
    assert sum(clock.naps) == pytest.approx(60 * (1000 // 20 - 1))


def test_a_refused_recipient_is_that_recipient_s_trouble():
    clock = Clock()
    refused = "550 5.1.1 <wu@example.com>: user unknown, 用户不存在 😀"
    with (
        mail_server(PostOffice(rcpt=[refused])) as office,
        closing(open_sender(plain(office), clock, {})) as sender,
    ):
        error = refusal(sender, a_digest(), "wu@example.com")
        assert (error.permanent, error.whole_channel) == (True, False)
        assert "拒收收件人 wu@example.com（550 5.1.1" in error.sentence
        assert "用户不存在" in error.sentence
        sender.send(a_digest("李样本"), "yangben@example.com", "2")
    assert [r for _, (r,), _ in office.letters] == ["yangben@example.com"]
    assert clock.naps == []
    assert office.connections == 1


@pytest.mark.parametrize("address", ["", "周演示", "a@b\r\nRCPT TO:<x@e.f>", "a@b.c, d@e.f"])
def test_an_unusable_address_never_reaches_the_server(address):
    with (
        mail_server(PostOffice()) as office,
        closing(open_sender(plain(office), Clock(), {})) as sender,
    ):
        error = refusal(sender, a_digest(), address)
        assert (error.permanent, error.whole_channel) == (True, False)
        assert "人员名册" in error.sentence
        sender.send(a_digest("李样本"), "yangben@example.com", "2")
    assert len(office.letters) == 1


def test_greylisting_is_waited_for():
    clock = Clock()
    with mail_server(PostOffice(rcpt=["451 4.7.1 Greylisted, try again later"])) as office:
        send(open_sender(plain(office), clock, {}), a_digest())
    assert len(office.letters) == 1
    assert clock.naps == [5.0]


def test_after_three_attempts_the_mail_waits_for_the_next_run():
    clock = Clock()
    with (
        mail_server(PostOffice(rcpt=["451 4.7.1 Greylisted"] * 3)) as office,
        closing(open_sender(plain(office), clock, {})) as sender,
    ):
        error = refusal(sender, a_digest())
        assert (error.permanent, error.whole_channel) == (False, False)
        assert "下次运行会补发" in error.sentence
        sender.send(a_digest("李样本"), "yangben@example.com", "2")
    assert clock.naps == [5.0, 30.0]
    assert office.attempts == 4


def test_a_mail_refused_for_its_content_concerns_nobody_else():
    with (
        mail_server(PostOffice(data=["554 5.7.1 looks like spam"])) as office,
        closing(open_sender(plain(office), Clock(), {})) as sender,
    ):
        error = refusal(sender, a_digest())
        assert (error.permanent, error.whole_channel) == (True, False)
        sender.send(a_digest("李样本"), "yangben@example.com", "2")
    assert office.connections == 1


def test_a_refused_sender_is_everybody_s_trouble():
    with (
        mail_server(PostOffice(mail=["530 5.7.0 Authentication required"])) as office,
        closing(open_sender(plain(office), Clock(), {})) as sender,
    ):
        error = refusal(sender, a_digest())
        assert (error.permanent, error.whole_channel) == (True, True)
        assert "加密方式为“无”时不会发送密码" in error.sentence
        again = refusal(sender, a_digest("李样本"), "yangben@example.com")
    assert again.permanent
    assert "没有再试" in again.sentence
    assert office.attempts == 1


def test_a_connection_dropped_in_the_middle_is_opened_again():
    clock = Clock()
    office = PostOffice(data=["", "drop"])
    with mail_server(office), closing(open_sender(plain(office), clock, {})) as sender:
        for number in range(3):
            sender.send(a_digest(), f"p{number}@example.com", str(number))
    assert [r for _, (r,), _ in office.letters] == [f"p{n}@example.com" for n in range(3)]
    assert office.connections == 2
    assert clock.naps == [5.0]


def test_a_server_that_hangs_up_between_mails_costs_no_waiting():
    clock = Clock()
    office = PostOffice(per_connection=1)
    with mail_server(office), closing(open_sender(plain(office), clock, {})) as sender:
        for number in range(3):
            sender.send(a_digest(), f"p{number}@example.com", str(number))
            _until(lambda seen=number: len(office.letters) == seen + 1)
    assert office.connections == 3
    assert clock.naps == []


def test_too_many_mails_for_one_connection():
    clock = Clock()
    office = PostOffice(mail=["", "421 4.7.0 too many messages"])
    with mail_server(office), closing(open_sender(plain(office), clock, {})) as sender:
        for number in range(2):
            sender.send(a_digest(), f"p{number}@example.com", str(number))
    assert len(office.letters) == 2
    assert clock.naps == [5.0]


def test_a_server_that_stalls_is_given_up():
    clock = Clock()
    office = PostOffice(data=["stall"] * 3)
    patience = Patience(connect=9.0, answer=0.2)
    begun = time.monotonic()
    with (
        mail_server(office),
        closing(open_sender(plain(office), clock, {}, patience)) as sender,
    ):
        error = refusal(sender, a_digest())
        assert (error.permanent, error.whole_channel) == (False, True)
        assert "等待回复超时" in error.sentence
        refusal(sender, a_digest("李样本"))
    assert time.monotonic() - begun < 6, "the time to connect is not the time to answer"
    assert clock.naps == [5.0, 30.0]
    assert office.attempts == 3


def test_a_dead_server_does_not_hold_up_a_thousand_people():
    clock = Clock()
    office = PostOffice(port=closed_port())
    with closing(open_sender(plain(office), clock, {})) as sender:
        errors = [refusal(sender, a_digest()) for _ in range(1000)]
    assert clock.naps == [5.0, 30.0]
    assert {(e.permanent, e.whole_channel) for e in errors} == {(False, True)}
    assert f"127.0.0.1:{office.port} 连接失败" in errors[0].sentence
    assert "没有再试" in errors[-1].sentence


def test_a_server_name_that_does_not_exist():
    trouble = MailTroubles("smtp.example.com", 25, "无", "", "").of(socket.gaierror(-2, "x"), "")
    assert (trouble.permanent, trouble.whole_channel) == (False, True)
    assert trouble.what == "邮件服务器 smtp.example.com:25 找不到这个服务器名"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"security": "TLS"}, "“加密方式”填的是“TLS”"),
        ({"server": ""}, "邮件服务器“”"),
        ({"server": "http://smtp.example.com"}, "不带 http://"),
        ({"server": "smtp.例子.中国"}, "不能用"),
        ({"server": "a..b"}, "不能用"),
        ({"port": 70000}, "端口“70000”"),
        ({"port": -1}, "端口“-1”"),
        ({"sender": "技术支持部"}, "不是邮箱地址"),
        ({"sender": ""}, "不是邮箱地址"),
        ({"security": "SSL", "secret": "TOOLKIT_NOT_THERE"}, "环境变量 TOOLKIT_NOT_THERE"),
        ({"security": "SSL", "secret": VARIABLE}, "含有中文或全角字符"),
    ],
)
def test_a_setting_that_cannot_work_is_refused_at_once(changes, words):
    with pytest.raises(DeliveryError) as caught:
        open_sender(plain(PostOffice(), **changes), Clock(), {VARIABLE: "密码"})
    fit_to_show(caught.value)
    assert caught.value.permanent
    assert words in caught.value.sentence
    assert caught.value.sentence.startswith("通知渠道“邮件”（邮件）：")
