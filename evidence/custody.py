"""Acts on evidence as lines of custody; the chain itself is `storage/custody.py`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection

from evidence.manifest import capture_sha256
from evidence.signing import KeyRing
from storage.captures import capture_by_id
from storage.custody import Act, Line, lines_about, record
from storage.packages import Package
from storage.records import Capture
from storage.rolls import rolls_of


def captured(connection: Connection, capture: Capture, now: datetime) -> Line:
    """The first line about a capture, in the transaction that has kept it: over the record as it
    was stored, which is what every package is held against.

    Raises LookupError where it was not kept.
    """
    kept = capture_by_id(connection, capture.id)
    if kept is None:
        raise LookupError(f"no capture {capture.id}")
    act = Act(
        who=capture.asked_by,
        what="captured",
        subject=f"capture:{capture.id}",
        sha256=capture_sha256(kept),
        at=now,
    )
    return record(connection, act)


def enrolled(
    connection: Connection, captures: Iterable[Capture], who: str, now: datetime
) -> list[Line]:
    """Write down captures that no line speaks of yet, as what they are: hashed only now."""
    known = {capture.id: capture for capture in captures}
    subjects = {f"capture:{one}": one for one in known}
    for line in lines_about(connection, subjects):
        subjects.pop(line.subject, None)
    acts = [
        Act(who=who, what="hashed", subject=subject, sha256=capture_sha256(known[one]), at=now)
        for subject, one in subjects.items()
    ]
    return [record(connection, act) for act in acts]


def rotations_told(connection: Connection, ring: KeyRing, now: datetime) -> list[Line]:
    """Write down changes of keys that no line speaks of yet.

    The new key is in place before its line is: a process killed in between leaves that to the next.
    """
    done = {f"key:{one.new}": one for one in ring.rotations()}
    for line in lines_about(connection, done):
        done.pop(line.subject, None)
    return [
        record(
            connection, Act(who=one.by, what="rotated", subject=subject, sha256=one.sha256, at=now)
        )
        for subject, one in reversed(done.items())
    ]


def lines_of_case(
    connection: Connection, case_id: int, captures: Sequence[Capture], packages: Sequence[Package]
) -> list[Line]:
    """Every line about a case: its captures and their rolls, its manifests and packages."""
    rolls = rolls_of(connection, map(capture_sha256, captures))
    stamped = [*rolls, *(package.manifest_sha256 for package in packages)]
    subjects = [f"case:{case_id}", *(f"capture:{one.id}" for one in captures)]
    for package in packages:
        subjects += [f"manifest:{package.manifest_sha256}", f"package:{package.name}"]
    subjects += [f"roll:{one}" for one in rolls] + [f"hash:{one}" for one in stamped]
    return lines_about(connection, subjects)
