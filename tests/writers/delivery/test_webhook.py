"""The three robots against a server on loopback: what arrives, and what only seems to."""

import pytest
import requests

from tests.writers.delivery.channels import (
    VARIABLE,
    Clock,
    a_digest,
    open_sender,
    refusal,
    send,
)
from tests.writers.delivery.robot_cases import (
    KINDS,
    OFFICIAL,
    OK,
    PATHS,
    TOKENS,
    address,
    setting,
    text_of,
)
from tests.writers.delivery.robot_server import Answer, closed_port, robot_service
from toolkit.writers.delivery import robots
from toolkit.writers.delivery.carrier import Patience


@KINDS
def test_a_digest_arrives(kind):
    clock = Clock()
    with robot_service(OK) as service:
        send(open_sender(setting(kind), clock, address(kind, service)), a_digest(), "")
    (call,) = service.calls
    query = "&".join(f"{name}={value}" for name, (value,) in call.query.items())
    assert call.path + ("?" + query if query else "") == PATHS[kind] + TOKENS[kind]
    assert text_of(kind, call.body) == "\n".join([a_digest().subject, *a_digest().lines])
    assert call.json.get("msgtype", call.json.get("msg_type")) == "text"
    assert b"\\u" not in call.body, "CJK goes out as UTF-8: escapes count double"
    assert clock.naps == []


@KINDS
def test_a_bare_token_goes_to_the_official_address(kind, monkeypatch):
    asked = []

    def post(url, **options):
        asked.append((url, options))
        raise requests.ConnectionError("refused")

    monkeypatch.setattr(robots.requests, "post", post)
    for secret in (TOKENS[kind], OFFICIAL[kind] + PATHS[kind] + TOKENS[kind]):
        sender = open_sender(setting(kind), Clock(), {VARIABLE: secret})
        refusal(sender, a_digest())
    assert {url for url, _ in asked} == {OFFICIAL[kind] + PATHS[kind] + TOKENS[kind]}
    assert all(not options["allow_redirects"] and options["verify"] for _, options in asked)


@KINDS
def test_200_with_a_code_is_not_delivered(kind):
    clock = Clock()
    busy = Answer({"errcode": -1, "errmsg": "system busy", "code": 11232, "msg": "limited"})
    with robot_service(OK, busy) as service:
        send(open_sender(setting(kind), clock, address(kind, service)), a_digest())
    assert len(service.calls) == 2
    assert clock.naps == [60.0 if kind == "飞书" else 5.0]


def test_a_robot_that_sends_too_fast_waits_its_minute():
    clock = Clock()
    with robot_service(
        OK, Answer({"errcode": 45009, "errmsg": "api freq out of limit"})
    ) as service:
        send(open_sender(setting("企业微信"), clock, address("企业微信", service)), a_digest())
    assert clock.naps == [60.0]


def test_ten_minutes_of_dingtalk_are_left_to_the_next_run():
    clock = Clock()
    with robot_service(Answer({"errcode": 130101, "errmsg": "send too fast"})) as service:
        sender = open_sender(setting("钉钉"), clock, address("钉钉", service))
        error = refusal(sender, a_digest())
        refusal(sender, a_digest("李样本"))
    assert (error.permanent, error.whole_channel) == (False, True)
    assert len(service.calls) == 1
    assert clock.naps == []


def test_a_refused_robot_stops_the_channel():
    clock = Clock()
    answer = Answer({"errcode": 310000, "errmsg": "keywords not in content"})
    with robot_service(answer) as service:
        sender = open_sender(setting("钉钉"), clock, address("钉钉", service))
        error = refusal(sender, a_digest())
        refusal(sender, a_digest("李样本"))
    assert (error.permanent, error.whole_channel) == (True, True)
    assert "310000 keywords not in content" in error.sentence
    assert len(service.calls) == 1


