"""边清理边继续: a letter names what was taken down before in one sentence, and no contact."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from docx import Document
from sqlalchemy import Engine

from door.export_tally import weak_points
from exports import letter_docx
from exports.earlier_takedown import NOT_FOUND
from exports.takedown_case import takedown_row
from exports.takedown_rows import TakedownRow
from storage.bilingual import Bilingual
from storage.cases import decide, list_cases
from storage.exports import DecidedRow, decided_rows
from storage.records import Contacts
from storage.takedown_acts import Word, acknowledge, approve, record_sent
from storage.takedown_marks import Before, Mark
from storage.takedown_verdict import Seen
from storage.takedowns import Item, get_item, get_request
from tests.makers import NOON, decision, finding, flagged, judged, post, sight
from tests.takedown_makers import (
    AD,
    APPROVER,
    LATER,
    SENT,
    decided,
    drafted,
    round_at,
    sending,
    taken_down,
)
from tests.takedown_samples import HEAD

PHONE, WECHAT = "13800000000", "yuesao_01"
SAME = {"contacts": Contacts(phones=(PHONE,), wechat=(WECHAT,))}
ELSEWHERE = "http://new.example/1"
BESIDE = "http://www.school.example/2"


def went(engine: Engine, before: Mark | None = None, address: str = AD, seed: int = 1) -> Item:
    """Asked for with a receipt, and verified as removed."""
    decided(engine, address, seed=seed, **SAME)
    number = drafted(engine)
    item = get_request(engine, number).items[0].id
    approve(engine, number, APPROVER, NOON + timedelta(hours=1))
    mark = {item: Before(mark=before, note=Bilingual("", ""))} if before else {}
    record_sent(engine, number, sending(before=mark))
    acknowledge(engine, number, Word(by="钱收发", at=SENT, now=LATER), "R-7")
    return taken_down(engine, item)


def again(
    engine: Engine, address: str, *, reason: str = "E4-01", codes: tuple[str, ...] = ("B4-02",)
) -> DecidedRow:
    """Another post with the same contacts, and what was decided of it."""
    judgement = judged(findings=tuple(finding(code=code, rule=f"rule_{code}") for code in codes))
    seen = flagged(post(address, author="换了名字", **SAME), seed=9, judgement=judgement)
    sight(engine, seen, now=LATER)
    case = max(row.id for row in list_cases(engine))
    decide(engine, decision(case, reason=reason))
    return next(one for one in decided_rows(engine) if one.url == address)


def row_of(case: DecidedRow) -> TakedownRow:
    return takedown_row(case, HEAD)


def test_a_post_that_came_back_at_its_address_is_told_with_request_receipt_and_days(
    engine: Engine,
) -> None:
    item = went(engine)
    round_at(engine, item.id, 24 * 30, Seen.OFFENDING)
    number, reason = 1, "B4-02"
    decide(engine, decision(number, reason=reason))
    (case,) = decided_rows(engine)
    request = get_request(engine, item.request_id)
    assert row_of(case).earlier == (
        f"前次处置：该内容曾经请求处置（请求 {request.request_no}，文号 某网信函〔2026〕7号，"
        "回执 R-7，2026年11月23日发出），2026年11月27日核实删除后再次出现。"
    )


def test_the_same_advertiser_elsewhere_is_only_suspected_and_the_other_place_stays_unnamed(
    engine: Engine,
) -> None:
    item = went(engine)
    told = row_of(again(engine, ELSEWHERE)).earlier
    request = get_request(engine, item.request_id)
    assert told == (
        f"前次处置：疑为同一发布者在其他平台或者网站的内容曾经请求处置（请求 {request.request_no}，"
        "2026年11月23日发出），2026年11月27日核实删除。"
    )
    assert not [one for one in ("school.example", "R-7", "某网信函") if one in told]


def test_on_the_same_site_its_receipt_is_named(engine: Engine) -> None:
    went(engine)
    told = row_of(again(engine, BESIDE)).earlier
    assert "疑为同一发布者的内容曾经请求处置" in told
    assert "回执 R-7" in told


def test_several_are_told_by_the_newest_and_their_number(engine: Engine) -> None:
    went(engine)
    went(engine, address="http://third.example/ad", seed=5)
    case = again(engine, ELSEWHERE)
    assert case.earlier is not None
    assert case.earlier.request_no == get_request(engine, 2).request_no
    assert "（此外另有 1 条）。" in row_of(case).earlier


@pytest.mark.parametrize(
    ("reason", "codes", "told"),
    [
        ("B4-02", ("B4-02",), False),  # a machine's link alone is in nobody's letter
        ("B4-02", ("B4-02", "E4-01"), True),  # a rule speaks of it
        ("E4-01", ("B4-02",), True),  # a person does
    ],
)
def test_nothing_is_named_where_nobody_speaks_of_going_on(
    engine: Engine, reason: str, codes: tuple[str, ...], told: bool
) -> None:
    went(engine)
    assert bool(row_of(again(engine, ELSEWHERE, reason=reason, codes=codes)).earlier) == told


def test_what_was_gone_before_it_was_asked_for_was_taken_down_by_nobody(engine: Engine) -> None:
    item = went(engine, before=Mark.GONE)
    assert get_item(engine, item.id).verified_at is not None
    case = again(engine, ELSEWHERE)
    assert row_of(case).earlier == ""
    assert NOT_FOUND in row_of(case).notes


def test_where_nothing_is_known_the_signer_is_told_to_add_it(engine: Engine) -> None:
    row = row_of(again(engine, ELSEWHERE))
    assert (row.earlier, NOT_FOUND in row.notes) == ("", True)
    assert "earlier" in list(weak_points(row))
    assert "earlier" not in list(weak_points(replace(row, notes="")))


def test_the_annex_of_a_letter_has_the_sentence_and_no_contact(
    engine: Engine, tmp_path: Path
) -> None:
    went(engine)
    row = row_of(again(engine, BESIDE))
    path = tmp_path / "letter.docx"
    letter_docx.write([row], path, replace(HEAD, platform="web", site="school.example"))
    cells = {
        cell.text
        for table in Document(str(path)).tables
        for line in table.rows
        for cell in line.cells
    }
    (cell,) = [one for one in cells if row.earlier in one]
    assert "月嫂证报名" in cell
    assert not [one for one in cells if PHONE in one or WECHAT in one]
