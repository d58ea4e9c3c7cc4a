"""A package compared, byte by byte, with what its seal makes of it.

Standard library only: a part of the `verify.py` in every package. Nothing is unpacked.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Iterator
from typing import IO, Any

from evidence.layout import (
    BESIDES,
    SEAL,
    SEAL_SIGNATURE,
    Entry,
    entry_of,
    layout,
    local_header,
)
from evidence.naming import FACTS
from evidence.report import Wrong

SMALL = 32 << 20  # bytes of the largest file that is read whole
MOST_FACTS = 4 << 20  # bytes of the largest facts that are; ours are some kilobytes
DIFFERENCES = {
    "data": ("内容被改动", "its content was changed"),
    "header": ("内容相符，zip 文件头被改动", "its zip header was changed, its content was not"),
    "directory": (
        "内容相符，zip 目录项被改动",
        "its zip directory was changed, its content was not",
    ),
    "end": ("zip 结尾被改动或缺失", "the end of the zip was changed or is missing"),
    "more": ("zip 之后还有数据", "there is more behind the end of the zip"),
}


def front(file: IO[bytes], path: str) -> bytes:
    """One of the two first entries, its header proved by its own content."""
    start = file.read(30 + len(path))
    size = struct.unpack_from("<I", start, 18)[0] if len(start) == 30 + len(path) else 0
    data = file.read(size) if size <= SMALL else b""
    if start != local_header(entry_of(path, data)):
        raise Wrong(path, "缺失或被改动", "missing or changed")
    return data


def listed(seal: Any) -> list[Entry]:  # noqa: ANN401 (JSON)
    """The entries that a seal lists; raises Wrong unless all are well-formed, in order, once."""
    found: list[Entry] = []
    try:
        rows = [(row["path"], row["size"], row["sha256"], row["crc32"]) for row in seal["files"]]
        found = [Entry(*row) for row in rows]
        good = all(one.well_formed() for one in found) and isinstance(seal["head"], dict)
    except (KeyError, TypeError):
        good = False
    paths = [one.path for one in found] if good else []
    if not good or paths != sorted(set(paths)) or {SEAL, SEAL_SIGNATURE} & set(paths):
        raise Wrong(SEAL, "文件清单不合格式", "its list of files is malformed")
    return found


def compared(file: IO[bytes], entries: list[Entry]) -> Iterator[tuple[Entry, bytes, str]]:
    """Each entry as found, its bytes where they are small evidence, and what differs ("" nothing).

    Differences: "data", "header", "directory"; of the file's end, under the path "zip".
    """
    found: dict[str, Entry] = {}
    kept: dict[str, bytes] = {}
    wrong: dict[str, str] = {}
    for part, entry, wanted in layout(entries):
        path = entry.path if entry else "zip"
        if entry and part == "data":
            found[path], kept[path] = read_entry(file, entry)
            same = found[path].sha256 == entry.sha256
        else:
            same = file.read(len(wanted)) == wanted
        if not same:
            wrong.setdefault(path, part)
    for entry in entries:
        yield found[entry.path], kept[entry.path], wrong.get(entry.path, "")
    more = "end" if "zip" in wrong else "more" if file.read(1) else ""
    yield Entry("zip", 0, "", 0), b"", more


def read_entry(file: IO[bytes], entry: Entry) -> tuple[Entry, bytes]:
    """What stands where the entry should: hashes in one pass, the bytes of small evidence."""
    hashes = [hashlib.sha256(), *new_sm3()]
    kept: list[bytes] = []
    left, crc = entry.size, 0
    keeps = entry.size <= most_kept(entry.path)
    while left and (block := file.read(min(left, 1 << 20))):
        left, crc = left - len(block), zlib.crc32(block, crc)
        for one in hashes:
            one.update(block)
        if keeps:
            kept.append(block)
    digests = [one.hexdigest() for one in hashes]
    found = Entry(entry.path, entry.size - left, digests[0], crc, digests[1] if digests[1:] else "")
    return found, b"".join(kept)


def most_kept(path: str) -> int:
    """Bytes of the largest file of this name whose content is looked into."""
    if FACTS.fullmatch(path):
        return MOST_FACTS
    return SMALL if BESIDES.fullmatch(path) else -1


def new_sm3() -> list[Any]:
    try:
        return [hashlib.new("sm3")]
    except ValueError:
        return []
