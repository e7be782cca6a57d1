"""待办_姓名.xlsx as other programs read it."""

from __future__ import annotations

import datetime as dt
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest

from tests.golden import assert_same_workbook
from tests.writers.agenda.agenda_books import (
    AGENDA,
    BOOK,
    DAY,
    FACTS,
    GOLDEN,
    PROJECT,
    REMEDY,
    item,
    write_small_agenda,
)
from tests.writers.agenda.books import column_a, tables, texts
from toolkit.forms import load_forms
from toolkit.model.agenda import Agenda, Standing
from toolkit.model.dossier import Status
from toolkit.readers.reader import read_folder
from toolkit.writers.agenda.person_workbook import write_agenda


def written(folder: Path, agenda: Agenda = AGENDA, where: str = "90_输出") -> Path:
    path = folder / where / "待办_周演示.xlsx"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_small_agenda(path, folder, agenda)
    return path


def test_the_golden_agenda(tmp_path: Path) -> None:
    assert_same_workbook(written(tmp_path), GOLDEN / "待办_周演示.xlsx", REMEDY)


def test_title_run_and_how_many_of_each(tmp_path: Path) -> None:
    assert column_a(written(tmp_path), "待办")[:5] == [
        "周演示 待办",
        "示例技术支持部；2026-10-09；到期与逾期；生成时间：2026-10-09 08:30",
        "新 3，今天到期 1，仍未处理 3，其中逾期 2；暂时无法核实 1；已解决 2；不再提醒 1",
        "改好保存即可，不用回复；确有理由不改的，"
        "请经理在“部门配置/豁免登记”写编号、理由、批准人、有效期。",
        "状态",
    ]


def test_new_ones_first_then_thanks_then_what_is_stopped(tmp_path: Path) -> None:
    path = written(tmp_path)
    pending, resolved, stopped = tables(path, "待办")
    assert [line["状态"] for line in pending] == [
        *("新", "新", "新", "今天到期", "仍未处理", "仍未处理", "仍未处理", "暂时无法核实"),
    ]
    assert [line["编号"] for line in resolved] == ["X34-00000015", "X34-00000016"]
    assert {line["状态"] for line in resolved} == {"已解决"}
    reason = "已豁免：客户要求分两次登记（何协调批准，有效期至2026-12-31）"
    assert [(line["状态"], line["说明"]) for line in stopped] == [("不再提醒", reason)]
    heads = [text for text in column_a(path, "待办") if "项）" in text]
    assert heads == ["已解决，谢谢（2 项）", "不再提醒（1 项）"]


def test_a_matter_has_all_that_is_known_of_it(tmp_path: Path) -> None:
    pending = tables(written(tmp_path), "待办")[0]
    assert pending[4] == {
        "状态": "仍未处理",
        "要做什么": "故障处理工作单GZ-2026-0007等待售前经理同意，已等7个工作日。",
        "建议": "请何协调在“售前经理意见”写明同意或退回的原因。",
        "到期日": dt.datetime(2026, 9, 30),
        "已有几个工作日": 7,
        "逾期几个工作日": 5,
        "项目": PROJECT,
        "文件": "05_故障/故障处理工作单_GZ-2026-0007.xlsx",
        "工作表": "故障处理工作单",
        "单元格": "C18",
        "级别": "错误",
        "条款": 19,
        "编号": "X34-0000001d",
    }
    assert (pending[0]["已有几个工作日"], pending[0]["逾期几个工作日"]) == (None, None)
    assert pending[7]["建议"] == "原因：文件“产品改进申请单_GJ-2026-0005.xlsx”今天打不开（有密码）"


def test_links_open_the_file_and_the_cell(tmp_path: Path) -> None:
    pending, resolved, _ = tables(written(tmp_path), "待办", values=False)
    assert pending[1]["文件"] == f'=HYPERLINK("../{BOOK}","{BOOK}")'
    assert pending[1]["单元格"] == f'=HYPERLINK("../{BOOK}#\'跟踪记录\'!J4","J4")'
    assert resolved[0]["单元格"] == f'=HYPERLINK("../{BOOK}#\'跟踪记录\'!L21","L21")'
    assert pending[2]["单元格"] is None


def test_links_from_another_folder(tmp_path: Path) -> None:
    path = tmp_path / "别处" / "待办.xlsx"
    path.parent.mkdir()
    write_small_agenda(path, tmp_path / "部门")
    assert tables(path, "待办", values=False)[0][1]["文件"].startswith(
        f'=HYPERLINK("../部门/{BOOK}"'
    )


