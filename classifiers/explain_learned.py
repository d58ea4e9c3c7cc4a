"""How the learned model came into a judgement: what it weighed, where its lines lie, which words
it stumbled over, and how its word is joined to the rules'.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from classifiers.filed import LEFT, Check, borne_out
from classifiers.judge import FLAGGED, Judge, Verdict
from classifiers.learned import Weighed, Weights
from classifiers.look import Look
from classifiers.passages import pulls, strongest, telling_words
from classifiers.text_features import Grams
from storage.records import Evidence, Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Heavy:
    """A passage that speaks for an offence."""

    evidence: Evidence
    weight: float  # the sum of what its characters weigh
    words: tuple[str, ...]  # those that weigh most, as the judge reads them (folded)


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """The model's part of a verdict.

    total == bias + from_words + the strongest measures + other_measures;
    weighed.probability == 1 / (1 + exp(-(slope * total + offset)));
    verdict.probability == weighed.probability * lowered;
    verdict.score == min(most, 1 - (1 - verdict.suspicion) * (1 - verdict.alone)).
    """

    verdict: Verdict
    weighed: Weighed
    bias: float
    other_measures: float  # the measures that are not named one by one
    slope: float
    offset: float
    threshold: float
    backed_threshold: float  # where the rules alone flag
    backed: bool  # whether they do
    lowered: float  # less than 1 where the directory bears out the body's own filing
    unseen: tuple[str, ...]  # rules found here that the model has never seen: verdict.alone
    heavy: tuple[Heavy, ...]  # the heaviest first


def learned(judge: Judge, look: Look, findings: Sequence[Finding], check: Check) -> Learned | None:
    """`findings` are the rules', and `check` is the one that they were held against."""
    weights, verdict = judge.weights, judge.weighed(look, findings, check)
    if weights is None or verdict.weighed is None or verdict.grams is None:
        return None
    weighed = verdict.weighed
    named = sum(part for _, part in weighed.from_measures)
    return Learned(
        verdict=verdict,
        weighed=weighed,
        bias=weights.bias,
        other_measures=weighed.total - weights.bias - weighed.from_words - named,
        slope=weights.slope,
        offset=weights.offset,
        threshold=weights.threshold,
        backed_threshold=weights.backed_threshold,
        backed=verdict.together >= FLAGGED,
        lowered=LEFT if borne_out(findings, check) else 1.0,
        unseen=tuple(one.rule for one in findings if one.rule not in judge.learned_rules),
        heavy=tuple(_heavy(look, weights, verdict.grams)),
    )


def _heavy(look: Look, weights: Weights, grams: Grams) -> Iterator[Heavy]:
    document, pulled = look.document, pulls(weights, grams)
    for one in strongest(document, grams, pulled):
        if one.weight > 0:
            yield Heavy(
                evidence=document.evidence(one.start, one.end),
                weight=one.weight,
                words=tuple(telling_words(document, one, grams, pulled)),
            )