@KINDS
def test_429_is_waited_for(kind):
    clock = Clock()
    with robot_service(OK, Answer(b"", 429, {"Retry-After": "42"})) as service:
        send(open_sender(setting(kind), clock, address(kind, service)), a_digest())
    assert clock.naps == [42.0]


def test_429_for_an_hour_is_left_to_the_next_run():
    clock = Clock()
    with robot_service(Answer(b"", 429, {"Retry-After": "3600"})) as service:
        error = refusal(open_sender(setting("飞书"), clock, address("飞书", service)), a_digest())
    assert not error.permanent
    assert (len(service.calls), clock.naps) == (1, [])


@KINDS
def test_500_then_ok(kind):
    clock = Clock()
    with robot_service(OK, Answer(b"oops", 500), Answer(b"oops", 502)) as service:
        send(open_sender(setting(kind), clock, address(kind, service)), a_digest())
    assert len(service.calls) == 3
    assert clock.naps == [5.0, 30.0]


@KINDS
def test_a_server_that_stalls_is_given_up(kind):
    clock = Clock()
    patience = Patience(connect=2.0, answer=0.2)
    with robot_service(Answer(delay=0.6)) as service:
        sender = open_sender(setting(kind), clock, address(kind, service), patience)
        error = refusal(sender, a_digest())
    assert (error.permanent, error.whole_channel) == (False, True)
    assert "等待超时" in error.sentence
    assert clock.naps == [5.0, 30.0]


@KINDS
def test_nobody_listens(kind):
    clock = Clock()
    sender = open_sender(setting(kind), clock, address(kind, f"http://127.0.0.1:{closed_port()}"))
    errors = [refusal(sender, a_digest()) for _ in range(100)]
    assert clock.naps == [5.0, 30.0]
    assert {(e.permanent, e.whole_channel) for e in errors} == {(False, True)}
    assert "连接失败" in errors[0].sentence


@KINDS
@pytest.mark.parametrize(
    "answer",
    [
        Answer(b"<html>\xe7\x99\xbb\xe5\xbd\x95</html>"),
        Answer(b"x" * 3_000_000),
        Answer(b"junk", headers={"Content-Encoding": "gzip"}),
        Answer(b""),
    ],
    ids=["html", "huge", "broken encoding", "empty"],
)
def test_a_garbage_answer_is_no_success(kind, answer):
    with robot_service(answer) as service:
        sender = open_sender(setting(kind), Clock(), address(kind, service))
        error = refusal(sender, a_digest())
    assert not error.permanent
    assert len(service.calls) == 3


@KINDS
def test_long_digests_are_split_below_what_the_service_takes(kind):
    lines = tuple(f"{n}. {'跟踪记录缺少支持人😀' * 8}" for n in range(1, 301))
    clock = Clock()
    with robot_service(OK) as service:
        send(open_sender(setting(kind), clock, address(kind, service)), a_digest(lines=lines))
    texts = [text_of(kind, call.body) for call in service.calls]
    told = [line for text in texts for line in text.split("\n")[1:]]
    assert tuple(told) == lines
    headings = [text.split("\n")[0] for text in texts]
    assert headings == [
        f"{a_digest().subject}（{n}/{len(texts)}）" for n in range(1, len(texts) + 1)
    ]
    if kind == "企业微信":
        assert max(len(text.encode()) for text in texts) <= 2048
        assert len(texts) > 20
        assert sum(clock.naps) >= 60
    else:
        assert max(len(call.body) for call in service.calls) <= 20_000
        assert len(texts) < 6


def test_a_cell_cannot_notify_everybody():
    digest = a_digest(lines=('<at user_id="all">所有人</at>', "<AT id=all>", "<attach>"))
    with robot_service(OK) as service:
        send(open_sender(setting("飞书"), Clock(), address("飞书", service)), digest)
    text = text_of("飞书", service.calls[0].body)
    assert text.split("\n")[1:] == ['＜at user_id="all">所有人</at>', "＜AT id=all>", "<attach>"]
