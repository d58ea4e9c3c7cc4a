"""Reads that could not be written into the audit at once: written as soon as it can be, and never
lost at an orderly end.

What is still waiting when the desk stops goes into a file in its home and from there into the
audit when it serves again.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine

from storage.bilingual import Problem
from storage.columns import utc_now
from storage.database import write_soon
from storage.presence import Late, Read, note_late, taken_out

NAME = "reads-to-audit"
LOG = logging.getLogger("console")


def catch_up(engine: Engine, late: Late, folder: Path | None) -> bool:
    """Write down what waits, in memory and in files; False where it must wait on."""
    waited = taken_out(late)
    files = kept_in(folder)
    if not waited and not files:
        return True
    try:
        with write_soon(engine) as connection:
            for path in files:
                put_down(connection, read_file(path))
            put_down(connection, waited)
    except Problem:
        late.extendleft(reversed(waited))
        return False
    for path in files:
        path.unlink(missing_ok=True)
    return True


def put_down(connection: Connection, reads: Sequence[Read]) -> None:
    for one in reads:
        note_late(connection, one)


def keep(late: Late, folder: Path | None) -> int:
    """Put what still waits into a file that outlives the process; how many reads."""
    waited = taken_out(late)
    if not waited:
        return 0
    if folder is None:
        tell_lost(waited)
        return 0
    # A name of its own: another desk may end in the same home.
    path = folder / f"{NAME}-{utc_now():%Y%m%dT%H%M%S%f}-{os.getpid()}.jsonl"
    try:
        made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(made, "w", encoding="utf-8") as file:
            for one in waited:
                file.write(line(one) + "\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        LOG.exception("reads that are not in the audit could not be kept: %s", path)
        tell_lost(waited)
        return 0
    return len(waited)


def tell_lost(waited: Sequence[Read]) -> None:
    for one in waited:
        LOG.error("read, never in the audit: %s", line(one))


def line(one: Read) -> str:
    told = {"case": one.case_id, "person": one.person, "at": one.at.isoformat()}
    return json.dumps(told, ensure_ascii=False)


def kept_in(folder: Path | None) -> list[Path]:
    return [] if folder is None else sorted(folder.glob(f"{NAME}-*.jsonl"))


def read_file(path: Path) -> list[Read]:
    """What can be read of it; a line that was cut is told in the log."""
    found: list[Read] = []
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:  # another desk has just written it down
        return []
    for text in lines:
        try:
            told = json.loads(text)
            at = datetime.fromisoformat(told["at"])
            found.append(Read(case_id=int(told["case"]), person=str(told["person"]), at=at))
        except (ValueError, KeyError, TypeError, RecursionError):
            LOG.warning("not understood in %s: %s", path, text[:200])
    return found
