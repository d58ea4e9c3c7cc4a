"""Contacts made unreadable, one sign for one sign, so that positions in the text stay the same.

《个人信息保护法》第六条: a list carries no more of a person than its purpose needs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from storage.digits import ANY_DIGIT, SPELLED, folded
from storage.records import Contacts

STAR: Final = "*"
PERSONAL: Final = frozenset({"phone", "wechat", "qq", "qr", "qr_page"})  # kinds of keys
# Blanks, dashes, ornaments, invisible signs and the two that turn a digit into a keycap.
_BETWEEN: Final = r"[\s\-—–_.·•*★☆~～/|()（）\u200b-\u200f\u2060\ufe0f\u20e3\ufeff]{0,3}"
_HIGH: Final = "3-9" + "".join(sign for sign, digit in SPELLED.items() if digit >= "3")
# Whatever the reader of the page missed. A spelled digit right before or after is no digit of the
# number: it may end a word, as in 统一138….
_MOBILE = re.compile(
    rf"(?<![0-9])(?:(?:\+|00)?86{_BETWEEN})?"
    rf"([1一壹幺么]{_BETWEEN}[{_HIGH}](?:{_BETWEEN}[{ANY_DIGIT}]){{9}})(?![0-9])"
)
_IDENTITY = re.compile(
    rf"(?<![0-9])([0-9]{{6}}{_BETWEEN}[0-9]{{8}}{_BETWEEN}[0-9]{{3}}[0-9Xx])(?![0-9A-Za-z])"
)
# What a link hands to a chat program or a telephone.
_IN_LINK = re.compile(
    r"(?:\b(?:uin|qq|tel|phone|mobile|sms|wx|vx|wxid|weixin|wechat)(?:=|:/{0,2}|%3[Aa]|%3[Dd])\+?)"
    r"([A-Za-z0-9_-]{5,30})",
    re.IGNORECASE,
)
# 加 sample_wx_105: an id that no word like 微信 names; words of a language hold no figure or _.
_ADDED = re.compile(
    r"(?:加|咨询|联系|添加|私|搜)(?:我|她|他|老师|客服)?[:：]?\s{0,2}"
    r"(?=[A-Za-z0-9-]{0,19}[0-9_])([A-Za-z][A-Za-z0-9_-]{5,19})(?![A-Za-z0-9_-])"
)
_ESCAPED_DIGIT = re.compile("%3[0-9]")


@dataclass(frozen=True, slots=True)
class _Plain:
    """A text with plain digits; `starts[i]` is where its i-th sign begins in the text itself."""

    text: str
    starts: Sequence[int]  # one more than signs: the last is the text's end


def masked(text: str, contacts: Contacts) -> str:
    """The text, equally long, with the middle of every phone, WeChat, QQ and ID number starred.

    Digits count in every spelling: full-width, circled, Chinese, spaced, percent-encoded.
    """
    plain, signs = _plain(text), list(text)
    for start, end in _spans(plain.text, contacts):
        places = [place for place in range(start, end) if plain.text[place].isalnum()]
        for place in places[_kept_before(len(places)) : len(places) - _kept_after(len(places))]:
            for here in range(plain.starts[place], plain.starts[place + 1]):
                signs[here] = STAR if signs[here].isalnum() else signs[here]
    return "".join(signs)


def shown_value(kind: str, value: str, *, show_contacts: bool) -> str:
    """A key of an advertiser as it may be read: contacts keep their first and last signs."""
    if show_contacts or kind not in PERSONAL:
        return value
    return masked(value, Contacts(phones=(value,)))


def _plain(text: str) -> _Plain:
    """The folded text, in which %31 is the one sign 1, as whoever follows the link reads it."""
    plain = folded(text)
    if "%3" not in plain:
        return _Plain(plain, range(len(plain) + 1))
    signs: list[str] = []
    starts: list[int] = []
    place = 0
    while place < len(plain):
        escaped = _ESCAPED_DIGIT.match(plain, place)
        starts.append(place)
        signs.append(escaped[0][-1] if escaped else plain[place])
        place = escaped.end() if escaped else place + 1
    return _Plain("".join(signs), [*starts, len(plain)])


def _spans(plain: str, contacts: Contacts) -> Iterator[tuple[int, int]]:
    known = (*contacts.phones, *contacts.wechat, *contacts.qq)
    for pattern in (_MOBILE, _IDENTITY, _IN_LINK, _ADDED):
        for match in pattern.finditer(plain):
            yield match.span(1)
    for letters in filter(None, map(_letters, known)):
        for match in _spelling(letters).finditer(plain):
            yield match.span()


def _spelling(letters: str) -> re.Pattern[str]:
    """The contact however it is spaced, its digits also as Chinese words."""
    return re.compile(_BETWEEN.join(map(_any_spelling, letters)), re.IGNORECASE)


def _any_spelling(sign: str) -> str:
    if "0" <= sign <= "9":
        return f"[{sign}{''.join(word for word, digit in SPELLED.items() if digit == sign)}]"
    return re.escape(sign)


def _letters(contact: str) -> str:
    return "".join(sign for sign in folded(contact) if sign.isalnum())


def _kept_before(length: int) -> int:
    return 3 if length >= 9 else min(2, length // 3)


def _kept_after(length: int) -> int:
    return 4 if length >= 11 else min(2, length // 3)
