"""Opening the database, reading and writing it, and saying plainly what is wrong with it."""

from __future__ import annotations

import errno
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, Table, create_engine, event, inspect, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from storage.bilingual import Problem
from storage.machine_words import os_words

MIGRATIONS = Path(__file__).with_name("migrations")
DATABASE_NAME = "certsweep.db"
WRITE = "certsweep_write"
PATIENCE = 10_000  # milliseconds for a lock
SOON = 300  # of what may as well be written later
# Any number will do, so long as every version of the program locks upgrades with the same one.
UPGRADE_LOCK = 0x63657274

Insert = sqlite.Insert | postgresql.Insert
TOGETHER: ContextVar[Connection | None] = ContextVar("together", default=None)

# One for each thread of the desk (40) and some more: with the usual 15, fifty people at a slow
# moment waited for each other's connections, and failed after 30 s.
POOL: dict[str, Any] = {"pool_size": 10, "max_overflow": 40}

LOCKED = (
    "数据库正被另一程序占用，等了 10 秒仍未放开。未提交的部分没有写入，已提交的都在。"
    "请等另一程序结束后再做一次。",
    "The database is locked by another program and was not released within 10 s. What was not yet "
    "committed was not written; everything committed is kept. Wait for the other program, then do "
    "this again.",
)
FULL = (
    "磁盘已满，最后一批没有写入，此前提交的都在。请腾出空间后再做一次，已写入的不会重做。",
    "The disk is full. The last batch was not written; everything committed before is kept. Free "
    "some space and do this again: what was written is not done twice.",
)
NOT_A_DATABASE = (
    "这个文件不是数据库，或已损坏；没有改动它。请检查路径，或从备份恢复。",
    "This file is not a database, or it is damaged; it was not changed. Check the path, or restore "
    "a backup.",
)
NO_ACCESS = (
    "打不开或写不了数据库文件，没有写入任何内容。请检查文件夹是否存在、权限是否足够。",
    "The database file cannot be opened or written; nothing was written. Check that the folder "
    "exists and that you may write to it.",
)
BUSY = (
    "数据库连接都在用，等了 30 秒仍没有空出。没有写入任何内容。请稍后再试。",
    "All connections to the database were in use for 30 s; nothing was written. Try again later.",
)
BROKEN = (
    "读写数据库文件出错，未提交的部分没有写入。请检查磁盘。",
    "Reading or writing the database file failed; what was not committed was not written. Check "
    "the disk.",
)
BY_SQLITE_CODE = {
    sqlite3.SQLITE_BUSY: LOCKED,
    sqlite3.SQLITE_LOCKED: LOCKED,
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_NOTADB: NOT_A_DATABASE,
    sqlite3.SQLITE_CORRUPT: NOT_A_DATABASE,
    sqlite3.SQLITE_CANTOPEN: NO_ACCESS,
    sqlite3.SQLITE_READONLY: NO_ACCESS,
    sqlite3.SQLITE_PERM: NO_ACCESS,
    sqlite3.SQLITE_IOERR: BROKEN,
}


def database_problem(error: DatabaseError) -> Problem | None:
    """The sentence for a trouble of the outside world; None where the error is ours."""
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        # The low byte is the primary code, the rest says more than a person needs.
        said = BY_SQLITE_CODE.get(getattr(cause, "sqlite_errorcode", 0) & 0xFF)
        return Problem(*said) if said else None
    state = getattr(cause, "sqlstate", None)
    if state in {"53100", "53200"}:  # disk_full, out_of_memory
        return Problem(*FULL)
    if state == "55P03":  # lock_not_available, where we did not want to wait
        return Problem(*LOCKED)
    # psycopg gives no state where there was no server to give one; 08 connection, 57P shut down,
    # 28 and 3D: it answered and would not let us in.
    if type(cause).__name__ == "OperationalError" and (
        state is None or state[:2] in {"08", "28", "3D"} or state.startswith("57P")
    ):
        first = str(cause).strip().split("\n", maxsplit=1)[0]
        return Problem(
            f"连不上 PostgreSQL（{first}）。未提交的部分没有写入，已提交的都在。"
            "请检查服务和 CERTSWEEP_DATABASE_URL，然后再运行一次。",
            f"PostgreSQL cannot be reached ({first}). What was not committed was not written; "
            "everything committed is kept. Check the server and CERTSWEEP_DATABASE_URL, then run "
            "this again.",
        )
    return None


