"""Whole clauses around the few signs that a rule quotes: half a word proves nothing to a reader."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

ENDS: Final = frozenset("。！？；，!?;,…|｜\n\r\t")
REACH: Final = 40  # signs looked at on each side; a clause that goes on is cut with …


def clause(text: str, start: int, end: int) -> str:
    """The clause, or the clauses, in which text[start:end] stands, on one line."""
    first, last = start, end
    while first > 0 and start - first < REACH and not bounds(text, first - 1):
        first -= 1
    while last < len(text) and last - end < REACH and not bounds(text, last):
        last += 1
    words = " ".join(text[first:last].split())
    before = "…" if first > 0 and start - first >= REACH else ""
    after = "…" if last < len(text) and last - end >= REACH else ""
    return f"{before}{words.strip('。！？；，!?;,…|｜ ')}{after}"


def bounds(text: str, at: int) -> bool:
    """A stop, or a blank that is not within a number or between words of another language."""
    sign = text[at]
    if not sign.isspace():
        return sign in ENDS
    beside = text[at - 1 : at], text[at + 1 : at + 2]
    return sign in ENDS or not any(one.isascii() and one.isalnum() for one in beside)


# What stands around a telephone number or an account and promises nothing.
CHANNELS: Final = "热线|电话|手机|微信|企鹅|扣扣|客服|号码?|weixin|wechat|wx|vx|qq|tel"
WAYS: Final = re.compile(
    f"{CHANNELS}|咨询|联系人?|添加|老师|报名|请?加|[vq+]", re.ASCII | re.IGNORECASE
)
NAMED: Final = re.compile(f"{CHANNELS}|咨询|联系|添加|老师|报名", re.ASCII | re.IGNORECASE)
# The number or account itself: masked, many figures, or any that stands behind its channel.
ACCOUNT: Final = re.compile(
    rf"[\w.@-]*[*＊][\w*＊.@-]*|[\w.@-]*\d{{5}}[\w.@-]*|\d(?:[ -]?\d){{6,}}"
    rf"|(?<![a-z])(?:{CHANNELS}|[vq])[\s:：]*[a-z][\w-]{{5,}}",
    re.ASCII | re.IGNORECASE,
)
REAL: Final = re.compile(r"[*＊]|\d{5}|\d(?:[ -]?\d){6}", re.ASCII)


def only_contacts(words: str) -> bool:
    """Whether a clause is a way to reach somebody and nothing else: it proves no kind of offence.

    As masked, 微信 sa*****01; unmasked, where the figures stand. 100%过 and C1证 are none.
    """
    if not any(sign in "*＊" or sign.isdigit() for sign in words):
        return False
    if not (REAL.search(words) or NAMED.search(words)):
        return False
    left = WAYS.sub("", ACCOUNT.sub("", words))
    return not any(sign.isalpha() for sign in left)


def distinct(clauses: Iterable[str]) -> list[str]:
    """Each once, without those that stand within another one."""
    every = [one for one in dict.fromkeys(clauses) if one]
    return [
        one for one in every if not any(one != other and one.strip("…") in other for other in every)
    ]
