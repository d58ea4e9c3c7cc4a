"""Disguised strong words read as what they are, wherever how they are made gives them away.

Nothing here is a list of forms: a strong word is found by its sound (`syllables`), and believed
where what is written is no word of its own. A restored place is marked, so that a rule's words in
it count only beside a second signal, and always quotes all of the author's characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice, starmap
from typing import NamedTuple

import numpy as np
from ahocorasick_rs import AhoCorasick

from classifiers.concepts import Concept
from classifiers.folding import Folded, _places
from classifiers.rulebook import Rule
from classifiers.segments import is_whole
from classifiers.syllables import Listener, Sounding, alone, read_as, sound
from classifiers.turned import backwards, columns, heads

_HAN = re.compile(r"[\u3400-\u9fff]{2,}")
# Their sounds are those of too many names and half words; the known forms must do.
_LEFT = frozenset(("加微", "内部", "扣扣", "电话"))
_TRIED = 2000  # places looked at in one text; a page may repeat itself without end
_LONGEST = 8  # characters of a word that is looked for
# Too common to be taken for a disguise of anything.
_EVERYDAY = frozenset(
    "的一是了我不人在他有这个上们来到时大地为子中你说生年着就那哪和要她出也得里后自以会家可下而天去"
    "能对小多然于心学么之都好看起发当没成只如事把还用第样道想作种开十实使市室师做坐动给记部报回各"
    "于与所知至支值直指只制治之此次从带待新心信行性形型名明直成程称下夏加价设抱"
)


class Restored(NamedTuple):
    """text[start:end] stands for the word."""

    start: int
    end: int
    word: str


@dataclass(frozen=True, slots=True)
class Unmasker:
    words: tuple[str, ...]
    known: frozenset[str]
    listener: Listener
    automaton: AhoCorasick  # of sounds
    plain: AhoCorasick

    def find(self, text: str) -> list[Restored]:
        """Ascending, none overlapping another."""
        heard = self.listener.hear(text)
        found = [
            *(one for one in islice(self._told(text, heard), _TRIED) if _believed(text, one)),
            *starmap(Restored, islice(self._plainly(text), _TRIED)),
        ]
        found.sort(key=lambda one: (one.start, one.start - one.end))
        kept: list[Restored] = []
        for one in found:
            if not kept or one.start >= kept[-1].end:
                kept.append(one)
        return kept

    def _plainly(self, text: str) -> Iterator[tuple[int, int, str]]:
        """What needs no belief: start, end and how it is to be read."""
        single = (one for one in alone(text) if is_whole(text, one[0], one[1]))
        return chain(columns(text), heads(text, self.plain), backwards(text), single)

    def _told(self, text: str, heard: Sounding) -> Iterator[Restored]:
        starts, ends, words, known = heard.starts, heard.ends, self.words, self.known
        matches = self.automaton.find_matches_as_indexes(heard.signs, overlapping=True)
        for number, first, last in matches:
            start, end, word = int(starts[first]), int(ends[last - 1]), words[number]
            if text[start:end] in known:
                continue
            pieces = [text[starts[at] : ends[at]] for at in range(first, last)]
            same = sum(read_as(piece) == char for piece, char in zip(pieces, word, strict=True))
            if 2 * same >= len(word) and end - start <= 4 * len(word):
                yield Restored(start, end, word)


def _believed(text: str, one: Restored) -> bool:
    """Whether neither the piece nor a changed character of it belongs to another word."""
    start, end, word = one
    if not is_whole(text, start, end):
        return False
    if end - start != len(word):
        return True
    return all(
        text[at] == char or (text[at] not in _EVERYDAY and is_whole(text, at, at + 1))
        for at, char in enumerate(word, start)
    )


def strong_words(
    rules: Iterable[Rule], concepts: Iterable[Concept], disguises: Iterable[str]
) -> list[str]:
    """Words worth a disguise: those with known ones, certificates, promises, and any longer word.

    Short words of other rules sound like too much else (我们颁, 我们班).
    """
    words = [word for word in disguises if word not in _LEFT]
    for concept in concepts:
        words += [word for word in concept.words if concept.name == "certificate" and word[2:]]
    for rule in rules:
        least = 3 if rule.code[:2] in ("B4", "C4") else 4
        words += [word for word in (*rule.words, *rule.sure) if len(word) >= least]
    return [word for word in words if len(word) <= _LONGEST and _HAN.fullmatch(word)]


def build_unmasker(words: Iterable[str]) -> Unmasker:
    strong = tuple(dict.fromkeys(words))
    sounds, plain = AhoCorasick([sound(word) for word in strong]), AhoCorasick(list(strong))
    return Unmasker(strong, frozenset(strong), Listener(strong), sounds, plain)


def restore(folded: Folded, places: list[Restored]) -> Folded:
    """The text with each place read as its word, each of whose characters stands for the whole."""
    if not places:
        return folded
    starts, ends = np.asarray(folded.starts), np.asarray(folded.ends)
    text, lows, highs, marks = [], [], [], []
    at = length = 0
    shifts = []  # from here on, by how much a place of the old text moved
    for start, end, word in places:
        text += [folded.text[at:start], word]
        lows += [starts[at:start], np.repeat(starts[start], len(word))]
        highs += [ends[at:start], np.repeat(ends[end - 1], len(word))]
        length += start - at
        marks.append((length, length + len(word)))
        length += len(word)
        at = end
        shifts.append(length - end)
    text.append(folded.text[at:])
    lows.append(starts[at:])
    highs.append(ends[at:])
    return Folded(
        "".join(text),
        _places(np.concatenate(lows)),
        _places(np.concatenate(highs)),
        _moved(folded.gaps, places, shifts),
        marks,
    )


def _moved(gaps: Iterable[int], places: list[Restored], shifts: list[int]) -> list[int]:
    """The gaps outside the places, where they stand now."""
    moved, at = [], 0
    for gap in gaps:
        while at < len(places) and places[at].end <= gap:
            at += 1
        if at == len(places) or gap <= places[at].start:
            moved.append(gap + (shifts[at - 1] if at else 0))
    return moved
