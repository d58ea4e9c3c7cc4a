"""Texts longer than any page a person reads, judged a stretch at a time.

Memory grows with the stretch instead of the text. Nothing written by people is cut: the longest
page of a real site measured had 180,000 characters (2026-11).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from classifiers.subject import Subject
from storage.records import Evidence, Finding, Judgement

LONGEST = 300_000  # characters judged in one go
_OVERLAP = 1_000  # an offer that is cut in one stretch stands whole in the next
_QUOTES = 8


def stretches(subject: Subject) -> Iterator[tuple[int, Subject]]:
    """Where each stretch of the text begins, and the subject with that stretch for its text."""
    step = LONGEST - _OVERLAP
    for start in range(0, max(len(subject.text) - _OVERLAP, 1), step):
        yield start, replace(subject, text=subject.text[start : start + LONGEST])


def judged(subject: Subject, judge: Callable[[Subject], Judgement]) -> Judgement:
    """The gravest judgement, with what was found in all stretches and offsets of the whole text."""
    parts = [(start, judge(each)) for start, each in stretches(subject)]
    worst = max((part for _, part in parts), key=lambda part: part.score)
    found: dict[tuple[str, str], list[Finding]] = {}
    for start, part in parts:
        for finding in part.findings:
            found.setdefault((finding.rule, finding.code), []).append(_moved(finding, start))
    joined = sorted(map(_joined, found.values()), key=lambda one: (-one.score, one.rule))
    return replace(worst, findings=tuple(joined))


def _moved(finding: Finding, by: int) -> Finding:
    return replace(finding, evidence=tuple(_shifted(one, by) for one in finding.evidence))


def _shifted(one: Evidence, by: int) -> Evidence:
    return replace(one, start=one.start + by, end=one.end + by) if one.field == "text" else one


def _joined(findings: Sequence[Finding]) -> Finding:
    """The strongest one's words first; what stands in an overlap once."""
    ranked = sorted(findings, key=lambda one: -one.score)
    evidence = dict.fromkeys(piece for one in ranked for piece in one.evidence)
    return replace(ranked[0], evidence=tuple(evidence)[:_QUOTES])
