"""All words of all rules in one pass, and what each found word means."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

from ahocorasick_rs import AhoCorasick

from classifiers.concepts import disguised

Role = TypeVar("Role")
Spans: TypeAlias = list[tuple[int, int]]  # start and end


@dataclass(frozen=True, slots=True)
class Scanner(Generic[Role]):
    """Finds every word with every role, overlapping ones too, in linear time."""

    automaton: AhoCorasick
    keys: tuple[tuple[Role, bool], ...]  # a role, and whether the word is written in a disguise
    of_word: tuple[tuple[int, ...], ...]  # word -> places in `keys`

    def find(self, text: str) -> list[tuple[Role, bool, Spans]]:
        """Each role that is found, with all its places by ascending end."""
        found: dict[int, Spans] = defaultdict(list)
        of_word = self.of_word
        # The busiest loop of the judge: plain numbers and tuples only.
        for word, start, end in self.automaton.find_matches_as_indexes(text, overlapping=True):
            span = (start, end)
            for key in of_word[word]:
                found[key].append(span)
        return [(*self.keys[key], spans) for key, spans in found.items()]


def build_scanner(
    words: Iterable[tuple[str, Role]], disguises: Mapping[str, tuple[str, ...]]
) -> Scanner[Role]:
    """Words with their roles; each disguise of a word gets the same role, marked."""
    roles: dict[str, dict[tuple[Role, bool], None]] = {}
    table = dict(disguises)
    for word, role in words:
        roles.setdefault(word, {})[role, False] = None
        for form in sorted(disguised(word, table)):
            roles.setdefault(form, {})[role, True] = None
    numbers: dict[tuple[Role, bool], int] = {}
    of_word = [  # a disguise that is a plain word of the same role elsewhere is no disguise
        tuple(
            numbers.setdefault(key, len(numbers))
            for key in found
            if not key[1] or (key[0], False) not in found
        )
        for found in roles.values()
    ]
    return Scanner(AhoCorasick(list(roles)), tuple(numbers), tuple(of_word))
