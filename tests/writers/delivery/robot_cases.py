"""Settings, addresses and answers of the three robots."""

from __future__ import annotations

import json

import pytest

from tests.writers.delivery.channels import VARIABLE
from tests.writers.delivery.robot_server import Answer, RobotService
from toolkit.model.agenda import ChannelSetting

TOKENS = {
    "企业微信": "693a91f6-7abc-4bc4-97a0-0ec2f1fa5aaa",
    "钉钉": "566cc69da782ec33d0f52a7eb5ccd9c1",
    "飞书": "8a1ca7ac-ff4a-4d3a-9c5a-016a9e0c61a4",
}
PATHS = {
    "企业微信": "/cgi-bin/webhook/send?key=",
    "钉钉": "/robot/send?access_token=",
    "飞书": "/open-apis/bot/v2/hook/",
}
OFFICIAL = {
    "企业微信": "https://qyapi.weixin.qq.com",
    "钉钉": "https://oapi.dingtalk.com",
    "飞书": "https://open.feishu.cn",
}
OK = Answer({"errcode": 0, "errmsg": "ok", "code": 0, "msg": "success"})
SIGNING_SECRET = "SEC00a1b2c3d4e5f6"
KINDS = pytest.mark.parametrize("kind", list(TOKENS))


def setting(kind: str, **changes) -> ChannelSetting:
    return ChannelSetting(f"{kind}-经理", kind, recipient="经理", secret=VARIABLE, **changes)


def address(kind: str, service: RobotService | str) -> dict[str, str]:
    """The environment of a robot with this server."""
    base = service if isinstance(service, str) else service.url
    return {VARIABLE: base + PATHS[kind] + TOKENS[kind]}


def text_of(kind: str, body: bytes) -> str:
    message = json.loads(body)
    return message["content"]["text"] if kind == "飞书" else message["text"]["content"]
