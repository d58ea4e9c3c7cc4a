"""What became of one rule's words in a text, place by place: why it counted them or did not.

Asks the judge's own functions about each place, so that what it tells is what is done.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from operator import attrgetter, itemgetter

from classifiers.look import claim_of
from classifiers.matching import (
    Candidate,
    Match,
    Part,
    RoleSpans,
    _holds,
    _pattern_spans,
    _read,
    _signalled,
    _unswallowed,
    _whole,
    find_matches,
)
from classifiers.reading import Reading
from classifiers.rulebook import Condition, Rule
from classifiers.stance import _ABOUT, _NOT_MEANT, _denied, _local, keeps
from storage.records import Evidence

SHOWN = 8  # places of one rule and fate told one by one
_LOOKED_AT = 200  # places of one rule at most; a page may repeat itself without end
_LONGEST = 40  # characters of a harmless word
_WITNESSES = dict.fromkeys(
    (
        *("contact_number", "cta", "price", "their_number"),
        *_NOT_MEANT,
        *_ABOUT,
        *("official", "negation", "denial"),
    )
)


class Fate(StrEnum):
    """What became of a place, in the order in which the judge asks."""

    NO_PATTERN = "no_pattern"  # the anchor stands there, the pattern does not
    HALF_WORD = "half_word"  # halves of other words
    SWALLOWED = "swallowed"  # part of a longer harmless word
    FIELD = "field"  # in a field the rule does not read, or across two
    SIGNAL = "signal"  # disguised, and nothing near that speaks of certificates or offers
    CONTEXT = "context"
    HOST = "host"  # not on a host the rule is about
    DENIED = "denied"
    COUNTED = "counted"


@dataclass(frozen=True, slots=True)
class Check:
    """One condition of the rule at one place."""

    condition: Condition
    holds: bool
    seen: tuple[tuple[str, tuple[str, ...]], ...]  # concept, its words within reach


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Words of the rule that came to nothing."""

    quote: str  # the author's own characters
    evidence: Evidence | None  # None for words that run over from one field into the next
    fate: Fate
    by: tuple[str, ...] = ()  # the words that decided it
    checks: tuple[Check, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Words that hold up, context and all, and the share of the score they keep."""

    quote: str
    evidence: Evidence | None
    fate: Fate  # COUNTED, DENIED or HOST
    by: tuple[str, ...]  # the words that deny it
    share: float
    local: float | None  # what the sentence and its neighbours leave; None where nobody asked
    spoken: float | None  # what the speaker leaves: share == local * spoken
    reported: bool  # somebody else is said to say it
    witnesses: tuple[tuple[str, tuple[str, ...]], ...]  # concept, its words nearby
    sure: bool = False  # needed no context
    disguised: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """One rule on one text; `places` and `claims` are the first few of each."""

    rule: Rule
    places: tuple[Place, ...]
    claims: tuple[Claim, ...]
    share: float  # of the rule's score that the judge keeps; 0 where the rule came to nothing
    kept: int  # claims that count, as far as the judge looks
    unseen: int  # places that were not told


def trace(reading: Reading, at: int, rule: Rule, *, anchors: bool = False) -> Trace:
    """With `anchors` also the places where a pattern was tried and did not fit."""
    found = reading.found.get(at, [])
    candidates = reading.candidates.get(rule.name, ())
    kept = claim_of(reading.document, candidates, reading.speaker).kept if candidates else ()
    claims = tuple(_claims(reading, candidates))
    asked = (
        place
        for place in _lost(reading, rule, found, candidates)
        if anchors or place.fate is not Fate.NO_PATTERN
    )
    lost = list(islice(asked, _LOOKED_AT))
    shown = tuple(_first_of_each(lost))
    return Trace(
        rule=rule,
        places=shown,
        claims=claims,
        share=max((share for share, _ in kept), default=0.0),
        kept=len(kept),
        unseen=len(lost) - len(shown),
    )


def _first_of_each(places: Sequence[Place]) -> Iterator[Place]:
    told: dict[Fate, int] = {}
    for place in places:
        told[place.fate] = told.get(place.fate, 0) + 1
        if told[place.fate] <= SHOWN:
            yield place


def _lost(
    reading: Reading, rule: Rule, found: list[RoleSpans], candidates: Sequence[Candidate]
) -> Iterator[Place]:
    """Places that came to nothing, in the order of the judge's questions."""
    document = reading.document
    standing = _read(document, rule, found)
    yield from _unread(reading, rule, found)
    benign = sorted(
        span for role, _, places in found if role.part is Part.BENIGN for span in places
    )
    unswallowed = set(_unswallowed(sorted(standing), benign))
    for span in sorted(standing):
        if span not in unswallowed:
            yield _place(reading, span, Fate.SWALLOWED, _covering(reading, span, benign))
        elif document.field_of(*span) not in rule.fields:
            yield _place(reading, span, Fate.FIELD, (document.field_of(*span) or "",))
    for one in candidates:
        if one.disguise and not _signalled(document, one.start, one.end):
            yield _place(reading, (one.start, one.end), Fate.SIGNAL)
        elif not one.sure:
            checks = tuple(_check(reading, c, one.start, one.end) for c in rule.context)
            if not all(check.holds for check in checks):
                yield _place(reading, (one.start, one.end), Fate.CONTEXT, checks=checks)


def _covering(
    reading: Reading, span: tuple[int, int], spans: Sequence[tuple[int, int]]
) -> tuple[str, ...]:
    """The words over a place."""
    first = bisect_left(spans, (span[0] - _LONGEST, 0))
    last = bisect_right(spans, span[0], key=itemgetter(0))
    return tuple({reading.quote(*one): None for one in spans[first:last] if span[1] <= one[1]})


def _unread(reading: Reading, rule: Rule, found: list[RoleSpans]) -> Iterator[Place]:
    """Words that are halves of others, and anchors around which the pattern is not found."""
    document = reading.document
    for role, _, spans in found:
        if role.part is Part.BENIGN:
            continue
        whole = _whole(document, spans, rule)
        for span in sorted(set(spans) - set(whole)):
            yield _place(reading, span, Fate.HALF_WORD)
        if role.part is Part.ANCHOR and whole:
            pattern = rule.patterns[role.pattern]
            if not _pattern_spans(document, pattern, sorted(whole)):
                for span in whole:
                    yield _place(reading, span, Fate.NO_PATTERN, (pattern.regex.pattern,))


def _place(
    reading: Reading,
    span: tuple[int, int],
    fate: Fate,
    by: tuple[str, ...] = (),
    checks: tuple[Check, ...] = (),
) -> Place:
    quote, evidence = reading.quote(*span), reading.evidence(*span)
    return Place(quote=quote, evidence=evidence, fate=fate, by=by, checks=checks)


def _check(reading: Reading, condition: Condition, start: int, end: int) -> Check:
    document = reading.document
    low, high = document.window(start, end, condition.within)
    sides = ((low, start), (end, high)) if condition.apart else ((low, high),)
    seen = ((n, tuple(w for s in sides for w in reading.words(n, *s))) for n in condition.concepts)
    there = tuple((name, words) for name, words in seen if words)
    return Check(condition, _holds(document, condition, start, end), there)


def _claims(reading: Reading, candidates: Sequence[Candidate]) -> Iterator[Claim]:
    """The first matches of each fate; the judge's own answer about each."""
    told: dict[Fate, int] = {}
    for match in islice(find_matches(reading.document, candidates), _LOOKED_AT):
        claim = _claim(reading, match, candidates)
        told[claim.fate] = told.get(claim.fate, 0) + 1
        if told[claim.fate] <= SHOWN:
            yield claim


def _claim(reading: Reading, match: Match, candidates: Sequence[Candidate]) -> Claim:
    document, speaker, rule = reading.document, reading.speaker, match.rule
    start, end = match.start, match.end
    share = keeps(document, match, speaker)
    first = bisect_left(candidates, start, key=attrgetter("start"))
    parts = [
        one for one in islice(candidates, first, first + _LOOKED_AT) if one.start < end >= one.end
    ]
    fate, by = (Fate.COUNTED, ()) if share else _refused(reading, match)
    weighed = not (rule.hosts or speaker.voice in rule.voices)
    local = _local(document, start, end) if weighed and share else None
    return Claim(
        quote=reading.quote(start, end),
        evidence=reading.evidence(start, end),
        fate=fate,
        by=by,
        share=share,
        local=local,
        spoken=share / local if local else None,
        reported=document.reported.covers(start, end),
        witnesses=tuple(_witnesses(reading, start, end)),
        sure=any(one.sure for one in parts),
        disguised=bool(parts) and all(one.disguise for one in parts),
    )


def _refused(reading: Reading, match: Match) -> tuple[Fate, tuple[str, ...]]:
    """Why a match keeps nothing, and the words of denial in its clause."""
    document, start, end = reading.document, match.start, match.end
    if not _denied(document, match):
        return Fate.HOST, ()
    low, high = document.clause(start, end)
    words = (*reading.words("negation", low, end), *reading.words("denial", end, high))
    return Fate.DENIED, words or (reading.quote(max(low, start - 1), start),)


def _witnesses(reading: Reading, start: int, end: int) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What stands around a claim and can raise or lower it; the claim's own words do not count."""
    low, high = reading.document.near(start, end)
    for name in _WITNESSES:
        words = (*reading.words(name, low, start), *reading.words(name, end, high))
        if words:
            yield name, tuple(dict.fromkeys(words))
