"""The judge: one text in, findings with their very words out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from classifiers.eye import Eye, load_eye
from classifiers.laws import cite, for_code
from classifiers.learned import FORMAT, WEIGHTS, Weighed, Weights, code_of, weigh
from classifiers.learned import load as load_weights
from classifiers.look import Claim, Look
from classifiers.passages import Passage, pulls, strongest, telling_words
from classifiers.rulebook import CLAUSES, Rule
from classifiers.shape import measures
from classifiers.subject import Subject
from classifiers.text_features import Grams, grams
from storage.records import Evidence, Finding, Judgement

FLAGGED = 0.5  # a person should look from here on
_WEAK = 0.35  # findings below this never flag a text by themselves, however many there are
_WEAK_CAP = 0.45
_MOST = 0.98  # a machine is never certain
_QUOTES = 8  # pieces of evidence kept for one finding
_ENOUGH = 0.5  # a rule's finding from which on the model need not show its own words
LEARNED = "learned"  # stands where a rule's name would
_LEARNED_SEVERITY = 3
_OURS = ZoneInfo("Asia/Shanghai")  # a law is in force by Chinese days


def _together(scores: Iterable[float]) -> float:
    left = 1.0
    for score in scores:
        left *= 1.0 - score
    return 1.0 - left


def overall(scores: Sequence[float]) -> float:
    """Noisy-or of all scores; weak ones alone stay below the flag."""
    weak = min(_WEAK_CAP, _together(score for score in scores if score < _WEAK))
    strong = [score for score in scores if score >= _WEAK]
    return min(_MOST, _together([*strong, weak]) if strong else weak)


def _why(rule: Rule, evidence: Sequence[Evidence]) -> str:
    words = "”“".join(dict.fromkeys(piece.quote.strip() for piece in evidence[:3]))
    return rule.why_zh.replace("{words}", f"“{words}”")


@dataclass(frozen=True, slots=True)
class Verdict:
    """How suspicious a text is, and what the model weighed."""

    score: float
    flagged: bool
    weighed: Weighed | None
    grams: Grams | None


class Told(NamedTuple):
    """A passage and the words of it that weigh most."""

    passage: Passage
    words: Sequence[str]


@dataclass(frozen=True, slots=True)
class Judge:
    """Holds no state between texts; the same text always gets the same judgement."""

    eye: Eye
    weights: Weights | None  # None: the rules decide alone
    learned_rules: frozenset[str]  # rules the model was made with
    engine: str  # changes whenever a rule, a table or the code of the judge changes

    def judge(self, subject: Subject, *, keep_weak: bool = False) -> Judgement:
        """Findings of a text that is not flagged are left out unless `keep_weak`."""
        look = self.eye.look(subject)
        if look is None:
            return self._clean()
        findings = _findings(look, subject)
        verdict = self.weighed(look)
        if verdict.flagged and not any(finding.score >= _ENOUGH for finding in findings):
            findings = (*self._learned(look, subject, verdict), *findings)
        flagged = verdict.flagged and bool(findings)  # never without the very words
        return Judgement(
            score=round(verdict.score, 4),
            flagged=flagged,
            findings=findings if flagged or keep_weak else (),
            stance=look.speaker.voice,
            engine=self.engine,
        )

    def weighed(self, look: Look) -> Verdict:
        """The learned model's word, raised by rules that it has never seen."""
        by_rule = {claim.rule.name: claim.rule.score * claim.share for claim in look.claims}
        alone = overall([by_rule[name] for name in by_rule.keys() - self.learned_rules])
        together = overall(list(by_rule.values()))
        if self.weights is None:
            return Verdict(together, together >= FLAGGED, None, None)
        looked = grams(look.document.text)
        weighed = weigh(self.weights, looked, measures(look))
        backed = together >= FLAGGED
        least = self.weights.backed_threshold if backed else self.weights.threshold
        score = min(_MOST, 1 - (1 - weighed.probability) * (1 - alone))
        flagged = weighed.probability >= least or alone >= FLAGGED
        return Verdict(score, flagged, weighed, looked)

    def _learned(self, look: Look, subject: Subject, verdict: Verdict) -> tuple[Finding, ...]:
        """What the model stumbled over, clause by clause, one finding a violation code."""
        if self.weights is None or verdict.grams is None:
            return ()
        pulled = pulls(self.weights, verdict.grams)
        found: dict[str, list[Told]] = {}
        for passage in strongest(look.document, verdict.grams, pulled):
            code = code_of(self.weights, grams(look.document.text[passage.start : passage.end]))
            words = telling_words(look.document, passage, verdict.grams, pulled)
            found.setdefault(code, []).append(Told(passage, words))
        return tuple(
            _from_passages(look, subject, verdict.score, code, told) for code, told in found.items()
        )

    def _clean(self) -> Judgement:
        return Judgement(
            score=0.0, flagged=False, findings=(), stance="unknown", engine=self.engine
        )


def _from_passages(
    look: Look, subject: Subject, score: float, code: str, found: Sequence[Told]
) -> Finding:
    evidence = tuple(look.document.evidence(one.passage.start, one.passage.end) for one in found)
    return Finding(
        rule=LEARNED,
        version=FORMAT,
        code=code,
        clause=CLAUSES[code[0]],
        score=round(min(_MOST, score), 4),
        severity=_LEARNED_SEVERITY,
        proves="human",
        why=_learned_why(found[0].words),
        evidence=evidence,
        legal_basis=tuple(dict.fromkeys(for_code(code, _day(subject)))),
    )


def _learned_why(words: Sequence[str]) -> str:
    shown = "”“".join(words)
    told = f"，尤其是“{shown}”" if words else ""
    return f"此处说法与已知的违规宣传相近{told}；由模型比对得出，须由人判断。"


def _day(subject: Subject) -> date:
    moment = subject.published_at or datetime.now(tz=_OURS)
    return moment.astimezone(_OURS).date()


def _findings(look: Look, subject: Subject) -> tuple[Finding, ...]:
    findings = [_finding(look, claim, subject) for claim in look.claims if claim.kept]
    return tuple(sorted(findings, key=lambda finding: (-finding.score, finding.rule)))


def _finding(look: Look, claim: Claim, subject: Subject) -> Finding:
    rule = claim.rule
    evidence = tuple(
        look.document.evidence(match.start, match.end) for _, match in claim.kept[:_QUOTES]
    )
    day = _day(subject)
    cited = [*cite(rule.legal_basis, day), *for_code(rule.code, day)]
    return Finding(
        rule=rule.name,
        version=rule.version,
        code=rule.code,
        clause=rule.clause,
        score=round(min(_MOST, rule.score * claim.share), 4),
        severity=rule.severity,
        proves=rule.proves,
        why=_why(rule, evidence),
        evidence=evidence,
        legal_basis=tuple(dict.fromkeys(cited)),
    )


def _fingerprint(extra: Path | None, model: Path | None) -> str:
    room = Path(__file__).parent
    files = [*room.glob("*.py"), *room.rglob("*.yaml")]
    files += extra.glob("*.yaml") if extra else ()
    files += [model] if model else ()
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def load_judge(extra_rules: Path | None = None, *, model: Path | None = WEIGHTS) -> Judge:
    """Read and check all rules; raises BadSheet and BadModel.

    `extra_rules` is an office's own rule folder, `model` the weights; None lets the rules decide
    alone.
    """
    weights = load_weights(model) if model else None
    learned = frozenset(weights.facts["rules"] if weights else ())
    return Judge(load_eye(extra_rules), weights, learned, _fingerprint(extra_rules, model))
