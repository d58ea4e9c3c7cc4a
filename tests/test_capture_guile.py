"""Pages that show what they do not send, send what they do not show, or ask by another's mouth."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterator

import pytest
from warcio.archiveiterator import ArchiveIterator

from crawler.burst import Burst
from evidence.parts import PARTS
from tests.capture_stage import Handler, Show, Stage

WORDS = "包过拿证 电话13800000000"


def gone(kind: str):
    def serve(handler: Handler) -> None:
        handler.give("<p>没有这个文件</p>", 404, Content_Type=kind)

    return serve


def packed(handler: Handler) -> None:
    """A few kilobytes on the wire, three million signs in the browser."""
    body = gzip.compress(b"<!doctype html><title>x</title><p>ad<!--" + b"a" * 3_000_000 + b"-->")
    handler.give(body, Content_Encoding="gzip")


def script(handler: Handler) -> None:
    handler.give(b"fetch('/from-shared')", Content_Type="text/javascript")


SHADOW = (
    "<title>页</title><div id=h></div>"
    "<script>h.attachShadow({{mode: '{0}'}}).innerHTML = {1!r}</script>"
)
PAGES = {
    "/lacking": (
        "<link rel=stylesheet href=/gone.css><script src=/gone.js></script><p>页</p>"
        "<style>@font-face{font-family:f;src:url(/gone.woff)}p{font-family:f}</style>"
    ),
    "/lacking-later": (
        "<p>页</p><img src=http://a.test:81/x onerror=\"const one = document.createElement('link');"
        "one.rel = 'stylesheet'; one.href = '/gone.css'; document.head.append(one)\">"
    ),
    **{f"/gone.{name}": gone("text/html") for name in ("css", "js", "woff")},
    "/bomb": packed,
    "/framing": "<p>页</p><iframe src=http://b.test/bomb></iframe>",
    "/shared": "<p>页</p><script>try { new SharedWorker('/shared.js') } catch { }</script>",
    "/shared.js": script,
    "/window": "<p>页</p><script>open('/opened')</script>",
    "/opened": "<p>另一页</p>",
    "/blob": (
        "<p>原页</p><script>location = URL.createObjectURL("
        f"new Blob(['<p>{WORDS}'], {{type: 'text/html;charset=utf-8'}}))</script>"
    ),
    "/tree": SHADOW.format("open", f"<style>p{{}}</style><p>{WORDS}</p>赤字<my-x></my-x>"),
    "/closed": SHADOW.format("closed", f"<p>{WORDS}</p>"),
    "/nested": (
        "<p>外</p><my-a></my-a><script>const a = document.querySelector('my-a')"
        ".attachShadow({mode: 'open'}); a.innerHTML = '<my-b></my-b><p hidden>看不见</p>';"
        f"a.firstChild.attachShadow({{mode: 'open'}}).innerHTML = '<p>{WORDS}</p>'</script>"
    ),
    "/frames": "<p>外</p><iframe src=/tree></iframe><iframe src=http://b.test/tree></iframe>",
    "/onward": "<p>页</p><script>setTimeout(() => location = '/onward?' + Math.random())</script>",
    "/title": "<script>document.title = 't'.repeat(5e6)</script><p>页</p>",
    "/pictures": "".join(f"<img src=/p{number}>" for number in range(8)),
}


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with Stage(PAGES) as one:
        yield one


def records(show: Show, kind: str) -> dict[str, tuple[str | None, bytes]]:
    """By URL: what is said to be cut, and the body."""
    found = {}
    for record in ArchiveIterator(io.BytesIO(show.files["warc"]), check_digests="raise"):
        head = record.rec_headers
        body = record.content_stream().read()
        if record.rec_type == kind:
            url = head.get_header("WARC-Target-URI")
            found[url] = head.get_header("WARC-Truncated"), body
    return found


def test_a_missing_part_of_a_page_is_no_cut_in_the_archive(stage: Stage) -> None:
    show = stage.take("http://a.test/lacking")
    assert show.parts == dict.fromkeys(PARTS, "ok")
    kept = records(show, "response")
    for name in ("gone.css", "gone.js", "gone.woff"):
        # The browser does not read such an answer; nobody says that the server cut it.
        assert kept[f"http://a.test/{name}"] == ("unspecified", b"")


def test_what_one_part_of_a_host_failed_for_is_not_said_of_another(stage: Stage) -> None:
    show = stage.take("http://a.test/lacking-later")
    assert show.facts["network"]["not_answered"] == [["http://a.test:81/x", "port"]]
    assert show.parts["warc"] == "ok"
    assert records(show, "response")["http://a.test/gone.css"][0] == "unspecified"


@pytest.mark.parametrize("path", ["/bomb", "/framing"])
def test_no_single_file_is_asked_for_of_a_document_that_is_too_large(
    stage: Stage, path: str
) -> None:
    show = stage.take(f"http://a.test{path}", dom_chars=1_000_000)
    assert show.parts["mhtml"] == "too_large"
    assert show.parts["full_page"] == show.parts["text"] == "ok"


def test_no_single_file_is_asked_for_where_too_much_came_unpacked(stage: Stage) -> None:
    show = stage.take("http://a.test/bomb", decoded_bytes=1_000_000)
    assert show.parts["mhtml"] == "too_large"
    assert show.parts["dom"] == "ok"
    assert stage.take("http://a.test/bomb").parts["mhtml"] == "ok"


def test_a_shared_worker_asks_for_nothing(stage: Stage) -> None:
    show = stage.take("http://a.test/shared")
    assert show.parts == dict.fromkeys(PARTS, "ok")
    assert not {"a.test/shared.js", "a.test/from-shared"} & set(stage.theatre.asked)


def test_what_a_window_asked_for_is_recorded(stage: Stage) -> None:
    show = stage.take("http://a.test/window")
    asked = json.loads(records(show, "resource")["urn:pageinfo:http://a.test/window"][1])["urls"]
    # The window is closed at once: how far its page came is another matter.
    assert [one["url"] for one in asked if one["url"].endswith("/opened")] or not [
        one for one in stage.theatre.asked if one == "a.test/opened"
    ]
    assert [one["url"] for one in show.facts["documents"]] == ["http://a.test/window"]


def test_a_document_that_a_script_made_is_said_to_be_one_and_kept(stage: Stage) -> None:
    show = stage.take("http://a.test/blob")
    assert show.capture.final_url == "http://a.test/blob"
    assert show.page["made_by_script"].startswith("blob:http://a.test/")
    assert show.parts["text"] == show.parts["dom"] == show.parts["full_page"] == "made_by_script"
    assert show.text == WORDS
    (made,) = [url for url in records(show, "resource") if url.startswith("blob:")]
    assert records(show, "resource")[made] == (None, f"<p>{WORDS}".encode())
    assert [one["url"] for one in show.facts["documents"]] == ["http://a.test/blob", made]


def test_text_in_open_shadow_trees_is_text_and_stands_in_the_document(stage: Stage) -> None:
    show = stage.take("http://a.test/tree")
    assert show.parts == dict.fromkeys(PARTS, "ok")
    assert show.text == f"{WORDS}\n\n赤字"
    assert '<template shadowrootmode="open">' in show.dom
    assert WORDS in show.dom
    assert show.dom.startswith("<!DOCTYPE html><html>")
    assert show.dom.endswith("</html>")


def test_shadow_trees_in_shadow_trees_are_read_and_what_is_hidden_is_not(stage: Stage) -> None:
    show = stage.take("http://a.test/nested")
    assert show.text == f"外\n\n{WORDS}"
    assert WORDS in show.dom


def test_frames_of_any_site_are_read_with_their_shadow_trees(stage: Stage) -> None:
    show = stage.take("http://a.test/frames")
    assert show.text.count(WORDS) == 2
    assert show.parts["text"] == "ok"


def test_of_closed_shadow_trees_it_is_said_that_text_and_document_lack_them(stage: Stage) -> None:
    show = stage.take("http://a.test/closed")
    assert show.parts["text"] == show.parts["dom"] == "closed_trees"
    assert show.page["closed_trees"]
    assert show.parts["mhtml"] == "ok"


def test_a_page_that_goes_on_and_on_is_left(stage: Stage) -> None:
    show = stage.take("http://a.test/onward", documents=5)
    assert show.outcome == "redirect_loop"
    assert "documents" in show.page["limits"]
    assert show.capture.final_url.startswith("http://a.test/onward")


def test_a_title_without_end_is_cut_before_it_is_asked_for(stage: Stage) -> None:
    show = stage.take("http://a.test/title")
    assert show.page["title"] == "t" * 1000


def test_the_parts_of_captured_pages_keep_the_pace_of_a_sweep() -> None:
    """What would wait too long at one address is left out, and it is said why."""
    with Stage(PAGES, burst=Burst(at_once=4, per_second=0.001)) as stage:
        show = stage.take("http://a.test/pictures", load_seconds=5.0)
        stage.take("http://a.test/pictures", load_seconds=5.0)
        assert len(stage.theatre.asked) == 4
    why = {failure for _, failure in show.facts["network"]["not_answered"]}
    assert why == {"busy"}
    assert show.parts["warc"] == show.parts["full_page"] == show.parts["mhtml"] == "busy"
    assert show.parts["text"] == show.parts["dom"] == "ok"  # of pictures no words are lost


def test_a_page_is_waited_for_as_long_as_the_pace_holds_its_pictures_up() -> None:
    with Stage(PAGES, burst=Burst(at_once=2, per_second=3)) as stage:
        show = stage.take("http://a.test/pictures", load_seconds=0.5, quiet_seconds=0.5)
    assert show.page["loading"] == "complete"
    assert show.parts == dict.fromkeys(PARTS, "ok")
    assert show.facts["network"]["not_answered"] == []


def test_the_pace_is_not_waited_for_without_end() -> None:
    with Stage(PAGES, burst=Burst(at_once=2, per_second=1)) as stage:
        bounds = {"load_seconds": 0.5, "quiet_seconds": 0.5, "pace_seconds": 0.5}
        show = stage.take("http://a.test/pictures", scroll_seconds=0.5, **bounds)
    assert show.page["loading"] == "parts_waiting"
    assert show.parts["warc"] == show.parts["full_page"] == "unfinished"
