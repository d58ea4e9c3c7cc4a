"""Every source on every saved page: what must hold whatever a platform shows."""

from __future__ import annotations

import hashlib
import json
import random
import re
import time
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.canon import canonical
from crawler.markers import FOLDER, markers_of
from crawler.reading import Reading
from door.sources import all_sources
from storage.records import Answer, Page, PageState, Post, Target, TargetKind

PAGES = Path(__file__).parent / "pages"
EXPECTED = ".expected.json"
SOURCES = all_sources()
MARKED = sorted(path.stem for path in FOLDER.glob("*.yaml"))
SAVED = sorted(path for path in PAGES.glob("*/*") if not path.name.endswith(EXPECTED))
# What a page shows, told by the name it was saved under and so apart from what was read in it.
TOLD = (
    (
        re.compile(r"captcha|login|wall|risk|limit|shell|refused|visitor|too_|verify|voucher"),
        "blocked",
    ),
    (re.compile(r"removed|deleted|banned|closed|prohibited"), "removed"),
    (re.compile(r"other_|_other"), "swapped"),
    (re.compile(r"private|reviewing|unavailable|expired|token"), "ambiguous"),
)
UNSURE = re.compile(r"gone|lost|emptied")  # removed or ambiguous, as the platform's words allow
NOTHING = re.compile(r"nothing|search_empty")


def page_of(body: bytes, url: str, **facts: Any) -> Page:
    return Page(
        url=url,
        final_url=facts.get("final_url", url),
        status=facts.get("status", 200),
        headers=(("content-type", "text/html"),),
        body=body,
        fetched_at=datetime(2026, 11, 23, 4, tzinfo=UTC),
        sha256=hashlib.sha256(body).hexdigest(),
        dom=facts.get("dom", ""),
        answers=facts.get("answers", ()),
    )


@cache
def saved(path: Path) -> Page:
    facts = json.loads(path.with_name(path.stem + EXPECTED).read_text(encoding="utf-8"))["page"]
    return page_of(path.read_bytes(), facts["url"], status=facts.get("status", 200))


# The open web's pages are judged by crawler/states.py, whose own tests say what holds there.
PLATFORMS = sorted(set(SOURCES) - {"institution"})


def reader(name: str) -> Any:
    return SOURCES[name]()


