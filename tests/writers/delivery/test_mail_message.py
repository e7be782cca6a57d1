"""The mail of a digest: both texts, no header that a cell could forge, equal bytes every time."""

from datetime import datetime
from email import message_from_bytes
from email.headerregistry import Address
from email.policy import default

from tests.writers.delivery.channels import START, a_digest
from toolkit.writers.delivery.mail import compose

SENDER = Address("技术支持部", addr_spec="support@example.com")


def mail(digest=None, address="yanshi@example.com", message_id="1", when=START):
    return compose(digest or a_digest(), SENDER, address, message_id, when)


def parsed(data: bytes):
    return message_from_bytes(data, policy=default)


def test_text_and_html_for_one_person():
    message = parsed(mail())
    assert message["To"].addresses[0] == Address("周演示", addr_spec="yanshi@example.com")
    assert message["From"].addresses[0] == SENDER
    assert message["Subject"] == "【待办】周演示：1 项（2026-11-30）"
    assert message["Date"].datetime == START
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_body(("plain",)).get_content().splitlines() == list(a_digest().lines)
    assert "<br>" in message.get_body(("html",)).get_content()
    for part in message.iter_parts():
        assert part["Content-Transfer-Encoding"] == "base64"


def test_nothing_but_ascii_and_crlf_goes_out():
    data = mail()
    assert data.isascii()
    assert data.replace(b"\r\n", b"").count(b"\n") == 0
    assert max(map(len, data.split(b"\r\n"))) <= 998


def test_equal_digests_are_equal_mails():
    assert mail() == mail()
    identities = {
        parsed(mail(message_id=number, address=address))["Message-ID"]
        for number in "12"
        for address in ("yanshi@example.com", "yangben@example.com")
    }
    assert len(identities) == 4
    assert all(identity.endswith("@example.com>") for identity in identities)
    later = START.replace(hour=17)
    assert parsed(mail(when=later))["Message-ID"] == parsed(mail())["Message-ID"]


def test_a_clock_without_time_zone_is_local_time():
    moment = datetime(2026, 11, 30, 8, 30)
    assert parsed(mail(when=moment))["Date"].datetime == moment.astimezone()


def test_no_cell_forges_a_header():
    digest = a_digest("周演示\r\nBcc: alle@example.com", lines=("a\udc80b", "\u202e"))
    digest = type(digest)(
        digest.recipient, "主题\r\nBcc: alle@example.com\x00", digest.lines, "<p>\udc80</p>"
    )
    message = parsed(mail(digest, message_id="\r\nBcc: alle@example.com\udc80"))
    assert message["Bcc"] is None
    assert len(message["To"].addresses) == 1
    assert message["Subject"] == "主题 Bcc: alle@example.com"
