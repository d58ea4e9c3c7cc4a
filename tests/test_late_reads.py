"""Reads that must follow in the audit follow: while it serves, at its end, and when it starts."""

from __future__ import annotations

import fcntl
import stat
import threading
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import Engine

from console.desk import Desk
from door import desk_run
from door.ending import Ending
from door.export_runner import Clerk
from storage.audit import lines, verify
from storage.columns import utc_now
from storage.late_reads import NAME, catch_up, keep
from storage.presence import Late, Read, none_late, opened
from tests.desk_site import make_desk
from tests.makers import flagged, sight
from tests.test_presence import locked
from tests.test_serve_ends import free_port


def read_while_locked(engine: Engine, url: str, home: Path, *people: str) -> Late:
    sight(engine, flagged())
    late = none_late()
    with locked(engine, url, home):
        assert [opened(engine, 1, who, late) for who in people] == [False] * len(people)
    return late


def readers(engine: Engine) -> list[str]:
    return [
        one.actor for one in lines(engine) if one.act == "case.read" and "read_at" in one.detail
    ]


def test_nobody_has_to_open_another_case_for_them(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    late = read_while_locked(engine, database_url, tmp_path, "wang", "li")
    assert catch_up(engine, late, tmp_path)
    assert readers(engine) == ["wang", "li"]
    assert catch_up(engine, late, tmp_path)
    assert readers(engine) == ["wang", "li"], "once"
    assert verify(engine).broken is None


def test_what_waits_at_the_end_is_in_the_audit_after_the_next_start(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    late = read_while_locked(engine, database_url, tmp_path, "wang", "li")
    with locked(engine, database_url, tmp_path):
        assert not catch_up(engine, late, tmp_path)
        assert keep(late, tmp_path) == 2
    assert readers(engine) == []
    (path,) = tmp_path.glob(f"{NAME}-*.jsonl")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert catch_up(engine, none_late(), tmp_path)
    assert readers(engine) == ["wang", "li"]
    assert not path.exists()


def test_a_line_that_was_cut_keeps_the_others_from_nothing(engine: Engine, tmp_path: Path) -> None:
    sight(engine, flagged())
    path = tmp_path / f"{NAME}-1.jsonl"
    whole = '{"case": 1, "person": "wang", "at": "2026-11-26T01:00:00+00:00"}'
    path.write_text(f"{whole}\n[1]\n{{\n{whole[:30]}", encoding="utf-8")
    assert catch_up(engine, none_late(), tmp_path)
    assert readers(engine) == ["wang"]
    (line,) = [one for one in lines(engine) if one.act == "case.read"]
    assert "2026-11-26T01:00:00+00:00" in line.detail


def test_where_no_file_can_be_written_the_log_has_them(
    engine: Engine, database_url: str, tmp_path: Path, caplog
) -> None:
    late = read_while_locked(engine, database_url, tmp_path, "wang")
    assert keep(late, tmp_path / "nowhere") == 0
    assert '"person": "wang"' in caplog.text


def served(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A desk that is told to stop as soon as it serves."""

    async def at_once(*_: object) -> None:
        pass

    monkeypatch.setattr(desk_run, "serve_both", at_once)
    with Ending() as ending:
        desk_run.serve_desk(desk, "127.0.0.1", free_port(), ending)


def test_a_desk_that_stops_in_order_loses_no_read(
    engine: Engine, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = read_while_locked(engine, database_url, tmp_path, "wang")
    with locked(engine, database_url, tmp_path):
        served(replace(make_desk(engine, tmp_path), late=late, home=tmp_path), monkeypatch)
    assert readers(engine) == []
    served(replace(make_desk(engine, tmp_path), home=tmp_path), monkeypatch)
    assert readers(engine) == ["wang"]
    assert list(tmp_path.glob(f"{NAME}-*.jsonl")) == []


def test_the_clerk_does_it_beside_its_orders(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    late = read_while_locked(engine, database_url, tmp_path, "wang")
    with Clerk(engine, lambda: catch_up(engine, late, tmp_path)):
        pass
    assert readers(engine) == ["wang"]


def kept_file(folder: Path, person: str) -> Path:
    late = none_late()
    late.append(Read(case_id=1, person=person, at=utc_now()))
    before = set(folder.glob(f"{NAME}-*.jsonl"))
    assert keep(late, folder) == 1
    (path,) = set(folder.glob(f"{NAME}-*.jsonl")) - before
    return path


def test_a_file_that_cannot_be_read_is_kept_and_told_and_holds_up_nothing(
    engine: Engine, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path, late = kept_file(tmp_path, "wang"), none_late()
    whole = path.rename(tmp_path / "elsewhere")
    path.symlink_to(path)  # not even root reads it
    kept_file(tmp_path, "li")
    late.append(Read(case_id=1, person="zhao", at=utc_now()))
    for _ in range(2):
        assert not catch_up(engine, late, tmp_path)
    assert path.is_symlink()
    assert readers(engine) == ["li", "zhao"]
    assert caplog.text.count(f"must wait: {path}") == 1
    path.unlink()
    whole.rename(path)
    assert catch_up(engine, late, tmp_path)
    assert readers(engine) == ["li", "zhao", "wang"]
    assert list(tmp_path.glob(f"{NAME}-*.jsonl")) == []


def undeletable(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, missing_ok: bool = False) -> None:
        raise PermissionError(13, "read-only folder", str(path))

    monkeypatch.setattr(Path, "unlink", refuse)


def test_what_cannot_be_deleted_is_not_written_twice(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = kept_file(tmp_path, "wang")
    with monkeypatch.context() as patch:
        undeletable(patch)
        for _ in range(2):
            assert not catch_up(engine, none_late(), tmp_path)
    assert path.exists()
    assert catch_up(engine, none_late(), tmp_path)
    assert not path.exists()
    assert readers(engine) == ["wang"]


def test_a_file_that_another_desk_is_writing_down_is_left_to_it(
    engine: Engine, tmp_path: Path
) -> None:
    path = kept_file(tmp_path, "wang")
    with path.open("r+") as others:
        fcntl.flock(others, fcntl.LOCK_EX)
        assert catch_up(engine, none_late(), tmp_path)
        assert (readers(engine), path.exists()) == ([], True)
    assert catch_up(engine, none_late(), tmp_path)
    assert readers(engine) == ["wang"]


def test_nothing_that_fails_beside_its_orders_ends_the_clerk(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("door.export_runner.LOOKS_EVERY", 0.01)
    tried, again = [], threading.Event()

    def fail() -> None:
        tried.append(1)
        if len(tried) == 3:
            again.set()
        raise PermissionError(13, "read-only folder")

    with Clerk(engine, fail) as clerk:
        assert again.wait(10)
        assert clerk.thread.is_alive()


def test_a_desk_whose_end_fails_keeps_what_waits_and_closes_its_tools(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> bool:
        raise OSError(5, "Input/output error")

    late, closed = none_late(), []
    late.append(Read(case_id=1, person="wang", at=utc_now()))
    tools = SimpleNamespace(close=lambda: closed.append(1))
    monkeypatch.setattr(desk_run, "catch_up", fail)
    desk = replace(make_desk(engine, tmp_path), late=late, home=tmp_path, tools=tools)
    with pytest.raises(OSError, match="Input/output"):
        served(desk, monkeypatch)
    assert closed == [1]
    assert len(list(tmp_path.glob(f"{NAME}-*.jsonl"))) == 1
