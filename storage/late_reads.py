"""Reads that could not be written into the audit at once: written as soon as it can be, and never
lost at an orderly end.

What is still waiting when the desk stops goes into a file in its home and from there into the
audit when it serves again. A file that cannot be read is told in the log and stays where it is.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from storage.bilingual import Problem
from storage.columns import utc_now
from storage.database import write_soon
from storage.presence import Late, Read, note_late, taken_out

NAME = "reads-to-audit"
LOG = logging.getLogger("console")
TOLD: set[Path] = set()  # files whose trouble is in the log: they are tried again and again


def catch_up(engine: Engine, late: Late, folder: Path | None) -> bool:
    """Write down what waits, in memory and in files; False where it must wait on."""
    try:
        done = [put_down_file(engine, path) for path in kept_in(folder)]
        put_down_waiting(engine, late)
    except Problem:
        return False
    return all(done)


def put_down_waiting(engine: Engine, late: Late) -> None:
    waited, written = taken_out(late), False
    try:
        put_down(engine, waited)
        written = True
    finally:
        if not written:  # whatever it was: it is to be tried again
            late.extendleft(reversed(waited))


def put_down_file(engine: Engine, path: Path) -> bool:
    """Write down what a file keeps and delete it; False where it must wait on.

    It is emptied as soon as it is written down: where it cannot be deleted, nothing is written
    twice.
    """
    try:
        with path.open("r+", encoding="utf-8", errors="replace") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            put_down(engine, understood(file.read(), path))
            file.truncate(0)
        path.unlink(missing_ok=True)
    except (FileNotFoundError, BlockingIOError):  # another desk has it, or has written it down
        return True
    except OSError:
        tell_once(path)
        return False
    return True


def tell_once(path: Path) -> None:
    if path not in TOLD:
        TOLD.add(path)
        LOG.exception("reads that are to be in the audit, or their file, must wait: %s", path)


def put_down(engine: Engine, reads: Sequence[Read]) -> None:
    if not reads:
        return
    with write_soon(engine) as connection:
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


def understood(kept: str, path: Path) -> list[Read]:
    """What can be read of it; a line that was cut is told in the log."""
    found: list[Read] = []
    for text in kept.splitlines():
        try:
            told = json.loads(text)
            at = datetime.fromisoformat(told["at"])
            found.append(Read(case_id=int(told["case"]), person=str(told["person"]), at=at))
        except (ValueError, KeyError, TypeError, RecursionError):
            LOG.warning("not understood in %s: %s", path, text[:200])
    return found
