"""Directories as offices send them, and files that only look like one."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from sqlalchemy import Engine

from door.csv_rows import csv_rows
from door.directory_import import Imported, Wanted, import_file, today
from door.directory_rows import Reader
from door.directory_values import LEVELS, levels_of, read_days, read_kind, read_occupations
from door.sheet_cells import SheetRow
from door.xlsx_rows import xlsx_rows
from storage.bilingual import Problem
from storage.database import open_database, upgrade
from storage.directory import editions, filings
from storage.records import FiledKind, Filing

HEAD = "机构名称,备案编号,职业（工种）,等级,评价对象,类别,地区,有效期至\n"
ROW = "郑州市匠心职业培训学校,S000041000123,电工,三级,社会人员,社会培训评价组织,郑州市,2027-12-31\n"
SPACED = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture
def base(tmp_path: Path) -> Engine:
    engine = open_database("", tmp_path / "home")
    upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def imported(base: Engine, tmp_path: Path) -> Callable[..., Imported]:
    def run(content: str | bytes | Path, name: str = "list.csv", **wanted: Any) -> Imported:
        path = content if isinstance(content, Path) else tmp_path / name
        if isinstance(content, str | bytes):
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return import_file(base, path, Wanted(**wanted))

    return run


def kept(base: Engine) -> list[Filing]:
    return [row for one in editions(base) for row in filings(base, one.id)]


def refused(run: Callable[..., Imported], base: Engine, *what: Any, **wanted: Any) -> Problem:
    with pytest.raises(Problem) as caught:
        run(*what, **wanted)
    assert editions(base) == []
    assert "没有导入" in caught.value.text.zh or "一行也没有导入" in caught.value.text.zh
    return caught.value


def book(path: Path, rows: list[list[Any]], **more: Any) -> Path:
    made = Workbook()
    sheet = made.active
    for row in rows:
        sheet.append(row)
    for ref in more.get("merge", ()):
        sheet.merge_cells(ref)
    for title, others in more.get("sheets", {}).items():
        other = made.create_sheet(title)
        for row in others:
            other.append(row)
    made.save(path)
    return path


def tampered(path: Path, part: str, change: Callable[[bytes], bytes]) -> Path:
    """The archive with one part changed."""
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    parts[part] = change(parts.get(part, b""))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, body in parts.items():
            new.writestr(name, body)
    return path


# ---- what is understood --------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_a_csv_is_read_in_every_usual_encoding(encoding, imported, base):
    imported((HEAD + ROW).encode(encoding), as_of=date(2026, 3, 1))
    (row,) = kept(base)
    assert row == Filing(
        body="郑州市匠心职业培训学校",
        kind=FiledKind.SOCIAL,
        occupation="电工",
        level="三级",
        audience="社会",
        region="郑州市",
        filing_no="S000041000123",
        valid_to=date(2027, 12, 31),
    )


@pytest.mark.parametrize("sign", ["\t", ";", ","])
def test_other_separators_will_do(sign, imported, base):
    imported((HEAD + ROW).replace(",", sign))
    assert len(kept(base)) == 1


def test_english_headings_will_do(imported, base):
    imported(
        "Body,Kind,Occupation,Level,Audience,Region,Filing No,Valid from,Valid to\n"
        "云帆职业技能鉴定所,鉴定,育婴员,5-3级,社会,洛阳市,A1,2025/1/1,2026.12\n"
    )
    assert [row.level for row in kept(base)] == ["五级", "四级", "三级"]
    assert {(row.valid_from, row.valid_to) for row in kept(base)} == {
        (date(2025, 1, 1), date(2026, 12, 31))
    }


def test_a_row_for_a_body_becomes_one_for_each_occupation_level_and_audience(imported, base):
    imported(
        HEAD.replace("等级", "备注")
        + "巧匠机械有限公司,,电工（五级、四级）、起重工（叉车司机）,x,社会人员、在校学生,Y,,\n"
    )
    assert {(row.occupation, row.trade, row.level, row.audience) for row in kept(base)} == {
        (*scope, audience)
        for scope in (("电工", "", "五级"), ("电工", "", "四级"), ("起重工", "叉车司机", ""))
        for audience in ("社会", "学生")
    }


def test_titles_sums_repeated_headers_and_remarks_are_no_bodies(imported, base):
    made = imported(
        f"某某市备案机构名单,,,,,,,\n截至三月,,,,,,,\n{HEAD}{ROW}{HEAD}合计,,1,,,,,\n,,,,,,,\n"
    )
    assert made.edition.rows == 1


def test_the_kind_comes_from_the_row_then_from_the_call_then_from_the_number(imported, base):
    imported(
        "名称,类别,备案编号\n云帆鉴定所,鉴定,S000041000001\n匠心学校,,\n巧匠公司,,\n",
        kind=FiledKind.TRAINING,
    )
    assert [row.kind for row in kept(base)] == ["鉴定", "培训", "培训"]


def test_a_filing_number_says_whether_a_body_is_an_employer(imported, base):
    imported("名称,备案编号\n巧匠公司,Y000041000999\n")
    assert kept(base)[0].kind is FiledKind.EMPLOYER


def test_zeros_kept_by_a_spreadsheets_trick_are_kept(imported, base):
    imported('名称,备案编号\n匠心学校,"=""000123"""\n', kind=FiledKind.TRAINING)
    assert kept(base)[0].filing_no == "000123"


