"""Keeps pages that nest without end from costing time without end.

The tree building of the HTML standard looks through all open elements at many tags: 16,000 nested
<div> take the parser 0.24 s, 60,000 take 4.5 s and five megabytes of them most of an hour
(2026-11, lexbor; other parsers differ little). Real pages nest a few dozen deep.
"""

from __future__ import annotations

import re
from collections import Counter

MANY_TAGS = 10_000  # a page with fewer is parsed unseen
DEEPEST = 2_000
TAG = re.compile(r"<(/?)([A-Za-z][^\s/<>]{0,30})")
# Void elements and those that close themselves never pile up.
FLAT = frozenset(
    """area base br col embed hr img input link meta param source track wbr p li td th tr tbody
    thead tfoot dd dt option optgroup html head body script style""".split()  # noqa: SIM905
)
STRUCTURE = re.compile(
    r"<(?!(?:/?(?:a|title|script|style|noscript)|meta|base|img|iframe|frame)[\s/>]|!--)"
    r"/?[A-Za-z][^<>]*>",
    re.IGNORECASE,
)


def shallow(html: str) -> str:
    """The page as it is, or without its structure where that is too deep to be built.

    Then every other tag becomes a line break: text, links, pictures and meta stay.
    """
    if html.count("<") < MANY_TAGS or not is_deep(html):
        return html
    return STRUCTURE.sub("<br>", html)


def is_deep(html: str) -> bool:
    """Whether more elements may be open at once than any honest page has."""
    opened: Counter[str] = Counter()
    depth = 0
    for closing, name in TAG.findall(html):
        tag = name.lower()
        if tag in FLAT or (closing and not opened[tag]):
            continue
        step = -1 if closing else 1
        opened[tag] += step
        depth += step
        if depth > DEEPEST:
            return True
    return False
