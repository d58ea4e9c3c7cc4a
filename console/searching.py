"""Searching by words, for pages and API alike: who may look for what, and what is written down."""

from __future__ import annotations

from sqlalchemy import Engine

from console.roles import Act, Caller
from storage.audit import note
from storage.grams import asked
from storage.search import Hits, search


def looked_for(engine: Engine, one: Caller, words: str) -> Hits | None:
    """What the words are found in; None where there are none.

    To look for a number is to learn whose it is: it takes the right to see contacts. Others find
    nothing that stands within a contact, so that none can be tried out piece by piece. Whatever
    looks like a number or a part of one leaves a line in the audit. Raises Forbidden.
    """
    wanted = asked(words)
    sees = one.may(Act.UNMASK)
    if wanted.names_contact or wanted.asks_part:
        told: dict[str, object] = {"words": [shortened(word) for word in wanted.words]}
        if wanted.names_contact and not sees:
            told["refused"] = True
        note(engine, one.user.login, "contacts.searched", "", told)
    if wanted.names_contact:
        one.demand(Act.UNMASK)
    return search(engine, words, bare=not sees)


def shortened(word: str) -> str:
    return word if len(word) <= 5 else f"{word[:3]}…{word[-2:]}"
