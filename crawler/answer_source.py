"""The base of sources whose pages are made of JSON: answers to their scripts and embedded state.

A source says where records are in such JSON and how one becomes a post; which of them is the post
asked for, and what the page is when there is none, is decided here for all of them alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import urlsplit

from crawler.answered import (
    Heard,
    against_account,
    against_list,
    against_post,
    against_shown,
    answers_of,
    doubted,
    hear,
    is_of_account,
    items_of,
    kind_of,
)
from crawler.embedded import assigned, script_by_id, streamed
from crawler.markers import Markers, State
from crawler.posting import filled, finished, next_page, post_id_of, says_something, urls
from crawler.reading import Reading
from crawler.shapes import without_lists
from crawler.sheet import Sheet, Told
from crawler.source_spider import SourceSpider
from crawler.tied import LIST, POST, Asked
from crawler.verdicts import LAYOUT_CHANGED, gravest, state_of, unread
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
        sent = self.markers.address(sheet.url, page.url)
        heard = hear(self.markers, sheet, self.told(sheet), self.asked(sheet, asked))
        if sent is not None or not 200 <= page.status < 300:
            state = state_of(self.markers, sheet, found=False)
            spoken = gravest([state, heard.refused, heard.walled])
            return unread(spoken or state, sheet)
        if heard.kind == POST:
            return self.read_post(sheet, asked, heard)
        return self.read_list(sheet, asked, heard)

    def asked(self, sheet: Sheet, asked: str) -> Asked:
        kind = kind_of(asked)
        return Asked(
            kind=kind,
            post_id=asked,
            asks=self.asked_of_api,
            about=lambda value: self.about(sheet, kind, value),
            words=sheet.searched,
        )

    def about(self, sheet: Sheet, kind: str, value: object) -> set[str]:
        """Ids of what an answer is about, as far as it tells them."""
        if kind == POST:
            main = self.main(value)
            return {main} if main else {key for key, _ in self.records(value)}
        people = {key for key, _ in self.accounts(value)} - {"user:"}
        posts = (self.post(sheet, key, one) for key, one in self.records(value))
        return people or {f"user:{post.author_id}" for post in posts if post.author_id}

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

    def listed(self, value: object) -> int | None:
        """How many entries the list in an answer has, of whatever shape; None where it has none."""
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
        kept = answers_of(self.markers, sheet)
        if sheet.whole is not None:
            return kept
        found = [value for name in self.states for value in assigned(sheet.html, name)]
        found += [script_by_id(sheet.html, name) for name in self.scripts]
        found += [value for name in self.streams for value in streamed(sheet.html, name)]
        return kept + [Told(sheet.url, 200, value) for value in found if value is not None]

    def read_post(self, sheet: Sheet, asked: str, heard: Heard) -> Reading:
        told_by, record = self.record_of(asked, heard)
        if record is None or told_by == "other":
            return self.without_record(sheet, asked, heard, told_by)
        told = against_post(self.markers, sheet, heard, told_by=told_by) or self.gone(record)
        if told is not None:
            return unread(told, sheet)
        post = filled(self.post(sheet, asked, record), self.shown(sheet, asked))
        doubt = doubted(self.markers, sheet, post) if told_by == "around" else None
        if doubt is not None:
            return unread(doubt, sheet)
        if says_something(post):
            return Reading(state=ALIVE, posts=(finished(post),))
        return unread(heard.refused or heard.walled or LAYOUT_CHANGED, sheet)

    def record_of(self, asked: str, heard: Heard) -> tuple[str, Record | None]:
        """Where the post's own record stands ("own", "around", "other", "") and the record."""
        places = (("own", heard.own), ("around", heard.around), ("other", heard.other))
        card: Record | None = None
        for place, told in places:
            for answer in told:
                record = dict(reversed([*self.records(answer.value)])).get(asked)
                if record is not None and self.is_main(asked, answer.value, place):
                    return place, record
                card = card or record
        return ("other", card) if card is not None else ("", None)

    def is_main(self, asked: str, value: object, place: str) -> bool:
        """Whether an answer or a state is about this post, not only lists it beside others."""
        if place == "other":
            return False
        main = self.main(value)
        if main or place == "own":
            return main in {"", asked}
        return any(key == asked for key, _ in self.records(without_lists(value)))

    def without_record(self, sheet: Sheet, asked: str, heard: Heard, told_by: str) -> Reading:
        refused = heard.refused or heard.walled
        others = {self.main(one.value) for one in (*heard.own, *heard.around)} - {"", asked}
        if refused is None and (others or post_id_of(sheet.url) not in {"", asked}):
            return Reading(state=PageState.SWAPPED, reason="other_post")
        believed = sheet.whole is None and not refused and not heard.silent
        shown = self.shown(sheet, asked) if believed else None
        if shown is not None:
            against = against_shown(self.markers, sheet, shown)
            alive = Reading(state=ALIVE, posts=(finished(shown),))
            return alive if against is None else unread(against, sheet)
        against = against_post(self.markers, sheet, heard, told_by=told_by)
        return unread(against or LAYOUT_CHANGED, sheet)

    def read_list(self, sheet: Sheet, asked: str, heard: Heard) -> Reading:
        told = (*heard.own, *heard.around)
        people = once(pair for answer in told for pair in self.accounts(answer.value))
        found = once(pair for answer in told for pair in self.records(answer.value))
        gone = self.gone(people[asked]) if asked in people else None
        if gone is not None:
            return unread(gone, sheet)
        accounts = [
            self.account(sheet, key, one)
            for key, one in people.items()
            if asked in {"", key} or key == "user:"
        ]
        kept = [self.post(sheet, key, one) for key, one in found.items() if not self.gone(one)]
        posts = [post for post in kept if says_something(post) and is_of_account(post, asked)]
        items = items_of(heard, self.listed)
        if kept and not posts:  # of other people: they tell nothing of this account
            items = None if asked else len(kept)
        if not (posts or accounts or (found and not kept)):
            shown = self.shown_list(sheet) if self.may_look(sheet, heard) else None
            if shown or (shown is not None and not heard.failed):
                posts, items = list(shown), 0
        against = self.against(sheet, heard, accounts, posts, items)
        if against is not None and not (found and not kept and heard.kind == LIST):
            return unread(against, sheet)
        return self.reading_of(sheet, [*accounts, *posts])

    def may_look(self, sheet: Sheet, heard: Heard) -> bool:
        return sheet.whole is None and heard.refused is None and heard.walled is None

    def against(
        self,
        sheet: Sheet,
        heard: Heard,
        accounts: Sequence[Post],
        posts: Sequence[Post],
        items: int | None,
    ) -> State | None:
        if heard.kind == LIST:
            found = bool(accounts or posts)
            return against_list(self.markers, sheet, heard, found=found, items=items)
        known = bool(accounts)
        return against_account(
            self.markers, sheet, heard, known=known, posts=bool(posts), items=items
        )

    def reading_of(self, sheet: Sheet, posts: Sequence[Post]) -> Reading:
        links = urls(sheet.url, [*(self.link(post) for post in posts), self.onward(sheet, posts)])
        return Reading(state=ALIVE, posts=tuple(map(finished, posts)), links=links)

    def onward(self, sheet: Sheet, posts: Sequence[Post]) -> str:
        """The next page of the list, "" where there is none or nothing stood on this one."""
        host, name, most = self.pages
        here = urlsplit(sheet.url).hostname if posts and host else None
        return next_page(sheet.url, name, most) if here == host and host else ""


def once(pairs: Iterable[tuple[str, Record]]) -> dict[str, Record]:
    """Each record under the first of its ids, each id with the first of its records."""
    found: dict[str, Record] = {}
    taken: set[int] = set()
    for key, record in pairs:
        if key not in found and id(record) not in taken:
            found[key] = record
            taken.add(id(record))
    return found
