"""部门配置/通知渠道: which channels a department has, and what is wrong with a line of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from toolkit.model.agenda import ChannelSetting
from toolkit.model.frame_rows import rows_of
from toolkit.model.text import clean, fold

from .department import Department

MAIL = "邮件"
MANAGERS = "经理"
"""Recipient of a webhook that gets the overview instead of one person's matters."""
_SIGNED = ("钉钉", "飞书")
_NAME = re.compile(r"[A-Z][A-Z0-9_]{2,39}")
_ADDRESS = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[?[0-9A-Fa-f:]+\]?")
_PORTS = {"STARTTLS": 587, "SSL": 465, "无": 25}


@dataclass(frozen=True, slots=True)
class ChannelFault:
    """Why a line (index) is not used: the field to change, what is wrong, what to do.

    Never says what a secret's cell holds: it may be the secret itself.
    """

    index: int
    field: str
    message: str
    hint: str


def channel_settings(dept: Department) -> list[ChannelSetting]:
    """The channels that are switched on and can be used, in the order of the sheet."""
    faulty = {fault.index for fault in channel_faults(dept)}
    return [_setting(row) for row in _enabled(dept) if row.Index not in faulty]


def channel_faults(dept: Department) -> Iterator[ChannelFault]:
    """What keeps a line that is switched on from being used; blank cells are FLD-1's, too."""
    seen: dict[str, int] = {}
    for row in _enabled(dept):
        yield from _wrong_secrets(row)
        yield from _wrong_mail(row) if row.kind == MAIL else _wrong_robot(dept, row)
        name = _setting(row).name
        if seen.setdefault(name, row.Index) != row.Index:
            yield ChannelFault(
                row.Index,
                "kind",
                f"“{name}”登记了两次，只用第一行。",
                "请删去重复的一行，或把它的“启用”改为“否”。",
            )


def _enabled(dept: Department) -> list[Any]:
    lines = dept.frame("channels")
    return list(rows_of(lines[(lines["enabled"] == "是") & (lines["kind"] != "")]))


def _setting(row: Any) -> ChannelSetting:
    security = row.security or "STARTTLS"
    port = _PORTS[security] if pd.isna(row.port) else int(row.port)
    recipient = "" if row.kind == MAIL else fold(row.recipient)
    return ChannelSetting(
        name=row.kind if row.kind == MAIL else f"{row.kind}-{clean(row.recipient)}",
        kind=row.kind,
        recipient=MANAGERS if recipient == MANAGERS else clean(row.recipient) if recipient else "",
        server=clean(row.server),
        port=port,
        security=security,
        sender=clean(row.sender),
        user=clean(row.user),
        secret=clean(row.secret),
        signing_secret=clean(row.signing_secret) if row.kind in _SIGNED else "",
    )


def _wrong_secrets(row: Any) -> Iterator[ChannelFault]:
    for field, text in (("secret", row.secret), ("signing_secret", row.signing_secret)):
        if text and not _NAME.fullmatch(clean(text)):
            yield ChannelFault(
                row.Index,
                field,
                f"“{row.kind}”渠道的密钥名不合要求，这个渠道没有使用。",
                "这里只写名字（大写字母、数字和下划线，如 TOOLKIT_SMTP）。如果填的是密码或"
                "机器人地址本身，请立即删去并更换它。",
            )


def _wrong_mail(row: Any) -> Iterator[ChannelFault]:
    if not _HOST.fullmatch(clean(row.server)):
        yield ChannelFault(
            row.Index,
            "server",
            "邮件渠道的“邮件服务器”没有填写或写法不对，这个渠道没有使用。",
            "请只填服务器的名字，如 smtp.example.com，端口另填。",
        )
    if not _ADDRESS.fullmatch(clean(row.sender)):
        yield ChannelFault(
            row.Index,
            "sender",
            "邮件渠道的“发件人”没有填写或不是邮箱地址，这个渠道没有使用。",
            "请填一个邮箱地址，如 support@example.com。",
        )
    if row.user and not row.secret:
        yield ChannelFault(
            row.Index,
            "secret",
            "邮件渠道填了“登录名”，没有填“密钥名”，这个渠道没有使用。",
            "请填写保存密码的环境变量名或密钥库名字；服务器不要求登录时，请删去登录名。",
        )


def _wrong_robot(dept: Department, row: Any) -> Iterator[ChannelFault]:
    if not row.secret:
        yield ChannelFault(
            row.Index,
            "secret",
            f"“{row.kind}”渠道没有填“密钥名”，这个渠道没有使用。",
            "请填写保存机器人地址的环境变量名或密钥库名字。",
        )
    recipient = clean(row.recipient)
    if recipient == MANAGERS:
        return
    people = dept.roster.find(recipient) if recipient else []
    if len(people) != 1 or not people[0].employed(dept.as_of):
        said = f"接收人“{recipient}”不是在职人员" if recipient else "没有填“接收人”"
        yield ChannelFault(
            row.Index,
            "recipient",
            f"“{row.kind}”渠道{said}，这个渠道没有使用。",
            f"请填人员名册中一位在职人员的姓名，或填“{MANAGERS}”。各人只能收到自己的待办。",
        )
