"""How a judgement came about: who speaks and by which signs, what each finding brings, what was
left out and why, and how it all adds up.

Nothing is reckoned here a second time: the numbers are those of the judge's own functions. How
the learned model moved the score beyond what the rules add up to is told by `explain_learned`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from classifiers.explain_learned import Learned, learned
from classifiers.filed import _FILED_MAY_SAY, LEFT, Answer, Check, borne_out
from classifiers.judge import (
    _MOST,
    _WEAK,
    _WEAK_CAP,
    FLAGGED,
    LEARNED,
    Judge,
    _findings,
    _together,
    day_of,
    overall,
)
from classifiers.look import Look
from classifiers.reading import Reading, read
from classifiers.rulebook import Rule
from classifiers.stance import (
    _HEARD,
    _HOST_WEIGHT,
    _REACHED,
    _SIGNS,
    Speaker,
    _counted,
    _own_counted,
    _weight,
)
from classifiers.subject import Subject
from classifiers.tracing import Trace, trace
from storage.records import Finding, Judgement

_CLOSE = 5e-4  # scores are rounded to four places


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """What speaks for a voice."""

    concept: str
    weight: float  # of one
    counted: int  # how often it counts
    words: tuple[str, ...]  # the first few, as the author wrote them


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    name: str
    weight: float
    least: float  # from here on the voice is heard
    signs: tuple[Sign, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What one finding of a rule brings.

    score == min(most, base * share * weight) * lowered, or UNKNOWN * lowered without a weight.
    """

    finding: Finding
    base: float
    share: float  # of the claims that count, after the directory's answer
    trace: Trace
    weight: float | None = 1.0  # the directory's; None: it cannot tell
    answer: str = ""  # what the directory says, "" where it was not asked
    lowered: float = 1.0  # less where the directory bears out the body's own filing


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """Noisy-or: 1 - (1 - a)(1 - b)…; weak findings alone stay below the flag."""

    strong: tuple[float, ...]
    weak: tuple[float, ...]
    weak_together: float  # as it counts: at most `weak_cap`
    weak_cap: float
    weak_below: float
    most: float
    rules: float  # what the rules add up to
    flag: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    judgement: Judgement  # with the weak findings of a text that is not flagged
    speaker: Speaker
    voices: tuple[Voice, ...]  # for which anything speaks, the strongest first
    reachable: bool  # whether the author leaves any way to be reached: no seller without one
    host_weight: float  # what the host adds to an office's voice
    shares: tuple[Share, ...]
    left_out: tuple[Trace, ...]  # rules whose words stand there and that came to nothing
    cleared: frozenset[str]  # those of them that the directory bears out
    unsure: Mapping[str, str]  # those of them that it could not tell of, with the reason
    sum: Sum
    learned: Learned | None  # None: the rules decide alone, or nobody looked
    off_topic: bool  # a long text without a word of certificates: nobody looks at its rules
    beyond_rules: float  # the judgement's score minus what the rules add up to


def explain(judge: Judge, subject: Subject) -> Explanation:
    judgement = judge.judge(subject, keep_weak=True)
    reading = read(judge, subject)
    traces = {rule.name: trace(reading, at, rule) for at, rule in _standing(judge, reading)}
    look = judge.eye.look(subject)
    check = Check(reading.document, judge.directory, day_of(subject))
    findings = _findings(look, check) if look else ()
    answers = _answers(look, check) if look else {}
    shares = tuple(_shares(findings, answers, traces, lawful=borne_out(findings, check)))
    counted = {share.finding.rule for share in shares}
    dropped = _dropped(look, check, answers) if look else {}
    added = _sum(judgement)
    beyond = judgement.score - added.rules
    return Explanation(
        judgement=judgement,
        speaker=reading.speaker,
        voices=tuple(_voices(reading)),
        reachable=any(_own_counted(reading.document, one, 1) for one in _REACHED),
        host_weight=_HOST_WEIGHT.get(reading.speaker.host, 0.0),
        shares=shares,
        left_out=tuple(one for name, one in traces.items() if name not in counted and told(one)),
        cleared=frozenset(name for name, why in dropped.items() if not why),
        unsure={name: why for name, why in dropped.items() if why},
        sum=added,
        learned=learned(judge, look, findings, check) if look else None,
        off_topic=look is None,
        beyond_rules=beyond if abs(beyond) > _CLOSE else 0.0,
    )


def _answers(look: Look, check: Check) -> dict[str, Answer | None]:
    """The directory's word about each rule's claims; None where it clears them all."""
    return {claim.rule.name: check.answer(claim.kept) for claim in look.claims if claim.kept}


def _dropped(look: Look, check: Check, answers: Mapping[str, Answer | None]) -> dict[str, str]:
    """Rules that count for nothing once the directory was asked: "" if it bears the words out."""
    return {
        claim.rule.name: check.unsure(claim.kept)
        for claim in look.claims
        if claim.kept and answers[claim.rule.name] is None
    }


def _shares(
    findings: Sequence[Finding],
    answers: Mapping[str, Answer | None],
    traces: Mapping[str, Trace],
    *,
    lawful: bool,
) -> Iterator[Share]:
    for finding in findings:
        answer = answers[finding.rule]
        if answer is not None:
            yield Share(
                finding=finding,
                base=traces[finding.rule].rule.score,
                share=answer.kept[0][0],
                trace=traces[finding.rule],
                weight=answer.weight,
                answer=answer.fault,
                lowered=LEFT if lawful and finding.code in _FILED_MAY_SAY else 1.0,
            )


def told(one: Trace) -> bool:
    """Whether there is anything to say of a rule on this text."""
    return bool(one.places or one.claims)


def _standing(judge: Judge, reading: Reading) -> Iterator[tuple[int, Rule]]:
    for at in sorted(reading.found):
        yield at, judge.eye.rules[at]


def _sum(judgement: Judgement) -> Sum:
    scores = [finding.score for finding in judgement.findings if finding.rule != LEARNED]
    weak = tuple(score for score in scores if score < _WEAK)
    return Sum(
        strong=tuple(score for score in scores if score >= _WEAK),
        weak=weak,
        weak_together=min(_WEAK_CAP, _together(weak)),
        weak_cap=_WEAK_CAP,
        weak_below=_WEAK,
        most=_MOST,
        rules=overall(scores),
        flag=FLAGGED,
    )


def _voices(reading: Reading) -> list[Voice]:
    document = reading.document
    voices = [
        Voice(
            name=name,
            weight=_weight(document, name),
            least=_HEARD[name],
            signs=tuple(_signs(reading, name)),
        )
        for name in _SIGNS
    ]
    return sorted((one for one in voices if one.signs), key=lambda one: -one.weight)


def _signs(reading: Reading, voice: str) -> Iterator[Sign]:
    document = reading.document
    count = _own_counted if voice == "seller" else _counted
    for concept, (weight, most) in _SIGNS[voice].items():
        counted = count(document, concept, most)
        if counted:
            words = reading.words(concept, 0, len(document.text))
            yield Sign(concept=concept, weight=weight, counted=counted, words=words)
