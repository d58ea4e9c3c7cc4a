"""One sentence of offer in a long honest page: the model looks at the words around a plain claim.

A long text is weighed as a whole, and one sentence weighs little in it. Where rules make a claim
out in the author's own mouth, with nothing in the whole page that takes it back, the stretch
around it is weighed by itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from classifiers.eye import Eye
from classifiers.learned import Weights, weigh
from classifiers.look import Look
from classifiers.shape import measures
from classifiers.stance import enrols, leaves_own_number
from classifiers.subject import Subject
from classifiers.text_features import grams

LONG = 250  # characters; a shorter text is its own surroundings
_PLAIN = 1.0  # share of its score that a claim keeps: nothing in the page takes it back
_STRETCHES = 3
_OFFERING = {"seller": 1.0, "school": 0.7}  # voice -> share that a claim keeps in it at least
_BRIEF = 600  # characters of an advertisement; beyond it a number may be anything's example
_SURE = 0.6  # score of a rule that says more than a hint


def closer(eye: Eye, weights: Weights, look: Look) -> float:
    """The largest probability of a stretch around a plain claim; 0 where there is none."""
    if len(look.document.text) <= LONG:
        return 0.0
    return max((_probability(eye, weights, text) for text in stretches(look)), default=0.0)


def sentence_closest(eye: Eye, weights: Weights, look: Look) -> float:
    """The largest probability of a sentence by itself that makes a plain claim in the mouth of a
    page that enrols: one sentence of offer in a prospectus is meant as such. 0 where none does."""
    document, least = look.document, _OFFERING.get(look.speaker.voice)
    brief = len(document.text) <= _BRIEF and leaves_own_number(document)
    if least is None or not (brief or enrols(document)):
        return 0.0
    plain = sorted(
        (-claim.rule.score * share, match.start, match.end)
        for claim in look.claims
        for share, match in claim.kept[:_STRETCHES]
        if share >= least and claim.rule.score >= _SURE
    )
    texts = (document.text[slice(*document.sentence(low, high))] for _, low, high in plain)
    return max((_probability(eye, weights, text) for text in [*texts][:_STRETCHES]), default=0.0)


def stretches(look: Look) -> Iterator[str]:
    """The author's own characters around the strongest plain claims."""
    document = look.document
    plain = [
        (-claim.rule.score * share, match.start, match.end)
        for claim in look.claims
        for share, match in claim.kept[:_STRETCHES]
        if share >= _PLAIN
    ]
    for _, start, end in sorted(plain)[:_STRETCHES]:
        low, high = document.near(start, end)
        inside = next((b for b in document.bounds if b[1] <= start and end <= b[2]), None)
        if inside is not None:
            first, last = document.folded.span(max(low, inside[1]), min(high, inside[2]))
            yield document.original[first:last]


def _probability(eye: Eye, weights: Weights, text: str) -> float:
    look = eye.look(Subject(text=text))
    if look is None:
        return 0.0
    return weigh(weights, grams(look.document.text), measures(look)).probability
