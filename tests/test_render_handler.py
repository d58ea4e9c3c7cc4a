"""A page through the browser: what is kept of it, what it costs, and what stays behind."""

from __future__ import annotations

import json

import pytest

from crawler.answers import MOST_ONE
from tests.loopback import Answer, Site
from tests.rendered_crawl import rendered

LONG = "浏览器不必取图也读得到这些字。" * 4
JSON = {"Content-Type": "application/json; charset=utf-8"}
FOUND = json.dumps({"cards": ["甲", "乙"]}).encode()


def script(body: str) -> Answer:
    html = (
        f"<!doctype html><meta charset=utf-8><title>页</title><p id=p></p><script>{body}</script>"
    )
    return Answer(html.encode())


SHOW = "fetch({0!r}).then(r => r.text()).then(t => document.getElementById('p').append(t))"
PAGES = {
    "a.test/search": script(SHOW.format("/api/found")),
    "a.test/api/found": Answer(FOUND, headers=JSON),
    "api.a.test/x": Answer(FOUND, headers=JSON | {"Access-Control-Allow-Origin": "*"}),
    "b.test/x": Answer(FOUND, headers=JSON | {"Access-Control-Allow-Origin": "*"}),
    "a.test/many": script(SHOW.format("http://api.a.test/x") + ";" + SHOW.format("http://b.test/x")),
    "a.test/huge": script(SHOW.format("/api/huge").replace("append(t)", "append(t.length)")),
    "a.test/api/huge": Answer(b"[" + b"1," * MOST_ONE + b"1]", headers=JSON),
    "a.test/pictures": Answer(f"<p>图在下面。{LONG}</p>"
                              "<img src=/a.png><video src=/b.mp4></video>".encode()),
    "a.test/moved": Answer(b"", 302, {"Location": "/search"}),
    "a.test/file": Answer(b"%PDF-1.7", headers={"Content-Type": "application/pdf",
                          "Content-Disposition": "attachment; filename=a.pdf"}),
    "a.test/silent": script("setTimeout(() => { document.getElementById('p').append("
                            "'请完成验证' + '。'.repeat(50)) }, 50)"),
    "a.test/endless": script("setInterval(() => fetch('/tick'), 40); " + SHOW.format("/api/found")),
    "a.test/tick": Answer(b"{}", headers=JSON),
    "a.test/popup": script("window.open('/tick'); " + SHOW.format("/api/found")),
    "a.test/cookie": script("document.getElementById('p').append('饼干：' + document.cookie + "
                            "'。'.repeat(50)); document.cookie = 'seen=1'"),
    "a.test/missing": Answer("没有这个页面"
                             .encode(), 404, {"Content-Type": "text/html; charset=utf-8"}),
}  # fmt: skip
ORDERS = [
    {"url": "http://a.test/search", "awaits": ["/api/found"]},
    {"url": "http://a.test/many", "awaits": ["api.a.test"]},
    {"url": "http://a.test/huge", "awaits": ["/api/huge"]},
    {"url": "http://a.test/pictures"},
    {"url": "http://a.test/moved", "awaits": ["/api/found"]},
    {"url": "http://a.test/file"},
    {"url": "http://a.test/silent", "awaits": ["/api/never"]},
    {"url": "http://a.test/missing"},
    {"url": "http://nobody.invalid/"},
]
NAMES = ("search", "many", "huge", "pictures", "moved", "file", "silent", "missing", "nobody")


@pytest.fixture(scope="module")
def crawl():
    with Site(dict(PAGES)) as site:
        outcomes, stats = rendered(ORDERS, site.port)
        yield dict(zip(NAMES, outcomes, strict=True)), stats, list(site.asked)


def test_the_answer_a_page_fetched_is_kept_as_it_came(crawl):
    [answer] = crawl[0]["search"]["answers"]
    assert answer == [
        "http://a.test/api/found",
        200,
        JSON["Content-Type"],
        len(FOUND),
        FOUND.decode(),
    ]