def test_columns_nobody_knows_and_rows_said_twice_are_told(imported):
    made = imported(HEAD.replace("地区", "星级") + ROW + ROW)
    assert list(made.notes.unknown) == ["星级"]
    assert dict(made.notes.repeated) == {"第 3 行": 1}
    assert made.edition.rows == 1


def test_contacts_and_persons_are_left_out(imported, base):
    imported("名称,类别,联系人,联系电话\n匠心学校,培训,张某,13800000000\n")
    assert "13800000000" not in str(kept(base))


def test_an_xlsx_is_read_with_merged_cells_dates_and_numbers(imported, base, tmp_path):
    path = book(
        tmp_path / "a.xlsx",
        [
            ["某某市备案评价机构名单", None, None, None, None],
            ["机构名称", "类别", "职业", "有效期", None],
            [None, None, None, "起", "止"],
            ["匠心职业培训学校", "S", "电工", date(2025, 1, 1), "2027年12月"],
            [None, None, "焊工", date(2025, 1, 1), "2027年12月"],
        ],
        merge=["A1:E1", "A2:A3", "B2:B3", "C2:C3", "D2:E2", "A4:A5", "B4:B5"],
    )
    imported(path)
    assert [(row.body, row.occupation, row.valid_from, row.valid_to) for row in kept(base)] == [
        ("匠心职业培训学校", job, date(2025, 1, 1), date(2027, 12, 31)) for job in ("电工", "焊工")
    ]


def test_texts_that_a_book_keeps_apart_from_its_cells_are_read(imported, base, tmp_path):
    path = tmp_path / "shared.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet()
        for number, row in enumerate([["名称", "类别"], ["匠心学校", "S"], ["安居学校", "S"]]):
            sheet.write_row(number, 0, row)
    imported(path)
    assert [row.body for row in kept(base)] == ["匠心学校", "安居学校"]


def test_every_sheet_with_a_header_is_read_and_the_others_are_told(imported, base, tmp_path):
    path = book(
        tmp_path / "a.xlsx",
        [["说明"], ["请勿外传"]],
        sheets={
            "郑州": [["名称", "类别"], ["匠心学校", "S"]],
            "开封": [["名称", "类别"], ["安居学校", "S"]],
        },
    )
    made = imported(path)
    assert [row.body for row in kept(base)] == ["匠心学校", "安居学校"]
    assert made.notes.unread == ["Sheet"]


# ---- what is refused -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "zh", "en"),
    [
        ("=1+1,,电工,三级,,S,,\n", "第 2 行：第 1 列是公式", "row 2: column 1 is a formula"),
        ("@SUM(A1),,电工,三级,,S,,\n", "是公式", "formula"),
        ("匠心学校,4.10001E+21,电工,三级,,S,,\n", "末尾的数字已丢失", "last digits"),
        ("匠心学校,,电工,顶级,,S,,\n", "看不懂等级“顶级”", "no level can be read in '顶级'"),
        ("匠心学校,,电工,三级,,委员会,,\n", "不认识的类别“委员会”", "no kind '委员会'"),
        ("匠心学校,,电工,三级,,,,\n", "没有类别", "no kind"),
        ("匠心学校,,电工,三级,,S,,2027-13-01\n", "看不懂日期", "no day"),
        (",,电工,三级,,S,,\n", "缺少机构名称", "no name of a body"),
        ("123456,,电工,三级,,S,,\n", "不像机构名称", "is no name of a body"),
        (f"{'匠' * 101},,电工,三级,,S,,\n", "不像机构名称", "is no name of a body"),
        (f"匠心学校,,{'工' * 2001},三级,,S,,\n", "超过 2000 字", "longer than 2000"),
    ],
)
def test_a_row_that_will_not_do_is_named_and_nothing_is_imported(rows, zh, en, imported, base):
    problem = refused(imported, base, HEAD + ROW + ROW + rows.replace("第 2 行", ""))
    assert zh.replace("第 2 行", "第 4 行") in problem.text.zh
    assert en.replace("row 2", "row 4") in problem.text.en


