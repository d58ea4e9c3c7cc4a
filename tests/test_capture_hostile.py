"""Pages that want a capture to fail: each ends in a clear state, and the next page is taken."""

from __future__ import annotations

import io
import json
import struct
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from crawler.guard import Guard
from evidence.parts import PARTS
from sampleweb.tls import self_signed
from tests.capture_stage import Handler, Show, Stage
from tests.loopback import Canary

MB = 1_000_000


def endless(handler: Handler) -> None:
    handler.begin(Connection="close")
    handler.pour(b"<p>never ends</p>", 100_000, 0.05)


def silent(handler: Handler) -> None:
    handler.theatre.closing.wait(60)
    handler.close_connection = True


def download(handler: Handler) -> None:
    handler.begin(
        Content_Type="application/zip",
        Content_Length=str(200 * MB),
        Content_Disposition="attachment; filename=a.zip",
    )
    handler.pour(bytes(MB), 200)


def flood(kind: str):
    def serve(handler: Handler) -> None:
        handler.begin(Content_Type=kind, Connection="close")
        handler.pour(bytes(MB), 200)

    return serve


def cut_short(handler: Handler) -> None:
    handler.begin(Content_Type="text/plain", Content_Length="1000")
    handler.pour(b"only this", 1)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb(side: int) -> bytes:
    """A PNG of `side` by `side` black pixels, in some hundred kilobytes."""
    packer, row = zlib.compressobj(9), bytes(1 + side // 8)
    data = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def paper(handler: Handler) -> None:
    handler.give(
        b"%PDF-1.7 invented", Content_Type="application/x-paper", Content_Disposition="attachment"
    )


FETCH = "<p>页</p><script>fetch('{0}').then(r => r.text()).catch(() => 0)</script>"
LATE = (
    "<p>页</p><p id=a></p><script>"
    "fetch('/later?{0}').then(r => r.text()).then(t => a.textContent = t)</script>"
)


def late_words(seconds: int):
    def serve(handler: Handler) -> None:
        handler.theatre.closing.wait(seconds)
        handler.give("包过拿证".encode(), Content_Type="text/plain; charset=utf-8")

    return serve


LATER = "<p>页</p><script>setTimeout(() => {{ {0} }}, 30)</script>"
PAGES = {
    "/good": "<p>好页</p>",
    "/endless": endless,
    "/silent": silent,
    "/waiting": "<p>页</p><img src=/silent>",
    "/asking": "<p>页</p><script>fetch('/silent').then(r => r.text())</script>",
    "/framing": "<p>页</p><iframe src=/silent></iframe>",
    "/scripting": "<p>页</p><script async src=/silent></script>",
    **{f"/late?{seconds}": LATE.format(seconds) for seconds in (1, 2, 3)},
    **{f"/later?{seconds}": late_words(seconds) for seconds in (1, 2, 3)},
    "/listening": (
        "<p>页</p><script>new EventSource('/stream'); navigator.sendBeacon('/silent', 'x')</script>"
    ),
    "/stream": lambda handler: (
        handler.begin(Content_Type="text/event-stream")
        or handler.pour(b": nothing\n\n", 1_000, 0.1)
    ),
    "/font": "<style>@font-face{font-family:f;src:url(/silent)}p{font-family:f}</style><p>字</p>",
    "/loop": LATER.format("while (1);"),
    "/eater": LATER.format("let a = []; while (1) a.push(new Array(1e5).fill(a.length))"),
    "/download": download,
    "/paper": paper,
    "/captcha": "<title>安全验证</title><p>请完成下方的滑块验证</p><div class=geetest></div>",
    "/refusal": lambda handler: handler.give("<p>forbidden</p>", 403),
    "/dropping": "<p>页</p><iframe src=/download></iframe><iframe src=/paper></iframe>",
    "/flood": FETCH.format("/flooding"),
    "/flooding": flood("text/plain"),
    "/flood-document": flood("text/html"),
    "/cut": FETCH.format("/cut-short"),
    "/cut-short": cut_short,
    "/bomb": "<p>页</p><img src=/bomb.png width=300>",
    "/bomb.png": lambda handler: handler.give(bomb(40_000), Content_Type="image/png"),
    "/many": "<p>页</p><script>for (let i = 0; i < 300; i++) fetch('/one' + i)</script>",
    "/alerts": "<p>页</p><script>for (let i = 0; i < 3; i++) alert('加微信' + i)</script>",
    "/popups": "<p>页</p><script>open('/popped')</script>",
    "/circle": lambda handler: handler.give(b"", 302, Location="/circle"),
    "/nothing": lambda handler: handler.give(b"", 204),
    "/hang-up": lambda handler: setattr(handler, "close_connection", True),
    "/odd": lambda handler: handler.give(
        "页", X_Odd="caf\xe9 \x0b", Content_Type="text/html", Set_Cookie="a=1\nb=2"
    ),
    "/leave": "<p>页</p><script>location = '/good'</script>",
}


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with Stage(PAGES) as one:
        yield one


def truncated(show: Show) -> dict[str, str]:
    """By URL, of the responses in the WARC that are not whole."""
    found = {}
    for record in ArchiveIterator(io.BytesIO(show.files["warc"]), check_digests="raise"):
        url = record.rec_headers.get_header("WARC-Target-URI")
        why = record.rec_headers.get_header("WARC-Truncated")
        record.content_stream().read()
        if why:
            found[url] = why
    return found


def failures(show: Show) -> dict[str, str]:
    return dict(show.facts["network"]["not_answered"])


def nothing_came(show: Show, word: str) -> None:
    assert show.outcome == word
    assert show.capture.final_url == ""
    assert show.parts == dict.fromkeys(PARTS, word) | {"facts": "ok"}
    assert set(show.files) == {"facts"}


def test_a_page_that_never_ends_is_taken_as_far_as_it_came(stage: Stage) -> None:
    show = stage.take("http://a.test/endless", open_seconds=8.0, scroll_seconds=1.0)
    assert show.page["loading"] == "document_unfinished"
    assert show.parts["dom"] == show.parts["text"] == "unfinished"
    assert show.parts["first_screen"] == "ok"
    assert show.parts["warc"] == "cut"
    assert truncated(show) == {"http://a.test/endless": "time"}
    assert "never ends" in show.text


def test_a_part_that_never_comes_holds_nothing_up(stage: Stage) -> None:
    show = stage.take("http://a.test/waiting", load_seconds=1.0, scroll_seconds=1.0)
    assert show.page["loading"] == "parts_waiting"
    assert show.page["pictures_waiting"]
    assert show.parts["dom"] == "ok"
    # The advert itself may be that picture.
    assert show.parts["warc"] == show.parts["full_page"] == show.parts["mhtml"] == "unfinished"
    assert failures(show) == {"http://a.test/silent": "unfinished"}


def test_words_that_never_come_are_said_to_lack(stage: Stage) -> None:
    show = stage.take("http://a.test/asking", quiet_seconds=0.5)
    assert show.page["loading"] == "complete"
    page = {kind: show.parts[kind] for kind in PARTS if kind != "facts"}
    assert page == dict.fromkeys(page, "unfinished")


@pytest.mark.parametrize("page", ["/framing", "/scripting"])
def test_a_frame_or_a_script_that_never_comes_leaves_text_and_dom_in_part(
    stage: Stage, page: str
) -> None:
    show = stage.take(f"http://a.test{page}", load_seconds=1.0, quiet_seconds=0.5)
    assert show.parts["text"] == show.parts["dom"] == show.parts["first_screen"] == "unfinished"


@pytest.mark.parametrize("seconds", [1, 2, 3])
def test_words_that_come_late_are_in_the_text_or_it_is_in_part(stage: Stage, seconds: int) -> None:
    show = stage.take(f"http://a.test/late?{seconds}", quiet_seconds=0.2)
    assert "包过拿证" in show.text or show.parts["text"] == "unfinished"
    assert "包过拿证" in show.files["dom"].decode() or show.parts["dom"] == "unfinished"


def test_a_stream_and_a_signal_of_which_a_page_shows_nothing_leave_its_pictures_whole(
    stage: Stage,
) -> None:
    show = stage.take("http://a.test/listening", quiet_seconds=0.5)
    assert show.parts["full_page"] == show.parts["mhtml"] == "ok"
    assert show.parts["warc"] in {"cut", "unfinished"}


def test_a_font_that_never_comes_holds_no_picture_up(stage: Stage) -> None:
    show = stage.take("http://a.test/font", load_seconds=1.0)
    assert show.parts["first_screen"] == "ok"
    assert {"full_page", "mhtml"} <= set(show.files)
    assert show.parts["full_page"] == show.parts["mhtml"] == "unfinished"
    assert failures(show) == {"http://a.test/silent": "unfinished"}


def test_a_server_that_never_answers_is_a_timeout(stage: Stage) -> None:
    nothing_came(stage.take("http://a.test/silent", open_seconds=1.0), "timeout")


def test_a_script_that_never_ends_is_ended_and_the_page_taken(stage: Stage) -> None:
    show = stage.take("http://a.test/loop", wake_seconds=8.0)
    assert show.page["script_ended"]
    assert show.parts == dict.fromkeys(PARTS, "ok")


def test_a_page_that_crashes_its_tab_leaves_what_came_before(stage: Stage) -> None:
    show = stage.take("http://a.test/eater", wake_seconds=100.0)
    assert show.outcome == "crashed"
    assert show.parts["full_page"] == show.parts["dom"] == "crashed"
    assert show.parts["facts"] == "ok"
    # A body that the tab took with it is left out, and the part says so.
    archive = unpacked(show)
    assert b"WARC-Target-URI: http://a.test/eater" in archive
    assert (show.parts["warc"] == "cut") == (b"\r\nWARC-Truncated: " in archive)
    assert show.parts["warc"] in {"ok", "cut"}
    assert show.capture.final_url == "http://a.test/eater"
    assert not show.taken.disturbed
    assert "好页" in stage.take("http://a.test/good").text


def test_a_download_is_said_to_be_one_and_not_loaded(stage: Stage) -> None:
    before = stage.theatre.sent
    show = stage.take("http://a.test/download")
    assert show.outcome == "download"
    assert show.parts["dom"] == show.parts["full_page"] == "download"
    assert show.parts["warc"] == "cut"
    assert show.capture.final_url == "http://a.test/download"
    assert show.facts["documents"][0]["status"] == 200
    assert stage.theatre.sent - before < 50 * MB


def test_a_small_file_is_kept_whole(stage: Stage) -> None:
    show = stage.take("http://a.test/paper")
    assert show.outcome == show.parts["full_page"] == "download"
    assert show.parts["warc"] == "ok"
    assert b"%PDF-1.7 invented" in unpacked(show)


def test_files_that_a_page_drops_do_not_hold_it_up(stage: Stage) -> None:
    show = stage.take("http://a.test/dropping", load_seconds=5.0)
    assert show.outcome == show.parts["full_page"] == show.parts["dom"] == "ok"


@pytest.mark.parametrize(("path", "wall"), [("/captcha", "captcha"), ("/refusal", "http_403")])
def test_a_wall_in_the_place_of_the_page_is_said_to_be_one(
    stage: Stage, path: str, wall: str
) -> None:
    show = stage.take(f"http://a.test{path}")
    assert show.parts == {"page": wall} | dict.fromkeys(PARTS, "ok")
    assert (show.page["state"], show.page["state_reason"]) == ("blocked", wall)


def test_an_answer_without_end_is_cut_at_the_limit(stage: Stage) -> None:
    before = stage.theatre.sent
    show = stage.take("http://a.test/flood", answer_bytes=2 * MB)
    assert stage.theatre.sent - before < 50 * MB
    assert truncated(show) == {"http://a.test/flooding": "disconnect"}
    assert show.parts == dict.fromkeys(PARTS, "ok") | {"warc": "cut"}


def test_a_page_of_too_many_bytes_in_all_is_cut_and_said_to_be(stage: Stage) -> None:
    show = stage.take("http://a.test/flood", wire_bytes=2 * MB)
    assert "wire_bytes" in show.page["limits"]
    assert show.parts["warc"] == "cut"


def test_a_document_too_large_is_not_taken_but_its_picture_is(stage: Stage) -> None:
    stage.theatre.pages["/large"] = "<p>" + "长" * 200_000
    show = stage.take(
        "http://a.test/large", dom_chars=100_000, text_chars=100_000, body_bytes=MB // 4
    )
    assert show.parts["dom"] == "too_large"
    assert show.parts["text"] == "cut"
    assert len(show.text) == 100_000
    assert show.parts["full_page"] in {"ok", "cut"}
    assert truncated(show) == {"http://a.test/large": "length"}


def test_an_answer_cut_short_is_marked(stage: Stage) -> None:
    assert truncated(stage.take("http://a.test/cut")) == {"http://a.test/cut-short": "disconnect"}


def test_a_picture_bomb_hurts_nobody(stage: Stage) -> None:
    show = stage.take("http://a.test/bomb")
    assert show.parts["full_page"] in {"ok", "crashed", "timeout", "no_picture"}
    assert show.parts["warc"] == "ok"
    assert "好页" in stage.take("http://a.test/good").text


def test_requests_beyond_the_limit_are_counted_and_said(stage: Stage) -> None:
    show = stage.take("http://a.test/many", requests=50)
    assert show.page["limits"] == ["requests"]
    assert show.parts["warc"] == "cut"
    assert show.facts["network"]["requests"] == 301
    assert show.facts["network"]["requests_left_out"] == 251


def test_the_time_for_a_whole_page_has_an_end(stage: Stage) -> None:
    show = stage.take("http://a.test/waiting", load_seconds=60.0, total_seconds=2.0)
    assert show.page["limits"] == ["total_seconds"]
    assert show.parts["full_page"] == "timeout"
    assert show.parts["facts"] == "ok"


def test_windows_that_a_page_opens_are_closed_and_named(stage: Stage) -> None:
    show = stage.take("http://a.test/popups")
    assert show.page["popups"] == ["http://a.test/popped"] or show.page["popups"] == ["about:blank"]
    alerts = stage.take("http://a.test/alerts")
    assert alerts.page["dialogs"] == ["加微信0", "加微信1", "加微信2"]
    assert alerts.parts == dict.fromkeys(PARTS, "ok")


def test_a_document_that_leaves_at_once_is_kept_too(stage: Stage) -> None:
    show = stage.take("http://a.test/leave")
    assert show.capture.final_url == "http://a.test/good"
    assert [one["url"] for one in show.facts["documents"]] == [
        "http://a.test/leave",
        "http://a.test/good",
    ]


@pytest.mark.parametrize(("path", "word"), [("/circle", "redirect_loop"), ("/nothing", "aborted")])
def test_an_answer_without_a_page_is_recorded_as_such(stage: Stage, path: str, word: str) -> None:
    show = stage.take(f"http://a.test{path}")
    assert show.outcome == show.parts["dom"] == word
    assert show.parts["warc"] == "ok"


def test_a_server_that_hangs_up_has_answered_nothing(stage: Stage) -> None:
    nothing_came(stage.take("http://a.test/hang-up"), "bad_answer")


def test_a_name_without_an_address_has_no_page(stage: Stage) -> None:
    nothing_came(stage.take("http://nowhere.invalid/"), "dns")
    nothing_came(stage.take("https://nowhere.invalid/"), "dns")


def test_headers_of_any_bytes_stay_headers(stage: Stage) -> None:
    show = stage.take("http://a.test/odd")
    assert show.parts["warc"] == "ok"
    (head,) = [
        record.http_headers
        for record in ArchiveIterator(io.BytesIO(show.files["warc"]), check_digests="raise")
        if record.rec_type == "response"
    ]
    cookies = [value for name, value in head.headers if name.lower() == "set-cookie"]
    assert cookies == ["a=1", "b=2"]


def test_the_checker_of_warcio_passes_a_capture_that_was_cut(stage: Stage, tmp_path: Path) -> None:
    file = tmp_path / "one.warc.gz"
    file.write_bytes(stage.take("http://a.test/cut").files["warc"])
    done = subprocess.run(
        [sys.executable, "-m", "warcio.cli", "check", "-v", str(file)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "digest pass" in done.stdout


def test_nothing_inward_is_asked_for() -> None:
    with Canary() as canary:
        here = f"127.0.0.1:{canary.port}"
        pages = {
            "/page": f"<img src=http://{here}/a><iframe src=http://{here}/b></iframe>"
            f"<script>fetch('http://{here}/c'); new WebSocket('ws://{here}/d')</script><p>页</p>",
            "/jump": lambda handler: handler.give(b"", 302, Location=f"http://{here}/e"),
            "/script": f"<script>location = 'http://{here}/f'</script>",
        }
        with Stage(pages) as stage:
            ports = {80, 443, canary.port}
            guard = Guard(routes={"*.test": f"127.0.0.1:{stage.theatre.port}"}, ports=ports)
            stage.browser.guard = guard
            stage.browser._resolver.guard = guard
            object.__setattr__(stage.browser._order, "guard", guard)
            nothing_came(stage.take(f"http://{here}/"), "address_loopback")
            page = stage.take("http://a.test/page")
            jump = stage.take("http://a.test/jump")
            stage.take("http://a.test/script", quiet_seconds=1.0)
        assert not canary.touched
    assert page.text == "页"
    assert set(failures(page).values()) == {"address_loopback"}
    assert len(failures(page)) == 3
    assert jump.outcome == "address_loopback"
    assert jump.capture.final_url == ""


def test_a_page_with_a_bad_certificate_is_taken_and_its_certificate_kept() -> None:
    certificate = self_signed(["a.test"])
    with Stage({"/": "<p>加密页</p>"}) as stage:
        server = stage.theatre.server
        server.socket = certificate.context.wrap_socket(server.socket, server_side=True)
        show = stage.take("https://a.test/")
    assert "加密页" in show.text
    assert show.page["certificate_error"] == "ERR_CERT_AUTHORITY_INVALID"
    (kept,) = show.page["certificates"]
    assert kept["names"] == ["a.test"]
    assert kept["subject"] == "CN=certsweep sample"
    tls = show.facts["documents"][-1]["tls"]
    assert tls["protocol"] == "TLS 1.3"
    assert b"WARC-Protocol: tls/1.3" in unpacked(show)
    assert json.dumps(tls, sort_keys=True).encode() in unpacked(show)


def unpacked(show: Show) -> bytes:
    data, whole = show.files["warc"], b""
    while data:
        member = zlib.decompressobj(zlib.MAX_WBITS + 16)
        whole += member.decompress(data)
        data = member.unused_data
    return whole


def test_a_browser_that_outgrows_the_machine_is_closed_and_the_page_said_to_be_disturbed() -> None:
    with Stage(PAGES, hard_mb=1.0) as stage:
        show = stage.take("http://a.test/silent", open_seconds=60.0)
        assert show.taken.disturbed
        assert "memory" in show.page["limits"]
        assert show.outcome == "browser"


def test_the_browser_is_renewed_and_the_pages_go_on() -> None:
    with Stage(PAGES, pages=2) as stage:
        texts = [stage.take("http://a.test/good").text for _ in range(5)]
        assert stage.browser.renewed == 2
    assert texts == ["好页"] * 5
