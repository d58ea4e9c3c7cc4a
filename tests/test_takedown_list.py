"""The takedown list: what a row says, and that no cell of it is ever a formula."""

from __future__ import annotations

import errno
import json
import os
from dataclasses import fields, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from door.export_run import law
from exports import takedown_list_csv, takedown_list_xlsx
from exports.clauses import clause, only_contacts
from exports.registry import exporter, formats
from exports.takedown_case import OTHER_WORDS, takedown_row, takedown_rows
from exports.takedown_rows import COLUMNS, TakedownRow
from exports.writing import made_folder, refuse_overwriting
from storage.bilingual import Problem
from storage.database import file_problem
from storage.records import Verdict
from storage.whole_files import whole_file
from tests.takedown_samples import (
    AD,
    HEAD,
    HOSTILE,
    decided,
    evidence,
    finding,
    read_csv,
    read_xlsx,
    row,
    snapshot,
)

GOLDEN = Path(__file__).parent / "golden"


def test_the_csv_is_the_golden_one(tmp_path):
    path = tmp_path / "list.csv"
    assert takedown_list_csv.write(takedown_rows([decided(), HOSTILE], HEAD), path, HEAD) == 2
    assert path.read_bytes() == (GOLDEN / "takedown_list.csv").read_bytes()


def test_the_xlsx_says_what_the_golden_one_says(tmp_path):
    path = tmp_path / "list.xlsx"
    assert takedown_list_xlsx.write(takedown_rows([decided(), HOSTILE], HEAD), path, HEAD) == 2
    golden = json.loads((GOLDEN / "takedown_list.xlsx.json").read_text(encoding="utf-8"))
    assert read_xlsx(path) == golden


def test_the_columns_are_the_fields_of_a_row_in_order():
    names = [field.name for field in fields(TakedownRow)]
    assert names == [*COLUMNS, "address", "earlier", "articles"], "for letters, in no list"
    assert len({words.zh for words in COLUMNS.values()}) == len(COLUMNS)


def test_headers_are_chinese_and_english_by_language():
    assert HEAD.header()[:2] == ("案件编号", "平台")
    assert replace(HEAD, lang="en", internal=True).header()[:2] == ("Case no.", "Batch no.")


INNER = ("reviewer", "confidence", "discovered_by", "notes", "hints", "avatar_hash", "copy_to")


@pytest.mark.parametrize("name", ["csv", "xlsx"])
def test_what_leaves_the_house_tells_nothing_of_the_office(tmp_path, name):
    noted = decided(decision=replace(decided().decision, note="与另一网站相同"))
    for head, inside in ((HEAD, False), (replace(HEAD, internal=True), True)):
        path = tmp_path / f"{inside}.{name}"
        exporter(name).write(takedown_rows([noted], head), path, head)
        lines = read_csv(path) if name == "csv" else read_xlsx(path)["处置清单"]
        cells = " ".join(cell for line in lines for cell in line)
        assert all((COLUMNS[one].zh in cells) is inside for one in INNER)
        assert all((word in cells) is inside for word in ("审核员甲", "bao_guo", "与另一网站相同"))
        assert "涉嫌以“包过”等字样作保证性宣传" in cells
        assert ("涉嫌宣传中违规使用“全国”字样" in cells) is inside


def test_an_internal_list_says_so_in_its_name_and_above_its_rows():
    inner = replace(HEAD, internal=True)
    assert inner.file_name(".csv") == "处置清单_内部_全部_CS-20260301-001.csv"
    assert "内部" in inner.title()
    assert any("不得发给" in said for _, said in inner.notes(1))


def test_both_lists_hold_the_same_cells_but_for_the_guard(tmp_path):
    rows = list(takedown_rows([decided(), HOSTILE], HEAD))
    takedown_list_csv.write(rows, tmp_path / "a.csv", HEAD)
    takedown_list_xlsx.write(rows, tmp_path / "a.xlsx", HEAD)
    guarded = [[cell.removeprefix("'") for cell in line] for line in read_csv(tmp_path / "a.csv")]
    assert guarded == read_xlsx(tmp_path / "a.xlsx")["处置清单"][1:]


def test_an_excerpt_is_short_and_holds_the_strongest_words():
    excerpt = takedown_row(decided(), HEAD).excerpt_raw
    assert len(excerpt) <= 200
    assert "包过不用考" in excerpt
    assert excerpt.startswith("…")
    assert excerpt.endswith("…")


