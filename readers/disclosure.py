"""What leaves the house of a post: an excerpt, sign for sign as long as the original, with contacts
and personal data starred and nothing in it that a model's template would take for its own marks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from exports.masking import STAR, masked
from storage.digits import folded
from storage.records import Contacts, Evidence, Post

LONGEST = 6_000  # characters of a text that are sent
BEFORE = 2_000  # of these before the rules' strongest words, where a text is longer
TITLE = 300
MARGIN = 300
HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
DOT = "·"
# Marks by which chat templates tell who speaks: <|im_start|>, [INST], </s>.
MARKS = str.maketrans({"<": "‹", ">": "›", "|": "¦", "[": "［", "]": "］", "`": "ˋ"})

# Beyond what a list masks, which knows the number it wants shown in part.
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,190}\.[A-Za-z]{2,24}")
_LANDLINE = re.compile(
    r"(?<![0-9])(?:0[0-9]{2,3}[ -]?[0-9]{7,8}|400[ -]?[0-9]{3}[ -]?[0-9]{4})(?![0-9])"
)
_CARD = re.compile(r"(?<![0-9])[0-9](?:[ -]?[0-9]){12,18}(?![0-9])")
_NUMBER = re.compile(r"(?<![0-9])[0-9]{7,}(?![0-9])")
_CHAT = re.compile(
    r"(?:微信|薇信|威信|微|薇|wx|vx|weixin|wechat|qq|扣扣|企鹅)号?\s{0,2}[:是为]?\s{0,2}([A-Za-z0-9_-]{5,30})",
    re.IGNORECASE,
)
_PERSON = re.compile(
    r"(?:联系人|姓名|收款人|户名|经办人)\s{0,2}[:为]\s{0,2}([\u4e00-\u9fff·]{2,5})"
)


@dataclass(frozen=True, slots=True)
class Sent:
    """One field as it leaves the house: sent[i] stands for post.field[at + i]."""

    field: str
    text: str
    at: int


def disclosed(post: Post, evidence: Evidence | None) -> tuple[Sent, ...]:
    """Title and text; never the URL, the account or a picture."""
    start = evidence.start if evidence and evidence.field == "text" else 0
    at = max(0, min(start - BEFORE, len(post.text) - LONGEST))
    title = excerpt("title", post.title, post.contacts, 0, TITLE)
    return (title, excerpt("text", post.text, post.contacts, at, LONGEST))


def excerpt(field: str, text: str, contacts: Contacts, at: int, length: int) -> Sent:
    """Masked with some signs more on either side, so that a number cut in two is seen whole."""
    low = max(0, at - MARGIN)
    seen = anonymous(text[low : at + length + MARGIN], contacts)
    return Sent(field, seen[at - low : at - low + length], at)


def anonymous(text: str, contacts: Contacts) -> str:
    """Equally long, personal data starred, hidden signs and template marks made harmless."""
    signs = list(masked(text, contacts))
    for start, end in _spans(folded(text)):
        for place in range(start, end):
            signs[place] = STAR if signs[place].isalnum() else signs[place]
    return "".join(map(_seen, signs)).translate(MARKS)


def _spans(plain: str) -> Iterator[tuple[int, int]]:
    for pattern in (_EMAIL, _LANDLINE, _CARD, _NUMBER):
        for match in pattern.finditer(plain):
            yield match.span()
    for pattern in (_CHAT, _PERSON):
        for match in pattern.finditer(plain):
            yield match.span(1)


def _seen(sign: str) -> str:
    return DOT if sign not in "\n\t" and unicodedata.category(sign) in HIDDEN else sign
