"""A judge by hand and texts with labels, for tests of measuring and of training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from classifiers.rulebook import CLAUSES
from classifiers.subject import Subject
from learning.corpus import Label, Labelled
from learning.evaluate import Tried
from storage.records import Evidence, Finding, Judgement


def row(text: str, *quotes: tuple[str, str], stratum: str = "", name: str = "") -> Labelled:
    """A text with (code, quote) labels."""
    labels = tuple(
        Label(code=code, field="text", start=text.index(quote), end=text.index(quote) + len(quote))
        for code, quote in quotes
    )
    return Labelled(
        id=name or f"w0-{text}",
        subject=Subject(text=text),
        offending=bool(labels),
        labels=labels,
        stratum=stratum or ("plain" if labels else "ordinary"),
        pen="",
    )


def finding(text: str, code: str, quote: str) -> Finding:
    start = text.index(quote)
    return Finding(
        rule=f"rule_{code}",
        version=1,
        code=code,
        clause=CLAUSES[code[0]],
        score=0.9,
        severity=3,
        proves="text",
        why="因为。",
        evidence=(Evidence(field="text", start=start, end=start + len(quote), quote=quote),),
        legal_basis=(),
    )


def judged(text: str, score: float, *found: tuple[str, str]) -> Judgement:
    """Flagged where it found something."""
    return Judgement(
        score=score,
        flagged=bool(found),
        findings=tuple(finding(text, code, quote) for code, quote in found),
        stance="seller",
        engine="by hand",
    )


def tried(one: Labelled, score: float, *found: tuple[str, str]) -> Tried:
    return Tried(one, judged(one.subject.text, score, *found))


@dataclass(frozen=True)
class HandJudge:
    """Says of each text what it was told to say; of others, that they are clean."""

    told: Mapping[str, tuple[float, tuple[tuple[str, str], ...]]] = field(default_factory=dict)

    def judge(self, subject: Subject, /) -> Judgement:
        score, found = self.told.get(subject.text, (0.0, ()))
        return judged(subject.text, score, *found)
