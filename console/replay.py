"""The second origin: hostile pages replayed where they can neither run nor reach anything.

It has no cookies, reads none and knows nothing but tickets: who holds one may see one file for a
few minutes. Three fences, each of which would do: what runs or reaches out is taken out of the
HTML, the page's policy forbids it, and the frame around it is sandboxed.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from console.desk import Desk
from console.numbers import digits
from storage.bilingual import Problem

GOOD_FOR = 10 * 60  # seconds
LARGEST = 4 << 20  # bytes of HTML that are replayed
TAGS = 150_000  # openings of tags: beyond it a page is made to keep a browser busy
PATIENCE = 12.0  # seconds by the clock for one page; its child ends itself after three of work
IN_LINE = 6  # pages that may wait for their turn
ROOT = Path(__file__).resolve().parents[1]


class TooMuch(Problem):
    """A page that is larger or more tangled than what is replayed."""


class Busy(Problem):
    """Others wait already."""


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
    until = digits(ends, 10**12)
    if until is None:
        return None
    if not hmac.compare_digest(signature.encode(), signed(desk, until, sha256).encode()):
        return None
    return sha256 if until >= (now if now is not None else time.time()) else None


class Cleaning:
    """Pages cleaned in children, one at a time, in a queue of its own.

    The desk's own threads never wait here, and no page of a stranger is parsed in this process.
    """

    def __init__(self) -> None:
        self._line = ThreadPoolExecutor(1, thread_name_prefix="replay")
        self._waiting = 0

    async def of(self, desk: Desk, sha256: str) -> bytes:
        """The harmless page as UTF-8; raises Problem, TooMuch, Busy."""
        if self._waiting >= IN_LINE:
            raise Busy(
                "回放的人太多，请过几秒刷新。截图和文件可以先看。",
                "Too many replays at once: reload in some seconds. The picture is there meanwhile.",
            )
        self._waiting += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._line, harmless_file, desk, sha256)
        finally:
            self._waiting -= 1


def create_replay(desk: Desk) -> Starlette:
    cleaning = Cleaning()

    async def replay(request: Request) -> Response:
        sha256 = file_of(desk, request.path_params["ticket"])
        if sha256 is None:
            return answer(PlainTextResponse("链接已过期，请回到案件页重新打开回放。", 403), desk)
        try:
            html = await cleaning.of(desk, sha256)
        except Problem as problem:
            status = {TooMuch: 422, Busy: 503}.get(type(problem), 404)
            text = f"{problem.text.zh}\n{problem.text.en}\n"
            return answer(PlainTextResponse(text, status), desk)
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


def harmless_file(desk: Desk, sha256: str) -> bytes:
    with desk.store.opened(sha256) as file:
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST or data.count(b"<") > TAGS:
        raise too_much()
    return cleaned(data)


def cleaned(data: bytes) -> bytes:
    """By a child of its own: what a page does to the cleaner costs nobody else."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "console.replay_worker"],
            cwd=ROOT,
            env={},
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=PATIENCE,
            start_new_session=True,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise too_much() from None
    if done.returncode:
        raise too_much()
    return done.stdout


def too_much() -> TooMuch:
    return TooMuch(
        "这个网页太大或结构太复杂（可能是有意为之），不在此回放。请看截图和文字；"
        "原文件仍在，见“文件”。",
        "This page is too large or too tangled (maybe on purpose) to be replayed. See the picture "
        "and the text; the file itself is kept, see Files.",
    )