@pytest.mark.parametrize("place", [0, 5, 150, 400, 795])
def test_an_excerpt_holds_the_words_wherever_they_stand(place):
    text = ("天" * 800)[:place] + "包过包过包" + ("天" * 800)[place:795]
    found = finding("B4-02", evidence(text, "包过包过包"))
    excerpt = takedown_row(decided(text=text, findings=(found,)), HEAD).excerpt_raw
    assert "包过包过包" in excerpt
    assert len(excerpt) <= 200


def test_words_longer_than_an_excerpt_are_shown_from_their_start():
    text = "前" * 50 + "长" * 500
    found = finding("B4-02", evidence(text, "长" * 500))
    excerpt = takedown_row(decided(text=text, findings=(found,)), HEAD).excerpt_raw
    assert len(excerpt) == 200
    assert "长" * 190 in excerpt


def test_a_short_text_is_its_own_excerpt_on_one_line():
    assert takedown_row(HOSTILE, HEAD).excerpt_raw == "@SUM(1+9)\x07包过 第二行"


def test_contacts_are_masked_unless_asked_for():
    hidden = takedown_row(decided(), HEAD)
    assert "138 **** 1234" in hidden.excerpt_raw
    assert "fake_wx_2046" not in hidden.excerpt_raw
    assert hidden.pii_masked == "是"
    open_row = takedown_row(decided(), replace(HEAD, masked=False))
    assert "138 0000 1234" in open_row.excerpt_raw
    assert open_row.pii_masked == "否"


def test_words_that_end_within_a_telephone_number_give_no_more_of_it_away():
    found = finding("B4-02", evidence(AD, "或打 138 0000"))
    told = takedown_row(decided(findings=(found,)), HEAD).hit_terms
    assert told == "加微信 fa********46 或打 138 **** 1234"


def test_words_are_shown_with_the_whole_clause_around_them():
    text = "免考拿证，十月起涨价，名额不多！ 上传费 300 元；不用来学习 包过"
    quotes = (evidence(text, "月起"), evidence(text, "传费 3"), evidence(text, "用来"))
    found = (finding("B4-02", *quotes),)
    told = takedown_row(decided(text=text, findings=found), HEAD).hit_terms
    assert told == "十月起涨价；上传费 300 元；不用来学习"


def test_a_clause_without_end_is_cut_and_says_so():
    text = "前" * 100 + "包过" + "后" * 100
    told = takedown_row(
        decided(text=text, findings=(finding("B4-02", evidence(text, "包过")),)), HEAD
    ).hit_terms
    assert told == f"…{'前' * 40}包过{'后' * 40}…"


def test_what_the_model_points_to_is_shown_where_no_rule_quotes_anything():
    learned = finding("B3-02", evidence(AD, "包过不用考"), rule="learned", version=1)
    made = takedown_row(decided(findings=(learned,)), HEAD)
    assert made.hit_terms == "包过不用考"
    assert "请核对是否支持" in made.notes
    own = finding("B4-02", evidence(AD, "全国联网可查"))
    assert takedown_row(decided(findings=(learned, own)), HEAD).hit_terms == "证书全国联网可查"


@given(st.text(min_size=1, max_size=200), st.data())
def test_a_clause_holds_the_quote_and_nothing_that_is_not_there(text, data):
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    told = clause(text, start, end)
    squeezed = "".join(text.split())
    assert "".join(told.strip("…").split()) in squeezed


def test_a_reviewers_note_is_masked_too():
    noted = replace(decided().decision, note="电话 13900005678 已核实")
    assert "139****5678" in takedown_row(decided(decision=noted), HEAD).notes


def table(*citations: str):
    """A table of law that knows these."""
    return lambda _code, _day, recorded: tuple(one for one in recorded if one in citations)


def test_a_list_says_suspected_and_names_law_and_rule():
    law = "广告法（2021修正）第二十四条"
    made = takedown_row(decided(), HEAD, table(law))
    assert made.violation_codes == "B4-02；B2-05"
    assert made.violation_name == "涉嫌以“包过”等字样作保证性宣传"
    assert made.hints == "涉嫌宣传中违规使用“全国”字样"
    assert made.legal_basis == law
    assert made.discovered_by == "规则：bao_guo v2、quan_guo v1；人工审核：审核员甲"


