"""How full the pages of papers are: no lone row, no empty column, no page for three lines."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from datetime import date
from functools import partial
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from classifiers.laws import cited_for, for_platform, notices
from exports import letter_docx, transfer_letter_docx
from exports.docx_page import LINE, new_paper, put
from exports.docx_table import LAST, table
from exports.law_words import merged, named_again
from exports.takedown_case import takedown_row
from tests.takedown_samples import HEAD, decided

DAY = date(2026, 11, 26)
HEADED = replace(
    HEAD,
    platform="douyin",
    office="示例市互联网信息办公室",
    duties=for_platform(DAY),
    titles=notices(),
)
OFFICE_PROGRAM, READER = shutil.which("soffice"), shutil.which("pdftotext")
LAW = partial(cited_for, penal=False)


def rows(*several):
    return [takedown_row(one, HEADED, LAW) for one in several]


def text(paper) -> str:
    return "\n".join(one.text for one in paper.paragraphs)


def made(tmp_path: Path, several, exporter=letter_docx, head=HEADED):
    path = tmp_path / "函.docx"
    exporter.write(several, path, head)
    return Document(path)


def test_22_lines_fit_a_page_of_the_standard() -> None:
    page = new_paper("函", "赵某", HEAD.made_at).sections[0]
    room = page.page_height - page.top_margin - page.bottom_margin
    assert 22 * Pt(LINE) <= room < 23 * Pt(LINE)
    assert page._sectPr.find(qn("w:docGrid")).get(qn("w:linePitch")) == str(round(LINE * 20))


@pytest.mark.skipif(not (OFFICE_PROGRAM and READER), reason="no LibreOffice, or no pdftotext")
def test_a_letter_about_one_page_has_two_pages_and_its_annex(tmp_path) -> None:
    made(tmp_path, rows(decided(platform="douyin")))
    home = f"-env:UserInstallation=file://{tmp_path}/office"
    order = [OFFICE_PROGRAM, home, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    subprocess.run([*order, str(tmp_path / "函.docx")], check=True, capture_output=True)
    read = [READER, str(tmp_path / "函.pdf"), "-"]
    shown = subprocess.run(read, check=True, capture_output=True, text=True).stdout
    pages = shown.rstrip("\f").split("\f")
    assert len(pages) == 3
    assert "请协助的事项" in pages[1], "the signature is on a page with text"
    assert "联系人" in pages[1]


def test_the_contact_stands_below_the_day_as_the_standard_has_it(tmp_path) -> None:
    lines = [one.text for one in made(tmp_path, rows(decided())).paragraphs]
    at = next(at for at, line in enumerate(lines) if line.startswith("2026年　　月"))
    assert lines[at - 1] == HEADED.office
    assert lines[at + 1].startswith("（联系人：")


def test_of_one_page_nothing_is_counted_or_called_each(tmp_path) -> None:
    for exporter in (letter_docx, transfer_letter_docx):
        head = replace(HEADED, to="市场监管") if exporter is transfer_letter_docx else HEADED
        said = text(made(tmp_path, rows(decided()), exporter, head))
        assert "逐条的" not in said
        assert "各条页面" not in said
        assert "1 条、" not in said
        (tmp_path / "函.docx").unlink()
    said = text(made(tmp_path, rows(decided(), decided(case_no=8))))
    assert "逐条的网址" in said


def test_the_policy_is_named_by_its_title_once_and_a_law_by_its_edition_once(tmp_path) -> None:
    said = text(made(tmp_path, rows(decided())))
    assert said.count("专项治理工作实施方案》") == 1
    assert said.count("《中华人民共和国广告法》（2021年修正）") == 1
    assert "依据《中华人民共和国广告法》第四十五条" in said
    assert said.count("人力资源社会保障部办公厅、中央网信办秘书局2022年4月29日") == 1


def test_a_law_that_was_not_named_before_keeps_its_brackets() -> None:
    told = merged(["《甲法》（2021年修正）第一条", "《乙规定》（某部令第5号）第二条"])
    assert named_again(told, ["《甲法》（2021年修正）第九条第二项"]) == [
        "《甲法》第一条",
        "《乙规定》（某部令第5号）第二条",
    ]
    assert named_again(["《甲法》（2018年修正）第一条"], ["《甲法》（2021年修正）第九条"]) == [
        "《甲法》（2018年修正）第一条"
    ], "another edition is another law"
    assert named_again(["没有书名号的"], ["也没有"]) == ["没有书名号的"]


def test_the_column_of_packages_is_there_where_one_row_has_a_package(tmp_path) -> None:
    packed = decided(package="EV-7-0123456789ab")
    wide = Mm(297 - 44)
    for several, there in (([packed, decided(case_no=8)], True), ([decided()], False)):
        (listed,) = made(tmp_path, rows(*several)).tables
        heads = [cell.text for cell in listed.rows[0].cells]
        assert ("证据包编号" in heads) is there
        assert sum(column.width for column in listed.columns) <= wide
        (tmp_path / "函.docx").unlink()


@pytest.mark.parametrize("count", [1, 2, 3, 9])
def test_the_last_rows_of_a_long_table_stand_together(count: int) -> None:
    paper = new_paper("函", "赵某", HEAD.made_at)
    assert table(paper, ("甲",), (20.0,), [(str(at),) for at in range(count)]) == count
    marks = [
        bool(row.cells[0].paragraphs[0].paragraph_format.keep_with_next)
        for row in paper.tables[0].rows[1:]
    ]
    assert not marks[-1], "what follows may begin another page"
    assert [kept for kept in marks if kept] == [True] * min(count - 1, LAST - 1)
    assert all(one <= other for one, other in pairwise(marks[:-1])), "those at the end"


def test_a_small_line_keeps_off_the_grid_where_the_schema_has_it() -> None:
    paper = new_paper("函", "赵某", HEAD.made_at)
    small, body = put(paper, "注", size=12.0), put(paper, "正文")
    snap = small._p.pPr.find(qn("w:snapToGrid"))
    assert snap.get(qn("w:val")) == "0"
    assert body._p.pPr.find(qn("w:snapToGrid")) is None
    order = [child.tag for child in ET.fromstring(small._p.pPr.xml)]
    assert order.index(qn("w:snapToGrid")) < order.index(qn("w:spacing"))
