"""Passwords and mails leave the computer encrypted, to the server that was meant, or not at all."""

import logging
import ssl
from contextlib import closing

import pytest
import trustme

from tests.writers.delivery.channels import (
    PASSWORD,
    VARIABLE,
    Clock,
    a_digest,
    open_sender,
    refusal,
    send,
)
from tests.writers.delivery.mail_server import PostOffice, mail_server
from toolkit.model.agenda import ChannelSetting

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
SECRETS = {VARIABLE: PASSWORD}


def secured(office: PostOffice, security: str = "STARTTLS", **changes) -> ChannelSetting:
    options = {
        "name": "邮件",
        "kind": "邮件",
        "server": "127.0.0.1",
        "port": office.port,
        "security": security,
        "sender": "support@example.com",
        "secret": VARIABLE,
    }
    return ChannelSetting(**options | changes)


@pytest.fixture
def authority(tmp_path, monkeypatch) -> trustme.CA:
    """A certificate authority that this process trusts."""
    made = trustme.CA()
    path = tmp_path / "根证书.pem"
    made.cert_pem.write_to_path(str(path))
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    return made


def certificate(authority: trustme.CA, name: str = "127.0.0.1") -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


def nothing_was_told(office: PostOffice) -> None:
    assert office.letters == []
    for word in (b"AUTH", b"MAIL FROM", b"RCPT"):
        assert word not in office.wire.upper()


def test_starttls_and_login(authority):
    with mail_server(PostOffice(PASSWORD), starttls=certificate(authority)) as office:
        send(open_sender(secured(office), Clock(), SECRETS), a_digest())
    assert len(office.letters) == 1
    assert office.logins == 1
    assert b"STARTTLS" in office.wire
    assert b"MAIL FROM" not in office.wire


def test_implicit_tls_and_login(authority):
    with mail_server(PostOffice(PASSWORD), implicit=certificate(authority)) as office:
        send(open_sender(secured(office, "SSL"), Clock(), SECRETS), a_digest())
    assert (len(office.letters), office.logins) == (1, 1)


def test_starttls_without_a_password(authority):
    with mail_server(PostOffice(), starttls=certificate(authority)) as office:
        send(open_sender(secured(office, secret=""), Clock(), {}), a_digest())
    assert (len(office.letters), office.logins) == (1, 0)


def test_a_server_without_starttls_gets_neither_password_nor_mail():
    clock = Clock()
    with (
        mail_server(PostOffice(PASSWORD), auth_without_tls=True) as office,
        closing(open_sender(secured(office), clock, SECRETS)) as sender,
    ):
        error = refusal(sender, a_digest())
        assert (error.permanent, error.whole_channel) == (True, True)
        assert "没有提供 STARTTLS" in error.sentence
        refusal(sender, a_digest("李样本"))
    nothing_was_told(office)
    assert office.connections == 1
    assert clock.naps == []


def test_without_encryption_the_password_stays_here():
    with mail_server(PostOffice(PASSWORD), auth_without_tls=True) as office:
        send(open_sender(secured(office, "无"), Clock(), SECRETS), a_digest())
    assert len(office.letters) == 1
    assert office.logins == 0
    assert b"AUTH" not in office.wire.upper()


@pytest.mark.parametrize("security", ["STARTTLS", "SSL"])
@pytest.mark.parametrize("wrong", ["authority", "name"])
def test_a_wrong_certificate_gets_neither_password_nor_mail(authority, security, wrong):
    context = (
        certificate(trustme.CA()) if wrong == "authority" else certificate(authority, "other.test")
    )
    kind = "starttls" if security == "STARTTLS" else "implicit"
    with (
        mail_server(PostOffice(PASSWORD), **{kind: context}) as office,
        closing(open_sender(secured(office, security), Clock(), SECRETS)) as sender,
    ):
        error = refusal(sender, a_digest())
    assert (error.permanent, error.whole_channel) == (True, True)
    assert "证书没有通过验证" in error.sentence
    assert "SSL_CERT_FILE" in error.sentence
    nothing_was_told(office)


def test_ssl_on_a_port_that_speaks_plain_text():
    with (
        mail_server(PostOffice()) as office,
        closing(open_sender(secured(office, "SSL"), Clock(), SECRETS)) as sender,
    ):
        error = refusal(sender, a_digest())
    assert error.permanent
    assert "端口与加密方式" in error.sentence


def test_a_refused_password_stops_the_channel(authority):
    clock = Clock()
    office = PostOffice("another", auth_reply=f"535 5.7.8 Error: {PASSWORD} authentication failed")
    with (
        mail_server(office, starttls=certificate(authority)),
        closing(open_sender(secured(office), clock, SECRETS)) as sender,
    ):
        error = refusal(sender, a_digest())
        assert (error.permanent, error.whole_channel) == (True, True)
        assert "授权码" in error.sentence
        assert PASSWORD not in error.sentence
        assert "****** authentication failed" in error.sentence
        connections = office.connections
        again = refusal(sender, a_digest("李样本"))
    assert PASSWORD not in again.sentence
    assert office.connections == connections
    assert clock.naps == []


def test_a_login_that_is_refused_for_now_is_tried_again(authority):
    clock = Clock()
    office = PostOffice("another", auth_reply="454 4.7.0 Temporary authentication failure")
    with (
        mail_server(office, starttls=certificate(authority)),
        closing(open_sender(secured(office), clock, SECRETS)) as sender,
    ):
        error = refusal(sender, a_digest())
    assert (error.permanent, error.whole_channel) == (False, True)
    assert clock.naps == [5.0, 30.0]


def test_the_password_shows_up_nowhere(authority, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    office = PostOffice(PASSWORD)
    with (
        mail_server(office, starttls=certificate(authority)),
        closing(open_sender(secured(office), Clock(), SECRETS)) as sender,
    ):
        sender.send(a_digest(), "yanshi@example.com", "1")
        seen = repr(sender) + repr(vars(sender)) + repr(sender._carrier._troubles)
    out, err = capfd.readouterr()
    assert office.logins == 1
    for text in (seen, caplog.text, out, err):
        assert PASSWORD not in text