def test_law_that_a_finding_recorded_is_cited_only_while_the_table_knows_it():
    wild = "子虚乌有法（2099年修正） 第九百条"
    real = "《中华人民共和国广告法》（2021年修正）第十一条"
    found = finding("B4-02", evidence(AD, "包过不用考"), legal_basis=(wild, real))
    made = takedown_row(decided(findings=(found,)), HEAD, partial(law, penal=False))
    assert wild not in made.legal_basis
    assert made.legal_basis.startswith(real)
    assert takedown_row(decided(findings=(found,)), HEAD).legal_basis == ""


def test_what_the_person_said_comes_before_what_the_rules_found():
    said = replace(decided().decision, reason="C4-02")
    assert takedown_row(decided(decision=said), HEAD).violation_codes == "C4-02；B4-02；B2-05"


def test_a_code_of_an_offices_own_rule_is_shown_as_it_is():
    own = finding("X9-01", evidence(AD, "包过不用考"))
    assert takedown_row(decided(findings=(own,)), HEAD).hints == "涉嫌X9-01"


def test_the_newest_screenshot_is_the_evidence():
    proofs = (snapshot("screenshot", "c", 1), snapshot("screenshot", "d", 2), snapshot("raw", "e"))
    made = takedown_row(decided(snapshots=proofs), HEAD)
    assert made.sha256 == "d" * 64
    assert made.evidence_id == ""
    assert made.screenshot_file == f"dd/dd/{'d' * 64}"


def test_missing_evidence_is_said_and_not_hidden():
    bare = takedown_row(decided(snapshots=()), HEAD)
    assert (bare.evidence_id, bare.sha256) == ("", "")
    assert "尚无快照" in bare.notes
    page_only = takedown_row(decided(snapshots=(snapshot("raw", "a"),)), HEAD)
    assert (page_only.screenshot_file, page_only.sha256) == ("", "a" * 64)
    assert "无截图" in page_only.remarks
    packed = takedown_row(decided(package="EV-7-0123456789ab"), HEAD)
    assert packed.evidence_id == "EV-7-0123456789ab"


@pytest.mark.parametrize(
    ("changes", "office"),
    [
        ({}, "市场监管"),
        ({"findings": (finding("C4-02", evidence(AD, "包过不用考")),)}, "人力资源社会保障"),
        ({"decision": replace(decided().decision, reason="C3-04")}, "公安"),
        ({"decision": replace(decided().decision, reason="E2-04")}, "通信管理"),
        (
            {"platform": "weibo", "findings": (finding("E2-01", evidence(AD, "包过不用考")),)},
            "网信",
        ),
        ({"author": "国家样例人才中心"}, "机构编制"),
        (
            {"author": "样例协会", "findings": (finding("E2-02", evidence(AD, "包过不用考")),)},
            "民政",
        ),
        ({"title": "高处作业证 直出"}, "应急管理"),
        ({"title": "八大员 挂证"}, "住房城乡建设"),
        ({"title": "学历提升"}, "教育"),
    ],
)
def test_the_competent_department_gets_a_copy(changes, office):
    copied = takedown_row(decided(**changes), HEAD).copy_to.split("、")
    assert office in copied
    assert len(copied) == len(set(copied))


@pytest.mark.parametrize(("code", "office"), [("C3-04", "公安"), ("E2-04", "通信管理")])
def test_a_machines_finding_alone_never_proposes_the_police(code, office):
    found = (finding(code, evidence(AD, "包过不用考")),)
    assert office not in takedown_row(decided(findings=found), HEAD).copy_to


def test_law_words_and_excerpt_begin_with_what_the_person_decided_on():
    text = "甲" * 400 + "持证上岗" + "乙" * 400 + "包过不用考" + "丙" * 400
    graver = finding("B4-01", evidence(text, "持证上岗"), legal_basis=("甲法",))
    decided_on = finding("B4-02", evidence(text, "包过不用考"), legal_basis=("乙法",))
    known = table("甲法", "乙法")
    made = takedown_row(decided(text=text, findings=(graver, decided_on)), HEAD, known)
    assert made.legal_basis == "乙法"
    assert made.hit_terms == f"…{'乙' * 40}包过不用考{'丙' * 40}…"  # the signer answers for these
    assert "包过不用考" in made.excerpt_raw


def test_what_no_person_said_is_named_in_the_notes():
    assert "B2-05 为规则提示，审核人未逐项认定" in takedown_row(decided(), HEAD).notes
    said = replace(decided().decision, reason="C4-02")
    notes = takedown_row(decided(decision=said), HEAD).notes
    assert "B4-02、B2-05 为规则提示" in notes
    assert "C4-02 由审核人认定，其法律依据请人工补充" in notes


