"""A stand-in for an OpenAI-compatible endpoint on 127.0.0.1: answers as a test tells it to."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Asked = dict[str, Any]
TICKET = re.compile(r'"ticket": "([0-9a-f]{8})"')


def ticket_of(asked: Asked) -> str:
    return TICKET.findall(asked["messages"][0]["content"])[0]


def completion(content: object, **more: Any) -> bytes:
    message = {"role": "assistant", "content": content}
    return json.dumps({"choices": [{"message": message, "finish_reason": "stop"} | more]}).encode()


def opinion(
    view_: str, /, *quotes_: str, certainty: str = "high", **more: Any
) -> Callable[[Asked], bytes]:
    """An answer such as was asked for, with the question's own ticket."""

    def answer(asked: Asked) -> bytes:
        said = {
            "ticket": ticket_of(asked),
            "view": view_,
            "certainty": certainty,
            "quotes": list(quotes_),
            "reason": "看得出来",
        }
        return completion(json.dumps(said | more, ensure_ascii=False))

    return answer


class StandIn:
    """`answer` makes the body of each reply from the request; `asked` and `keys` list them."""

    def __init__(self, answer: Callable[[Asked], bytes], status: int = 200, drip: float = 0.0):
        self.answer = answer
        self.status = status
        self.drip = drip  # seconds between two bytes
        self.headers: dict[str, str] = {}
        self.asked: list[Asked] = []
        self.keys: list[str] = []
        self.paths: list[str] = []
        stand = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                stand.serve(self)

            def log_message(self, *args):
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request, client_address):
                pass  # a reader that hung up

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))

    def serve(self, handler: BaseHTTPRequestHandler) -> None:
        asked = json.loads(handler.rfile.read(int(handler.headers["Content-Length"])))
        self.asked.append(asked)
        self.keys.append(handler.headers.get("Authorization", ""))
        self.paths.append(handler.path)
        body = self.answer(asked)
        handler.send_response(self.status)
        for name, value in self.headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        if not self.drip:
            handler.wfile.write(body)
        for at in range(len(body) if self.drip else 0):
            handler.wfile.write(body[at : at + 1])
            handler.wfile.flush()
            time.sleep(self.drip)

    def __enter__(self) -> StandIn:
        self.thread.start()
        return self

    def __exit__(self, *error) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()
