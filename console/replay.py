"""The second origin: hostile pages replayed where they can neither run nor reach anything.

It has no cookies, reads none and knows nothing but tickets: who holds one may see one file for a
few minutes. Three fences, each of which would do: what runs or reaches out is taken out of the
HTML, the page's policy forbids it, and the frame around it is sandboxed.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import time
from typing import Any

from selectolax.lexbor import LexborHTMLParser
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from console.desk import Desk
from storage.bilingual import Problem

GOOD_FOR = 10 * 60  # seconds
LARGEST = 8 << 20  # bytes of HTML that are shown
CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]{2,20})", re.I)
# What runs, reaches out, navigates or embeds. A policy does not stop `preconnect`, so links go too.
REMOVED = (
    "script, noscript, link, base, meta, iframe, frame, frameset, object, embed, applet, portal, "
    "template, audio, video, source, track, animate, set, foreignObject"
)
KEPT_LINKS = ("data:image/png", "data:image/jpeg", "data:image/gif", "data:image/webp")
REACHING = re.compile(r"@import[^;]*;?|[\w-]*(?:url|image-set|src)\s*\([^)]*\)?", re.I)
POINTING = frozenset(
    {"src", "srcset", "href", "xlink:href", "action", "formaction", "poster", "background", "ping"}
    | {"data", "cite", "longdesc", "manifest", "srcdoc", "imagesrcset", "archive", "codebase"}
)


def ticket(desk: Desk, sha256: str, now: float | None = None) -> str:
    """The way to one file: when it ends, which it is, and a signature."""
    ends = int(now if now is not None else time.time()) + GOOD_FOR
    return f"{ends}.{sha256}.{signed(desk, ends, sha256)}"


def signed(desk: Desk, ends: int, sha256: str) -> str:
    return hmac.new(desk.secret, f"{ends}.{sha256}".encode(), hashlib.sha256).hexdigest()


def file_of(desk: Desk, given: str, now: float | None = None) -> str | None:
    """The hash a ticket is good for; None for one that is over, changed or none at all."""
    ends, _, rest = given.partition(".")
    sha256, _, signature = rest.partition(".")
    if not ends.isdigit() or len(ends) > 12:
        return None
    if not hmac.compare_digest(signature.encode(), signed(desk, int(ends), sha256).encode()):
        return None
    return sha256 if int(ends) >= (now if now is not None else time.time()) else None


def create_replay(desk: Desk) -> Starlette:
    async def replay(request: Request) -> Response:
        sha256 = file_of(desk, request.path_params["ticket"])
        if sha256 is None:
            return answer(PlainTextResponse("链接已过期，请回到案件页重新打开回放。", 403), desk)
        try:
            html = await run_in_threadpool(harmless_file, desk, sha256)
        except Problem as problem:
            return answer(PlainTextResponse(problem.text.said(desk.lang), 404), desk)
        return answer(HTMLResponse(html), desk)

    app = Starlette(routes=[Route("/r/{ticket}", replay)])
    app.state.desk = desk
    return app


def answer(response: Response, desk: Desk) -> Response:
    response.headers.update(
        {
            "content-security-policy": (
                "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
                f"form-action 'none'; base-uri 'none'; frame-ancestors {desk.origin}"
            ),
            "x-content-type-options": "nosniff",
            "referrer-policy": "no-referrer",
            "x-dns-prefetch-control": "off",
            "cache-control": "no-store",
            "cross-origin-opener-policy": "same-origin",
            "x-robots-tag": "noindex",
        }
    )
    return response


def harmless_file(desk: Desk, sha256: str) -> str:
    return harmless(decoded(desk.store.get(sha256)[:LARGEST]))


def decoded(data: bytes) -> str:
    """As the page says of itself, else UTF-8, else the Chinese standard."""
    named = CHARSET.search(data[:4096])
    for name in (named.group(1).decode("ascii") if named else "utf-8", "utf-8"):
        try:
            return data.decode("gb18030" if name.lower() in {"gb2312", "gbk"} else name)
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode("gb18030", errors="replace")


def harmless(html: str) -> str:
    """The same page with nothing in it that runs, loads, embeds or leads away."""
    tree = LexborHTMLParser(html)
    for node in tree.css(REMOVED):
        node.decompose()
    for node in tree.css("*"):
        disarm(node)
    for node in tree.css("style"):
        style = node.text()
        # An escape could spell `url(` so that no pattern sees it; the policy would, but still.
        node.inner_html = "" if "\\" in style or "<" in style else REACHING.sub("", style)
    return tree.html or ""


def disarm(node: Any) -> None:  # noqa: ANN401 (a node of selectolax)
    for name, value in list(node.attributes.items()):
        if dangerous(name.lower(), value or ""):
            del node.attrs[name]


def dangerous(name: str, value: str) -> bool:
    if name.startswith("on") or name in {"target", "download", "nonce", "http-equiv"}:
        return True
    if name in POINTING:
        return not value.strip().lower().startswith(KEPT_LINKS)
    return name == "style" and ("\\" in value or REACHING.search(value) is not None)