DRAFT = re.compile(r"^(.*/|)\.([^/]+)\.\d+\.part$")


def file_problem(error: OSError) -> Problem:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return Problem(*FULL)
    name, why = str(error.filename or ""), os_words(error)
    # A file is written under another name first; nobody has ever typed that one.
    name = DRAFT.sub(r"\1\2", name)
    return Problem(
        f"文件用不了：{name}（{why.zh}）。没有写完的文件已丢弃，已提交的都在。请检查路径和权限。",
        f"A file could not be used: {name} ({why.en}). Nothing half-written was kept; everything "
        "committed is. Check the path and its permissions.",
    )


@contextmanager
def explained() -> Iterator[None]:
    """Turn a locked, full, damaged or unreachable database or disk into a Problem.

    Errors that are ours (a broken constraint, wrong SQL) pass through as they are.
    """
    try:
        yield
    except DatabaseError as error:
        problem = database_problem(error)
        if problem is None:
            raise
        raise problem from error
    except PoolTimeout as error:
        raise Problem(*BUSY) from error
    except OSError as error:
        raise file_problem(error) from error


def parse_url(url: str, home: Path) -> URL:
    try:
        parsed = make_url(url) if url else URL.create("sqlite", database=str(home / DATABASE_NAME))
    except ArgumentError as error:
        raise unknown_url() from error
    if parsed.drivername in {"postgres", "postgresql", "postgresql+psycopg"}:
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername in {"sqlite", "sqlite+pysqlite"} and parsed.database:
        return parsed.set(drivername="sqlite")
    raise unknown_url()


def unknown_url() -> Problem:
    return Problem(
        "看不懂数据库地址。请写 sqlite:////路径/文件.db 或 postgresql://用户@主机/库名，"
        "或留空（用数据文件夹内的 SQLite）。",
        "The database address is not understood. Write sqlite:////path/file.db or "
        "postgresql://user@host/name, or leave it empty for SQLite in the data folder.",
    )


def open_database(url: str, home: Path) -> Engine:
    """An engine for `url`, "" meaning `home/certsweep.db`; nothing is connected yet.

    `sqlite:///…`, `postgresql://…` and `postgresql+psycopg://…` are accepted. The folder of a
    SQLite file is created. Raises Problem for anything else.
    """
    parsed = parse_url(url, home)
    if parsed.drivername != "sqlite":
        return create_engine(parsed, pool_pre_ping=True, hide_parameters=True, **POOL)
    with explained():
        Path(parsed.database or "").parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(parsed, hide_parameters=True, **POOL)
    event.listen(engine, "connect", set_pragmas)
    event.listen(engine, "begin", begin_sqlite)
    return engine


def set_pragmas(connection: sqlite3.Connection, _record: object) -> None:
    # SQLAlchemy's begin event speaks the BEGIN; pysqlite's own would come too late for a read.
    connection.isolation_level = None
    cursor = connection.cursor()
    try:
        cursor.execute(f"PRAGMA busy_timeout = {PATIENCE}")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = NORMAL")
        cursor.execute("PRAGMA foreign_keys = ON")
        # Without it INSERT OR REPLACE walks past the trigger that keeps decisions.
        cursor.execute("PRAGMA recursive_triggers = ON")
    finally:
        cursor.close()


def begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("isolation_level") == "AUTOCOMMIT":
        return
    # A transaction that will write takes its lock first: one that read and then wants to write
    # while another has written in between could only fail.
    if options.get(WRITE) != SOON:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get(WRITE) else "BEGIN")
        return
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {SOON}")
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {PATIENCE}")


