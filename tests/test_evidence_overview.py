"""The page of a package that a person opens first."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import Engine

from evidence.overview import overview
from storage.casefiles import CaseFile, read_case
from storage.database import write
from storage.models import cases
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
