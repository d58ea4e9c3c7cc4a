"""The page of a package that a person opens first."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from evidence.eyes import HIDDEN, KEPT, plain
from evidence.overview import overview
from evidence.pieces import Lack
from storage.casefiles import CaseFile, read_case
from storage.database import write
from storage.models import cases
from storage.records import Evidence
from storage.snapshots import SnapshotStore
from tests.evidence_case import CASE, URL, a_captured_case, a_case, capture, opened, unsealed

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


@pytest.fixture
def store(tmp_path: Path) -> SnapshotStore:
    return SnapshotStore("", tmp_path)


def the_case(engine: Engine) -> CaseFile:
    with write(engine) as connection:
        row = connection.execute(cases.select().where(cases.c.id == CASE)).one()
        return read_case(connection, row)


def test_a_package_has_a_page_that_shows_decision_quotes_and_pictures(engine, tmp_path, store):
    a_captured_case(engine, store)
    files = opened(unsealed(engine, tmp_path).path)
    page = BeautifulSoup(files["evidence/overview.html"], "html.parser")
    case = the_case(engine)
    quotes = {span.quote for post in case.posts for one in post.findings for span in one.evidence}
    assert quotes
    assert {mark.text for mark in page.find_all("mark")} == quotes
    assert "违规" in page.text
    assert case.decisions[0][1].by in page.text
    pictures = [f"evidence/{image['src']}" for image in page.find_all("img")]
    assert pictures
    assert set(pictures) <= set(files)


def test_the_page_lists_the_files_before_it_with_their_hashes(engine, tmp_path, store):
    a_captured_case(engine, store)
    files = opened(unsealed(engine, tmp_path).path)
    page = files["evidence/overview.html"].decode()
    for name in ("evidence/findings.json", "evidence/decision.json", "evidence/post-1.txt"):
        assert name in page


def test_what_a_page_or_a_person_wrote_stays_text_on_it(engine, tmp_path, store):
    a_case(engine)
    case = the_case(engine)
    (post,) = case.posts
    wrote = replace(post.post, title=HOSTILE, author=HOSTILE, url=f"{URL}?{HOSTILE}")
    said = replace(case.decisions[0][1], note=HOSTILE, reason=HOSTILE, by=HOSTILE)
    spoilt = replace(case, posts=(replace(post, post=wrote),), decisions=((1, said),))
    page = BeautifulSoup(
        overview(spoilt, [replace(capture(store), url=HOSTILE, asked_by=HOSTILE)], []),
        "html.parser",
    )
    assert page.find_all(["script", "img", "a", "iframe", "link"]) == []
    assert page.text.count("alert(1)") >= 10


def test_a_case_that_nobody_decided_says_so(engine):
    a_case(engine)
    page = overview(replace(the_case(engine), decisions=()), [], [])
    assert "尚无人作出决定" in page


def test_it_says_that_its_contacts_are_not_masked(engine, tmp_path, store):
    a_captured_case(engine, store)
    page = opened(unsealed(engine, tmp_path).path)["evidence/overview.html"].decode()
    assert "内部材料" in page
    assert "没有遮盖" in page


TURNING = "a\x07\x1b[31m\u202e\u2066反转\u200b\u2028\ufeff</td>"


def test_signs_that_hide_or_turn_writing_round_are_shown_and_not_obeyed(engine, store):
    a_case(engine)
    case = the_case(engine)
    (post,) = case.posts
    said = replace(case.decisions[0][1], note=TURNING, by=TURNING)
    wrote = replace(post.post, title=TURNING, author=TURNING, url=TURNING)
    spoilt = replace(case, posts=(replace(post, post=wrote),), decisions=((1, said),))
    taken = replace(capture(store), url=TURNING, final_url=TURNING + "x", asked_by=TURNING)
    page = overview(spoilt, [taken], [], [Lack(what=TURNING, of=TURNING, why=TURNING)])
    hidden = {sign for sign in page if unicodedata.category(sign) in {"Cc", "Cf", "Zl", "Zp"}}
    assert hidden == {"\n"}
    assert page.count("反转") >= 10
    assert "\ufffd反转\ufffd" in page


@given(st.text(), st.integers(0, 50))
def test_what_is_shown_is_short_and_plain_whatever_it_was(text, most):
    told = plain(text, most)
    assert len(told) <= most + 30
    assert not [one for one in told if unicodedata.category(one) in HIDDEN and one not in KEPT]


def test_emoji_stay_whole_and_towers_of_marks_do_not():
    assert plain("👩\u200d🎓 电工证") == "👩\u200d🎓 电工证"
    assert plain("证" + "\u0300" * 200) == "证" + "\u0300" * 3


def test_a_title_of_two_million_signs_makes_no_long_page(engine, store):
    a_case(engine)
    case = the_case(engine)
    (post,) = case.posts
    wrote = replace(post.post, title="证" * 2_000_000, url="http://x.example/" + "a" * 2_000_000)
    (found,) = post.findings
    quotes = tuple(
        Evidence(field="title", start=n, end=n + 1000, quote=f"{n}" * 1000) for n in range(300)
    )
    row = replace(post, post=wrote, findings=(replace(found, evidence=quotes),) * 40)
    page = overview(replace(case, posts=(row,) * 60), [], [])
    assert len(page) < 10_000_000
    assert len(overview(replace(case, posts=(replace(row, findings=()),)), [], [])) < 20_000
    assert "字未显示" in page
    assert "另有 290 处，见 findings.json" in page
    assert "另有 10 处涉嫌" in page
    assert "另有 10 条内容" in page
