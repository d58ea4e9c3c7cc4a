"""Digits in every spelling that advertisers use, read as 0-9."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

SPELLED = {
    "零": "0", "〇": "0", "洞": "0",
    "一": "1", "壹": "1", "幺": "1", "么": "1",
    "二": "2", "贰": "2", "貳": "2", "两": "2",
    "三": "3", "叁": "3", "參": "3", "四": "4", "肆": "4", "五": "5", "伍": "5",
    "六": "6", "陆": "6", "陸": "6", "七": "7", "柒": "7", "拐": "7",
    "八": "8", "捌": "8", "九": "9", "玖": "9", "勾": "9",
}  # fmt: skip


def other_digits() -> dict[str, str]:
    """Full-width, circled, bracketed, mathematical and foreign digits of Unicode."""
    blocks = (range(0xB2, 0xBA), range(0x660, 0x2800), range(0xA620, 0xAC00), range(0xFF10, 0xFF1A))
    chars = (chr(code) for block in (*blocks, range(0x1D7CE, 0x1D800)) for code in block)
    return {
        char: str(unicodedata.digit(char))
        for char in chars
        if unicodedata.digit(char, None) is not None
    }


SIGNS = other_digits()
LETTERS = {
    chr(code): chr(code - 0xFEE0) for code in (*range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
}
# One sign for one sign: positions in the folded text are positions in the text.
FOLD = str.maketrans(SIGNS | LETTERS | {"：": ":", "－": "-", "＿": "_", "＋": "+", "　": " "})
FOLDABLE = frozenset(map(chr, FOLD))
FOLD_SPELLED = str.maketrans(SPELLED)
ANY_DIGIT = "0-9" + "".join(SPELLED)  # inside a character class, after FOLD


@lru_cache(maxsize=4)  # several fields of one page read the same text
def folded(text: str) -> str:
    """The text at equal length with plain ASCII digits and letters; spelled digits stay."""
    return text if text.isascii() or FOLDABLE.isdisjoint(text) else text.translate(FOLD)


def plain_digits(text: str) -> str:
    """Only the digits of a folded text, spelled ones too."""
    return "".join(char for char in text.translate(FOLD_SPELLED) if "0" <= char <= "9")
