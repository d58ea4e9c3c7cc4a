"""The structure of a page: a hash of its tags in order, whatever words stand between them.

Clones of an advertiser's site keep their template and change names and numbers. Tags that come and
go with the words (line breaks, bold, links, pictures) are left out, repetitions count once.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from itertools import islice

from selectolax.lexbor import LexborNode

from crawler.nodes import parsed

MOST = 2_000_000  # characters of a document that are looked at
MOST_TAGS = 20_000
LEAST = 24  # steps left after folding: simpler pages look alike by chance
KINDS = 8  # different ones among them
INLINE = "a abbr b big br code em font hr i img ins mark p s small span strong sub sup u wbr"
WITH_WORDS = frozenset(INLINE.split())
UNSEEN = frozenset({"script", "style", "noscript", "template", "link", "meta", "-undef"})


def page_shape(html: str) -> str:
    """16 hex digits; "" for a page too simple to be told from others."""
    body = parsed(html[:MOST]).body
    if body is None:
        return ""
    steps = list(islice(folded(body), MOST_TAGS))
    if len(steps) < LEAST or len(set(steps)) < KINDS:
        return ""
    return hashlib.blake2b("\n".join(steps).encode(), digest_size=8).hexdigest()


def folded(body: LexborNode) -> Iterator[str]:
    """Each step of the template once, however often it is repeated in a row."""
    before = ""
    for node in body.traverse(include_text=False):
        name = node.tag or ""
        if not name.isalnum() or name in WITH_WORDS or name in UNSEEN:
            continue
        step = name + named(node)
        if step != before:
            yield step
        before = step


def named(node: LexborNode) -> str:
    """The first class or the id, without digits: a row's number is no part of the template."""
    attributes = node.attributes
    words = (attributes.get("class") or attributes.get("id") or "").split()
    return "." + re.sub(r"\d+", "", words[0])[:40] if words else ""
