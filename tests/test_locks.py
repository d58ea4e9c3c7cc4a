"""One holder at a time, and a dead holder holds nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine

from storage.bilingual import Problem
from storage.database import open_database
from storage.locks import hold

HOLD = """
import sys, pathlib
from storage.database import open_database
from storage.locks import hold
home = pathlib.Path(sys.argv[2])
with hold(open_database(sys.argv[1], home), home, "sweep", "夜班"):
    print("held", flush=True)
    sys.stdin.read()
"""


def other_holder(database_url: str, home: Path) -> subprocess.Popen[str]:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, database_url, str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    return holder


def end(holder: subprocess.Popen[str]) -> None:
    holder.send_signal(signal.SIGKILL)
    holder.communicate()


def test_the_second_holder_is_told_who_holds_it_since_when(engine: Engine, tmp_path: Path) -> None:
    with (
        hold(engine, tmp_path, "sweep", "张工 手动"),
        pytest.raises(Problem, match=f"by 张工 手动 .process {os.getpid()}") as caught,
        hold(engine, tmp_path, "sweep", "李工"),
    ):
        pytest.fail("two holders")
    assert "由 张工 手动 启动" in caught.value.text.zh


def test_a_released_lock_can_be_held_again(engine: Engine, tmp_path: Path) -> None:
    for holder in ("张工", "李工"):
        with hold(engine, tmp_path, "sweep", holder):
            pass


def test_a_lock_is_released_when_its_block_fails(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), hold(engine, tmp_path, "sweep", "张工"):
        raise RuntimeError
    with hold(engine, tmp_path, "sweep", "李工"):
        pass


def test_locks_of_other_names_are_free(engine: Engine, tmp_path: Path) -> None:
    with hold(engine, tmp_path, "sweep", "张工"), hold(engine, tmp_path, "export", "张工"):
        pass


def test_a_lock_keeps_other_processes_out_until_they_are_killed(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    holder = other_holder(database_url, tmp_path)
    try:
        with (
            pytest.raises(Problem, match=f"夜班 .process {holder.pid}"),
            hold(engine, tmp_path, "sweep", "张工"),
        ):
            pytest.fail("two holders")
    finally:
        end(holder)
    wait_until_free(engine, tmp_path)
    with hold(engine, tmp_path, "sweep", "张工"):
        pass


def wait_until_free(engine: Engine, home: Path) -> None:
    """A file lock is gone with its process; PostgreSQL notices the closed connection itself."""
    if engine.dialect.name != "postgresql":
        return
    for _ in range(10_000):
        try:
            with hold(engine, home, "sweep", "?"):
                return
        except Problem:
            continue
    pytest.fail("the lock of a killed process was never released")


def test_the_lock_file_says_who_holds_it_and_is_empty_after(
    tmp_path: Path, sqlite_template: Path
) -> None:
    engine = open_database(f"sqlite:///{sqlite_template}", tmp_path)
    file = tmp_path / "locks" / "sweep.lock"
    with hold(engine, tmp_path, "sweep", "张工"):
        note = json.loads(file.read_text(encoding="utf-8"))
        assert note["pid"] == os.getpid()
        assert note["holder"] == "张工"
        assert note["since"].endswith("+00:00")
    assert file.read_text() == ""
    engine.dispose()


def test_an_unreadable_note_still_names_the_problem(tmp_path: Path, engine: Engine) -> None:
    with hold(engine, tmp_path, "sweep", "张工"):
        if engine.dialect.name == "sqlite":
            (tmp_path / "locks" / "sweep.lock").write_text("{half a no")
        with pytest.raises(Problem, match="running"), hold(engine, tmp_path, "sweep", "李工"):
            pytest.fail("two holders")


@pytest.mark.parametrize("name", ["", "../sweep", "A", "a/b", "x" * 65])
def test_a_name_that_could_leave_the_folder_is_refused(
    name: str, engine: Engine, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match="no name of a lock"), hold(engine, tmp_path, name, "x"):
        pytest.fail("held")
