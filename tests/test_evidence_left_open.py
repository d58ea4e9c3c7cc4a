"""Which requests, still open, leave something out of what was taken."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from evidence.exchanges import Exchange
from evidence.left_open import word_of_open, word_of_words

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def asked(kind: str, failure: str = "unfinished", **changes: object) -> Exchange:
    made = Exchange(method="GET", url="http://a.test/x", kind=kind, asked_at=NOW, failure=failure)
    for name, value in changes.items():
        setattr(made, name, value)
    return made


@pytest.mark.parametrize("kind", ["fetch", "xhr", "script", "document", "other"])
@pytest.mark.parametrize(
    ("failure", "word"), [("unfinished", "unfinished"), ("busy", "busy"), ("timeout", "unfinished")]
)
def test_what_may_bring_words_leaves_the_text_in_part(kind: str, failure: str, word: str) -> None:
    assert word_of_words([asked(kind, failure)]) == word


@pytest.mark.parametrize("kind", ["image", "stylesheet", "font", "media", "ping", "eventsource"])
def test_what_brings_no_words_leaves_the_text_whole(kind: str) -> None:
    assert word_of_words([asked(kind)]) == ""


@pytest.mark.parametrize("failure", ["", "dns", "refused_connection", "net::ERR_FAILED"])
def test_what_was_answered_or_refused_is_not_open(failure: str) -> None:
    assert word_of_words([asked("fetch", failure)]) == ""


def test_an_answer_that_came_while_the_page_was_being_taken_is_in_the_archive_alone() -> None:
    late = asked("fetch", "", status=200, late=True)
    assert word_of_words([late]) == word_of_open([late], shown=True) == "unfinished"
    assert word_of_open([late]) == ""
