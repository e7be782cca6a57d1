"""Digests by mail: one connection to the department's SMTP server serves a whole run."""

from __future__ import annotations

import hashlib
import re
import smtplib
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr

from toolkit.model.agenda import ChannelSetting, Digest
from toolkit.model.errors import ToolkitError
from toolkit.writers.mail_drafts import usable_address
from toolkit.writers.templates import one_line

from .carrier import Patience, Trouble
from .mail_troubles import MailTroubles
from .secrets import find_secret
from .texts import printable, sendable

_STARTTLS, _SSL, _PLAIN = "STARTTLS", "SSL", "无"
_PORTS = {_STARTTLS: 587, _SSL: 465, _PLAIN: 25}
_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*|[0-9A-Fa-f:]+")
_NAME_FOR_SERVER = "[127.0.0.1]"
"""Not the computer's own name: in Chinese it could not even be sent."""
_FAREWELL = 5.0


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail ready to be sent: its envelope and its bytes (ASCII, CRLF)."""

    recipient: str
    data: bytes


def compose(
    digest: Digest, sender: Address, address: str, message_id: str, when: datetime
) -> bytes:
    """The mail of a digest: text and HTML. Equal arguments give equal bytes.

    `when` without a time zone is local time.
    """
    identity = hashlib.sha256(f"{message_id}\n{address}".encode("utf-8", "replace")).hexdigest()
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = Address(one_line(digest.recipient), addr_spec=address)
    message["Subject"] = one_line(digest.subject)
    message["Date"] = when if when.tzinfo else when.astimezone()
    message["Message-ID"] = f"<{identity[:32]}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"  # no out-of-office replies, please
    message.set_content(sendable(digest.text) + "\n", cte="base64")
    message.add_alternative(sendable(digest.html), subtype="html", cte="base64")
    # the library would draw a boundary by chance
    message.set_boundary(f"=_{identity[32:]}")
    return message.as_bytes()


@dataclass(slots=True)
class Mailer:
    """A `Carrier` that keeps its connection open between mails."""

    host: str
    port: int
    security: str
    sender: Address
    user: str
    password: str = field(repr=False)
    patience: Patience
    now: Callable[[], datetime]
    _troubles: MailTroubles = field(init=False)
    _client: smtplib.SMTP | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self._troubles = MailTroubles(self.host, self.port, self.security, self.user, self.password)

    @classmethod
    def open(
        cls,
        setting: ChannelSetting,
        environment: Mapping[str, str],
        patience: Patience,
        now: Callable[[], datetime],
    ) -> Mailer:
        """Raises ToolkitError when the setting cannot work. No password without encryption."""
        security = setting.security.strip().upper() or _STARTTLS
        if security not in _PORTS:
            raise ToolkitError(
                f"“加密方式”填的是“{printable(security, 20)}”。", "请填 STARTTLS、SSL 或 无。"
            )
        host, port = setting.server.strip(), setting.port or _PORTS[security]
        if not _HOST.fullmatch(host) or not 0 < port < 65536:
            raise ToolkitError(
                f"邮件服务器“{printable(host, 60)}”、端口“{port}”不能用。",
                "请在“邮件服务器”填服务器名（如 smtp.example.com，不带 http:// 和端口），"
                "在“端口”填数字，或留空由程序按加密方式选择。",
            )
        sender = _sender(setting)
        user, password = setting.user.strip() or sender.addr_spec, ""
        if setting.secret.strip() and security != _PLAIN:
            password = find_secret(setting.secret, environment)
        if not (user + password).isascii():
            raise ToolkitError(
                "邮箱用户名或密码含有中文或全角字符，邮件服务器收不了。", "请检查输入法后重新设置。"
            )
        return cls(host, port, security, sender, user, password, patience, now)

    def prepare(self, digest: Digest, address: str, message_id: str) -> list[Letter]:
        recipient = usable_address([address])
        if not recipient:
            raise ToolkitError(
                f"{printable(digest.recipient, 40)} 的邮箱地址“{printable(address, 60)}”不能用。",
                "请在 部门配置.xlsx 的人员名册中更正邮箱。",
            )
        return [Letter(recipient, compose(digest, self.sender, recipient, message_id, self.now()))]

    def deliver(self, message: Letter) -> Trouble | None:
        try:
            client = self._ready()
            client.sendmail(self.sender.addr_spec, [message.recipient], message.data)
        except OSError as error:  # what smtplib and ssl raise are OSErrors as well
            return self._troubles.of(error, message.recipient)
        return None

    def close(self) -> None:
        client, self._client = self._client, None
        if client is None:
            return
        with suppress(OSError):
            if client.sock is not None:
                client.sock.settimeout(_FAREWELL)
            client.quit()
        with suppress(OSError):
            client.close()

    def _ready(self) -> smtplib.SMTP:
        """The open connection if the server still answers, else a new one."""
        client, self._client = self._client, None
        if client is not None:
            # servers close idle connections, or after so many mails; smtplib closes broken ones
            with suppress(OSError):
                if client.rset()[0] == 250:
                    self._client = client
                    return client
            with suppress(OSError):
                client.close()
        self._client = self._connect()
        return self._client

    def _connect(self) -> smtplib.SMTP:
        wait = self.patience.connect
        client: smtplib.SMTP
        if self.security == _SSL:
            client = smtplib.SMTP_SSL(
                self.host, self.port, _NAME_FOR_SERVER, timeout=wait, context=_trust()
            )
        else:
            client = smtplib.SMTP(self.host, self.port, _NAME_FOR_SERVER, timeout=wait)
        try:
            if self.security == _STARTTLS:
                client.starttls(context=_trust())  # raises when the server does not offer it
            if self.password:
                client.login(self.user, self.password)
            if client.sock is not None:
                client.sock.settimeout(self.patience.answer)  # checking a mail takes its time
        except BaseException:
            client.close()
            raise
        return client


def _trust() -> ssl.SSLContext:
    """Certificates are verified; a company's own authority is named by SSL_CERT_FILE."""
    return ssl.create_default_context()


def _sender(setting: ChannelSetting) -> Address:
    name, spec = parseaddr(one_line(setting.sender or setting.user))
    spec = usable_address([spec])
    if not spec:
        raise ToolkitError(
            f"“发件人”填的是“{printable(setting.sender or setting.user, 60)}”，不是邮箱地址。",
            "请填发件邮箱，如 support@example.com 或 技术支持部 <support@example.com>。",
        )
    return Address(name, addr_spec=spec)
