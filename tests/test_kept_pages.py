"""Which unread pages are kept for a person: those our reader could not make sense of."""

from __future__ import annotations

import base64
import json
from dataclasses import replace

import pytest

from pipelines.snapshot import answers_file, unread
from storage.records import Answer, Lease, PageState
from tests.makers import visit

LEASE = Lease(
    url_id=1,
    sweep_id=1,
    token="t",
    target_id=1,
    source="weibo",
    url="http://weibo.test/",
    canonical="http://weibo.test/",
    depth=0,
    render=False,
    attempts=0,
)
ANSWER = Answer(
    url="http://weibo.test/api", status=200, content_type="application/json", body=b"{\xff"
)


def seen(state: PageState, reason: str, *answers: Answer):
    done = visit(LEASE, state=PageState.ALIVE)
    return replace(done, state=state, reason=reason, page=replace(done.page, answers=answers))


@pytest.mark.parametrize(
    ("state", "reason", "answers", "kept"),
    [
        (PageState.ERROR, "layout_changed", (), True),
        (PageState.ERROR, "reader_valueerror", (), True),
        (PageState.ERROR, "http_500", (), False),
        (PageState.BLOCKED, "shell", (ANSWER,), True),
        (PageState.BLOCKED, "shell", (), False),
        (PageState.BLOCKED, "captcha", (ANSWER,), False),
        (PageState.BLOCKED, "login", (), True),
        (PageState.BLOCKED, "session_expired", (), True),
        (PageState.REMOVED, "platform_violation", (), True),
        (PageState.AMBIGUOUS, "private", (ANSWER,), True),
        (PageState.SWAPPED, "other_post", (ANSWER,), False),
        (PageState.ALIVE, "", (ANSWER,), False),
    ],
)
def test_what_is_kept(state, reason, answers, kept):
    assert unread(seen(state, reason, *answers)) is kept


@pytest.mark.parametrize("state", [PageState.REMOVED, PageState.AMBIGUOUS, PageState.BLOCKED])
def test_of_somebodys_own_site_only_what_could_not_be_read_is_kept(state):
    done = replace(seen(state, "login"), read_by="institution")
    assert not unread(done)
    assert unread(replace(done, state=PageState.ERROR, reason="layout_changed"))


def test_an_answer_is_kept_byte_by_byte():
    done = seen(PageState.ALIVE, "", ANSWER)
    [told] = json.loads(answers_file(done.page))
    assert base64.b64decode(told["body_base64"]) == ANSWER.body
    assert (told["url"], told["status"]) == (ANSWER.url, 200)
