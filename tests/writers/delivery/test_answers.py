"""What an answer means: the code in the body decides, HTTP 200 alone never does."""

import json
from datetime import UTC, datetime

import pytest

from toolkit.writers.delivery.answers import DINGTALK, FEISHU, SERVICES, WECOM, verdict

NOW = datetime(2026, 11, 30, 0, 30, tzinfo=UTC)


def judge(service, body, status=200, **headers):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return verdict(service, status, headers, content, NOW, hide=lambda text: text)


@pytest.mark.parametrize(
    ("service", "body"),
    [
        (WECOM, {"errcode": 0, "errmsg": "ok"}),
        (DINGTALK, {"errcode": 0, "errmsg": "ok"}),
        (FEISHU, {"code": 0, "data": {}, "msg": "success"}),
        (FEISHU, {"Extra": None, "StatusCode": 0, "StatusMessage": "success"}),
    ],
)
def test_success(service, body):
    assert judge(service, body) is None
    assert judge(service, body, status=500) is not None
    assert judge(service, body, status=204) is not None


@pytest.mark.parametrize("service", SERVICES.values())
@pytest.mark.parametrize(
    "body",
    [b"", b"<html>login</html>", b"[0]", b"{}", b'{"errcode": null}', b'{"errcode": false}',
     b'{"errcode": "0"}', b"\xff\xfe", b"[" * 100_000, b'{"code": "ok"}', b"null"],
)  # fmt: skip
def test_an_unknown_answer_is_no_success(service, body):
    trouble = judge(service, body)
    assert not trouble.permanent
    assert "不能确认消息已送达" in trouble.what


@pytest.mark.parametrize(
    ("service", "body", "wait"),
    [
        (WECOM, {"errcode": 45009, "errmsg": "api freq out of limit"}, 60),
        (WECOM, {"errcode": 45033, "errmsg": "concurrent calls"}, 60),
        (DINGTALK, {"errcode": 130101, "errmsg": "send too fast, exceed 20 times"}, 600),
        (DINGTALK, {"errcode": 410100, "errmsg": "发送速度太快而限流"}, 600),
        (DINGTALK, {"errcode": 77, "errmsg": "send too fast"}, 600),
        (FEISHU, {"code": 11232, "msg": "frequency limited psm"}, 60),
        (FEISHU, {"code": 9499, "msg": "too many request"}, 60),
    ],
)
def test_too_fast_is_temporary(service, body, wait):
    trouble = judge(service, body)
    assert (trouble.permanent, trouble.whole_channel, trouble.wait) == (False, True, wait)
    assert "限制了发送频率" in trouble.what


@pytest.mark.parametrize(
    ("service", "body", "words"),
    [
        (WECOM, {"errcode": 93000, "errmsg": "invalid webhook url"}, "地址无效"),
        (DINGTALK, {"errcode": 310000, "errmsg": "keywords not in content"}, "安全设置"),
        (DINGTALK, {"errcode": 300005, "errmsg": "token is not exist"}, "不存在"),
        (DINGTALK, {"errcode": 400102, "errmsg": "bot is stopped"}, "已停用"),
        (FEISHU, {"code": 19021, "msg": "sign match fail"}, "签名不符"),
        (FEISHU, {"code": 19024, "msg": "Key Words Not Found"}, "关键词"),
        (FEISHU, {"code": 19001, "msg": "param invalid: too many"}, "地址无效"),
    ],
)
def test_a_robot_that_is_set_up_wrongly_is_refused_for_good(service, body, words):
    trouble = judge(service, body)
    assert trouble.permanent
    assert trouble.whole_channel
    assert words in trouble.what
    assert trouble.next_step
    # 飞书 answers some refusals with 400
    assert judge(service, body, status=400) == trouble


def test_an_unknown_refusal_concerns_the_message():
    trouble = judge(WECOM, {"errcode": 40058, "errmsg": "content exceed max length"})
    assert (trouble.permanent, trouble.whole_channel) == (True, False)
    assert "40058 content exceed max length" in trouble.what


def test_a_busy_service_is_temporary():
    trouble = judge(WECOM, {"errcode": -1, "errmsg": "system busy"})
    assert not trouble.permanent
    assert "暂时不能用" in trouble.what


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408])
def test_a_failing_server_is_temporary(status):
    trouble = judge(DINGTALK, b"Bad gateway", status=status, **{"Retry-After": "7"})
    assert (trouble.permanent, trouble.wait) == (False, 7)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_refused(status):
    trouble = judge(WECOM, b"", status=status)
    assert (trouble.permanent, trouble.whole_channel) == (True, True)
    assert "没有跟随" in trouble.what


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_an_unknown_address_is_refused_for_good(status):
    assert judge(FEISHU, b"not found", status=status).permanent


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("30", 30),
        (" 5 ", 5),
        ("Mon, 30 Nov 2026 00:31:30 GMT", 90),
        ("Mon, 30 Nov 2026 00:31:30", 90),
        ("Mon, 30 Nov 2026 00:00:00 GMT", 0),
        ("", 0),
        ("soon", 0),
        ("-5", 0),
        ("٣", 0),
        ("9" * 5000, 999_999_999),
    ],
)
def test_retry_after(header, seconds):
    assert judge(FEISHU, b"", status=429, **{"Retry-After": header}).wait == seconds


@pytest.mark.parametrize("service", SERVICES.values())
def test_every_refusal_can_be_read_in_a_chinese_console(service):
    for code in service.refusals:
        name = service.codes[0]
        trouble = judge(service, {name: code, service.text: "no 😀\n" * 100})
        f"{trouble.what}。{trouble.next_step}".encode("gbk")
        assert trouble.next_step.endswith("。")
