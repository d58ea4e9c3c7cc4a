"""Whether a hit begins and ends where Chinese words do, asked of the segmenter (rjieba).

Same tokens as jieba with HMM off. Only short windows around a doubtful hit are cut.
"""

from __future__ import annotations

from functools import cache, lru_cache

import rjieba

from classifiers.folding import Folded

_SIDE = 8  # characters looked at either side of a hit


@cache
def _jieba() -> rjieba.Jieba:
    # Our own instance: words that others add to the default one would change our answers.
    return rjieba.Jieba()


def words(text: str) -> list[str]:
    """All words of a text, in order and without loss."""
    return _jieba().cut(text, hmm=False)


@lru_cache(maxsize=4096)
def _cuts(text: str) -> frozenset[int]:
    at, cuts = 0, [0]
    for token in _jieba().cut(text, hmm=False):
        at += len(token)
        cuts.append(at)
    return frozenset(cuts)


def is_whole(text: str, start: int, end: int) -> bool:
    """Whether the words of the sentence end where the hit does."""
    low = max(0, start - _SIDE)
    cuts = _cuts(text[low : end + _SIDE])
    return start - low in cuts and end - low in cuts


def is_whole_over_gaps(folded: Folded, start: int, end: int) -> bool:
    """The same for a hit that holds closed gaps: what stood on each side is cut by itself.

    面包 过期 is two words of which the hit would take the halves; 包♂过 is one word taken apart.
    """
    inside = folded.gaps_between(start, end)
    low = max(start - _SIDE, 0, *folded.gaps_between(start - _SIDE, start + 1))
    high = min(end + _SIDE, len(folded.text), *folded.gaps_between(end - 1, end + _SIDE))
    left = _cuts(folded.text[low : inside[0]])
    right = _cuts(folded.text[inside[-1] : high])
    return start - low in left and end - inside[-1] in right