@contextmanager
def write(engine: Engine) -> Iterator[Connection]:
    """One transaction that may write: all of it or nothing. Outside troubles are Problems."""
    with (
        explained(),
        engine.connect().execution_options(**{WRITE: True}) as connection,
        connection.begin(),
    ):
        yield connection


@contextmanager
def write_soon(engine: Engine) -> Iterator[Connection]:
    """The same, but a lock is waited for hardly at all: for what can be written later as well."""
    with (
        explained(),
        engine.connect().execution_options(**{WRITE: SOON}) as connection,
        connection.begin(),
    ):
        if engine.dialect.name == "postgresql":
            # Nor for the disk: as on SQLite, a power cut may take the last moment of it.
            connection.exec_driver_sql(
                f"SET LOCAL lock_timeout = {SOON}; SET LOCAL synchronous_commit = off"
            )
        yield connection


@contextmanager
def read(engine: Engine) -> Iterator[Connection]:
    """For reading; on SQLite all of it sees one moment. Outside troubles are Problems.

    On PostgreSQL each statement is alone: a transaction of its usual kind would see no more, and
    its beginning and end would be two more round trips.
    """
    held = TOGETHER.get()
    if held is not None and held.engine is engine:
        yield held
        return
    with explained(), engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execution_options(isolation_level="AUTOCOMMIT")
        with connection.begin():
            yield connection


@contextmanager
def read_together(engine: Engine) -> Iterator[None]:
    """All that is `read` within, in this thread, is read over one connection.

    For what is put together from many small readings, as a page is: each would wait for a
    connection and try whether it still lives (measured: a third of the statements of a page). On
    SQLite they also see one moment, so what is written within is not seen within.
    """
    with read(engine) as connection:
        token = TOGETHER.set(connection)
        try:
            yield
        finally:
            TOGETHER.reset(token)


@contextmanager
def read_streamed(engine: Engine) -> Iterator[Connection]:
    """For reading with `yield_per`, which PostgreSQL does only within a transaction."""
    with explained(), engine.connect() as connection, connection.begin():
        yield connection


@cache
def insert_new(dialect: str, table: Table) -> Insert:
    """INSERT that leaves rows alone whose key exists already, for "sqlite" or "postgresql"."""
    maker: Any = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement: Insert = maker(table).on_conflict_do_nothing()
    return statement


def migration_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def upgrade(engine: Engine) -> None:
    """Bring the schema to this program's version, in one transaction. Safe to call twice.

    Raises Problem for a schema newer than the program; it is left alone.
    """
    config = migration_config()
    with write(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text(f"SELECT pg_advisory_xact_lock({UPGRADE_LOCK})"))
        current = MigrationContext.configure(connection).get_current_revision()
        if current is not None and current not in known_revisions(config):
            raise too_new()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def schema_version(engine: Engine) -> str | None:
    """The migration the database stands at; None for a database without our tables."""
    with read(engine) as connection:
        return MigrationContext.configure(connection).get_current_revision()


def check_schema(engine: Engine) -> None:
    """Raise Problem unless the schema is exactly this program's."""
    config = migration_config()
    current = schema_version(engine)
    if current == ScriptDirectory.from_config(config).get_current_head():
        return
    if current is None or current in known_revisions(config):
        raise Problem(
            "数据库的结构比程序旧，没有改动它。请先运行 `certsweep db upgrade`。",
            "The database is older than this program; it was not touched. Run "
            "`certsweep db upgrade` first.",
        )
    raise too_new()


def known_revisions(config: Config) -> set[str]:
    return {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}


def too_new() -> Problem:
    return Problem(
        "数据库的结构比程序新，没有改动它。请更新程序。",
        "The database is newer than this program; nothing was touched. Update the program.",
    )


def ready(engine: Engine) -> None:
    """Upgrade a fresh database, check any other. Call once before anything else."""
    with read(engine) as connection:
        names = set(inspect(connection).get_table_names())
    if names & {"alembic_version", "posts"}:
        check_schema(engine)
    else:
        upgrade(engine)
