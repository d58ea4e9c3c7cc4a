"""From a text to what it shows: rules, voices, quotations; nothing is weighed yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from classifiers.concepts import Concept, load_concepts, load_disguises
from classifiers.document import Document, lay_out, with_breaks, with_concepts, with_speech
from classifiers.look import Look, look_at
from classifiers.matching import (
    ConceptRole,
    Part,
    RuleRole,
    concept_places,
    concept_scanner,
    find_candidates,
    rule_scanner,
)
from classifiers.restoring import Unmasker, build_unmasker, restore, strong_words
from classifiers.rulebook import FIELDS, Rule, load_rules
from classifiers.scanner import Scanner
from classifiers.speech import speech
from classifiers.stance import who_speaks
from classifiers.subject import Subject
from classifiers.topic import on_topic

SHORT = 150  # characters; a shorter text costs little, and may be about it in no known word


@dataclass(frozen=True, slots=True)
class Eye:
    """Holds no state between texts."""

    rules: tuple[Rule, ...]
    concepts: tuple[Concept, ...]
    rule_words: Scanner[RuleRole]
    concept_words: Scanner[ConceptRole]
    unmasker: Unmasker
    own: frozenset[int] = frozenset()  # places of an office's rules, which choose their own topics

    def look(self, subject: Subject) -> Look | None:
        """What the text shows; None where it cannot be about certificates."""
        document = lay_out([(name, getattr(subject, name)) for name in FIELDS])
        if len(document.text) > SHORT and not self._worth_a_look(document.text):
            return None
        document = self.unmasked(document)
        found = self.rule_words.find(document.text)
        document = with_breaks(document)
        candidates = find_candidates(document, found, self.rules)
        places = concept_places(document, self.concept_words, self.concepts)
        document = with_concepts(document, places)
        document = with_speech(document, *speech(document))
        return look_at(document, candidates, who_speaks(document, subject.url))

    def _worth_a_look(self, text: str) -> bool:
        """On topic, or holding words of a rule of the office's own."""
        if on_topic(text):
            return True
        if not self.own:
            return False
        found = self.rule_words.find(text)
        return any(role.rule in self.own and role.part is not Part.BENIGN for role, _, _ in found)

    def unmasked(self, document: Document) -> Document:
        """With its disguised words read as what they are."""
        found = self.unmasker.find(document.text)
        places = [one for one in found if document.in_one_part(one.start, one.end)]
        return replace(document, folded=restore(document.folded, places)) if places else document


def load_eye(extra_rules: Path | None = None) -> Eye:
    """Read and check all rules; raises BadSheet. `extra_rules` is an office's own folder."""
    concepts = load_concepts()
    disguises = load_disguises()
    rules = load_rules(concepts, extra_rules)
    return Eye(
        rules,
        tuple(concepts.values()),
        rule_scanner(rules, disguises),
        concept_scanner(concepts.values(), disguises),
        build_unmasker(strong_words(rules, concepts.values(), disguises)),
        _own(rules, extra_rules),
    )


def _own(rules: Sequence[Rule], folder: Path | None) -> frozenset[int]:
    names = {path.stem for path in folder.glob("*.yaml")} if folder else set()
    return frozenset(at for at, rule in enumerate(rules) if rule.name in names)
