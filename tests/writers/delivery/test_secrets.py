"""Secrets: found in the environment or the keyring, repeated nowhere."""

import base64
import threading
import time
from urllib.parse import quote

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring

from toolkit.model.errors import ToolkitError
from toolkit.writers.delivery.secrets import SERVICE, find_secret, redact


class _Memory(KeyringBackend):
    priority = 1

    def __init__(self, entries):
        super().__init__()
        self.entries = entries

    def get_password(self, service, username):
        return self.entries.get((service, username))

    def set_password(self, service, username, password):
        self.entries[service, username] = password


class _Broken(_Memory):
    def get_password(self, service, username):
        raise OSError(1312, "no such logon session")


class _Locked(_Memory):
    def get_password(self, service, username):
        threading.Event().wait()


def test_the_environment_comes_first():
    keyring.set_keyring(_Memory({(SERVICE, "MAIL_PASSWORD"): "from keyring"}))
    assert find_secret("MAIL_PASSWORD", {"MAIL_PASSWORD": " from environment\n"}) == (
        "from environment"
    )
    assert find_secret(" MAIL_PASSWORD ", {}) == "from keyring"
    assert find_secret("MAIL_PASSWORD", {"MAIL_PASSWORD": "  "}) == "from keyring"


@pytest.mark.parametrize("backend", [NoKeyring(), _Memory({}), _Broken({})])
def test_a_missing_secret_names_the_variable_and_the_command(backend):
    keyring.set_keyring(backend)
    with pytest.raises(ToolkitError) as caught:
        find_secret("MAIL_PASSWORD", {})
    assert "环境变量 MAIL_PASSWORD" in str(caught.value)
    assert "python -m keyring set support-workbooks-toolkit MAIL_PASSWORD" in str(caught.value)
    assert caught.value.__context__ is None
    str(caught.value).encode("gbk")


def test_a_locked_keyring_does_not_hold_up_the_night():
    keyring.set_keyring(_Locked({}))
    begun = time.monotonic()
    with pytest.raises(ToolkitError, match="没有找到密钥"):
        find_secret("MAIL_PASSWORD", {}, patience=0.2)
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize(
    "written",
    [
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7xxx",
        "693a91f6-7bbb-4bc4-97a0-0ec2sifa5aaa",
        "SEC0123456789abcdef",
        "ABCDEFGHIJKLMNOP",
        "p@ss word",
    ],
)
def test_a_secret_written_into_the_workbook_is_not_repeated(written):
    with pytest.raises(ToolkitError) as caught:
        find_secret(written, {})
    assert written not in str(caught.value)
    assert "不要填密码" in str(caught.value)


def test_no_name_at_all():
    keyring.set_keyring(_Memory({(SERVICE, ""): "x"}))
    with pytest.raises(ToolkitError, match="密钥名"):
        find_secret(" ", {"": "x"})


def test_redact_knows_every_form():
    secret = "a+b/c=密"
    encoded = base64.b64encode(secret.encode()).decode()
    text = f"1 {secret} 2 {quote(secret, safe='')} 3 {encoded} 4"
    assert redact(text, (secret, "")) == "1 ****** 2 ****** 3 ****** 4"
    assert redact("aXbXc", ("aXb", "aXbX")) == "******c"
