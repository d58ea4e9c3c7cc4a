"""A capture as WARC 1.1 (ISO 28500): what the browser sent and got, and what it showed.

The browser hands out bodies decoded and messages of HTTP/2 taken apart; both are put in the form of
HTTP/1.1 here, which the warcinfo record says. An address is that of the server, as the guard's
proxy connected to it.
"""

from __future__ import annotations

import io
import json
import string
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any
from urllib.parse import quote, urlsplit

from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.utils import Digester
from warcio.warcwriter import WARCWriter

from crawler.tally import Place
from crawler.user_agent import PRODUCT, VERSION
from evidence.exchanges import Exchange, Headers

SAYS = (
    "Taken by a browser through a filtering proxy. Bodies of responses are decoded: transfer and "
    "content encodings are removed; headers that are no longer true are kept as "
    "X-Certsweep-Original-*. Connection headers, which are between neighbours, are left out. "
    "HTTP/2 and HTTP/3 messages are re-serialised as HTTP/1.1; WARC-Protocol tells what was "
    "spoken. Bodies of redirects are not available. Messages of WebSockets and "
    "CORS preflights are not recorded; shared and service workers are switched off. "
    "WARC-Truncated marks bodies that are missing or cut."
)
CHANGED = frozenset({"content-encoding", "transfer-encoding"})
ORIGINAL = "X-Certsweep-Original-"
PROTOCOLS = {
    "HTTP/1.0": "http/1.0",
    "HTTP/1.1": "http/1.1",
    "HTTP/2.0": "h2",
    "HTTP/2": "h2",
    "HTTP/3.0": "h3",
    "HTTP/3": "h3",
}
PACKED = ("image/", "video/", "audio/", "font/", "application/zip", "application/octet")
STORED, THOROUGH = 0, 6  # what is packed already is not worth the time


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """Something the capture made of the page, as `urn:NAME:URL`."""

    name: str  # "fullPage", "view", "text" or "pageinfo"
    media_type: str
    data: bytes
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WarcOrder:
    capture: str  # id
    url: str  # of the page the resources belong to
    agent: str
    at: datetime
    reached: Mapping[str, Place]  # by "host:port", from the proxy's tally


class Writer(WARCWriter):  # type: ignore[misc]
    """Digests are SHA-256; each record is a gzip member packed as hard as it is worth."""

    def __init__(self) -> None:
        self._record = io.BytesIO()
        super().__init__(self._record, gzip=False, warc_version="1.1")
        self._members: list[bytes] = []

    @staticmethod
    def _create_digester() -> Digester:
        return Digester("sha256")

    def add(self, record: ArcWarcRecord, level: int = THOROUGH) -> None:
        self.write_record(record)
        packer = zlib.compressobj(level, zlib.DEFLATED, zlib.MAX_WBITS + 16)
        self._members.append(packer.compress(self._record.getbuffer()) + packer.flush())
        self._record.seek(0)
        self._record.truncate()

    def packed(self) -> bytes:
        return b"".join(self._members)


def write_warc(
    order: WarcOrder, exchanges: Iterable[Exchange], resources: Sequence[Resource]
) -> bytes:
    """The whole file, gzip. Exchanges without an answer have no record: `pageinfo` names them."""
    writer = Writer()
    writer.add(warcinfo(writer, order))
    for exchange in exchanges:
        if exchange.status and not exchange.url.startswith("http"):
            level = level_of(exchange.header("content-type"))
            writer.add(made_record(writer, exchange), level)
        elif exchange.status:
            for record in pair(writer, order, exchange):
                writer.add(record, level_of(exchange.header("content-type")))
    for resource in resources:
        writer.add(resource_record(writer, order, resource), level_of(resource.media_type))
    return writer.packed()


def level_of(media_type: str) -> int:
    plain = "svg" in media_type or not media_type.startswith(PACKED)
    return THOROUGH if plain else STORED


def warcinfo(writer: Writer, order: WarcOrder) -> ArcWarcRecord:
    fields = {
        "software": f"{PRODUCT} {VERSION} (warcio {version('warcio')})",
        "format": "WARC File Format 1.1",
        "conformsTo": "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "isPartOf": order.capture,
        "http-header-user-agent": order.agent,
        "description": SAYS,
    }
    record = writer.create_warcinfo_record(f"{order.capture}.warc.gz", fields)
    record.rec_headers.replace_header("WARC-Date", moment(order.at))
    return record


def pair(writer: Writer, order: WarcOrder, exchange: Exchange) -> Iterator[ArcWarcRecord]:
    """Response and request, bound to each other."""
    response = http_record(writer, exchange, "response", exchange.body, response_head(exchange))
    add_facts(response, order, exchange)
    request = http_record(
        writer, exchange, "request", exchange.request_body, request_head(exchange)
    )
    about = response.rec_headers.get_header("WARC-Record-ID")
    request.rec_headers.add_header("WARC-Concurrent-To", about)
    yield response
    yield request


def http_record(
    writer: Writer, exchange: Exchange, kind: str, body: bytes, head: StatusAndHeaders
) -> ArcWarcRecord:
    return writer.create_warc_record(
        exchange.url,
        kind,
        payload=io.BytesIO(body),
        length=len(body),
        http_headers=head,
        warc_headers_dict={"WARC-Date": moment(exchange.asked_at)},
    )


