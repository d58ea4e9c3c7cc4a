"""Databases for tests: every storage test runs on SQLite and on a real PostgreSQL.

`engine` is a migrated, empty database for one test; `database_url` is its address for tests that
open it again or from another process. A test that changes the schema takes `blank_url`, a database
of its own without any table.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest
from alembic.script import ScriptDirectory
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine

import storage.blacklist_models
import storage.capture_models
import storage.directory_models
import storage.models_api
import storage.models_desk
import storage.models_exports
import storage.models_search
import storage.models_sources
import storage.proof_models
import storage.takedown_models  # noqa: F401 (their tables belong to the metadata)
from storage.database import migration_config, open_database, upgrade
from storage.models import Base
from storage.second import CONFIRMED

# A busy machine is no fault of the code: nothing here is timed.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


KINDS = ("sqlite", "postgresql")
SHARED = "certsweep"
numbers = count(1)


def find_postgres(program: str) -> str:
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = next((place / program for place in places if (place / program).exists()), None)
    path = str(found) if found else shutil.which(program)
    if path is None:
        pytest.fail(
            f"PostgreSQL's {program} was not found in /usr/lib/postgresql/*/bin or on PATH. These "
            "tests run on SQLite and PostgreSQL: install the package postgresql (no running "
            "service is needed)."
        )
    return path


def as_ordinary_user(arguments: list[str]) -> list[str]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return arguments
    return ["runuser", "-u", "postgres", "--", *arguments]


def run(arguments: list[str], folder: Path) -> None:
    log = folder / "commands.log"
    with log.open("ab") as output:
        done = subprocess.run(
            as_ordinary_user(arguments), cwd=folder, stdout=output, stderr=output, check=False
        )
    if done.returncode != 0:
        server = folder / "server.log"
        said = log.read_text() + (server.read_text() if server.exists() else "")
        pytest.fail(f"PostgreSQL could not be started for the tests:\n{said}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A PostgreSQL of our own on 127.0.0.1; gives its address up to the database's name."""
    folder = Path(tempfile.mkdtemp(prefix="certsweep-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    data, port = str(folder / "data"), free_port()
    control = find_postgres("pg_ctl")
    initdb = find_postgres("initdb")
    settings = f"-h 127.0.0.1 -p {port} -k '' -c fsync=off -c synchronous_commit=off"
    try:
        run([initdb, "-D", data, "-A", "trust", "-U", "tester", "-E", "UTF8", "--no-sync"], folder)
        start = [control, "-D", data, "-l", str(folder / "server.log"), "-w", "-o", settings]
        run([*start, "start"], folder)
        try:
            yield f"postgresql://tester@127.0.0.1:{port}/"
        finally:
            run([control, "-D", data, "-m", "immediate", "-w", "stop"], folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run_sql(server: str, *statements: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: str) -> str:
    """One migrated database that tests share, each finding it empty: copying costs far more."""
    run_sql(postgres_server + "postgres", f"CREATE DATABASE {SHARED}")
    engine = open_database(postgres_server + SHARED, Path())
    upgrade(engine)
    engine.dispose()
    return postgres_server + SHARED


def empty(url: str) -> None:
    """Throw out rows and connections that a test left, and number rows from 1 again."""
    tables = sorted(Base.metadata.tables)
    numbered = (name for name in tables if "id" in Base.metadata.tables[name].columns)
    head = ScriptDirectory.from_config(migration_config()).get_current_head()
    run_sql(
        url,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()",
        "SET session_replication_role = replica",  # the triggers that keep decisions sleep
        ";".join(f"DELETE FROM {name}" for name in tables),
        ";".join(f"ALTER SEQUENCE {name}_id_seq RESTART" for name in numbered),
        # A fresh database starts with this policy; the migration says it first.
        ";".join(f"INSERT INTO second_person VALUES ('{v}', '{code}')" for v, code in CONFIRMED),
        f"DELETE FROM alembic_version; INSERT INTO alembic_version VALUES ('{head}')",
    )


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("template")
    engine = open_database("", home)
    upgrade(engine)
    engine.dispose()
    return home / "certsweep.db"


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def blank_url(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'blank.db'}"
        return
    server, name = request.getfixturevalue("postgres_server"), f"blank_{next(numbers)}"
    run_sql(server + "postgres", f"CREATE DATABASE {name}")
    yield server + name
    run_sql(server + "postgres", f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database_url(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if kind == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        shutil.copy(template, tmp_path / "certsweep.db")
        return f"sqlite:///{tmp_path / 'certsweep.db'}"
    url: str = request.getfixturevalue("migrated_postgres")
    empty(url)
    return url


@pytest.fixture
def engine(database_url: str, tmp_path: Path) -> Iterator[Engine]:
    opened = open_database(database_url, tmp_path)
    yield opened
    opened.dispose()
