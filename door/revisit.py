"""Looking again at what platforms were asked to take down, each URL two ways."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urljoin

from sqlalchemy import Engine

from classifiers.judge import Judge
from crawler.look_spider import Ask, Looked
from crawler.posting import canonical_or
from door.look_reading import Told, front_hash, told_by
from pipelines.snapshot import answers_file, headers_file
from storage.records import Page, Sighting, Snapshot
from storage.snapshots import SnapshotStore
from storage.takedown_known import Known, known_posts
from storage.takedown_looks import Look, Moved, add_round
from storage.takedown_refused import Refused
from storage.takedown_verdict import Seen, Way
from storage.takedowns import Item

WAYS = (Way.PLAIN, Way.BROWSER)
OPEN_WEB = "web"
FRONT = 0  # the key of a front page: no item has it
# Given the questions, hands each answer over as it comes; blocks until all were asked.
Fetch = Callable[[Sequence[Ask], Callable[[Looked], None]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What looking again works with."""

    engine: Engine
    store: SnapshotStore
    judge: Judge
    clock: Callable[[], datetime]


@dataclass(slots=True, kw_only=True)
class Tally:
    """What a run of looks came to."""

    asked: int = 0
    moved: list[Moved] = field(default_factory=list)
    seen: Counter[Seen] = field(default_factory=Counter)
    refused: list[Refused] = field(default_factory=list)  # rounds that the database did not take
    left: int = 0  # items whose round was not finished, to be asked again

    @property
    def changed(self) -> list[Moved]:
        return [one for one in self.moved if one.before is not one.after]


def look_again(desk: Desk, items: Sequence[Item], fetch: Fetch) -> Tally:
    """Ask for every item both ways, write each round down, move the items; what came of it.

    A round is written when both its answers are in, with one moment for both; one that was cut
    short leaves nothing and is asked again.
    """
    rounds = Rounds(desk, known_posts(desk.engine, items))
    asks = asked_for(items, rounds.known)
    rounds.tally.asked = len(items)
    if asks:
        fetch(asks, rounds.hand)
    rounds.tally.left = len(items) - rounds.finished
    return rounds.tally


def asked_for(items: Sequence[Item], known: Mapping[int, Known]) -> list[Ask]:
    """Every item both ways; before a site's first, its front page, which lost pages often show."""
    asks: list[Ask] = []
    fronts: set[str] = set()
    for item in items:
        url = address(item, known[item.id])
        front = front_of(url) if known[item.id].post.platform == OPEN_WEB else ""
        if front and front not in fronts:
            asks.append(Ask(key=FRONT, url=front, browser=False))
            fronts.add(front)
        asks += [Ask(key=item.id, url=url, browser=way is Way.BROWSER) for way in WAYS]
    return asks


def front_of(url: str) -> str:
    """The front page of a URL's site; "" where the URL is that page itself."""
    front = urljoin(url, "/")
    return "" if front == url else front


def address(item: Item, known: Known) -> str:
    """As it was found, where that is the same page: a platform may want what canonical drops."""
    found = known.post.url_found
    return found if found and canonical_or(found) == item.url else item.url


class Rounds:
    """Answers of one run, gathered until both of an item's are there."""

    def __init__(self, desk: Desk, known: Mapping[int, Known]) -> None:
        self._desk = desk
        self.known = known
        self.tally = Tally()
        self.finished = 0
        self._fronts: dict[str, str] = {}  # content hash of a site's front page
        self._waiting: dict[int, list[tuple[Look, Sighting | None]]] = {}

    def _told(self, looked: Looked) -> Told:
        known = self.known[looked.ask.key]
        front = self._fronts.get(front_of(looked.ask.url), "")
        return told_by(looked, known, self._desk.judge, front)

    def hand(self, looked: Looked) -> None:
        """Raises Problem where the disk is full or the database is gone; one item that the database
        refuses does not end the run."""
        if looked.ask.key == FRONT:
            self._fronts[looked.ask.url] = front_hash(looked.reading)
            return
        told = self._told(looked)
        now = self._desk.clock()
        files = keep(self._desk.store, looked, now)
        both = self._waiting.setdefault(looked.ask.key, [])
        both.append((look_of(looked, told, files), offending(told, files)))
        if len(both) == len(WAYS):
            self._write(looked.ask.key, now)

    def _write(self, item_id: int, now: datetime) -> None:
        both = self._waiting.pop(item_id)
        looks = [look for look, _ in both]
        sighting = next((one for _, one in both if one is not None), None)
        self.finished += 1
        try:
            moved = add_round(self._desk.engine, item_id, looks, now, sighting)
        except Refused as error:
            self.tally.refused.append(error)
            return
        self.tally.seen.update(look.seen for look in looks)
        if moved is not None:
            self.tally.moved.append(moved)


def offending(told: Told, files: tuple[Snapshot, ...]) -> Sighting | None:
    """What a sweep would keep: a post that the judge flags, with the files that prove it."""
    sighting = told.sighting
    if told.seen is not Seen.OFFENDING or sighting is None or sighting.judgement is None:
        return None
    if not sighting.judgement.flagged:
        return None
    return Sighting(
        post=sighting.post,
        content_sha256=sighting.content_sha256,
        signature=sighting.signature,
        judgement=sighting.judgement,
        snapshots=files,
    )


def look_of(looked: Looked, told: Told, files: tuple[Snapshot, ...]) -> Look:
    page, sighting = looked.page, told.sighting
    judged = sighting.judgement if sighting is not None else None
    return Look(
        way=Way.BROWSER if looked.ask.browser else Way.PLAIN,
        seen=told.seen,
        why=told.why,
        state=looked.reading.state.value,
        reason=looked.reading.reason,
        http_status=page.status if page is not None else None,
        final_url=page.final_url if page is not None else "",
        content_sha256=sighting.content_sha256 if sighting is not None else "",
        engine=judged.engine if judged is not None else "",
        files=files,
    )


# ---- what a look leaves -------------------------------------------------------------------------


def keep(store: SnapshotStore, looked: Looked, now: datetime) -> tuple[Snapshot, ...]:
    """Every look leaves something, also one that met a wall or no answer at all."""
    page = looked.page
    if page is None:
        return (store.put(failure_file(looked, now), "headers", looked.ask.url, now),)
    return tuple(
        store.put(data, kind, page.final_url, page.fetched_at)
        for kind, data in files_of(page, looked)
    )


def files_of(page: Page, looked: Looked) -> list[tuple[str, bytes]]:
    picture = looked.picture if looked.ask.browser else None
    files = [("raw", page.body), ("headers", headers_file(page, picture))]
    if page.dom:
        files.append(("dom", page.dom.encode("utf-8", "replace")))
    if page.answers:
        files.append(("answers", answers_file(page)))
    if looked.picture.png:
        files.append(("screenshot", looked.picture.png))
    return files


def failure_file(looked: Looked, now: datetime) -> bytes:
    facts = {
        "url": looked.ask.url,
        "way": "browser" if looked.ask.browser else "plain",
        "asked_at": now.isoformat(),
        "state": looked.reading.state.value,
        "reason": looked.reading.reason,
    }
    return json.dumps(facts, ensure_ascii=False, indent=1).encode()
