"""One page captured through a real browser: every part, and what stands in it."""

from __future__ import annotations

import gzip
import hashlib
import io
from collections.abc import Iterator

import pytest
from PIL import Image
from warcio.archiveiterator import ArchiveIterator

from evidence.clock import Clock
from evidence.parts import PARTS
from tests.capture_stage import Handler, Show, Stage, html

RED, GOLD, GREEN = (255, 0, 0), (255, 215, 0), (0, 128, 0)
PIXEL = io.BytesIO()
Image.new("RGB", (8, 8), GREEN).save(PIXEL, "PNG")
PNG = PIXEL.getvalue()


def redirected(to: str, status: int = 302):
    return lambda handler: handler.give(b"", status, Location=to, Set_Cookie="a=1\nb=2")


def packed(handler: Handler) -> None:
    body = gzip.compress(b"window.packed = true;" * 100)
    handler.give(body, Content_Encoding="gzip", Content_Type="text/javascript")


def lazy(number: int) -> str:
    return f"<p style='height:700px'>段 {number}</p><img loading=lazy src=/lazy{number}.png>"


def image(handler: Handler) -> None:
    handler.give(PNG, Content_Type="image/png")


LAYER = (
    "<div id=layer style='position:fixed;inset:0;background:red;z-index:999'>我们使用 Cookie"
    "<button onclick=\"document.title='agreed'\">同意</button>{more}</div><p>正文在此</p>"
)
PAGES = {
    "/whole": (
        "<link rel=icon href=data:,><h1>月嫂证免考包过</h1><p id=p></p><img src=/green.png>"
        "<script src=/packed.js></script><iframe src=/frame></iframe>"
        "<script>setTimeout(() => p.append('脚本写上的字'), 50)</script>"
    ),
    "/frame": "框内的字",
    "/packed.js": packed,
    "/green.png": image,
    "/from": redirected("/middle"),
    "/middle": redirected("http://b.test/whole", 301),
    "/lazy": "".join(map(lazy, range(12))),
    **{f"/lazy{number}.png": image for number in range(12)},
    "/reject": LAYER.format(more="<button onclick='layer.remove()'>拒绝</button>"),
    "/accept": LAYER.format(more=""),
    "/link": LAYER.format(more="<a href=/whole>关闭</a>"),
    "/away": LAYER.format(
        more="<button onclick='setTimeout(() => location=\"/whole\")'>关闭</button>"
    ),
    "/sticky": (
        "<style>body{margin:0}header{position:fixed;top:0;width:100%;height:50px;background:gold}"
        "</style><header></header><div style='height:5000px'>长文</div>"
    ),
    "/tall": "<body style='margin:0;height:20000px;background:linear-gradient(red, gold)'>高",
    "/wide": "<body style='width:9000px;background:gold'>宽",
    "/inner": (
        "<style>html,body{margin:0;height:100%;overflow:hidden}#s{height:100%;overflow:auto}</style>"
        "<div id=s><div style='height:2990px;background:gold'></div>"
        "<div style='height:10px;background:red'></div></div>"
    ),
    "/bar": (
        "<style>body{margin:0 0 40px}footer{position:fixed;bottom:0;width:100%;height:40px;"
        "background:gold}</style><div style='height:2960px;background:red'>长文</div>"
        "<footer></footer>"
    ),
    "/screens": (
        "<style>body{margin:0}section{height:100vh;background:red}footer{position:fixed;bottom:0;"
        "width:100%;height:40px;background:gold}</style><section></section><section></section>"
        "<footer></footer>"
    ),
    "/liar": (
        "<p>真的文字</p><script>Object.defineProperty(HTMLElement.prototype, 'innerText', "
        "{get: () => '假的文字'}); window.scrollTo = () => { throw 1 }; "
        "document.querySelectorAll = () => []; setTimeout = () => {}</script>"
    ),
    "/moving": (
        "<style>@keyframes k{to{margin-left:900px}}div{animation:k 1s infinite alternate}</style>"
        "<div>动</div>"
    ),
}


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with Stage(PAGES) as one:
        yield one


@pytest.fixture(scope="module")
def whole(stage: Stage) -> Show:
    return stage.take("http://a.test/from", clock=Clock(source="time.example", why="no_answer"))


def picture(show: Show, kind: str) -> Image.Image:
    return Image.open(io.BytesIO(show.files[kind])).convert("RGB")


def records(show: Show) -> list[tuple[str, str, object, bytes]]:
    """Type, URL, record and content of every record; digests are checked on the way."""
    found = []
    for record in ArchiveIterator(io.BytesIO(show.files["warc"]), check_digests="raise"):
        url = record.rec_headers.get_header("WARC-Target-URI") or ""
        found.append((record.rec_type, url, record, record.content_stream().read()))
    return found


