"""A folded text as it sounds: one sign a syllable, toneless, with the places it was read from.

包过, 苞锅 and 包guo sound alike; 包x过 and 包1过 do too, since one or two letters or digits between
Han characters are no word and are passed over. 言正 is read as the character it was taken from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
from pypinyin.constants import PINYIN_DICT

from classifiers.folding import Codes, _codes, _text

_FIRST_SIGN = 0xE000  # of the private use area; whatever a text itself has there is not kept
_PRIVATE = (0xE000, 0xF900)
_HAN_BELOW = 0xA000
_PLAIN = str.maketrans("āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüńňǹḿếề", "aaaaeeeeiiiioooouuuuvvvvvnnnmee")

# Written for their looks and not for their sound.
_LOOKING = (
    "兔:免 囯:国 囻:国 囸:国 仝:全 夲:本 甪:用 冈:岗 孝:考 栲:考 洺:名 汁:计 査:查 卟:不 吥:不 "
    "扳:板 恪:格 湿:师"
)
LOOKS = dict(pair.split(":") for pair in _LOOKING.split())
# A character taken apart into what it is made of.
_APART = (
    "言正:证 讠正:证 亻弋:代 亻呆:保 勹巳:包 辶寸:过 扌卦:挂 木又:权 牛寺:特 亻牛:件 尸帀:师 "
    "耂丂:考 讠人:认 禾斗:科 彳亍:行 木各:格 氵气:汽 木氏:低 山冈:岗 车专:转 扌召:招 讠只:识 "
    "木交:校 讠式:试 言式:试 讠果:课 讠平:评 耳只:职 禾尔:称"
)
_PARTS = dict(pair.split(":") for pair in _APART.split())
_LATIN = re.compile("[a-z]+")
_FILLER = r"(?<=[\u3400-\u9fff])[a-z0-9\u3041-\u30ff\u3105-\u312f]{1,2}(?=[\u3400-\u9fff])"


@cache
def _readings() -> dict[int, str]:
    codes = [code for code in PINYIN_DICT if code < _HAN_BELOW]
    first = "\n".join(PINYIN_DICT[code].partition(",")[0] for code in codes)
    return dict(zip(codes, first.translate(_PLAIN).split("\n"), strict=True))


@cache
def _signs() -> dict[str, int]:
    """Syllable -> its sign."""
    known = sorted(set(_readings().values()))
    return {syllable: _FIRST_SIGN + at for at, syllable in enumerate(known)}


@cache
def _table() -> Codes:
    """Code point -> the sign of its sound, itself where it has none."""
    readings, signs = _readings(), _signs()
    table = np.arange(0x110000, dtype=np.uint32)
    table[slice(*_PRIVATE)] = 0xFFFD
    table[list(readings)] = [signs[syllable] for syllable in readings.values()]
    for char, meant in LOOKS.items():
        table[ord(char)] = table[ord(meant)]
    return table


def sound(word: str) -> str:
    return _text(_table()[_codes(word)])


@dataclass(frozen=True, slots=True)
class Sounding:
    """signs[i] is the sound of text[starts[i]:ends[i]] of the folded text."""

    signs: str
    starts: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]


class Listener:
    """Hears in Latin letters only the syllables of the words that are looked for."""

    def __init__(self, words: Iterable[str]) -> None:
        readings = _readings()
        syllables = {
            readings[ord(char)] for word in words for char in word if ord(char) in readings
        }
        longest = sorted(syllables, key=lambda one: (-len(one), one))
        spoken = "|".join(re.escape(one) for one in longest)
        self._spoken = re.compile(f"(?:{spoken}){{1,4}}")
        self._syllable = re.compile(spoken)
        self._parts = re.compile("|".join(_PARTS))
        self._filler = re.compile(_FILLER)

    def hear(self, text: str) -> Sounding:
        signs = _table()[_codes(text)]
        keep = np.ones(len(signs), dtype=np.bool_)
        ends = np.arange(1, len(signs) + 1)
        for start, end, sign in self._pieces(text):
            signs[start], ends[start] = sign, end
            keep[start + 1 : end] = False
            if text[start - 1 : start] == " ":
                keep[start - 1] = False
            if text[end : end + 1] == " ":
                keep[end] = False
        for match in self._filler.finditer(text):
            if signs[match.start()] < _FIRST_SIGN:  # no syllable
                keep[match.start() : match.end()] = False
        kept = np.flatnonzero(keep)
        return Sounding(_text(signs[kept]), kept, ends[kept])

    def _pieces(self, text: str) -> Iterable[tuple[int, int, int]]:
        """Latin syllables and characters taken apart: start, end and sign."""
        known, table = _signs(), _table()
        for match in self._parts.finditer(text):
            yield match.start(), match.end(), int(table[ord(_PARTS[match[0]])])
        for run in _LATIN.finditer(text):
            if not self._spoken.fullmatch(run[0]):
                continue
            for match in self._syllable.finditer(text, *run.span()):
                yield match.start(), match.end(), known[match[0]]


# Read as what they are by themselves too: no ordinary text has them.
_LETTERS = {"zheng": "证", "kao": "考"}
_CERTAIN = [parts for parts in _PARTS if parts[0] in "讠亻扌氵辶勹耂"]
_ALONE = re.compile("|".join((*_CERTAIN, "言正", *"囯囻囸仝夲甪卟吥", "zheng", "kao")))
_BEFORE = re.compile(r"[\u3400-\u9fff] ?\Z")


def alone(text: str) -> Iterator[tuple[int, int, str]]:
    """Disguised characters that need no word around them: start, end and what they are."""
    for match in _ALONE.finditer(text):
        start, end = match.span()
        if match[0] not in _LETTERS:
            yield start, end, read_as(match[0])
        elif _BEFORE.search(text[max(0, start - 2) : start]) and not _LATIN.match(text, end):
            yield start - (text[start - 1] == " "), end, _LETTERS[match[0]]


def read_as(piece: str) -> str:
    """What a piece is meant to be by its looks; itself where looks say nothing."""
    return _PARTS.get(piece) or LOOKS.get(piece, piece)