def test_an_excerpt_finds_the_words_of_a_title_in_the_text():
    text = "菜单" * 200 + "催乳师证书 包过" + "尾" * 400
    found = finding("B4-02", evidence("催乳师证书 包过", "证书 包过", field="title"))
    assert "证书 包过" in takedown_row(decided(text=text, findings=(found,)), HEAD).excerpt_raw


def test_a_day_without_an_hour_is_shown_as_a_day():
    known = datetime(2026, 7, 27, 16, tzinfo=UTC)
    assert "发布时间：2026-07-28；" in takedown_row(decided(published_at=known), HEAD).remarks


def test_what_only_a_person_can_say_stays_empty():
    made = takedown_row(decided(), HEAD)
    assert (made.deadline, made.sent_time, made.receipt_no, made.platform_reply) == ("",) * 4
    assert made.platform_operator == ""


def test_times_are_on_a_chinese_clock():
    made = takedown_row(decided(), HEAD)
    assert made.first_seen == "2026-02-28 02:00:00"
    assert made.review_time == "2026-03-01 07:00:00"


def test_an_action_fits_the_kind_of_content():
    assert takedown_row(decided(), HEAD).requested_action == "删除/断开链接"
    assert takedown_row(HOSTILE, HEAD).content_type == "短视频"
    assert takedown_row(decided(platform="weibo"), HEAD).content_type == "帖子"


@pytest.mark.parametrize("name", ["csv", "xlsx"])
def test_an_empty_list_is_a_valid_list_that_says_so(tmp_path, name):
    chosen = exporter(name)
    path = tmp_path / f"list{chosen.suffix}"
    assert chosen.write([], path, HEAD) == 0
    lines = read_csv(path) if name == "csv" else read_xlsx(path)["处置清单"][1:]
    assert tuple(lines[0]) == HEAD.header()
    assert "没有符合条件" in lines[1][-1 if name == "csv" else 0]
    if name == "xlsx":
        assert "A3:Q3" in map(str, load_workbook(path)["处置清单"].merged_cells.ranges)


def test_the_second_sheet_says_how_the_list_was_made(tmp_path):
    takedown_list_xlsx.write(takedown_rows([decided()], HEAD), tmp_path / "a.xlsx", HEAD)
    said = dict(read_xlsx(tmp_path / "a.xlsx")["说明"][:6])
    assert said["批次编号"] == "CS-20260301-001"
    assert said["行数"] == "1"
    every = json.dumps(read_xlsx(tmp_path / "a.xlsx")["说明"], ensure_ascii=False)
    assert "草稿，须经人工签发" in every


def test_the_header_stays_in_sight(tmp_path):
    takedown_list_xlsx.write([row()], tmp_path / "a.xlsx", HEAD)
    assert load_workbook(tmp_path / "a.xlsx")["处置清单"].freeze_panes == "B3"


def test_a_disk_that_fills_up_leaves_nothing_behind(tmp_path):
    path = tmp_path / "list.csv"
    with pytest.raises(Problem) as told:
        write_half_of(path)
    assert "磁盘已满" in told.value.text.zh
    assert list(tmp_path.iterdir()) == []


def test_trouble_with_a_file_is_told_in_chinese_and_by_the_name_that_was_typed():
    trouble = OSError(errno.ENOENT, os.strerror(errno.ENOENT), "/lists/.a.xlsx.27855.part")
    told = file_problem(trouble).text.zh
    assert "文件用不了：/lists/a.xlsx（找不到文件或者文件夹）" in told
    assert "No such file" not in told


def write_half_of(path):
    with whole_file(path) as draft:
        draft.write_text("half", encoding="utf-8")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("name", ["csv", "xlsx"])
def test_rows_that_break_off_leave_nothing_behind(tmp_path, name):
    def breaking():
        yield row()
        raise Problem("断了。", "broke off.")

    with pytest.raises(Problem, match="broke off"):
        exporter(name).write(breaking(), tmp_path / "list", HEAD)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_while_the_xlsx_is_put_together_is_a_problem(tmp_path, monkeypatch):
    def full(*_arguments, **_named):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("xlsxwriter.workbook.ZipFile", full)
    with pytest.raises(Problem) as told:
        takedown_list_xlsx.write([row()], tmp_path / "a.xlsx", HEAD)
    assert "磁盘已满" in told.value.text.zh
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_a_problem_and_no_traceback(tmp_path):
    for name in formats():
        with pytest.raises(Problem):
            exporter(name).write([row()], tmp_path / "none" / "list", HEAD)
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(Problem):
        made_folder(tmp_path / "file" / "below")


