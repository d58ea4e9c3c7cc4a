"""What was seen of an address before a request about it is sent: by sweeps, captures and earlier
looks. It is told to whoever drafts and approves, and noted when the sending is recorded."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, select

from storage.bilingual import Bilingual, Problem
from storage.capture_models import capture_artefacts, captures
from storage.database import read
from storage.exports import OFFICE_TIME
from storage.frontier import fingerprint
from storage.models import posts, snapshots, sweeps, urls
from storage.records import PageState
from storage.snapshots import SnapshotStore
from storage.takedown_marks import Before, Mark
from storage.takedown_models import takedown_items, takedown_looks
from storage.takedown_verdict import Seen
from storage.takedowns import Item

CHUNK = 500
GONE_STATUS = (404, 410)
MOST_FACTS = 4 << 20  # bytes; ours are some kilobytes
PICTURE = "picture"  # a snapshot of what the post shows, from another address
SWEEP, CAPTURE, LOOK = (
    Bilingual("巡查", "a sweep"),
    Bilingual("取证", "a capture"),
    Bilingual("先前的复查", "an earlier look"),
)
NEVER = Bilingual(
    "内容是在别的网址（如搜索结果、列表、短链接）读到的，发出前没有打开这个网址读到过原文",
    "the post was read at another address (search results, a list, a short link); nothing was "
    "ever read at this one",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Glimpse:
    """Something that was told of an address once."""

    at: datetime
    gone: bool  # else it was there
    by: Bilingual
    status: int | None = None

    @property
    def note(self) -> Bilingual:
        when = f"{self.at.astimezone(OFFICE_TIME):%Y-%m-%d %H:%M}"
        if self.status in GONE_STATUS:
            return Bilingual(
                f"{when} {self.by.zh}时该网址答复 {self.status}",
                f"{self.by.en} at {when} was answered {self.status}",
            )
        return Bilingual(
            f"{when} {self.by.zh}时该网址已显示删除", f"{self.by.en} at {when} saw it removed"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One item's address, and the rows of all versions of its post."""

    url: str
    versions: frozenset[int]
    found: frozenset[str]  # addresses it was found at that are this page, as with a token


Places = Mapping[int, Place]  # by the item's number
Told = Iterator[tuple[int, Glimpse]]


def before_sending(
    engine: Engine, store: SnapshotStore, items: Sequence[Item], until: datetime
) -> dict[int, Before]:
    """Of items whose address was gone when it was last seen before `until`, or was never read.

    What says nothing of the page (a wall, a time-out) does not count. Files of the store that
    cannot be read tell nothing.
    """
    found: dict[int, Before] = {}
    for start in range(0, len(items), CHUNK):
        with read(engine) as connection:
            places = places_of(connection, items[start : start + CHUNK])
            glimpses = gathered(connection, store, places, until)
        for number in places:
            told = judged(glimpses[number])
            if told is not None:
                found[number] = told
    return found


def judged(glimpses: Sequence[Glimpse]) -> Before | None:
    if not glimpses:
        return Before(mark=Mark.UNREAD, note=NEVER)
    last = max(glimpses, key=lambda one: (one.at, not one.gone))
    return Before(mark=Mark.GONE, note=last.note) if last.gone else None


def gathered(
    connection: Connection, store: SnapshotStore, places: Places, until: datetime
) -> defaultdict[int, list[Glimpse]]:
    found: defaultdict[int, list[Glimpse]] = defaultdict(list)
    for look in (by_sweeps, by_snapshots, by_looks):
        for number, glimpse in look(connection, places, until):
            found[number].append(glimpse)
    for number, glimpse in by_captures(connection, store, places, until):
        found[number].append(glimpse)
    return found


def places_of(connection: Connection, items: Sequence[Item]) -> dict[int, Place]:
    own = select(posts.c.identity).where(posts.c.id.in_([item.post_row for item in items]))
    statement = select(posts.c.id, posts.c.identity, posts.c.url_found).where(
        posts.c.identity.in_(own)
    )
    rows = connection.execute(statement).all()
    identities = {row.id: row.identity for row in rows}
    versions: defaultdict[bytes, list[tuple[int, str]]] = defaultdict(list)
    for row in rows:
        versions[row.identity].append((row.id, row.url_found))
    found = {}
    for item in items:
        mine = versions[identities[item.post_row]]
        found[item.id] = Place(
            url=item.url,
            versions=frozenset(row for row, _ in mine),
            found=frozenset(one for _, one in mine if same_but_query(one, item.url)),
        )
    return found