def test_the_heads_stay_and_the_page_is_a4_on_its_side(tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(written(tmp_path))["待办"]
    assert sheet.freeze_panes == "B6"
    assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
    assert sheet.page_setup.fitToHeight == 0
    assert sheet.print_title_rows == "$5:$5"
    assert sheet.print_area == "'待办'!$A$1:$M$22"


def test_days_past_the_time_limit_are_red(tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(written(tmp_path))["待办"]
    late = sheet["F10"]
    assert (late.value, late.font.b, late.font.color.rgb) == (5, True, "FFB3392F")


@pytest.mark.parametrize(
    ("agenda", "tab"),
    [
        (AGENDA, "FFB3392F"),
        (replace(AGENDA, open=()), "FF5B7FA6"),
        (Agenda("王假设", DAY, resolved=AGENDA.resolved), "FF4F8A6B"),
    ],
)
def test_the_tab_says_how_urgent_it_is(tmp_path: Path, agenda: Agenda, tab: str) -> None:
    sheet = openpyxl.load_workbook(written(tmp_path, agenda))["待办"]
    assert sheet.sheet_properties.tabColor.rgb == tab


def test_an_empty_agenda_is_one_friendly_sentence(tmp_path: Path) -> None:
    path = written(tmp_path, Agenda("王假设", DAY))
    assert column_a(path, "待办") == [
        "王假设 待办",
        "示例技术支持部；2026-10-09；到期与逾期；生成时间：2026-10-09 08:30",
        "今天没有需要您处理的事项，谢谢。",
    ]
    assert tables(path, "待办") == []


def test_thanks_without_anything_to_do(tmp_path: Path) -> None:
    path = written(tmp_path, Agenda("周演示", DAY, resolved=AGENDA.resolved))
    (resolved,) = tables(path, "待办")
    assert len(resolved) == 2
    assert column_a(path, "待办")[2:4] == ["已解决 2", "今天没有需要您处理的事项，谢谢。"]


def test_notices_and_history(tmp_path: Path) -> None:
    path = tmp_path / "待办.xlsx"
    facts = replace(FACTS, notices=("昨天17:30没有运行，今天补上。", " "))
    write_agenda(path, replace(AGENDA, history=1200), facts, base=tmp_path)
    lines = column_a(path, "待办")
    assert lines[3] == "昨天17:30没有运行，今天补上。"
    assert lines[5] == "历史：启用日期以前的旧问题 1,200 项，合并为这一行，不用逐条处理。"
    assert lines[6] == "状态"


NASTY = ["=cmd|'/c calc'!A1", "+1+1", "-2", "@SUM(A1)", "{=1}", "<r>x</r>", "http://example.com"]


@pytest.mark.parametrize("text", NASTY)
def test_what_staff_wrote_is_never_a_formula(tmp_path: Path, text: str) -> None:
    # what looks like ready-made XML gets a blank after it
    shown = f"{text} " if text.startswith("<r>") else text
    nasty = item(1, text, hint=text, project=text, path=text, sheet=text, cell=text, id=text)
    agenda = Agenda(text, DAY, new=(nasty,), stopped=(replace(nasty, reason=text),))
    facts = replace(FACTS, department=text, job=text, notices=(text,))
    path = tmp_path / "待办.xlsx"
    write_agenda(path, agenda, facts, base=tmp_path)
    pending, _ = tables(path, "待办")
    for title in ("要做什么", "建议", "项目", "文件", "工作表", "单元格", "编号"):
        assert pending[0][title].strip() == shown.strip()
    sheet = openpyxl.load_workbook(path)["待办"]
    cells = [cell for row in sheet.iter_rows() for cell in row]
    formulas = [cell.value for cell in cells if cell.data_type == "f"]
    assert len(formulas) == 4, "file and cell, twice"
    assert all(formula.startswith('=HYPERLINK("') for formula in formulas)
    assert column_a(path, "待办")[3] == shown


def test_control_characters_and_broken_names_leave_a_whole_workbook(tmp_path: Path) -> None:
    bad = "甲\x00\x07\x1b\ud800\ufffe乙"
    nasty = item(
        1, bad, hint=bad, project=bad, path=f"{bad}\n丙.xlsx", sheet=bad, cell="A1", id=bad
    )
    path = written(tmp_path, Agenda(bad, DAY, new=(nasty,), resolved=(nasty,)))
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            ElementTree.fromstring(archive.read(name))
    pending, _ = tables(path, "待办")
    assert pending[0]["要做什么"] == "甲乙"
    assert "丙.xlsx" in pending[0]["文件"]
    assert "\n" not in pending[0]["文件"]


def test_texts_longer_than_a_cell_are_cut_with_a_mark(tmp_path: Path) -> None:
    agenda = Agenda("周演示", DAY, new=(item(1, "长" * 40_000, hint="\U00020000" * 20_000),))
    (line,) = tables(written(tmp_path, agenda), "待办")[0]
    for title in ("要做什么", "建议"):
        assert line[title].endswith("…（原文过长，此处截断）")
        assert len(line[title].encode("utf-16-le")) // 2 <= 32_767


def test_a_path_too_long_for_a_link_is_shown_without_one(tmp_path: Path) -> None:
    long = f"{'深/' * 150}表.xlsx"
    pending = tables(written(tmp_path, Agenda("甲", DAY, new=(item(1, "x", path=long),))), "待办")[
        0
    ]
    assert (pending[0]["文件"], pending[0]["单元格"]) == (long, "M1")


def test_five_hundred_matters(tmp_path: Path) -> None:
    still = tuple(
        item(n, f"第{n}项没有填写。", Standing.OPEN, age=n, overdue=n % 3, due=DAY)
        for n in range(1, 501)
    )
    path = written(tmp_path, Agenda("周演示", DAY, open=still))
    (pending,) = tables(path, "待办")
    assert [line["编号"] for line in pending] == [f"X34-{n:08x}" for n in range(1, 501)]
    assert [line["已有几个工作日"] for line in pending] == list(range(1, 501))
    assert column_a(path, "待办")[2] == "仍未处理 500，其中逾期 334"


def test_our_own_words_survive_code_page_936(tmp_path: Path) -> None:
    for text in texts(written(tmp_path)):
        text.encode("gbk")


def test_the_reader_takes_it_for_output_wherever_it_lies(tmp_path: Path) -> None:
    source = written(tmp_path)
    department = tmp_path / "部门"
    for folder in ("", "02_跟踪表", "90_输出"):
        (department / folder).mkdir(exist_ok=True, parents=True)
        shutil.copy(source, department / folder / f"待办{len(folder)}.xlsx")
    dossier = read_folder(department, load_forms())
    assert [source.status for source in dossier.sources] == [Status.OUTPUT] * 3
    assert dossier.frames == {}
