"""A folder to a dossier: what is read, what is passed over, and what is said about it."""

from __future__ import annotations

import gc
import hashlib
import logging
import threading
from datetime import date, datetime

import pytest

from toolkit.model.dossier import Status
from toolkit.model.errors import ToolkitError
from toolkit.readers import child, loading, reader
from toolkit.readers.codec import decode
from toolkit.readers.extract import Extractor
from toolkit.readers.protocol import Context, Task
from toolkit.regulation.department import Department
from toolkit.writers.form_workbook import FormContent, write_form

from .workbooks import (
    FORMS,
    as_read,
    findings,
    read,
    records,
    some_records,
    source,
    workbook,
    write_tracking,
)

ROWS = some_records(6)
SIMPLE = [
    ["项目编号", "支持日期", "支持内容类型", "具体内容", "销售在场", "结果"],
    ["XM1", date(2026, 3, 5), "产品测试", "测了三项", "是", "成功"],
]
ROSTER = [{"name": name, "department": "售前"} for name in ("样例甲", "样例乙", "样例丙")]


def test_a_missing_folder_is_told(tmp_path):
    with pytest.raises(ToolkitError) as caught:
        read(tmp_path / "没有")
    assert "找不到文件夹" in str(caught.value)


def test_a_file_instead_of_a_folder_is_told(tmp_path):
    write_tracking(tmp_path / "a.xlsx", ROWS)
    with pytest.raises(ToolkitError) as caught:
        read(tmp_path / "a.xlsx")
    assert "请给出文件夹" in str(caught.value)


def test_an_empty_folder_is_an_empty_dossier(tmp_path):
    dossier = read(tmp_path)
    assert dossier.sources == []
    assert dossier.frames == {}


def test_sources_carry_fingerprint_size_and_version(tmp_path):
    path = tmp_path / "项目跟踪表_样例甲_2026.xlsx"
    write_tracking(path, ROWS)
    (only,) = read(tmp_path).sources
    assert only.fingerprint == hashlib.sha256(path.read_bytes()).hexdigest()
    assert only.size == path.stat().st_size
    assert only.mtime_ns == path.stat().st_mtime_ns
    assert only.template_version == "1"


def test_sources_and_records_stand_in_the_order_of_the_folder(tmp_path):
    names = [f"项目跟踪表_{n:02}.xlsx" for n in range(30)]
    for name in reversed(names):
        row = {**ROWS[0], "project_id": name}
        write_tracking(tmp_path / name, [row])
    (tmp_path / "说明.txt").write_text("x")
    seen: list[tuple[int, int]] = []
    dossier = reader.read_folder(tmp_path, FORMS, lambda done, of: seen.append((done, of)))
    assert [r["project_id"] for r in records(dossier, "tracking")] == names
    assert dossier.frame("tracking")["source"].tolist() == list(range(1, 31))
    assert seen == [(n, 31) for n in range(1, 32)]


def test_reading_twice_gives_the_same(tmp_path):
    write_tracking(tmp_path / "a.xlsx", ROWS)
    one, other = read(tmp_path), read(tmp_path)
    assert one.sources == other.sources
    assert one.frame("tracking").equals(other.frame("tracking"))


def test_frames_have_every_column_in_its_type(tmp_path):
    write_tracking(tmp_path / "a.xlsx", ROWS)
    frame = read(tmp_path).frame("tracking")
    assert str(frame["support_date"].dtype) == "datetime64[s]"
    assert str(frame["report_time"].dtype) == "datetime64[s]"
    assert str(frame["hours"].dtype) == "float64"
    assert {str(frame[c].dtype) for c in ("content", "helpers", "supporter")} == {"coded"}
    assert frame["report_time"].isna().sum() == 4
    assert set(frame["helpers"].map(type)) == {tuple}


def test_the_cyclic_collector_is_left_as_it_was(tmp_path):
    read(tmp_path)
    assert gc.isenabled()
    gc.disable()
    try:
        read(tmp_path)
        assert not gc.isenabled()
    finally:
        gc.enable()


