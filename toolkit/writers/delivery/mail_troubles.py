"""What a mail server's refusal means to the people who keep the channel."""

from __future__ import annotations

import base64
import smtplib
import socket
import ssl
from dataclasses import dataclass, field

from .carrier import LATER, Trouble
from .secrets import redact
from .texts import printable

_BUSY, _TOO_BIG, _FOR_GOOD = 421, 552, 500
_TORN = (ssl.SSLEOFError, ssl.SSLZeroReturnError)


@dataclass(frozen=True, slots=True)
class MailTroubles:
    """Names the troubles of one server."""

    host: str
    port: int
    security: str
    user: str
    password: str = field(repr=False)

    def of(self, error: OSError, recipient: str) -> Trouble:
        """The trouble behind what smtplib, ssl or the system raised on the way to `recipient`."""
        match error:
            case smtplib.SMTPAuthenticationError():
                return self._login(error)
            case smtplib.SMTPRecipientsRefused():
                return self._recipient(error, recipient)
            case smtplib.SMTPResponseException():
                return self._refused(error)
            case smtplib.SMTPServerDisconnected():
                late = isinstance(error.__context__, TimeoutError)
                return self._broken("等待回复超时" if late else "连接中途断开")
            case smtplib.SMTPException():
                return self._unable()
            case ssl.SSLCertVerificationError():
                return self._certificate(error)
            case ssl.SSLError() if not isinstance(error, _TORN):
                return Trouble(
                    f"与邮件服务器 {self._place} 加密失败（{printable(error.reason or '')}）",
                    _PORTS,
                    permanent=True,
                )
            case TimeoutError():
                return self._broken("连接超时")
            case socket.gaierror():
                return self._broken("找不到这个服务器名")
        return self._broken("连接失败")

    def _broken(self, how: str) -> Trouble:
        return Trouble(
            f"邮件服务器 {self._place} {how}", f"请检查网络、防火墙和服务器名；{_PORTS}{LATER}"
        )

    def _certificate(self, error: ssl.SSLCertVerificationError) -> Trouble:
        return Trouble(
            f"邮件服务器 {self.host} 的证书没有通过验证（{printable(error.verify_message)}），"
            "没有发送密码和邮件",
            "请核对服务器名与证书；公司自签的证书，请在环境变量 SSL_CERT_FILE 写明根证书文件。",
            permanent=True,
        )

    def _login(self, error: smtplib.SMTPAuthenticationError) -> Trouble:
        said = self._said(error.smtp_code, error.smtp_error)
        if error.smtp_code < _FOR_GOOD:
            return Trouble(f"邮件服务器暂时不能登录（{said}）", LATER)
        return Trouble(
            f"邮箱用户名或密码不对，邮件服务器不让登录（{said}）",
            "请更新密钥；网易、QQ、腾讯企业邮箱等要用“授权码”或“客户端专用密码”，不是网页登录密码。",
            permanent=True,
        )

    def _recipient(self, error: smtplib.SMTPRecipientsRefused, recipient: str) -> Trouble:
        code, reply = error.recipients[recipient]
        permanent = code >= _FOR_GOOD
        return Trouble(
            f"邮件服务器拒收收件人 {recipient}（{self._said(code, reply)}）",
            "请在 部门配置.xlsx 的人员名册中核对邮箱。" if permanent else LATER,
            permanent=permanent,
            whole_channel=code == _BUSY,
        )

    def _refused(self, error: smtplib.SMTPResponseException) -> Trouble:
        code, said = error.smtp_code, self._said(error.smtp_code, error.smtp_error)
        if code < _FOR_GOOD:
            content = isinstance(error, smtplib.SMTPDataError) and code != _BUSY
            return Trouble(f"邮件服务器暂时不收邮件（{said}）", LATER, whole_channel=not content)
        if isinstance(error, smtplib.SMTPDataError) or code == _TOO_BIG:
            return Trouble(
                f"邮件服务器拒收这封邮件（{said}）",
                "请把括号里的回复交给邮件管理员。",
                permanent=True,
                whole_channel=False,
            )
        if isinstance(error, smtplib.SMTPSenderRefused):
            plain = "加密方式为“无”时不会发送密码。" if self.security == "无" else ""
            return Trouble(
                f"邮件服务器不接受发件人（{said}）",
                f"请核对“发件人”与登录用户名是否一致、有没有发信权限。{plain}",
                permanent=True,
            )
        return Trouble(
            f"邮件服务器 {self._place} 拒绝了连接（{said}）",
            "请把括号里的回复交给邮件管理员。",
            permanent=True,
        )

    def _unable(self) -> Trouble:
        """The server cannot do what the setting asks for: it is not even tried in plain text."""
        if self.security == "STARTTLS":
            return Trouble(
                f"邮件服务器 {self._place} 没有提供 STARTTLS 加密或登录，没有发送密码和邮件",
                _PORTS,
                permanent=True,
            )
        return Trouble(
            f"邮件服务器 {self._place} 不支持用户名密码登录",
            "请与邮件管理员核对端口；不用登录的服务器，请清空“密钥名”。",
            permanent=True,
        )

    def _said(self, code: int, reply: bytes | str) -> str:
        """The server's reply, short and without the password."""
        response = base64.b64encode(f"\0{self.user}\0{self.password}".encode()).decode()
        text = redact(_decoded(reply), (self.password, response))
        return f"{code} {printable(text)}".strip()

    @property
    def _place(self) -> str:
        return f"{self.host}:{self.port}"


def _decoded(reply: bytes | str) -> str:
    if isinstance(reply, str):
        return reply
    try:
        return reply.decode("utf-8")
    except UnicodeDecodeError:
        return reply.decode("gb18030", "replace")


_PORTS = "请核对端口与加密方式是否对应（通常 STARTTLS 用 587，SSL 用 465，无 用 25）。"