def test_every_part_of_a_page_is_taken(whole: Show) -> None:
    assert whole.parts == dict.fromkeys(PARTS, "ok")
    assert set(whole.files) == set(PARTS)
    assert whole.capture.url == "http://a.test/from"
    assert whole.capture.final_url == "http://b.test/whole"
    assert not whole.taken.disturbed


def test_the_finished_page_is_taken_and_not_the_page_as_sent(whole: Show) -> None:
    assert "脚本写上的字" in whole.dom
    assert "月嫂证免考包过" in whole.text
    assert "脚本写上的字" in whole.text
    assert "框内的字" in whole.text
    assert b"Content-Type: multipart/related" in whole.files["mhtml"]
    assert picture(whole, "first_screen").size == (1280, 900)
    assert picture(whole, "full_page").width == 1280


def test_every_file_has_both_digests(whole: Show) -> None:
    for artefact in whole.capture.artefacts:
        data = whole.files[artefact.kind]
        assert artefact.size == len(data)
        assert artefact.sha256 == hashlib.sha256(data).hexdigest()
        assert artefact.sm3 == hashlib.new("sm3", data).hexdigest()


def test_the_facts_tell_how_the_page_came(whole: Show) -> None:
    documents = whole.facts["documents"]
    assert [(one["url"], one["status"]) for one in documents if "frame" not in one["url"]] == [
        ("http://a.test/from", 302),
        ("http://a.test/middle", 301),
        ("http://b.test/whole", 200),
    ]
    headers = [pair for pair in documents[0]["headers"] if pair[0].lower() == "set-cookie"]
    assert [value for _, value in headers] == ["a=1", "b=2"]
    assert documents[2]["protocol"] == "HTTP/1.1"
    assert documents[2]["server"].startswith("127.0.0.1:")
    assert whole.facts["network"]["resolved"]["b.test"] == ["127.0.0.1"]
    assert whole.facts["asked_by"] == "张工"
    assert whole.facts["clock"]["ntp"]["source"] == "time.example"
    assert whole.facts["clock"]["ntp"]["offset_us"] is None
    assert whole.facts["tools"]["browser"].startswith("chromium ")
    assert whole.page["loading"] == "complete"
    named = {kind: one["sha256"] for kind, one in whole.facts["artefacts"].items()}
    assert named == {one.kind: one.sha256 for one in whole.capture.artefacts if one.kind != "facts"}


def test_the_warc_holds_request_and_response_of_everything_asked_for(whole: Show) -> None:
    found = records(whole)
    responses = [url for kind, url, _, _ in found if kind == "response"]
    assert responses == [url for kind, url, _, _ in found if kind == "request"]
    for path in ("a.test/from", "a.test/middle", "b.test/whole", "b.test/green.png"):
        assert f"http://{path}" in responses
    by_url = {url: (record, body) for kind, url, record, body in found if kind == "response"}
    assert by_url["http://b.test/green.png"][1] == PNG
    assert by_url["http://b.test/whole"][1] == html(PAGES["/whole"])
    for record, _ in by_url.values():
        assert record.rec_headers.get_header("WARC-IP-Address") == "127.0.0.1"
        assert record.rec_headers.get_header("WARC-Protocol") == "http/1.1"
        assert record.rec_headers.get_header("WARC-Truncated") is None


def test_a_packed_body_is_kept_unpacked_and_said_to_be(whole: Show) -> None:
    (script,) = [one for one in records(whole) if one[0] == "response" and "packed" in one[1]]
    _, _, record, body = script
    assert body == b"window.packed = true;" * 100
    assert record.http_headers.get_header("Content-Encoding") is None
    assert record.http_headers.get_header("X-Certsweep-Original-Content-Encoding") == "gzip"
    assert int(record.http_headers.get_header("X-Certsweep-Original-Content-Length")) < len(body)
    assert record.http_headers.get_header("Content-Length") == str(len(body))
    assert b"Bodies of responses are decoded" in records(whole)[0][3]


def test_nothing_said_between_browser_and_proxy_stands_in_the_warc(whole: Show) -> None:
    heads = [record.http_headers for kind, _, record, _ in records(whole) if kind != "warcinfo"]
    names = {name.lower() for head in heads if head for name, _ in head.headers}
    assert {"host", "user-agent", "content-length"} <= names
    assert not names & {"connection", "proxy-connection", "keep-alive"}


def test_the_warc_holds_what_the_page_looked_like(whole: Show) -> None:
    resources = {url: body for kind, url, _, body in records(whole) if kind == "resource"}
    page = "http://b.test/whole"
    assert resources[f"urn:fullPage:{page}"] == whole.files["full_page"]
    assert resources[f"urn:view:{page}"] == whole.files["first_screen"]
    assert resources[f"urn:text:{page}"] == whole.files["text"]
    assert b"green.png" in resources[f"urn:pageinfo:{page}"]


