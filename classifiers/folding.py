"""Text as the rules read it, with the way back to the author's own characters.

`fold` makes forms alike: NFKC, lower case, invisible characters and overlays dropped, traditional
to simplified one to one. `squeeze` goes one step further and closes the gaps that advertisers put
between Chinese characters (包♂过, 包·过, 证(zheng)书) and remembers where it closed one, so that a
caller can ask whether a hit exists only because of it.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from operator import itemgetter

import numpy as np
import numpy.typing as npt
import opencc

Codes = npt.NDArray[np.uint32]

_DROPPED = 0xFFFFFFFF  # nothing is left of the character
_LONGER = 0xFFFFFFFE  # it becomes several characters

# Left alone: their NFKC forms would break sentences ("…" into full stops) or lose a line break.
_KEPT = "…‥\u2028\u2029\x85"

# Beyond category Cf: overlays and enclosing marks (包̶过, 包⃣过), variation selectors, fillers.
_OVERLAYS = (
    (0x0300, 0x0370),
    (0x0483, 0x048A),
    (0x115F, 0x1161),
    (0x1AB0, 0x1B00),
    (0x1DC0, 0x1E00),
    (0x20D0, 0x2100),
    (0x3164, 0x3165),
    (0xFE00, 0xFE10),
    (0xFE20, 0xFE30),
    (0xFFA0, 0xFFA1),
    (0xE0100, 0xE01F0),
)

# Where NFKC or lower case can change something; Han and Hangul themselves are skipped for speed.
_FORMS = ((0x00, 0x3400), (0xA000, 0xAC00), (0xD7B0, 0xD800), (0xF900, 0x1F300), (0x1FBF0, 0x1FC00))
_HAN = ((0x3400, 0x4DC0), (0x4E00, 0xA000))
_FAR_HAN = (0x2F800, 0x2FA20)  # compatibility ideographs


@dataclass(frozen=True, slots=True)
class Folded:
    """Folded text; character i stands for `original[starts[i]:ends[i]]`."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]
    gaps: Sequence[int] = ()  # ascending: something was closed just before text[gap]
    restored: Sequence[tuple[int, int]] = ()  # ascending: a disguised word stood here

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where text[start:end] (not empty) stands in the original."""
        return self.starts[start], self.ends[end - 1]

    def gaps_between(self, start: int, end: int) -> Sequence[int]:
        """The gaps with start < gap < end, ascending."""
        return self.gaps[bisect_right(self.gaps, start) : bisect_left(self.gaps, end)]

    def gap_inside(self, start: int, end: int) -> bool:
        """Whether text[start:end] exists only because a gap was closed."""
        return bool(self.gaps) and bisect_right(self.gaps, start) < bisect_right(self.gaps, end - 1)

    def restored_inside(self, start: int, end: int) -> bool:
        """Whether text[start:end] reads so only because a disguise was taken off."""
        at = bisect_left(self.restored, end, key=itemgetter(0)) - 1
        return at >= 0 and self.restored[at][1] > start


@dataclass(frozen=True, slots=True)
class _Forms:
    table: Codes  # code point -> its one folded code point, or a mark
    longer: dict[int, str]


def _simplified() -> dict[str, str]:
    """Traditional to simplified, character by character, from OpenCC's t2s."""
    han = [chr(code) for low, high in _HAN for code in range(low, high)]
    # One character a line: phrase conversion has nothing to work on.
    lines = opencc.OpenCC("t2s").convert("\n".join(han)).split("\n")
    pairs = zip(han, lines, strict=True)
    return {old: new for old, new in pairs if old != new and len(new) == 1}


def _form(char: str, simplified: dict[str, str]) -> str:
    if char in _KEPT:
        return char
    if unicodedata.category(char) == "Cf":
        return ""
    plain = unicodedata.normalize("NFKC", char).lower()
    # Lower case can bring a combining dot (İ), and NFKC a blank before an accent (´).
    plain = "".join(c for c in plain if not 0x300 <= ord(c) < 0x370)
    return "".join(simplified.get(c, c) for c in plain)


def _is_plain(char: str) -> bool:
    """Whether nothing changes; asked first, because it holds for most and costs little."""
    if char.lower() != char or not unicodedata.is_normalized("NFKC", char):
        return False
    return unicodedata.category(char) not in ("Cf", "Mn")


@cache
def _forms() -> _Forms:
    table = np.arange(0x110000, dtype=np.uint32)
    longer: dict[int, str] = {}
    simplified = _simplified()
    for low, high in (*_FORMS, _FAR_HAN):
        for code in range(low, high):
            char = chr(code)
            if char not in simplified and _is_plain(char):
                continue
            form = _form(char, simplified)
            table[code] = ord(form) if len(form) == 1 else _LONGER if form else _DROPPED
            if len(form) > 1:
                longer[code] = form
    for old, new in simplified.items():
        table[ord(old)] = ord(new)
    for low, high in (*_OVERLAYS, (0xE0000, 0xE0080)):
        table[low:high] = _DROPPED
    table[0xD800:0xE000] = 0xFFFD  # lone surrogates, which UTF-8 and so the scanner cannot carry
    return _Forms(table, {code: form for code, form in longer.items() if table[code] == _LONGER})


