"""Working off the queue of timestamps."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection

from door.evidence_parts import Proof
from evidence.manifest import roll_of
from evidence.timestamps import Answer, ask
from storage.custody import Act, record
from storage.database import read, write
from storage.rolls import enroll, every_roll, unrolled, waiting_rolls
from storage.stamps import Stamp, due, failed, granted, want

MOST = 1_000  # captures in a roll: each package that holds one of them holds the roll, 67 KB
CLOCKWORK = "certsweep"  # who stamps, where no person asked


def roll_captures(proof: Proof) -> list[str]:
    """Queue timestamps over all captures that have none yet: one of each authority for a roll.

    A roll that still waits wants every authority that is set now: the one it was queued for may be
    closed, or was mistyped. Gives the hashes of the new rolls; none where there is nothing to stamp
    or nobody to stamp it.
    """
    if not proof.authorities:
        return []
    with write(proof.engine) as connection:
        for roll in waiting_rolls(connection):
            want(connection, roll, proof.authorities, datetime.now(UTC))
        captures = unrolled(connection)
        starts = range(0, len(captures), MOST)
        return [begin_roll(connection, proof, captures[at : at + MOST]) for at in starts]


def begin_roll(connection: Connection, proof: Proof, captures: Sequence[str]) -> str:
    now = datetime.now(UTC)
    sha256 = proof.store.put(roll_of(captures), "roll", "", now).sha256
    enroll(connection, sha256, captures)
    want(connection, sha256, proof.authorities, now)
    subject = f"roll:{sha256}"
    act = Act(who=CLOCKWORK, what="gathered", subject=subject, sha256=sha256, at=now)
    record(connection, act)
    return sha256


@dataclass(frozen=True, slots=True)
class Tried:
    """One try, and what it brought."""

    stamp: Stamp
    answer: Answer


def work_off(proof: Proof, *, only: Collection[str] = (), everything: bool = False) -> list[Tried]:
    """Ask for all timestamps that are due; each is one request and one transaction of its own.

    A roll is not asked of an authority that is set no more; a manifest is, for it names whose
    timestamps it wants. `only`: those over these hashes. `everything`: also those whose time has
    not come. An authority that did not answer is not asked again in this run; the rest of its queue
    waits as long.
    """
    with read(proof.engine) as connection:
        waiting = due(connection, None if everything or only else datetime.now(UTC))
        rolls = every_roll(connection)
    tried: list[Tried] = []
    silent: dict[str, Answer] = {}
    for stamp in waiting:
        left = stamp.sha256 in rolls and stamp.authority not in proof.authorities
        if left or (only and stamp.sha256 not in only):
            continue
        answer = silent.get(stamp.authority) or asked(proof, stamp)
        if answer.reason in {"unreachable", "timeout"}:
            silent[stamp.authority] = answer
        note(proof, stamp, answer)
        tried.append(Tried(stamp, answer))
    return tried


def asked(proof: Proof, stamp: Stamp) -> Answer:
    return ask(stamp.authority, proof.store.get(stamp.sha256), proof.roots, datetime.now(UTC))


def note(proof: Proof, stamp: Stamp, answer: Answer) -> None:
    now = datetime.now(UTC)
    with write(proof.engine) as connection:
        if answer.reason or answer.stamped_at is None:
            failed(connection, stamp, answer.reason, answer.detail, now)
        elif granted(connection, stamp, answer.token, answer.stamped_at, now):
            sha256 = hashlib.sha256(answer.token).hexdigest()
            subject = f"hash:{stamp.sha256}"
            act = Act(who=CLOCKWORK, what="stamped", subject=subject, sha256=sha256, at=now)
            record(connection, act)
