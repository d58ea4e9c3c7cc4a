"""Models and migrations tell the same story on both databases."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, Table, insert, inspect, text
from sqlalchemy.exc import DatabaseError

import storage.blacklist_models
import storage.capture_models
import storage.directory_models
import storage.models_api
import storage.models_exports
import storage.models_search
import storage.proof_models
import storage.takedown_models  # noqa: F401 (their tables belong to the metadata)
from storage.database import migration_config, open_database, read, upgrade, write
from storage.models import Base, cases, decisions, urls
from tests.makers import NOON


def ours(thing: Any, name: str | None, kind: str, reflected: bool, compared: Any) -> bool:
    """APScheduler keeps its jobs in the same database and cares for its table itself; what makes
    the search quick is another thing on each database, so the migration alone makes it."""
    quick = str(name).startswith(("post_grams", "ix_post_grams"))
    return not quick and not (kind == "table" and name == "apscheduler_jobs")


def differences(engine: Engine) -> list[Any]:
    with read(engine) as connection:
        options = {"include_object": ours, "compare_type": True}
        context = MigrationContext.configure(connection, opts=options)
        return list(compare_metadata(context, Base.metadata))


def test_models_equal_migrations(blank_url: str, tmp_path: Path) -> None:
    engine = open_database(blank_url, tmp_path)
    upgrade(engine)
    with write(engine) as connection:
        connection.execute(text("CREATE TABLE apscheduler_jobs (id TEXT)"))
    assert differences(engine) == []
    engine.dispose()


def test_the_comparison_sees_a_missing_column(blank_url: str, tmp_path: Path) -> None:
    engine = open_database(blank_url, tmp_path)
    upgrade(engine)
    with write(engine) as connection:
        connection.execute(text("ALTER TABLE urls DROP COLUMN body_sha256"))
    (difference,) = differences(engine)
    assert difference[0] == "add_column"
    assert difference[3].name == "body_sha256"
    engine.dispose()


def test_there_is_one_line_of_migrations() -> None:
    scripts = ScriptDirectory.from_config(migration_config())
    assert len(scripts.get_heads()) == 1
    assert [script.revision for script in scripts.walk_revisions()][-1] == "0001"


def test_an_upgrade_that_fails_leaves_nothing_behind(blank_url: str, tmp_path: Path) -> None:
    engine = open_database(blank_url, tmp_path)
    with write(engine) as connection:
        connection.execute(text("CREATE TABLE lock_holders (name TEXT)"))  # made last by 0001
    with pytest.raises(DatabaseError):
        upgrade(engine)
    assert set(inspect(engine).get_table_names()) == {"lock_holders"}
    engine.dispose()


def test_partial_and_queue_indexes_exist(engine: Engine) -> None:
    def names(table: Table) -> set[str | None]:
        return {index["name"] for index in inspect(engine).get_indexes(table.name)}

    assert {"ix_urls_lease", "ix_urls_target"} <= names(urls)
    assert "ix_cases_queue" in names(cases)


def one_decision(engine: Engine) -> None:
    with write(engine) as connection:
        connection.execute(
            insert(cases).values(
                id=1,
                status="decided",
                priority=1,
                platform="web",
                title="",
                opened_at=NOON,
                updated_at=NOON,
                version=1,
            )
        )
        connection.execute(insert(decisions).values(DECISION))


DECISION = {
    "id": 1,
    "case_id": 1,
    "verdict": "clean",
    "reason": "NEWS",
    "policy": "1",
    "decided_by": "李审核",
    "decided_at": NOON,
    "note": "",
}


@pytest.mark.parametrize(
    "change",
    ["UPDATE decisions SET verdict = 'violation'", "DELETE FROM decisions"],
)
def test_a_decision_is_never_changed_or_deleted(engine: Engine, change: str) -> None:
    one_decision(engine)
    with pytest.raises(DatabaseError, match="append-only"), write(engine) as connection:
        connection.execute(text(change))
    with read(engine) as connection:
        assert connection.execute(text("SELECT verdict FROM decisions")).scalars().all() == [
            "clean"
        ]


def test_no_side_door_replaces_decisions(engine: Engine, kind: str) -> None:
    one_decision(engine)
    statement = "TRUNCATE decisions CASCADE"
    if kind == "sqlite":
        statement = (
            "INSERT OR REPLACE INTO decisions "
            "SELECT id, case_id, 'violation', reason, policy, decided_by, decided_at, note, "
            "supersedes FROM decisions"
        )
    with pytest.raises(DatabaseError, match="append-only"), write(engine) as connection:
        connection.execute(text(statement))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE cases SET status = 'forgotten'",
        "UPDATE cases SET priority = 101",
    ],
)
def test_the_database_refuses_states_that_do_not_exist(engine: Engine, statement: str) -> None:
    one_decision(engine)
    with pytest.raises(DatabaseError, match="ck_cases"), write(engine) as connection:
        connection.execute(text(statement))
