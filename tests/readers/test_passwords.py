"""Workbooks with a password: Excel's default one, those of the department, and none."""

from __future__ import annotations

import io
import sqlite3

import pytest
from msoffcrypto.format.ooxml import OOXMLFile

from toolkit.readers import cache as caches
from toolkit.readers import store
from toolkit.readers.passwords import VARIABLE, department_passwords
from toolkit.readers.reader import read_folder

from .workbooks import FORMS, as_read, findings, records, some_records, write_tracking

ROWS = some_records(3)


def encrypted(folder, name: str, password: str) -> None:
    write_tracking(folder / name, ROWS)
    opened = io.BytesIO()
    OOXMLFile(io.BytesIO((folder / name).read_bytes())).encrypt(password, opened)
    (folder / name).write_bytes(opened.getvalue())


def test_the_default_password_of_excel_opens(tmp_path):
    encrypted(tmp_path, "a.xlsx", "VelvetSweatshop")
    assert records(read_folder(tmp_path, FORMS), "tracking") == as_read(ROWS)


@pytest.mark.parametrize("variable", ["部门-密码", "x;部门-密码", "x\n 部门-密码 \n"])
def test_a_password_of_the_department_opens_and_nothing_is_kept(tmp_path, monkeypatch, variable):
    monkeypatch.setattr(caches, "_SETTLED_NS", -(10**18))
    monkeypatch.setenv(VARIABLE, variable)
    encrypted(tmp_path / "d", "a.xlsx", "部门-密码")
    dossier = read_folder(tmp_path / "d", FORMS, cache=tmp_path / "c")
    assert records(dossier, "tracking") == as_read(ROWS)
    with sqlite3.connect(tmp_path / "c" / store.FILE_NAME) as connection:
        assert connection.execute("SELECT COUNT(*) FROM entries").fetchone() == (0,)
        assert connection.execute("SELECT COUNT(*) FROM seen").fetchone() == (0,)


def test_without_the_password_the_file_is_a_finding(tmp_path, monkeypatch):
    encrypted(tmp_path, "a.xlsx", "别的密码")
    for variable in ("", "不对"):
        monkeypatch.setenv(VARIABLE, variable)
        ((rule, message, hint),) = findings(read_folder(tmp_path, FORMS), "a.xlsx")
        assert rule == "SRC-1"
        assert message.startswith("文件设有打开密码，无法读取")
        assert ("已设置的密码" in message) == bool(variable)
        assert VARIABLE in hint


def test_passwords_are_told_apart():
    assert department_passwords({VARIABLE: "甲;乙\r\n甲\n; 丙 丁 "}) == ("甲", "乙", "丙 丁")
    assert department_passwords({}) == ()
