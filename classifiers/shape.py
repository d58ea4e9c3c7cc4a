"""Named measures of a text for the learned model: rules, concepts, voices, disguises, lengths.

What a rule or a concept means to a text is learned from examples; the names stand in the weights,
so that a rule written after the model was made has no say in it and speaks for itself alone.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from classifiers.document import Document, Places
from classifiers.look import Look
from classifiers.stance import weights_of
from classifiers.topic import on_topic

_ODD_LATIN = re.compile(r"(?<=[\u4e00-\u9fff])[a-z]{1,6}(?=[\u4e00-\u9fff])")
_SIGNS = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf]")
_MOST_WEIGHT = 6.0
# Blanks a character: so many stand between the words of a text that is written word by word.
_WORDS_APART = (0.1, 0.38)
_OWN = 50  # places of a concept looked at
_GAPS = 300  # looked at; more tell nothing new
_OFF_TOPIC = 6.0  # large, so that little weight is enough to hold such a text back

Measures = dict[str, float]


def measures(look: Look) -> Measures:
    """By name; what is absent is zero."""
    found: Measures = {}
    found.update(_of_claims(look))
    found.update(_of_concepts(look.document))
    found.update(_of_voices(look))
    found.update(_of_writing(look.document))
    return found


def _of_claims(look: Look) -> Iterator[tuple[str, float]]:
    by_code: dict[str, float] = {}
    for claim in look.claims:
        yield f"rule {claim.rule.name}", 1.0
        yield f"share {claim.rule.name}", claim.share
        code = claim.rule.code
        by_code[code] = max(by_code.get(code, 0.0), claim.share)
    for name in look.unmet:
        yield f"unmet {name}", 1.0
    for code, share in by_code.items():
        yield f"code {code}", share
    made = sum(1 for claim in look.claims if claim.share > 0)
    yield "claims", math.log1p(made)
    left = 1.0
    for claim in look.claims:
        left *= 1.0 - min(0.98, claim.rule.score * claim.share)
    yield "together", 2 * (1.0 - left)


def _of_concepts(document: Document) -> Iterator[tuple[str, float]]:
    title_end = document.title_end()
    for name, places in document.concepts.items():
        if not places.starts:
            continue
        yield f"said {name}", math.log1p(len(places.starts)) / 2
        own = document.own_count(name, places, _OWN)
        if own:
            yield f"own {name}", math.log1p(own) / 2
        if places.ends[0] <= title_end:
            yield f"title {name}", 0.5


def _of_voices(look: Look) -> Iterator[tuple[str, float]]:
    yield f"voice {look.speaker.voice}", 1.0
    for voice, weight in weights_of(look.document).items():
        yield f"weight {voice}", min(weight, _MOST_WEIGHT) / 3
    if look.speaker.host:
        yield f"host {look.speaker.host}", 1.0


def _of_writing(document: Document) -> Iterator[tuple[str, float]]:
    text = document.text
    size = max(len(text), 1)
    gaps, blanks = _gaps(document)
    yield "length", math.log(size) / 4
    yield "gaps", math.log1p(gaps)
    if not _WORDS_APART[0] < blanks / size < _WORDS_APART[1]:
        yield "blanks", math.log1p(blanks)
    yield "gaps a character", min(gaps / size * 10, 2.0)
    yield "quoted", _length(document.quoted) / size
    yield "reported", _length(document.reported) / size
    yield "off topic", 0.0 if on_topic(text) else _OFF_TOPIC
    yield "titled", float(document.title_end() > 0)
    yield "latin inside", math.log1p(sum(1 for _ in _ODD_LATIN.finditer(text)))
    yield "signs", math.log1p(sum(1 for _ in _SIGNS.finditer(document.original[:5000])))


def _gaps(document: Document) -> tuple[int, int]:
    """Places where a sign, and where a blank, was set into a run of Chinese characters."""
    folded, original = document.folded, document.original
    closed = [original[folded.ends[gap - 1] : folded.starts[gap]] for gap in folded.gaps[:_GAPS]]
    signs = sum(1 for between in closed if between.strip())
    return signs, len(closed) - signs


def _length(places: Places) -> int:
    return sum(places.ends) - sum(places.starts)