def owners(dossier) -> list[str]:
    return Department.of(dossier, date(2026, 4, 1)).frame("tracking")["owner"].tolist()


def with_roster(folder):
    content = FormContent({}, {"roster": [dict(p) for p in ROSTER]})
    write_form(FORMS["G19"], folder / "部门配置.xlsx", content)


def test_the_owner_is_the_signature_then_the_sheet_then_the_file(tmp_path):
    with_roster(tmp_path)
    write_tracking(tmp_path / "跟踪表_样例丙.xlsx", ROWS[:1], owner="样 例 甲")
    (tmp_path / "部门跟踪.xlsx").write_bytes(workbook({"样例乙": SIMPLE, "样例丙": SIMPLE}))
    (tmp_path / "跟踪记录-样例丙.xlsx").write_bytes(workbook({"Sheet1": SIMPLE}))
    (tmp_path / "跟踪记录.xlsx").write_bytes(workbook({"跟踪": SIMPLE}))
    dossier = read(tmp_path)
    paths = [s.path for s in dossier.sources if s.form == "F02"]
    assert paths == ["跟踪表_样例丙.xlsx", "跟踪记录-样例丙.xlsx", "跟踪记录.xlsx", "部门跟踪.xlsx"]
    assert owners(dossier) == ["样例甲", "样例丙", "", "样例乙", "样例丙"]


def test_a_configuration_of_any_make_and_a_project_that_only_sounds_like_one(tmp_path):
    with_roster(tmp_path)
    content = {"project_name": "部门配置中心建设", "customer": "某局"}
    path = tmp_path / "立项单_部门配置中心建设.xlsx"
    write_form(FORMS["F01"], path, FormContent({"initiation": content}))
    own = [
        ["项目名称", "部门配置中心二期"],
        ["客户名称", "某局"],
        ["申请人", "样例丁"],
        ["责任销售", "样例丁"],
        ["支持内容要求", "演示"],
        ["申请日期", date(2026, 3, 1)],
    ]
    (tmp_path / "立项单_部门配置中心二期.xlsx").write_bytes(workbook({"立项": own}))
    dossier = read(tmp_path)
    assert [r["name"] for r in records(dossier, "roster")] == ["样例甲", "样例乙", "样例丙"]
    names = [r["project_name"] for r in records(dossier, "initiation")]
    assert names == ["部门配置中心二期", "部门配置中心建设"]


def test_wrong_and_empty_workbooks_are_told(tmp_path):
    (tmp_path / "菜单.xlsx").write_bytes(workbook({"周一": [["菜名", "价格"], ["鱼", 12.0]]}))
    (tmp_path / "空.xlsx").write_bytes(workbook({"Sheet1": []}))
    (tmp_path / "空格.xlsx").write_bytes(workbook({"Sheet1": [["  ", "\u3000"]]}))
    dossier = read(tmp_path)
    assert {s.path: (s.status, s.reason) for s in dossier.sources} == {
        "菜单.xlsx": (Status.UNRECOGNISED, "认不出是哪一种表单，未计入"),
        "空.xlsx": (Status.UNRECOGNISED, "工作簿里没有任何内容"),
        "空格.xlsx": (Status.UNRECOGNISED, "工作簿里没有任何内容"),
    }
    ((rule, message, hint),) = findings(dossier, "菜单.xlsx")
    assert (rule, message) == ("SRC-4", "认不出是哪一种表单，未计入。")
    assert "toolkit adopt" in hint


def test_a_table_that_is_left_out_stands_in_the_reason(tmp_path):
    other = [["货号", "数量", "价"], *[["A", 1.0, 2.0]] * 9]
    content = workbook({"跟踪记录": SIMPLE, "库存": other, "随手": [["a", "b", "c"]]})
    (tmp_path / "跟踪表.xlsx").write_bytes(content)
    (only,) = read(tmp_path).sources
    assert only.reason == "未认出的工作表，未计入：库存"
    assert only.consolidated == 1


