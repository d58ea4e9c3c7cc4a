"""Small servers on 127.0.0.1 for tests that need real sockets."""

from __future__ import annotations

import socket
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Answer:
    body: bytes = b"<p>hello</p>"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


class Site:
    """Serves `pages["host/path"]`; several answers under one key are given one after another, the
    last for ever. `asked` lists what was asked for, in order."""

    def __init__(self, pages: dict[str, Answer | list[Answer]]):
        self.pages = pages
        self.asked: list[str] = []
        self.agents: set[str] = set()
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                site.serve(self)

            do_POST = do_GET  # noqa: N815

            def log_message(self, *args):
                pass

        class Server(ThreadingHTTPServer):
            def handle_error(self, request, client_address):
                pass  # a client that went away

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_port
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))

    def serve(self, handler: BaseHTTPRequestHandler) -> None:
        length = int(handler.headers.get("Content-Length") or 0)
        sent = handler.rfile.read(length)
        key = handler.headers["Host"].partition(":")[0] + handler.path
        self.asked.append(key)
        self.agents.add(handler.headers.get("User-Agent", ""))
        answer = self.pages.get(key, Answer(b"nothing here", 404))
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        handler.send_response(answer.status)
        body = answer.body + sent
        headers = {"Content-Type": "text/html", "Content-Length": str(len(body))} | answer.headers
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    def __enter__(self) -> Site:
        self.thread.start()
        return self

    def __exit__(self, *error) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


class Canary:
    """A listening socket nobody may touch. TCP and UDP on the same port."""

    def __init__(self, host: str = "127.0.0.1", port: int = 0):
        self.tcp = socket.create_server((host, port))
        self.port = self.tcp.getsockname()[1]
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind((host, self.port))
        self.tcp.settimeout(0)
        self.udp.settimeout(0)

    @property
    def touched(self) -> bool:
        """Connections wait in the kernel's queue, so looking afterwards misses none."""
        for look in (self.tcp.accept, lambda: self.udp.recvfrom(10)):
            try:
                found = look()
            except BlockingIOError:
                continue
            if isinstance(found[0], socket.socket):
                found[0].close()
            return True
        return False

    def __enter__(self) -> Canary:
        return self

    def __exit__(self, *error) -> None:
        self.tcp.close()
        self.udp.close()
