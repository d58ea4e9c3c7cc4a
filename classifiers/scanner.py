"""All words of all rules in one pass, and what each found word means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from ahocorasick_rs import AhoCorasick

from classifiers.concepts import disguised

Role = TypeVar("Role")


class Found(NamedTuple, Generic[Role]):
    start: int
    end: int
    role: Role
    disguise: bool  # written in a disguise, so it needs a second signal


@dataclass(frozen=True, slots=True)
class Scanner(Generic[Role]):
    """Finds every word with every role, overlapping ones too, in linear time."""

    automaton: AhoCorasick
    roles: tuple[tuple[tuple[Role, bool], ...], ...]

    def find(self, text: str) -> list[Found[Role]]:
        roles = self.roles
        return [
            Found(start, end, role, disguise)
            for word, start, end in self.automaton.find_matches_as_indexes(text, overlapping=True)
            for role, disguise in roles[word]
        ]


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
    plain = {  # a disguise that is a plain word of the same role elsewhere is no disguise
        word: tuple(key for key in found if not key[1] or (key[0], False) not in found)
        for word, found in roles.items()
    }
    return Scanner(AhoCorasick(list(plain)), tuple(plain.values()))
