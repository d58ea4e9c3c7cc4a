"""One question to the endpoint and its answer: no redirects, no proxies, no more than so much
time and so many bytes, and only to an address that was looked at."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from readers.endpoint import Endpoint, addresses_of

MOST = 1 << 20  # bytes of an answer
CONNECT = 10.0  # seconds


class NoAnswer(Exception):
    """Nothing that could be read came back; `outcome` is that of an Opinion."""

    def __init__(self, outcome: str, why: str) -> None:
        super().__init__(why)
        self.outcome = outcome


class Pinned(http.client.HTTPConnection):
    """Connects to the address that was vetted, whatever the name says a moment later."""

    def __init__(self, endpoint: Endpoint, address: str, seconds: float) -> None:
        super().__init__(endpoint.host, endpoint.port, timeout=seconds)
        self._address = address
        self._secure = endpoint.secure
        self.line: socket.socket | None = None  # stays when the connection lets go of its socket

    def connect(self) -> None:
        self.sock = self.line = socket.create_connection((self._address, self.port), CONNECT)
        if self._secure:
            context = ssl.create_default_context()
            self.sock = self.line = context.wrap_socket(self.sock, server_hostname=self.host)
        self.sock.settimeout(self.timeout)


class Deadline:
    """Hangs up when time is over: an answer that drips forever would keep any socket's timeout."""

    def __init__(self) -> None:
        self.over = False

    @contextmanager
    def kept(self, connection: Pinned, seconds: float) -> Iterator[None]:
        def hang_up() -> None:
            self.over = True
            if connection.line is not None:
                with suppress(OSError):  # it hung up itself
                    connection.line.shutdown(socket.SHUT_RDWR)

        timer = threading.Timer(seconds, hang_up)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            connection.close()


def ask(endpoint: Endpoint, question: Mapping[str, Any], key: str, seconds: float) -> Any:  # noqa: ANN401
    """The endpoint's JSON. Raises NoAnswer, or Forbidden where we may not speak to it."""
    try:
        address = addresses_of(endpoint)[0]
    except OSError as error:
        raise NoAnswer("unreachable", f"name: {error}") from error
    connection, deadline = Pinned(endpoint, address, seconds), Deadline()
    late = NoAnswer("timeout", f"no answer in {seconds:g} s")
    try:
        with deadline.kept(connection, seconds):
            body = exchange(connection, endpoint, question, key)
    except TimeoutError as error:
        raise late from error
    except (OSError, http.client.HTTPException) as error:
        raise late if deadline.over else NoAnswer("unreachable", type(error).__name__) from error
    if deadline.over:  # cut in the middle of its body
        raise late
    return read_json(body)


def exchange(
    connection: Pinned, endpoint: Endpoint, question: Mapping[str, Any], key: str
) -> bytes:
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    if key:
        headers["Authorization"] = f"Bearer {key}"
    body = json.dumps(question, ensure_ascii=True).encode("ascii")
    connection.request("POST", endpoint.path, body, headers)
    with connection.getresponse() as response:  # an unread body would keep its socket open
        if response.status != http.client.OK:
            raise NoAnswer("unreachable", f"HTTP {response.status}")
        answer = response.read(MOST + 1)
    if len(answer) > MOST:
        raise NoAnswer("garbage", "the answer is too long")
    return answer


def read_json(body: bytes) -> Any:  # noqa: ANN401 (whatever a stranger's JSON holds)
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NoAnswer("garbage", "the answer is not JSON") from error
