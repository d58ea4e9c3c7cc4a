"""Certificates of a timestamp put in the order that DER asks for.

`openssl ts -reply`, and with it many authorities, sends more than one certificate in the order they
were given; rfc3161-client refuses such a set (InvalidSetOrdering). The set is not signed, and in
order it is as long as before, so putting it right changes nothing that is proved.
"""

from __future__ import annotations

from evidence.der import CONTEXT_0, children


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
