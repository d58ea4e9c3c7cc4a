"""What a text shows before it is weighed: who speaks, which rules' words stand in it, and how."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from classifiers.document import Document
from classifiers.matching import Candidate, Match, find_matches
from classifiers.rulebook import Rule
from classifiers.stance import Speaker, keeps

_ENOUGH = 8  # plain offers of one rule, after which no more are looked for
_TRIED = 200  # matches of one rule looked at; a page may repeat itself without end


@dataclass(frozen=True, slots=True)
class Claim:
    """One rule's matches in a text whose context holds."""

    rule: Rule
    kept: tuple[tuple[float, Match], ...]  # share of the score that is left, and the place
    denied: int  # matches of which nothing is left: negated, or on the wrong kind of host

    @property
    def share(self) -> float:
        """The largest share; 0 where every match is denied."""
        return max((share for share, _ in self.kept), default=0.0)


@dataclass(frozen=True, slots=True)
class Look:
    document: Document
    speaker: Speaker
    claims: tuple[Claim, ...]
    unmet: tuple[str, ...]  # rules whose words stand here without their context


def look_at(
    document: Document, candidates: Sequence[Sequence[Candidate]], speaker: Speaker
) -> Look:
    claims, unmet = [], []
    for of_rule in candidates:
        claim = claim_of(document, of_rule, speaker)
        if claim.kept or claim.denied:
            claims.append(claim)
        else:
            unmet.append(claim.rule.name)
    return Look(document, speaker, tuple(claims), tuple(unmet))


def claim_of(document: Document, candidates: Sequence[Candidate], speaker: Speaker) -> Claim:
    """What becomes of one rule's words (at least one), looked at until enough are plain offers."""
    kept: list[tuple[float, Match]] = []
    plain = denied = 0
    for match in find_matches(document, candidates):
        share = keeps(document, match, speaker)
        if share > 0.0:
            kept.append((share, match))
        else:
            denied += 1
        plain += share >= 1.0
        if plain >= _ENOUGH or len(kept) + denied >= _TRIED:
            break
    kept.sort(key=lambda pair: (-pair[0], pair[1].start))
    return Claim(candidates[0].rule, tuple(kept), denied)
