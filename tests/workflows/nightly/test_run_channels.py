"""A run whose channels refuse, are dead, or cannot be opened: the others hear of it."""

from __future__ import annotations

from pathlib import Path

from tests.workflows.nightly.desk import (
    ENGINEER,
    EVENING,
    MAIL,
    MONDAY,
    OTHER,
    RefusedError,
    make_desk,
    matter,
)
from toolkit.model.agenda import ChannelSetting
from toolkit.model.errors import ToolkitError
from toolkit.workflows.nightly.heartbeat import RunResult


def test_a_digest_that_was_refused_comes_with_the_next_run_and_the_manager_knows(
    tmp_path: Path,
) -> None:
    desk = make_desk(tmp_path, matters=[matter("A"), matter("B", OTHER)])
    desk.refuse = lambda setting, digest: (
        RefusedError("信箱满。") if digest.recipient == OTHER else None
    )
    report = desk.run(MONDAY)
    assert report.outcome == RunResult.PARTLY.value
    assert report.exit_code == 1
    assert [(m.recipient, m.failure) for m in report.messages if m.failure] == [(OTHER, "信箱满。")]
    received = {r.recipient: r for r in desk.take()}
    assert set(received) == {ENGINEER, "经理"}
    assert f"邮件：给{OTHER}的摘要没有送达，下次运行再发。信箱满。" in received["经理"].text
    desk.refuse = lambda setting, digest: None
    desk.run(EVENING)
    assert desk.heard() == {OTHER: {"B": "new"}}
    assert desk.state().ledgers.pending() == []


def test_a_dead_channel_is_not_asked_again_and_is_reported_through_the_others(
    tmp_path: Path,
) -> None:
    robot = ChannelSetting("企业微信-经理", "企业微信", recipient="经理", secret="ROBOT")
    asked: list[str] = []

    def refuse(setting: ChannelSetting, digest: object) -> ToolkitError | None:
        asked.append(setting.name)
        return RefusedError("服务器没有回答。", whole_channel=True) if setting == MAIL else None

    desk = make_desk(
        tmp_path, matters=[matter("A"), matter("B", OTHER)], channels=[MAIL, robot], refuse=refuse
    )
    desk.run(MONDAY)
    assert asked == ["邮件", "企业微信-经理"]
    (told,) = desk.take()
    assert told.channel == "企业微信-经理"
    assert f"邮件：给{ENGINEER}、{OTHER}的摘要没有送达" in told.text
    assert f"{ENGINEER}、{OTHER}" in " ".join(desk.run(EVENING).notices)


def test_a_channel_that_cannot_be_opened_stops_nothing(tmp_path: Path) -> None:
    def open_channel(setting: ChannelSetting, environment: object, **clocks: object) -> None:
        raise RefusedError("没有找到密钥。", whole_channel=True)

    desk = make_desk(tmp_path, matters=[matter("A")], changed={"open_channel": open_channel})
    report = desk.run(MONDAY)
    assert report.outcome == RunResult.PARTLY.value
    assert (desk.places.output / f"待办_{ENGINEER}.xlsx").exists()
    assert not desk.places.journal.exists()  # nothing was begun


def test_a_mistake_of_ours_with_one_channel_does_not_cost_the_others(tmp_path: Path) -> None:
    robot = ChannelSetting("钉钉-经理", "钉钉", recipient="经理", secret="ROBOT")
    desk = make_desk(tmp_path, matters=[matter("A")], channels=[robot, MAIL])
    opened = desk.tools().open_channel

    def stumble(setting, environment, **clocks):  # type: ignore[no-untyped-def]
        return 1 / 0 if setting == robot else opened(setting, environment, **clocks)

    desk.changed = {"open_channel": stumble}
    assert desk.run(MONDAY).outcome == RunResult.PARTLY.value
    assert set(desk.heard()) == {ENGINEER, "经理"}


def test_a_heartbeat_that_cannot_be_written_is_said_and_stops_nothing(tmp_path: Path) -> None:
    desk = make_desk(tmp_path, matters=[matter("A")])
    desk.places.heartbeat.mkdir(parents=True)
    report = desk.run(MONDAY)
    assert report.outcome == RunResult.PARTLY.value
    assert any("心跳没有写成" in notice for notice in report.notices)
    assert set(desk.heard()) == {ENGINEER, "经理"}


def test_a_mistake_of_ours_with_one_digest_does_not_cost_the_others(tmp_path: Path) -> None:
    desk = make_desk(tmp_path, matters=[matter("A"), matter("B", OTHER)])
    render = desk.tools().render_agenda

    def stumble(agenda, facts, file):  # type: ignore[no-untyped-def]
        return 1 / 0 if agenda.person == ENGINEER else render(agenda, facts, file)

    desk.changed = {"render_agenda": stumble}
    report = desk.run(MONDAY)
    assert report.outcome == RunResult.PARTLY.value
    assert set(desk.heard()) == {OTHER, "经理"}
    assert any("ZeroDivisionError" in notice for notice in report.notices)
