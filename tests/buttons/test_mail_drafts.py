"""催办邮件: one draft per person, own findings only, safe headers and file names."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import os
import shutil
from collections.abc import Sequence
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.departments import build
from toolkit.forms import load_forms
from toolkit.model.finding import Finding, Result, Severity
from toolkit.workflows.remind import mail_addresses, open_findings, remind_people
from toolkit.writers.files import TargetInUse
from toolkit.writers.form_workbook import FormContent, write_form
from toolkit.writers.mail_drafts import Reminder, reminder_draft, usable_address, write_reminders

DAY = dt.date(2026, 11, 20)
NOW = dt.datetime(2026, 11, 23, 9, 30)


def finding(
    message: str = "没有填写", severity: Severity = Severity.ERROR, **changed: object
) -> Finding:
    facts: dict[str, object] = {
        "id": "X01-0123abcd",
        "rule": "X01",
        "article": 9,
        "severity": severity,
        "result": Result.FAIL,
        "path": "02_跟踪表/表.xlsx",
        "sheet": "跟踪记录",
        "cell": "G17",
        "message": message,
    }
    return Finding(**{**facts, **changed})  # type: ignore[arg-type]


def parsed(content: bytes) -> EmailMessage:
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def parts(message: EmailMessage) -> tuple[str, ...]:
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    for part in (plain, html):
        assert part.get_content_charset() == "utf-8"
    return tuple(part.get_content().replace("\r\n", "\n") for part in (plain, html))


SUN = "孙示例", "sun@example.com"


def draft(person: str, address: str, *found: Finding) -> EmailMessage:
    reminder = Reminder(person, address, found or (finding(),))
    return parsed(reminder_draft(reminder, "示例部", DAY))


def test_an_open_draft_costs_nobody_else_his(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reminders = [Reminder(name, SUN[1], (finding(),)) for name in ("孙示例", "周演示")]
    first = write_reminders(tmp_path, reminders[:1], department="示例部", as_of=DAY)[0]
    last, real = first.read_bytes(), os.replace

    def held(source: Path, target: Path) -> None:
        if target == first:
            raise PermissionError(13, "in use")
        real(source, target)

    monkeypatch.setattr(os, "replace", held)
    with pytest.raises(TargetInUse, match="催办_孙示例_待替换"):
        write_reminders(tmp_path, reminders, department="示例部", as_of=DAY)
    assert first.read_bytes() == last
    assert {path.name for path in tmp_path.iterdir()} == {
        "催办_孙示例.eml", "催办_孙示例_待替换.eml", "催办_周演示.eml",
    }  # fmt: skip


def test_everybody_gets_exactly_his_own_findings(planted: Path, tmp_path: Path) -> None:
    folder = tmp_path / "部门"
    shutil.copytree(planted, folder)
    done = remind_people(folder, now=NOW)
    own = open_findings(done.checked)
    assert [p.name for p in done.drafts] == [f"催办_{person}.eml" for person in sorted(own)]
    assert (done.without_address, done.unassigned) == ([], 0)
    everything = [f for found in own.values() for f in found]
    for path, person in zip(done.drafts, sorted(own), strict=True):
        message = parsed(path.read_bytes())
        (to,) = message["To"].addresses
        assert to.display_name == person
        assert to.addr_spec.endswith("@example.com")
        for text in parts(message):
            assert {f.id for f in everything if f.id in text} == {f.id for f in own[person]}


def test_a_draft_opens_ready_to_be_sent() -> None:
    message = draft(*SUN)
    assert message["X-Unsent"] == "1"
    assert message["To"] == "孙示例 <sun@example.com>"
    assert message["From"] is None
    assert message["Subject"] == "【催办】孙示例：1 项表单问题请处理（检查日期 2026-11-20）"
    plain, html = parts(message)
    for text in (plain, html):
        for fact in (
            "示例部",
            "02_跟踪表/表.xlsx",
            "跟踪记录!G17",
            "没有填写",
            "第9条",
            "X01-0123abcd",
        ):
            assert fact in text
    assert html.startswith("<!DOCTYPE html>")


def test_without_an_address_the_name_stands_and_nobody_is_addressed() -> None:
    message = draft("外来人", "")
    assert message["To"].addresses == ()
    assert "外来人" in message["To"]


def test_grave_things_come_first_and_are_counted() -> None:
    found = (
        finding("三", Severity.INFO),
        finding("二", Severity.WARN),
        finding("一", Severity.ERROR, hint="请补上"),
        finding("零", Severity.ERROR, path="", sheet="", cell="", article=None),
    )
    plain, _ = parts(draft(*SUN, *found))
    assert "错误 2 项，警告 1 项，提示 1 项" in plain
    assert plain.index("（整个部门）") < plain.index("1. [错误] 零")
    assert plain.index("2. [错误] 跟踪记录!G17　一\n   建议：请补上") < plain.index("3. [警告]")


def test_what_staff_wrote_cannot_become_markup() -> None:
    nasty = '<script>alert(1)</script><a href="javascript:x">&'
    _, html = parts(draft("<b>孙</b>", "", finding(nasty, hint=nasty, path=nasty, sheet=nasty)))
    assert "<script" not in html
    assert "<a " not in html
    assert "<b>孙" not in html
    assert "&lt;script&gt;" in html


@given(name=st.text(min_size=1, max_size=60), message=st.text(max_size=60))
def test_no_name_breaks_out_of_its_header(name: str, message: str) -> None:
    reminder = Reminder(f"{name}\r\nBcc: x@example.com\u2028\x85", "", (finding(message),))
    content = reminder_draft(reminder, f"部\r\n\r\n{name}", DAY)
    read = parsed(content)
    assert set(read.keys()) == {
        *("X-Unsent", "X-Toolkit-Draft", "To", "Subject", "MIME-Version", "Content-Type"),
    }
    assert read["To"].addresses == ()
    assert content.isascii()
    assert max(map(len, content.split(b"\r\n"))) <= 998
    parts(read)


def test_equal_findings_give_equal_files() -> None:
    reminder = Reminder(*SUN, (finding(),))
    assert reminder_draft(reminder, "部", DAY) == reminder_draft(reminder, "部", DAY)


@pytest.mark.parametrize(
    ("texts", "address"),
    [
        ((" a.b+c@mail.example.com ",), "a.b+c@mail.example.com"),
        (("电话 123", "b@example.com", "c@example.com"), "b@example.com"),
        (("a@example.com\nBcc: b@example.com",), ""),
        (("a@example.com,b@example.com",), ""),
        (("张三@公司.cn", "a@localhost", "a..b@", "@example.com", ""), ""),
        (("a..b@example.com",), ""),
        ((), ""),
    ],
)
def test_only_plain_addresses_are_used(texts: Sequence[str], address: str) -> None:
    assert usable_address(texts) == address


def names_of(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


def test_file_names_are_safe_and_never_collide(tmp_path: Path) -> None:
    people = ["../../etc/passwd", "CON", "Anna", "ANNA", "李=四 & 五", "x" * 300, 'a:b*c?"', "  "]
    reminders = [Reminder(person, "", (finding(),)) for person in people]
    paths = write_reminders(tmp_path / "草稿", reminders, department="部", as_of=DAY)
    assert len({p.name.casefold() for p in paths}) == len(people)
    assert all(p.parent == tmp_path / "草稿" and p.is_file() for p in paths)
    assert names_of(tmp_path) == ["草稿"]
    assert "催办_李=四 & 五.eml" in names_of(tmp_path / "草稿")
    assert all(len(p.name) <= 80 for p in paths)


def test_people_without_findings_lose_their_old_draft(tmp_path: Path) -> None:
    others = tmp_path / "催办_别人写的.eml"
    others.write_bytes(b"Subject: keep me\r\n\r\nX-Toolkit-Draft: reminder")
    reminders = [Reminder(person, "", (finding(),)) for person in ("甲", "乙")]
    write_reminders(tmp_path, reminders, department="部", as_of=DAY)
    write_reminders(tmp_path, reminders[1:], department="部", as_of=DAY)
    assert names_of(tmp_path) == ["催办_乙.eml", others.name]


def test_an_outdated_draft_that_is_open_goes_with_the_next_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reminders = [Reminder(person, "", (finding(),)) for person in ("甲", "乙", "丙", "丁")]
    write_reminders(tmp_path, reminders, department="部", as_of=DAY)
    real = os.unlink

    def held(path: Path) -> None:
        if Path(path).name == "催办_乙.eml":
            raise PermissionError(13, "in use")
        real(path)

    monkeypatch.setattr(os, "unlink", held)
    (written,) = write_reminders(tmp_path, reminders[-1:], department="部", as_of=DAY)
    assert names_of(tmp_path) == [written.name, "催办_乙.eml"]
    monkeypatch.undo()
    write_reminders(tmp_path, reminders[-1:], department="部", as_of=DAY)
    assert names_of(tmp_path) == [written.name]


def test_half_drafts_of_killed_runs_go_with_the_next_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the folder is not listed for each."""
    half, young = tmp_path / ".~催办_戊.7-0.tmp", tmp_path / ".~催办_戊.8-0.tmp"
    for path in (half, young):
        path.write_bytes(b"x")
    os.utime(half, (1, 1))
    reminders = [Reminder(f"甲{number}", "", (finding(),)) for number in range(30)]
    listings: list[object] = []
    for name in ("listdir", "scandir"):
        real = getattr(os, name)
        monkeypatch.setattr(
            os, name, lambda folder, real=real: listings.append(folder) or real(folder)
        )
    write_reminders(tmp_path, reminders, department="部", as_of=DAY)
    assert 0 < len(listings) < 5
    assert [name for name in names_of(tmp_path) if name.startswith(".")] == [young.name]


