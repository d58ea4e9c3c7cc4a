"""Learning from an office's own decisions, without getting worse at what was known before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from classifiers.judge import Judge, known_rules
from classifiers.learned import Weights, load
from classifiers.subject import Subject
from learning.build import LEARNED_FROM, texts
from learning.corpus import Labelled, fingerprint, read_part
from learning.evaluate import Counts, evaluate
from learning.fit import fit
from storage.decided import DecidedPost

PINNED = "test"  # the part of the corpus on which a new model must not do worse
LEAST = 20  # decisions from which it is worth while
SLACK = 0.005  # of F1: less is chance


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    weights: Weights
    before: Counts  # the model in use, on the pinned part
    after: Counts
    shipped: Counts  # the model that came with the program
    learned: int  # decided texts

    @property
    def worse(self) -> bool:
        """Than the model in use or the shipped one, whichever does better: no ratchet downwards."""
        best = max(self.before.f1 or 0.0, self.shipped.f1 or 0.0)
        precise = max(self.before.precision or 0.0, self.shipped.precision or 0.0)
        return (self.after.f1 or 0.0) < best - SLACK or (
            (self.after.precision or 0.0) < precise - 2 * SLACK
        )


def office_texts(posts: Iterable[DecidedPost]) -> list[Labelled]:
    """Decided posts as texts to learn from; where they offend is not known, only that they do."""
    return [
        Labelled(
            # Five authors, to leave out in turn; a case's near-twins are one author's.
            id=f"office{post.case % 5}-{post.row}",
            subject=Subject(
                title=post.title,
                text=post.text,
                account=post.author,
                url=post.url,
                platform=post.platform,
                published_at=post.published_at,
            ),
            offending=post.offending,
            labels=(),
            stratum="office",
            pen="office",
        )
        for post in posts
    ]


def train(judge: Judge, decided: Sequence[Labelled], tell: Callable[[str], None]) -> Trained:
    """Fit anew with the office's texts and try both models on the pinned part."""
    facts: dict[str, Any] = {
        "corpus": fingerprint(),
        "parts": [*LEARNED_FROM, "office"],
        "decided": len(decided),
    }
    weights = fit(judge.eye, [*texts(judge.eye), *decided], facts, tell)
    pinned = read_part(PINNED)
    tell("pinned")
    new = replace(judge, weights=weights, learned_rules=known_rules(judge.eye, weights))
    own = load()
    shipped = replace(judge, weights=own, learned_rules=known_rules(judge.eye, own))
    return Trained(
        weights=weights,
        before=evaluate(judge, pinned).overall,
        after=evaluate(new, pinned).overall,
        shipped=evaluate(shipped, pinned).overall,
        learned=len(decided),
    )