def test_a_mistake_of_the_toolkit_costs_one_file(tmp_path, monkeypatch):
    for name in ("a", "b", "c"):
        write_tracking(tmp_path / f"{name}.xlsx", ROWS)
    write_tracking(tmp_path / "b.xlsx", ROWS[:1])
    parse, records_of = child.parse_workbook, Extractor.records

    def fail_on_a(name, *rest):
        if name == "a.xlsx":
            raise ZeroDivisionError
        return parse(name, *rest)

    def fail_on_b(self, bound):
        if bound.block.key == "tracking" and len(bound.grid.rows) < 5:
            raise ZeroDivisionError
        return records_of(self, bound)

    monkeypatch.setattr(child, "parse_workbook", fail_on_a)
    monkeypatch.setattr(Extractor, "records", fail_on_b)
    reader_of_child = child.FileReader(Context(FORMS))
    for name, failed in (("a", True), ("b", True), ("c", False)):
        answer = reader_of_child.answer(Task(0, str(tmp_path / f"{name}.xlsx"), 0))
        reading = decode(answer.body, FORMS)
        assert (reading.status is Status.UNREADABLE) == failed
        assert ("ZeroDivisionError" in answer.trace) == failed
        assert answer.key == ""
        if failed:
            assert reading.reason == "读取这个文件时程序出错（ZeroDivisionError），未计入"


def test_a_traceback_of_a_child_goes_to_the_log(tmp_path, monkeypatch, caplog):
    write_tracking(tmp_path / "a.xlsx", ROWS)
    answers = loading.Pool.answers

    def with_trace(pool, tasks):
        return (a._replace(trace="ZeroDivisionError") for a in answers(pool, tasks))

    monkeypatch.setattr(loading.Pool, "answers", with_trace)
    with caplog.at_level(logging.ERROR):
        read(tmp_path)
    assert "a.xlsx\nZeroDivisionError" in caplog.text


def test_a_file_that_vanishes_is_told(tmp_path, monkeypatch):
    for name in ("a", "b"):
        write_tracking(tmp_path / f"{name}.xlsx", ROWS)
    listed = reader.list_settled

    def then_vanish(folder, **options):
        entries = listed(folder, **options)
        (tmp_path / "a.xlsx").unlink()
        return entries

    monkeypatch.setattr(reader, "list_settled", then_vanish)
    monkeypatch.setattr(loading, "_MISSING_SECONDS", 0.3)
    dossier = read(tmp_path)
    assert "不见了" in source(dossier, "a.xlsx").reason
    assert len(dossier.frame("tracking")) == len(ROWS)


def test_a_file_that_is_gone_for_a_moment_is_read(tmp_path, monkeypatch):
    write_tracking(tmp_path / "a.xlsx", ROWS)
    away = tmp_path / "B71A0000"
    listed = reader.list_settled

    def then_rename(folder, **options):
        entries = listed(folder, **options)
        (tmp_path / "a.xlsx").rename(away)
        threading.Timer(0.4, away.rename, [tmp_path / "a.xlsx"]).start()
        return entries

    monkeypatch.setattr(reader, "list_settled", then_rename)
    assert records(read(tmp_path), "tracking") == as_read(ROWS)


def test_a_file_that_is_being_saved_is_read_once_it_is_whole(tmp_path):
    path = tmp_path / "a.xlsx"
    write_tracking(path, ROWS)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    saving = threading.Timer(0.15, path.write_bytes, [whole])
    saving.start()
    dossier = read(tmp_path)
    saving.join()
    assert records(dossier, "tracking") == as_read(ROWS)
    assert dossier.sources[0].fingerprint == hashlib.sha256(whole).hexdigest()


def test_dates_of_all_kinds_stay_in_their_year(tmp_path):
    rows = [[*SIMPLE[1][:1], day, *SIMPLE[1][2:]] for day in ("2026.3.5", "3月5日", "2024.6.31")]
    (tmp_path / "跟踪表.xlsx").write_bytes(workbook({"跟踪记录": [SIMPLE[0], *rows]}))
    dossier = read(tmp_path)
    days = [r["support_date"] for r in records(dossier, "tracking")]
    assert days == [datetime(2026, 3, 5), None, None]
    assert [(p.index, p.field, p.raw) for p in dossier.problems] == [
        (1, "support_date", "3月5日"),
        (2, "support_date", "2024.6.31"),
    ]


