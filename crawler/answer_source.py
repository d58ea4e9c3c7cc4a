"""The base of sources whose pages are made of JSON: answers to their scripts and embedded state.

A source says where records are in such JSON and how one becomes a post; which of them is the post
asked for, and what the page is when there is none, is decided here for all of them alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import urlsplit

from crawler.embedded import assigned, script_by_id, streamed
from crawler.markers import Markers, State
from crawler.posting import filled, finished, next_page, post_id_of, says_something, urls
from crawler.reading import Reading
from crawler.sheet import Sheet, Told
from crawler.source_spider import SourceSpider
from crawler.verdicts import LAYOUT_CHANGED, gravest, of_answers, state_of, unread
from storage.records import Page, PageState, Post

Record = Mapping[str, Any]
ALIVE = PageState.ALIVE


class AnswerSource(SourceSpider):
    markers: ClassVar[Markers]
    states: ClassVar[tuple[str, ...]] = ()  # names that embedded states are assigned to
    scripts: ClassVar[tuple[str, ...]] = ()  # ids of scripts that hold a state
    streams: ClassVar[tuple[str, ...]] = ()  # names that a state is pushed to in pieces
    # Host, parameter and last page of lists that a URL can turn over; signed answers cannot be.
    pages: ClassVar[tuple[str, str, int]] = ("", "", 0)

    def read(self, page: Page) -> Reading:
        sheet = Sheet(page)
        asked = post_id_of(page.url) or self.asked_of_api(page.url)
        told = self.told(sheet)
        refused = self.refusal(told, sheet.url, asked)
        sent = self.markers.address(sheet.url, page.url)
        if sent is not None or not 200 <= page.status < 300:
            state = state_of(self.markers, sheet, found=False)
            return unread(gravest([state, refused]) or state, sheet)
        if asked and not asked.startswith("user:"):
            return self.read_post(sheet, asked, told, refused)
        return self.read_list(sheet, asked, told, refused)

    # What a source overrides.

    def asked_of_api(self, url: str) -> str:  # noqa: ARG002
        """Id that an address of the JSON interface asks for, spelled as crawler.canon spells it."""
        return ""

    def records(self, value: object) -> Iterator[tuple[str, Record]]:
        """(id, record) of every post in an answer or a state."""
        raise NotImplementedError

    def main(self, value: object) -> str:  # noqa: ARG002
        """Id of the post that the answer or state is about, "" where it is about none."""
        return ""

    def gone(self, record: Record) -> State | None:  # noqa: ARG002
        """What a record says of itself: deleted, private, under review; None: it is there."""
        return None

    def post(self, sheet: Sheet, post_id: str, record: Record) -> Post:
        raise NotImplementedError

    def accounts(self, value: object) -> Iterator[tuple[str, Record]]:  # noqa: ARG002
        """(id as "user:…", record) of every account that has a page of its own in it."""
        return iter(())

    def account(self, sheet: Sheet, account_id: str, record: Record) -> Post:
        raise NotImplementedError

    def is_list(self, value: object) -> bool:
        """Whether an answer is a list of posts, also an empty one."""
        raise NotImplementedError

    def shown(self, sheet: Sheet, asked: str) -> Post | None:  # noqa: ARG002
        """The post asked for as the finished document shows it, None where it does not."""
        return None

    def shown_list(self, sheet: Sheet) -> tuple[Post, ...] | None:  # noqa: ARG002
        """Posts of a list as the finished document shows them; None where it shows no list."""
        return None

    def link(self, post: Post) -> str:
        """Where the post is best fetched."""
        return post.url

    # What all have in common.

    def told(self, sheet: Sheet) -> list[Told]:
        """Answers without those that hold other people's comments, then the embedded states."""
        skipped = self.markers.words.get("not_posts", ())
        kept = [one for one in sheet.answers if not any(piece in one.url for piece in skipped)]
        if sheet.whole is not None:
            return kept
        found = [value for name in self.states for value in assigned(sheet.html, name)]
        found += [script_by_id(sheet.html, name) for name in self.scripts]
        found += [value for name in self.streams for value in streamed(sheet.html, name)]
        return kept + [Told(sheet.url, 200, value) for value in found if value is not None]

    def refusal(self, told: list[Told], url: str, asked: str) -> State | None:
        """What codes and messages of the answers tell; of other things than the one asked for
        only a wall counts."""
        paths = self.markers.paths["messages"]
        details = self.markers.words.get("details", ()) if asked else ("",)
        own = [one for one in told if one.url == url or any(part in one.url for part in details)]
        spoken = of_answers(self.markers, own, *paths)
        if spoken is not None:
            return spoken
        spoken = of_answers(self.markers, told, *paths)
        return spoken if spoken is not None and spoken[0] is PageState.BLOCKED else None

    def read_post(
        self, sheet: Sheet, asked: str, told: list[Told], refused: State | None
    ) -> Reading:
        record = next(
            (one for answer in told for key, one in self.records(answer.value) if key == asked),
            None,
        )
        if record is not None:
            gone = self.gone(record)
            if gone is not None:
                return unread(gone, sheet)
            post = filled(self.post(sheet, asked, record), self.shown(sheet, asked))
            if says_something(post):
                return Reading(state=ALIVE, posts=(finished(post),))
            return unread(refused or LAYOUT_CHANGED, sheet)
        arrived = post_id_of(sheet.url)
        others = {self.main(answer.value) for answer in told} - {"", asked}
        if refused is None and (others or arrived not in {"", asked}):
            return Reading(state=PageState.SWAPPED, reason="other_post")
        return self.without_record(sheet, asked, refused)

    def without_record(self, sheet: Sheet, asked: str, refused: State | None) -> Reading:
        shown = None if sheet.whole is not None or refused else self.shown(sheet, asked)
        if shown is not None:
            state = state_of(self.markers, sheet, found=True)
            if state[0] is ALIVE:
                return Reading(state=ALIVE, posts=(finished(shown),))
        return unread(self.why_not(sheet, refused), sheet)

    def why_not(self, sheet: Sheet, refused: State | None) -> State:
        """Answers tell more exactly than the page around them, unless the page is a wall."""
        if sheet.whole is not None:
            return refused or LAYOUT_CHANGED
        state = state_of(self.markers, sheet, found=False)
        if refused is None or (state[0] is PageState.BLOCKED and state[1] != "shell"):
            return state
        return refused

    def read_list(
        self, sheet: Sheet, asked: str, told: list[Told], refused: State | None
    ) -> Reading:
        people = once(pair for answer in told for pair in self.accounts(answer.value))
        found = once(pair for answer in told for pair in self.records(answer.value))
        listed = any(self.is_list(answer.value) for answer in told)
        if not found and not people and (refused or not listed):
            return self.without_answers(sheet, asked, refused)
        gone = self.gone(people[asked]) if asked in people else None
        if gone is not None:
            return unread(gone, sheet)
        posts = [
            self.account(sheet, key, one)
            for key, one in people.items()
            if asked in {"", key} or key == "user:"
        ]
        made = [self.post(sheet, key, one) for key, one in found.items() if not self.gone(one)]
        told_nothing = found and not any(map(says_something, [*posts, *made]))
        if told_nothing and any(self.gone(one) is None for one in found.values()):
            return unread(refused or LAYOUT_CHANGED, sheet)
        made = [post for post in made if says_something(post)]
        own = [post for post in made if f"user:{post.author_id}" == asked]
        posts += own if own else made
        links = urls(sheet.url, [*(self.link(post) for post in posts), self.onward(sheet, posts)])
        return Reading(state=ALIVE, posts=tuple(map(finished, posts)), links=links)

    def onward(self, sheet: Sheet, posts: Sequence[Post]) -> str:
        """The next page of the list, "" where there is none or nothing stood on this one."""
        host, name, most = self.pages
        here = urlsplit(sheet.url).hostname if posts and host else None
        return next_page(sheet.url, name, most) if here == host and host else ""

    def without_answers(self, sheet: Sheet, asked: str, refused: State | None) -> Reading:
        posts = None if sheet.whole is not None or refused else self.shown_list(sheet)
        if posts is None:
            return self.without_record(sheet, asked, refused)
        state = state_of(self.markers, sheet, found=True)
        if state[0] is not ALIVE:
            return unread(state, sheet)
        links = urls(sheet.url, [*(self.link(post) for post in posts), self.onward(sheet, posts)])
        return Reading(state=ALIVE, posts=tuple(map(finished, posts)), links=links)


def once(pairs: Iterable[tuple[str, Record]]) -> dict[str, Record]:
    """Each record under the first of its ids, each id with the first of its records."""
    found: dict[str, Record] = {}
    taken: set[int] = set()
    for key, record in pairs:
        if key not in found and id(record) not in taken:
            found[key] = record
            taken.add(id(record))
    return found
