"""What a page's own script asks for, kept as it passes while a browser shows the page.

Nothing is asked for by us and no request is signed by us: the page does both, we read what it got.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from urllib.parse import urlsplit

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Response as BrowserResponse

from crawler.registrable import registrable
from storage.records import Answer

MOST_ANSWERS = 60  # of one page
MOST_ONE = 8_000_000  # bytes of one answer; a longer one is cut, and so no JSON any more
MOST_SENT = 20_000  # bytes of what was sent to get one
MOST_ALL = 24_000_000  # bytes of all answers of one page
ASKED_BY_SCRIPT = frozenset({"xhr", "fetch"})
TEXT = ("json", "text/", "javascript", "x-www-form")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Whose answers are kept besides those of the page's own site, and which end the waiting."""

    hosts: tuple[str, ...] = ()
    awaits: tuple[str, ...] = ()  # pieces of URLs


class AnswerBook:
    """The answers of one page, in the order they began. `hear` is for the page's "response"."""

    def __init__(self, page_url: str, wanted: Wanted) -> None:
        self._sites = {registrable(urlsplit(page_url).hostname or ""), *wanted.hosts}
        self._awaits = wanted.awaits
        self._kept: list[Answer | None] = []
        self._room = MOST_ALL
        self._reading = 0
        self.awaited = bool(wanted.awaits)
        self.arrived = asyncio.Event()

    @property
    def answers(self) -> tuple[Answer, ...]:
        return tuple(answer for answer in self._kept if answer is not None)

    @property
    def quiet(self) -> bool:
        """Whether nothing is on its way to us just now."""
        return self._reading == 0

    async def hear(self, response: BrowserResponse) -> None:
        if len(self._kept) >= MOST_ANSWERS or not self._ours(response):
            return
        place = len(self._kept)
        self._kept.append(None)
        self._reading += 1
        try:
            body = (await response.body())[: min(MOST_ONE, self._room)]
        except PlaywrightError:
            return  # the page went away before it was read; what is missing is not made up
        finally:
            self._reading -= 1
        self._room -= len(body)
        self._kept[place] = Answer(
            url=response.url,
            status=response.status,
            content_type=kind_of(response),
            body=body,
            sent=sent_with(response),
        )
        if any(piece in response.url for piece in self._awaits):
            self.arrived.set()

    def _ours(self, response: BrowserResponse) -> bool:
        request = response.request
        if request.resource_type not in ASKED_BY_SCRIPT or request.method == "OPTIONS":
            return False
        kind = kind_of(response)
        if kind and not any(word in kind for word in TEXT):
            return False
        host = urlsplit(response.url).hostname or ""
        return registrable(host) in self._sites or host in self._sites


def sent_with(response: BrowserResponse) -> str:
    """The body of the request, "" for none: it tells what a POST asked for."""
    return (response.request.post_data_buffer or b"")[:MOST_SENT].decode("utf-8", "replace")


def kind_of(response: BrowserResponse) -> str:
    return response.headers.get("content-type", "").lower()
