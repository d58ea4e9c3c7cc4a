"""Whether an answer is about what a page asks for: another post's tells nothing of this one.

First by what the page's script sent: parameters of the URL and of the request's body (快手 and
小红书 ask by POST). Then by what the answer itself tells. One that tells neither is not tied.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from urllib.parse import urlencode, urlsplit

from crawler.embedded import json_text
from crawler.keywords import keyword_among, pairs_of, spellings
from crawler.shapes import every_object
from crawler.sheet import Told

POST, ACCOUNT, LIST = "post", "account", "list"
USER = "user:"
MOST_PAIRS = 200


class Tie(Enum):
    OURS = "about what was asked for"
    OTHERS = "about something else"
    UNTOLD = "nothing tells"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a URL asks for: its kind, its id, and the words of a search.

    `asks`: the id that an answer's URL asks for, "" where it names none; what was sent in the body
    stands in its query. `about`: the ids that the answer itself tells.
    """

    kind: str
    post_id: str = ""
    asks: Callable[[str], str] = lambda _url: ""
    about: Callable[[object], Iterable[str]] = lambda _value: ()
    words: str = ""

    def tie(self, one: Told) -> Tie:
        if not self.post_id:
            return self.tie_by_words(one)
        told = set(self.about(one.value)) - {"", USER}
        if self.kind == POST and told == {self.post_id}:
            return Tie.OURS  # under whatever number: 快手 has two for a post
        named = self.asks(whole_url(one))
        if named and named.startswith(USER) == (self.kind == ACCOUNT):
            return Tie.OURS if named == self.post_id else Tie.OTHERS
        if self.post_id.removeprefix(USER) in values_of(one):
            return Tie.OURS
        if not told:
            return Tie.UNTOLD
        return Tie.OURS if self.post_id in told else Tie.OTHERS

    def tie_by_words(self, one: Told) -> Tie:
        """An answer to a search by its words; where a body was not kept, by its address alone."""
        if not self.words:
            return Tie.OURS
        pairs = sent_pairs(one)
        wanted = spellings(self.words)
        if any(wanted & spellings(value) for _, value in pairs):
            return Tie.OURS
        if keyword_among(pairs):
            return Tie.OTHERS
        return Tie.OURS if one.sent is None else Tie.UNTOLD


def sent_pairs(one: Told) -> list[tuple[str, str]]:
    """(name, value) of everything that was sent to get an answer."""
    try:
        query = urlsplit(one.url).query
    except ValueError:
        return []
    return [*pairs_of(query), *body_pairs(one.sent or "")][:MOST_PAIRS]


def body_pairs(sent: str) -> list[tuple[str, str]]:
    """What a body of JSON or of a form holds, names without the objects around them."""
    value = json_text(sent) if sent[:1] in {"{", "["} else None
    if value is None:
        return pairs_of(sent)
    return [
        (name, str(told))
        for inner in every_object(value)
        for name, told in inner.items()
        if isinstance(told, str | int) and not isinstance(told, bool)
    ]


def values_of(one: Told) -> frozenset[str]:
    """Parts of the path and values sent: an id under a name that nobody knows yet."""
    try:
        steps = urlsplit(one.url).path.split("/")
    except ValueError:
        steps = []
    return frozenset([*steps, *(value for _, value in sent_pairs(one))]) - {""}


def whole_url(one: Told) -> str:
    """The answer's URL with what was sent in the body in its query."""
    if not one.sent:
        return one.url
    body = urlencode(body_pairs(one.sent)[:MOST_PAIRS])
    return f"{one.url}{'&' if '?' in one.url else '?'}{body}"
