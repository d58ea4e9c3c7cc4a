"""The look spider: one after another to each platform, and a wall ends what asks the same way."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from scrapy import Request
from scrapy.http import HtmlResponse
from twisted.internet.error import DNSLookupError
from twisted.python.failure import Failure

from crawler.look_spider import Ask, Looked, LookPlan, LookSpider
from spiders.institution import InstitutionSpider
from storage.bilingual import Problem
from storage.records import PageState
from tests.source_sweep import SOURCES

WALL = b'{"state": "blocked", "reason": "captcha"}'
POST = b'{"state": "alive", "posts": [{"id": 1, "text": "x"}]}'


def both(*urls: str) -> list[Ask]:
    return [
        Ask(key=number, url=url, browser=browser)
        for number, url in enumerate(urls, 1)
        for browser in (False, True)
    ]


def spider(asks: Sequence[Ask], hand: Any = None, **more: Any) -> tuple[LookSpider, list[Looked]]:
    told: list[Looked] = []
    plan = LookPlan(asks=asks, hand=hand or told.append, **more)
    readers = {name: source() for name, source in SOURCES.items()}
    made = LookSpider(plan, readers)

    async def no_picture(page: object) -> Any:
        from crawler.sweep_plan import Picture

        return Picture()

    made._picture = no_picture  # type: ignore[method-assign]
    return made, told


def run(made: LookSpider, answers: dict[str, bytes]) -> list[str]:
    """Answers every request as the engine would, one a time; the URLs asked for, in order."""
    asked = []

    async def whole() -> None:
        waiting = [request async for request in made.start()]
        while waiting:
            request = waiting.pop(0)
            way = "browser" if request.meta["ask"].browser else "plain"
            asked.append(f"{way} {request.url}")
            body = answers.get(request.url)
            if body is None:
                failure = Failure(DNSLookupError())
                failure.request = request  # type: ignore[attr-defined]
                waiting += list(made.failed(failure))
                continue
            waiting += await made.landed(answer(request, body))

    asyncio.run(whole())
    return asked


def answer(request: Request, body: bytes) -> HtmlResponse:
    return HtmlResponse(request.url, request=request, body=body, encoding="utf-8")


def test_a_wall_ends_what_asks_that_platform_the_same_way_and_the_other_way_is_tried():
    one, two = "http://luntan.test/t/1", "http://luntan.test/t/2"
    made, told = spider(both(one, two))
    asked = run(made, {one: WALL, two: WALL})
    assert asked == [f"plain {one}", f"browser {one}"]
    assert [(look.ask.key, look.ask.browser, look.reading.reason) for look in told] == [
        (1, False, "captcha"),
        (2, False, "source_paused"),
        (1, True, "captcha"),
        (2, True, "source_paused"),
    ]


def test_a_wall_on_one_site_says_nothing_of_another():
    one, two = "http://one.example/a", "http://two.example/a"
    page = "<html><title>安全验证</title><body>请完成安全验证 请拖动滑块</body></html>".encode()
    made, told = spider(both(one, two))
    asked = run(made, {one: page, two: page})
    assert sorted(asked) == sorted(
        f"{way} {url}" for url in (one, two) for way in ("plain", "browser")
    )
    assert {look.reading.reason for look in told} == {"captcha"}


def test_a_platform_is_asked_one_thing_at_a_time():
    urls = [f"http://luntan.test/t/{n}" for n in range(3)]
    made, _ = spider(both(*urls))

    async def first() -> list[Request]:
        return [request async for request in made.start()]

    assert len(asyncio.run(first())) == 1


def test_every_question_has_an_answer_whatever_happens():
    urls = ["http://luntan.test/t/1", "http://gone.example/a", "http://two.example/a"]
    made, told = spider(both(*urls))
    run(made, {urls[0]: POST, urls[2]: b"not json, not much"})
    assert sorted((look.ask.key, look.ask.browser) for look in told) == sorted(
        (ask.key, ask.browser) for ask in both(*urls)
    )
    lost = [look for look in told if look.ask.key == 2]
    assert {(look.reading.state, look.reading.reason) for look in lost} == {
        (PageState.ERROR, "dns")
    }


def test_without_a_browser_the_browsers_questions_are_told_and_not_asked():
    url = "http://luntan.test/t/1"
    made, told = spider(both(url), browser=False)
    assert run(made, {url: POST}) == [f"plain {url}"]
    assert [look.reading.reason for look in told] == ["", "no_browser"]


def test_a_page_that_breaks_its_reader_is_one_look_that_saw_nothing():
    url = "http://luntan.test/t/1"
    made, told = spider(both(url))
    run(made, {url: b"{"})
    assert {look.reading.state for look in told} == {PageState.ERROR}


def test_a_full_disk_ends_the_run_and_nothing_more_is_asked():
    def full(_looked: Looked) -> None:
        raise Problem("磁盘已满。", "The disk is full.")

    urls = [f"http://luntan.test/t/{n}" for n in range(3)]
    made, _ = spider(both(*urls), full)
    assert len(run(made, dict.fromkeys(urls, POST))) == 1
    assert made.problem is not None


@pytest.mark.parametrize("url", ["http://luntan.test/t/1", "http://any.example/x"])
def test_each_url_is_read_by_its_own_platforms_reader(url):
    made, told = spider(both(url))
    run(made, {url: POST})
    assert told[0].source == ("forum" if "luntan" in url else InstitutionSpider.name)
