"""Rolls of captures: hashes of captures' records, to be dated together by one timestamp."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, exists, insert, select

from storage.proof_models import capture_rolls, custody, timestamps


def unrolled(connection: Connection) -> list[str]:
    """Hashes of captures that custody knows and no roll bears, sorted."""
    borne = exists().where(capture_rolls.c.capture_sha256 == custody.c.sha256)
    taken = custody.c.what == "captured"
    return sorted(set(connection.execute(select(custody.c.sha256).where(taken, ~borne)).scalars()))


def enroll(connection: Connection, roll_sha256: str, captures: Iterable[str]) -> None:
    """Note that this roll bears these hashes; raises IntegrityError where another does."""
    rows = [{"capture_sha256": one, "roll_sha256": roll_sha256} for one in captures]
    connection.execute(insert(capture_rolls), rows)


def waiting_rolls(connection: Connection) -> list[str]:
    """Rolls some authority has not answered for, sorted; one that all answered for is done."""
    waits = (timestamps.c.sha256 == capture_rolls.c.roll_sha256) & (timestamps.c.state == "waiting")
    statement = select(capture_rolls.c.roll_sha256).distinct().where(exists().where(waits))
    return sorted(connection.execute(statement).scalars())


def every_roll(connection: Connection) -> set[str]:
    """The hashes of all rolls there are."""
    return set(connection.execute(select(capture_rolls.c.roll_sha256).distinct()).scalars())


def rolls_of(connection: Connection, captures: Iterable[str]) -> list[str]:
    """The rolls that bear any of these hashes, sorted."""
    wanted = capture_rolls.c.capture_sha256.in_(list(captures))
    return sorted(
        set(connection.execute(select(capture_rolls.c.roll_sha256).where(wanted)).scalars())
    )