def test_a_copy_under_another_name_counts_once(tmp_path):
    write_tracking(tmp_path / "周样例.xlsx", ROWS)
    content = (tmp_path / "周样例.xlsx").read_bytes()
    (tmp_path / "A组周样例存底.xlsx").write_bytes(content)
    dossier = read(tmp_path)
    copy = source(dossier, "A组周样例存底.xlsx")
    assert (copy.status, copy.rows) == (Status.CONFLICT, 0)
    assert copy.fingerprint == hashlib.sha256(content).hexdigest()
    ((rule, message, hint),) = findings(dossier, "A组周样例存底.xlsx")
    assert (rule, message) == ("SRC-3", "与“周样例.xlsx”的内容完全相同，未重复读取。")
    assert hint
    assert findings(dossier, "周样例.xlsx") == []
    assert records(dossier, "tracking") == as_read(ROWS)


def test_a_copy_is_read_when_its_original_cannot_be(tmp_path, monkeypatch):
    for name in ("周.xlsx", "周样例.xlsx", "周样例存底.xlsx"):
        write_tracking(tmp_path / name, ROWS)
    listed = reader.list_settled

    def then_vanish(folder, **options):
        entries = listed(folder, **options)
        (tmp_path / "周.xlsx").unlink()
        return entries

    monkeypatch.setattr(reader, "list_settled", then_vanish)
    monkeypatch.setattr(loading, "_MISSING_SECONDS", 0.3)
    dossier = read(tmp_path)
    assert records(dossier, "tracking") == as_read(ROWS)
    assert set(dossier.frame("tracking")["source"].map(lambda n: dossier.sources[n].path)) == {
        "周样例.xlsx"
    }


def test_copies_of_blank_and_unknown_workbooks_share_their_fate(tmp_path):
    for name in ("空白.xlsx", "空白模板.xlsx"):
        write_form(FORMS["F02"], tmp_path / name, FormContent())
    for name in ("菜单.xlsx", "菜单二.xlsx"):
        (tmp_path / name).write_bytes(workbook({"周一": [["菜名", "价格"], ["鱼", 12.0]]}))
    dossier = read(tmp_path)
    assert source(dossier, "空白模板.xlsx").reason == "空白表单"
    assert findings(dossier, "空白模板.xlsx") == []
    assert findings(dossier, "菜单二.xlsx") == findings(dossier, "菜单.xlsx") != []


def folder_notices(dossier):
    return [(p.rule, p.severity) for p in dossier.source_problems if p.rule in ("SRC-6", "SRC-7")]


def test_a_folder_without_configuration_is_told_once(tmp_path):
    assert folder_notices(read(tmp_path)) == []
    for name in ("a", "b"):
        write_tracking(tmp_path / f"{name}.xlsx", [{**ROWS[0], "project_id": name}])
    assert folder_notices(read(tmp_path)) == [("SRC-7", "info")]
    with_roster(tmp_path)
    assert folder_notices(read(tmp_path)) == []


def test_two_configurations_are_told_and_people_stay_one(tmp_path):
    with_roster(tmp_path)
    more = [*ROSTER, {"name": "样例丁", "department": "销售"}]
    write_form(FORMS["G19"], tmp_path / "部门配置_新.xlsx", FormContent({}, {"roster": more}))
    dossier = read(tmp_path)
    (problem,) = dossier.source_problems
    assert (problem.rule, problem.severity) == ("SRC-6", "warn")
    assert "部门配置.xlsx" in problem.message
    assert "部门配置_新.xlsx" in problem.message
    people = Department.of(dossier, date(2026, 11, 23)).roster.people
    assert [p.name for p in people] == ["样例甲", "样例乙", "样例丙", "样例丁"]
