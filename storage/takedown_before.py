"""What was seen of an address before a request about it is sent: by sweeps, captures and earlier
looks. It is told to whoever drafts and approves, and noted when the sending is recorded."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import Connection, Engine, exists, select

from storage.bilingual import Bilingual, Problem
from storage.capture_models import capture_artefacts, captures
from storage.database import read
from storage.exports import OFFICE_TIME
from storage.frontier import fingerprint
from storage.models import posts, snapshots, sweeps, urls
from storage.parts import in_parts
from storage.records import PageState
from storage.snapshots import SnapshotStore
from storage.takedown_marks import Before, Mark
from storage.takedown_models import takedown_items, takedown_looks
from storage.takedown_verdict import Seen
from storage.takedowns import Item

CHUNK = 500
BLOCK = 10_000  # values in one question to the database; pages that change daily have more
MANY = 1 << 31  # posts: no page of one post
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
    """One item's address, and what else leads to its post."""

    url: str
    identity: bytes  # of the post, whatever its version
    found: frozenset[str]  # addresses it was found at that are this page, as with a token
    own: frozenset[str]  # others at which the post's own page was opened, as a short link


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
    for part in in_parts(items, CHUNK):
        with read(engine) as connection:
            places = places_of(connection, part, until)
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


def places_of(connection: Connection, items: Sequence[Item], until: datetime) -> dict[int, Place]:
    wanted = [item.post_row for item in items]
    of_items = select(posts.c.id, posts.c.identity).where(posts.c.id.in_(wanted))
    identities = {row.id: row.identity for row in connection.execute(of_items)}
    statement = select(posts.c.identity, posts.c.url_found).distinct()
    found: defaultdict[bytes, set[str]] = defaultdict(set)
    for row in connection.execute(statement.where(posts.c.identity.in_(identities.values()))):
        found[row.identity].add(row.url_found)
    own = own_pages(connection, set(identities.values()), until)
    places = {}
    for item in items:
        mine = identities[item.post_row]
        places[item.id] = Place(
            url=item.url,
            identity=mine,
            found=frozenset(one for one in found[mine] if same_but_query(one, item.url)),
            own=frozenset(one for one in own[mine] if same_host(one, item.url)),
        )
    return places


def own_pages(
    connection: Connection, identities: Collection[bytes], until: datetime
) -> defaultdict[bytes, set[str]]:
    """By post, addresses it was found at where its page itself was kept: opened alive, with this
    one post on it each time, and not told by a script's answers, as lists and searches are."""
    told = snapshots.alias("told")
    answered = exists().where(
        told.c.post_row == posts.c.id, told.c.url == snapshots.c.url, told.c.kind == "answers"
    )
    statement = (
        select(posts.c.identity, snapshots.c.url)
        .distinct()
        .join(snapshots, snapshots.c.post_row == posts.c.id)
        .where(
            posts.c.identity.in_(identities),
            snapshots.c.kind == "raw",
            snapshots.c.url == posts.c.url_found,
            snapshots.c.captured_at <= until,
            ~answered,
        )
    )
    kept: defaultdict[bytes, set[str]] = defaultdict(set)
    for row in connection.execute(statement):
        kept[row.identity].add(row.url)
    alone = with_one_post(connection, {url for urls in kept.values() for url in urls}, until)
    return defaultdict(set, {key: found & alone for key, found in kept.items()})


def with_one_post(connection: Connection, addresses: Collection[str], until: datetime) -> set[str]:
    """Those that a sweep followed a link to, and that showed one post whenever they were alive."""
    most: dict[str, int] = {}
    for part in in_parts({fingerprint(url) for url in addresses}, BLOCK):
        statement = select(urls.c.canonical, urls.c.posts, urls.c.depth).where(
            urls.c.sweep_id.in_(select(sweeps.c.id)),
            urls.c.fingerprint.in_(part),
            urls.c.finished_at <= until,
            urls.c.outcome == PageState.ALIVE.value,
        )
        for row in connection.execute(statement):
            shown = row.posts if row.depth else MANY  # what sweeps begin with are searches, lists
            most[row.canonical] = max(most.get(row.canonical, 0), shown)
    return {url for url in addresses if most.get(url) == 1}


