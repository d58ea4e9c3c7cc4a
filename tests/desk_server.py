"""The desk under a real uvicorn in threads, a real Chromium before it, and a listener for leaks."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import uvicorn
from sqlalchemy import Engine

from console.app import create_app
from console.desk import Desk
from console.replay import create_replay
from crawler.chromium import find_chromium
from door.desk_run import QuietServer, bound
from tests.desk_site import PASSWORD, make_desk

CHROMIUM = find_chromium("")
PATIENCE = 30_000  # ms: a busy machine is no fault of the desk


@contextmanager
def running(app: Any, listener: socket.socket) -> Iterator[None]:
    server = QuietServer(uvicorn.Config(app, log_level="error", access_log=False, lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    until = time.monotonic() + PATIENCE / 1000
    while not server.started and time.monotonic() < until:
        time.sleep(0.02)
    assert server.started
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(PATIENCE / 1000)
        listener.close()


@contextmanager
def served(engine: Engine, home: Path, **changes: Any) -> Iterator[Desk]:
    """Both servers of a desk on ports of their own."""
    front, back = bound("127.0.0.1", 0), bound("127.0.0.1", 0)
    desk = make_desk(
        engine,
        home,
        origin=f"http://127.0.0.1:{front.getsockname()[1]}",
        replay_origin=f"http://localhost:{back.getsockname()[1]}",
        **changes,
    )
    with ExitStack() as stack:
        stack.enter_context(running(create_app(desk), front))
        stack.enter_context(running(create_replay(desk), back))
        yield desk


@contextmanager
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    flags = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        try:
            yield launched
        finally:
            launched.close()


def person(browser: Any, desk: Desk, login: str, **options: Any) -> Any:
    """A page of somebody's own, logged in, as a new window on an office screen."""
    size = {"viewport": {"width": 1366, "height": 768}, "locale": "zh-CN", **options}
    context = browser.new_context(**size)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(f"{desk.origin}/login")
    page.fill("#login", login)
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_url("**/queue")
    return page


class Canary:
    """Listens; whatever comes here has got out."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        heard = self.heard

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                heard.append(f"{self.command} {self.path}")
                self.send_response(204)
                self.end_headers()

            do_POST = do_HEAD = do_OPTIONS = do_GET  # noqa: N815 (names of the standard library)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
