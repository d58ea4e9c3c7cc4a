"""The parts of a capture, and what became of each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from playwright.async_api import Error as PlaywrightError

from evidence.pictures import NoPicture
from evidence.texts import TooLarge
from storage.captures import WALL

MEDIA_TYPES = {
    "warc": "application/warc",
    "dom": "text/html; charset=utf-8",
    "mhtml": "multipart/related",
    "full_page": "image/png",
    "first_screen": "image/png",
    "text": "text/plain; charset=utf-8",
    "facts": "application/json",
}
PARTS = tuple(MEDIA_TYPES)
PAGE = WALL  # named only where it is one: every file shows the wall then
OK = "ok"
LOST = "browser"  # of a part that the end of the browser took
# Parts of a page that are cut short where its document was still coming.
OF_DOCUMENT = frozenset({"dom", "mhtml", "full_page", "text"})
OF_SCREEN = OF_DOCUMENT | {"first_screen"}
# Parts that lack what a page asked for and never got: whatever of it is seen, and what may have
# brought words or built the page.
OF_PARTS = ("full_page", "mhtml")
OF_WORDS = ("dom", "text", "first_screen")

Take = Callable[[], Awaitable[tuple[bytes, str]]]  # the bytes, and "ok" or what they lack


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    kind: str
    data: bytes
    at: datetime


@dataclass(slots=True)
class Parts:
    """What was taken so far. Only `wanted` parts are tried."""

    wanted: Collection[str]
    words: dict[str, str] = field(default_factory=dict)  # by part: "ok" or one word
    taken: list[Part] = field(default_factory=list)

    async def take(self, kind: str, take: Take, again: Callable[[], Awaitable[object]]) -> None:
        """Try a part; where the page has moved on meanwhile, once more after `again`."""
        if kind not in self.wanted:
            return
        try:
            try:
                data, word = await take()
            except PlaywrightError:
                await again()
                data, word = await take()
        except (PlaywrightError, TimeoutError, NoPicture, TooLarge) as error:
            self.words[kind] = word_of(error)
        else:
            self.add(kind, data, word)

    def add(self, kind: str, data: bytes, word: str = OK) -> None:
        self.words[kind] = word
        self.taken.append(Part(kind=kind, data=data, at=datetime.now(UTC)))

    def fail_rest(self, word: str) -> None:
        """Every wanted part that was not tried fails for this reason."""
        for kind in self.wanted:
            self.words.setdefault(kind, word)

    def call_lost(self, word: str) -> None:
        """What the end of the browser took is called so."""
        for kind, said in self.words.items():
            if said == LOST:
                self.words[kind] = word

    def lack(self, kinds: Iterable[str], word: str) -> None:
        """What is there of these kinds is not all, or not the page as it was sent."""
        for kind in self.words.keys() & set(kinds):
            if self.words[kind] == OK:
                self.words[kind] = word


def word_of(error: Exception) -> str:
    """One word for why a part failed."""
    if isinstance(error, TooLarge):
        return "too_large"
    if isinstance(error, NoPicture):
        return "no_picture"
    if isinstance(error, TimeoutError) or "Timeout" in str(error):
        return "timeout"
    return "crashed" if "crash" in str(error).lower() else LOST