def same_but_query(one: str, other: str) -> bool:
    """Whether they differ at most in what a link carries along, as a token or where it stood."""

    def bare(url: str) -> str:
        return url.partition("#")[0].partition("?")[0]

    return bool(one) and bare(one) == bare(other)


def by_url(places: Places, more: Callable[[Place], Collection[str]]) -> dict[str, list[int]]:
    found: defaultdict[str, list[int]] = defaultdict(list)
    for number, place in places.items():
        for url in {place.url, *more(place)}:
            found[url].append(number)
    return found


def by_sweeps(connection: Connection, places: Places, until: datetime) -> Told:
    """What the address itself was answered, whatever way led there."""
    numbers = by_url(places, lambda _: ())
    wanted = {fingerprint(url) for url in numbers}
    statement = select(urls.c.canonical, urls.c.outcome, urls.c.http_status, urls.c.finished_at)
    # By sweep and fingerprint: that index is there.
    statement = statement.where(
        urls.c.sweep_id.in_(select(sweeps.c.id)),
        urls.c.fingerprint.in_(wanted),
        urls.c.finished_at <= until,
    )
    for row in connection.execute(statement):
        gone = row.outcome == PageState.REMOVED or row.http_status in GONE_STATUS
        if gone or row.outcome == PageState.ALIVE:
            glimpse = Glimpse(at=row.finished_at, gone=gone, by=SWEEP, status=row.http_status)
            yield from ((number, glimpse) for number in numbers.get(row.canonical, ()))


def by_snapshots(connection: Connection, places: Places, until: datetime) -> Told:
    """What was read at this very address was there."""
    owner = {row: number for number, place in places.items() for row in place.versions}
    statement = select(snapshots.c.post_row, snapshots.c.url, snapshots.c.captured_at).where(
        snapshots.c.post_row.in_(owner),
        snapshots.c.captured_at <= until,
        snapshots.c.kind != PICTURE,
    )
    for row in connection.execute(statement):
        number = owner[row.post_row]
        if row.url in {places[number].url, *places[number].found}:
            yield number, Glimpse(at=row.captured_at, gone=False, by=SWEEP)


def by_looks(connection: Connection, places: Places, until: datetime) -> Told:
    """Looks for requests of the same post that were sent earlier."""
    owner = {row: number for number, place in places.items() for row in place.versions}
    statement = (
        select(
            takedown_items.c.post_row,
            takedown_looks.c.at,
            takedown_looks.c.seen,
            takedown_looks.c.http_status,
        )
        .join(takedown_items, takedown_items.c.id == takedown_looks.c.item_id)
        .where(takedown_items.c.post_row.in_(owner), takedown_looks.c.at <= until)
    )
    for row in connection.execute(statement):
        gone = row.seen == Seen.GONE
        if gone or row.seen == Seen.OFFENDING:
            glimpse = Glimpse(at=row.at, gone=gone, by=LOOK, status=row.http_status)
            yield owner[row.post_row], glimpse


def by_captures(
    connection: Connection, store: SnapshotStore, places: Places, until: datetime
) -> Told:
    """Of the captures of an address the newest whose facts tell what it showed."""
    numbers = by_url(places, lambda place: place.found)
    statement = (
        select(captures.c.url, captures.c.ended_at, capture_artefacts.c.sha256)
        .join(capture_artefacts, capture_artefacts.c.capture_id == captures.c.id)
        .where(
            captures.c.url.in_(numbers),
            captures.c.ended_at <= until,
            capture_artefacts.c.kind == "facts",
            capture_artefacts.c.size <= MOST_FACTS,
        )
        .order_by(captures.c.ended_at.desc(), captures.c.id.desc())
    )
    done: set[str] = set()
    for row in connection.execute(statement):
        shown = None if row.url in done else shown_by(store, row.sha256)
        if shown is not None:
            done.add(row.url)
            gone, status = shown
            glimpse = Glimpse(at=row.ended_at, gone=gone, by=CAPTURE, status=status)
            yield from ((number, glimpse) for number in numbers[row.url])


def shown_by(store: SnapshotStore, sha256: str) -> tuple[bool, int | None] | None:
    """Whether the page was gone, and the status of its document; None where that is not told."""
    try:
        told = json.loads(store.get(sha256))
        state, status = told["page"]["state"], told["documents"][-1]["status"]
    except (Problem, ValueError, LookupError, TypeError, RecursionError):
        return None
    if status in GONE_STATUS or state == PageState.REMOVED:
        return True, status if status in GONE_STATUS else None
    return (False, None) if state == PageState.ALIVE else None
