"""Which clauses of a text speak most for an offence, by the weights of the learned model."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from classifiers.document import Document
from classifiers.learned import Floats, Weights
from classifiers.text_features import WORDS_FROM, Grams

_QUOTE = 80  # characters of a passage shown as evidence
_LEAST_SHARE = 0.5  # of the strongest one's weight, for another passage to be shown
_PASSAGES = 3
_WORDS = 3  # named in an explanation
_HAN = re.compile("[\u3400-\u9fff]")
_LEAST_HAN = 4
# Menus, footers and numbers to call are on every page and show nothing.
_FURNITURE = re.compile(
    "icp备|icp证|公网安备|版权所有|©|copyright|powered by|技术支持|上一篇|下一篇|网站地图|返回顶部"
    "|^首页|^(?:联系)?(?:电话|热线|手机|微信|qq|地址|邮箱)[:： ]?[0-9a-z_ -]*$"
)
_LOOKED_AT = 60  # of the heaviest, for such as are words without punctuation


@dataclass(frozen=True, slots=True)
class Passage:
    """document.text[start:end], with the sum of what its characters weigh."""

    start: int
    end: int
    weight: float


def pulls(weights: Weights, grams: Grams) -> Floats:
    """What each piece of the text adds to the sum, repeats sharing nothing."""
    if not len(grams.features):
        return np.zeros(0, dtype=np.float32)
    where = np.searchsorted(grams.features, grams.pieces)
    return weights.grams[grams.pieces] * grams.values[where]


def strongest(document: Document, grams: Grams, pulled: Floats) -> tuple[Passage, ...]:
    """The clauses that speak strongest, best first; at least one where the text has a word."""
    running = np.concatenate(([0.0], np.cumsum(_by_character(len(document.text), grams, pulled))))
    found = [
        Passage(start, end, float(running[end] - running[start]))
        for start, end in _clauses(document)
    ]
    found.sort(key=lambda one: -one.weight)
    least = found[0].weight * _LEAST_SHARE if found else 0.0
    return tuple(
        one for at, one in enumerate(found[:_PASSAGES]) if at == 0 or one.weight >= least > 0
    )


def _by_character(size: int, grams: Grams, pulled: Floats) -> npt.NDArray[np.float64]:
    """Each piece's weight spread over its characters."""
    share = pulled / np.maximum(grams.ends - grams.starts, 1)
    change = np.zeros(size + 1)
    np.add.at(change, grams.starts, share)
    np.add.at(change, grams.ends, -share)
    return np.cumsum(change)[:size]


def _clauses(document: Document) -> list[tuple[int, int]]:
    """Stretches between stops and field ends, long ones cut, blanks trimmed."""
    text = document.text
    edges = sorted({0, len(text), *document.breaks, *(end for _, _, end in document.bounds)})
    clauses = []
    for low, high in itertools.pairwise(edges):
        for start in range(low, high, _QUOTE):
            piece = text[start : min(high, start + _QUOTE)]
            first = start + len(piece) - len(piece.lstrip())
            last = start + len(piece.rstrip())
            if document.field_of(first, last) and says_something(text[first:last]):
                clauses.append((first, last))
    return clauses


def says_something(clause: str) -> bool:
    """Whether a person could sign for it: Chinese words, and not the furniture of a page."""
    return len(_HAN.findall(clause)) >= _LEAST_HAN and _FURNITURE.search(clause) is None


def telling_words(document: Document, passage: Passage, grams: Grams, pulled: Floats) -> list[str]:
    """The words of a passage that weigh most, in text order."""
    inside = np.flatnonzero(
        (grams.starts >= passage.start)
        & (grams.ends <= passage.end)
        & (grams.ends - grams.starts >= 2)
        & (grams.pieces >= WORDS_FROM)
        & (pulled > 0)
    )
    ranked = inside[np.argsort(-pulled[inside])][:_LOOKED_AT].tolist()
    best = [at for at in ranked if document.text[grams.starts[at] : grams.ends[at]].isalnum()]
    best = sorted(best[:_WORDS], key=lambda at: (grams.starts[at], grams.ends[at]))
    return list(dict.fromkeys(document.text[grams.starts[at] : grams.ends[at]] for at in best))
