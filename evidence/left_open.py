"""What a page asked for and nobody waited for: by our own pace and bounds, or a silent server."""

from __future__ import annotations

from collections.abc import Iterable

from evidence.exchanges import Exchange

# Of `Exchange.failure`: still open at the end; left out by the pace; cut off after a long silence.
WAITED = {"unfinished": "unfinished", "busy": "busy", "timeout": "unfinished"}
# Kinds of which a page shows nothing, or that go on for as long as it is open.
UNSEEN = frozenset({"ping", "eventsource", "websocket"})
ENDLESS = UNSEEN | {"media"}
# Kinds that bring words or build the page: a frame, a script, what a script asks for.
WORDS = frozenset({"document", "script", "xhr", "fetch", "other"})


def word_of_open(exchanges: Iterable[Exchange], *, shown: bool = False) -> str:
    """ "busy", "unfinished" or "" where all came, or was refused by its server.

    `shown`: of those alone that may be seen on the page; an answer that began and did not end in
    time, or came when the parts of the page were being taken, is left open too then.
    """
    seen = [one for one in exchanges if not (shown and is_unseen(one))]
    words = {WAITED.get(one.failure, "unfinished" if shown and one.late else "") for one in seen}
    return "busy" if "busy" in words else "unfinished" if "unfinished" in words else ""


def word_of_words(exchanges: Iterable[Exchange]) -> str:
    """The same of those that may have brought words."""
    return word_of_open((one for one in exchanges if one.kind in WORDS), shown=True)


def is_unseen(one: Exchange) -> bool:
    return one.main or one.kind in (ENDLESS if one.status else UNSEEN)