def label(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


every_saved_page = pytest.mark.parametrize("path", SAVED, ids=label)
every_platform_page = pytest.mark.parametrize(
    "path", [path for path in SAVED if path.parent.name in PLATFORMS], ids=label
)


@every_saved_page
def test_a_page_is_what_its_name_says(path):
    reading = reader(path.parent.name).read(saved(path))
    state = PageState.BLOCKED if reading.wants_browser else reading.state
    for pattern, told in TOLD:
        if pattern.search(path.stem):
            assert state == told
            assert reading.posts == ()
            return
    if UNSURE.search(path.stem):
        assert state in {"removed", "ambiguous"}
    elif NOTHING.search(path.stem):
        assert (state, reading.posts) == ("alive", ())


@every_saved_page
def test_only_a_page_that_is_alive_has_posts_and_every_other_a_reason(path):
    reading = reader(path.parent.name).read(saved(path))
    if reading.state is not PageState.ALIVE:
        assert reading.posts == ()
        assert reading.reason
    if reading.state is PageState.BLOCKED:
        assert reading.links == ()


@every_saved_page
def test_a_post_has_its_own_id_a_canonical_url_and_a_moment_that_can_be_true(path):
    page = saved(path)
    for post in reader(path.parent.name).read(page).posts:
        check_post(post, page)


def check_post(post: Post, page: Page) -> None:
    assert post.post_id
    assert canonical(post.url).partition("?")[0] == post.url.partition("#")[0].partition("?")[0]
    assert canonical(post.url_found)
    assert post.title or post.text or post.author or post.images or post.video_cover
    assert post.published_at is None or post.published_at <= page.fetched_at.replace(day=24)
    assert all(url.startswith(("http://", "https://")) for url in post.images)
    assert "<em" not in post.title
    assert "red_beg" not in post.title
    for raw, parsed in post.counts.values():
        assert raw
        assert parsed is None or parsed >= 0


@every_saved_page
def test_the_same_bytes_give_the_same_reading(path):
    assert reader(path.parent.name).read(saved(path)) == reader(path.parent.name).read(saved(path))


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_another_platform_s_page_never_breaks_a_reader(name):
    for path in SAVED:
        assert isinstance(reader(name).read(saved(path)), Reading), label(path)


@every_platform_page
def test_a_page_that_was_cut_off_is_read_without_a_crash_and_never_as_another_verdict(path):
    whole = reader(path.parent.name).read(saved(path))
    page = saved(path)
    for part in range(1, 12):
        cut = replace(page, body=page.body[: len(page.body) * part // 12])
        reading = reader(path.parent.name).read(cut)
        if whole.state in {PageState.REMOVED, PageState.BLOCKED}:
            assert not reading.posts, f"{part}/12"


def scrambled(value: Any, dice: random.Random) -> Any:
    """The same JSON with some values of another shape, as platforms serve them now and then."""
    if dice.random() < 0.08:
        return dice.choice(
            [None, "", 0, -1, 1.5, True, [], {}, [None], {"0": None}, "x" * 50, str(value)]
        )
    if isinstance(value, dict):
        return {key: scrambled(one, dice) for key, one in value.items()}
    return [scrambled(one, dice) for one in value] if isinstance(value, list) else value


JSON_PAGES = [path for path in SAVED if path.suffix == ".json"]


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.sampled_from(JSON_PAGES), st.randoms(use_true_random=False))
def test_an_answer_in_another_shape_ends_in_a_state_and_not_in_a_crash(path, dice):
    page = saved(path)
    body = json.dumps(scrambled(json.loads(page.body), dice), ensure_ascii=False).encode()
    reading = reader(path.parent.name).read(replace(page, body=body))
    assert reading.state is PageState.ALIVE or reading.reason
    for post in reading.posts:
        check_post(post, page)


@pytest.mark.parametrize("path", JSON_PAGES, ids=label)
def test_an_answer_is_read_alike_when_the_page_s_own_script_fetched_it(path):
    page = saved(path)
    alone = reader(path.parent.name).read(page)
    rendered = SOURCES[path.parent.name].rendered
    if not rendered or page.status != 200 or alone.state is not PageState.ALIVE:
        return
    shell = b"<html><title>x</title><body><div id='app'></div><script src='/a.js'></script>"
    answer = Answer(url=page.url, status=200, content_type="application/json", body=page.body)
    around = page_of(shell, page.url, dom=shell.decode(), answers=(answer,))
    found = reader(path.parent.name).read(around)
    assert found.state is PageState.ALIVE
    assert [post.post_id for post in found.posts] == [post.post_id for post in alone.posts]


@pytest.mark.parametrize("path", JSON_PAGES, ids=label)
def test_an_answer_that_a_browser_shows_in_a_document_is_read_by_its_bytes(path):
    page = saved(path)
    shown = f"<html><body><pre>{page.body.decode()}</pre></body></html>"
    name = path.parent.name
    assert reader(name).read(replace(page, dom=shown)) == reader(name).read(page)


def notices() -> list[tuple[str, str, tuple[PageState, str]]]:
    """(source, sentence, verdict) of every notice that is known."""
    return [
        (name, " ".join(sign.parts), sign.state)
        for name in MARKED
        for sign in markers_of(name).signs
    ]


def post_url(name: str) -> str:
    """A URL of a post of the source, taken from its saved pages."""
    alive = (path for path in SAVED if path.parent.name == name and path.suffix == ".html")
    for path in alive:
        reading = reader(name).read(saved(path))
        if reading.state is PageState.ALIVE and len(reading.posts) == 1:
            return saved(path).url
    return next(saved(path).url for path in SAVED if path.parent.name == name)


@pytest.mark.parametrize("name", PLATFORMS)
def test_every_notice_of_a_platform_is_its_verdict_and_never_alive(name):
    url = post_url(name)
    for source, sentence, verdict in notices():
        if source == name:
            html = f"<html><title></title><body><div><p>{sentence}</p></div></body></html>"
            reading = reader(name).read(page_of(html.encode(), url))
            assert (reading.state, reading.reason) == verdict, sentence
            assert reading.posts == ()


@pytest.mark.parametrize("name", PLATFORMS)
def test_a_notice_inside_a_script_says_nothing(name):
    url = post_url(name)
    for source, sentence, verdict in notices():
        if source == name and verdict[0] is PageState.REMOVED:
            html = (
                f"<html><title>x</title><body><div id=app></div><script>var t='{sentence}'</script>"
            )
            reading = reader(name).read(page_of(html.encode(), url))
            state = PageState.BLOCKED if reading.wants_browser else reading.state
            assert state in {PageState.BLOCKED, PageState.ERROR}, sentence


@every_platform_page
def test_a_refusal_by_status_is_a_wall_and_a_missing_page_is_gone(path):
    name, page = path.parent.name, saved(path)
    for status in (403, 412, 429, 432, 461, 471):
        reading = reader(name).read(replace(page, status=status))
        assert (reading.state, reading.posts) == (PageState.BLOCKED, ()), status
    bare = replace(page, status=404, body=b"<html><title>404</title><body>404</body></html>")
    assert reader(name).read(bare).state in {
        PageState.REMOVED,
        PageState.BLOCKED,
        PageState.AMBIGUOUS,
    }
    broken = reader(name).read(replace(page, status=502, body=b"<html>Bad Gateway</html>"))
    assert broken.state in {PageState.ERROR, PageState.BLOCKED, PageState.AMBIGUOUS}


WITH_POSTS = [
    name
    for name in PLATFORMS
    if re.search(r"weibo|douyin|kuaishou|xiaohongshu|bilibili|wechat", name)
]
BARE = b"<html><head><title></title><script src='/a.js'></script></head><body></body></html>"


@pytest.mark.parametrize("name", WITH_POSTS)
@pytest.mark.parametrize(
    ("path", "state", "reason"),
    [
        ("/account/login?next=x", "blocked", "login"),
        ("/verify/captcha", "blocked", "captcha"),
        ("/recommend-feed", "swapped", "home_page"),
        ("/", "swapped", "home_page"),
    ],
)
def test_a_post_that_leads_to_a_wall_or_elsewhere_is_told_by_where_it_leads(
    name, path, state, reason
):
    url = post_url(name)
    reached = urljoin(url, path)
    reading = reader(name).read(page_of(BARE, url, final_url=reached, dom=BARE.decode()))
    assert (reading.state, reading.reason, reading.posts) == (state, reason, ())


@pytest.mark.parametrize("name", PLATFORMS)
def test_an_empty_page_is_never_an_empty_list(name):
    for body in (b"", b" \n", b"{}", b"[]", b"null", b"blocked", b"\xff\xfe\x00", b"<html></html>"):
        reading = reader(name).read(page_of(body, post_url(name)))
        assert reading.state is not PageState.ALIVE, body
        assert reading.state is not PageState.REMOVED, body


@pytest.mark.parametrize("name", PLATFORMS)
@pytest.mark.parametrize("words", ["职业资格证书", "a&b=c#d?e/f%20g", "“包过” 证书"])
def test_a_keyword_becomes_whole_in_the_address_of_a_search(name, words):
    kind = TargetKind.KEYWORD
    target = Target(kind=kind, value=words, source=name, reason="样例", added_by="样例")
    for url in SOURCES[name].seeds(target):
        assert canonical(url)
        assert " " not in url
        assert "#" not in url


@pytest.mark.parametrize("name", PLATFORMS)
def test_a_url_target_starts_at_that_url(name):
    url = post_url(name)
    target = Target(kind=TargetKind.URL, value=url, source=name, reason="样例", added_by="样例")
    assert SOURCES[name].seeds(target) == (url,)


def test_every_spider_but_that_of_the_open_web_has_its_markers_and_its_hosts():
    assert set(PLATFORMS) <= set(MARKED)
    for name in PLATFORMS:
        assert all("/" not in host for host in SOURCES[name].hosts)


def test_a_huge_answer_is_read_in_bounded_time():
    path = PAGES / "weibo" / "search.json"
    page = saved(path)
    card = json.loads(page.body)["data"]["cards"][0]
    body = json.dumps({"ok": 1, "data": {"cards": [card] * 8_000}}).encode()
    reading = reader("weibo").read(replace(page, body=body))
    assert [post.post_id for post in reading.posts] == ["4900000000000001"]


HOSTILE = {
    "open states": b'<script>window.__INITIAL_STATE__={"a":' * 5_000,
    "open strings": b"<script>window.cgiDataNew={a:'" * 5_000,
    "open scripts": b'<script id="RENDER_DATA">' * 20_000,
    "open descriptions": b'<script type="application/ld+json">{"a":' * 10_000,
    "open brackets": b"[" * 200_000,
    "half variables": b'var biz = "' * 30_000,
    "comments": b"<!--" * 50_000,
}


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("name", PLATFORMS)
def test_a_page_made_to_cost_time_costs_little(name, kind):
    started = time.process_time()
    reading = reader(name).read(page_of(HOSTILE[kind], post_url(name)))
    assert reading.state is not PageState.ALIVE
    # Linear reading takes some 0.1 s; a quadratic one takes minutes.
    assert time.process_time() - started < 10


def test_every_source_has_the_name_that_people_call_it_by():
    names = [source.zh for source in SOURCES.values()]
    assert all(names)
    assert len(set(names)) == len(names)