def _codes(text: str) -> Codes:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def _text(codes: Codes) -> str:
    return codes.astype("<u4", copy=False).tobytes().decode("utf-32-le", "surrogatepass")


def _places(index: npt.NDArray[np.int64]) -> array[int]:
    """As plain integers, at a tenth of the cost of a list."""
    return array("q", index.astype("<i8", copy=False).tobytes())


def fold(text: str) -> Folded:
    """Folded text and the way back; never fails, whatever the text holds."""
    forms = _forms()
    codes = _codes(text)
    folded = forms.table[codes]
    if not bool((folded >= _LONGER).any()):
        return Folded(_text(folded), range(len(text)), range(1, len(text) + 1))
    lengths = np.ones(len(codes), dtype=np.int64)
    lengths[folded == _DROPPED] = 0
    for place in np.flatnonzero(folded == _LONGER):
        lengths[place] = len(forms.longer[int(codes[place])])
    index = np.repeat(np.arange(len(codes)), lengths)
    out = folded[index]
    first = np.cumsum(lengths) - lengths
    for place in np.flatnonzero(folded == _LONGER):
        form = forms.longer[int(codes[place])]
        out[first[place] : first[place] + len(form)] = _codes(form)
    return Folded(_text(out), _places(index), _places(index + 1))


# What ends a clause or carries meaning stays; anything else between two Han characters is odd.
_MEANT = set("\n\r\t\v\f ,，。、;；:：!！?？()（）《》〈〉「」『』“”‘’\"'")
_MEANT |= set("【】[]<>…‥—―\u2028\u2029\x85")
_HAN_KIND, _ODD_KIND, _BLANK_KIND = 1, 2, 3
_PINYIN = re.compile(r"\([a-züāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ]{1,6}\)(?=[\u3400-\u9fff])")
_RUN = 3  # longest run of odd characters and blanks that is closed


@cache
def _kinds() -> npt.NDArray[np.uint8]:
    kinds = np.zeros(0x110000, dtype=np.uint8)
    for code in range(0x20, 0x20000):
        char = chr(code)
        if not char.isalnum() and char not in _MEANT and not 0xD800 <= code < 0xE000:
            kinds[code] = _ODD_KIND
    for low, high in (*_HAN, (0x20000, 0x32000), (0x3007, 0x3008)):
        kinds[low:high] = _HAN_KIND
    kinds[0x20] = _BLANK_KIND
    return kinds


def _odd_runs(kinds: npt.NDArray[np.uint8]) -> list[tuple[int, int]]:
    """Short odd runs (or one blank) with a Han character on either side, as start and end."""
    odd = np.flatnonzero(kinds >= _ODD_KIND)
    if not len(odd):
        return []
    breaks = np.flatnonzero(np.diff(odd) > 1)
    starts = odd[np.concatenate(([0], breaks + 1))]
    ends = odd[np.concatenate((breaks, [len(odd) - 1]))] + 1
    inside = (starts > 0) & (ends < len(kinds)) & (ends - starts <= _RUN)
    starts, ends = starts[inside], ends[inside]
    fits = (kinds[starts - 1] == _HAN_KIND) & (kinds[ends] == _HAN_KIND)
    # Several blanks set columns apart; one blank may split a word.
    return [
        (start, end)
        for start, end in zip(starts[fits].tolist(), ends[fits].tolist(), strict=True)
        if end - start == 1 or (kinds[start:end] == _ODD_KIND).any()
    ]


def _pinyin(text: str, kinds: npt.NDArray[np.uint8]) -> list[tuple[int, int]]:
    """Readings in brackets between two Han characters, as start and end."""
    if "(" not in text:
        return []
    spans = [match.span() for match in _PINYIN.finditer(text)]
    return [span for span in spans if span[0] and kinds[span[0] - 1] == _HAN_KIND]


def squeeze(folded: Folded) -> Folded:
    """The same text with the gaps between Han characters closed; itself when there are none."""
    codes = _codes(folded.text)
    kinds = _kinds()[codes]
    closed = sorted(_odd_runs(kinds) + _pinyin(folded.text, kinds))
    if not closed:
        return folded
    keep = np.ones(len(codes), dtype=np.bool_)
    for start, end in closed:
        keep[start:end] = False
    kept = np.flatnonzero(keep)
    gaps = (np.flatnonzero(np.diff(kept) > 1) + 1).tolist()
    if isinstance(folded.starts, range):  # nothing moved so far
        return Folded(_text(codes[kept]), _places(kept), _places(kept + 1), gaps)
    starts, ends = np.asarray(folded.starts)[kept], np.asarray(folded.ends)[kept]
    return Folded(_text(codes[kept]), _places(starts), _places(ends), gaps)
