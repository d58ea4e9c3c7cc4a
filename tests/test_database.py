"""Opening, upgrading and explaining a database."""

from __future__ import annotations

import errno
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, insert, inspect, select, text
from sqlalchemy.exc import DatabaseError, IntegrityError

from storage.bilingual import Problem
from storage.columns import storable, storable_tree
from storage.database import (
    check_schema,
    explained,
    open_database,
    read,
    read_together,
    ready,
    upgrade,
    write,
)
from storage.models import lock_holders, sweeps
from tests.makers import NOON


def test_an_empty_url_means_a_file_in_the_home_folder(tmp_path: Path) -> None:
    engine = open_database("", tmp_path / "new" / "home")
    ready(engine)
    engine.dispose()
    assert (tmp_path / "new" / "home" / "certsweep.db").exists()


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_every_spelling_of_postgresql_means_psycopg(scheme: str, tmp_path: Path) -> None:
    engine = open_database(f"{scheme}://office@db.example/sweep", tmp_path)
    assert engine.url.drivername == "postgresql+psycopg"


@pytest.mark.parametrize("url", ["nonsense", "mysql://db.example/x", "sqlite://", "://"])
def test_an_unknown_address_is_a_problem(url: str, tmp_path: Path) -> None:
    with pytest.raises(Problem, match="not understood"):
        open_database(url, tmp_path)


def test_sqlite_is_opened_with_its_settings(tmp_path: Path) -> None:
    engine = open_database("", tmp_path)
    with read(engine) as connection:
        said = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in (
                "journal_mode",
                "synchronous",
                "foreign_keys",
                "recursive_triggers",
                "busy_timeout",
            )
        }
    engine.dispose()
    assert said == {
        "journal_mode": "wal",
        "synchronous": 1,
        "foreign_keys": 1,
        "recursive_triggers": 1,
        "busy_timeout": 10_000,
    }


def test_a_fresh_database_is_made_ready_and_stays_so(blank_url: str, tmp_path: Path) -> None:
    engine = open_database(blank_url, tmp_path)
    ready(engine)
    ready(engine)
    upgrade(engine)
    check_schema(engine)
    assert "decisions" in inspect(engine).get_table_names()
    engine.dispose()


def test_tables_of_others_do_not_make_a_database_ours(blank_url: str, tmp_path: Path) -> None:
    engine = open_database(blank_url, tmp_path)
    with write(engine) as connection:
        connection.execute(text("CREATE TABLE apscheduler_jobs (id TEXT)"))
    ready(engine)
    check_schema(engine)
    engine.dispose()


def test_an_older_database_asks_for_an_upgrade(engine: Engine) -> None:
    with write(engine) as connection:
        connection.execute(text("DELETE FROM alembic_version"))
    with pytest.raises(Problem, match="certsweep db upgrade"):
        ready(engine)


def test_a_newer_database_is_left_alone(engine: Engine) -> None:
    with write(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Problem, match="Update the program"):
        ready(engine)


def test_a_file_that_is_no_database_is_a_problem_and_stays_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "certsweep.db"
    file.write_bytes(b"these are notes, not a database\n" * 100)
    before = file.read_bytes()
    engine = open_database("", tmp_path)
    with pytest.raises(Problem, match="not a database"):
        ready(engine)
    engine.dispose()
    assert file.read_bytes() == before


def test_an_unreachable_postgresql_is_a_problem(tmp_path: Path) -> None:
    engine = open_database("postgresql://office@127.0.0.1:1/sweep", tmp_path)
    with pytest.raises(Problem, match="cannot be reached"):
        ready(engine)


def test_a_locked_sqlite_is_a_problem(sqlite_template: Path, tmp_path: Path) -> None:
    (tmp_path / "certsweep.db").write_bytes(sqlite_template.read_bytes())
    engine = open_database("", tmp_path)
    other = sqlite3.connect(tmp_path / "certsweep.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with engine.connect() as connection:  # so that the test need not wait 10 s
        connection.exec_driver_sql("PRAGMA busy_timeout = 1")
    with pytest.raises(Problem, match="locked"), write(engine):
        pytest.fail("two writers at once")
    other.close()
    engine.dispose()


def test_a_full_database_is_a_problem_and_keeps_what_was_committed(
    sqlite_template: Path, tmp_path: Path
) -> None:
    (tmp_path / "certsweep.db").write_bytes(sqlite_template.read_bytes())
    engine = open_database("", tmp_path)
    row = {"state": "running", "cause": "", "started_by": "张工", "started_at": NOON}
    with write(engine) as connection:
        connection.execute(insert(sweeps).values(plan={"kept": True}, **row))
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
    with engine.connect() as connection:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(Problem, match="disk is full"), write(engine) as connection:
        connection.execute(insert(sweeps).values(plan={"long": "长" * 100_000}, **row))
    with read(engine) as connection:
        assert connection.execute(select(sweeps.c.plan)).scalars().all() == [{"kept": True}]
    engine.dispose()


def test_a_folder_that_cannot_be_made_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Problem, match="could not be used"):
        open_database("", tmp_path / "file" / "home")


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_under_a_file_is_a_problem(number: int) -> None:
    with pytest.raises(Problem, match="disk is full"), explained():
        raise OSError(number, "no room")


