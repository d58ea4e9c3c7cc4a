"""A browser that takes evidence and a small web on 127.0.0.1 for it to look at.

The browser lives in a loop of its own thread, so that one serves all tests of a file.
"""

from __future__ import annotations

import asyncio
import json
import os
import threading
from collections.abc import Callable, Coroutine
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar

from crawler.chromium import find_chromium
from crawler.guard import Guard
from evidence.bounds import Bounds
from evidence.browser import BrowserOrder, CaptureBrowser
from evidence.capturing import capture_page
from evidence.clock import Clock
from evidence.orders import Order, Taken

Serve = Callable[["Handler"], None]
Pages = dict[str, str | bytes | Serve]
T = TypeVar("T")
HEAP_MB = 128  # small, so that a page that eats memory is soon done


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    theatre: Theatre

    def do_GET(self) -> None:
        key = self.headers["Host"].partition(":")[0] + self.path
        self.theatre.asked.append(key)
        pages, path = self.theatre.pages, self.path.partition("?")[0]
        page = pages.get(key, pages.get(self.path, pages.get(path, b"nothing here")))
        if callable(page):
            page(self)
        else:
            self.give(page, status=404 if page == b"nothing here" else 200)

    do_POST = do_GET  # noqa: N815

    def give(self, body: str | bytes, status: int = 200, **headers: str) -> None:
        data = html(body) if isinstance(body, str) else body
        self.begin(status, **{"Content-Length": str(len(data))} | headers)
        self.wfile.write(data)

    def begin(self, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for name, value in ({"Content-Type": "text/html"} | headers).items():
            for one in value.split("\n"):
                self.send_header(name.replace("_", "-"), one)
        self.end_headers()

    def pour(self, piece: bytes, times: int, pause: float = 0.0) -> None:
        """Pieces one after another, until the client goes or the theatre closes."""
        try:
            for _ in range(times):
                self.wfile.write(piece)
                self.theatre.sent += len(piece)
                if self.theatre.closing.wait(pause):
                    return
        except OSError:
            return
        finally:
            self.close_connection = True

    def log_message(self, *args: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass  # a client that went away


class Theatre:
    """Serves `pages["host/path"]` or `pages["/path"]`: a body of HTML, bytes, or a function."""

    def __init__(self, pages: Pages) -> None:
        self.pages = dict(pages)
        self.asked: list[str] = []
        self.sent = 0
        self.closing = threading.Event()
        handler = type("Bound", (Handler,), {"theatre": self})
        self.server = Server(("127.0.0.1", 0), handler)
        self.port = self.server.server_port
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))

    def __enter__(self) -> Theatre:
        self.thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.closing.set()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


class Stage:
    """`with Stage(pages) as stage: stage.take("http://a.test/")`; every *.test is the theatre."""

    def __init__(self, shown: Pages, guard: Guard | None = None, **browser: Any) -> None:
        self.theatre = Theatre(shown)
        self._guard = guard or Guard(routes={"*.test": f"127.0.0.1:{self.theatre.port}"})
        self._order = browser
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)

    def __enter__(self) -> Stage:
        self.theatre.__enter__()
        self._thread.start()
        self.browser = CaptureBrowser(order_for(self._guard, **self._order))
        self.wait(self.browser.__aenter__())
        return self

    def __exit__(self, *error: object) -> None:
        try:
            self.wait(self.browser.__aexit__(None, None, None))
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()
            self.theatre.__exit__()

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(200)

    def together(self, *urls: str) -> list[Show]:
        """Side by side, in one browser."""

        async def all_of_them() -> list[Taken]:
            orders = [Order(url=url, asked_by="张工", reason="requested") for url in urls]
            return await asyncio.gather(*(capture_page(self.browser, one) for one in orders))

        return [Show(taken) for taken in self.wait(all_of_them())]

    def take(self, url: str, clock: Clock | None = None, **changes: Any) -> Show:
        names = {"parts", "case_id", "again_of", "reason", "alone"}
        wanted = {key: value for key, value in changes.items() if key in names}
        bounds = {key: value for key, value in changes.items() if key not in names}
        order = Order(url=url, asked_by="张工", **({"reason": "requested"} | wanted))
        return Show(self.wait(capture_page(self.browser, order, Bounds(**bounds), clock)))


class Show:
    """What was taken, by the names of its parts."""

    def __init__(self, taken: Taken) -> None:
        self.taken = taken
        self.capture = taken.capture
        self.outcome = taken.outcome
        self.parts = dict(taken.capture.parts)
        self.files = {one.kind: taken.files[one.sha256] for one in taken.capture.artefacts}
        self.facts: dict[str, Any] = json.loads(self.files["facts"])
        self.page: dict[str, Any] = self.facts["page"]

    @property
    def text(self) -> str:
        return self.files["text"].decode()

    @property
    def dom(self) -> str:
        return self.files["dom"].decode()


def order_for(guard: Guard, **changes: Any) -> BrowserOrder:
    executable = find_chromium("")
    assert executable is not None, "no browser: run certsweep doctor"
    values = {"heap_mb": HEAP_MB, "root": os.geteuid() == 0} | changes
    return BrowserOrder(executable=executable, guard=guard, agent="certsweep/0.1 (test)", **values)


def html(body: str) -> bytes:
    return f"<!doctype html><meta charset=utf-8><title>页</title>{body}".encode()
