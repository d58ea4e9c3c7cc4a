"""One request of a timestamp over HTTP, bounded in time and size."""

from __future__ import annotations

import http.client
import ssl
import time
from urllib.parse import urlsplit

WAIT = 20.0  # seconds for connecting, and for the whole answer
LARGEST = 256 << 10  # bytes; answers are a few thousand
QUERY = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}


class NoAnswer(Exception):
    """Nothing that could be a timestamp came back; `reason` is one word."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail[:200]


def post(url: str, query: bytes, wait: float = WAIT) -> bytes:
    """The body of the authority's answer; raises NoAnswer. Redirects are not followed."""
    try:
        connection = connected(url, wait)
    except ValueError as error:
        raise NoAnswer("unreachable", str(error)) from error
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("POST", path, body=query, headers=QUERY)
        return read_answer(connection.getresponse(), time.monotonic() + wait)
    except TimeoutError as error:
        raise NoAnswer("timeout", str(error)) from error
    except (OSError, http.client.HTTPException) as error:
        raise NoAnswer("unreachable", f"{type(error).__name__}: {error}") from error
    finally:
        connection.close()


def connected(url: str, wait: float) -> http.client.HTTPConnection:
    """Raises ValueError for what is no http or https address."""
    parts = urlsplit(url)
    host, port = parts.hostname, parts.port
    if host is None or parts.username is not None:
        raise ValueError("no http(s) address, or one with a password in it")
    if parts.scheme == "https":
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(host, port, timeout=wait, context=context)
    if parts.scheme == "http":
        return http.client.HTTPConnection(host, port, timeout=wait)
    raise ValueError(f"no http(s) address: {parts.scheme}")


def read_answer(response: http.client.HTTPResponse, deadline: float) -> bytes:
    """The whole body; an authority that drips is cut off at the deadline."""
    with response:
        if response.status != 200:
            raise NoAnswer("http", f"{response.status} {response.reason}")
        body = b""
        while block := response.read1(1 << 16):
            body += block
            if len(body) > LARGEST:
                raise NoAnswer("garbage", f"more than {LARGEST} bytes")
            if time.monotonic() > deadline:
                raise NoAnswer("timeout", "too slow")
        return body
