"""The judge: one text in, findings with their very words out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from classifiers.closer import closer, sentence_closest
from classifiers.directory import Directory
from classifiers.eye import Eye, load_eye
from classifiers.filed import LEFT, Check, borne_out, lowered
from classifiers.laws import cite, for_code
from classifiers.learned import FORMAT, WEIGHTS, Weighed, Weights, code_of, weigh
from classifiers.learned import load as load_weights
from classifiers.look import Claim, Look
from classifiers.passages import Passage, pulls, strongest, telling_words
from classifiers.rulebook import CLAUSES, Rule
from classifiers.shape import Measures, measures
from classifiers.subject import Subject
from classifiers.text_features import Grams, grams
from classifiers.windows import LONGEST, judged
from storage.records import Evidence, Finding, Judgement

FLAGGED = 0.5  # a person should look from here on
_WEAK = 0.35  # findings below this never flag a text by themselves, however many there are
_WEAK_CAP = 0.45
_MOST = 0.98  # a machine is never certain
_QUOTES = 8  # pieces of evidence kept for one finding
_BELOW = 0.4999  # suspicious, but with no words to show: not flagged
_ENOUGH = 0.5  # a rule's finding from which on the model need not show its own words
# Where no rule, no word of papers, tests and classes and no odd writing stands, the model must be
# surer: found on ordinary texts of other people (2026-11), half of whose false flags had none.
_BARE = 0.99
_HINT = 0.1
# In a short text there is no room to take a plain offer back, and little for the model to read: it
# may only speak against the rules where it is sure. Found on short messages (2026-11).
_BRIEF, BRIEF_LINE = 100, 0.3
_SUBJECT = (
    *("said certificate", "said exam", "said training", "said paper", "said vocational_paper"),
    *("said license_topic", "said level_word", "said listed_title", "said unlisted_title"),
    *("said job_entry", "said certificate_sale", "said training_sale", "said shady", "said deal"),
    *("said forging", "said forged_goods", "said fake_papers", "said qualification_exam"),
    *("said organ", "said former_organ", "gaps", "latin inside"),
)
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
    together: float  # what all rules add up to
    alone: float  # what those add up to that the model has never seen; all where there is no model
    weighed: Weighed | None = None
    grams: Grams | None = None
    probability: float = 0.0  # the model's, lowered where a filing is borne out
    least: float = FLAGGED  # the probability from which a person should look
    closer: float = 0.0  # the model's of a stretch around a plain claim of a long text
    sentence: float = 0.0  # of a sentence of plain offer by itself, whose line is BRIEF_LINE
    suspicion: float = 0.0  # the model's word on the scale of scores, where .5 is the line


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
    engine: str  # changes whenever a rule, a table, the directory, the model or the code changes
    directory: Directory | None = None

    def alone(self) -> Judge:
        """The same rules without the learned model: what a rule's own examples are tried on."""
        return replace(self, weights=None)

    def judge(self, subject: Subject, *, keep_weak: bool = False) -> Judgement:
        """Findings of a text that is not flagged are left out unless `keep_weak`."""
        if len(subject.text) > LONGEST:
            return judged(subject, lambda one: self._judge(one, keep_weak=keep_weak))
        return self._judge(subject, keep_weak=keep_weak)

    def _judge(self, subject: Subject, *, keep_weak: bool) -> Judgement:
        look = self.eye.look(subject)
        if look is None:
            return self._clean()
        check = Check(look.document, self.directory, day_of(subject))
        findings = _findings(look, check)
        verdict = self.weighed(look, findings, check)
        if verdict.flagged and not any(finding.score >= _ENOUGH for finding in findings):
            findings = (*self._learned(look, check, verdict), *findings)
        flagged = verdict.flagged and bool(findings)  # never without the very words
        score = verdict.score if flagged else min(verdict.score, _BELOW)
        return Judgement(
            score=round(score, 4),
            flagged=flagged,
            findings=findings if flagged or keep_weak else (),
            stance=look.speaker.voice,
            engine=self.engine,
        )

    def weighed(self, look: Look, findings: Sequence[Finding], check: Check) -> Verdict:
        """The learned model's word; raised by what it has never seen, lowered by a filing."""
        together = overall([finding.score for finding in findings])
        if self.weights is None:
            return Verdict(together, together >= FLAGGED, together, together)
        looked = grams(look.document.text)
        measured = measures(look)
        weighed = weigh(self.weights, looked, measured)
        factor = LEFT if borne_out(findings, check) else 1.0
        probability = weighed.probability * factor
        least = self._line(look, measured, together)
        near = 0.0
        if together >= FLAGGED and probability < least:
            near = closer(self.eye, self.weights, look) * factor
        suspicion = max(at_half(probability, least), at_half(near, self.weights.threshold))
        sentence = 0.0
        if together >= FLAGGED and suspicion < FLAGGED:
            sentence = sentence_closest(self.eye, self.weights, look) * factor
            suspicion = max(suspicion, at_half(sentence, BRIEF_LINE))
        alone = overall([one.score for one in findings if one.rule not in self.learned_rules])
        score = min(_MOST, 1 - (1 - suspicion) * (1 - alone))
        return Verdict(
            score=score,
            flagged=score >= FLAGGED,
            together=together,
            alone=alone,
            weighed=weighed,
            grams=looked,
            probability=probability,
            least=least,
            closer=near,
            sentence=sentence,
            suspicion=suspicion,
        )

    def _line(self, look: Look, measured: Measures, together: float) -> float:
        """The probability from which on the model may flag this text."""
        assert self.weights is not None
        if together >= FLAGGED:
            brief = len(look.document.text) <= _BRIEF
            plain = brief and any(claim.share >= 1.0 for claim in look.claims)
            return BRIEF_LINE if plain else self.weights.backed_threshold
        if together >= _HINT or any(measured.get(name) for name in _SUBJECT):
            return self.weights.threshold
        return max(self.weights.threshold, _BARE)

    def _learned(self, look: Look, check: Check, verdict: Verdict) -> tuple[Finding, ...]:
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
            _from_passages(look, check, verdict.score, code, told) for code, told in found.items()
        )

    def _clean(self) -> Judgement:
        return Judgement(
            score=0.0, flagged=False, findings=(), stance="unknown", engine=self.engine
        )


