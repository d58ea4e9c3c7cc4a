"""Writing down what was sighted: whole where flagged, a hash and nothing more where innocent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from storage.blacklist import note_blacklisted
from storage.case_locks import lock_cases_of
from storage.clusters import Placement, place, refresh, remember
from storage.database import insert_new
from storage.models import findings, posts, snapshots
from storage.parts import in_parts
from storage.records import Judgement, Sighting
from storage.recurrence import note_recurrence, seen_again
from storage.rows import (
    content_hash,
    finding_values,
    identity,
    pack,
    post_values,
    snapshot_values,
)
from storage.search import index_post

CHUNK = 5_000  # parameters in one IN; SQLite takes 32,766, PostgreSQL 65,535
BY_ROW = posts.c.id == bindparam("row")
TOUCH = update(posts).where(BY_ROW).values(last_seen=bindparam("seen"))
REJUDGE = update(posts).where(BY_ROW).values(last_seen=bindparam("seen"), engine=bindparam("by"))
REPLACE = (
    update(posts)
    .where(BY_ROW)
    .values(
        content_sha256=bindparam("sha"),
        url=bindparam("address"),
        engine=bindparam("by"),
        score=bindparam("points"),
        last_seen=bindparam("seen"),
    )
)


@dataclass(frozen=True, slots=True)
class Known:
    """A version of a post that stands in the database already."""

    row: int
    content_sha256: str
    flagged: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What one sighting added."""

    flagged: bool = False
    findings: int = 0
    unchanged: bool = False
    placement: Placement | None = None


