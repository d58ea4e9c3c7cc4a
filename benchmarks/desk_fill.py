"""Rows of `desk_cases` straight into a fresh database: COPY on PostgreSQL, bare inserts on SQLite.

Triggers sleep meanwhile; what they keep (the tally) is reckoned at the end.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Engine, text

from benchmarks.desk_cases import Made, made
from storage.database import upgrade, write
from storage.grams import grams, number
from storage.search import PUT, joined, line

BATCH = 20_000
TALLY = "status, awaits_second, platform, clauses, region"
Rows = dict[str, list[dict[str, Any]]]


def fill(engine: Engine, count: int) -> None:
    """Migrate, then write `count` cases; says how far it is."""
    upgrade(engine)
    began = time.monotonic()
    done = 0
    with write(engine) as connection:
        sleep(connection)
        coming = numbered(count)
        while batch := list(islice(coming, BATCH)):
            put(connection, rows_of(batch))
            done += len(batch)
            print(f"  {done:,} cases, {time.monotonic() - began:.0f} s", flush=True)
        wake(connection)
    finish(engine)
    print(f"  filled in {time.monotonic() - began:.0f} s", flush=True)


def numbered(count: int) -> Iterator[tuple[int, Made]]:
    yield from enumerate(made(count), 1)


def rows_of(batch: Iterable[tuple[int, Made]]) -> Rows:
    names = "posts post_words cases case_posts findings advertiser_keys snapshots decisions"
    rows: Rows = {name: [] for name in names.split()}
    for at, one in batch:
        post, case = one.post, one.case
        fields = (post["title"], post["text"], post["author"], post["author_id"], post["url"])
        contacts = [value for kind, value in one.keys if kind in {"phone", "wechat"}]
        rows["posts"].append({"id": at, **post})
        rows["post_words"].append({"post_row": at, "words": joined([*fields, *contacts])})
        rows["cases"].append({"id": at, **case})
        rows["case_posts"].append(
            {"case_id": at, "post_row": at, "joined_at": case["opened_at"], "split": False,
             "split_by": ""}
        )  # fmt: skip
        rows["findings"] += one.findings
        rows["advertiser_keys"] += [
            {"kind": kind, "value": value, "post_row": at} for kind, value in one.keys
        ]
        rows["snapshots"] += [{"post_row": at, **proof} for proof in one.snapshots]
        if one.decision is not None:
            rows["decisions"].append({"id": at, **one.decision})
    return rows


def put(connection: Connection, rows: Rows) -> None:
    if connection.dialect.name == "postgresql":
        for row in rows["post_words"]:
            row["grams"] = sorted(map(number, grams(row["words"])))
        for table, some in rows.items():
            copy(connection, table, some)
        return
    for table, some in rows.items():
        insert(connection, table, some)
    words = ({"row": row["post_row"], "grams": line(row["words"])} for row in rows["post_words"])
    connection.execute(PUT, list(words))


def copy(connection: Connection, table: str, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    raw: Any = connection.connection.driver_connection
    names = list(rows[0])
    with (
        raw.cursor() as cursor,
        cursor.copy(f"COPY {table} ({', '.join(names)}) FROM STDIN") as out,
    ):
        for row in rows:
            out.write_row([row[name] for name in names])


def insert(connection: Connection, table: str, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    names = list(rows[0])
    raw: Any = connection.connection.driver_connection
    raw.executemany(
        f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})",
        ([plain(row[name]) for name in names] for row in rows),
    )


def plain(value: object) -> object:
    """As `storage/columns.py` keeps moments on SQLite."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
    return value


def sleep(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text("DROP INDEX ix_post_grams"))
        return
    connection.execute(text("PRAGMA defer_foreign_keys = ON"))


def wake(connection: Connection) -> None:
    if connection.dialect.name != "postgresql":
        return
    connection.execute(
        text(
            f"INSERT INTO case_tally ({TALLY}, n) "
            f"SELECT {TALLY}, count(*) FROM cases GROUP BY {TALLY}"
        )
    )
    connection.execute(text("SET LOCAL maintenance_work_mem = '512MB'"))
    connection.execute(text("CREATE INDEX ix_post_grams ON post_words USING gin (grams)"))
    for table in ("posts", "cases", "findings", "snapshots", "decisions"):
        connection.execute(
            text(f"SELECT setval('{table}_id_seq', (SELECT coalesce(max(id), 1) FROM {table}))")
        )


def finish(engine: Engine) -> None:
    """What a database in use has been through: statistics, and a log that is not a gigabyte."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("VACUUM ANALYZE"))
        else:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
