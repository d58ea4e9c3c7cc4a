"""HTTP/1.1 on the wire, as little of it as a proxy needs: heads are read and rewritten, bodies are
passed on untouched."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

# Headers of our own answers; taken off whatever a server sends.
REFUSED = "X-Certsweep-Refused"  # a reason of the guard
FAILED = "X-Certsweep-Failed"  # "dns", "unreachable", "bad_request", …

# Between two neighbours only (RFC 9110 §7.6.1), and what could speak in our name.
PER_HOP = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-connection",
        b"proxy-authorization",
        b"proxy-authenticate",
        b"te",
        b"upgrade",
        REFUSED.lower().encode(),
        FAILED.lower().encode(),
    }
)
REQUEST_LINE = re.compile(rb"([A-Z]{1,20}) ([!-~]{1,16384}) HTTP/1\.[01]\Z")
STATUS_LINE = re.compile(rb"HTTP/1\.[01] ([1-5][0-9]{2})(?: .*)?\Z")


class BadMessage(Exception):
    """What came is not HTTP/1.1 that two readers would read alike."""


@dataclass(frozen=True, slots=True)
class Head:
    """Start line and header lines, without line ends; a folded line stays with its header."""

    start: bytes
    lines: tuple[bytes, ...]

    def value(self, name: bytes) -> bytes | None:
        """Value of a header given at most once; BadMessage if it is repeated."""
        found = [line.partition(b":")[2].strip() for line in self.lines if name_of(line) == name]
        if len(found) > 1:
            raise BadMessage(f"{name!r} given twice")
        return found[0] if found else None

    def sent(self, *more: bytes, without: frozenset[bytes] = frozenset()) -> bytes:
        """The head for the next hop, with `more` header lines, closing after one message."""
        kept = [line for line in self.lines if name_of(line) not in PER_HOP | without]
        return b"\r\n".join([self.start, *more, *kept, b"Connection: close", b"", b""])


def name_of(line: bytes) -> bytes:
    return line.partition(b":")[0].strip().lower()


async def read_head(reader: asyncio.StreamReader) -> Head:
    """The next head; raises BadMessage, IncompleteReadError or LimitOverrunError."""
    raw = await reader.readuntil(b"\r\n\r\n")
    start, *rest = raw[:-4].split(b"\r\n")
    lines: list[bytes] = []
    for line in rest:
        if line[:1] in {b" ", b"\t"} and lines:
            lines[-1] += b" " + line.strip()
        elif b":" not in line or line[:1] in {b" ", b"\t"} or b"\n" in line or b"\0" in line:
            raise BadMessage("unreadable header line")
        else:
            lines.append(line)
    return Head(start, tuple(lines))


def request_parts(head: Head) -> tuple[str, str]:
    """Method and target of a request."""
    found = REQUEST_LINE.match(head.start)
    if found is None:
        raise BadMessage("unreadable request line")
    return found[1].decode(), found[2].decode()


def status_of(head: Head) -> int:
    found = STATUS_LINE.match(head.start)
    if found is None:
        raise BadMessage("unreadable status line")
    return int(found[1])


def body_length(head: Head) -> int:
    """Bytes of a request's body. A chunked request is refused: browsers send none over HTTP/1.1,
    and reading its end wrongly would let a second request through unvetted."""
    if head.value(b"transfer-encoding") is not None:
        raise BadMessage("chunked request")
    text = head.value(b"content-length")
    if text is None:
        return 0
    if not text.isdigit() or len(text) > 15:
        raise BadMessage("unreadable Content-Length")
    return int(text)


def origin_form(head: Head, method: str, split: SplitResult) -> bytes:
    """The request as the server expects it; the Host header is that of the vetted URL."""
    query = f"?{split.query}" if split.query else ""
    start = f"{method} {split.path or '/'}{query} HTTP/1.1".encode("ascii")
    host = f"Host: {split.netloc}".encode("ascii")
    return Head(start, head.lines).sent(host, without=frozenset({b"host"}))


def authority(target: str) -> tuple[str, int]:
    """Host and port of a CONNECT target; BadMessage without a port."""
    try:
        split = urlsplit(f"//{target}")
        host, port = split.hostname, split.port
    except ValueError:
        raise BadMessage("unreadable CONNECT target") from None
    if not host or port is None or split.netloc != target or "@" in target:
        raise BadMessage("unreadable CONNECT target")
    return host, port


def answer(status: str, header: str, reason: str, text: str) -> bytes:
    """One of our own answers, whole."""
    body = text.encode()
    head = (
        f"HTTP/1.1 {status}\r\n{header}: {reason}\r\nContent-Type: text/plain; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n"
    )
    return head.encode("ascii") + body
