"""The rules' own hits and misses as texts to learn from: a rule's examples are facts too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from classifiers.rulebook import Example, Rule
from classifiers.subject import Subject
from learning.corpus import Label, Labelled


def examples(rules: Sequence[Rule]) -> Iterator[Labelled]:
    """Their author is "rule"."""
    for rule in rules:
        for number, hit in enumerate(rule.hits):
            yield _labelled(rule, hit, f"rule-{rule.name}-hit-{number}")
        for number, miss in enumerate(rule.misses):
            yield _labelled(rule, miss, f"rule-{rule.name}-miss-{number}")


def _labelled(rule: Rule, example: Example, name: str) -> Labelled:
    subject = Subject(**dict(example.parts))  # type: ignore[arg-type]  # texts, never the date
    labels: tuple[Label, ...] = ()
    if example.quote:
        field = next(part for part, text in example.parts.items() if example.quote in text)
        start = example.parts[field].index(example.quote)
        end = start + len(example.quote)
        labels = (Label(code=rule.code, field=field, start=start, end=end),)
    return Labelled(
        id=name,
        subject=subject,
        offending=bool(labels),
        labels=labels,
        stratum="plain" if labels else "hard",
        pen=rule.name,
    )
