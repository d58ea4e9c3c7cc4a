"""One at a time: a lock that is gone the moment its holder is, even by `kill -9`."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import IO

from sqlalchemy import Connection, Engine, func, select, update
from sqlalchemy.exc import SQLAlchemyError

from storage.bilingual import Problem
from storage.columns import utc_now
from storage.database import explained, insert_new
from storage.models import lock_holders

NAME = re.compile(r"[a-z][a-z0-9_-]{0,63}")


@contextmanager
def hold(engine: Engine, home: Path, name: str, holder: str) -> Iterator[None]:
    """Hold the lock `name` (lower-case letters, digits, - and _) while the block runs.

    On SQLite a file under `home/locks`, on PostgreSQL an advisory lock of the database, so that
    machines sharing it share the lock. Raises Problem at once if somebody else holds it.
    """
    if not NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name of a lock")
    if engine.dialect.name == "postgresql":
        with hold_in_database(engine, name, holder):
            yield
    else:
        with hold_file(home / "locks" / f"{name}.lock", holder):
            yield


@contextmanager
def hold_file(path: Path, holder: str) -> Iterator[None]:
    with explained():
        path.parent.mkdir(parents=True, exist_ok=True)
        # Never deleted: a lock on a deleted file would keep nobody out.
        file = path.open("a+", encoding="utf-8")
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise taken_according_to(file) from None
        note = {"pid": os.getpid(), "since": utc_now().isoformat(), "holder": holder}
        with explained():
            file.truncate(0)
            file.write(json.dumps(note, ensure_ascii=False))
            file.flush()
        try:
            yield
        finally:
            file.truncate(0)


def taken_according_to(file: IO[str]) -> Problem:
    file.seek(0)
    try:
        note = json.loads(file.read())
        return taken(datetime.fromisoformat(note["since"]), note["holder"], note["pid"])
    except (ValueError, KeyError, TypeError):  # its holder is just now writing the note
        return taken(utc_now(), "?", 0)


@contextmanager
def hold_in_database(engine: Engine, name: str, holder: str) -> Iterator[None]:
    key = database_key(name)
    with explained():
        connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    with connection:
        with explained():
            if not connection.execute(select(func.pg_try_advisory_lock(key))).scalar_one():
                raise taken_according_to_row(connection, name)
            note_holder(connection, name, holder)
        try:
            yield
        finally:
            # Said, since the server may be late to see a closed connection; closed, since a pooled
            # one lives on and would keep the lock where the word did not arrive.
            with suppress(SQLAlchemyError):
                connection.execute(select(func.pg_advisory_unlock(key)))
            connection.invalidate()


def database_key(name: str) -> int:
    digest = hashlib.sha256(f"certsweep lock {name}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def note_holder(connection: Connection, name: str, holder: str) -> None:
    note = {"holder": holder, "pid": os.getpid(), "since": utc_now()}
    connection.execute(insert_new("postgresql", lock_holders), {"name": name, **note})
    connection.execute(update(lock_holders).where(lock_holders.c.name == name).values(note))


def taken_according_to_row(connection: Connection, name: str) -> Problem:
    statement = select(lock_holders).where(lock_holders.c.name == name)
    row = connection.execute(statement).one_or_none()
    return taken(row.since, row.holder, row.pid) if row else taken(utc_now(), "?", 0)


def taken(since: datetime, holder: str, pid: int) -> Problem:
    moment = since.astimezone().strftime("%Y-%m-%d %H:%M:%S %z")
    return Problem(
        f"已有同类任务在运行：自 {moment} 起，由 {holder} 启动（进程 {pid}）。"
        "本次没有改动任何内容。请等它结束，或先停止它。",
        f"A task of this kind is running already, since {moment}, by {holder} (process {pid}). "
        "Nothing was changed. Wait for it, or stop it first.",
    )
