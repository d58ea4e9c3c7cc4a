"""Contacts made unreadable, one sign for one sign, so that positions in the text stay the same.

《个人信息保护法》第六条: a list carries no more of a person than its purpose needs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from storage.records import Contacts

STAR: Final = "*"
_BETWEEN: Final = r"[\s\-—–_.·•]{0,3}"
_DIGIT: Final = "[0-9０-９]"
# Whatever the reader of the page missed: mainland mobile numbers and identity card numbers.
_MOBILE = re.compile(rf"(?<!{_DIGIT})[1１][3-9３-９](?:{_BETWEEN}{_DIGIT}){{9}}(?!{_DIGIT})")
_IDENTITY = re.compile(rf"(?<!{_DIGIT}){_DIGIT}{{17}}[0-9０-９XxＸｘ](?![0-9０-９A-Za-z])")


def masked(text: str, contacts: Contacts) -> str:
    """The text, equally long, with the middle of every phone, WeChat, QQ and ID number starred."""
    signs = list(text)
    for start, end in _spans(text, contacts):
        places = [place for place in range(start, end) if text[place].isalnum()]
        for place in places[_kept_before(len(places)) : len(places) - _kept_after(len(places))]:
            signs[place] = STAR
    return "".join(signs)


def _spans(text: str, contacts: Contacts) -> Iterator[tuple[int, int]]:
    known = (*contacts.phones, *contacts.wechat, *contacts.qq)
    patterns = [_MOBILE, _IDENTITY, *(_spelling(one) for one in known if _letters(one))]
    for pattern in patterns:
        for match in pattern.finditer(text):
            yield match.span()


def _spelling(contact: str) -> re.Pattern[str]:
    """The contact however it is spaced and in whichever width its digits and letters are."""
    return re.compile(_BETWEEN.join(_any_width(sign) for sign in _letters(contact)), re.IGNORECASE)


def _any_width(sign: str) -> str:
    if "!" <= sign <= "~":
        return f"(?:{re.escape(sign)}|{chr(ord(sign) + 0xFEE0)})"
    return re.escape(sign)


def _letters(contact: str) -> str:
    return "".join(sign for sign in contact if sign.isalnum())


def _kept_before(length: int) -> int:
    return 3 if length >= 9 else min(2, length // 3)


def _kept_after(length: int) -> int:
    return 4 if length >= 11 else min(2, length // 3)
