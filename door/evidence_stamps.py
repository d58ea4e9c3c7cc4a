"""Working off the queue of timestamps."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from door.evidence_parts import Proof
from evidence.timestamps import Answer, ask
from storage.custody import Act, record
from storage.database import read, write
from storage.stamps import Stamp, due, failed, granted

CLOCKWORK = "certsweep"  # who stamps, where no person asked


@dataclass(frozen=True, slots=True)
class Tried:
    """One try, and what it brought."""

    stamp: Stamp
    answer: Answer


def work_off(proof: Proof, *, only: str = "", everything: bool = False) -> list[Tried]:
    """Ask for all timestamps that are due; each is one request and one transaction of its own.

    `only`: those over this hash. `everything`: also those whose time has not come. An authority
    that did not answer is not asked again in this run; the rest of its queue stays due.
    """
    with read(proof.engine) as connection:
        waiting = due(connection, None if everything or only else datetime.now(UTC))
    tried: list[Tried] = []
    silent: set[str] = set()
    for stamp in waiting:
        if only in {"", stamp.sha256} and stamp.authority not in silent:
            tried.append(try_one(proof, stamp))
            if tried[-1].answer.reason in {"unreachable", "timeout"}:
                silent.add(stamp.authority)
    return tried


def try_one(proof: Proof, stamp: Stamp) -> Tried:
    manifest = proof.store.get(stamp.sha256)
    answer = ask(stamp.authority, manifest, proof.roots, datetime.now(UTC))
    now = datetime.now(UTC)
    with write(proof.engine) as connection:
        if answer.reason or answer.stamped_at is None:
            failed(connection, stamp, answer.reason, answer.detail, now)
        elif granted(connection, stamp, answer.token, answer.stamped_at, now):
            sha256 = hashlib.sha256(answer.token).hexdigest()
            subject = f"manifest:{stamp.sha256}"
            act = Act(who=CLOCKWORK, what="stamped", subject=subject, sha256=sha256, at=now)
            record(connection, act)
    return Tried(stamp, answer)
