"""The digests: exact words, order, what is cut, and what staff wrote staying text."""

from __future__ import annotations

import datetime as dt
import unicodedata
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.writers.agenda.agenda_books import (
    AGENDA,
    DAY,
    DIGESTS,
    FACTS,
    GOLDEN,
    OVERVIEW,
    REMEDY,
    as_text,
    item,
)
from toolkit.model.agenda import Agenda, Digest, Item, Load, Overview, Standing
from toolkit.writers.agenda.digests import render_agenda, render_overview, shares
from toolkit.writers.agenda.words import timing


class Seen(HTMLParser):
    """What a mail program shows of a page, and the elements that it is made of."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.open: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def many(count: int, standing: Standing = Standing.OPEN, start: int = 0) -> list[Item]:
    return [item(start + n, f"第{start + n}项。", standing) for n in range(count)]


@pytest.mark.parametrize("name", DIGESTS)
def test_the_exact_words(name: str) -> None:
    expected = (GOLDEN / name).read_text(encoding="utf-8")
    assert as_text(DIGESTS[name]()) == expected, REMEDY


def test_one_matter_is_one_piece_of_few_lines() -> None:
    digest = render_agenda(AGENDA, FACTS)
    assert digest.lines[2] == (
        "2. [警告] “销售在场”没有填写，这一栏必填。（10月12日到期）\n"
        "   建议：请补填这一格：是或否。\n"
        "   02_跟踪表/项目跟踪表_周演示_2026.xlsx!跟踪记录!J4　第16条，编号 X34-00000004"
    )
    for piece in digest.lines:
        assert piece == piece.strip()
        # the first matter of a section has the section's head above it
        assert len(piece.splitlines()) <= 3 + piece.startswith("【")


def test_html_tells_the_same_as_text() -> None:
    for digest in (render_agenda(AGENDA, FACTS), render_overview(OVERVIEW, FACTS)):
        seen = Seen(digest.html)
        assert seen.open == []
        for ident in digest.ids:
            assert f"编号 {ident}" in seen.text
            assert sum(f"编号 {ident}" in piece for piece in digest.lines) == 1
    assert "已 4 个工作日，逾期 2 个工作日" in Seen(render_agenda(AGENDA, FACTS).html).text


def test_order_new_today_open_unverified_thanks_stopped() -> None:
    digest = render_agenda(AGENDA, FACTS)
    ids = [m.matter.id for m in (*AGENDA.new, *AGENDA.today, *AGENDA.open, *AGENDA.unverified)]
    ids += [m.matter.id for m in (*AGENDA.resolved, *AGENDA.stopped)]
    assert list(digest.ids) == ids
    for told in (digest.text, digest.html):
        places = [told.index(ident) for ident in ids]
        assert places == sorted(places)


def test_history_and_notices_are_one_line_each() -> None:
    facts = replace(FACTS, notices=("日历没有2027年，工作日按周一至周五计算。",))
    digest = render_agenda(replace(AGENDA, history=1200), facts)
    assert digest.lines[1] == "提示：日历没有2027年，工作日按周一至周五计算。"
    assert digest.lines[-2] == "历史：启用日期以前的旧问题 1,200 项，合并为这一行，不用逐条处理。"
    assert "日历没有2027年" in digest.html
    assert "1,200 项" in digest.html


def test_nothing_to_do() -> None:
    digest = render_agenda(Agenda("王假设", DAY), FACTS)
    assert digest == replace(
        digest,
        recipient="王假设",
        subject="【待办】王假设：没有待办（2026-10-09 到期与逾期）",
        lines=[
            "王假设，您好！示例技术支持部 2026-10-09 到期与逾期：今天没有需要您处理的事项，谢谢。"
        ],
        ids=[],
    )


@pytest.mark.parametrize(
    ("agenda", "headline"),
    [
        (AGENDA, "新 3 项，今天到期 1 项，逾期 2 项"),
        (replace(AGENDA, new=(), today=()), "逾期 2 项"),
        (Agenda("周演示", DAY, open=AGENDA.open[2:]), "仍未处理 1 项"),
        (Agenda("周演示", DAY, resolved=AGENDA.resolved), "已解决 2 项"),
        (Agenda("周演示", DAY, unverified=AGENDA.unverified), "暂时无法核实 1 项"),
        (Agenda("周演示", DAY, stopped=AGENDA.stopped), "没有待办"),
    ],
)
def test_the_subject_says_what_is_urgent(agenda: Agenda, headline: str) -> None:
    subject = render_agenda(agenda, FACTS).subject
    assert subject == f"【待办】周演示：{headline}（2026-10-09 到期与逾期）"


def test_only_who_has_something_to_do_is_told_how_to_answer() -> None:
    assert "改好保存即可，不用回复" in render_agenda(AGENDA, FACTS).lines[-1]
    thanks = render_agenda(Agenda("周演示", DAY, resolved=AGENDA.resolved), FACTS)
    assert thanks.lines[1:] == [
        "【已解决 2 项，谢谢】\n- “支持结果”没有填写，这一栏必填。（编号 X34-00000015）",
        "- “工时”没有填写，这一栏必填。（编号 X34-00000016）",
    ]


def test_hundreds_are_cut_and_counted() -> None:
    agenda = Agenda(
        "周演示",
        DAY,
        new=many(200, Standing.NEW),
        open=many(300, start=200),
        resolved=many(6, Standing.RESOLVED, start=500),
    )
    digest = render_agenda(agenda, FACTS)
    assert [p.partition("\n")[0] for p in digest.lines if p.startswith("【")] == [
        "【新 200 项，先列 22 项】",
        "【仍未处理 300 项，先列 4 项】",
        "【已解决 6 项，谢谢，先列 4 项】",
    ]
    assert digest.lines[-2] == "其余 476 项见 90_输出/待办_周演示.xlsx。"
    assert "其余 476 项见 90_输出/待办_周演示.xlsx。" in digest.html
    assert len(digest.lines) == 33
    assert len(digest.ids) == 506
    assert len(digest.html) < 30_000


def test_the_limit_and_the_name_of_the_file_can_be_given() -> None:
    agenda = Agenda("Li", DAY, new=many(9, Standing.NEW))
    digest = render_agenda(agenda, FACTS, file="待办_Li_2.xlsx", limit_lines=5)
    assert digest.lines[-2] == "其余 4 项见 90_输出/待办_Li_2.xlsx。"
    assert sum(". [警告]" in piece for piece in digest.lines) == 5
    everything = render_agenda(agenda, FACTS, limit_lines=9)
    assert "其余" not in everything.text


def test_a_section_without_room_is_only_counted() -> None:
    digest = render_agenda(AGENDA, FACTS, limit_lines=2)
    assert [p.partition("\n")[0] for p in digest.lines if p.startswith("【")] == [
        "【新 3 项，先列 2 项】"
    ]
    assert digest.lines[-2] == "其余 9 项见 90_输出/待办_周演示.xlsx。"


@pytest.mark.parametrize(
    ("sizes", "limit", "given"),
    [
        ([3, 0, 2], 30, [3, 0, 2]),
        ([100, 100], 30, [26, 4]),
        ([2, 100, 100], 30, [2, 24, 4]),
        ([100, 1, 0], 30, [29, 1, 0]),
        ([9, 9, 9], 2, [2, 0, 0]),
        ([], 30, []),
        ([5], 0, [0]),
    ],
)
def test_every_section_has_a_few_lines(sizes: list[int], limit: int, given: list[int]) -> None:
    assert shares(sizes, limit) == given


def test_the_managers_see_loads_limits_and_who_decides() -> None:
    digest = render_overview(OVERVIEW, FACTS)
    assert digest.recipient == "经理"
    assert digest.subject == (
        "【待办总览】示例技术支持部：2 人有待办，逾期 2 项，超时未处理 1 项，无人认领 1 项"
        "（2026-10-09 到期与逾期）"
    )
    assert "王假设" not in digest.text, "whoever has nothing to do is only counted"
    for told in (digest.text, Seen(digest.html).text):
        for fact in ("参数P12＝5工作日", "请指定责任人", "周演示：故障处理工作单"):
            assert fact in told
        assert "其余" not in told


def test_an_overview_of_a_thousand_people_is_cut() -> None:
    loads = [Load(f"甲{n:04}", 1, n % 3, overdue=int(n == 500)) for n in range(1000)]
    overview = replace(OVERVIEW, loads=loads, long_open=many(50), unassigned=())
    digest = render_overview(overview, FACTS)
    assert digest.lines[3].startswith("【各人待办，1000 人】\n甲0500：新 1，未处理 2，逾期 1")
    assert digest.lines[-3] == "其余 975 人、46 项见 90_输出/待办总览.xlsx。"
    assert "其余 975 人、46 项见 90_输出/待办总览.xlsx。" in digest.html


def test_an_overview_without_anything() -> None:
    digest = render_overview(Overview(DAY, (), (), ()), FACTS)
    assert digest.subject == "【待办总览】示例技术支持部：没有人有待办（2026-10-09 到期与逾期）"
    assert digest.lines[0] == "示例技术支持部待办总览（2026-10-09 到期与逾期）\n没有人有待办。"
    assert len(digest.lines) == 2


NASTY = "<script>alert(1)</script><a href=\"javascript:x\" onclick='y'>&{{ 7*7 }}{% raw %}"


def nasty(text: str) -> tuple[Digest, Digest]:
    """Both digests of a department where every text is this one."""
    matter = item(1, text, Standing.OPEN, owner=text, hint=text, reason=text, path=text,
                  sheet=text, cell=text, id=text)  # fmt: skip
    facts = replace(FACTS, department=text, job=text, notices=(text,))
    both = (matter,)
    agenda = Agenda(text, DAY, both, both, both, both, both, both, 3)
    overview = Overview(DAY, (Load(text, 1),), both, both, text, both, (text,))
    return render_agenda(agenda, facts), render_overview(overview, facts)


def test_what_staff_wrote_cannot_become_markup() -> None:
    for digest in nasty(NASTY):
        seen = Seen(digest.html)
        assert {"script", "a", "img", "link"}.isdisjoint(seen.tags)
        assert seen.attributes <= {"lang", "charset", "style", "cellpadding"}
        assert NASTY in seen.text
        assert NASTY in digest.text


@given(st.text(max_size=40))
def test_no_text_breaks_lines_or_subject(text: str) -> None:
    tail = f"{text}\r\nBcc: x@example.com\u2028\x85\u202e\n\n\n1. [错误]\x00"
    for digest in nasty(tail):
        assert len(digest.subject.splitlines()) == 1
        assert not any(unicodedata.category(c) in ("Cc", "Cf", "Cs") for c in digest.subject)
        assert all(piece.strip() for piece in digest.lines)
        clean = nasty("甲")[("总览" in digest.subject[:6])]
        assert len(digest.lines) == len(clean.lines)
        assert digest.text.count("\n") == clean.text.count("\n")
        digest.html.encode()
        digest.text.encode()


def test_our_own_words_survive_code_page_936() -> None:
    empty = (
        render_overview(Overview(DAY, (), (), ()), FACTS),
        render_agenda(Agenda("甲", DAY), FACTS),
    )
    cut = (
        render_agenda(AGENDA, FACTS, limit_lines=3),
        render_overview(OVERVIEW, FACTS, limit_lines=1),
    )
    for digest in (*(rendered() for rendered in DIGESTS.values()), *empty, *cut):
        for text in (digest.subject, digest.text, digest.html):
            text.encode("gbk")


@pytest.mark.parametrize(
    ("age", "overdue", "due", "words"),
    [
        (0, 0, None, ""),
        (4, 2, dt.date(2026, 9, 30), "已 4 个工作日，逾期 2 个工作日"),
        (0, 0, DAY, "今天到期"),
        (1, 0, dt.date(2026, 10, 12), "已 1 个工作日，10月12日到期"),
        (3, 0, None, "已 3 个工作日"),
        (0, 0, dt.date(2027, 1, 4), "2027年1月4日到期"),
    ],
)
def test_how_long_it_has_been(age: int, overdue: int, due: dt.date | None, words: str) -> None:
    assert timing(item(1, "x", Standing.OPEN, age=age, overdue=overdue, due=due), DAY) == words
