"""Letters and the 12377 report: opened again as a word processor or a spreadsheet would."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain

import pytest
from docx import Document
from docx.oxml.ns import qn
from openpyxl import load_workbook

from exports import letter_docx, report_12377_xlsx, transfer_letter_docx
from exports.letter_parts import MOST, merged
from exports.routing import CHOSEN, OFFICES
from exports.takedown_case import takedown_row
from exports.takedown_rows import ListHead
from storage.bilingual import Problem
from storage.reasons import TRANSFER
from storage.records import Verdict
from tests.takedown_samples import HEAD, decided

OFFICE = "示例市互联网信息办公室"
DUTY = "《中华人民共和国网络安全法》（2025年修正）第四十九条"
TO_WEIBO = replace(HEAD, platform="weibo", office=OFFICE, duties=(DUTY,))
HOSTILE = "=HYPERLINK(“x”)\x00\x0b\ud800<w:p>&amp;\u202e包过"


def rows(head: ListHead, *several):
    return [takedown_row(one, head) for one in several]


def handed_over(reason: str):
    one = decided()
    return replace(one, decision=replace(one.decision, verdict=Verdict.TRANSFER, reason=reason))


def written(tmp_path, exporter, several, head=TO_WEIBO):
    path = tmp_path / "paper.docx"
    count = exporter.write(several, path, head)
    return count, Document(path)


def words(paper) -> str:
    cells = (cell.text for table in paper.tables for row in table.rows for cell in row.cells)
    return "\n".join(chain((one.text for one in paper.paragraphs), cells))


def test_a_letter_asks_one_platform_names_the_law_and_leaves_number_and_day_to_a_person(tmp_path):
    count, paper = written(tmp_path, letter_docx, rows(TO_WEIBO, decided(), decided(case_no=8)))
    said = words(paper)
    assert count == 2
    assert "微博运营单位：" in said
    assert "〔2026〕　　号（草稿）" in said
    assert "2026年　　月　　日" in said
    assert "涉嫌违规信息 2 条" in said
    assert DUTY in said
    assert "不是对任何单位或者个人的定性" in said
    assert "骗子" not in said


def test_a_letter_without_a_platform_or_without_rows_is_refused_and_leaves_no_file(tmp_path):
    with pytest.raises(Problem, match="--platform"):
        written(tmp_path, letter_docx, rows(HEAD, decided()), HEAD)
    with pytest.raises(Problem, match="nothing to write about"):
        written(tmp_path, letter_docx, [])
    with pytest.raises(Problem, match=str(MOST)):
        written(tmp_path, letter_docx, rows(TO_WEIBO, decided()) * (MOST + 1))
    assert not list(tmp_path.iterdir())


def test_the_page_is_that_of_the_standard_and_every_run_names_an_east_asian_font(tmp_path):
    _, paper = written(tmp_path, letter_docx, rows(TO_WEIBO, decided()))
    first = paper.sections[0]
    margins = (first.top_margin, first.left_margin, first.right_margin, first.bottom_margin)
    assert (round(first.page_width.mm), round(first.page_height.mm)) == (210, 297)
    assert tuple(round(one.mm) for one in margins) == (37, 28, 26, 35)
    assert first.different_first_page_header_footer
    assert first.first_page_header.paragraphs[0].text == OFFICE
    for paragraph in paper.paragraphs:
        for run in paragraph.runs:
            fonts = run._r.rPr.find(qn("w:rFonts"))
            assert fonts is not None
            assert fonts.get(qn("w:eastAsia"))


def test_contacts_are_masked_in_a_letter_unless_asked_for(tmp_path):
    _, paper = written(tmp_path, letter_docx, rows(TO_WEIBO, decided()))
    assert "fake_wx_2046" not in words(paper)
    open_head = replace(TO_WEIBO, masked=False)
    shown = rows(open_head, decided())
    assert "fake_wx_2046" in shown[0].excerpt_raw


def test_what_a_page_wrote_is_text_in_a_letter_and_nothing_else(tmp_path):
    _, paper = written(
        tmp_path, letter_docx, rows(TO_WEIBO, decided(title=HOSTILE, author=HOSTILE))
    )
    said = words(paper)
    assert "<w:p>&amp;" in said
    assert "\x00" not in said


def test_articles_of_one_law_stand_behind_its_name_once():
    laws = (
        "《中华人民共和国广告法》（2021年修正）第二十八条",
        "《中华人民共和国广告法》（2021年修正）第九条第二项",
        "豫人社函〔2022〕129号 三、（二）",
        "豫人社函〔2022〕129号 三、（一）",
        "人社部函〔2022〕25号",
    )
    assert merged(laws) == [
        "《中华人民共和国广告法》（2021年修正）第二十八条、第九条第二项",
        "豫人社函〔2022〕129号三、（二）、三、（一）",
        "人社部函〔2022〕25号",
    ]


def test_a_transfer_holds_the_clues_of_its_department_alone(tmp_path):
    head = replace(HEAD, to="教育", office=OFFICE)
    several = rows(head, handed_over("EDUCATION"), handed_over("POLICE"), decided())
    count, paper = written(tmp_path, transfer_letter_docx, several, head)
    assert count == 1
    assert "（教育部门全称）：" in words(paper)
    assert "请依职责核查处理，依法认定" in words(paper)


def test_a_case_handed_over_is_not_called_a_violation_by_a_person():
    row = takedown_row(handed_over("MARKET"), HEAD)
    assert "MARKET" not in row.violation_codes
    assert row.copy_to == "市场监管"
    assert row.legal_basis == ""
    assert "由接办部门认定" in row.notes


def test_a_transfer_names_its_department_among_those_there_are(tmp_path):
    with pytest.raises(Problem, match="教育"):
        written(tmp_path, transfer_letter_docx, rows(HEAD, decided()), replace(HEAD, to="城管"))
    assert set(CHOSEN.values()) <= set(OFFICES)
    assert {one.code for one in TRANSFER} - set(CHOSEN) == {"REGION", "OTHER"}


def test_a_12377_row_holds_several_urls_of_one_account(tmp_path):
    path = tmp_path / "report.xlsx"
    several = [decided(url=f"https://weibo.com/{n}", author_id="u1") for n in range(25)]
    other = decided(author_id="u2", title=HOSTILE)
    assert report_12377_xlsx.write(rows(TO_WEIBO, *several, other), path, TO_WEIBO) == 26
    sheet = load_workbook(path).active
    told = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=5)]
    urls = [row[7].split("\n") for row in told]
    assert [len(each) for each in urls] == [20, 5, 1]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value} == {"s"}
    assert f"举报单位：{OFFICE}" in {cell.value for cell in sheet[2]}


def test_a_letter_of_another_year_carries_that_year(tmp_path):
    late = replace(TO_WEIBO, made_at=datetime(2026, 12, 31, 17, tzinfo=UTC))  # 01:00 in Beijing
    _, paper = written(tmp_path, letter_docx, rows(late, decided()), late)
    assert "〔2027〕" in words(paper)


def test_elements_stand_in_the_order_of_the_schema(tmp_path):
    _, paper = written(tmp_path, letter_docx, rows(TO_WEIBO, decided()))
    body = paper.element.body
    order = ["pBdr", "snapToGrid", "spacing", "ind", "jc", "rPr"]
    for properties in body.iter(qn("w:pPr")):
        names = [child.tag.rsplit("}", 1)[1] for child in properties]
        places = [order.index(name) for name in names if name in order]
        assert places == sorted(places), names
    for properties in body.iter(qn("w:rPr")):
        names = [child.tag.rsplit("}", 1)[1] for child in properties]
        places = [["rFonts", "color", "spacing", "sz"].index(name) for name in names]
        assert places == sorted(places), names


def test_a_letter_names_what_the_person_decided_on_and_no_hint_of_a_rule(tmp_path):
    _, paper = written(tmp_path, letter_docx, rows(TO_WEIBO, decided()))
    assert "涉嫌“包过”宣传" in words(paper)
    assert "涉嫌宣传使用“全国”" not in words(paper)
    assert "全国联网可查" not in words(paper)
