"""A text as the judge reads it, kept open for those who want to see each step.

The same steps as `Judge.judge` in the same order, without its short ways out. `explain` compares
its outcome with the judge's own and says so where the two differ.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from classifiers.document import Document, lay_out, with_breaks, with_concepts, with_speech
from classifiers.judge import Judge
from classifiers.matching import Candidate, RoleSpans, concept_places, find_candidates
from classifiers.rulebook import FIELDS
from classifiers.speech import speech
from classifiers.stance import Speaker, who_speaks
from classifiers.subject import Subject
from storage.records import Evidence

WORDS = 3  # of one kind shown
_TRIED = 16  # places looked at for them; a page may say one word without end


@dataclass(frozen=True, slots=True)
class Reading:
    document: Document
    found: Mapping[int, list[RoleSpans]]  # by the rule's place among the judge's
    candidates: Mapping[str, Sequence[Candidate]]  # by the rule's name
    speaker: Speaker

    def quote(self, start: int, end: int) -> str:
        """The author's own characters at a place of the folded text."""
        low, high = self.document.folded.span(start, end)
        return self.document.original[low:high]

    def evidence(self, start: int, end: int) -> Evidence | None:
        """The same with field and offsets; None where it runs from one field into the next."""
        if self.document.field_of(start, end) is None:
            return None
        return self.document.evidence(start, end)

    def words(self, concept: str, low: int, high: int) -> tuple[str, ...]:
        """The first few words of a concept within text[low:high], as the author wrote them."""
        places = self.document.concepts.get(concept)
        found: dict[str, None] = {}
        for _ in range(_TRIED if places is not None else 0):
            place = places.inside(low, high) if places is not None else None
            if place is None or len(found) == WORDS:
                break
            found[self.quote(*place)] = None
            low = place[0] + 1
        return tuple(found)


def read(judge: Judge, subject: Subject) -> Reading:
    document = lay_out([(name, getattr(subject, name)) for name in FIELDS])
    document = judge.eye.unmasked(document)
    found = judge.eye.rule_words.find(document.text)
    document = with_breaks(document)
    candidates = find_candidates(document, found, judge.eye.rules)
    places = concept_places(document, judge.eye.concept_words, judge.eye.concepts)
    document = with_concepts(document, places)
    document = with_speech(document, *speech(document))
    by_rule: dict[int, list[RoleSpans]] = defaultdict(list)
    for one in found:
        by_rule[one[0].rule].append(one)
    return Reading(
        document,
        dict(by_rule),
        {one[0].rule.name: one for one in candidates},
        who_speaks(document, subject.url),
    )