def _from_passages(
    look: Look, check: Check, score: float, code: str, found: Sequence[Told]
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
        legal_basis=tuple(dict.fromkeys(for_code(code, check.day))),
    )


def _learned_why(words: Sequence[str]) -> str:
    shown = "”“".join(words)
    told = f"，尤其是“{shown}”" if words else ""
    return (
        f"此处说法与已知的违规宣传相近{told}；"
        "由学习模型比对得出，它只提请人看，从不作决定，须由人判断。"
    )


def at_half(probability: float, line: float) -> float:
    """A probability on the scale of scores: the line becomes FLAGGED, the ends stay."""
    if probability < line:
        return FLAGGED * probability / line
    return FLAGGED + (1 - FLAGGED) * (probability - line) / (1 - line)


def day_of(subject: Subject) -> date:
    """The Chinese day by whose law a text is judged."""
    moment = subject.published_at or datetime.now(tz=_OURS)
    return moment.astimezone(_OURS).date()


def _findings(look: Look, check: Check) -> tuple[Finding, ...]:
    found = (_finding(look, claim, check) for claim in look.claims if claim.kept)
    findings = lowered([finding for finding in found if finding is not None], check)
    return tuple(sorted(findings, key=lambda finding: (-finding.score, finding.rule)))


def _finding(look: Look, claim: Claim, check: Check) -> Finding | None:
    """None where the rule asks the directory and the directory clears all its matches."""
    rule = claim.rule
    answer = check.answer(claim.kept)
    if answer is None:
        return None
    evidence = tuple(
        look.document.evidence(match.start, match.end) for _, match in answer.kept[:_QUOTES]
    )
    cited = [*cite(rule.legal_basis, check.day), *for_code(rule.code, check.day)]
    return Finding(
        rule=rule.name,
        version=rule.version,
        code=rule.code,
        clause=rule.clause,
        score=round(min(_MOST, answer.score(rule)), 4),
        severity=rule.severity,
        proves=rule.proves,
        why=answer.told(_why(rule, evidence)),
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


def known_rules(eye: Eye, weights: Weights | None) -> frozenset[str]:
    """Rules the model was made with, but for those that ask what it cannot: directory and host."""
    told = frozenset(weights.facts["rules"] if weights else ())
    return frozenset(
        rule.name
        for rule in eye.rules
        if not (rule.directory or rule.hosts)
        # Models made before 2026-11-25 tell the name alone.
        and (told_as(rule) in told or rule.name in told)
    )


def told_as(rule: Rule) -> str:
    """How a model names a rule it was made with: one that was changed since is another."""
    return f"{rule.name} {rule.version}"


def load_judge(
    extra_rules: Path | None = None,
    directory: Directory | None = None,
    *,
    model: Path | None = WEIGHTS,
) -> Judge:
    """Read and check all rules; raises BadSheet and BadModel.

    `extra_rules` is an office's own rule folder, `model` the weights; None lets the rules decide
    alone. Without a `directory` of filed bodies, what only it can settle is called unknown.
    """
    weights = load_weights(model) if model else None
    eye = load_eye(extra_rules)
    engine = _fingerprint(extra_rules, model) + (f"-{directory.fingerprint}" if directory else "")
    return Judge(eye, weights, known_rules(eye, weights), engine, directory)
