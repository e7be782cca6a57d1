"""With the real readers, rules and writers on the sample department; only the channel notes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.amounts import LONG
from tests.end_to_end.departments import make_planted
from toolkit.model.agenda import ChannelSetting, Digest
from toolkit.workflows.nightly.report import RunReport
from toolkit.workflows.nightly.run import run_jobs
from toolkit.workflows.nightly.tools import Tools

MAIL = ChannelSetting("邮件", "邮件", server="smtp.example.com", sender="jobs@example.com")


@dataclass
class Post:
    """What left, in one run after the other."""

    folder: Path
    sent: dict[str, Digest] = field(default_factory=dict)
    """By recipient; both managers get the same overview."""
    addresses: list[tuple[str, str]] = field(default_factory=list)

    def send(self, digest: Digest, address: str, message_id: str) -> None:
        self.addresses.append((digest.recipient, address))
        self.sent[digest.recipient] = digest

    def close(self) -> None:
        pass

    def run(self, when: str) -> RunReport:
        self.sent, self.addresses = {}, []
        return run_jobs(
            self.folder,
            now=dt.datetime.fromisoformat(when),
            environment={},
            sleep=lambda seconds: None,
            monotonic=lambda: 0.0,
            tools=Tools(channels=lambda dept: [MAIL], open_channel=lambda *_, **__: self),
        )


@pytest.fixture
def post(tmp_path: Path) -> Post:
    return Post(make_planted(tmp_path / "部门"))


def test_each_gets_his_own_and_only_his_own(post: Post) -> None:
    report = post.run("2026-11-20T08:30")
    assert report.outcome == "成功"
    people = {name: digest for name, digest in post.sent.items() if name != "经理"}
    assert len(people) > 4
    assert len(set(post.addresses)) == len(post.addresses) == len(people) + 2
    assert all("@" in address for _, address in post.addresses)
    for name, digest in people.items():
        assert digest.ids
        others = {each for other, d in people.items() if other != name for each in d.ids}
        assert not others & set(digest.ids)
        assert not any(each in digest.text or each in digest.html for each in others)
        assert (post.folder / "90_输出" / f"待办_{name}.xlsx").exists()
    for name in people:
        assert name in post.sent["经理"].text


@LONG
def test_the_days_after(post: Post) -> None:
    post.run("2026-11-20T08:30")
    first = {name: set(digest.ids) for name, digest in post.sent.items()}
    post.run("2026-11-20T17:30")
    assert post.sent == {}
    report = post.run("2026-11-23T08:30")
    assert {ran.job for ran in report.ran} == {"morning", "weekly"}
    assert {path.name for path in report.reports} == {"部门汇总_2026-W47.xlsx"}
    # what cannot be made good any more was told once
    again = {n: {i for i in ids if not i.startswith("X02-")} for n, ids in first.items()}
    assert {name: set(digest.ids) for name, digest in post.sent.items() if name != "经理"} == {
        name: ids for name, ids in again.items() if name != "经理" and ids
    }
    assert "每周汇总" in post.sent["经理"].text


@LONG
def test_a_file_out_of_reach_earns_no_thanks(post: Post) -> None:
    post.run("2026-11-20T08:30")
    (file,) = (post.folder / "02_跟踪表").glob("*周演示*.xlsx")
    mine = set(post.sent["周演示"].ids)
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    report = post.run("2026-11-23T08:30")
    assert "已解决" not in post.sent["周演示"].text
    assert report.counts["解决"] == 0
    file.write_bytes(whole)
    post.run("2026-11-24T08:30")
    assert mine <= set(post.sent["周演示"].ids)
