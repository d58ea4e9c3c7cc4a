"""From found words to a rule's matches: benign words, word boundaries, context."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple, TypeAlias

from classifiers.concepts import Concept
from classifiers.document import Document, Places
from classifiers.folding import Folded
from classifiers.gazetteers import named_places
from classifiers.rulebook import Condition, Pattern, Rule
from classifiers.scanner import Scanner, Spans, build_scanner
from classifiers.segments import is_whole, is_whole_over_gaps

_SIGNALS = ("certificate", "exam", "training", "contact", "contact_number", "cta", "offer")
_SIGNAL_REACH = 40  # characters from a disguised word to the second signal it needs
_ANCHOR_REACH = 40  # characters either side of an anchor in which its pattern is tried


class Part(IntEnum):
    WORD = 0
    SURE = 1
    ANCHOR = 2
    BENIGN = 3


class RuleRole(NamedTuple):
    rule: int
    part: Part
    pattern: int = 0


RoleSpans: TypeAlias = tuple[RuleRole, bool, Spans]  # the flag: written in a disguise


class Kind(NamedTuple):
    sure: bool  # needs no context
    disguise: bool  # needs a second signal


class ConceptRole(NamedTuple):
    name: str
    benign: bool


class Candidate(NamedTuple):
    """A rule's words at a place, before their context is looked at."""

    rule: Rule
    start: int
    end: int
    sure: bool
    disguise: bool


@dataclass(frozen=True, slots=True)
class Match:
    """A rule's words at a place of the document, context and all."""

    rule: Rule
    start: int
    end: int


def rule_scanner(
    rules: Sequence[Rule], disguises: Mapping[str, tuple[str, ...]]
) -> Scanner[RuleRole]:
    words: list[tuple[str, RuleRole]] = []
    for at, rule in enumerate(rules):
        words += [(word, RuleRole(at, Part.WORD)) for word in rule.words]
        words += [(word, RuleRole(at, Part.SURE)) for word in rule.sure]
        words += [(word, RuleRole(at, Part.BENIGN)) for word in rule.benign]
        for number, pattern in enumerate(rule.patterns):
            words += [(word, RuleRole(at, Part.ANCHOR, number)) for word in pattern.anchors]
    return build_scanner(words, disguises)


def concept_scanner(
    concepts: Iterable[Concept], disguises: Mapping[str, tuple[str, ...]]
) -> Scanner[ConceptRole]:
    words: list[tuple[str, ConceptRole]] = []
    for concept in concepts:
        words += [(word, ConceptRole(concept.name, benign=False)) for word in concept.words]
        words += [(word, ConceptRole(concept.name, benign=True)) for word in concept.benign]
    return build_scanner(words, disguises)


def _unswallowed(
    spans: Iterable[tuple[int, int]], benign: Sequence[tuple[int, int]]
) -> list[tuple[int, int]]:
    """The spans that no benign span covers; both ascending, in linear time."""
    kept, at, reach, covered = [], 0, -1, -1
    for start, end in spans:
        while at < len(benign) and benign[at][0] <= start:
            if benign[at][1] > reach:
                covered, reach = benign[at]
            at += 1
        if not (covered <= start and end <= reach):
            kept.append((start, end))
    return kept


def _whole_over_gaps(folded: Folded, spans: Spans) -> Spans:
    if not folded.gaps:
        return spans
    return [
        span
        for span in spans
        if not folded.gap_inside(*span)
        or folded.restored_inside(*span)  # the disguise itself was asked whether it is a word
        or is_whole_over_gaps(folded, *span)
    ]


def concept_places(
    document: Document, scanner: Scanner[ConceptRole], concepts: Iterable[Concept]
) -> dict[str, Places]:
    text, folded = document.text, document.folded
    found: dict[str, Spans] = defaultdict(list)
    benign: dict[str, Spans] = defaultdict(list)
    for role, _, spans in scanner.find(text):
        (benign if role.benign else found)[role.name] += _whole_over_gaps(folded, spans)
    for concept in concepts:
        for pattern in concept.patterns:
            found[concept.name] += [match.span() for match in pattern.finditer(text)]
    for name, start, end in named_places(text):
        found[name].append((start, end))
    places = {}
    for name, spans in found.items():
        harmless = benign.get(name)
        kept = _unswallowed(sorted(spans), sorted(harmless)) if harmless else sorted(spans)
        places[name] = Places([start for start, _ in kept], [end for _, end in kept])
    return places


def _holds(document: Document, condition: Condition, start: int, end: int) -> bool:
    low, high = document.window(start, end, condition.within)
    sides = ((low, start), (end, high)) if condition.apart else ((low, high),)
    return document.has_any(condition.concepts, sides) is condition.wanted


def _signalled(document: Document, start: int, end: int) -> bool:
    """Whether something else speaks of it near by: no disguise vouches for itself."""
    low, high = max(0, start - _SIGNAL_REACH), end + _SIGNAL_REACH
    return document.has_any(_SIGNALS, ((low, start), (end, high)))