def test_our_own_mistakes_are_not_explained_away(engine: Engine) -> None:
    with pytest.raises(DatabaseError), read(engine) as connection:
        connection.execute(text("SELECT nothing FROM nowhere"))
    with pytest.raises(IntegrityError), write(engine) as connection:
        connection.execute(text("INSERT INTO sweep_targets VALUES (1, 1, 'running', 0, 0, '')"))


def test_an_error_undoes_the_whole_transaction(engine: Engine) -> None:
    row = {"state": "running", "cause": "", "started_by": "张工", "started_at": NOON, "plan": {}}
    twice = insert(sweeps).values({**row, "id": 1})
    with pytest.raises(IntegrityError), write(engine) as connection:
        connection.execute(twice), connection.execute(twice)
    with read(engine) as connection:
        assert connection.execute(select(sweeps)).all() == []


def test_moments_come_back_aware_and_in_utc(engine: Engine) -> None:
    beijing = timezone(timedelta(hours=8))
    given_moment = datetime(2026, 11, 23, 12, 0, 0, 123456, tzinfo=beijing)
    with write(engine) as connection:
        values = {"name": "x", "holder": "y", "pid": 1, "since": given_moment}
        connection.execute(insert(lock_holders).values(values))
    with read(engine) as connection:
        since = connection.execute(select(lock_holders.c.since)).scalar_one()
    assert since == given_moment
    assert since.utcoffset() == timedelta(0)
    assert since.tzinfo == UTC


def test_a_naive_moment_is_refused(engine: Engine) -> None:
    values = {"name": "x", "holder": "y", "pid": 1, "since": datetime(2026, 1, 1)}  # noqa: DTZ001
    with pytest.raises(Exception, match="naive"), write(engine) as connection:
        connection.execute(insert(lock_holders).values(values))


def test_hostile_signs_are_stored_one_for_one(engine: Engine) -> None:
    with write(engine) as connection:
        values = {"name": "包\x00过\ud800!", "holder": "", "pid": 1, "since": NOON}
        connection.execute(insert(lock_holders).values(values))
        plan = {"a\x00": ["包\x00过", {"b": "\udfff"}, 1, None]}
        row = {"state": "running", "cause": "", "started_by": "", "started_at": NOON}
        connection.execute(insert(sweeps).values(plan=plan, **row))
    with read(engine) as connection:
        assert connection.execute(select(lock_holders.c.name)).scalar_one() == "包\ufffd过\ufffd!"
        stored = connection.execute(select(sweeps.c.plan)).scalar_one()
    assert stored == {"a\ufffd": ["包\ufffd过", {"b": "\ufffd"}, 1, None]}


@given(st.text(st.characters(exclude_categories=())))
def test_what_is_storable_keeps_its_length_and_can_be_encoded(words: str) -> None:
    kept = storable(words)
    assert len(kept) == len(words)
    assert "\x00" not in kept
    assert kept.encode().decode() == kept
    assert all(a in {b, "\ufffd"} for a, b in zip(kept, words, strict=True))
    assert storable_tree({"k": [words]}) == {"k": [kept]}


def test_connections_that_are_all_in_use_are_told_and_fail_nothing_else(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = {"pool_size": 1, "max_overflow": 0, "pool_timeout": 0.05}
    monkeypatch.setattr("storage.database.POOL", small)
    engine = open_database(database_url, tmp_path)
    with read(engine), pytest.raises(Problem, match="in use"), read(engine):
        pass
    with read(engine) as connection:
        assert connection.execute(text("SELECT 1")).scalar_one() == 1
    engine.dispose()


def test_what_is_read_together_takes_one_connection_and_gives_it_back(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = {"pool_size": 1, "max_overflow": 0, "pool_timeout": 0.05}
    monkeypatch.setattr("storage.database.POOL", small)
    engine = open_database(database_url, tmp_path)
    with read_together(engine), read(engine) as first, read(engine) as second:
        assert first is second
        assert second.execute(text("SELECT 1")).scalar_one() == 1
    with pytest.raises(Problem, match="in use"), read(engine), read(engine):
        pass
    engine.dispose()


def test_what_is_read_together_is_of_one_database_and_one_thread(
    database_url: str, tmp_path: Path
) -> None:
    engine, other = (open_database(database_url, tmp_path) for _ in range(2))
    with read_together(engine), read(engine) as here, ThreadPoolExecutor(1) as pool:
        with read(other) as elsewhere:
            assert elsewhere is not here

        def beside() -> bool:
            with read(engine) as connection:
                return connection is here

        assert not pool.submit(beside).result()
    engine.dispose()
    other.dispose()


def test_what_fails_while_read_together_is_told_and_the_next_page_can_be_read(
    engine: Engine,
) -> None:
    with pytest.raises(DatabaseError), read_together(engine), read(engine) as connection:
        connection.execute(text("SELECT nothing FROM nowhere"))
    with read_together(engine), read(engine) as connection:
        assert connection.execute(text("SELECT 1")).scalar_one() == 1
