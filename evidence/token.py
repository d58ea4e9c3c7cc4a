"""What a timestamp itself says, read from the bytes that its signature covers.

An answer of an authority is `TimeStampResp`: a status with free text, which nobody signed, and the
token, which is signed. Only the token is believed; what openssl prints of an answer is not, for
the free text stands in it too and may look like anything. Standard library only: a part of the
`verify.py` in every package.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from evidence.der import (
    CONTEXT_0,
    INTEGER,
    OCTETS,
    OID,
    SEQUENCE,
    SET,
    TEXT,
    TIME,
    tlv,
    within,
)

SIGNED_DATA = bytes.fromhex("2a864886f70d010702")  # RFC 5652
TST_INFO = bytes.fromhex("2a864886f70d0109100104")  # RFC 3161
SHA256 = bytes.fromhex("608648016503040201")
GRANTED = b"\0"
# RFC 3161: UTC, seconds always, a fraction only if it ends in no zero.
MOMENT = re.compile(rb"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d{0,8}[1-9]))?Z")
UTC = timezone.utc  # noqa: UP017 (datetime.UTC came with Python 3.11)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
PLAIN = " .,()-，。（）"  # with letters, all that a status text may hold
LONGEST = 64  # characters of a status text; real ones say "Operation Okay"


@dataclass(frozen=True)
class Told:
    token: bytes  # the signed part alone, a ContentInfo in DER
    moment: datetime  # genTime
    imprint: bytes
    algorithm: bytes  # of the imprint, an OID's content
    beside: bytes  # what the unsigned status holds besides its number

    @property
    def seconds(self) -> int:
        """Since 1970."""
        return (self.moment - EPOCH) // timedelta(seconds=1)


def told_by(answer: bytes) -> Told:
    """What a granted answer says; raises ValueError for any other answer and for what is none."""
    (response,) = within(answer, SEQUENCE)
    status, token = within(response, SEQUENCE, SEQUENCE)
    (number,) = within(status, INTEGER, more=True)
    if number != GRANTED:
        raise ValueError("not granted")
    signed = explicit(token, SIGNED_DATA, SEQUENCE)
    _, _, capsule = within(signed, INTEGER, SET, SEQUENCE, more=True)
    (info,) = within(explicit(capsule, TST_INFO, OCTETS), SEQUENCE)
    _, _, imprint, _, when = within(info, INTEGER, OID, SEQUENCE, INTEGER, TIME, more=True)
    algorithm, digest = within(imprint, SEQUENCE, OCTETS)
    (name,) = within(algorithm, OID, more=True)
    beside = status[len(tlv(INTEGER, GRANTED)) :]
    return Told(tlv(SEQUENCE, token), moment_of(when), digest, name, beside)


def explicit(content: bytes, kind: bytes, tag: int) -> bytes:
    """The one element, of this tag, in a content of this kind, as RFC 5652 wraps it."""
    name, wrapped = within(content, OID, CONTEXT_0)
    if name != kind:
        raise ValueError("another kind of content")
    return within(wrapped, tag)[0]


def moment_of(text: bytes) -> datetime:
    """Raises ValueError for what is no time, or none since 1970."""
    found = MOMENT.fullmatch(text)
    if found is None:
        raise ValueError("no time")
    year, month, day, hour, minute, second = (int(part) for part in found.groups()[:6])
    fraction = int((found[7] or b"")[:6].ljust(6, b"0"))
    moment = datetime(year, month, day, hour, minute, second, fraction, tzinfo=UTC)
    if moment < EPOCH:
        raise ValueError("a time before 1970")
    return moment


def bare(told: Told) -> bytes:
    """The answer with nothing unsigned in it but the word "granted"."""
    return tlv(SEQUENCE, tlv(SEQUENCE, tlv(INTEGER, GRANTED)) + told.token)


def is_odd(told: Told) -> bool:
    """Whether the status of a granted answer holds anything but a few plain words.

    Figures and colons have no business there: an answer that was tampered with on its way would
    name another time in it.
    """
    if not told.beside:
        return False
    try:
        (texts,) = within(told.beside, SEQUENCE)
        (words,) = within(texts, TEXT)
        text = words.decode()
    except ValueError:
        return True
    return len(text) > LONGEST or not all(sign.isalpha() or sign in PLAIN for sign in text)
