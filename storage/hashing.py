"""Passwords hashed a few at a time: each takes 19 MB while it lasts, and what was once taken stays.

Fifty people who log in at eight would else take 600 MB of a machine that has two.
"""

from __future__ import annotations

import os
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

AT_ONCE = max(2, min(4, os.cpu_count() or 2))
# OWASP's second choice; measured 60-130 ms and 19 MB on two shared cores.
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
LONGEST = 200  # signs of a password that are looked at
turns = BoundedSemaphore(AT_ONCE)


def hashed(password: str) -> str:
    with turns:
        return HASHER.hash(password)


def fits(password_hash: str, password: str) -> bool:
    """Takes 60-130 ms on purpose, and longer in a line: call it in a thread."""
    try:
        with turns:
            return HASHER.verify(password_hash, password[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False
