"""条款覆盖: one line an article, with the worst result of its rules."""

from __future__ import annotations

from typing import Any

import pandas as pd

from tests.aggregators.test_projects_engineers import finding
from tests.departments import build
from toolkit.aggregators.articles import NOT_CHECKED, article_table
from toolkit.model.finding import CheckResult, NotKept, Result, Severity
from toolkit.validators.engine import check


def lines(**result: Any) -> pd.DataFrame:
    return article_table(CheckResult(**result)).frame.set_index("条款")


def test_every_article_has_a_line_and_nothing_is_left_open() -> None:
    frame = article_table(CheckResult()).frame
    assert list(frame["条款"]) == list(range(1, 54))
    assert set(frame["覆盖"]) == {"机检", "部分", "人工"}
    assert set(frame["本次结果"]) == {NOT_CHECKED}
    assert frame["发现数"].sum() == 0
    reasons = frame.set_index("覆盖")["为什么不能全查"]
    assert all(reasons[["部分", "人工"]] != "")
    assert all(reasons[["机检"]] == "")


def test_the_worst_of_its_rules_is_the_result() -> None:
    results = {
        "X42": Result.PASS,
        "X43": Result.UNDETERMINED,
        "X44": Result.NOT_APPLICABLE,
        "X07": Result.FAIL,
        "X27": Result.UNDETERMINED,
        "X35": Result.NOT_APPLICABLE,
    }
    frame = lines(results=results)
    assert frame.loc[21, "规则"] == "X42、X43、X44"
    outcome = {n: frame.loc[n, "本次结果"] for n in (16, 19, 21, 31)}
    assert outcome == {16: "不符合", 19: "不适用", 21: "无法判断", 31: "—"}


def test_findings_count_with_their_rule_unless_they_are_waived() -> None:
    found = [
        finding("X15", Severity.WARN),
        finding("X15", Severity.WARN),
        finding("X07", Severity.ERROR, waived="经理批准"),
        finding("R52-2", Severity.WARN),
    ]
    results = {"X15": Result.FAIL, "X07": Result.FAIL}
    frame = lines(findings=found, results=results)
    assert [frame.loc[n, "发现数"] for n in (12, 13, 16, 52)] == [2, 2, 0, 1]
    assert frame.loc[52, "规则"] == "R52-2", "what the engine itself finds counts as well"
    assert frame.loc[52, "本次结果"] == "不符合"


def test_registers_that_this_department_does_not_keep_are_named() -> None:
    gone = NotKept("G03", "部门协作登记", "督促立项", ("X03", "X04", "X09"))
    frame = lines(not_kept=[gone])
    why = frame["为什么不能全查"]
    assert why[11].endswith("\n没有《部门协作登记》的“督促立项”，X03、X04 不适用。")
    assert why[16].endswith("没有《部门协作登记》的“督促立项”，X09 不适用。")
    assert "部门协作登记" not in why[21]


def test_a_real_check_fills_it() -> None:
    dept = build({"initiation": [{}], "tracking": [{"supporter": "李三"}, {"result": ""}]})
    result = check(dept)
    frame = article_table(result).frame.set_index("条款")
    assert frame.loc[4, "本次结果"] == "不符合"
    assert frame.loc[4, "发现数"] >= 1
    assert frame.loc[1, "本次结果"] == NOT_CHECKED
    assert frame.loc[47, "本次结果"] == "不适用"
