"""Canonical JSON: one value, one row of bytes, so that its hash means the same everywhere.

UTF-8, keys sorted by code point, no blanks, nothing escaped that need not be, whole numbers only.
Fractions are refused: two programs write them in two ways.
"""

from __future__ import annotations

import hashlib
import json


def canonical(value: object) -> bytes:
    """The bytes of a tree of dict (keys are str), list, tuple, str, int, bool and None.

    Raises TypeError for anything else, floats too; UnicodeEncodeError for text that is no Unicode
    (lone surrogates).
    """
    refuse_strangers(value)
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def refuse_strangers(value: object) -> None:
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise TypeError(f"a key of canonical JSON is text, not {type(key).__name__}")
            refuse_strangers(item)
    elif isinstance(value, list | tuple):
        for item in value:
            refuse_strangers(item)
    elif value is not None and not isinstance(value, str | int):
        raise TypeError(f"canonical JSON has no {type(value).__name__}")


def canonical_sha256(value: object) -> str:
    """Lower-case hex of the canonical bytes' SHA-256."""
    return hashlib.sha256(canonical(value)).hexdigest()
