"""A rule tried on its own examples, or on a text with each step told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from classifiers.explain import Explanation, Share, explain, told
from classifiers.office_rules import quotes, stumbled, subject_of
from classifiers.reading import read
from classifiers.rulebook import Example, Rule
from classifiers.subject import Subject
from classifiers.tracing import Trace, trace
from door.check_report import plain
from door.explain_report import directory_line, product, speaker_lines, sum_lines, voice_json
from door.rule_words import FIELDS, Shelf
from door.speech import t
from door.trace_lines import quoted, said, trace_json, trace_lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One example of a rule and what the rule makes of it."""

    rule: Rule
    example: Example
    wanted: bool  # a hit, else a miss
    found: tuple[str, ...]  # what the rule quotes; for a miss, what flags the text at all

    @property
    def holds(self) -> bool:
        return self.example.quote in self.found if self.wanted else not self.found


def proofs(shelf: Shelf, rules: Sequence[Rule]) -> Iterator[Proof]:
    for rule in rules:
        for wanted, examples in ((True, rule.hits), (False, rule.misses)):
            for one in examples:
                judge = shelf.judge
                found = quotes(judge, rule, one) if wanted else stumbled(judge, one)
                yield Proof(rule=rule, example=one, wanted=wanted, found=found)


def proof_json(proof: Proof) -> dict[str, Any]:
    note = {"quote": proof.example.quote} if proof.wanted else {"reason": proof.example.reason}
    return {
        "rule": proof.rule.name,
        "kind": "hit" if proof.wanted else "miss",
        "holds": proof.holds,
        "found": list(proof.found),
        **note,
        "example": dict(proof.example.parts),
    }


def proof_line(proof: Proof) -> str:
    """✓ 应命中【包过】：……"""
    mark = "✓" if proof.holds else "✗"
    if proof.wanted:
        wanted = t(
            f"应命中【{proof.example.quote}】", f"must be found by 【{proof.example.quote}】"
        )
    else:
        wanted = t("不应命中", "must stay clean") + f"（{proof.example.reason}）"
    text = "　".join(
        part if name == "text" else f"{t(*FIELDS[name])}：{part}"
        for name, part in proof.example.parts.items()
    )
    found = ""
    if not proof.holds:
        there = quoted(proof.found) if proof.found else t("没有命中", "not found")
        found = t(f"　实际：{there}", f"  in fact: {there}")
    return plain(f"{mark} {wanted}：{text}{found}")


def why_not(shelf: Shelf, proof: Proof) -> Iterator[str]:
    """The steps of the rule on an example that did not hold."""
    subject = subject_of(proof.example)
    seen = explain(shelf.judge, subject)
    yield from ("    " + line for line in steps(shelf, proof.rule, subject, seen))


def traced(shelf: Shelf, rule: Rule, subject: Subject) -> Trace:
    at = shelf.judge.eye.rules.index(rule)
    return trace(read(shelf.judge, subject), at, rule, anchors=True)


def share_of(rule: Rule, seen: Explanation) -> Share | None:
    """What the rule brings to the judgement; None where it comes to nothing."""
    return next((one for one in seen.shares if one.finding.rule == rule.name), None)


def steps(shelf: Shelf, rule: Rule, subject: Subject, seen: Explanation) -> Iterator[str]:
    """Words, claims, share, score: step by step."""
    one = traced(shelf, rule, subject)
    if not told(one):
        yield t("✗ 文中没有本规则的任何词", "✗ not one word of the rule stands in the text")
        return
    yield from trace_lines(shelf, one)
    share = share_of(rule, seen)
    if share is not None:
        answer = t("目录核对：", "the directory: ") + plain(share.answer)
        yield from [answer] if share.answer else []
        yield t("→ 本规则命中：", "→ the rule matches: ") + product(share)
    else:
        asked = directory_line(seen, rule.name)
        yield t("→ 本规则没有命中", "→ the rule does not match") + (
            t("；", "; ") + asked if asked else ""
        )


def trial(shelf: Shelf, rule: Rule, subject: Subject) -> Iterator[str]:
    """One rule on one text, and the text as a whole."""
    yield f"{rule.name}　{t(rule.zh, rule.en)}"
    seen = explain(shelf.judge, subject)
    yield from ("  " + line for line in steps(shelf, rule, subject, seen))
    yield from whole(shelf, seen)


def whole(shelf: Shelf, seen: Explanation) -> Iterator[str]:
    yield t("全文（所有规则）：", "The text as a whole (all rules):")
    yield from ("  " + line for line in speaker_lines(shelf, seen))
    for share in seen.shares:
        found = share.finding
        yield f"  {found.code} {found.rule}　{found.score:.2f}　{said(found.evidence[0].quote)}"
    yield from ("  " + line for line in sum_lines(shelf, seen))


def all_tried(shelf: Shelf, subject: Subject) -> Iterator[str]:
    """Every rule that has words in the text."""
    seen = explain(shelf.judge, subject)
    for one in [*(share.trace for share in seen.shares), *seen.left_out]:
        yield f"{one.rule.name}　{t(one.rule.zh, one.rule.en)}"
        yield from ("  " + line for line in steps(shelf, one.rule, subject, seen))
    yield from whole(shelf, seen)


def trial_json(shelf: Shelf, rule: Rule, subject: Subject) -> dict[str, Any]:
    one = traced(shelf, rule, subject)
    seen = explain(shelf.judge, subject)
    share = share_of(rule, seen)
    return {
        "rule": rule.name,
        "matches": share is not None,
        "base": rule.score,
        "share": round(share.share, 4) if share else 0.0,
        "directory": share.answer if share else "",
        "score": share.finding.score if share else 0.0,
        **trace_json(one, asdict),
        "speaker": seen.speaker.voice,
        "voices": [voice_json(voice) for voice in seen.voices],
        "text": {"score": seen.judgement.score, "flagged": seen.judgement.flagged},
    }