def test_the_first_twenty_faults_are_told_and_the_rest_counted(imported, base):
    problem = refused(imported, base, HEAD + "匠心学校,,电工,顶级,,S,,\n" * 50)
    assert problem.text.zh.count("看不懂等级") == 20
    assert "有 50 行不能用" in problem.text.zh
    assert "另有 30 行" in problem.text.zh


def test_days_that_run_backwards_are_refused(imported, base):
    rows = "名称,类别,有效期起,有效期至\n匠心学校,S,2027-01-01,2026-01-01\n"
    assert "前后颠倒" in refused(imported, base, rows).text.zh


@pytest.mark.parametrize(
    ("content", "name", "zh"),
    [
        ("电工,三级\n焊工,四级\n", "a.csv", "没有认得出的表头"),
        ("", "a.csv", "没有认得出的表头"),
        ("名称,单位名称,类别\n匠心学校,匠心学校,S\n", "a.csv", "出现两次"),
        (HEAD, "a.csv", "没有一行机构"),
        (HEAD + '"匠心学校,,电工\n', "a.csv", "引号不成对"),
        (b"\x00\x01\x02", "a.csv", "二进制"),
        (b"\xff\xfe\xfd\x80\x80", "a.csv", "编码认不出来"),
        (b"\x81\xff\xff\x80" * 9, "a.csv", "编码认不出来"),
        (HEAD.encode(), "a.pdf", "不支持 .pdf"),
        (HEAD.encode(), "a", "没有后缀"),
        (b"\xd0\xcf\x11\xe0 old", "a.xlsx", "去掉密码"),
        (b"no archive", "a.xlsx", "不是表格文件"),
        (HEAD + ",".join("匠心学校" for _ in range(200)), "a.csv", "超过 100 列"),
    ],
)
def test_a_file_that_is_no_directory_is_refused_in_a_sentence(content, name, zh, imported, base):
    assert zh in refused(imported, base, content, name).text.zh


def test_a_file_that_is_not_there_or_a_folder_is_said(imported, base, tmp_path):
    with pytest.raises(Problem, match="cannot read"):
        imported(tmp_path / "nowhere.csv")
    with pytest.raises(Problem, match="folder"):
        imported(tmp_path)


def test_a_day_to_come_is_refused(imported, base):
    refused(imported, base, HEAD + ROW, as_of=date(2999, 1, 1))


def test_the_same_file_for_the_same_day_is_imported_once(imported, base):
    imported(HEAD + ROW, as_of=date(2026, 3, 1))
    with pytest.raises(Problem, match="imported before"):
        imported(HEAD + ROW, as_of=date(2026, 3, 1))
    imported(HEAD + ROW, as_of=date(2026, 4, 1))
    assert [one.current for one in editions(base)] == [True, False]


def test_formulas_and_error_values_in_an_xlsx_are_named_by_row(imported, base, tmp_path):
    rows = [["名称", "类别", "职业"], ["匠心学校", "S", "=A1"], ["安居学校", "S", "#REF!"]]
    problem = refused(imported, base, book(tmp_path / "a.xlsx", rows))
    assert "“Sheet”第 2 行：第 3 列是公式" in problem.text.zh
    assert "“Sheet”第 3 行：第 3 列是出错的值" in problem.text.zh


def test_a_long_number_that_lost_its_digits_is_not_taken(imported, base, tmp_path):
    rows = [["名称", "类别", "备案编号"], ["匠心学校", "S", 41000123456789012345]]
    assert "末尾的数字已丢失" in refused(imported, base, book(tmp_path / "a.xlsx", rows)).text.zh


GOOD_BOOK = [["名称", "类别"], ["匠心学校", "S"]]


def test_an_archive_that_unpacks_to_far_too_much_is_not_unpacked(imported, base, tmp_path):
    path = book(tmp_path / "bomb.xlsx", GOOD_BOOK)
    with (
        zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/media/zeros.xml", "w", force_zip64=True) as part,
    ):
        for _ in range(600):
            part.write(bytes(1_000_000))
    assert path.stat().st_size < 1_000_000
    assert "不像目录" in refused(imported, base, path).text.zh


@pytest.mark.parametrize("declared", ['<!DOCTYPE a [<!ENTITY b "c">]>', '<!entity b "c">'])
def test_declared_entities_are_refused(declared, imported, base, tmp_path):
    path = book(tmp_path / "a.xlsx", GOOD_BOOK)
    tampered(
        path, SHEET, lambda body: body.replace(b"<worksheet", declared.encode() + b"<worksheet")
    )
    assert "实体声明" in refused(imported, base, path).text.zh


