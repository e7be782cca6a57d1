"""Passwords and robot tokens: where they are kept, and that they show up nowhere."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping
from threading import Thread
from urllib.parse import quote, quote_plus

from toolkit.model.errors import ToolkitError

SERVICE = "support-workbooks-toolkit"
"""The keyring's name for us."""
MASK = "******"
_PATIENCE = 20.0
_VARIABLE = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")


def find_secret(name: str, environment: Mapping[str, str], *, patience: float = _PATIENCE) -> str:
    """The secret of that name: an environment variable, else an entry of the system's keyring.

    `patience`: seconds that the keyring gets to answer; a locked one would ask nobody for its
    password for ever. Raises ToolkitError when there is none.
    """
    name = name.strip()
    value = environment.get(name, "").strip() if name else ""
    if not value and name:
        value = _from_keyring(name, patience)
    if value:
        return value
    if not _VARIABLE.fullmatch(name):
        # somebody may have written the secret itself into the workbook: never repeat it
        raise ToolkitError(
            "没有找到密钥。",
            "“密钥名”一栏请填环境变量的名称（大写字母、数字和下划线，如 TOOLKIT_MAIL_PASSWORD），"
            "不要填密码、密钥或 Webhook 地址本身。",
        )
    raise ToolkitError(
        f"没有找到密钥 {name}。",
        f"请在运行定时任务的账户下设置环境变量 {name}，"
        f"或运行 python -m keyring set {SERVICE} {name}。",
    )


def redact(text: str, secrets: Iterable[str]) -> str:
    """The text without the secrets, also as they look in an address or in base64."""
    for form in sorted(_forms(secrets), key=len, reverse=True):
        text = text.replace(form, MASK)
    return text


def _forms(secrets: Iterable[str]) -> set[str]:
    forms: set[str] = set()
    for secret in filter(None, secrets):
        encoded = base64.b64encode(secret.encode("utf-8", "replace")).decode()
        forms |= {secret, quote(secret, safe=""), quote_plus(secret), encoded}
    return forms


def _from_keyring(name: str, patience: float) -> str:
    found: list[str] = []

    def ask() -> None:
        # a backend may be missing, locked or out of its session, and raises what it likes
        try:
            import keyring

            found.append((keyring.get_password(SERVICE, name) or "").strip())
        except Exception:
            return

    question = Thread(target=ask, name="keyring", daemon=True)
    question.start()
    question.join(patience)
    return found[0] if found else ""
