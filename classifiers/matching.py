"""From found words to a rule's matches: benign words, word boundaries, context."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from classifiers.concepts import Concept
from classifiers.document import Document, Places
from classifiers.gazetteers import named_places
from classifiers.rulebook import Condition, Rule
from classifiers.scanner import Found, Scanner, build_scanner
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


class ConceptRole(NamedTuple):
    name: str
    benign: bool


class Candidate(NamedTuple):
    """A rule's words at a place, before their context is looked at."""

    rule: Rule
    start: int
    end: int
    sure: bool  # needs no context
    disguise: bool  # needs a second signal


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


def concept_places(
    document: Document, scanner: Scanner[ConceptRole], concepts: Iterable[Concept]
) -> dict[str, Places]:
    text, folded = document.text, document.folded
    spans: dict[ConceptRole, list[tuple[int, int]]] = defaultdict(list)
    # By hand instead of `scanner.find`: this is the busiest loop of the judge.
    for word, start, end in scanner.automaton.find_matches_as_indexes(text, overlapping=True):
        if not folded.gap_inside(start, end) or is_whole_over_gaps(folded, start, end):
            for role, _ in scanner.roles[word]:
                spans[role].append((start, end))
    for concept in concepts:
        for pattern in concept.patterns:
            spans[ConceptRole(concept.name, benign=False)] += [
                m.span() for m in pattern.finditer(text)
            ]
    for name, start, end in named_places(text):
        spans[ConceptRole(name, benign=False)].append((start, end))
    places = {}
    for (name, benign), found_at in spans.items():
        if not benign:
            harmless = sorted(spans.get(ConceptRole(name, benign=True), ()))
            kept = _unswallowed(sorted(found_at), harmless)
            places[name] = Places([start for start, _ in kept], [end for _, end in kept])
    return places


def _holds(document: Document, condition: Condition, start: int, end: int) -> bool:
    low, high = document.window(start, end, condition.within)
    sides = ((low, start), (end, high)) if condition.apart else ((low, high),)
    found = any(document.has(name, *side) for name in condition.concepts for side in sides)
    return found is condition.wanted


def _signalled(document: Document, start: int, end: int) -> bool:
    low, high = max(0, start - _SIGNAL_REACH), end + _SIGNAL_REACH
    return any(document.has(name, low, high) for name in _SIGNALS)


def _stands_alone(document: Document, found: Found[RuleRole], rule: Rule) -> bool:
    """Whether the found letters are a word there and no halves of others."""
    start, end = found.start, found.end
    if document.folded.gap_inside(start, end):
        return is_whole_over_gaps(document.folded, start, end)
    if document.text[start:end] in rule.boundaries:
        return is_whole(document.text, start, end)
    return True


def _windows(document: Document, anchors: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Stretches around anchors in which a pattern is tried, merged so that none is read twice."""
    merged: list[tuple[int, int]] = []
    for start, end in anchors:
        low, high = document.sentence(start, end)
        low, high = max(low, start - _ANCHOR_REACH), min(high, end + _ANCHOR_REACH)
        if merged and low <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(high, merged[-1][1])
        else:
            merged.append((low, high))
    return merged


def _pattern_spans(
    document: Document, rule: Rule, number: int, anchors: list[tuple[int, int]]
) -> list[tuple[int, int]]:
    regex, text = rule.patterns[number].regex, document.text
    return [
        match.span()
        for low, high in _windows(document, anchors)
        for match in regex.finditer(text, low, high)
        if match.end() > match.start()
    ]


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Overlapping spans of one rule are one quotation."""
    kept: list[tuple[int, int]] = []
    for start, end in sorted(set(spans)):
        if kept and start < kept[-1][1]:
            kept[-1] = kept[-1][0], max(end, kept[-1][1])
        else:
            kept.append((start, end))
    return kept


def _candidates(
    document: Document, rule: Rule, found: list[Found[RuleRole]]
) -> Iterator[Candidate]:
    benign = sorted((f.start, f.end) for f in found if f.role.part is Part.BENIGN)
    spans: dict[tuple[int, int], Candidate] = {}
    anchors: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for one in found:
        if one.role.part is Part.BENIGN or not _stands_alone(document, one, rule):
            continue
        span = one.start, one.end
        if one.role.part is Part.ANCHOR:
            anchors[one.role.pattern].append(span)
        else:
            spans[span] = Candidate(rule, *span, one.role.part is Part.SURE, one.disguise)
    for number, places in anchors.items():
        sure = rule.patterns[number].sure
        for span in _pattern_spans(document, rule, number, sorted(places)):
            if span not in spans or sure:
                spans[span] = Candidate(rule, *span, sure, disguise=False)
    for span in _unswallowed(sorted(spans), benign):
        if document.field_of(*span) in rule.fields:
            yield spans[span]


def find_candidates(
    document: Document, found: Iterable[Found[RuleRole]], rules: Sequence[Rule]
) -> list[Candidate]:
    """Rule by rule in the order of the text; needs no concepts, so most texts end here."""
    by_rule: dict[int, list[Found[RuleRole]]] = defaultdict(list)
    for one in found:
        by_rule[one.role.rule].append(one)
    return [
        candidate
        for at in sorted(by_rule)
        for candidate in _candidates(document, rules[at], by_rule[at])
    ]


def _confirmed(document: Document, one: Candidate) -> bool:
    if one.disguise and not _signalled(document, one.start, one.end):
        return False
    return one.sure or all(_holds(document, c, one.start, one.end) for c in one.rule.context)


def find_matches(document: Document, candidates: Iterable[Candidate]) -> list[Match]:
    """The candidates whose context holds; overlapping ones of a rule become one quotation."""
    by_rule: dict[str, list[Candidate]] = defaultdict(list)
    for one in candidates:
        if _confirmed(document, one):
            by_rule[one.rule.name].append(one)
    return [
        Match(kept[0].rule, start, end)
        for kept in by_rule.values()
        for start, end in _merged((one.start, one.end) for one in kept)
    ]
