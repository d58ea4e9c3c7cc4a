"""The judge: one text in, findings with their very words out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from classifiers.concepts import Concept, load_concepts, load_disguises
from classifiers.directory import Directory
from classifiers.document import Document, lay_out, with_breaks, with_concepts, with_speech
from classifiers.filed import Check, lowered
from classifiers.laws import cite, for_code
from classifiers.matching import (
    Candidate,
    ConceptRole,
    Match,
    Part,
    RuleRole,
    concept_places,
    concept_scanner,
    find_candidates,
    find_matches,
    rule_scanner,
)
from classifiers.rulebook import FIELDS, Rule, load_rules
from classifiers.scanner import Scanner
from classifiers.speech import speech
from classifiers.stance import Speaker, keeps, who_speaks
from storage.records import Evidence, Finding, Judgement, aware

FLAGGED = 0.5  # a person should look from here on
_WEAK = 0.35  # findings below this never flag a text by themselves, however many there are
_WEAK_CAP = 0.45
_MOST = 0.98  # a machine is never certain
_QUOTES = 8  # pieces of evidence kept for one finding
_OURS = ZoneInfo("Asia/Shanghai")  # a law is in force by Chinese days


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What the judge reads; offsets of evidence point into these texts."""

    title: str = ""
    text: str = ""
    account: str = ""
    url: str = ""
    platform: str = ""
    published_at: datetime | None = None  # None: cited as of the day of judging

    def __post_init__(self) -> None:
        if self.published_at is not None:
            aware(self.published_at)


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


def _kept(
    document: Document, candidates: Sequence[Candidate], speaker: Speaker
) -> list[tuple[float, Match]]:
    """A rule's matches with the share that each keeps; no more once enough are plain offers."""
    kept: list[tuple[float, Match]] = []
    plain = 0
    for match in find_matches(document, candidates):
        share = keeps(document, match, speaker)
        if share > 0.0:
            kept.append((share, match))
        plain += share >= 1.0
        if plain >= _QUOTES:
            break
    return kept


def _finding(document: Document, kept: list[tuple[float, Match]], check: Check) -> Finding | None:
    """None where the rule asks the directory and the directory clears all its matches."""
    kept.sort(key=lambda pair: (-pair[0], pair[1].start))
    rule = kept[0][1].rule
    answer = check.answer(kept)
    if answer is None:
        return None
    evidence = tuple(
        document.evidence(match.start, match.end) for _, match in answer.kept[:_QUOTES]
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


@dataclass(frozen=True, slots=True)
class Judge:
    """Holds no state between texts; the same text always gets the same judgement."""

    rules: tuple[Rule, ...]
    concepts: tuple[Concept, ...]
    rule_words: Scanner[RuleRole]
    concept_words: Scanner[ConceptRole]
    engine: str  # changes whenever a rule, a table, the directory or the code of the judge changes
    directory: Directory | None = None

    def judge(self, subject: Subject, *, keep_weak: bool = False) -> Judgement:
        """Findings of a text that is not flagged are left out unless `keep_weak`."""
        document = lay_out([(name, getattr(subject, name)) for name in FIELDS])
        found = self.rule_words.find(document.text)
        if all(role.part is Part.BENIGN for role, _, _ in found):
            return self._clean()
        document = with_breaks(document)
        candidates = find_candidates(document, found, self.rules)
        if not candidates:
            return self._clean()
        places = concept_places(document, self.concept_words, self.concepts)
        document = with_concepts(document, places)
        document = with_speech(document, *speech(document))
        speaker = who_speaks(document, subject.url)
        findings = self._findings(document, candidates, speaker, subject)
        score = overall([finding.score for finding in findings])
        flagged = score >= FLAGGED
        return Judgement(
            score=round(score, 4),
            flagged=flagged,
            findings=findings if flagged or keep_weak else (),
            stance=speaker.voice,
            engine=self.engine,
        )

    def _clean(self) -> Judgement:
        return Judgement(
            score=0.0, flagged=False, findings=(), stance="unknown", engine=self.engine
        )

    def _findings(
        self,
        document: Document,
        candidates: Sequence[Sequence[Candidate]],
        speaker: Speaker,
        subject: Subject,
    ) -> tuple[Finding, ...]:
        kept = (_kept(document, of_rule, speaker) for of_rule in candidates)
        moment = subject.published_at or datetime.now(tz=_OURS)
        check = Check(document, self.directory, moment.astimezone(_OURS).date())
        found = (_finding(document, matches, check) for matches in kept if matches)
        findings = lowered([finding for finding in found if finding is not None], check)
        return tuple(sorted(findings, key=lambda finding: (-finding.score, finding.rule)))


def _fingerprint(extra: Path | None) -> str:
    room = Path(__file__).parent
    files = [*room.glob("*.py"), *room.rglob("*.yaml"), *(extra.glob("*.yaml") if extra else ())]
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def load_judge(extra_rules: Path | None = None, directory: Directory | None = None) -> Judge:
    """Read and check all rules; raises BadSheet. `extra_rules` is an office's own rule folder.

    Without a `directory` of filed bodies, what only it can settle is called unknown.
    """
    concepts = load_concepts()
    disguises = load_disguises()
    rules = load_rules(concepts, extra_rules)
    return Judge(
        rules,
        tuple(concepts.values()),
        rule_scanner(rules, disguises),
        concept_scanner(concepts.values(), disguises),
        _fingerprint(extra_rules) + (f"-{directory.fingerprint}" if directory else ""),
        directory,
    )
