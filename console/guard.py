"""Around every request: the host, where a change comes from, how much is sent, and the headers."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from console.numbers import digits

MOST = 1 << 20  # bytes of a body; a note has 4,000 characters at most
LARGE = dict.fromkeys(
    ("/directory/import", "/api/v1/directory/import"), 32 << 20
)  # where a file is sent
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

OTHER_ADDRESS = (
    "这个地址不是审核台的地址。请用启动时显示的网址打开。",
    "This is not the desk's address: use the one shown at its start.",
)
OTHER_PAGE = (
    "请求不是从审核台的页面发出的，没有写入。请回到审核台重试。",
    "The request did not come from a page of the desk; nothing was written.",
)
TOO_MUCH = (
    "提交的内容超过 {} MB，没有写入。请后退、缩短后再提交，所填内容仍在页面上。",
    "More than {} MB was sent; nothing was written. Go back and send less.",
)


def told(scope: Scope, status: int, zh: str, en: str) -> Response:
    if scope["path"].startswith("/api/"):
        return JSONResponse({"error": {"zh": zh, "en": en, "fields": []}}, status)
    return PlainTextResponse(f"{zh}\n{en}\n", status)


class Guard:
    """Refuses what no page of ours sends, and puts the headers on every answer."""

    def __init__(self, app: ASGIApp, origin: str, replay_origin: str) -> None:
        self.app = app
        self.origin = origin
        self.host = urlsplit(origin).netloc
        self.headers = headers_of(origin, replay_origin)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
            await send(message)

        refused = self.refusal(scope)
        if refused is not None:
            await refused(scope, receive, dressed)
            return
        await self.app(scope, Bounded(receive, LARGE.get(scope["path"], MOST)), dressed)

    def refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        # A name that merely points to us is not ours: else any site could read the desk by DNS.
        if headers.get("host", "") != self.host:
            if scope["method"] in SAFE:
                return RedirectResponse(f"{self.origin}{quote(scope['path'])}")
            return told(scope, 421, *OTHER_ADDRESS)
        if scope["method"] not in SAFE and not self.from_ourselves(headers):
            return told(scope, 403, *OTHER_PAGE)
        length, most = headers.get("content-length", "0"), LARGE.get(scope["path"], MOST)
        if digits(length, most) is None:
            return told(scope, 413, *(words.format(most >> 20) for words in TOO_MUCH))
        return None

    def from_ourselves(self, headers: Headers) -> bool:
        """By what the browser says of itself; a program with a bearer token has no browser."""
        site = headers.get("sec-fetch-site")
        if site is not None:
            return site == "same-origin"
        sent = headers.get("origin")
        if sent is not None:
            return sent == self.origin
        return headers.get("authorization", "").startswith("Bearer ") and "cookie" not in headers


class Bounded:
    """A body without an announced length is cut off where it grows too large."""

    def __init__(self, receive: Receive, most: int) -> None:
        self.receive = receive
        self.most = most
        self.had = 0

    async def __call__(self) -> Message:
        message = await self.receive()
        self.had += len(message.get("body", b""))
        if self.had > self.most:
            return {"type": "http.disconnect"}
        return message


def headers_of(origin: str, replay_origin: str) -> dict[str, str]:
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        f"connect-src 'self'; font-src 'self'; frame-src {replay_origin}; form-action 'self'; "
        "base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
    )
    headers = {
        "content-security-policy": policy,
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        # Nothing to others; ourselves must see the origin of a form.
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "camera=(), microphone=(), geolocation=(), interest-cohort=()",
        "cache-control": "no-store",
        "x-robots-tag": "noindex",
    }
    if origin.startswith("https://"):
        headers["strict-transport-security"] = "max-age=31536000"
    return headers
