"""The index of a WACZ: where in which WARC each URL lies, as players look it up.

`index.cdx.gz` holds sorted CDXJ lines in gzip blocks of 300, `index.idx` where each block begins
(https://specs.webrecorder.net/cdxj/0.1.0/).
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, NamedTuple
from urllib.parse import urlsplit

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeadersParserException

INDEXED = frozenset({"response", "revisit", "resource"})
BLOCK = 300  # lines
# What warcio 1.8 raises on a damaged file: its own errors, and stumbles over a missing header.
BROKEN = (
    ArchiveLoadFailed,
    StatusAndHeadersParserException,
    AttributeError,
    EOFError,
    IndexError,
    TypeError,
    ValueError,
    zlib.error,
)
WWW = re.compile(r"^www\d*\.")


class CdxLine(NamedTuple):
    """Sorts as an index must: by key, then by time."""

    key: str  # the URL with its host turned round
    timestamp: str  # 14 digits
    facts: str  # JSON
    url: str
    date: str  # as the WARC writes it


def lines_of(file: IO[bytes], name: str) -> Iterator[CdxLine]:
    """One line a record that a player can show. Raises ValueError for what is no WARC."""
    try:
        records = ArchiveIterator(file)
        for record in records:
            if record.rec_type not in INDEXED:
                continue
            offset = records.get_record_offset()
            records.read_to_end(record)
            yield line_of(record, name, offset, records.get_record_length())
    except BROKEN as error:
        raise ValueError(f"{name} is no WARC: {error}") from error


def line_of(record: ArcWarcRecord, name: str, offset: int, length: int) -> CdxLine:
    header = record.rec_headers.get_header
    url, date = header("WARC-Target-URI") or "", header("WARC-Date") or ""
    http = record.http_headers
    kind = (http.get_header("Content-Type") if http else header("Content-Type")) or ""
    facts = {
        "url": url,
        "mime": "warc/revisit" if record.rec_type == "revisit" else re.split("[;\\s]", kind)[0],
        "status": http.get_statuscode() if http else "200",
        "digest": header("WARC-Payload-Digest") or "",
        "length": str(length),
        "offset": str(offset),
        "filename": name,
    }
    return CdxLine(surt(url), re.sub(r"\D", "", date)[:14], json.dumps(facts), url, date)


def surt(url: str) -> str:
    """The URL as indexes sort it: host turned round, lower case, parameters in order."""
    if not url.startswith(("http:", "https:")):
        return url.replace(" ", "%20")
    try:
        parts = urlsplit(url.lower())
        port = f":{parts.port}" if parts.port and parts.port not in {80, 443} else ""
    except ValueError:
        return url.replace(" ", "%20")
    host = ",".join(reversed(WWW.sub("", parts.hostname or "").split(".")))
    query = "?" + "&".join(sorted(parts.query.split("&"))) if parts.query else ""
    return f"{host}{port}){parts.path or '/'}{query}".replace(" ", "%20")


def indexed(lines: Iterable[CdxLine]) -> tuple[bytes, bytes]:
    """`index.cdx.gz` and `index.idx`; the same lines give the same bytes."""
    ordered = sorted(set(lines))
    data = b""
    heads = ['!meta 0 {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}\n']
    for start in range(0, len(ordered), BLOCK):
        block = gzipped(ordered[start : start + BLOCK])
        place = json.dumps({"offset": len(data), "length": len(block)})
        heads.append(f"{ordered[start].key} {ordered[start].timestamp} {place}\n")
        data += block
    return data or gzipped([]), "".join(heads).encode()


def gzipped(lines: Sequence[CdxLine]) -> bytes:
    text = "".join(f"{one.key} {one.timestamp} {one.facts}\n" for one in lines)
    return gzip.compress(text.encode(), mtime=0)
