"""Words to search by: how a text is folded for it, and the short pieces an index knows it by.

Chinese is written without blanks and its words are mostly of two signs, so the pieces (grams) are
pairs of signs; of ASCII letters and digits also triples, because the ten digits make few pairs. A
word of two signs is found by its gram alone; a longer one is looked for in what its grams leave.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from storage.digits import SPELLED

MOST = 30_000  # signs of one field that can be searched
LONGEST = 40  # signs of what is asked for
WORDS = 6
SEPARATOR = "\n"  # between fields; no gram reaches over it
NO_WORD = re.compile(r"[\W_]+")
# What could be a phone, WeChat or QQ number, or a part of one long enough to try them out.
DIGITS = f"0-9{''.join(SPELLED)}"
YEAR = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])")
CONTACT = re.compile(rf"(?:[a-z]*[{DIGITS}]){{4}}|[a-z0-9]{{6}}")
PART = re.compile(rf"[{DIGITS}]{{3}}|[a-z0-9]{{5}}")
# Signs of which contacts consist, and runs of them that may be one: 5 figures are a QQ number,
# 6 letters and figures a WeChat id.
SIGNS = re.compile(rf"[a-z{DIGITS}]")
RUNS = re.compile(rf"[a-z{DIGITS}]{{6,}}|[{DIGITS}]{{5,}}")


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody looks for: every one of these words, in any order, within one post."""

    words: tuple[str, ...]  # folded
    bare: bool = False  # by somebody who may not see contacts: nothing within one is found

    @property
    def grams(self) -> list[str]:
        return sorted({gram for word in self.words for gram in grams_asked(word)})

    @property
    def exact(self) -> bool:
        """Whether the grams alone say that every word is there."""
        return all(len(word) == 2 and word <= "\uffff" * 2 for word in self.words)

    @property
    def names_contact(self) -> bool:
        """Whether it may be somebody's number: to look for one is to read personal data."""
        return any(CONTACT.search(YEAR.sub(" ", word)) for word in self.words)

    @property
    def asks_part(self) -> bool:
        """Whether it may be a part of one, by which the whole could be tried out."""
        return any(PART.search(YEAR.sub(" ", word)) for word in self.words)

    @property
    def probing(self) -> tuple[str, ...]:
        """Words that could stand within a contact and must be found outside of every one."""
        return tuple(word for word in self.words if SIGNS.search(word)) if self.bare else ()


def without_contacts(words: str, known: Iterable[str]) -> str:
    """A post's searchable words but for its contacts and every run of signs that may be one.

    Not even a word of two letters then tells whether it stands in somebody's WeChat id.
    """
    left = RUNS.sub(SEPARATOR, words)
    for contact in map(squeezed, known):
        if contact and RUNS.fullmatch(contact) is None:
            left = left.replace(contact, SEPARATOR)
    return left


def squeezed(text: str) -> str:
    """Letters and digits only, compatible forms made one: `１3８ 包.过` is `138包过`."""
    folded = unicodedata.normalize("NFKC", text[:MOST]).casefold()
    return NO_WORD.sub("", folded)[:MOST]


def asked(typed: str, *, bare: bool = False) -> Asked:
    """Nothing where no word of two signs or more is left; blanks part words."""
    parts = (squeezed(part) for part in typed[:LONGEST].split())
    words = tuple(dict.fromkeys(part for part in parts if part))[:WORDS]
    return Asked(words if any(len(word) > 1 for word in words) else (), bare=bare)


def grams(words: str) -> set[str]:
    """Of fields joined by SEPARATOR."""
    found = set()
    for one, two, three in zip(words, words[1:], words[2:] + SEPARATOR, strict=False):
        if SEPARATOR in {one, two}:
            continue
        found.add(one + two)
        if three != SEPARATOR and (one + two + three).isascii():
            found.add(one + two + three)
    return found


def grams_asked(word: str) -> list[str]:
    """Grams that together reach over the whole word: every pair, of ASCII every second triple."""
    found, reached = [], 0
    for at in range(len(word) - 1):
        triple = word[at : at + 3]
        ascii_triple = len(triple) == 3 and triple.isascii()
        if ascii_triple and at + 1 >= reached:
            found.append(triple)
            reached = at + 3
        elif not ascii_triple and at + 2 > reached:
            found.append(triple[:2])
            reached = at + 2
    return found


def number(gram: str) -> int:
    """A gram as a signed 32-bit integer, for PostgreSQL's arrays; rare signs share some."""
    signs = [ord(sign) if ord(sign) < 0x10000 else 0xD800 + ord(sign) % 0x800 for sign in gram]
    if len(signs) == 3:  # below 2**21, where no pair of letters or digits is
        return signs[0] << 14 | signs[1] << 7 | signs[2]
    value = signs[0] << 16 | signs[1]
    return value - (1 << 32) if value >> 31 else value
