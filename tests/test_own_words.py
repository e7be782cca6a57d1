"""Nothing that people read is a sentence of the regulation or of the documents around it."""

from __future__ import annotations

import pytest

from tests.material import source_text
from tests.own_words import LENGTH, copied, grams, plain, prescribed, product_texts


@pytest.fixture(scope="module")
def names() -> list[str]:
    return prescribed()


@pytest.fixture(scope="module")
def source(names: list[str]) -> set[str]:
    return {part for _, part in grams(plain(source_text(), names))}


def test_gists_messages_docstrings_helps_and_forms_are_our_own_words(
    source: set[str], names: list[str]
) -> None:
    found = [
        (place, part) for place, text in product_texts() for part in copied(text, source, names)
    ]
    assert found == []


def test_a_copied_sentence_is_found_whatever_its_punctuation(
    source: set[str], names: list[str]
) -> None:
    text = source_text()
    middle = text.index("项目跟踪表是项目奖金")
    sentence = text[middle : middle + 20]
    assert copied(f"提示：{sentence}。", source, names)
    assert copied(sentence.replace("是", " 是，"), source, names)


def test_what_is_prescribed_may_be_written(source: set[str], names: list[str]) -> None:
    for text in (
        "请填写《项目实施进场准备单》和《项目实施与进度计划表》。",
        "标题写成 客户沟通-XX项目-技服人员名字。",
        "《产品改进申请单》或《故障处理工作单》",
        "《技术支持工作管理制度》第16条",
    ):
        assert copied(text, source, names) == []


def test_texts_come_from_code_data_and_templates() -> None:
    """What an f-string puts in parts its words; a docstring counts as any other text."""
    texts = list(product_texts())
    places = {place.partition(":")[0].rpartition(".")[2] for place, _ in texts}
    assert {"py", "toml", "j2", "md"} <= places
    assert any("要求：" in text for _, text in texts)
    assert any("\x00" in text for _, text in texts)
    assert any(place.endswith("articles.toml") for place, _ in texts)


@pytest.mark.parametrize(
    ("text", "shared"),
    [
        ("甲乙丙丁戊己庚辛壬", ["甲乙丙丁戊己庚辛壬"]),
        ("子甲乙丙丁戊己庚辛壬癸丑", ["甲乙丙丁戊己庚辛壬癸"]),
        ("甲乙，丙丁 戊己《庚》辛壬", ["甲乙丙丁戊己庚辛壬"]),
        ("甲乙丙丁\x00戊己庚辛壬", []),
        ("甲乙丙丁戊己庚辛", []),
        ("abcdefghi", []),
    ],
)
def test_stretches_in_common(text: str, shared: list[str]) -> None:
    assert LENGTH == 9
    known = {part for _, part in grams(plain("甲乙丙丁戊己庚辛壬癸") + "\x00" + "abcdefghi")}
    assert copied(text, known, []) == shared
