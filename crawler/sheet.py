"""One page laid open for a source: its HTML, its tree, its visible words and the JSON it got."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from crawler.charset import decode
from crawler.embedded import json_text
from crawler.extract import extract
from crawler.extracted import Extracted
from crawler.keywords import keyword_of
from crawler.nodes import parsed
from crawler.visible import cut_unseen
from storage.records import Page


@dataclass(frozen=True, slots=True)
class Told:
    """One JSON answer: where it was asked, with which status, what it says, what was sent."""

    url: str
    status: int
    value: Any
    sent: str | None = None  # the body of the request; None where it was not noted


class Sheet:
    """Everything is read when first asked for, and once."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.url = page.final_url

    @cached_property
    def searched(self) -> str:
        """The words that the page's address searches for, "" where it is no search."""
        return keyword_of(self.page.url)

    @cached_property
    def html(self) -> str:
        """The finished document where a browser made one, else the bytes as sent."""
        page = self.page
        return page.dom or decode(page.body, page.header("content-type"))[0]

    @cached_property
    def tree(self) -> LexborHTMLParser:
        return parsed(self.html)

    @cached_property
    def seen(self) -> Extracted:
        return extract(self.html, self.url)

    @cached_property
    def shown(self) -> LexborHTMLParser:
        """The tree without what a reader does not see: notices kept ready but hidden are out."""
        tree = parsed(self.html)
        cut_unseen(tree)
        return tree

    @cached_property
    def whole(self) -> Any:  # noqa: ANN401
        """The page itself as JSON, where it is an answer and no document; else None.

        The bytes are read: a browser shows a bare answer inside a document of its own making.
        """
        head = self.page.body[:200].lstrip(b"\xef\xbb\xbf \t\r\n")
        if not head or head[:1] == b"<":
            return None
        return json_text(decode(self.page.body, self.page.header("content-type"))[0])

    @cached_property
    def answers(self) -> tuple[Told, ...]:
        """The page as JSON and what its scripts fetched, in the order they came, no others."""
        page = self.page
        found = [] if self.whole is None else [Told(page.final_url, page.status, self.whole)]
        for answer in page.answers:
            value = json_text(decode(answer.body, answer.content_type)[0])
            if value is not None:
                found.append(Told(answer.url, answer.status, value, answer.sent))
        return tuple(found)