def _whole(document: Document, spans: Spans, rule: Rule) -> Spans:
    """The spans whose letters are a word there and no halves of others."""
    folded, text, boundaries = document.folded, document.text, rule.boundaries
    if not folded.gaps and not boundaries:
        return spans
    kept = []
    for start, end in spans:
        if folded.gap_inside(start, end) and not folded.restored_inside(start, end):
            whole = is_whole_over_gaps(folded, start, end)
        else:
            whole = text[start:end] not in boundaries or is_whole(text, start, end)
        if whole:
            kept.append((start, end))
    return kept


def _windows(document: Document, anchors: Spans) -> Spans:
    """Stretches around ascending anchors in which a pattern is tried, none read twice."""
    breaks = document.breaks
    merged: Spans = []
    first, stop, low, high = 0, -1, 0, -1  # the sentence; the stretch under work
    for start, end in anchors:
        if end > stop:
            at = bisect_right(breaks, start)
            first = breaks[at - 1] if at else 0
            at = bisect_left(breaks, end, at)
            stop = breaks[at] if at < len(breaks) else len(document.text)
        left = start - _ANCHOR_REACH
        left = max(left, first)
        right = end + _ANCHOR_REACH
        right = min(right, stop)
        if left > high:
            if high >= 0:
                merged.append((low, high))
            low, high = left, right
        elif right > high:
            high = right
    merged.append((low, high))
    return merged


def _pattern_spans(document: Document, pattern: Pattern, anchors: Spans) -> Spans:
    search, text = pattern.regex.search, document.text
    spans: Spans = []
    for low, high in _windows(document, anchors):
        match = search(text, low, high)
        while match is not None:
            start, end = match.span()
            if end == start:
                break  # a pattern that needs nothing finds nothing
            spans.append((start, end))
            match = search(text, end, high)
    return spans


def _read(document: Document, rule: Rule, found: list[RoleSpans]) -> dict[tuple[int, int], Kind]:
    """Where the rule's words and patterns stand, before benign words are taken off."""
    spans: dict[tuple[int, int], Kind] = {}
    anchors: dict[int, Spans] = defaultdict(list)
    for role, disguise, places in found:
        if role.part is Part.ANCHOR:
            anchors[role.pattern] += _whole(document, places, rule)
        elif role.part is not Part.BENIGN:
            for span in _whole(document, places, rule):
                before = spans.get(span, Kind(sure=False, disguise=True))
                sure = before.sure or role.part is Part.SURE
                masked = disguise or document.folded.restored_inside(*span)
                spans[span] = Kind(sure, before.disguise and masked)
    for number, beside in anchors.items():
        pattern = rule.patterns[number]
        spans_there = _pattern_spans(document, pattern, sorted(beside)) if beside else ()
        for span in spans_there:
            if span not in spans or pattern.sure:
                spans[span] = Kind(pattern.sure, document.folded.restored_inside(*span))
    return spans


def _candidates(document: Document, rule: Rule, found: list[RoleSpans]) -> list[Candidate]:
    spans = _read(document, rule, found)
    if not spans:
        return []
    benign = sorted(
        span for role, _, places in found if role.part is Part.BENIGN for span in places
    )
    return [
        Candidate(rule, *span, *spans[span])
        for span in _unswallowed(sorted(spans), benign)
        if document.field_of(*span) in rule.fields
    ]


def find_candidates(
    document: Document, found: Iterable[RoleSpans], rules: Sequence[Rule]
) -> list[list[Candidate]]:
    """One list for each rule, ascending; needs no concepts, so most texts end here."""
    by_rule: dict[int, list[RoleSpans]] = defaultdict(list)
    for one in found:
        by_rule[one[0].rule].append(one)
    lists = (_candidates(document, rules[at], by_rule[at]) for at in sorted(by_rule))
    return [candidates for candidates in lists if candidates]


def _confirmed(document: Document, one: Candidate) -> bool:
    if one.disguise and not _signalled(document, one.start, one.end):
        return False
    return one.sure or all(_holds(document, c, one.start, one.end) for c in one.rule.context)


def find_matches(document: Document, candidates: Iterable[Candidate]) -> Iterator[Match]:
    """One rule's candidates whose context holds; overlapping ones become one quotation.

    Found one by one as they are asked for, because a page may repeat itself without end.
    """
    open_match: Match | None = None
    for one in candidates:
        if not _confirmed(document, one):
            continue
        if open_match is None:
            open_match = Match(one.rule, one.start, one.end)
        elif one.start < open_match.end:
            open_match = Match(one.rule, open_match.start, max(one.end, open_match.end))
        else:
            yield open_match
            open_match = Match(one.rule, one.start, one.end)
    if open_match is not None:
        yield open_match
