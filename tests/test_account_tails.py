"""The pages on which an account lists its posts are the account's, as its front page is."""

from __future__ import annotations

from typing import Any

import pytest

from crawler.canon import canonical, identity
from door.sources import all_sources
from storage.records import Target, TargetKind
from tests.test_answered import told

ZHIHU, TIEBA = "https://www.zhihu.com", "https://tieba.baidu.com"
THREADS = f"{TIEBA}/c/u/feed/myThread"


def seeds(source: str, value: str) -> tuple[str, ...]:
    target = Target(kind=TargetKind.ACCOUNT, value=value, source=source, reason="r", added_by="x")
    return all_sources()[source].seeds(target)


@pytest.mark.parametrize(
    ("source", "value"),
    [("zhihu", "abc"), ("tieba", "tb.1.abc"), ("tieba", "某人"), ("weibo", "1234567890")],
)
def test_every_page_that_an_account_is_begun_with_is_that_account_s(source, value):
    begun = seeds(source, value)
    assert {identity(url) for url in begun} == {(source, f"user:{value}")}
    assert len({canonical(url) for url in begun}) == len(begun)


def answer(token: str) -> dict[str, Any]:
    author = {"url_token": token, "name": "某"}
    asked = {"id": 1, "title": "t"}
    one = {"id": 33, "type": "answer", "content": "话", "question": asked, "author": author}
    return {"data": [one]}


@pytest.mark.parametrize("tail", ["", "/answers", "/posts"])
def test_strangers_answers_are_not_those_of_the_account_and_none_is_an_emptied_one(tail):
    url, api = f"{ZHIHU}/people/abc{tail}", f"{ZHIHU}/api/v4/members"
    assert told("zhihu", url, "", (f"{api}/abc/answers", answer("abc"))) == "alive:"
    strange = told("zhihu", url, "", (f"{api}/other/answers", answer("other")))
    assert not strange.startswith("alive")
    none = {"data": [], "paging": {}}
    assert told("zhihu", url, "", (f"{api}/abc/answers", none)) == "ambiguous:empty_account"


def threads(portrait: str) -> dict[str, Any]:
    user = {"id": 3, "portrait": portrait, "user_name": "某"}
    one = {"tid": 7300000009, "title": "月嫂", "content": "话", "user": user}
    return {"error_code": 0, "data": {"list": [{"thread_info": one}]}}


def test_threads_of_another_portrait_are_not_those_of_the_account():
    url = f"{TIEBA}/home/main?id=tb.1.abc&ie=utf-8"
    at = f"{THREADS}?portrait={{}}"
    assert told("tieba", url, "", (at.format("tb.1.abc"), threads("tb.1.abc?t=1"))) == "alive:"
    assert told("tieba", url, "", (THREADS, threads("tb.1.abc"))) == "alive:"
    for strange in ((at.format("tb.1.other"), threads("tb.1.other")), (THREADS, threads("tb.1.o"))):
        assert not told("tieba", url, "", strange).startswith("alive")
    none = {"error_code": 0, "data": {"list": []}}
    assert told("tieba", url, "", (at.format("tb.1.abc"), none)) == "ambiguous:empty_account"


def test_an_account_named_by_its_user_name_is_known_by_it():
    url = f"{TIEBA}/home/main?un=某"
    assert told("tieba", url, "", (f"{THREADS}?portrait=tb.1.abc", threads("tb.1.abc"))) == "alive:"
    assert not told("tieba", url, "", (f"{THREADS}?un=他人", threads("tb.1.o"))).startswith("alive")


def test_an_answer_that_names_another_one_is_not_read_under_its_id():
    url = f"{ZHIHU}/question/1/answer/22"
    item = "<div class='ContentItem AnswerItem'>{}<div class=RichContent-inner>话 {}</div></div>"
    own, other = "<a href=/question/1/answer/22>x</a>", "<a href=/question/1/answer/33>y</a>"
    assert told("zhihu", url, item.format(own, other)) == "alive:"
    assert told("zhihu", url, item.format(other, own)) == "swapped:other_post"
    assert not told("zhihu", url, item.format(own + other, "")).startswith("alive")
