"""A mail server on loopback that can be told to misbehave."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


@dataclass
class PostOffice:
    """What the server has received, and what it answers.

    `rcpt`, `mail`, `data`: answers for the next commands of that kind in turn; '' accepts,
    'drop' breaks the connection, 'stall' lets the client wait. Afterwards all is accepted.
    """

    password: str = ""
    rcpt: list[str] = field(default_factory=list)
    mail: list[str] = field(default_factory=list)
    data: list[str] = field(default_factory=list)
    auth_reply: str = "535 5.7.8 Authentication failed"
    per_connection: int = 0
    """So many mails, then it hangs up (0: any number)."""
    port: int = 0
    letters: list[tuple[str, list[str], bytes]] = field(default_factory=list)
    attempts: int = 0
    connections: int = 0
    logins: int = 0
    wire: bytearray = field(default_factory=bytearray)
    """What came over the network, before it was decrypted."""

    @property
    def messages(self) -> list[EmailMessage]:
        return [message_from_bytes(data, policy=default) for _, _, data in self.letters]

    async def handle_MAIL(  # noqa: N802 (aiosmtpd calls it so)
        self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        self.attempts += 1
        reply = await self._act(self.mail, server)
        if reply:
            return reply
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        reply = await self._act(self.rcpt, server)
        if reply:
            return reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Any, envelope: Any
    ) -> str:
        reply = await self._act(self.data, server)
        if reply:
            return reply
        self.letters.append((envelope.mail_from, list(envelope.rcpt_tos), envelope.content))
        if self.per_connection and len(self.letters) % self.per_connection == 0:
            asyncio.get_running_loop().call_later(0.02, server.transport.close)
        return "250 OK"

    def authenticate(self, server, session, envelope, mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        if data.password.decode() == self.password:
            self.logins += 1
            return AuthResult(success=True)
        return AuthResult(success=False, handled=False, message=self.auth_reply)

    async def _act(self, script: list[str], server: SMTP) -> str:
        action = script.pop(0) if script else ""
        if action == "drop":
            server.transport.abort()
            return "421 bye"
        if action == "stall":
            await asyncio.sleep(8)
        return action if action != "stall" else "250 OK"


class _Server(Controller):
    """Takes a free port and writes down what it hears."""

    def factory(self) -> SMTP:
        office: PostOffice = self.handler

        class Protocol(SMTP):
            def connection_made(self, transport):
                office.connections += 1
                super().connection_made(transport)

            def data_received(self, data: bytes) -> None:
                office.wire += data
                super().data_received(data)

        return Protocol(self.handler, **self.SMTP_kwargs)

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def mail_server(
    office: PostOffice,
    *,
    starttls: ssl.SSLContext | None = None,
    implicit: ssl.SSLContext | None = None,
    auth_without_tls: bool = False,
) -> Iterator[PostOffice]:
    """Serve until the block ends; the port is in `office.port`."""
    options: dict[str, Any] = {"tls_context": starttls, "require_starttls": starttls is not None}
    if office.password:
        plain = auth_without_tls or implicit is not None
        options |= {"authenticator": office.authenticate, "auth_require_tls": not plain}
        options["auth_required"] = not auth_without_tls
    server = _Server(office, hostname="127.0.0.1", port=0, ssl_context=implicit, **options)
    server.start()
    office.port = server.port
    office.connections = 0  # the one that looked whether the server is up
    office.wire.clear()
    try:
        yield office
    finally:
        server.stop()