def add_facts(record: ArcWarcRecord, order: WarcOrder, exchange: Exchange) -> None:
    place = order.reached.get(place_of(exchange.url))
    if place is not None:
        record.rec_headers.add_header("WARC-IP-Address", place[0])
    for protocol in protocols(exchange):
        record.rec_headers.add_header("WARC-Protocol", protocol)
    if exchange.truncated:
        record.rec_headers.add_header("WARC-Truncated", exchange.truncated)
    if exchange.tls:
        summary = json.dumps(dict(exchange.tls), ensure_ascii=True, sort_keys=True)
        record.rec_headers.add_header("X-Certsweep-TLS", summary)


def place_of(url: str) -> str:
    """ "host:port" as a proxy is asked for it; "" for a URL that cannot be read."""
    try:
        split = urlsplit(url)
        port = split.port or (443 if split.scheme == "https" else 80)
    except ValueError:
        return ""
    return f"{(split.hostname or '').lower()}:{port}"


def protocols(exchange: Exchange) -> list[str]:
    """As the tokens of WARC-Protocol: what was spoken, and over which TLS."""
    spoken = PROTOCOLS.get(exchange.protocol.upper())
    tls = str(exchange.tls.get("protocol", "")).lower().replace(" ", "/")
    return [token for token in (spoken, tls) if token]


def response_head(exchange: Exchange) -> StatusAndHeaders:
    length = str(len(exchange.body))
    head = [
        (f"{ORIGINAL}{name}", value) if changed(name, value, length) else (name, value)
        for name, value in exchange.headers
    ]
    if ("content-length", length) not in {(name.lower(), value) for name, value in head}:
        head.append(("Content-Length", length))
    # A reason phrase has no percent-encoded form, as values have.
    phrase = one_line(exchange.status_text).encode("ascii", "replace").decode()
    status = f"{exchange.status} {phrase}".strip()
    return StatusAndHeaders(status, clean(head), protocol="HTTP/1.1")


def changed(name: str, value: str, length: str) -> bool:
    """Whether a header is no longer true of the body as it is kept."""
    lowered = name.lower()
    return lowered in CHANGED or (lowered == "content-length" and value != length)


def request_head(exchange: Exchange) -> StatusAndHeaders:
    split = urlsplit(exchange.url)
    path = split.path or "/"
    asked = f"{path}?{split.query}" if split.query else path
    kept = [(name, value) for name, value in exchange.request_headers if not name.startswith(":")]
    if not any(name.lower() == "host" for name, _ in kept):
        kept.insert(0, ("Host", split.netloc))
    line = f"{exchange.method} {asked} HTTP/1.1"
    return StatusAndHeaders(line, clean(kept), is_http_request=True)


def clean(headers: Iterable[tuple[str, str]]) -> Headers:
    """No value may end its line: what follows would be read as a header of its own.

    Beyond ASCII a value is percent-encoded UTF-8: warcio 1.8 does so for some places of a value and
    fails at others.
    """
    return tuple((one_line(name), in_ascii(one_line(value))) for name, value in headers)


def in_ascii(text: str) -> str:
    return text if text.isascii() else quote(text, safe=string.printable)


def one_line(text: str) -> str:
    return "".join(mark if mark.isprintable() or mark == "\t" else " " for mark in text)


def resource_record(writer: Writer, order: WarcOrder, resource: Resource) -> ArcWarcRecord:
    return writer.create_warc_record(
        f"urn:{resource.name}:{order.url}",
        "resource",
        payload=io.BytesIO(resource.data),
        length=len(resource.data),
        warc_content_type=resource.media_type,
        warc_headers_dict={"WARC-Date": moment(resource.at)},
    )


def made_record(writer: Writer, exchange: Exchange) -> ArcWarcRecord:
    """A document that a script of the page made and no server sent: it has no headers."""
    headers = {"WARC-Date": moment(exchange.asked_at)}
    if exchange.truncated:
        headers["WARC-Truncated"] = exchange.truncated
    return writer.create_warc_record(
        exchange.url,
        "resource",
        payload=io.BytesIO(exchange.body),
        length=len(exchange.body),
        warc_content_type=one_line(exchange.header("content-type")) or "application/octet-stream",
        warc_headers_dict=headers,
    )


def moment(at: datetime) -> str:
    """As WARC-Date: UTC with microseconds (WARC 1.1)."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def pageinfo(url: str, at: datetime, exchanges: Sequence[Exchange]) -> Resource:
    """What was asked for and what came of it, also of that which has no record."""
    asked: list[dict[str, Any]] = [
        {
            "url": one.url,
            "method": one.method,
            "type": one.kind,
            "status": one.status,
            "mime": one.header("content-type").partition(";")[0].strip(),
            "size": len(one.body),
            **({"truncated": one.truncated} if one.truncated else {}),
            **({"failure": one.failure} if one.failure else {}),
        }
        for one in exchanges
    ]
    told = {"url": url, "ts": moment(at), "urls": asked}
    data = json.dumps(told, ensure_ascii=False, sort_keys=True).encode("utf-8", "replace")
    return Resource(name="pageinfo", media_type="application/json", data=data, at=at)
