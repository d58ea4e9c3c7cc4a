"""What leaves the house leaves two lines behind: one in the audit, one in the chain of custody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine

from storage import custody
from storage.audit import record
from storage.database import write

MACHINE = "certsweep"  # who exports where nobody is named


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOut:
    """A finished file, as whoever asks later must be able to find it again."""

    number: str  # "CS-20261123-001", or the name of an evidence package
    name: str  # of the file
    sha256: str
    by: str
    at: datetime
    rows: int = 0
    masked: bool = True


def handed_out(connection: Connection, one: HandedOut, act: str = "export.made") -> None:
    """Both lines, in the caller's transaction."""
    told = {"file": one.name, "sha256": one.sha256, "rows": one.rows, "masked": one.masked}
    record(connection, one.by, act, f"export:{one.number}", told)
    kind = "package" if one.name.endswith(".wacz") else "list"
    custody.record(
        connection,
        custody.Act(
            who=one.by,
            what="exported",
            subject=f"{kind}:{one.number}",
            sha256=one.sha256,
            at=one.at,
        ),
    )


def note_handed_out(engine: Engine, one: HandedOut, act: str = "export.made") -> None:
    with write(engine) as connection:
        handed_out(connection, one, act)