def test_a_row_numbered_beyond_every_sheet_is_refused_in_time(imported, base, tmp_path):
    path = book(tmp_path / "a.xlsx", GOOD_BOOK)
    tampered(path, SHEET, lambda body: body.replace(b'<row r="2"', b'<row r="999999999"'))
    assert "超过 1,000,000 行" in refused(imported, base, path).text.zh


def test_merged_ranges_that_overlap_without_end_are_refused(imported, base, tmp_path):
    path = book(tmp_path / "a.xlsx", GOOD_BOOK)
    refs = "".join(f'<mergeCell ref="A1:B{row}"/>' for row in range(3, 300))
    merge = f"</sheetData><mergeCells>{refs}</mergeCells>".encode()
    tampered(path, SHEET, lambda body: body.replace(b"</sheetData>", merge))
    assert "互相重叠" in refused(imported, base, path).text.zh


@pytest.mark.parametrize(
    ("part", "body"),
    [
        (SHEET, b"<worksheet><sheetData><row"),
        (SHEET, b""),
        ("xl/workbook.xml", b"<nothing/>"),
        (
            SHEET,
            SPACED + b'<sheetData><row r="1"><c r="A1" t="s"><v>9</v></c>',
        ),
        ("[Content_Types].xml", b"<x"),
    ],
)
def test_a_broken_part_is_a_sentence_and_no_traceback(part, body, imported, base, tmp_path):
    path = tampered(book(tmp_path / "a.xlsx", GOOD_BOOK), part, lambda _: body)
    refused(imported, base, path)


@given(st.binary(max_size=400))
def test_no_bytes_make_a_reader_fail_otherwise_than_by_a_problem(content):
    for name, read in (("fuzz.csv", csv_rows), ("fuzz.xlsx", xlsx_rows)):
        path = io_path(content, name)
        try:
            with suppress(Problem):
                list(Reader(None).filings(read(path)))
        finally:
            path.unlink()


def io_path(content: bytes, name: str) -> Path:
    with tempfile.NamedTemporaryFile(suffix=name, delete=False) as stream:
        stream.write(content)
    return Path(stream.name)


@given(
    st.lists(
        st.lists(
            st.text(max_size=8) | st.sampled_from(["电工", "三级", "S", "匠心学校"]), max_size=6
        ),
        max_size=6,
    )
)
def test_no_cells_make_the_reader_fail(rows):
    header = SheetRow("", 1, ("机构名称", "职业", "等级", "类别", "有效期", "评价对象"))
    reader = Reader(FiledKind.SOCIAL)
    found = list(
        reader.filings([header, *(SheetRow("", n, tuple(row)) for n, row in enumerate(rows, 2))])
    )
    assert len(found) == len(set(found)) == reader.notes.filings


@given(st.sampled_from(LEVELS[1:6]), st.sampled_from(LEVELS[1:6]), st.sampled_from("—~-至到"))
def test_a_range_of_levels_holds_both_ends_and_what_lies_between(one, other, sign):
    found = levels_of(f"{one}{sign}{other}")
    low, high = sorted((LEVELS.index(one), LEVELS.index(other)))
    assert found == LEVELS[low : high + 1]


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("五级/初级工、四级/中级工", ("五级", "四级")),
        ("三级/高级工-一级/高级技师", ("三级", "二级", "一级")),
        ("五、四、三级", ("五级", "四级", "三级")),
        ("三级及以下", ("五级", "四级", "三级")),
        ("技师", ("二级",)),
        ("不分等级", ()),
        ("", ()),
        ("三流", None),
    ],
)
def test_levels_are_read_as_offices_write_them(text, levels):
    assert levels_of(text) == levels


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2024年1月5日", (date(2024, 1, 5),)),
        ("20240105", (date(2024, 1, 5),)),
        ("2024.01.05至2027.01.04", (date(2024, 1, 5), date(2027, 1, 4))),
        ("长期", ()),
        ("—", ()),
    ],
)
def test_days_are_read_as_offices_write_them(text, days):
    assert read_days(text) == days


def test_kinds_and_occupations_are_read_as_offices_write_them():
    assert read_kind("用人单位（企业）") is FiledKind.EMPLOYER
    assert read_kind("专项职业能力考核机构") is FiledKind.SPECIAL
    assert read_kind("民办职业培训学校") is FiledKind.TRAINING
    assert read_occupations("1.电工\n2.焊工") == (("电工", "", ()), ("焊工", "", ()))


def test_the_day_of_an_edition_is_today_where_nobody_says_otherwise(imported):
    assert imported(HEAD + ROW).edition.as_of == today()
