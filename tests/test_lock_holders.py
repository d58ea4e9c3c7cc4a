"""Who holds a lock, without getting in anybody's way."""

from __future__ import annotations

import json
import os
from pathlib import Path

from sqlalchemy import Engine

from storage.lock_holders import holder_of
from storage.locks import hold


def test_a_lock_tells_its_holder_while_it_is_held_and_nobody_before_and_after(
    engine: Engine, tmp_path: Path
) -> None:
    assert holder_of(engine, tmp_path, "sweep") is None
    with hold(engine, tmp_path, "sweep", "王@机器 pid 1"):
        found = holder_of(engine, tmp_path, "sweep")
        assert found is not None
        assert (found.holder, found.pid) == ("王@机器 pid 1", os.getpid())
        assert holder_of(engine, tmp_path, "capture") is None
    assert holder_of(engine, tmp_path, "sweep") is None
    with hold(engine, tmp_path, "sweep", "again"):
        assert holder_of(engine, tmp_path, "sweep") is not None


def test_a_note_left_behind_by_a_killed_holder_holds_nothing(tmp_path: Path, sqlite_template):
    from storage.database import open_database

    engine = open_database(f"sqlite:///{sqlite_template}", tmp_path)
    path = tmp_path / "locks" / "sweep.lock"
    path.parent.mkdir()
    for note in (
        {"pid": os.getpid(), "since": "2026-03-01T00:00:00+00:00", "holder": "x"},
        {"pid": 2**22 + 5, "since": "2026-03-01T00:00:00+00:00", "holder": "x"},
        {"pid": "x"},
        [],
    ):
        path.write_text(json.dumps(note), encoding="utf-8")
        assert holder_of(engine, tmp_path, "sweep") is None
    with hold(engine, tmp_path, "sweep", "next"):
        found = holder_of(engine, tmp_path, "sweep")
        assert found is not None
        assert found.holder == "next"
    engine.dispose()