def test_the_document_stands_there_as_it_came_and_as_the_script_left_it(crawl):
    page = crawl[0]["search"]
    assert "甲" not in page["raw"]
    assert "fetch(" in page["raw"]
    assert json.dumps("甲")[1:-1] in page["text"]


def test_answers_of_the_pages_own_site_are_kept_and_a_strangers_are_not(crawl):
    assert [answer[0] for answer in crawl[0]["many"]["answers"]] == ["http://api.a.test/x"]


def test_an_answer_beyond_all_measure_is_cut(crawl):
    [answer] = crawl[0]["huge"]["answers"]
    assert answer[3] == MOST_ONE


def test_pictures_and_films_are_never_asked_for(crawl):
    _, _, asked = crawl
    assert not {"a.test/a.png", "a.test/b.mp4"} & set(asked)


def test_a_redirect_is_remembered(crawl):
    moved = crawl[0]["moved"]
    assert moved["url"] == "http://a.test/search"
    assert moved["redirects"] == ["http://a.test/moved"]


def test_a_file_is_known_by_its_kind_and_not_downloaded(crawl):
    assert crawl[0]["file"]["kind"] == "application/pdf"


def test_a_page_that_never_asks_is_read_as_it_stands(crawl):
    assert "请完成验证" in crawl[0]["silent"]["text"]


def test_a_status_is_told_and_nobody_there_is_an_error(crawl):
    assert crawl[0]["missing"]["status"] == 404
    assert crawl[0]["nobody"]["error"]


def test_a_page_that_was_left_does_nothing_any_more():
    orders = [{"url": "http://a.test/endless", "awaits": ["/api/found"]}]
    orders += [{"url": "http://a.test/search", "awaits": ["/api/found"]}] * 12
    with Site(dict(PAGES)) as site:
        rendered(orders, site.port, {"CONCURRENT_REQUESTS": 1})
        last_tick = max(at for at, key in enumerate(site.asked) if key == "a.test/tick")
        assert "a.test/search" in site.asked
        later = site.asked[last_tick:].count("a.test/search")
    assert later >= 11


def test_a_window_a_page_opens_does_not_stay():
    orders = [{"url": "http://a.test/popup", "awaits": ["/api/found"]}] * 3
    with Site(dict(PAGES)) as site:
        outcomes, _ = rendered(orders, site.port)
    assert [one["status"] for one in outcomes] == [200, 200, 200]


def test_the_browser_is_renewed_after_its_number_of_pages_and_the_crawl_goes_on():
    orders = [{"url": "http://a.test/search", "awaits": ["/api/found"]}] * 9
    with Site(dict(PAGES)) as site:
        outcomes, stats = rendered(orders, site.port, {"BROWSER_PAGES": 4})
    assert [len(one["answers"]) for one in outcomes] == [1] * 9
    assert stats["browser/renewed"] >= 2


def test_the_browser_is_renewed_when_it_has_grown_too_large():
    orders = [{"url": "http://a.test/search", "awaits": ["/api/found"]}] * 25
    with Site(dict(PAGES)) as site:
        outcomes, stats = rendered(orders, site.port, {"BROWSER_MB": 1})
    assert [len(one["answers"]) for one in outcomes] == [1] * 25
    assert stats["browser/renewed"] >= 1


def test_a_login_is_seen_by_its_own_source_alone():
    state = {
        "cookies": [
            {"name": "who", "value": "office", "domain": "a.test", "path": "/"}
            | {"expires": -1, "httpOnly": False, "secure": False, "sameSite": "Lax"}
        ],
        "origins": [],
    }
    orders = [
        {"url": "http://a.test/cookie", "session": "weibo", "state": state},
        {"url": "http://a.test/cookie"},
    ]
    with Site(dict(PAGES)) as site:
        ours, theirs = rendered(orders, site.port)[0]
    assert "who=office" in ours["text"]
    assert "who=office" not in theirs["text"]