def test_only_the_parts_asked_for_are_taken(stage: Stage) -> None:
    again = stage.take("http://a.test/whole", parts=("mhtml", "facts"), again_of="f" * 32)
    assert again.parts == {"mhtml": "ok", "facts": "ok"}
    assert set(again.files) == {"mhtml", "facts"}
    assert again.facts["again_of"] == "f" * 32


def test_no_page_sees_the_cookies_of_another_visit(stage: Stage) -> None:
    stage.take("http://a.test/from")
    seen: list[str] = []
    stage.theatre.pages["/cookie"] = lambda handler: (
        seen.append(handler.headers.get("Cookie", "")),
        handler.give("x"),
    )
    stage.take("http://a.test/cookie", parts=("facts",))
    assert seen == [""]


def test_pictures_that_wait_to_be_seen_are_loaded(stage: Stage) -> None:
    show = stage.take("http://a.test/lazy")
    assert {f"a.test/lazy{number}.png" for number in range(12)} <= set(stage.theatre.asked)
    assert show.page["scrolled"] > 8000
    assert not show.page["pictures_waiting"]


def test_a_layer_is_rejected_and_never_agreed_to(stage: Stage) -> None:
    show = stage.take("http://a.test/reject")
    assert show.page["layers_closed"] == ["拒绝"]
    assert show.page["title"] == "页"
    assert picture(show, "first_screen").getpixel((640, 600)) == RED
    assert picture(show, "full_page").getpixel((640, 600)) != RED


@pytest.mark.parametrize("path", ["/accept", "/link"])
def test_a_layer_that_can_only_be_agreed_to_or_leads_away_stays(stage: Stage, path: str) -> None:
    show = stage.take(f"http://a.test{path}")
    assert show.page["layers_closed"] == []
    assert show.page["title"] == "页"
    assert show.capture.final_url == f"http://a.test{path}"
    assert picture(show, "full_page").getpixel((640, 600)) == RED


def test_a_page_that_a_button_led_away_from_is_opened_again(stage: Stage) -> None:
    show = stage.take("http://a.test/away")
    assert show.page["layer_led_away"]
    assert show.capture.final_url == "http://a.test/away"
    assert "正文在此" in show.text
    assert "月嫂证" not in show.text


def test_a_fixed_header_stands_once_in_the_full_picture(stage: Stage) -> None:
    taken = picture(stage.take("http://a.test/sticky"), "full_page")
    assert taken.height == 5000
    assert [y for y in range(0, 5000, 10) if taken.getpixel((640, y)) == GOLD] == [
        0,
        10,
        20,
        30,
        40,
    ]


def test_a_page_beyond_the_tallest_picture_is_cut_and_said_to_be(stage: Stage) -> None:
    show = stage.take("http://a.test/tall")
    assert show.parts["full_page"] == "cut"
    assert picture(show, "full_page").height == 16_384
    assert show.page["height"] == 20_000
    wide = stage.take("http://a.test/wide")
    assert wide.parts["full_page"] == "cut"
    assert picture(wide, "full_page").width == 2_560


def test_a_page_that_scrolls_within_itself_is_shown_to_its_end(stage: Stage) -> None:
    show = stage.take("http://a.test/inner")
    taken = picture(show, "full_page")
    assert show.page["unrolled"] == taken.height == 3000
    assert taken.getpixel((300, 2995)) == RED
    assert picture(show, "first_screen").height == 900


def test_a_bar_at_the_foot_of_the_window_covers_nothing_in_the_full_picture(stage: Stage) -> None:
    taken = picture(stage.take("http://a.test/bar"), "full_page")
    assert taken.height == 3000
    assert {taken.getpixel((640, y)) for y in range(100, 2960, 20)} == {RED}
    assert taken.getpixel((640, 2980)) == GOLD


def test_a_page_that_grows_with_its_window_keeps_its_size(stage: Stage) -> None:
    show = stage.take("http://a.test/screens")
    assert show.page["unrolled"] == 0
    assert picture(show, "full_page").height == 1800


def test_a_page_cannot_lie_to_our_scripts(stage: Stage) -> None:
    show = stage.take("http://a.test/liar")
    assert show.text == "真的文字"
    assert set(show.parts.values()) == {"ok"}


def test_what_moves_is_taken_all_the_same(stage: Stage) -> None:
    assert set(stage.take("http://a.test/moving").parts.values()) == {"ok"}


def test_an_error_page_is_a_page(stage: Stage) -> None:
    show = stage.take("http://a.test/absent")
    assert set(show.parts.values()) == {"ok"}
    assert show.facts["documents"][0]["status"] == 404
