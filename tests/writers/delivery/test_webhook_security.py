"""A robot's token goes to its service and nowhere else: not on, not into a log or an error."""

import base64
import hashlib
import hmac
import logging
import ssl
from contextlib import closing

import pytest
import requests
import trustme

from tests.writers.delivery.channels import (
    SIGNING,
    START,
    VARIABLE,
    Clock,
    a_digest,
    fit_to_show,
    open_sender,
    refusal,
    send,
)
from tests.writers.delivery.robot_cases import (
    KINDS,
    OK,
    PATHS,
    SIGNING_SECRET,
    TOKENS,
    address,
    setting,
)
from tests.writers.delivery.robot_server import Answer, closed_port, robot_service
from toolkit.writers.delivery.carrier import DeliveryError, Patience
from toolkit.writers.delivery.quiet import hushed


@KINDS
@pytest.mark.parametrize(
    "secret",
    [
        "http://robots.example.com{path}{token}",
        "https://user:pw@robots.example.com{path}{token}",
        "https://robots.example.com{path}{token}\r\nX: y",
        "https://robots.example.com{path}",
        "https://robots.example.com/{{token}}",
        "https://",
        "ftp://robots.example.com{path}{token}",
        "bad token!{token}",
        "密{token}",
    ],
)
def test_a_malformed_secret_is_refused_and_not_repeated(kind, secret, caplog):
    caplog.set_level(logging.DEBUG)
    value = secret.format(path=PATHS[kind], token=TOKENS[kind])
    with pytest.raises(DeliveryError) as caught:
        open_sender(setting(kind), Clock(), {VARIABLE: value})
    fit_to_show(caught.value)
    assert caught.value.permanent
    assert "密钥的内容不像" in caught.value.sentence
    for text in (caught.value.sentence, repr(caught.value), caplog.text):
        assert TOKENS[kind] not in text


@KINDS
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_never_followed(kind, status):
    with robot_service(OK) as target:
        moved = Answer(b"", status, {"Location": target.url + PATHS[kind] + TOKENS[kind]})
        with robot_service(moved) as service:
            sender = open_sender(setting(kind), Clock(), address(kind, service))
            error = refusal(sender, a_digest())
    assert error.permanent
    assert "没有跟随" in error.sentence
    assert len(service.calls) == 1
    assert target.calls == []


def test_an_untrusted_certificate_gets_no_token():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    with robot_service(OK, tls=context) as service:
        sender = open_sender(setting("飞书"), Clock(), address("飞书", service))
        error = refusal(sender, a_digest())
    assert error.permanent
    assert "证书没有通过验证" in error.sentence
    assert service.calls == []


def test_dingtalk_signature():
    """As documented: HMAC-SHA256 of "timestamp\\nsecret" with the secret, base64, quoted once."""
    environment = {SIGNING: SIGNING_SECRET}
    with robot_service(OK) as service:
        robot = setting("钉钉", signing_secret=SIGNING)
        send(open_sender(robot, Clock(), address("钉钉", service) | environment), a_digest())
    (call,) = service.calls
    stamp = str(round(START.timestamp() * 1000))
    expected = hmac.new(
        SIGNING_SECRET.encode(), f"{stamp}\n{SIGNING_SECRET}".encode(), hashlib.sha256
    ).digest()
    assert call.query["timestamp"] == [stamp]
    assert call.query["sign"] == [base64.b64encode(expected).decode()]
    assert call.query["access_token"] == [TOKENS["钉钉"]]


def test_feishu_signature():
    """As documented: HMAC-SHA256 of nothing with "timestamp\\nsecret" as the key, base64."""
    environment = {SIGNING: "o3Xk-geheim"}
    with robot_service(OK) as service:
        robot = setting("飞书", signing_secret=SIGNING)
        send(open_sender(robot, Clock(), address("飞书", service) | environment), a_digest())
    (call,) = service.calls
    stamp = str(round(START.timestamp()))
    expected = hmac.new(f"{stamp}\no3Xk-geheim".encode(), b"", hashlib.sha256).digest()
    assert call.json["timestamp"] == stamp
    assert call.json["sign"] == base64.b64encode(expected).decode()


def test_an_unsigned_robot_sends_no_signature():
    with robot_service(OK) as service:
        for kind in ("钉钉", "飞书"):
            send(open_sender(setting(kind), Clock(), address(kind, service)), a_digest())
    assert all("sign" not in call.query and "sign" not in call.json for call in service.calls)


@KINDS
def test_a_missing_signing_secret_is_refused_at_once(kind):
    with pytest.raises(DeliveryError, match=SIGNING):
        open_sender(setting(kind, signing_secret=SIGNING), Clock(), {VARIABLE: TOKENS[kind]})


@KINDS
@pytest.mark.parametrize("outcome", ["ok", "refused", "garbage", "closed", "stall", "redirect"])
def test_no_secret_in_any_log_or_error(kind, outcome, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    for name in ("apprise", "urllib3", "urllib3.connectionpool", "requests"):
        caplog.set_level(logging.DEBUG, logger=name)
    secrets = (TOKENS[kind], SIGNING_SECRET)
    echo = {"errcode": 40058, "code": 40058, "errmsg": f"bad {secrets}", "msg": f"bad {secrets}"}
    answer = {
        "ok": OK,
        "refused": Answer(echo),
        "garbage": Answer(f"<html>{secrets}".encode(), 403),
        "stall": Answer(delay=0.4),
        "redirect": Answer(b"", 302, {"Location": "http://127.0.0.1:1/"}),
    }.get(outcome, OK)
    robot = setting(kind, signing_secret=SIGNING)
    with robot_service(answer) as service:
        base = f"http://127.0.0.1:{closed_port()}" if outcome == "closed" else service.url
        environment = address(kind, base) | {SIGNING: SIGNING_SECRET}
        patience = Patience(pauses=(), connect=2.0, answer=0.2)
        with closing(open_sender(robot, Clock(), environment, patience)) as sender:
            shown = [repr(sender), repr(vars(sender)), repr(sender._carrier)]
            if outcome == "ok":
                sender.send(a_digest(), "", "1")
            else:
                error = refusal(sender, a_digest())
                shown += [error.sentence, repr(error), repr(error.args)]
    for text in (*shown, caplog.text, *capfd.readouterr()):
        assert all(secret not in text for secret in secrets)
    if outcome == "refused":
        assert "******" in error.sentence


def test_hushed_is_needed_and_ends(caplog):
    """Without it the token would be in the log: the test above can fail."""
    caplog.set_level(logging.DEBUG)
    with robot_service(OK) as service:
        for _ in range(2):
            with hushed():
                requests.post(f"{service.url}/?key=quiet", timeout=5)
            requests.post(f"{service.url}/?key=loud", timeout=5)
    assert "key=quiet" not in caplog.text
    assert caplog.text.count("key=loud") == 2


@pytest.mark.parametrize("kind", ["钉钉", "飞书"])
def test_a_malformed_signing_secret_is_not_repeated(kind):
    environment = {VARIABLE: TOKENS[kind], SIGNING: "geheim 密"}
    with pytest.raises(DeliveryError, match="加签密钥的内容不对") as caught:
        open_sender(setting(kind, signing_secret=SIGNING), Clock(), environment)
    fit_to_show(caught.value)
    assert "geheim" not in caught.value.sentence
