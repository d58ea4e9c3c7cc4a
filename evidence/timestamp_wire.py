"""One request of a timestamp over HTTP, bounded in time and size."""

from __future__ import annotations

import http.client
import io
import socket
import ssl
import time
from typing import Any, Literal
from urllib.parse import urlsplit

WAIT = 20.0  # seconds for all of it together, however the answer drips
LARGEST = 256 << 10  # bytes; answers are a few thousand
QUERY = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}


class NoAnswer(Exception):
    """Nothing that could be a timestamp came back; `reason` is one word."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail[:200]


def post(url: str, query: bytes, wait: float = WAIT) -> bytes:
    """The body of the authority's answer; raises NoAnswer. Redirects are not followed.

    Looking up the host's name comes on top of `wait`: the system bounds that itself.
    """
    try:
        connection = connected(url, wait)
    except ValueError as error:
        raise NoAnswer("unreachable", str(error)) from error
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("POST", path, body=query, headers=QUERY)
        return read_answer(connection.getresponse())
    except TimeoutError as error:
        raise NoAnswer("timeout", str(error)) from error
    except (OSError, http.client.HTTPException) as error:
        raise NoAnswer("unreachable", f"{type(error).__name__}: {error}") from error
    finally:
        connection.close()


def is_address(url: str) -> bool:
    """Whether an authority could be asked there: http or https, a host, no password."""
    try:
        connected(url, WAIT)
    except ValueError:
        return False
    return True


def connected(url: str, wait: float) -> http.client.HTTPConnection:
    """Not dialled yet; raises ValueError for what is no http or https address."""
    parts = urlsplit(url)
    host, port = parts.hostname, parts.port
    if host is None or parts.username is not None:
        raise ValueError("no http(s) address, or one with a password in it")
    if parts.scheme not in {"http", "https"}:
        raise ValueError(f"no http(s) address: {parts.scheme}")
    return Bounded(host, port or (443 if parts.scheme == "https" else 80), parts.scheme, wait)


class Bounded(http.client.HTTPConnection):
    """A connection with one deadline for connecting, asking and every byte of the answer.

    The timeout of a socket begins anew with each byte: an authority that drips a header, or says
    "100 Continue" for ever, would hold us for as long as it likes.
    """

    def __init__(self, host: str, port: int, scheme: str, wait: float) -> None:
        super().__init__(host, port)
        self._secure = scheme == "https"
        self._wait = wait

    def connect(self) -> None:
        addresses = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        deadline = time.monotonic() + self._wait
        wire = dialled([address[4][:2] for address in addresses], deadline)
        if self._secure:
            wire.settimeout(left(deadline))
            wire = ssl.create_default_context().wrap_socket(wire, server_hostname=self.host)
        # http.client asks of a socket what Wire has: sendall, makefile and close.
        self.sock = Wire(wire, deadline)


def dialled(addresses: list[Any], deadline: float) -> socket.socket:
    """A socket to the first of the addresses that answers; raises OSError where none does."""
    trouble: OSError = OSError("no address")
    for address in addresses:
        try:
            return socket.create_connection(address, timeout=left(deadline))
        except OSError as error:
            trouble = error
    raise trouble


def left(deadline: float) -> float:
    """Seconds until then; raises TimeoutError where there are none."""
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise TimeoutError("too slow")
    return seconds


class Wire:
    """A socket that gives up at a deadline."""

    def __init__(self, wire: socket.socket, deadline: float) -> None:
        self._wire, self._deadline = wire, deadline

    def sendall(self, data: bytes) -> None:
        self._wire.settimeout(left(self._deadline))
        self._wire.sendall(data)

    def makefile(self, mode: Literal["rb"]) -> io.BufferedReader:
        return io.BufferedReader(Dripped(self._wire, self._deadline, mode))

    def close(self) -> None:
        self._wire.close()


class Dripped(io.RawIOBase):
    """What comes in, until the deadline. It keeps the socket open until it is closed itself."""

    def __init__(self, wire: socket.socket, deadline: float, mode: Literal["rb"]) -> None:
        self._wire, self._deadline = wire, deadline
        self._raw: Any = wire.makefile(mode, buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, room: Any) -> int | None:  # noqa: ANN401 (a buffer to write to)
        self._wire.settimeout(left(self._deadline))
        read: int | None = self._raw.readinto(room)
        return read

    def close(self) -> None:
        self._raw.close()
        super().close()


def read_answer(response: http.client.HTTPResponse) -> bytes:
    """The whole body."""
    with response:
        if response.status != 200:
            raise NoAnswer("http", f"{response.status} {response.reason}")
        body = b""
        while block := response.read1(1 << 16):
            body += block
            if len(body) > LARGEST:
                raise NoAnswer("garbage", f"more than {LARGEST} bytes")
        return body
