"""Searching by words, for pages and API alike: who may look for what, and what is written down."""

from __future__ import annotations

from sqlalchemy import Engine

from console.roles import Act, Caller
from storage.audit import note
from storage.clusters import digits
from storage.grams import Asked, asked, squeezed
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


def seeking(engine: Engine, one: Caller, words: str) -> bool:
    """Whether whoever looks through the blacklist finds contacts as well; the same lines.

    Nobody is refused: a name or a site may look like a contact, and is found as such.
    """
    sees = one.may(Act.UNMASK)
    # Blanks and signs between the figures are passed over there: so they are here.
    wanted = Asked((squeezed(words), digits(words)))
    if wanted.names_contact or wanted.asks_part:
        told: dict[str, object] = {"words": [shortened(squeezed(words))]}
        if not sees:
            told["refused"] = True
        note(engine, one.user.login, "contacts.searched", "blacklist:", told)
    return sees


def shortened(word: str) -> str:
    return word if len(word) <= 5 else f"{word[:3]}…{word[-2:]}"