class PostBook:
    """Posts of one batch of visits, within the batch's transaction.

    `save` writes flagged posts at once and gathers the rest; `flush` writes what was gathered.
    """

    def __init__(self, connection: Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now
        self._known: defaultdict[bytes, list[Known]] = defaultdict(list)
        self._touched: set[int] = set()
        self._offending: set[int] = set()  # flagged, seen now
        self._rejudged: dict[int, str] = {}
        self._innocent: dict[bytes, Sighting] = {}
        self._cases: set[int] = set()  # that hold something new

    def look_up(self, sightings: Iterable[Sighting]) -> None:
        """Read all known versions of these posts; call once, before `save`.

        Cases whose posts are about to be judged anew are locked until the transaction ends.
        """
        seen = list(sightings)
        keys = {identity(s.post.platform, s.post.post_id) for s in seen}
        for part in in_parts(keys, CHUNK):
            statement = select(
                posts.c.id, posts.c.identity, posts.c.content_sha256, posts.c.flagged
            ).where(posts.c.identity.in_(part))
            for row in self._connection.execute(statement):
                known = Known(row.id, row.content_sha256, row.flagged)
                self._known[row.identity].append(known)
        self._lock_rejudged(seen)

    def _lock_rejudged(self, sightings: Iterable[Sighting]) -> None:
        rows: set[int] = set()
        for one in sightings:
            if not one.unchanged and one.judgement is not None and one.judgement.flagged:
                sha256 = content_hash(one)
                known = self._known[identity(one.post.platform, one.post.post_id)]
                rows |= {k.row for k in known if k.flagged and k.content_sha256 == sha256}
        lock_cases_of(self._connection, rows)

    def save(self, sighting: Sighting) -> Saved:
        key = identity(sighting.post.platform, sighting.post.post_id)
        sha256 = content_hash(sighting)
        same = next((k for k in self._known[key] if k.content_sha256 == sha256), None)
        judgement = sighting.judgement
        if sighting.unchanged or (judgement is None and same is not None):
            if same is not None:
                self._touched.add(same.row)
                if same.flagged:
                    self._offending.add(same.row)
            return Saved(unchanged=sighting.unchanged)
        if judgement is not None and judgement.flagged:
            return self._keep(key, same, sighting, judgement)
        if same is not None:
            # A post that was flagged keeps its text and its case: acquitting is for people.
            self._rejudged[same.row] = engine_of(sighting)
        else:
            self._innocent[key] = sighting
        return Saved()

    def _keep(
        self, key: bytes, same: Known | None, sighting: Sighting, judgement: Judgement
    ) -> Saved:
        values = self._whole(sighting, judgement)
        if same is None:
            values |= {"identity": key, "first_seen": self._now}
            statement = insert(posts).values(values).returning(posts.c.id)
            row = self._connection.execute(statement).scalar_one()
            self._known[key].append(Known(row, content_hash(sighting), flagged=True))
        else:
            row = same.row
            self._connection.execute(update(posts).where(posts.c.id == row).values(values))
        self._add_children(row, sighting, judgement)
        index_post(self._connection, row, sighting.post)
        placement = place(self._connection, row, sighting, self._now)
        note_recurrence(self._connection, placement.case_id, row, self._now)
        note_blacklisted(self._connection, placement.case_id, row, self._now)
        self._offending.add(row)
        self._cases.add(placement.case_id)
        return Saved(flagged=True, findings=len(judgement.findings), placement=placement)

    def _whole(self, sighting: Sighting, judgement: Judgement) -> dict[str, Any]:
        return {
            **post_values(sighting.post),
            "content_sha256": content_hash(sighting),
            "engine": judgement.engine,
            "score": judgement.score,
            "stance": judgement.stance,
            "flagged": True,
            "last_seen": self._now,
            "signature": pack(sighting.signature) if sighting.signature else None,
        }

    def _add_children(self, row: int, sighting: Sighting, judgement: Judgement) -> None:
        dialect = self._connection.dialect.name
        said = [finding_values(row, finding) for finding in judgement.findings]
        proof = [snapshot_values(row, snapshot) for snapshot in sighting.snapshots]
        if said:
            self._connection.execute(insert_new(dialect, findings), said)
        if proof:
            self._connection.execute(insert_new(dialect, snapshots), proof)
        remember(self._connection, row, sighting)

    def flush(self) -> None:
        """Write the innocent and the unchanged, each kind in one statement, and refresh cases.

        Each case once: reckoned after every post, a case of a thousand took a thousand times that.
        """
        for case_id in sorted(self._cases):
            refresh(self._connection, case_id, self._now)
        new: list[dict[str, Any]] = []
        moved: list[dict[str, Any]] = []
        for key, sighting in self._innocent.items():
            known = next((k for k in self._known[key] if not k.flagged), None)
            if known is None:
                new.append(self._hash_only(key, sighting))
            else:
                moved.append(self._replacement(known, sighting))
        seen = self._now
        touched = sorted(self._touched - self._rejudged.keys())
        self._many(TOUCH, [{"row": row, "seen": seen} for row in touched])
        rejudged = [{"row": row, "by": by, "seen": seen} for row, by in self._rejudged.items()]
        self._many(REJUDGE, rejudged)
        self._many(REPLACE, moved)
        self._many(insert_new(self._connection.dialect.name, posts), new)
        seen_again(self._connection, self._offending, self._now)

    def _many(self, statement: Any, rows: Sequence[dict[str, Any]]) -> None:  # noqa: ANN401
        if rows:
            self._connection.execute(statement, rows)

    def _hash_only(self, key: bytes, sighting: Sighting) -> dict[str, Any]:
        return {
            "identity": key,
            "platform": sighting.post.platform,
            "post_id": sighting.post.post_id,
            "url": sighting.post.url,
            "content_sha256": content_hash(sighting),
            "engine": engine_of(sighting),
            "score": sighting.judgement.score if sighting.judgement else 0.0,
            "flagged": False,
            "first_seen": self._now,
            "last_seen": self._now,
        }

    def _replacement(self, known: Known, sighting: Sighting) -> dict[str, Any]:
        return {
            "row": known.row,
            "sha": content_hash(sighting),
            "address": sighting.post.url,
            "by": engine_of(sighting),
            "points": sighting.judgement.score if sighting.judgement else 0.0,
            "seen": self._now,
        }


def engine_of(sighting: Sighting) -> str:
    """Who judged it; "" where nobody did, so that it is judged when next seen."""
    return sighting.judgement.engine if sighting.judgement else ""
