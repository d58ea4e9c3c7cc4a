"""Files of the snapshot store, measured in one pass and never held whole."""

from __future__ import annotations

import hashlib
import zlib
from typing import IO

from evidence.layout import Entry
from storage.snapshots import SnapshotStore

BLOCK = 1 << 20  # bytes read at a time


def measured(store: SnapshotStore, sha256: str, path: str) -> Entry | None:
    """The file as an entry of that path, hashed anew; None where its bytes are not what they were.

    Raises Problem where the store has no such file.
    """
    with store.opened(sha256) as file:
        found = measure(file, path)
    return found if found.sha256 == sha256 else None


def measure(file: IO[bytes], path: str) -> Entry:
    digest, chinese, crc, size = hashlib.sha256(), new_sm3(), 0, 0
    while block := file.read(BLOCK):
        digest.update(block)
        crc, size = zlib.crc32(block, crc), size + len(block)
        if chinese is not None:
            chinese.update(block)
    sm3 = chinese.hexdigest() if chinese is not None else ""
    return Entry(path, size, digest.hexdigest(), crc, sm3)


def new_sm3() -> hashlib._Hash | None:
    """None where this machine's OpenSSL has no SM3."""
    try:
        return hashlib.new("sm3")
    except ValueError:
        return None
