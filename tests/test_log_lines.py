"""The log of a sweep names pages and quotes none."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from scrapy.exceptions import DropItem
from scrapy.utils.log import logformatter_adapter
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from crawler.log_lines import LogLines
from storage.database import open_database
from storage.records import Lease, Page, PageState, Post, Sighting, Visit

SECRET = "今天食堂换了师傅，王某电话 13800000000"
URL = "http://school.example/1.html"


def visit() -> Visit:
    lease = Lease(
        url_id=1,
        sweep_id=1,
        token="t",
        target_id=1,
        source="institution",
        url=URL,
        canonical=URL,
        depth=0,
        render=False,
        attempts=0,
    )
    page = Page(
        url=URL,
        final_url=URL,
        status=200,
        headers=(),
        body=SECRET.encode(),
        fetched_at=datetime(2026, 11, 25, tzinfo=UTC),
        sha256="0" * 64,
        dom=SECRET,
    )
    post = Post(platform="institution", post_id=URL, url=URL, url_found=URL, text=SECRET)
    return Visit(
        lease=lease, state=PageState.ALIVE, page=page, sightings=(Sighting(post=post),), reason=""
    )


@pytest.mark.parametrize("kind", ["dropped", "item_error"])
@pytest.mark.parametrize("error", [DropItem("The disk is full."), ValueError(SECRET)])
def test_a_visit_that_went_wrong_is_named_and_not_quoted(kind, error):
    level, message, said = logformatter_adapter(
        getattr(LogLines(), kind)(visit(), error, None, None)
    )
    line = message % said
    assert URL in line
    assert type(error).__name__ in line
    assert "食堂" not in line
    assert "13800000000" not in line
    assert "Visit(" not in line
    assert level > 0


def test_a_broken_statement_does_not_quote_what_was_to_be_written(tmp_path):
    engine = open_database("", tmp_path)
    with engine.connect() as connection, pytest.raises(SQLAlchemyError) as told:
        connection.execute(text("insert into nowhere values (:said)"), {"said": SECRET})
    engine.dispose()
    assert "nowhere" in str(told.value)
    assert "食堂" not in str(told.value)
