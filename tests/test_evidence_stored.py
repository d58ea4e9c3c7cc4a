"""Custody tells of a capture as the table holds it, whatever a page or a person wrote into it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from evidence.custody import captured
from evidence.verifier import examine
from storage.captures import keep
from storage.database import write
from storage.snapshots import SnapshotStore
from tests.evidence_case import a_case, capture, unsealed
from tests.makers import NOON


@pytest.fixture
def store(tmp_path: Path) -> SnapshotStore:
    return SnapshotStore("", tmp_path)


def test_a_capture_that_the_table_stores_otherwise_is_hashed_as_it_was_stored(
    engine: Engine, tmp_path: Path, store: SnapshotStore
) -> None:
    a_case(engine)
    made = capture(store, url="http://school.example/a\x00b", asked_by="王\ud800某")
    with write(engine) as connection:
        keep(connection, made)
        captured(connection, made, NOON)
    assert examine(unsealed(engine, tmp_path).path).code == 3  # no authority; nothing is disproved


def test_what_was_not_kept_has_no_line(engine: Engine, store: SnapshotStore) -> None:
    with pytest.raises(LookupError), write(engine) as connection:
        captured(connection, capture(store), NOON)
