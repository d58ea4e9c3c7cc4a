"""Pieces of a text as numbers of a fixed range, thousands at a time.

A piece text[start:end] hashes to the sum of code[i] * BASE**(i - start), modulo 2**64: with running
sums every piece costs the same, however long. The low bits of such a sum are poor, so it is mixed.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int64]

_BASE = 0x9E3779B97F4A7C15  # odd, so that it has an inverse modulo 2**64
_INVERSE = pow(_BASE, -1, 1 << 64)
_MIX = np.uint64(0xD6E8FEB86659FD93)
_HALF = np.uint64(32)


class _Powers:
    """Powers of a number modulo 2**64, as many as the longest text so far needed."""

    def __init__(self, base: int) -> None:
        self._base = np.uint64(base)
        self._known: Numbers = np.ones(1, dtype=np.uint64)

    def first(self, count: int) -> Numbers:
        if len(self._known) < count:
            factors = np.full(max(count, 4096), self._base, dtype=np.uint64)
            factors[0] = 1
            self._known = np.cumprod(factors, dtype=np.uint64)
        return self._known[:count]


_FORWARD, _BACK = _Powers(_BASE), _Powers(_INVERSE)


class Hashed:
    """A text whose pieces can be hashed; `codes` are its code points."""

    def __init__(self, codes: npt.NDArray[np.uint32]) -> None:
        size = len(codes)
        self._back = _BACK.first(size + 1)
        self._sums = np.zeros(size + 1, dtype=np.uint64)
        np.cumsum(codes * _FORWARD.first(size), out=self._sums[1:])

    def pieces(self, starts: Places, ends: Places, salt: int, bits: int) -> Places:
        """One number below 2**bits for each text[start:end]; another salt gives others."""
        raw = (self._sums[ends] - self._sums[starts]) * self._back[starts]
        raw += np.uint64(salt * 0x2545F4914F6CDD1D & (1 << 64) - 1)
        for _ in range(2):
            raw ^= raw >> _HALF
            raw *= _MIX
        return (raw >> np.uint64(64 - bits)).astype(np.int64)
