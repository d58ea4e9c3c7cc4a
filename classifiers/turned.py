"""Words that are written another way round: backwards, down a column, down the first characters.

Backwards only where the author says so (反着念), or where two such words stand side by side.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from ahocorasick_rs import AhoCorasick

_HINTS = ("反着", "倒着", "倒过来", "反过来读", "反过来念", "右往左", "念回去")
_STRONG = (
    "包过班 保过班 包过 保过 必过 免考 代考 替考 拿证 出证 下证 办证 挂证 挂靠 证书 资格证 直出"
)
_TURNED = re.compile("|".join(word[::-1] for word in _STRONG.split()))
_SIDE = r"(?:过[包保]|考[免代替])"
_PAIR = re.compile(rf"(?<![免代替包保]){_SIDE}(?:[ ,、]?{_SIDE})+(?![过考])")
_ONE_SIDE = re.compile(_SIDE)
_COLUMN = re.compile(r"(?<![^\n])(?:[^\s\n]\n){2,}[^\s\n](?![^\n])")
_LINE = 30  # characters; first characters are read down short lines only
_HEADS = 4  # characters of what is read down them: one word, or words side by side
_MOST = 200

Turned = tuple[int, int, str]  # start, end and how that piece of the text is to be read


def backwards(text: str) -> Iterator[Turned]:
    if any(hint in text for hint in _HINTS):
        for match in _TURNED.finditer(text):
            yield match.start(), match.end(), match[0][::-1]
        return
    for pair in _PAIR.finditer(text):
        for match in _ONE_SIDE.finditer(text, *pair.span()):
            yield match.start(), match.end(), match[0][::-1]


def columns(text: str) -> Iterator[Turned]:
    """At least three lines of one character each."""
    for match in islice(_COLUMN.finditer(text), _MOST):
        yield match.start(), match.end(), match[0].replace("\n", "")


def heads(text: str, words: AhoCorasick) -> Iterator[Turned]:
    """What the first characters of short lines say is put before those lines."""
    if text.count("\n") < _HEADS + 1:
        return
    at, told = 0, []
    for line in text.split("\n"):
        told.append((line[:1] if 1 < len(line) <= _LINE else " ", at))
        at += len(line) + 1
    said = "".join(char or " " for char, _ in told)
    low = high = -1
    for _, start, end in islice(words.find_matches_as_indexes(said), _MOST):
        if start != high:
            low = start
        high = end
        if high - low >= _HEADS:
            first, last = told[low][1], told[high - 1][1] + 1
            yield first, last, f"{said[low:high]}\n{text[first:last]}"
            low = -1
