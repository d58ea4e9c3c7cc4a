#!/usr/bin/env python3
"""The shape of an evidence package, for who writes it and for who verifies it.

A package is a ZIP (a WACZ 1.1.1) whose every byte follows from the list in `evidence/seal.json`
and from the contents: nothing is compressed, and headers, order and directory are made by `layout`
below. A verifier compares the file with what the signed list makes of it, byte for byte, so there
is no place that a change could hide in.

Standard library only: this file is the first half of the `verify.py` in every package.
"""

from __future__ import annotations

import hashlib
import json
import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

SEAL, SEAL_SIGNATURE = "evidence/seal.json", "evidence/seal.sig"
MANIFEST, MANIFEST_SIGNATURE = "evidence/manifest.json", "evidence/manifest.sig"
PUBLIC_KEY, CUSTODY = "evidence/public-key.pem", "evidence/custody.jsonl"
ROOTS = "evidence/tsa-roots.pem"
DATAPACKAGE, DIGEST = "datapackage.json", "datapackage-digest.json"
# What the seal lists and the manifest does not; tsr-1.tsr … are the authorities' answers,
# roll-1.json … lists of captures' hashes that were stamped soon after the captures.
BESIDES = re.compile(
    r"evidence/(?:manifest\.(?:json|sig)|public-key\.pem|custody\.jsonl|tsa-roots\.pem"
    r"|tsr-[0-9]+\.tsr|roll-[0-9]+\.json)"
)
# Two names deep, as `wacz validate` can tell files apart.
PATH = re.compile(r"(?:archive|indexes|pages|evidence)/[a-z0-9][a-z0-9._-]{0,120}")
HEX = re.compile(r"[0-9a-f]{64}")
LARGE, MANY = 0xFFFFFFFF, 0xFFFF  # from here on sizes and counts stand in ZIP64 fields
TEST_MARK = "certsweep TEST authority"  # named in the certificate of the authority tests start


@dataclass(frozen=True)
class Entry:
    path: str
    size: int  # bytes
    sha256: str
    crc32: int
    sm3: str = ""  # "" where this Python has no SM3

    def well_formed(self) -> bool:
        """Whether it can stand in a package; the fields may come from anyone's JSON."""
        return (
            type(self.size) is int
            and type(self.crc32) is int
            and 0 <= self.size < 1 << 44
            and 0 <= self.crc32 < 1 << 32
            and PATH.fullmatch(self.path) is not None
            and HEX.fullmatch(self.sha256) is not None
        )


def entry_of(path: str, data: bytes) -> Entry:
    return Entry(path, len(data), hashlib.sha256(data).hexdigest(), zlib.crc32(data))


def narrow(value: int) -> int:
    """The value, or the sign that it stands in a ZIP64 field."""
    return 0xFFFFFFFF if value >= LARGE else value


def local_header(entry: Entry) -> bytes:
    name, wide = entry.path.encode(), entry.size >= LARGE
    extra = struct.pack("<HHQQ", 1, 16, entry.size, entry.size) if wide else b""
    size, version = narrow(entry.size), 45 if wide else 20
    fixed = (version, 0x0800, 0, 0, 0x21, entry.crc32, size, size, len(name), len(extra))
    return struct.pack("<4s5H3I2H", b"PK\x03\x04", *fixed) + name + extra


def central_record(entry: Entry, offset: int) -> bytes:
    name = entry.path.encode()
    large = [value for value in (entry.size, entry.size, offset) if value >= LARGE]
    extra = struct.pack(f"<HH{len(large)}Q", 1, 8 * len(large), *large) if large else b""
    size, version = narrow(entry.size), 45 if large else 20
    fixed = (0x0314, version, 0x0800, 0, 0, 0x21, entry.crc32, size, size, len(name), len(extra))
    rest = (0, 0, 0, 0o100644 << 16, narrow(offset))
    return struct.pack("<4s6H3I5H2I", b"PK\x01\x02", *fixed, *rest) + name + extra


def end_records(count: int, size: int, offset: int) -> bytes:
    wide = b""
    if count >= MANY or size >= LARGE or offset >= LARGE:
        fixed = (44, 0x032D, 45, 0, 0, count, count, size, offset)
        wide = struct.pack("<4sQ2H2I4Q", b"PK\x06\x06", *fixed)
        wide += struct.pack("<4sIQI", b"PK\x06\x07", 0, offset + size, 1)
    few, size, offset = 0xFFFF if count >= MANY else count, narrow(size), narrow(offset)
    return wide + struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, few, few, size, offset, 0)


def layout(entries: list[Entry]) -> Iterator[tuple[str, Entry | None, bytes]]:
    """The file piece by piece: "header", "data" (its bytes are the entry's), "directory", "end"."""
    offset, offsets = 0, {}
    for entry in entries:
        header = local_header(entry)
        offsets[entry.path] = offset
        offset += len(header) + entry.size
        yield "header", entry, header
        yield "data", entry, b""
    size = 0
    for entry in entries:
        record = central_record(entry, offsets[entry.path])
        size += len(record)
        yield "directory", entry, record
    yield "end", None, end_records(len(entries), size, offset)


def canonical(value: object) -> bytes:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def datapackage(head: dict[str, Any], entries: list[Entry]) -> tuple[bytes, bytes]:
    """`datapackage.json` of WACZ 1.1.1 and its digest, from the head that the seal states."""
    resources = [
        {"name": one.path, "path": one.path, "hash": f"sha256:{one.sha256}", "bytes": one.size}
        for one in entries
    ]
    described = canonical({**head, "profile": "data-package", "resources": resources})
    sha256 = hashlib.sha256(described).hexdigest()
    return described, canonical({"path": DATAPACKAGE, "hash": f"sha256:{sha256}"})


def whole(seal: bytes, signature: bytes, head: dict[str, Any], files: list[Entry]) -> list[Entry]:
    """All entries of a package in their order; `files` are those that the seal lists."""
    first = [entry_of(SEAL, seal), entry_of(SEAL_SIGNATURE, signature), *files]
    described, digest = datapackage(head, first)
    return [*first, entry_of(DATAPACKAGE, described), entry_of(DIGEST, digest)]
