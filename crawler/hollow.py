"""A removed page that is long all the same: a notice among recommendations, menus and footers.

Everything that is no link and no furniture is taken together; where that is hardly more than the
notice, the page shows nothing of what was asked for. What some hosts say in words of their own
stands in hollow.yaml.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from crawler.extracted import Extracted
from crawler.nodes import parsed
from crawler.states import ALIVE, FURNITURE, GONE, HEAD, OWN_WORDS, REVIEWED, ZERO_WIDTH, State
from crawler.visible import cut_unseen
from storage.records import PageState

TABLE = Path(__file__).with_suffix(".yaml")
NOT_ITS_TEXT = ["a", "header", "footer", "nav", "button", "select", "title"]
GONE_HERE: State = (PageState.REMOVED, "notice")


def hollow_notice(url: str, extracted: Extracted, html: str) -> State:
    """The state of a page that tells it is gone and has nothing else to tell; ALIVE for others."""
    own = notices_of(urlsplit(url).hostname or "")
    if not (own or GONE.search(extracted.title) or GONE.search(ZERO_WIDTH.sub("", extracted.text))):
        return ALIVE  # nearly all pages: no second look at their tree
    said = linkless(html)
    if len(re.sub(r"\s", "", said)) >= OWN_WORDS:
        return ALIVE
    for notice in own:
        if told(notice, extracted.title, said):
            state, _, reason = str(notice["state"]).partition(":")
            return PageState(state), reason
    if REVIEWED.search(said[:HEAD]):
        return PageState.AMBIGUOUS, "unavailable"
    gone = GONE.search(extracted.title) or GONE.search(said[:HEAD])
    return GONE_HERE if gone else ALIVE


def linkless(html: str) -> str:
    """The lines a reader sees that lead nowhere and are no furniture."""
    tree = parsed(html)
    cut_unseen(tree)
    for node in reversed(tree.css(",".join(NOT_ITS_TEXT))):
        node.decompose()
    text = tree.body.text(separator="\n") if tree.body is not None else ""
    lines = ZERO_WIDTH.sub("", text).split("\n")
    return "\n".join(line for line in lines if not FURNITURE.search(line))


def told(notice: dict[str, Any], title: str, said: str) -> bool:
    exact = title.strip() in notice.get("titles", ())
    return exact or any(words in said[:HEAD] for words in notice.get("texts", ()))


@cache
def table() -> tuple[dict[str, Any], ...]:
    loaded: dict[str, Any] = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
    return tuple(loaded["notices"])


def notices_of(host: str) -> tuple[dict[str, Any], ...]:
    return tuple(one for one in table() if any(owns(each, host) for each in one["hosts"]))


def owns(pattern: str, host: str) -> bool:
    return f".{host}".endswith(pattern) if pattern.startswith(".") else host == pattern
