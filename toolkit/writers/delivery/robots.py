"""The three robots: plugins of `apprise`, whose `send` is replaced.

apprise brings the addresses, the rules for tokens, time-outs and certificates. Its own `send`
is not used, because it (2.3.0)
- takes any HTTP 200 of 企业微信 and 钉钉 for success, while they refuse with 200 and a code,
- quotes 钉钉's signature twice, so that a signed robot answers "sign not match",
- writes CJK as \\uXXXX for 企业微信 and 钉钉, which doubles what counts against their limits,
- knows no signature for 飞书, logs addresses with tokens, and sleeps by the wall clock.
"""

# mypy: allow-untyped-calls
# apprise's constructors come without types

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import datetime
from itertools import islice
from typing import Any

import requests
from apprise import NotifyBase, NotifyFormat, NotifyType
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.feishu import NotifyFeishu
from apprise.plugins.wecombot import NotifyWeComBot

from .answers import DINGTALK, FEISHU, WECOM, Service, verdict
from .carrier import LATER, Patience, Trouble
from .secrets import redact

_CHUNK, _CHUNKS = 4096, 16
_HEADERS = {"Content-Type": "application/json; charset=utf-8"}


class Robot(NotifyBase):
    """What the three have in common. `trouble`: of the last message, None if it has arrived."""

    service: Service
    limit: int
    """Bytes of text in a message, as `texts.size` counts them."""
    notify_url: str

    def __init__(
        self,
        *,
        endpoint: str,
        signing: str,
        patience: Patience,
        now: Callable[[], datetime],
        **options: Any,
    ) -> None:
        if endpoint:
            self.notify_url = endpoint
        self.signing = signing
        self.now = now
        self.trouble: Trouble | None = None
        # a redirect could lead anywhere, and the token would go with it
        super().__init__(redirect=False, cto=patience.connect, rto=patience.answer, **options)

    def send(
        self,
        body: str,
        title: str = "",
        notify_type: NotifyType = NotifyType.INFO,
        body_format: NotifyFormat | None = None,
        **kwargs: Any,
    ) -> bool:
        """Send one message of at most `limit`; the answer's body decides."""
        try:
            self.trouble = self._post(body)
        except requests.RequestException as error:
            # its text holds the address
            self.trouble = _unreachable(self.service, error)
        return self.trouble is None

    def address(self) -> tuple[str, dict[str, str]]:
        """The URL and what is added to its query."""
        raise NotImplementedError

    def payload(self, text: str) -> dict[str, Any]:
        raise NotImplementedError

    def secrets(self) -> tuple[str, ...]:
        """What must not be repeated, should the service quote it."""
        raise NotImplementedError

    def _post(self, body: str) -> Trouble | None:
        url, query = self.address()
        response = requests.post(
            url,
            params=query,
            data=json.dumps(self.payload(body), ensure_ascii=False).encode("utf-8"),
            headers=_HEADERS,
            verify=self.verify_certificate,
            timeout=self.request_timeout,
            allow_redirects=self.redirects,
            stream=True,
        )
        with response:
            # whoever answers with more than this is not the service
            content = b"".join(islice(response.iter_content(_CHUNK), _CHUNKS))
        return verdict(
            self.service,
            response.status_code,
            response.headers,
            content,
            self.now(),
            hide=lambda text: redact(text, self.secrets()),
        )


class WeComRobot(Robot, NotifyWeComBot):
    service, limit = WECOM, 2048

    def address(self) -> tuple[str, dict[str, str]]:
        return self.api_url, {}

    def payload(self, text: str) -> dict[str, Any]:
        return {"msgtype": "text", "text": {"content": text}}

    def secrets(self) -> tuple[str, ...]:
        return self.key, self.signing


class DingTalkRobot(Robot, NotifyDingTalk):
    service, limit = DINGTALK, 19_000  # 20,000 for the whole request

    def address(self) -> tuple[str, dict[str, str]]:
        url = self.notify_url.format(token=self.token)
        if not self.signing:
            return url, {}
        moment = str(round(self.now().timestamp() * 1000))
        signature = _hmac(self.signing, f"{moment}\n{self.signing}")
        return url, {"timestamp": moment, "sign": signature}

    def payload(self, text: str) -> dict[str, Any]:
        return {"msgtype": "text", "text": {"content": text}, "at": {"isAtAll": False}}

    def secrets(self) -> tuple[str, ...]:
        return self.token, self.signing


class FeishuRobot(Robot, NotifyFeishu):
    service, limit = FEISHU, 19_000  # 20 KB for the whole request
    # as the service documents it; apprise adds a slash
    notify_url = "https://open.feishu.cn/open-apis/bot/v2/hook/{token}"

    def address(self) -> tuple[str, dict[str, str]]:
        return self.notify_url.format(token=self.token), {}

    def payload(self, text: str) -> dict[str, Any]:
        message: dict[str, Any] = {"msg_type": "text", "content": {"text": text}}
        if self.signing:
            moment = str(round(self.now().timestamp()))
            # unlike 钉钉: the text to sign is the key, and nothing is signed with it
            message |= {"timestamp": moment, "sign": _hmac(f"{moment}\n{self.signing}", "")}
        return message

    def secrets(self) -> tuple[str, ...]:
        return self.token, self.signing


ROBOTS: dict[str, type[Robot]] = {
    robot.service.title: robot for robot in (WeComRobot, DingTalkRobot, FeishuRobot)
}


def _hmac(key: str, text: str) -> str:
    digest = hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def _unreachable(service: Service, error: requests.RequestException) -> Trouble:
    if isinstance(error, requests.exceptions.SSLError):
        return Trouble(
            f"{service.title}服务器的证书没有通过验证，没有发送",
            "请让 IT 检查网络代理；公司自己的根证书请用环境变量 REQUESTS_CA_BUNDLE 指明。",
            permanent=True,
        )
    if isinstance(error, requests.exceptions.ProxyError):
        how = "网络代理连不上"
    elif isinstance(error, requests.Timeout):
        how = "等待超时"
    else:
        how = "连接失败"
    return Trouble(f"{service.title}的服务器连不上（{how}）", f"请检查网络和防火墙；{LATER}")