def same_host(one: str, other: str) -> bool:
    try:
        return bool(urlsplit(one).hostname) and urlsplit(one).hostname == urlsplit(other).hostname
    except ValueError:
        return False


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
    numbers = by_url(places, lambda place: place.own)
    for part in in_parts({fingerprint(url) for url in numbers}, BLOCK):
        statement = select(urls.c.canonical, urls.c.outcome, urls.c.http_status, urls.c.finished_at)
        # By sweep and fingerprint: that index is there.
        statement = statement.where(
            urls.c.sweep_id.in_(select(sweeps.c.id)),
            urls.c.fingerprint.in_(part),
            urls.c.finished_at <= until,
        )
        for row in connection.execute(statement):
            gone = row.outcome == PageState.REMOVED or row.http_status in GONE_STATUS
            if gone or row.outcome == PageState.ALIVE:
                glimpse = Glimpse(at=row.finished_at, gone=gone, by=SWEEP, status=row.http_status)
                yield from ((number, glimpse) for number in numbers.get(row.canonical, ()))


def by_identity(places: Places) -> dict[bytes, list[int]]:
    found: defaultdict[bytes, list[int]] = defaultdict(list)
    for number, place in places.items():
        found[place.identity].append(number)
    return found


def by_snapshots(connection: Connection, places: Places, until: datetime) -> Told:
    """What was read at this very address was there."""
    numbers = by_identity(places)
    statement = (
        select(posts.c.identity, snapshots.c.url, snapshots.c.captured_at)
        .join(posts, posts.c.id == snapshots.c.post_row)
        .where(
            posts.c.identity.in_(numbers),
            snapshots.c.captured_at <= until,
            snapshots.c.kind != PICTURE,
        )
    )
    for row in connection.execute(statement):
        for number in numbers[row.identity]:
            place = places[number]
            if row.url == place.url or row.url in place.found or row.url in place.own:
                yield number, Glimpse(at=row.captured_at, gone=False, by=SWEEP)


def by_looks(connection: Connection, places: Places, until: datetime) -> Told:
    """Looks for requests of the same post that were sent earlier."""
    numbers = by_identity(places)
    look = takedown_looks.c
    statement = (
        select(posts.c.identity, look.at, look.seen, look.http_status)
        .join(takedown_items, takedown_items.c.id == look.item_id)
        .join(posts, posts.c.id == takedown_items.c.post_row)
        .where(posts.c.identity.in_(numbers), look.at <= until)
    )
    for row in connection.execute(statement):
        gone = row.seen == Seen.GONE
        if gone or row.seen == Seen.OFFENDING:
            glimpse = Glimpse(at=row.at, gone=gone, by=LOOK, status=row.http_status)
            yield from ((number, glimpse) for number in numbers[row.identity])


def by_captures(
    connection: Connection, store: SnapshotStore, places: Places, until: datetime
) -> Told:
    """Of the captures of an address the newest whose facts tell what it showed."""
    numbers = by_url(places, lambda place: place.found | place.own)
    done: set[str] = set()
    for part in in_parts(numbers, BLOCK):
        statement = (
            select(captures.c.url, captures.c.ended_at, capture_artefacts.c.sha256)
            .join(capture_artefacts, capture_artefacts.c.capture_id == captures.c.id)
            .where(
                captures.c.url.in_(part),
                captures.c.ended_at <= until,
                capture_artefacts.c.kind == "facts",
                capture_artefacts.c.size <= MOST_FACTS,
            )
            .order_by(captures.c.ended_at.desc(), captures.c.id.desc())
        )
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
