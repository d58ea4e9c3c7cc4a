"""The chain of custody: every act on evidence is one line, bound by hash to the line before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, text

from storage.canonical import canonical_sha256
from storage.columns import AnyRow, storable
from storage.parts import in_parts
from storage.proof_models import custody
from storage.records import aware

# Any number will do, so long as every version of the program locks the chain with the same one.
CHAIN_LOCK = 0x63757374
ACTS = frozenset(
    {
        "captured",  # a page was taken; the hash is of the capture's canonical record
        "hashed",  # a file was taken into a package; the hash is the file's
        "gathered",  # the files of a case were listed for a manifest; the hash is the list's
        "signed",  # the manifest's
        "stamped",  # an authority's answer; the hash is the answer's
        "packaged",  # the package file's
        "verified",  # a sealed package file was proved whole
        "examined",  # a package file was verified: nothing disproved, but it is not sealed
        "exported",  # a package or list left the house
        "rotated",  # a new signing key; the hash is the statement's that the old one signed
    }
)
PAGE = 2_000  # lines read at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What is to be written down."""

    who: str
    what: str  # one of ACTS
    subject: str  # as "capture:<id>", "case:<number>", "manifest:<sha256>", "package:<name>"
    sha256: str  # of the subject
    at: datetime

    def __post_init__(self) -> None:
        aware(self.at)
        if self.what not in ACTS:
            raise ValueError(f"{self.what!r} is no act of custody")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the chain; `hash` is the SHA-256 of the canonical JSON of all the others."""

    seq: int  # 1, 2, 3, …
    at: str  # UTC, as 2026-11-25T21:30:00.123456Z
    who: str
    what: str
    subject: str
    sha256: str
    prev: str  # hash of the line before; "" for the first
    hash: str

    def reckoned(self) -> str:
        """What `hash` must be."""
        values = asdict(self)
        del values["hash"]
        return canonical_sha256(values)


@dataclass(frozen=True, slots=True)
class Broken:
    """The first place where the chain does not hold."""

    seq: int
    why: str  # "gap", "prev", "hash" or "anchor"


def stamp_of(moment: datetime) -> str:
    """The moment as lines of custody and manifests write it."""
    return aware(moment).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def record(connection: Connection, act: Act) -> Line:
    """Write the act behind the newest line, within the caller's transaction."""
    if connection.dialect.name == "postgresql":
        # Two writers would both stand behind the same line; SQLite lets one write at a time.
        connection.execute(text(f"SELECT pg_advisory_xact_lock({CHAIN_LOCK})"))
    last = head(connection)
    values: dict[str, Any] = {
        "seq": last.seq + 1 if last else 1,
        "at": stamp_of(act.at),
        "who": storable(act.who),
        "what": act.what,
        "subject": storable(act.subject),
        "sha256": act.sha256,
        "prev": last.hash if last else "",
    }
    line = Line(**values, hash=canonical_sha256(values))
    connection.execute(insert(custody).values(asdict(line)))
    return line


def head(connection: Connection) -> Line | None:
    """The newest line; None where nothing was ever done."""
    row = connection.execute(select(custody).order_by(custody.c.seq.desc()).limit(1)).first()
    return None if row is None else line_of(row)


def line_of(row: AnyRow) -> Line:
    return Line(**row._mapping)


def lines_about(connection: Connection, subjects: Iterable[str]) -> list[Line]:
    """All lines about these subjects, the oldest first."""
    found: list[Line] = []
    for part in in_parts(set(subjects), PAGE):
        some = custody.c.subject.in_(part)
        found += [line_of(row) for row in connection.execute(select(custody).where(some))]
    return sorted(found, key=lambda line: line.seq)


def lines_numbered(connection: Connection, numbers: Iterable[int]) -> list[Line]:
    """Those of these lines that are there, the oldest first."""
    found: list[Line] = []
    for part in in_parts(set(numbers), PAGE):
        some = custody.c.seq.in_(part)
        found += [line_of(row) for row in connection.execute(select(custody).where(some))]
    return sorted(found, key=lambda line: line.seq)


def every_line(connection: Connection) -> Iterator[Line]:
    """The whole chain, read page by page: whoever stops early leaves no cursor open."""
    last = 0
    query = select(custody).order_by(custody.c.seq).limit(PAGE)
    while page := connection.execute(query.where(custody.c.seq > last)).all():
        last = page[-1].seq
        yield from map(line_of, page)


def first_broken(lines: Iterable[Line], anchors: Iterable[tuple[int, str]] = ()) -> Broken | None:
    """Where a chain that begins with line 1 breaks first; None where all of it holds.

    `anchors`: numbers and hashes of lines that signed manifests speak of. They show what a chain
    alone cannot: that its end was cut off, or all of it made anew.
    """
    wanted = dict(anchors)
    seq, prev = 0, ""
    for line in lines:
        why = broken_link(line, seq, prev, wanted)
        if why:
            return Broken(line.seq if why != "gap" else seq + 1, why)
        seq, prev = line.seq, line.hash
        wanted.pop(seq, None)
    return Broken(min(wanted), "anchor") if wanted else None


def broken_link(line: Line, seq: int, prev: str, anchors: dict[int, str]) -> str:
    """What is wrong with a line that should follow line `seq`; "" where nothing is."""
    if line.seq != seq + 1:
        return "gap"
    if line.prev != prev:
        return "prev"
    if line.hash != line.reckoned():
        return "hash"
    return "anchor" if anchors.get(line.seq, line.hash) != line.hash else ""
