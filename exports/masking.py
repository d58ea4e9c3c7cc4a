"""Contacts made unreadable, one sign for one sign, so that positions in the text stay the same.

《个人信息保护法》第六条: a list carries no more of a person than its purpose needs.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from storage.digits import ANY_DIGIT, FOLD_SPELLED, SPELLED, folded
from storage.platform_words import PLATFORMS, platform_name
from storage.records import Contacts

STAR: Final = "*"
PERSONAL: Final = frozenset({"phone", "wechat", "qq", "qr", "qr_page"})  # kinds of keys
# Blanks, dashes, ornaments, invisible signs and the two that turn a digit into a keycap.
_BLANK: Final = r"[\s\-—–_.·•*★☆~～/|()（）\u200b-\u200f\u2060\ufe0f\u20e3\ufeff]"
WIDEST: Final = 6  # of these may stand between two signs of a number
_BETWEEN: Final = f"{_BLANK}{{0,{WIDEST}}}"
_BLANKS = re.compile(f"{_BLANK}+")
FEW: Final = 40  # contacts of one length that are looked for one by one
_GAP: Final = _BLANK + "{0,2}"
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
# 微信：abcdef, V信 abcdef, q:100200300: a word that says what follows. Signs between are needed.
_NAMED = re.compile(
    r"(?:[微薇威徽][^\w。，；]{0,3}(?:信|[Xx][Ii][Nn])|微|[Vv➕]\s?信|(?<![A-Za-z0-9_])(?:[Vv][Xx]?|[Ww][Xx]"
    r"|[Ww]e\s?[Cc]hat|[Qq]{1,2})|扣扣|企鹅)(?:群|裙)?"
    r"(?:号|同号|号码|ID|id)?\s{0,2}[:：=+➕\s]\s{0,2}([A-Za-z0-9][A-Za-z0-9_-]{4,29})"
)
_LANDLINE = re.compile(
    rf"(?<![0-9.])(0(?:10|2[0-9]|[3-9][0-9]{{2}}){_GAP}[2-9][0-9]{{6,7}})(?![0-9])"
)
_HOTLINE = re.compile(rf"(?<![0-9])([48]00(?:{_GAP}[0-9]){{7}})(?![0-9])")
_MAIL = re.compile(
    r"([A-Za-z0-9][A-Za-z0-9._%+-]{1,63})@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{2,63})+"
)
_CARD = re.compile(
    rf"(?<![0-9])([3-6][0-9]{{3}}(?:{_GAP}[0-9]{{4}}){{3}}(?:{_GAP}[0-9]{{1,3}})?)(?![0-9])"
)
# A number that is called a card's is one, whatever its last digit.
_CALLED_CARD = re.compile(
    rf"(?:卡号|银行卡|账号|帐号|账户|帐户)[^0-9\n]{{0,6}}([0-9]{{4}}(?:{_GAP}[0-9]{{4}}){{3}}(?:{_GAP}[0-9]{{1,3}})?)"
    "(?![0-9])"
)
_ESCAPED_DIGIT = re.compile("%3[0-9]")
_HANDSET: Final = 11  # digits, of which three and four are left to be recognised by


@dataclass(frozen=True, slots=True)
class _Plain:
    """A text with plain digits; `starts[i]` is where its i-th sign begins in the text itself."""

    text: str
    starts: Sequence[int]  # one more than signs: the last is the text's end


def masked(text: str, contacts: Contacts) -> str:
    """The text, equally long, with the middle of every number or name one could reach starred.

    Phones, WeChat, QQ, mail, ID and bank card numbers; digits count in every spelling: full-width,
    circled, Chinese, spaced, percent-encoded. A mobile number keeps three and four digits, anything
    else at most two signs at each end.
    """
    plain, signs = _plain(text), list(text)
    for start, end in _spans(plain.text, contacts):
        _star(plain, signs, start, end)
    return "".join(signs)


def _star(plain: _Plain, signs: list[str], start: int, end: int) -> None:
    for place in _hidden(plain.text, start, end):
        for here in range(plain.starts[place], plain.starts[place + 1]):
            signs[here] = STAR if _told(signs[here]) else signs[here]


def masked_address(url: str, contacts: Contacts) -> str:
    """Contacts of the post, and what a link hands to a chat program, starred in its address.

    No other figures: an address names a page by numbers that look like telephones and cards.
    """
    plain, signs = _plain(url), list(url)
    spans = [match.span(1) for match in _IN_LINK.finditer(plain.text)]
    for start, end in (*spans, *_known_spans(plain.text, contacts)):
        _star(plain, signs, start, end)
    return "".join(signs)


def shown_value(kind: str, value: str, *, show_contacts: bool) -> str:
    """A key of an advertiser as it may be read: contacts keep their first and last signs."""
    if kind == "icp":
        return value.upper()
    platform, mark, rest = value.partition(":")
    if kind == "account" and mark and platform in PLATFORMS:
        return f"{platform_name(platform)}：{rest}"
    if show_contacts or kind not in PERSONAL:
        return value
    return masked(value, Contacts(phones=(value,)))


def _hidden(plain: str, start: int, end: int) -> Sequence[int]:
    """The places to be starred; what joins the letters of a name is part of it, in numbers not."""
    places = [place for place in range(start, end) if plain[place].isalnum()]
    before, after = _kept([plain[place] for place in places])
    inner = places[before : len(places) - after]
    if inner and any("a" <= plain[place].lower() <= "z" for place in places):
        return range(places[0] + before, places[-1] + 1 - after)
    return inner


def _told(sign: str) -> bool:
    return sign.isalnum() or sign in "_-"


def _kept(signs: Sequence[str]) -> tuple[int, int]:
    """How many are left before and after."""
    digits = "".join(signs).translate(FOLD_SPELLED)
    if len(digits) == _HANDSET and digits.isdecimal() and digits.startswith("1"):
        return 3, 4
    edge = min(2, len(signs) // 5)
    return edge, edge


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
    for pattern in (
        _MOBILE,
        _IDENTITY,
        _IN_LINK,
        _ADDED,
        _NAMED,
        _LANDLINE,
        _HOTLINE,
        _MAIL,
        _CALLED_CARD,
    ):
        for match in pattern.finditer(plain):
            yield match.span(1)
    for match in _CARD.finditer(plain):
        if _checks(match[1]):
            yield match.span(1)
    yield from _known_spans(plain, contacts)


def _known_spans(plain: str, contacts: Contacts) -> Iterator[tuple[int, int]]:
    """Where listed contacts stand, however spaced and with digits as Chinese words.

    One walk for all of them: a page may list thousands.
    """
    known = _known(contacts)
    if not known:
        return
    text, places = _squeezed(plain)
    for length, values in known.items():
        for start in _places(text, length, values):
            yield places[start], places[start + length - 1] + 1


def _places(text: str, length: int, values: frozenset[str]) -> Iterator[int]:
    if len(values) > FEW:
        for start in range(len(text) - length + 1):
            if text[start : start + length] in values:
                yield start
        return
    for value in values:
        start = text.find(value)
        while start >= 0:
            yield start
            start = text.find(value, start + 1)


@lru_cache(maxsize=64)
def _known(contacts: Contacts) -> dict[int, frozenset[str]]:
    """By their lengths, written as `_squeezed` writes them."""
    found: dict[int, set[str]] = {}
    for contact in (*contacts.phones, *contacts.wechat, *contacts.qq):
        letters = _small(_letters(contact)).translate(FOLD_SPELLED)
        if letters:
            found.setdefault(len(letters), set()).add(letters)
    return {length: frozenset(values) for length, values in found.items()}


def _squeezed(plain: str) -> tuple[str, array[int]]:
    """Without the signs that may stand within a contact, and where each sign left was."""
    parts: list[str] = []
    places, end = array("L"), 0
    for gap in _BLANKS.finditer(plain):
        parts.append(plain[end : gap.start()])
        places.extend(range(end, gap.start()))
        if gap.end() - gap.start() > WIDEST:
            parts.append("\n")  # no sign of a contact: what stands around it is not one
            places.append(gap.start())
        end = gap.end()
    parts.append(plain[end:])
    places.extend(range(end, len(plain)))
    return _small("".join(parts)).translate(FOLD_SPELLED), places


def _small(text: str) -> str:
    """Sign for sign: of İ there is no small letter that is one sign."""
    small = text.lower()
    if len(small) == len(text):
        return small
    return "".join(sign.lower() if len(sign.lower()) == 1 else sign for sign in text)


def _checks(card: str) -> bool:
    """Whether the last digit fits the others (Luhn, ISO/IEC 7812-1)."""
    digits = [int(sign) for sign in reversed(card) if sign.isdecimal()]
    doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def _letters(contact: str) -> str:
    return "".join(sign for sign in folded(contact) if sign.isalnum())
