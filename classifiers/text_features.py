"""A document as numbers for the learned model: n-grams of characters and words, hashed.

The folded text is looked at with job titles and figures masked, so that what is learned of a
welder's certificate holds for a nurse's. Places lead back to the document, so that the share of
each word in a score can be shown.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from classifiers.catalogue import find_jobs
from classifiers.hashing import Hashed, Places
from classifiers.segments import words

BITS = 18  # each kind of feature has 2**18 places
WORDS_FROM = 1 << BITS  # the features of words stand after those of characters
FEATURES = 2 << BITS
LONGEST = 4  # characters of an n-gram
MOST = 40_000  # characters looked at; what a longer page says, it says there
_TITLE, _FIGURE = ord("㊣"), ord("0")
_FIGURES = 3  # of a run of figures that are kept


@dataclass(frozen=True, slots=True)
class Grams:
    """Features of one text; piece i covers document.text[starts[i]:ends[i]]."""

    features: Places  # ascending within each kind, words after characters
    values: npt.NDArray[np.float32]
    pieces: Places  # the feature of each piece, repeats too
    starts: Places
    ends: Places


def masked(text: str) -> tuple[str, Places]:
    """The text with each job title as one sign and long figures cut; where each sign stood."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).copy()
    figures = (codes >= 0x30) & (codes <= 0x39)
    codes[figures] = _FIGURE
    codes[(codes >= 0xD800) & (codes <= 0xDFFF)] = 0xFFFD  # halves that no segmenter takes
    keep = codes != 0x0A
    for job in find_jobs(text):
        codes[job.start : job.end] = _TITLE
    same = np.concatenate(([False], codes[1:] == codes[:-1]))
    keep &= ~(same & (codes == _TITLE))
    long_run = same.copy()
    for _ in range(_FIGURES - 1):
        long_run[1:] = long_run[1:] & long_run[:-1] & same[1:]
    keep &= ~(long_run & (codes == _FIGURE))
    places = np.flatnonzero(keep)
    return codes[places].astype("<u4").tobytes().decode("utf-32-le", "surrogatepass"), places


def grams(text: str) -> Grams:
    """Binary presence, each kind scaled to length one."""
    shown, places = masked(text[:MOST])
    if not shown:
        nothing = np.zeros(0, dtype=np.int64)
        return Grams(nothing, np.zeros(0, dtype=np.float32), nothing, nothing, nothing)
    hashed = Hashed(np.frombuffer(shown.encode("utf-32-le", "surrogatepass"), np.uint32))
    kinds = [_characters(hashed, len(shown)), _words(hashed, shown)]
    features, values = [], []
    for number, (pieces, _, _) in enumerate(kinds):
        found = np.unique(pieces) + (number << BITS)
        features.append(found)
        values.append(np.full(len(found), 1 / np.sqrt(max(len(found), 1)), dtype=np.float32))
    ends = np.append(places, min(len(text), MOST))  # a sign reaches to the next one
    return Grams(
        np.concatenate(features),
        np.concatenate(values),
        np.concatenate([kind[0] + (number << BITS) for number, kind in enumerate(kinds)]),
        np.concatenate([places[kind[1]] for kind in kinds]),
        np.concatenate([ends[kind[2]] for kind in kinds]),
    )


def _characters(hashed: Hashed, size: int) -> tuple[Places, Places, Places]:
    starts = [np.arange(max(size - n + 1, 0)) for n in range(1, LONGEST + 1)]
    pieces = [
        hashed.pieces(start, start + n, n, BITS)
        for n, start in zip(range(1, LONGEST + 1), starts, strict=True)
    ]
    ends = [start + n for n, start in zip(range(1, LONGEST + 1), starts, strict=True)]
    return np.concatenate(pieces), np.concatenate(starts), np.concatenate(ends)


def _words(hashed: Hashed, text: str) -> tuple[Places, Places, Places]:
    """Words and pairs of words."""
    lengths = np.fromiter(map(len, words(text)), dtype=np.int64)
    ends = np.cumsum(lengths)
    starts = ends - lengths
    parts = [(starts, ends, 11), (starts[:-1], ends[1:], 12)]
    return (
        np.concatenate([hashed.pieces(low, high, salt, BITS) for low, high, salt in parts]),
        np.concatenate([low for low, _, _ in parts]),
        np.concatenate([high for _, high, _ in parts]),
    )
