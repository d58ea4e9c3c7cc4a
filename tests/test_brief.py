"""The brief: figures that are counts of rows, on Chinese days, in two forms that say the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from docx import Document
from selectolax.lexbor import LexborHTMLParser
from sqlalchemy import update
from typer.testing import CliRunner

import cli
from door.brief_run import write_brief
from exports import daily_brief_docx
from exports.brief_words import caveat_of, days_of, sentences, sheets
from storage.bilingual import Problem
from storage.brief import brief
from storage.cases import decide, list_cases
from storage.database import write
from storage.exports import decided_rows, unconfirmed_posts
from storage.models import cases
from storage.records import CaseStatus, Contacts, Verdict
from tests.makers import decision, flagged, post, sight
from tests.takedown_makers import SENT, sent, taken_down

DAY = date(2026, 3, 2)
LATE = datetime(2026, 3, 1, 17, tzinfo=UTC)  # 01:00 of the second of March in China
OFFICE = "示例市互联网信息办公室"


@pytest.fixture
def queue(engine):
    """Three cases of the second of March and one of the day before."""
    for number, moment in enumerate((LATE, LATE, LATE, LATE - timedelta(hours=2))):
        seen = flagged(
            post(
                f"https://a{number}.example/",
                title=f"月嫂证 {number} 微信 fake_wx_000{number}",
                text=f"第{number}家的广告，各不相同" + "甲乙丙丁"[number] * 60,
                contacts=Contacts(wechat=(f"fake_wx_000{number}",)),
            ),
            seed=number + 1,
        )
        sight(engine, seen)
        newest = max(row.id for row in list_cases(engine))
        with write(engine) as connection:
            connection.execute(update(cases).where(cases.c.id == newest).values(opened_at=moment))
    return engine


def test_a_day_is_a_chinese_one(queue):
    assert brief(queue, DAY, DAY).opened == 3
    assert brief(queue, DAY - timedelta(days=1), DAY).opened == 4
    assert [one.opened for one in brief(queue, DAY, DAY).trend] == [0, 0, 0, 0, 0, 1, 3]


def test_decisions_are_counted_by_what_people_said(queue):
    first, second = (row.id for row in list_cases(queue, CaseStatus.WAITING)[:2])
    decide(queue, decision(first, at=LATE))
    decide(queue, decision(second, Verdict.CLEAN, at=LATE))
    told = brief(queue, DAY, DAY)
    assert told.verdicts == {Verdict.VIOLATION: 1, Verdict.CLEAN: 1}
    assert told.waiting == 2
    assert (told.trend[-1].decided, told.trend[-1].violations) == (2, 1)
    assert "人工审核 2 件，其中违规 1 件、不违规 1 件。" in list(sentences(told))


def test_a_brief_counts_as_the_list_does(queue):
    """Overruled, taken back and unconfirmed decisions stand in neither."""
    one, two, three = (row.id for row in list_cases(queue, CaseStatus.WAITING)[:3])
    before = None
    for verdict in (Verdict.VIOLATION, Verdict.CLEAN, Verdict.VIOLATION):
        before = decide(queue, decision(one, verdict, at=LATE, supersedes=before))
    decide(queue, decision(two, at=LATE))
    decide(queue, decision(three, at=LATE))
    with write(queue) as connection:
        connection.execute(update(cases).where(cases.c.id == three).values(awaits_second=True))
    told = brief(queue, DAY, DAY)
    listed = {row.case_no for row in decided_rows(queue)}
    assert told.verdicts == {Verdict.VIOLATION: 2}
    assert listed == {one, two}
    assert told.unconfirmed == 1
    assert {case for case, _, _ in unconfirmed_posts(queue)} == {three}
    assert told.trend[-1].violations == 2
    said = list(sentences(told))
    assert "人工审核 2 件，其中违规 2 件。另有 1 件已作决定、等待另一人复核，未计入。" in said


def test_a_brief_says_what_became_of_requests(engine):
    item = sent(engine)
    taken_down(engine, item.id)
    told = brief(engine, SENT.date(), SENT.date() + timedelta(days=5))
    assert (told.takedown.sent, told.takedown.verified, told.takedown.reappeared) == (1, 1, 0)
    assert "处置情况：请求处置 1 条、核实删除 1 条。" in " ".join(sentences(told))


@pytest.mark.parametrize(
    ("first", "last", "shown"),
    [
        (date(2026, 11, 20), date(2026, 11, 26), "2026年11月20日至26日"),
        (date(2026, 10, 28), date(2026, 11, 3), "2026年10月28日至11月3日"),
        (date(2025, 12, 30), date(2026, 1, 5), "2025年12月30日至2026年1月5日"),
        (date(2026, 1, 5), date(2026, 1, 5), "2026年1月5日"),
    ],
)
def test_the_days_of_a_brief_fit_one_line(engine, first, last, shown):
    told = brief(engine, first, last)
    assert days_of(told) == shown
    assert caveat_of(told).startswith("本日报" if first == last else "本简报")


def test_no_sweep_and_no_case_is_said_in_words(engine):
    told = brief(engine, DAY, DAY)
    said = " ".join(sentences(told))
    assert "没有开展巡查" in said
    assert "没有人工审核记录" in said
    assert "没有发出处置请求" in said
    assert "（没有待审案件）" in str(list(sheets(told)))


def test_both_forms_say_the_same_and_show_no_contact(queue, tmp_path):
    paper, page = write_brief(queue, tmp_path, DAY, 2, OFFICE)
    document = Document(paper)
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    tree = LexborHTMLParser(page.read_text(encoding="utf-8"))
    assert cells == [cell.text() for cell in tree.css("th, td")]
    assert not tree.css("script, img, link, iframe")
    for said in ("\n".join(cells), page.read_text(encoding="utf-8")):
        assert "fake_wx_000" not in said
        assert "月嫂证" in said


def test_a_day_to_come_and_no_days_are_refused(engine, tmp_path):
    for last, days in ((date(2999, 1, 1), 1), (DAY, 0), (DAY, 4000)):
        with pytest.raises(Problem, match="no file was made"):
            write_brief(engine, tmp_path, last, days, "")
    assert not list(tmp_path.glob("*.docx"))


def test_a_long_table_may_end_on_the_next_page_and_a_short_one_does_not(queue, tmp_path):
    told = brief(queue, DAY, DAY)
    many = replace(told, platforms={f"platform{number}": 1 for number in range(24)})
    daily_brief_docx.write(many, tmp_path / "brief.docx", "")
    trend, _, platforms, *_ = Document(tmp_path / "brief.docx").tables

    def kept(table) -> list[bool]:
        rows = table.rows[1:-1]
        return [bool(r.cells[0].paragraphs[0].paragraph_format.keep_with_next) for r in rows]

    assert all(kept(trend))
    assert kept(platforms) == [*[False] * 9, True, True], "its last rows alone stay together"


def test_many_platforms_stand_side_by_side_and_none_is_lost(queue):
    told = brief(queue, DAY, DAY)
    for count in (0, 1, 6, 7, 12):
        names = {f"platform{number}": number + 1 for number in range(count)}
        (sheet,) = [
            one for one in sheets(replace(told, platforms=names)) if one.title == "新立案件按平台"
        ]
        assert sum(sheet.widths) == 156
        assert {len(row) for row in sheet.rows} == {len(sheet.head)} == {len(sheet.widths)}
        pairs = [pair for row in sheet.rows for pair in (row[:2], row[2:]) if pair]
        figures = sorted(int(figure) for _, figure in pairs if figure)
        assert figures == (list(range(1, count + 1)) or [0])
        assert len(sheet.rows) <= max(6, 1)


def test_the_trend_is_called_so_only_where_it_is_of_more_days_than_the_brief(queue):
    for first, title in ((DAY, "近七日走势"), (DAY - timedelta(days=6), "其中逐日")):
        assert next(sheets(brief(queue, first, DAY))).title == title


def test_a_brief_that_is_there_is_not_replaced(engine, tmp_path):
    write_brief(engine, tmp_path, DAY, 1, "")
    with pytest.raises(Problem, match="not replaced"):
        write_brief(engine, tmp_path, DAY, 1, "")


def test_what_is_no_date_is_told_by_the_command(tmp_path):
    told = CliRunner().invoke(
        cli.build_app("brief"), ["brief", "--out", str(tmp_path), "--day", "昨天"]
    )
    assert isinstance(told.exception, Problem)
