"""The 53 articles as data: complete, and honest about what is checked."""

from __future__ import annotations

import re

import pytest

from tests.material import article_texts, catalogue_index, require
from toolkit.model.finding import Result
from toolkit.regulation.articles import COVERAGE_TITLES, Coverage, load_articles, worst
from toolkit.validators.planned import active_ids, planned_rules
from toolkit.validators.registry import load_rules

CHAPTERS = [
    ("总则", 1, 3),
    ("工作职责界定", 4, 8),
    ("项目立项", 9, 11),
    ("沟通与反馈", 12, 16),
    ("问题遗留处理", 17, 19),
    ("研发支持", 20, 22),
    ("售前交流与客户培训", 23, 24),
    ("技术文档编写", 25, 28),
    ("产品测试", 29, 34),
    ("产品实施", 35, 42),
    ("故障处理", 43, 47),
    ("售后服务", 48, 49),
    ("其他", 50, 53),
]
BEYOND_THE_CATALOGUE = re.compile(r"[A-Z]{2,}-\d")
ARTICLES = load_articles()


def test_there_are_53_in_order_and_every_chapter_is_where_it_belongs() -> None:
    assert list(ARTICLES) == list(range(1, 54))
    for chapter, first, last in CHAPTERS:
        assert {ARTICLES[n].chapter for n in range(first, last + 1)} == {chapter}


@pytest.mark.parametrize("article", ARTICLES.values(), ids=lambda a: str(a.number))
def test_texts_are_short_sentences_for_any_console(article) -> None:
    for text in (article.gist, article.why):
        text.encode("gbk")
        assert len(text) <= 70
        assert not text or text.endswith("。")
    assert article.gist
    assert len(set(article.rules)) == len(article.rules)


def test_coverage_says_what_is_checked_now() -> None:
    """Full needs no reason, all else does; people are left alone with what no rule stands for."""
    active = active_ids()
    for article in ARTICLES.values():
        at_work = active.intersection(article.rules)
        assert bool(at_work) is (article.coverage is not Coverage.HUMAN), article.number
        assert bool(article.why) is (article.coverage is not Coverage.FULL), article.number


def test_a_rule_stands_in_the_list_of_its_article() -> None:
    for rule in (*load_rules().values(), *planned_rules().values()):
        if rule.article is not None:
            assert rule.id in ARTICLES[rule.article].rules, f"{rule.id}: article {rule.article}"


def test_articles_name_only_rules_that_there_are() -> None:
    known = active_ids() | planned_rules().keys()
    for article in ARTICLES.values():
        assert set(article.rules) <= known, article.number


def test_rules_and_words_are_those_of_the_catalogue() -> None:
    """Section M of the catalogue, and with it the words that stand in the article."""
    require("catalogue.md")
    index = catalogue_index()
    assert sorted(index) == list(ARTICLES)
    for number, (words, rules) in index.items():
        article = ARTICLES[number]
        assert list(article.words) == words, number
        own = [r for r in article.rules if not BEYOND_THE_CATALOGUE.fullmatch(r)]
        # the note before article 35 has a rule of its own, which the index does not name
        assert set(own) - {"R35-0"} == set(rules), number


def test_words_stand_in_the_article_itself() -> None:
    require("source.txt")
    texts = article_texts()
    for number, article in ARTICLES.items():
        assert [w for w in article.words if w not in texts[number]] == [], number


def test_every_coverage_has_a_word_for_people() -> None:
    assert [COVERAGE_TITLES[c] for c in Coverage] == ["机检", "部分", "人工"]


@pytest.mark.parametrize(
    ("results", "stands"),
    [
        ([], None),
        ([Result.NOT_APPLICABLE], Result.NOT_APPLICABLE),
        ([Result.NOT_APPLICABLE, Result.PASS], Result.PASS),
        ([Result.PASS, Result.UNDETERMINED], Result.UNDETERMINED),
        ([Result.UNDETERMINED, Result.PASS, Result.FAIL], Result.FAIL),
    ],
)
def test_the_worst_result_stands_for_all(results: list[Result], stands: Result | None) -> None:
    assert worst(results) is stands
