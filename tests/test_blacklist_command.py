"""`certsweep blacklist …` as people type it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from openpyxl import Workbook

from storage.blacklist import entries
from tests.test_case_commands import Typist

pytestmark = pytest.mark.timeout(120)
PHONE = "13800000000"
WORDS = ("--reason", "多次承诺包过", "--basis", "广告法 第二十四条", "--by", "王登记")
LAW = "《广告法》第二十八条"
HEAD = "类别,主体,原因,法律依据,开始,结束\n"


@pytest.fixture
def typed(engine, database_url, tmp_path, monkeypatch, capsys) -> Typist:
    typist = Typist(monkeypatch, capsys)
    typist.url, typist.home = database_url, tmp_path
    return typist


def said(done, *words: str) -> None:
    assert done.returncode == 0, done.stderr
    assert all(word in done.stdout for word in words), done.stdout


def refused(done, *words: str) -> None:
    assert done.returncode in {1, 2}, done.stdout
    assert "Traceback" not in done.stderr
    assert all(word in done.stderr for word in words), done.stderr


def test_an_entry_from_listing_to_removal(typed):
    said(typed("blacklist", "add", "电话", PHONE, *WORDS, "--source", "案件 12"), "编号 1")
    refused(typed("blacklist", "add", "phone", "138 0000 0000", *WORDS), "已在黑名单")
    said(typed("blacklist", "appeal", "1", "--by", "李某", "--note", "号码被盗用"), "第 2 版")
    said(typed("blacklist", "list"), "申诉中")
    no = ("appeal", "1", "--rejected", "--by", "赵某", "--note", "属实")
    said(typed("blacklist", *no), "不成立")
    said(typed("blacklist", "remove", "1", "--by", "赵某", "--note", "整改完毕"), "已移出")
    assert "黑名单是空的" in typed("blacklist", "list").stderr
    said(typed("blacklist", "list", "--all"), "已移出")
    said(typed("blacklist", "show", "1"), "列入", "申诉不成立", "整改完毕", "案件 12", "广告法")


def test_contacts_are_masked_unless_asked(typed):
    typed("blacklist", "add", "电话", PHONE, *WORDS)
    for words in (("list",), ("show", "1"), ("list", "--json"), ("show", "1", "--json")):
        assert PHONE not in typed("blacklist", *words).stdout
        assert PHONE in typed("blacklist", *words, "--show-contacts").stdout


def test_what_cannot_be_listed_is_refused_with_the_reason(typed):
    refused(typed("blacklist", "add", "电话", "12377", *WORDS), "不能")
    refused(typed("blacklist", "add", "脸", "x", *WORDS), "不认识的类别")
    refused(typed("blacklist", "add", "电话", PHONE, *WORDS, "--end", "明天"), "不是日期")
    refused(typed("blacklist", "add", "电话", PHONE, *WORDS, "--end", "2020-01-01"), "早于开始")
    refused(typed("blacklist", "show", "7"), "没有第 7 条")
    refused(typed("blacklist", "remove", "7", "--by", "某", "--note", "x"), "没有第 7 条")


def test_a_file_is_imported_as_a_whole(typed, engine, tmp_path):
    file = tmp_path / "名单.csv"
    rows = (
        f"电话,{PHONE},多次承诺包过,广告法,2026-01-01,2030-12-31\n"
        "名称,某某教育咨询,仿冒名称,广告法,,\n\n"
    )
    file.write_text(HEAD + rows, encoding="gb18030")
    said(typed("blacklist", "import", str(file), "--by", "王登记"), "已列入 2 条")
    facts = json.loads(typed("blacklist", "list", "--json").stdout)
    assert [one["kind"] for one in facts] == ["phone", "name"]
    assert facts[0]["versions"][0]["source"] == "名单.csv 2"
    refused(typed("blacklist", "import", str(file), "--by", "王登记"), "已在黑名单")


def test_an_xlsx_is_read_as_well(typed, tmp_path: Path):
    book = Workbook()
    book.active.append(["类别", "主体", "原因", "依据"])
    book.active.append(["网站", "one.example", "仿冒", "广告法"])
    book.save(tmp_path / "名单.xlsx")
    said(typed("blacklist", "import", str(tmp_path / "名单.xlsx"), "--by", "某"), "已列入 1 条")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "空"),
        (HEAD, "没有内容"),
        ("类别,主体\n电话,13800000000\n", "缺少列"),
        (HEAD + "电话,12,原因,依据,,\n", "第 2 行"),
        (HEAD + "脸,张三,原因,依据,,\n", "不认识的类别"),
        (HEAD + f"电话,{PHONE},,依据,,\n", "缺少原因"),
        (HEAD + f"电话,{PHONE},原因,依据,昨天,\n", "不是日期"),
        (HEAD + f"电话,{PHONE},原因,依据,2026-02-01,2026-01-01\n", "早于"),
        (HEAD + "电话,=1+1,原因,依据,,\n", "公式"),
        (
            HEAD + f"电话,{PHONE},原因,{LAW},,\n电话,{PHONE},原因,{LAW},,\n",
            "已在黑名单",
        ),
        (
            HEAD + f"电话,{PHONE},原因,《广告法》第二十八条,,\n电话,13,原因,依据,,\n",
            "一行也没有导入",
        ),
    ],
)
def test_a_file_with_one_wrong_row_imports_nothing(typed, engine, tmp_path, text, told):
    file = tmp_path / "名单.csv"
    file.write_text(text, encoding="utf-8")
    refused(typed("blacklist", "import", str(file), "--by", "某"), told)
    assert entries(engine) == []


def test_a_file_that_is_not_there_is_named(typed, tmp_path):
    refused(typed("blacklist", "import", str(tmp_path / "没有.csv"), "--by", "某"), "没有.csv")
