"""A small strict reader of DER: tags of one byte, lengths definite and as short as can be.

Standard library only: a part of the `verify.py` in every package.
"""

from __future__ import annotations

from collections.abc import Iterator

INTEGER, OCTETS, OID, TIME, TEXT = 0x02, 0x04, 0x06, 0x18, 0x0C
SEQUENCE, SET, CONTEXT_0 = 0x30, 0x31, 0xA0


def children(data: bytes, start: int, end: int) -> Iterator[tuple[int, int, int, int]]:
    """Tag, first byte, first byte of the content, and end of each element in a DER content.

    Raises ValueError for what is no DER.
    """
    while start < end:
        content, last = element(data, start, end)
        yield data[start], start, content, last
        start = last


def element(data: bytes, start: int, end: int) -> tuple[int, int]:
    if start + 2 > end:
        raise ValueError("cut short")
    size, content = data[start + 1], start + 2
    if data[start] & 0x1F == 0x1F or size == 0x80 or size > 0x84:
        raise ValueError("no DER")
    if size > 0x80:
        content += size & 0x7F
        size = int.from_bytes(data[start + 2 : content], "big")
        if size < 0x80 or data[start + 2] == 0:
            raise ValueError("a length longer than DER allows")
    if content + size > end:
        raise ValueError("cut short")
    return content, content + size


def within(data: bytes, *tags: int, more: bool = False) -> list[bytes]:
    """Contents of the elements in `data`, which must have these tags in this order.

    `more`: others may follow, and are not given. Raises ValueError for anything else.
    """
    found = list(children(data, 0, len(data)))
    if tuple(one[0] for one in found[: len(tags)]) != tags or (len(found) > len(tags) and not more):
        raise ValueError("not the elements that must be there")
    return [data[content:end] for _, _, content, end in found[: len(tags)]]


def tlv(tag: int, content: bytes) -> bytes:
    """One element."""
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content
