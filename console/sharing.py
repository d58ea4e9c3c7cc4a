"""Filters kept for all: none carries a contact to whoever may not see one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import parse_qsl

from console.roles import Act, Caller
from exports.masking import masked
from storage.bilingual import Problem
from storage.grams import DIGITS, SIGNS, YEAR, asked, squeezed
from storage.records import Contacts
from storage.saved_filters import SavedFilter

FIGURE = re.compile(r"[0-9]")
RUN = re.compile(r"[a-z0-9]{6,}")
# The four clauses told one after the other are no number: 一二三四, 二四.
CLAUSES = re.compile(rf"(?<![a-z{DIGITS}])(?=[一二三四])一?二?三?四?(?![a-z{DIGITS}])")


def tells_contact(name: str, query: str) -> bool:
    """Whether its words look for a number or an id, in one or in pieces, or its name says one."""
    values = dict(parse_qsl(query))
    words = values.get("words", "")
    said = (name, values.get("platform", ""), values.get("region", ""))
    return asked(words).names_contact or in_pieces(words) or any(map(names_one, said))


def in_pieces(words: str) -> bool:
    """Whether blanks alone part a number: 138 00 13 80 00. Years beside plain words are none."""
    others = [part for part in words.split() if YEAR.fullmatch(part) is None]
    return any(SIGNS.search(squeezed(part)) for part in others) and names_one(words)


def names_one(name: str) -> bool:
    if masked(name, Contacts()) != name:
        return True
    signs = CLAUSES.sub(" ", squeezed(name))
    # A word of letters alone may be any word; one with figures in it is looked at as an id.
    ids = (run for run in RUN.findall(signs) if FIGURE.search(run))
    return any(asked(one).names_contact for one in ids) or asked(digits_of(signs)).names_contact


def digits_of(signs: str) -> str:
    """Runs of signs that are no Latin letters, by which a number may be spelled."""
    return " ".join(re.findall(r"[^a-z]+", signs))


def refuse_contact(name: str, query: str) -> None:
    """Raise Problem for a filter that must not be shared."""
    if tells_contact(name, query):
        raise Problem(
            "筛选的检索词或名字里有联系方式（号码、微信号），不能给所有人看，没有保存。"
            "请去掉“共享”只自己用，或改写后再共享。",
            "The filter's words or its name hold a contact (a number, an id): it is not shared "
            "with all; nothing was saved. Keep it for yourself, or change it.",
        )


def to_be_seen(found: Iterable[SavedFilter], one: Caller) -> list[SavedFilter]:
    """One's own, and of the others' what tells this person no contact."""
    sees = one.may(Act.UNMASK)
    return [
        kept
        for kept in found
        if sees or kept.owner == one.user.login or not tells_contact(kept.name, kept.query)
    ]
