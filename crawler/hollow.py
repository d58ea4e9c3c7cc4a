"""A removed page that is long all the same: a notice among recommendations, menus and footers.

Everything that is no link and no furniture is taken together; where that is hardly more than the
notice, the page shows nothing of what was asked for. What some hosts say in words of their own
stands in hollow.yaml.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from crawler.extracted import Extracted
from crawler.own_text import linkless, plain, told_in_earnest
from crawler.states import ALIVE, GONE, HEAD, OWN_WORDS, REVIEWED, State, beside_offer
from storage.records import PageState

TABLE = Path(__file__).with_suffix(".yaml")
GONE_HERE: State = (PageState.REMOVED, "notice")


def hollow_notice(url: str, extracted: Extracted, html: str) -> State:
    """The state of a page that tells it is gone and has nothing else to tell; ALIVE for others."""
    own = notices_of(urlsplit(url).hostname or "")
    if not (own or GONE.search(plain(extracted.title)) or GONE.search(plain(extracted.text))):
        return ALIVE  # nearly all pages: no second look at their tree
    said = linkless(html)
    if len(re.sub(r"\s", "", said)) >= OWN_WORDS:
        return among_cards(linkless(html, cards=False))
    for notice in own:
        if told(notice, extracted.title, said):
            state, _, reason = str(notice["state"]).partition(":")
            return PageState(state), reason
    if REVIEWED.search(said[:HEAD]):
        return PageState.AMBIGUOUS, "unavailable"
    if not (GONE.search(plain(extracted.title)) or GONE.search(said[:HEAD])):
        return ALIVE
    return beside_offer(GONE, GONE_HERE, replace(extracted, text=said), html)


def told(notice: dict[str, Any], title: str, said: str) -> bool:
    exact = title.strip() in notice.get("titles", ())
    return exact or any(words in said[:HEAD] for words in notice.get("texts", ()))


def among_cards(said: str) -> State:
    """What a page means whose text beside a list with summaries is `said`. That list may be what
    was asked for, so that the barest notice leaves it to a person."""
    little = len(re.sub(r"\s", "", said)) < OWN_WORDS
    bare = little and told_in_earnest(GONE, said[:HEAD], bare=True)
    return (PageState.AMBIGUOUS, "unavailable") if bare else ALIVE


@cache
def table() -> tuple[dict[str, Any], ...]:
    loaded: dict[str, Any] = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
    return tuple(loaded["notices"])


def notices_of(host: str) -> tuple[dict[str, Any], ...]:
    return tuple(one for one in table() if any(owns(each, host) for each in one["hosts"]))


def owns(pattern: str, host: str) -> bool:
    return f".{host}".endswith(pattern) if pattern.startswith(".") else host == pattern
