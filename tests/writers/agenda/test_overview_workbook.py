"""待办总览.xlsx as other programs read it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import openpyxl

from tests.golden import assert_same_workbook
from tests.writers.agenda.agenda_books import (
    DAY,
    FACTS,
    GOLDEN,
    OVERVIEW,
    REMEDY,
    item,
    write_small_overview,
)
from tests.writers.agenda.books import column_a, tables, texts
from toolkit.forms import load_forms
from toolkit.model.agenda import Load, Overview, Standing
from toolkit.model.dossier import Status
from toolkit.readers.reader import read_folder
from toolkit.writers.agenda.names import OVERVIEW_NAME
from toolkit.writers.agenda.overview_workbook import write_overview


def written(folder: Path, overview: Overview = OVERVIEW) -> Path:
    path = folder / "90_输出" / OVERVIEW_NAME
    path.parent.mkdir(exist_ok=True)
    write_small_overview(path, folder, overview)
    return path


def test_the_golden_overview(tmp_path: Path) -> None:
    assert_same_workbook(written(tmp_path), GOLDEN / OVERVIEW_NAME, REMEDY)


def test_run_facts_notices_and_history_stand_on_top(tmp_path: Path) -> None:
    path = written(tmp_path)
    assert openpyxl.load_workbook(path).sheetnames == [
        *("总览", "超时未处理", "无人认领", "不再提醒", "_meta"),
    ]
    assert column_a(path, "总览")[:7] == [
        "示例技术支持部 待办总览",
        "示例技术支持部；2026-10-09；到期与逾期；生成时间：2026-10-09 08:30",
        "2 人有待办：新 5，未处理 5，逾期 2；今天解决 6；超时未处理 1；无人认领 1",
        *OVERVIEW.notices,
        "历史：启用日期以前的旧问题 12 项，合并为这一行，不用逐条处理。",
        "姓名",
    ]


def test_notices_of_the_run_come_once(tmp_path: Path) -> None:
    facts = replace(FACTS, notices=(OVERVIEW.notices[1], "日历没有2027年。"))
    path = tmp_path / OVERVIEW_NAME
    write_overview(path, OVERVIEW, facts, base=tmp_path)
    told = [OVERVIEW.notices[1], "日历没有2027年。", OVERVIEW.notices[0]]
    assert column_a(path, "总览")[3:6] == told


def test_everybody_has_a_line_with_a_link_and_the_worst_stands_first(tmp_path: Path) -> None:
    (lines,) = tables(written(tmp_path), "总览")
    assert [list(line.values()) for line in lines] == [
        ["周演示", 3, 4, 2, 7, 2, "待办_周演示.xlsx"],
        ["李样本", 2, 1, None, 2, 3, "待办_李样本.xlsx"],
        ["王假设", None, None, None, None, 1, "待办_王假设.xlsx"],
    ]
    (lines,) = tables(written(tmp_path), "总览", values=False)
    assert lines[0]["待办文件"] == '=HYPERLINK("待办_周演示.xlsx","待办_周演示.xlsx")'


def test_sums_follow_the_filter(tmp_path: Path) -> None:
    path = written(tmp_path)
    sums = {
        values: [cell.value for cell in openpyxl.load_workbook(path, data_only=values)["总览"][11]]
        for values in (True, False)
    }
    assert sums[True] == ["合计", 5, 5, 2, None, 6, None]
    assert sums[False][1] == "=SUBTOTAL(109,B8:B10)"


def test_links_lead_to_the_names_that_were_given(tmp_path: Path) -> None:
    path = tmp_path / OVERVIEW_NAME
    loads = (Load("Li", 1), Load("LI", 2))
    overview = replace(OVERVIEW, loads=loads)
    write_overview(path, overview, FACTS, base=tmp_path)
    (lines,) = tables(path, "总览")
    assert {line["姓名"]: line["待办文件"] for line in lines} == {
        "LI": "待办_LI.xlsx",
        "Li": "待办_Li_2.xlsx",
    }
    write_overview(path, overview, FACTS, base=tmp_path, names={"Li": "待办_甲.xlsx"})
    (lines,) = tables(path, "总览")
    assert {line["姓名"]: line["待办文件"] for line in lines} == {"LI": None, "Li": "待办_甲.xlsx"}


def test_what_is_open_too_long_has_its_owner_and_the_limit(tmp_path: Path) -> None:
    path = written(tmp_path)
    assert column_a(path, "超时未处理")[2] == (
        "超过规定时间（参数P12＝5工作日）仍未处理的事项；请督促责任人，或改派、登记豁免"
    )
    (lines,) = tables(path, "超时未处理", values=False)
    assert (lines[0]["责任人"], lines[0]["逾期几个工作日"]) == ("周演示", 5)
    file = "05_故障/故障处理工作单_GZ-2026-0007.xlsx"
    assert lines[0]["单元格"] == f'=HYPERLINK("../{file}#\'故障处理工作单\'!C18","C18")'


def test_what_is_nobodys_and_what_was_stopped(tmp_path: Path) -> None:
    path = written(tmp_path)
    (lines,) = tables(path, "无人认领")
    assert [(line["状态"], line["建议"]) for line in lines] == [("新", "请售前经理指派第一售前。")]
    (lines,) = tables(path, "不再提醒")
    assert (lines[0]["责任人"], lines[0]["说明"][:4]) == ("周演示", "已豁免：")


def test_a_department_without_anything_open(tmp_path: Path) -> None:
    path = written(tmp_path, Overview(DAY, (), (), ()))
    assert column_a(path, "总览")[2:] == ["没有人有待办", "没有要列出的人员。"]
    assert column_a(path, "超时未处理")[3:] == ["没有超时未处理的事项。"]
    assert column_a(path, "无人认领")[3:] == ["没有无人认领的事项。"]
    assert column_a(path, "不再提醒")[3:] == ["没有不再提醒的事项。"]


def test_nobody_has_anything_left_to_do(tmp_path: Path) -> None:
    path = written(tmp_path, Overview(DAY, (Load("王假设", resolved=1), Load("甲")), (), ()))
    (lines,) = tables(path, "总览")
    assert [line["姓名"] for line in lines] == ["王假设", "甲"]
    assert column_a(path, "总览")[2] == "没有人有待办；今天解决 1"


def test_formulas_in_texts_stay_texts(tmp_path: Path) -> None:
    text = "=cmd|'/c calc'!A1"
    nasty = item(1, text, owner=text, hint=text, reason=text, id=text)
    overview = Overview(
        DAY, (Load(text, 1),), (nasty,), (nasty,), text, (nasty,), (text, "\x00二\x1b"), 0
    )
    path = written(tmp_path, overview)
    book = openpyxl.load_workbook(path)
    formulas = {
        cell.value
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    }
    assert {f.partition("(")[0] for f in formulas} == {"=HYPERLINK", "=SUBTOTAL"}
    assert column_a(path, "总览")[3:5] == [text, "二"]
    assert tables(path, "超时未处理")[0][0]["责任人"] == text


def test_a_thousand_people(tmp_path: Path) -> None:
    people = [f"甲{number:04}" for number in range(1000)]
    loads = [Load(p, n % 5, n % 7, n % 3, n % 2, n % 11) for n, p in enumerate(people)]
    old = [item(n, f"第{n}项", Standing.OPEN, age=9, owner=p) for n, p in enumerate(people)]
    path = written(tmp_path, Overview(DAY, loads, old, (), "参数P12＝5工作日"))
    (lines,) = tables(path, "总览")
    assert {line["姓名"] for line in lines} == set(people)
    assert [line["逾期"] or 0 for line in lines] == sorted(n % 3 for n in range(1000))[::-1]
    assert len(tables(path, "超时未处理")[0]) == 1000


def test_our_own_words_survive_code_page_936(tmp_path: Path) -> None:
    for overview in (OVERVIEW, Overview(DAY, (), (), ())):
        for text in texts(written(tmp_path, overview)):
            text.encode("gbk")


def test_the_reader_takes_it_for_output_wherever_it_lies(tmp_path: Path) -> None:
    write_small_overview(tmp_path / "总览.xlsx", tmp_path)
    dossier = read_folder(tmp_path, load_forms())
    assert [source.status for source in dossier.sources] == [Status.OUTPUT]