def test_addresses_go_by_person_not_by_name() -> None:
    roster = [
        {"name": "张三", "staff_number": "01", "mail": ("z1@example.com",)},
        {"name": "张三(02)", "mail": ("坏的", "z2@example.com")},
        {"name": "李 四", "mail": ("l4@example.com",), "left": "2026-01-31"},
        {"name": "王五", "mail": ()},
        {"name": "赵六", "mail": ("z6@example.com",), "left": "2026-12-31"},
    ]
    department = build({"roster": roster}, as_of=DAY)
    assert mail_addresses(department) == {
        "张三(01)": "z1@example.com",
        "张三(02)": "z2@example.com",
        "赵六": "z6@example.com",
    }


def test_findings_of_nobody_and_restricted_files_make_no_mail(tmp_path: Path) -> None:
    (tmp_path / "09_受限").mkdir()
    content = FormContent({"tracking_sheet": {"owner": "甲演示"}})
    write_form(load_forms()["F02"], tmp_path / "09_受限" / "项目跟踪表_甲演示.xlsx", content)
    (tmp_path / "坏的.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    done = remind_people(tmp_path, now=NOW)
    assert done.drafts == []
    assert done.unassigned == 1
    assert all("09_受限" not in f.path for f in open_findings(done.checked)[""])
