"""100 clean: make a post fit for storage; after this its text is never edited again."""

from __future__ import annotations

import re
from dataclasses import replace

from storage.records import Post, Sighting, Visit

LONGEST_TITLE = 500  # characters; longer titles are keyword stuffing
LONGEST_TEXT = 400_000  # characters; a page of 1.2 MB of Chinese text
# NUL ends strings in PostgreSQL, lone surrogates cannot be written as UTF-8.
UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")


class Clean:
    def process_item(self, item: Visit) -> Visit:
        if not item.sightings:
            return item
        return replace(item, sightings=tuple(cleaned(sighting) for sighting in item.sightings))


def cleaned(sighting: Sighting) -> Sighting:
    post = sighting.post
    title, text = storable(post.title)[:LONGEST_TITLE], storable(post.text)[:LONGEST_TEXT]
    author = storable(post.author)
    if (title, text, author) == (post.title, post.text, post.author):
        return sighting
    return replace(sighting, post=with_words(post, title, text, author))


def storable(text: str) -> str:
    return UNSTORABLE.sub("\ufffd", text)


def with_words(post: Post, title: str, text: str, author: str) -> Post:
    return replace(post, title=title, text=text, author=author)
