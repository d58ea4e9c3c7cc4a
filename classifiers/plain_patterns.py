"""A rule's regular expression told in words, for those who must answer for it and read no regex.

Only what rules use is known: words, choices, sets of signs, bounded repetition, looks to either
side. Anything else is shown as it is written, never guessed at.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from storage.bilingual import Bilingual

_TIMES = re.compile(r"(\?|\{(\d{1,3})(?:,(\d{1,3}))?\})\??")
_OPENINGS = {
    "(?:": Bilingual("", ""),
    "(?!": Bilingual("其后不是", "not followed by "),
    "(?=": Bilingual("其后是", "followed by "),
    "(?<!": Bilingual("其前不是", "not preceded by "),
    "(?<=": Bilingual("其前是", "preceded by "),
}
_SIGNS = {
    r"\d": Bilingual("数字", "digit"),
    r"\w": Bilingual("字母、数字或汉字", "letter or digit"),
    r"\W": Bilingual("标点或空白", "punctuation or blank"),
    r"\s": Bilingual("空白", "blank"),
    ".": Bilingual("任意字", "any sign"),
}
_EDGES = {
    "^": Bilingual("开头处", "at the start"),
    "$": Bilingual("结尾处", "at the end"),
    r"\b": Bilingual("字词边界", "at the edge of a word"),
}
_HAN = ("一-鿿", "㐀-鿿", "一-龥")  # as they read once \u… is resolved
_STOPS = ("。", "!", "?", r"\n")
_WITHIN_COMMA = Bilingual("不跨逗号", "no comma")
_WITHIN_SENTENCE = Bilingual("不出本句", "in the sentence")
_NAMED = {"\n": Bilingual("换行", "line break"), " ": Bilingual("空格", "blank")}


class _UnknownError(Exception):
    """A construct without words here."""


@dataclass(frozen=True, slots=True)
class _Piece:
    said: Bilingual
    plain: str = ""  # the sign itself: plain signs that follow each other are one word
    unit: Bilingual | None = None  # what a single sign of this piece is called, for counting


def in_words(pattern: str) -> Bilingual:
    """The pattern in words; the pattern itself where it holds something without words here."""
    try:
        reader = _Reader(pattern)
        said = reader.choice()
        reader.expect_end()
    except _UnknownError:
        return Bilingual(pattern, pattern)
    return said


def _word(text: str) -> Bilingual:
    return Bilingual(f"“{text}”", f"“{text}”")


def _joined(pieces: Sequence[_Piece]) -> Bilingual:
    """Pieces in their order; plain ones side by side become one word."""
    said: list[Bilingual] = []
    run = ""
    for piece in (*pieces, None):
        if piece is not None and piece.plain:
            run += piece.plain
            continue
        if run:
            said.append(_word(run))
            run = ""
        if piece is not None:
            said.append(piece.said)
    return Bilingual(" + ".join(one.zh for one in said), " + ".join(one.en for one in said))


def _repeated(piece: _Piece, low: int, high: int) -> _Piece:
    if (low, high) == (0, 1):
        return _Piece(Bilingual(f"可有{piece.said.zh}", f"perhaps {piece.said.en}"))
    span = str(high) if low == high else f"至多 {high}" if low == 0 else f"{low}–{high}"
    range_ = str(high) if low == high else f"up to {high}" if low == 0 else f"{low}–{high}"
    if piece.unit is not None:
        return _Piece(Bilingual(f"{span} 个{piece.unit.zh}", f"{range_} × {piece.unit.en}"))
    return _Piece(Bilingual(f"{piece.said.zh}（{span} 次）", f"{piece.said.en} ({range_} times)"))


class _Reader:
    def __init__(self, pattern: str) -> None:
        self._text = pattern
        self._at = 0

    def expect_end(self) -> None:
        if self._at < len(self._text):
            raise _UnknownError

    def choice(self) -> Bilingual:
        """Alternatives up to a closing bracket or the end."""
        branches = [self._sequence()]
        while self._take("|"):
            branches.append(self._sequence())
        if len(branches) == 1:
            return _joined(branches[0])
        words = ["".join(piece.plain for piece in one) for one in branches]
        if all(word and len(word) == len(one) for word, one in zip(words, branches, strict=True)):
            return _word("／".join(words))
        said = [_joined(one) for one in branches]
        return Bilingual(
            "〔" + "〕或〔".join(one.zh for one in said) + "〕",
            "[" + "] or [".join(one.en for one in said) + "]",
        )

    def _take(self, text: str) -> bool:
        if not self._text.startswith(text, self._at):
            return False
        self._at += len(text)
        return True

    def _sequence(self) -> list[_Piece]:
        pieces: list[_Piece] = []
        while self._at < len(self._text) and self._text[self._at] not in "|)":
            piece = self._atom()
            times = _TIMES.match(self._text, self._at)
            if times:
                self._at = times.end()
                low = int(times[2] or 0)
                piece = _repeated(piece, low, 1 if times[1] == "?" else int(times[3] or low))
            pieces.append(piece)
        return pieces

    def _atom(self) -> _Piece:
        if self._text[self._at] == "(":
            return self._group()
        if self._take("["):
            return self._set()
        sign = self._sign()
        if sign in _EDGES:
            return _Piece(_EDGES[sign])
        if sign in _SIGNS:
            unit = _SIGNS[sign]
            return _Piece(Bilingual(f"一个{unit.zh}", f"one {unit.en}"), unit=unit)
        if sign in "*+?{":
            raise _UnknownError
        plain = _literal(sign)
        return _Piece(_word(plain), plain, _word(plain))

    def _sign(self) -> str:
        """One sign as it is written: an escape keeps its backslash."""
        start = self._at
        self._at += 1
        if self._text[start] == "\\":
            self._at += 5 if self._text.startswith("u", start + 1) else 1
        return self._text[start : self._at]

    def _group(self) -> _Piece:
        look = next((one for one in _OPENINGS if self._take(one)), None)
        if look is None and (self._text.startswith("(?", self._at) or not self._take("(")):
            raise _UnknownError
        inner = self.choice()
        if not self._take(")"):
            raise _UnknownError
        about = _OPENINGS[look or "(?:"]
        return _Piece(Bilingual(about.zh + inner.zh, about.en + inner.en))

    def _set(self) -> _Piece:
        negated = self._take("^")
        signs: list[str] = []
        while not self._take("]"):
            if self._at >= len(self._text):
                raise _UnknownError
            signs.append(self._sign())
        unit = _other_than(signs) if negated else _set_words(signs)
        return _Piece(Bilingual(f"一个{unit.zh}", f"one {unit.en}"), unit=unit)


def _literal(sign: str) -> str:
    """The sign that is meant."""
    if not sign.startswith("\\"):
        return sign
    if sign == r"\n":
        return "\n"
    if len(sign) == 6:
        return chr(int(sign[2:], 16))
    if len(sign) == 2 and not sign[1].isalnum():
        return sign[1]
    raise _UnknownError


def _other_than(signs: Sequence[str]) -> Bilingual:
    """Any sign but these; the stops of a sentence among them are told as what they are for."""
    if not {*_STOPS} <= set(signs):
        unit = _set_words(signs)
        return Bilingual(f"字（{unit.zh}除外）", f"sign other than a {unit.en}")
    rest = [sign for sign in signs if sign not in _STOPS]
    comma = "," in rest
    without = [sign for sign in rest if sign != ","]
    within = _WITHIN_COMMA if comma else _WITHIN_SENTENCE
    if not without:
        return Bilingual(f"字（{within.zh}）", f"sign ({within.en})")
    unit = _set_words(without)
    return Bilingual(f"字（{within.zh}，{unit.zh}除外）", f"sign ({within.en}, no {unit.en})")


def _set_words(signs: Sequence[str]) -> Bilingual:
    named = [_SIGNS[sign] for sign in signs if sign in _SIGNS and sign != "."]
    plain = "".join(_literal(sign) for sign in signs if sign not in _SIGNS or sign == ".")
    for span in _HAN:
        if span in plain:
            plain = plain.replace(span, "")
            named.append(Bilingual("汉字", "Chinese character"))
    named += [words for sign, words in _NAMED.items() if sign in plain]
    rest = plain.translate(dict.fromkeys(map(ord, _NAMED)))
    if rest:
        named.insert(0, Bilingual(f"“{rest}”之一", f"sign of “{rest}”"))
    return Bilingual("、".join(one.zh for one in named), ", ".join(one.en for one in named))
