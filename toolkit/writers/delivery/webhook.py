"""Digests to a group's robot in 企业微信, 钉钉 or 飞书."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

from apprise.exception import AppriseException

from toolkit.model.agenda import ChannelSetting, Digest
from toolkit.model.errors import ToolkitError

from .carrier import Patience, Trouble
from .quiet import hushed
from .robots import ROBOTS, Robot
from .secrets import find_secret
from .texts import printable, sendable, split_message

_ROBOT_URL = re.compile(
    r"(?P<scheme>https?)://(?P<place>(?P<host>[A-Za-z0-9._-]+)(?::\d{1,5})?)"
    r"(?P<path>/[A-Za-z0-9._~/-]*)(?:\?(?P<query>[^#\s]*))?"
)
_LOOPBACK = ("127.0.0.1", "localhost")
_TOKENS = {"企业微信": "key", "钉钉": "access_token", "飞书": ""}
"""Where a robot's URL holds its token: in the query, or ('') as the last part of the path."""
_TOKEN_FOLDER = "/v2/hook"
_KEYWORDS = {"企业微信": "key", "钉钉": "token", "飞书": "token"}
"""What apprise calls it."""
_SIGNING = re.compile(r"[!-~]+")
_MENTION = re.compile(r"<(?=at\b)", re.IGNORECASE)


@dataclass(slots=True)
class Webhook:
    """A `Carrier` for one robot."""

    robot: Robot

    @classmethod
    def open(
        cls,
        setting: ChannelSetting,
        environment: Mapping[str, str],
        patience: Patience,
        now: Callable[[], datetime],
    ) -> Webhook:
        """Raises ToolkitError when the kind is unknown or a secret is missing or malformed."""
        kind = setting.kind
        if kind not in ROBOTS:
            raise ToolkitError(
                f"“渠道”填的是“{printable(kind, 20)}”。",
                "请填 邮件、企业微信、钉钉 或 飞书。",
            )
        endpoint, token = _endpoint(kind, find_secret(setting.secret, environment))
        signing = ""
        if setting.signing_secret.strip():
            signing = find_secret(setting.signing_secret, environment)
            if not _SIGNING.fullmatch(signing):
                raise ToolkitError(
                    "加签密钥的内容不对。",
                    f"请在{kind}机器人的安全设置里重新复制加签密钥（不含空格和中文），更新该密钥。",
                )
        options: dict[str, Any] = {_KEYWORDS[kind]: token}
        with hushed(), suppress(AppriseException):  # it quotes the token: nothing may survive
            return cls(
                ROBOTS[kind](
                    endpoint=endpoint, signing=signing, patience=patience, now=now, **options
                )
            )
        raise _malformed(kind)

    def prepare(self, digest: Digest, address: str, message_id: str) -> list[str]:
        return split_message(
            _harmless(digest.subject), [_harmless(line) for line in digest.lines], self.robot.limit
        )

    def deliver(self, message: str) -> Trouble | None:
        with hushed():
            self.robot.send(message)
        return self.robot.trouble

    def close(self) -> None:
        """Every message has had its own connection."""


def _harmless(text: str) -> str:
    """飞书 would notify everybody of a group because a cell holds <at user_id="all">."""
    return _MENTION.sub("＜", sendable(text))


def _endpoint(kind: str, secret: str) -> tuple[str, str]:
    """(URL with {key} or {token} in place of the token, token); the URL is '' for a bare token.

    Any host is taken (a private deployment, a relay), in plain text this computer only.
    """
    if "://" not in secret:
        return "", secret
    found = _ROBOT_URL.fullmatch(secret)
    if found is None or (found["scheme"] == "http" and found["host"] not in _LOOPBACK):
        raise _malformed(kind)
    base, field = f"{found['scheme']}://{found['place']}", f"{{{_KEYWORDS[kind]}}}"
    if _TOKENS[kind]:
        token = parse_qs(found["query"] or "").get(_TOKENS[kind], [""])[0]
        return f"{base}{found['path']}?{_TOKENS[kind]}={field}", token
    folder, _, token = found["path"].rstrip("/").rpartition("/")
    if not folder.endswith(_TOKEN_FOLDER):
        raise _malformed(kind)
    return f"{base}{folder}/{field}", token


def _malformed(kind: str) -> ToolkitError:
    return ToolkitError(
        f"密钥的内容不像{kind}机器人的 Webhook 地址或其中的 {_TOKENS[kind] or 'token'}。",
        "请在群里重新复制机器人的 Webhook 地址（https:// 开头），更新密钥；加签密钥另设一个。",
    )
