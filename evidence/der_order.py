"""Certificates of a timestamp put in the order that DER asks for.

`openssl ts -reply`, and with it many authorities, sends more than one certificate in the order they
were given; rfc3161-client refuses such a set (InvalidSetOrdering). The set is not signed, and in
order it is as long as before, so putting it right changes nothing that is proved.
"""

from __future__ import annotations

from collections.abc import Iterator

CONTEXT_0 = 0xA0


def ordered(answer: bytes) -> bytes:
    """The same answer with its certificates in order; unchanged where it has another shape."""
    try:
        start, end = certificates(answer)
        parts = [answer[first:last] for _, first, _, last in children(answer, start, end)]
    except ValueError:
        return answer
    return answer[:start] + b"".join(sorted(parts)) + answer[end:]


def certificates(answer: bytes) -> tuple[int, int]:
    """Where the certificates of TimeStampResp → ContentInfo → SignedData begin and end."""
    ((_, _, start, end),) = children(answer, 0, len(answer))
    _, token = list(children(answer, start, end))
    _, explicit = list(children(answer, *token[2:]))
    ((_, _, start, end),) = children(answer, *explicit[2:])
    for tag, _, content, last in list(children(answer, start, end))[3:]:
        if tag == CONTEXT_0:
            return content, last
    raise ValueError("no certificates")


def children(data: bytes, start: int, end: int) -> Iterator[tuple[int, int, int, int]]:
    """Tag, first byte, first byte of the content, and end of each element in a DER content."""
    while start < end:
        content, last = element(data, start, end)
        yield data[start], start, content, last
        start = last


def element(data: bytes, start: int, end: int) -> tuple[int, int]:
    if start + 2 > end:
        raise ValueError("cut short")
    size, content = data[start + 1], start + 2
    if size == 0x80 or size > 0x84:
        raise ValueError("no DER length")
    if size > 0x80:
        content += size & 0x7F
        size = int.from_bytes(data[start + 2 : content], "big")
    if content + size > end:
        raise ValueError("cut short")
    return content, content + size
