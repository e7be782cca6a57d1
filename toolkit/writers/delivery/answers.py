"""What the robots' services answer, and what it means.

They refuse with HTTP 200 and a code in the body: the code alone tells that a message has
arrived. Codes: 企业微信 developer.work.weixin.qq.com/document/path/90313, 钉钉
open.dingtalk.com/document/orgapp/custom-robot-access, 飞书
open.feishu.cn/document/client-docs/bot-v3/add-custom-bot.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from .carrier import LATER, Trouble
from .texts import printable

_OK, _TOO_MANY, _TIMEOUT = 200, 429, 408
_UNKNOWN_ADDRESS = (401, 403, 404, 410)
_TOO_FAST = re.compile(r"too fast|too many|freq|限流|频繁|太快", re.IGNORECASE)

_ADDRESS = "请在群里重新复制机器人的 Webhook 地址，更新密钥。"
_SAFETY = "请核对机器人的安全设置：自定义关键词（建议设为“待办”）、加签密钥、IP 白名单。"
_CLOCK = "请核对“加签密钥名”对应的密钥，并校准这台电脑的时间。"
_MEMBERS = "请在群设置里确认机器人仍在群里并已启用。"


@dataclass(frozen=True, slots=True)
class Service:
    """One of the services. `codes` are the names of the field that is 0 when all is well.

    `rest`: seconds after which a robot that sent too fast is heard again. `refusals`: code ->
    what it means, what to do next; all of them concern the robot, not the message.
    """

    title: str
    codes: tuple[str, ...]
    text: str
    rest: float
    too_fast: frozenset[int]
    refusals: Mapping[int, tuple[str, str]]


WECOM = Service(
    "企业微信",
    ("errcode",),
    "errmsg",
    60,
    frozenset((45009, 45033)),
    {
        93000: ("机器人的 Webhook 地址无效，或机器人已被移出群", _ADDRESS),
        93004: ("机器人已被停用", _MEMBERS),
        93008: ("机器人不在群里", _MEMBERS),
    },
)
DINGTALK = Service(
    "钉钉",
    ("errcode",),
    "errmsg",
    600,
    frozenset((130101, 410100)),
    {
        310000: ("消息没有通过机器人的安全设置", _SAFETY),
        300001: ("机器人的 access_token 不存在", _ADDRESS),
        300005: ("机器人的 access_token 不存在", _ADDRESS),
        400101: ("机器人的 access_token 不存在", _ADDRESS),
        400102: ("机器人已停用", _MEMBERS),
        400106: ("机器人不存在", _MEMBERS),
        400013: ("群已解散", "请在别的群里添加机器人，更新密钥。"),
    },
)
FEISHU = Service(
    "飞书",
    ("code", "StatusCode"),
    "msg",
    60,
    frozenset((11232, 11233)),
    {
        19001: ("机器人的 Webhook 地址无效", _ADDRESS),
        19021: ("签名不符，或这台电脑的时间相差一小时以上", _CLOCK),
        19022: ("这台电脑的 IP 不在机器人的白名单里", _SAFETY),
        19024: ("消息里没有机器人要求的关键词", _SAFETY),
    },
)
SERVICES = {service.title: service for service in (WECOM, DINGTALK, FEISHU)}
_BUSY = -1


def verdict(
    service: Service,
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    now: datetime,
    hide: Callable[[str], str],
) -> Trouble | None:
    """None when the service has taken the message.

    `headers` are looked up by name. The trouble quotes what the service says; `hide` takes the
    secrets out of it.
    """
    answer = _parsed(body)
    code = _code(service, answer)
    if status == _OK and code == 0:
        return None
    said = f"HTTP {status}"
    if code:
        said = printable(f"{code} {hide(str(answer.get(service.text, '')))}")
    if status == _TOO_MANY or (code and _is_too_fast(service, code, said)):
        wait = max(_retry_after(headers, now), service.rest if code else 0)
        return Trouble(f"{service.title}限制了发送频率（{said}）", LATER, wait=wait)
    if code == _BUSY or status == _TIMEOUT or status >= 500:
        wait = _retry_after(headers, now)
        return Trouble(f"{service.title}的服务器暂时不能用（{said}）", LATER, wait=wait)
    if code is not None and code in service.refusals:
        what, next_step = service.refusals[code]
        return Trouble(f"{service.title}拒收：{what}（{said}）", next_step, permanent=True)
    return _by_status(service, status, code, said)


def _by_status(service: Service, status: int, code: int | None, said: str) -> Trouble:
    if 300 <= status < 400:
        return Trouble(
            f"{service.title}的地址要求转到别处（{said}），为防密钥泄露没有跟随",
            f"{_ADDRESS}如上网要先登录网关，请让 IT 放行这台电脑。",
            permanent=True,
        )
    if status in _UNKNOWN_ADDRESS:
        return Trouble(f"{service.title}不认这个地址（{said}）", _ADDRESS, permanent=True)
    if code is None and status == _OK:
        return Trouble(
            f"{service.title}的地址给出了不认识的回答，不能确认消息已送达",
            f"如上网要先登录网关，请让 IT 放行这台电脑；{LATER}",
        )
    return Trouble(
        f"{service.title}拒收这条消息（{said}）",
        "请把括号里的回复交给维护人。",
        permanent=True,
        whole_channel=False,
    )


def _is_too_fast(service: Service, code: int, said: str) -> bool:
    """Services have changed these codes before; what they say about it has stayed."""
    if code in service.too_fast:
        return True
    return code not in service.refusals and bool(_TOO_FAST.search(said))


def _parsed(body: bytes) -> dict[str, object]:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


def _code(service: Service, answer: Mapping[str, object]) -> int | None:
    for name in service.codes:
        value = answer.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
    return None


def _retry_after(headers: Mapping[str, str], now: datetime) -> float:
    """Seconds; the header holds seconds or a date (RFC 9110)."""
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return 0.0
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now.astimezone(UTC)).total_seconds())
