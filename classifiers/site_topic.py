"""Whether a page is about certificates for sale or training for them: worth a walk of its site.

A look, not a judgement: it is to tell a school's or a dealer's site from a newspaper or a shop,
not an honest school from a sham one.
"""

from __future__ import annotations

from functools import cache

from ahocorasick_rs import AhoCorasick

from classifiers.concepts import load_concepts
from classifiers.folding import fold
from classifiers.hosts import official

PAPERS = ("vocational_paper",)
OFFERS = ("training_sale", "certificate_sale", "promise")
LEAST_PAPERS, LEAST_OFFERS = 2, 3  # different words
MOST_READ = 20_000  # characters


def on_topic(text: str, host: str = "") -> bool:
    """False for official hosts, whatever they say."""
    if host and official(host) is not None:
        return False
    folded = fold(text[:MOST_READ]).text
    return (
        words_found(PAPERS, folded) >= LEAST_PAPERS and words_found(OFFERS, folded) >= LEAST_OFFERS
    )


def words_found(concepts: tuple[str, ...], folded: str) -> int:
    """How many different words of these concepts stand in a folded text."""
    finder, words = words_of(concepts)
    found = finder.find_matches_as_indexes(folded, overlapping=True)
    return len({words[number] for number, _, _ in found})


@cache
def words_of(names: tuple[str, ...]) -> tuple[AhoCorasick, list[str]]:
    known = load_concepts()
    words = sorted({word for name in names for word in known[name].words})
    return AhoCorasick(words), words
