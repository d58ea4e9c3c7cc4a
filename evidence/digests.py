"""The two digests of every artefact: SHA-256, and SM3 of GB/T 32905-2016."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Digests:
    sha256: str  # lower-case hex
    sm3: str  # lower-case hex; "" where this machine's OpenSSL has no SM3


def digests_of(data: bytes) -> Digests:
    return Digests(sha256=hashlib.sha256(data).hexdigest(), sm3=sm3_of(data))


def sm3_of(data: bytes) -> str:
    """SM3 as hex; "" where OpenSSL was built without it: unknown, which nobody may call checked."""
    try:
        return hashlib.new("sm3", data).hexdigest()
    except ValueError:
        return ""
