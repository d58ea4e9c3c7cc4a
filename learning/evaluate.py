"""How well the judge does on labelled texts: what was found, what was right, what went wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from classifiers.judge import Judge
from learning.corpus import Label, Labelled
from storage.records import Clause, Evidence, Judgement

BINS = 10


@dataclass(frozen=True, slots=True)
class Tried:
    row: Labelled
    judgement: Judgement

    @property
    def flagged(self) -> bool:
        return self.judgement.flagged

    @property
    def right(self) -> bool:
        return self.flagged is self.row.offending


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    found: int = 0  # offending and flagged
    missed: int = 0
    false: int = 0  # honest and flagged
    quiet: int = 0

    @property
    def precision(self) -> float | None:
        """None where nothing was flagged: unknown is not zero."""
        flagged = self.found + self.false
        return self.found / flagged if flagged else None

    @property
    def recall(self) -> float | None:
        offending = self.found + self.missed
        return self.found / offending if offending else None

    @property
    def f1(self) -> float | None:
        doubled = 2 * self.found + self.missed + self.false
        return 2 * self.found / doubled if doubled else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Texts whose score lies in one tenth: what was foretold, and what was so."""

    low: float
    texts: int
    mean_score: float
    offending: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    texts: int
    grey: int  # left out
    overall: Counts
    strata: dict[str, Counts]
    clauses: dict[str, Counts]  # by the clauses of the labels and of the findings
    right_clause: float | None  # of found texts with labels: the strongest finding's clause
    right_quote: float | None  # of the same: some evidence overlaps some label
    words_covered: float | None  # share of the labelled characters that evidence covers
    calibration: tuple[Bin, ...]
    calibration_error: float
    recall_at_98: float | None  # at the best threshold for this file; for comparing engines
    errors: tuple[Tried, ...]


def evaluate(
    judge: Judge, rows: Sequence[Labelled], progress: Callable[[], None] = lambda: None
) -> Report:
    """Texts of the grey zone are judged by nobody here."""
    strict = [row for row in rows if not row.grey]
    tried = []
    for row in strict:
        tried.append(Tried(row, judge.judge(row.subject)))
        progress()
    found = [one for one in tried if one.flagged and one.row.labels]
    bins = tuple(calibration(tried))
    return Report(
        texts=len(strict),
        grey=len(rows) - len(strict),
        overall=counts(tried),
        strata=by_stratum(tried),
        clauses=by_clause(tried),
        right_clause=share(right_clause(one) for one in found),
        right_quote=share(right_quote(one) for one in found),
        words_covered=covered(found),
        calibration=bins,
        calibration_error=sum(one.texts * abs(one.mean_score - one.offending) for one in bins)
        / max(len(tried), 1),
        recall_at_98=recall_at(tried, 0.98),
        errors=tuple(one for one in tried if not one.right),
    )


def counts(tried: Iterable[Tried]) -> Counts:
    tally = {(True, True): 0, (True, False): 0, (False, True): 0, (False, False): 0}
    for one in tried:
        tally[one.row.offending, one.flagged] += 1
    return Counts(
        found=tally[True, True],
        missed=tally[True, False],
        false=tally[False, True],
        quiet=tally[False, False],
    )


def by_stratum(tried: Sequence[Tried]) -> dict[str, Counts]:
    names = dict.fromkeys(one.row.stratum for one in tried)
    return {name: counts(one for one in tried if one.row.stratum == name) for name in names}


def by_clause(tried: Sequence[Tried]) -> dict[str, Counts]:
    """A clause is found where one of its findings stands in a text labelled with it."""
    labelled = [one for one in tried if one.row.labels or not one.row.offending]
    return {clause.value: of_clause(labelled, clause) for clause in Clause}


def of_clause(tried: Sequence[Tried], clause: Clause) -> Counts:
    tally = {(True, True): 0, (True, False): 0, (False, True): 0, (False, False): 0}
    for one in tried:
        named = any(finding.clause is clause for finding in one.judgement.findings)
        tally[clause in one.row.clauses, named] += 1
    return Counts(
        found=tally[True, True],
        missed=tally[True, False],
        false=tally[False, True],
        quiet=tally[False, False],
    )


def share(answers: Iterable[bool]) -> float | None:
    told = list(answers)
    return sum(told) / len(told) if told else None


def right_clause(one: Tried) -> bool:
    return one.judgement.findings[0].clause in one.row.clauses


def right_quote(one: Tried) -> bool:
    return any(
        overlap(evidence, label)
        for finding in one.judgement.findings
        for evidence in finding.evidence
        for label in one.row.labels
    )


def overlap(evidence: Evidence, label: Label) -> bool:
    return (
        evidence.field == label.field and evidence.start < label.end and label.start < evidence.end
    )


def covered(found: Sequence[Tried]) -> float | None:
    all_words = hit = 0
    for one in found:
        words = {
            (label.field, at) for label in one.row.labels for at in range(label.start, label.end)
        }
        said = {
            (piece.field, at)
            for finding in one.judgement.findings
            for piece in finding.evidence
            for at in range(piece.start, piece.end)
        }
        all_words += len(words)
        hit += len(words & said)
    return hit / all_words if all_words else None


def calibration(tried: Sequence[Tried]) -> Iterable[Bin]:
    for number in range(BINS):
        low, high = number / BINS, (number + 1) / BINS
        inside = [
            one
            for one in tried
            if low <= one.judgement.score < high
            or (number == BINS - 1 and one.judgement.score == 1)
        ]
        if inside:
            yield Bin(
                low=low,
                texts=len(inside),
                mean_score=sum(one.judgement.score for one in inside) / len(inside),
                offending=sum(one.row.offending for one in inside) / len(inside),
            )


def recall_at(tried: Sequence[Tried], precision: float) -> float | None:
    """The largest recall of any threshold that keeps this precision; None without offenders."""
    offending = sum(one.row.offending for one in tried)
    if not offending:
        return None
    ranked = sorted(tried, key=lambda one: -one.judgement.score)
    best = right = 0
    for number, one in enumerate(ranked, 1):
        right += one.row.offending
        tied = number < len(ranked) and ranked[number].judgement.score == one.judgement.score
        if right >= precision * number and not tied:
            best = right
    return best / offending
