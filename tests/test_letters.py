"""Letters and the 12377 report: opened again as a word processor or a spreadsheet would."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from itertools import chain
from zipfile import ZipFile

import pytest
from docx import Document
from docx.oxml.ns import qn
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from classifiers.laws import notices, numeral
from door.export_run import law
from door.export_tally import weak_points
from exports import letter_docx, letter_parts, report_12377_xlsx, transfer_letter_docx
from exports.docx_page import SIZE_3, new_paper, put
from exports.law_words import merged
from exports.letter_parts import MOST
from exports.official_words import suspected
from exports.registry import exporter
from exports.routing import CHOSEN, OFFICES, office_of
from exports.sheet_page import lines
from exports.takedown_case import OTHER_WORDS, takedown_row
from exports.takedown_rows import ListHead
from storage.bilingual import Problem
from storage.reasons import REASONS, TRANSFER
from storage.records import Verdict
from tests.takedown_samples import HEAD, decided, evidence, finding

OFFICE = "示例市互联网信息办公室"
DUTY = "《中华人民共和国网络安全法》（2025年修正）第四十九条"
TO_WEIBO = replace(HEAD, platform="weibo", office=OFFICE, duties=(DUTY,))
TWIP = 635  # EMU
OFFICE_PROGRAM, READER = shutil.which("soffice"), shutil.which("pdftotext")
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


def test_a_line_of_a_letter_has_28_signs(tmp_path):
    _, paper = written(tmp_path, letter_docx, rows(TO_WEIBO, decided()))
    page = paper.sections[0]
    column = (page.page_width - page.left_margin - page.right_margin) // TWIP
    (body,) = {
        one.font.size // TWIP + int(one._r.rPr.find(qn("w:spacing")).get(qn("w:val")))
        for paragraph in paper.paragraphs
        for one in paragraph.runs
        if one.font.size.pt == SIZE_3
    }
    # Word processors set the gap behind the last sign too.
    assert column // body == 28


@pytest.mark.skipif(not (OFFICE_PROGRAM and READER), reason="no LibreOffice, or no pdftotext")
def test_a_full_line_has_28_signs_where_it_is_shown(tmp_path):
    paper = new_paper("函", "赵某", HEAD.made_at)
    put(paper, "证" * 200)
    paper.save(str(tmp_path / "paper.docx"))
    home = f"-env:UserInstallation=file://{tmp_path}/office"
    made = [OFFICE_PROGRAM, home, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    subprocess.run([*made, str(tmp_path / "paper.docx")], check=True, capture_output=True)
    read = [READER, "-layout", str(tmp_path / "paper.pdf"), "-"]
    shown = subprocess.run(read, check=True, capture_output=True, text=True).stdout.split()
    assert [len(line) for line in shown] == [26, *[28] * 6, 6]


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


def test_articles_of_one_law_stand_behind_its_name_once_by_their_numbers():
    laws = (
        "人社部函〔2022〕25号",
        "豫人社函〔2022〕129号 四、（二）",
        "《互联网广告管理办法》第九条",
        "《中华人民共和国广告法》（2021年修正）第二十八条",
        "《中华人民共和国广告法》（2021年修正）第九条第二项",
        "《中华人民共和国广告法》（2021年修正）第九条第一项",
        "《中华人民共和国广告法》（2021年修正）第一百零八条",
        "豫人社函〔2022〕129号 三、（二）",
        "豫人社函〔2022〕129号 三、（一）",
        "豫人社函〔2022〕129号 三、（三）",
        "《中华人民共和国广告法》（2021年修正）第二十八条",
    )
    assert merged(laws, {"人社部函〔2022〕25号": "关于治理的通知"}) == [
        "《中华人民共和国广告法》（2021年修正）第九条第一项、第二项、第二十八条、第一百零八条",
        "《互联网广告管理办法》第九条",
        "《关于治理的通知》（人社部函〔2022〕25号）",
        "豫人社函〔2022〕129号第三部分第（一）至（三）项、第四部分第（二）项",
    ]


@given(st.lists(st.integers(1, 999), min_size=1, unique=True))
def test_articles_are_in_order_whatever_order_they_were_found_in(numbers):
    laws = [f"《某法》第{numeral(one)}条" for one in numbers]
    inner = "、".join(f"第{numeral(one)}条" for one in sorted(numbers))
    assert merged(laws) == [f"《某法》{inner}"]


def test_grounds_are_a_sentence_and_threaten_nobody(tmp_path):
    head = replace(TO_WEIBO, titles=notices())
    asked = partial(law, penal=False)
    _, paper = written(tmp_path, letter_docx, [takedown_row(decided(), head, asked)], head)
    said = words(paper)
    assert "依据《中华人民共和国广告法》（2021年修正）第二十四条第一项、第二十八条，" in said
    assert "的有关规定，上述信息涉嫌违规。" in said
    assert "第五十八条" not in said
    assert "专项治理工作的通知》（人社部函〔2022〕25号）" in said
    assert "第三部分第（二）项" in said


def test_who_a_case_is_handed_to_is_told_what_may_follow(tmp_path):
    head = replace(HEAD, to="市场监管", office=OFFICE)
    listed = [takedown_row(decided(), head, partial(law, penal=True))]
    _, paper = written(tmp_path, transfer_letter_docx, listed, head)
    said = words(paper)
    assert "第五十八条第一款第六项" in said
    assert "供参考，由贵部门依法认定" in said
    assert "建议措施" not in said
    assert "处置结果" not in said
    assert "问题线索清单（批次" in said


def test_a_letter_to_a_site_names_it_and_no_other(tmp_path):
    head = replace(TO_WEIBO, platform="web", site="peixun.example")
    _, paper = written(tmp_path, letter_docx, rows(head, decided()), head)
    said = words(paper)
    assert "（peixun.example 网站主办者全称）：" in said
    assert "在贵单位主办的网站（peixun.example）发现" in said
    assert not any(word in said for word in ("贵平台", "或者接入", "或者贵单位", "接入的网站"))
    with pytest.raises(Problem, match="owner of its own"):
        written(tmp_path, letter_docx, rows(head, decided()), replace(head, site=""))


@pytest.mark.parametrize("to", ["接入服务单位", "接入单位", "host"])
def test_a_letter_to_whoever_connects_a_site_says_so(tmp_path, to):
    head = replace(TO_WEIBO, platform="web", site="peixun.example", to=to)
    _, paper = written(tmp_path, letter_docx, rows(head, decided()), head)
    said = words(paper)
    assert "（peixun.example 网站接入服务单位全称）：" in said
    assert "在贵单位接入的网站（peixun.example）发现" in said
    assert "请贵单位对上述信息依法核实处置" in said
    assert "主办的网站" not in said
    name = head.file_name(".docx", "协助处置函")
    assert name == f"协助处置函_{to}_peixun_example_{head.batch_no}.docx"
    for wrong in (replace(head, to="公安"), replace(TO_WEIBO, to=to)):
        with pytest.raises(Problem, match="no receiver"):
            written(tmp_path, letter_docx, rows(wrong, decided()), wrong)


def test_a_letter_to_a_search_engine_speaks_of_its_results(tmp_path):
    head = replace(TO_WEIBO, platform="sogou_weixin")
    _, paper = written(tmp_path, letter_docx, rows(head, decided()), head)
    assert "在贵平台的搜索结果中发现涉嫌违规信息" in words(paper)


def test_a_phrase_that_the_title_says_is_not_said_again(tmp_path):
    title = "月嫂证免考包过七天拿证"
    text = f"{title}，不过全额退款，国家认可全国通用。"
    other = finding("B2-04", evidence(text, "国家"), rule="other")
    own = finding("B4-02", evidence(title, "包过", "title"), evidence(text, "包过"))
    short = decided(title=title, text=text, findings=(own, other))
    (row,) = rows(TO_WEIBO, short)
    assert letter_parts.words(row) == f"{title}\n国家认可全国通用"
    assert OTHER_WORDS in row.notes


def test_a_telephone_number_alone_is_no_word_of_an_offence(tmp_path):
    text = "开班了，拿证快，欢迎。热线 400-000-0000 / 微信 sample_wx_001。"
    found = finding("D2-01", evidence(text, "热线 400-000-0000 / 微信 sample_wx_001"))
    for masked in (True, False):
        head = replace(TO_WEIBO, masked=masked)
        (row,) = rows(head, decided(title="须知", text=text, findings=(found,)))
        assert row.hit_terms == ""
        assert "（摘录）开班了，拿证快，欢迎" in letter_parts.words(row)


@pytest.mark.parametrize(
    ("office", "at_its_place"),
    [(OFFICE, True), ("示例省示例市互联网信息办公室示例区分局执法科", False)],
)
def test_the_office_stands_centred_on_the_day(tmp_path, office, at_its_place):
    head = replace(TO_WEIBO, office=office)
    _, paper = written(tmp_path, letter_docx, rows(head, decided()), head)
    (name,) = [one for one in paper.paragraphs if one.text == office]
    (day,) = [one for one in paper.paragraphs if one.text.startswith("2026年　　月")]
    ends = [one.paragraph_format.right_indent.pt for one in (name, day)]
    widths = [letter_parts.set_width(one.text) for one in (name, day)]
    middle = [end + width / 2 for end, width in zip(ends, widths, strict=True)]
    assert middle[0] == pytest.approx(middle[1], abs=1)
    assert min(ends) >= 0
    assert (ends[1] == pytest.approx(64, abs=0.1)) is at_its_place


def test_both_red_rules_lie_below_their_line_the_last_one_thin_above_thick(tmp_path):
    _, paper = written(tmp_path, letter_docx, rows(TO_WEIBO, decided()))
    section = paper.sections[0]
    assert round(section.footer_distance.mm) == 20
    foot = section.first_page_footer.paragraphs[0]
    assert foot.paragraph_format.line_spacing.pt == 1
    kinds = [
        (line.tag.rsplit("}", 1)[1], line.get(qn("w:val")), line.get(qn("w:space")))
        for one in (section.first_page_header, section.first_page_footer)
        for border in one._element.iter(qn("w:pBdr"))
        for line in border
    ]
    assert kinds == [("bottom", "thickThinSmallGap", "11"), ("bottom", "thinThickSmallGap", "0")]


def test_a_department_is_known_by_its_short_name():
    known = {"人社": "人力资源社会保障", "编办": "机构编制", "公安局": "公安", "教育局": "教育"}
    assert {typed: office_of(typed) for typed in known} == known
    assert {office_of(name) for name in OFFICES} == set(OFFICES)
    assert {office_of(words) for words in OFFICES.values()} == set(OFFICES)
    assert office_of("城管") == "城管"


def test_a_letter_with_contacts_shown_is_refused(tmp_path):
    head = replace(TO_WEIBO, masked=False)
    with pytest.raises(Problem, match="always masks"):
        written(tmp_path, letter_docx, rows(head, decided()), head)


def test_the_annex_has_what_the_letter_says_it_has(tmp_path):
    _, paper = written(tmp_path, letter_docx, rows(TO_WEIBO, decided()))
    (table,) = paper.tables
    listed = dict(zip(*([cell.text for cell in row.cells] for row in table.rows), strict=True))
    assert listed["发现时间\n（北京时间）"] == "2026年\n2月28日\n02:00"
    assert "证据包编号" not in listed, "no column for what no row has"
    assert listed["截图校验值\n（SHA‑256）"].replace("\n", "") == "b" * 64
    assert "发现时：" not in words(paper)
    assert "附件：涉嫌违规信息清单（共 1 条）" in words(paper)


def test_a_package_is_named_as_its_file_is(tmp_path):
    packed = decided(package="EV-7-0123456789ab")
    _, paper = written(tmp_path, letter_docx, rows(TO_WEIBO, packed, decided(case_no=8)))
    said = words(paper)
    assert "EV-7-0123456789ab" in said
    assert "2.证据包（共 1 件，编号见附件1）" in said
    assert "有证据包的，编号一并列出" in said
    assert "尚未制作" not in said


def test_a_package_that_is_not_sealed_stands_in_no_letter(tmp_path):
    open_one = decided(unsealed="EV-7-0123456789ab")
    _, paper = written(tmp_path, letter_docx, rows(TO_WEIBO, open_one))
    said = words(paper)
    assert "EV-7" not in said
    assert "证据包（共" not in said
    assert "附件：涉嫌违规信息清单（共 1 条）" in said
    assert "没有封存" in rows(TO_WEIBO, open_one)[0].notes
    old = rows(TO_WEIBO, decided(outdated="EV-7-0123456789ab"))
    assert "outdated" in weak_points(old[0])
    assert "EV-7" not in words(written(tmp_path, letter_docx, old)[1])


def test_a_row_without_quotes_shows_an_excerpt_and_never_nothing(tmp_path):
    bare = decided(findings=(), text="这是一页没有摘出用语的文字")
    empty = decided(findings=(), text="", title="")
    _, paper = written(tmp_path, letter_docx, rows(TO_WEIBO, bare, empty))
    said = words(paper)
    assert "（摘录）这是一页没有摘出用语的文字" in said
    assert "（见截图）" in said


def test_a_heading_is_not_left_alone_at_the_foot_of_a_page(tmp_path):
    _, paper = written(tmp_path, letter_docx, rows(TO_WEIBO, decided()))
    heads = [one for one in paper.paragraphs if one.text[1:2] == "、" and one.text[0] in "一二三"]
    assert len(heads) == 3
    (signed,) = [one for one in paper.paragraphs if one.text == OFFICE]
    places = [one.text for one in paper.paragraphs]
    last = places.index(OFFICE)
    assert all(one.paragraph_format.keep_with_next for one in paper.paragraphs[last - 4 : last + 2])
    assert signed.paragraph_format.keep_with_next
    assert all(one.paragraph_format.keep_with_next for one in heads)


def test_a_paper_brings_nothing_of_its_template_along(tmp_path):
    _, paper = written(tmp_path, letter_docx, rows(TO_WEIBO, decided()))
    assert paper.core_properties.created == HEAD.made_at
    names = ZipFile(tmp_path / "paper.docx").namelist()
    assert not [name for name in names if "thumbnail" in name]
    languages = {one.get(qn("w:eastAsia")) for one in paper.styles.element.iter(qn("w:lang"))}
    assert languages == {"zh-CN"}


@pytest.mark.parametrize("reason", REASONS[Verdict.VIOLATION], ids=lambda one: one.code)
def test_no_gap_of_the_policys_list_stands_in_a_paper(reason):
    (told,) = suspected([reason.code]).split("；")
    assert told.startswith("涉嫌")
    assert not [word for word in ("×", "其他", "（请", reason.code) if word in told]


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
    assert "由举报人逐条核定" in str(sheet[3][0].value), "no kind is claimed to be chosen"


def test_a_12377_cell_that_could_run_stays_text_when_it_is_edited(tmp_path):
    path = tmp_path / "report.xlsx"
    account = decided(platform="weibo", author=HOSTILE, title="")
    report_12377_xlsx.write(rows(TO_WEIBO, account), path, TO_WEIBO)
    sheet = load_workbook(path).active
    cells = {cell.value: cell for row in sheet.iter_rows(min_row=5) for cell in row}
    (ran,) = [cell for value, cell in cells.items() if value and str(value).startswith("=")]
    assert ran.quotePrefix
    assert [value for value in cells if str(value).startswith("页面用语：")]


def test_in_12377_a_site_is_no_account(tmp_path):
    (row,) = rows(TO_WEIBO, decided(author="样例培训学校", author_id="peixun.example"))
    told = report_12377_xlsx.cells(1, [row])
    heads = [name for name, _ in report_12377_xlsx.COLUMNS]
    named = dict(zip(heads, told, strict=True))
    assert named["网站（账号所在平台）名称"] == "peixun.example（样例培训学校）"
    assert (named["账号名称"], named["账号ID"]) == ("", "")


def test_the_border_of_a_table_stands_where_the_text_begins(tmp_path):
    _, paper = written(tmp_path, letter_docx, rows(TO_WEIBO, decided()))
    properties = paper.tables[0]._tbl.tblPr
    names = [one.tag.rsplit("}", 1)[1] for one in properties]
    assert properties.find(qn("w:tblInd")).get(qn("w:w")) == "108"
    order = [one for one in ("tblStyle", "tblW", "tblInd", "tblLayout", "tblLook") if one in names]
    assert [one for one in names if one in order] == order


def test_papers_without_rows_call_themselves_by_their_name(tmp_path):
    with pytest.raises(Problem) as empty:
        report_12377_xlsx.write([], tmp_path / "x.xlsx", TO_WEIBO)
    assert "举报表无内容可写" in empty.value.text.zh


def test_12377_gets_an_address_once_however_its_parameters_are_ordered():
    urls = ["https://a.example/?x=1&y=2", "https://a.example/?y=2&x=1", "https://a.example/?x=1"]
    assert report_12377_xlsx.apart(urls) == [urls[0], urls[2]]


@pytest.mark.parametrize("name", ["xlsx", "12377"])
def test_a_sheet_is_made_to_be_printed(tmp_path, name):
    path = tmp_path / "list.xlsx"
    exporter(name).write(rows(TO_WEIBO, decided()), path, TO_WEIBO)
    sheet = load_workbook(path).worksheets[0]
    assert sheet.page_setup.orientation == "landscape"
    assert int(sheet.page_setup.paperSize) == {"xlsx": 8, "12377": 9}[name]
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows
    assert "&P" in sheet.oddFooter.center.text
    last = sheet[sheet.max_row][1]
    assert last.alignment.wrap_text
    assert last.font.name == "仿宋"
    assert sheet["A1"].value


@pytest.mark.parametrize("name", ["xlsx", "12377"])
def test_each_row_is_as_tall_as_its_longest_cell_needs(tmp_path, name):
    path = tmp_path / "list.xlsx"
    (short,) = rows(TO_WEIBO, decided())
    long = replace(short, case_no="8", hit_terms="包过不用考试" * 40)
    exporter(name).write([short, long], path, TO_WEIBO)
    sheet = load_workbook(path).worksheets[0]
    before, last = (sheet.row_dimensions[at].height for at in (sheet.max_row - 1, sheet.max_row))
    assert last > before >= 16
    assert sheet.row_dimensions[sheet.max_row - 2].height


def test_an_internal_list_goes_on_pages_side_by_side(tmp_path):
    path = tmp_path / "list.xlsx"
    inner = replace(TO_WEIBO, internal=True)
    exporter("xlsx").write(rows(inner, decided()), path, inner)
    sheet = load_workbook(path).worksheets[0]
    assert sheet.page_setup.fitToWidth > 1
    assert sheet.print_title_cols == "$A:$A"


@given(text=st.text(alphabet="a包\n", max_size=200), width=st.integers(5, 40))
def test_a_cell_needs_no_fewer_lines_than_its_signs_fill(text, width):
    filled = sum(2 if sign == "包" else 1 for sign in text if sign != "\n")
    assert lines(text, width) * width >= filled
    assert lines(text, width) > text.count("\n")


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
    assert "涉嫌以“包过”等字样作保证性宣传" in words(paper)
    assert "涉嫌宣传中违规使用“全国”字样" not in words(paper)
    assert "全国联网可查" not in words(paper)
