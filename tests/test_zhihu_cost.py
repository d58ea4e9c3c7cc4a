"""What a page of 知乎 costs grows with its answers, not with their square."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from selectolax.lexbor import LexborHTMLParser

from crawler.nodes import line
from spiders import zhihu
from storage.records import Page, Post

URL = "https://www.zhihu.com/question/1"
ITEM = (
    "<div class='AnswerItem'><div class='RichContent-inner'>"
    "<a href=https://www.zhihu.com/question/1/answer/{n}>x</a>正文</div></div>"
)


def page(number: int) -> Page:
    body = "".join(ITEM.format(n=1000 + n) for n in range(number)).encode()
    return Page(
        url=URL,
        final_url=URL,
        status=200,
        headers=(("content-type", "text/html"),),
        body=body,
        fetched_at=datetime(2026, 11, 25, tzinfo=UTC),
        sha256=hashlib.sha256(body).hexdigest(),
    )


@pytest.mark.parametrize("number", [3, 60])
def test_the_whole_page_is_searched_no_oftener_for_more_answers(number, monkeypatch):
    searched = []

    def counted(tree, selectors):
        searched.append(isinstance(tree, LexborHTMLParser))
        return line(tree, selectors)

    monkeypatch.setattr(zhihu, "line", counted)
    assert len(zhihu.ZhihuSpider().read(page(number)).posts) == number
    assert sum(searched) <= 2


def test_of_a_page_without_end_the_first_answers_are_read(monkeypatch):
    monkeypatch.setattr(zhihu, "MOST_ITEMS", 5)
    assert len(zhihu.ZhihuSpider().read(page(9)).posts) == 5


def test_a_long_list_is_looked_through_once_and_not_once_for_each_entry(monkeypatch):
    compared = []
    monkeypatch.setattr(Post, "__eq__", lambda one, other: compared.append(1) or one is other)
    entry = {"type": "answer", "content": "话", "question": {"id": 1, "title": "t"}}
    owner = {"url_token": "u", "name": "某"}
    rows = [entry | {"id": n, "author": owner} for n in range(1, 81)]
    listed = page(0)
    body = json.dumps({"data": rows}).encode()
    at = "https://www.zhihu.com/api/v4/members/u/answers"
    headers = (("content-type", "application/json"),)
    told = replace(listed, url=at, final_url=at, body=body, headers=headers)
    assert len(zhihu.ZhihuSpider().read(told).posts) == 80
    assert len(compared) <= 80