def test_a_list_that_left_the_house_is_not_replaced(tmp_path):
    taken = tmp_path / "list.csv"
    taken.write_text("old", encoding="utf-8")
    with pytest.raises(Problem, match="not replaced"):
        refuse_overwriting(taken)
    (tmp_path / "dangling").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Problem, match="not replaced"):
        refuse_overwriting(tmp_path / "dangling")


def test_a_format_that_is_not_there_names_those_that_are():
    assert set(formats()) == {"12377", "csv", "letter", "transfer", "xlsx"}
    assert exporter("takedown_list_csv") == exporter("csv")
    with pytest.raises(Problem) as told:
        exporter("pdf")
    assert all(name in told.value.text.zh for name in formats())


@pytest.mark.parametrize(
    ("platform", "name"),
    [
        ("", "处置清单_全部_CS-20260301-001.csv"),
        ("douyin", "处置清单_抖音_CS-20260301-001.csv"),
        ("../../etc/x", "处置清单_______etc_x_CS-20260301-001.csv"),
    ],
)
def test_a_file_name_never_leaves_its_folder(platform, name):
    assert replace(HEAD, platform=platform).file_name(".csv") == name


def test_the_law_is_that_of_the_code_a_person_decided_on_even_where_no_rule_found_it():
    hint = finding("C4-02", evidence("免考出证", "免考"), legal_basis=("丙法",))
    case = decided(text="免考出证", findings=(hint,))
    said = case.decision.reason
    made = takedown_row(case, HEAD, lambda code, _day, _recorded: (f"{code} 的法",))
    assert made.legal_basis == f"{said} 的法"
    assert "人工补充" not in made.notes
    assert "丙法" not in takedown_row(case, HEAD).legal_basis
    assert "人工补充" in takedown_row(case, HEAD).notes


@pytest.mark.parametrize(
    "words",
    [
        "100%过",
        "C1证",
        "A1证",
        "HSK6级",
        "PMP 4A",
        "985保",
        "VIP 3",
        "Q3",
        "报名C1证",
        "微信 100%过",
    ],
)
def test_words_with_a_figure_are_no_contact(words):
    assert not only_contacts(words)


@pytest.mark.parametrize(
    "words",
    [
        "微信 sa*****01",
        "加V：fa********46 138 **** 1234",
        "热线 400-000-0000 / 微信 sample_wx_001",
        "138 0000 0000",
        "QQ 123456",
        "vx abc_0001",
    ],
)
def test_a_number_or_an_account_alone_is_a_contact(words):
    assert only_contacts(words)


def test_where_no_rule_quoted_the_word_that_was_decided_on_the_page_itself_is_asked_for_it():
    text = "结业后可领两样。一是中国民间人才库证明；二是本校结业证。包过不用考，全国联网可查。"
    other = finding("B4-02", evidence(text, "包过不用考"))
    said = decision_for("A1-02")
    row = takedown_row(decided(text=text, findings=(other,), decision=said), HEAD)
    assert row.hit_terms == "一是中国民间人才库证明"
    assert OTHER_WORDS not in row.notes
    lacking = text.replace("中国", "")
    other = finding("B4-02", evidence(lacking, "包过不用考"))
    row = takedown_row(decided(text=lacking, findings=(other,), decision=said), HEAD)
    assert row.hit_terms == "包过不用考"
    assert OTHER_WORDS in row.notes, "the signer is told that they are of another kind"


def test_of_a_case_handed_over_no_word_is_looked_for():
    text = "一是中国民间人才库证明"
    said = replace(decision_for("A1-02"), verdict=Verdict.TRANSFER)
    assert takedown_row(decided(text=text, findings=(), decision=said), HEAD).hit_terms == ""


def test_the_word_itself_is_masked_and_cut_like_any_other():
    text = "中国" + "高级" * 60 + "，联系13800001234" + "，中国证" * 9
    row = takedown_row(decided(text=text, findings=(), decision=decision_for("A1-02")), HEAD)
    assert "13800001234" not in row.hit_terms
    assert row.hit_terms.count("；") <= 1


def decision_for(code: str):
    return replace(decided().decision, reason=code)
