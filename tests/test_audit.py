"""The audit: complete, in one chain, and any tampering is found where it happened."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError

from storage.audit import lines, note, verify
from storage.cases import decide
from storage.database import open_database, write
from storage.users import Role
from tests.desk_site import somebody
from tests.makers import decision, flagged, sight


def some_lines(engine: Engine) -> None:
    for n in range(1, 6):
        note(engine, "王审核", "case.read", f"case:{n}", {"n": n, "why": "“引号”\x00"})


def test_a_whole_chain_is_told_as_whole(engine: Engine) -> None:
    assert verify(engine).lines == 0
    some_lines(engine)
    found = verify(engine)
    assert (found.lines, found.broken) == (5, None)
    assert found.head == list(lines(engine))[-1].hash


def test_a_decision_and_its_line_land_together(engine: Engine) -> None:
    sight(engine, flagged())
    number = decide(engine, decision(1))
    (line,) = lines(engine)
    assert (line.actor, line.act, line.about) == ("李审核", "case.decide", "case:1")
    assert f'"decision":{number}' in line.detail


@pytest.mark.parametrize("change", ["UPDATE audit SET actor = 'x'", "DELETE FROM audit"])
def test_no_line_is_ever_changed_or_deleted(engine: Engine, change: str) -> None:
    some_lines(engine)
    with pytest.raises(DatabaseError, match="append-only"), write(engine) as connection:
        connection.execute(text(change))


def tamper(engine: Engine, statement: str) -> None:
    """As somebody would who owns the database."""
    with write(engine) as connection:
        if engine.dialect.name == "sqlite":
            for name in ("audit_no_update", "audit_no_delete", "audit_in_order"):
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text(statement))


@pytest.mark.parametrize(
    ("statement", "line", "why"),
    [
        ("UPDATE audit SET actor = '李审核' WHERE id = 3", 3, "changed"),
        ("UPDATE audit SET detail = '{}' WHERE id = 1", 1, "changed"),
        ("UPDATE audit SET at = '2020-01-01 00:00:00' WHERE id = 5", 5, "changed"),
        ("DELETE FROM audit WHERE id = 2", 2, "missing"),
        ("UPDATE audit SET previous = hash WHERE id = 4", 4, "unchained"),
        ("DELETE FROM audit", 1, "emptied"),
    ],
)
def test_tampering_is_found_at_its_first_line(
    engine: Engine, statement: str, line: int, why: str
) -> None:
    some_lines(engine)
    somebody(engine, "wang", (Role.REVIEWER,))
    tamper(engine, statement)
    found = verify(engine)
    assert (found.broken, found.why, found.lines) == (line, why, line - 1)


@pytest.mark.parametrize("number", [0, -7])
def test_a_line_put_before_the_first_is_found(engine: Engine, number: int) -> None:
    some_lines(engine)
    forged = (
        "INSERT INTO audit (id, at, actor, act, about, detail, previous, hash) "
        f"SELECT {number}, at, actor, act, about, detail, previous, 'x' FROM audit WHERE id = 2"
    )
    tamper(engine, forged)
    found = verify(engine)
    assert (found.broken, found.why, found.lines) == (1, "foreign", 0)


def test_an_end_that_was_cut_off_is_seen_by_whoever_noted_the_hash(engine: Engine) -> None:
    some_lines(engine)
    noted = verify(engine).head
    assert verify(engine, noted).met
    note(engine, "王审核", "case.read")
    assert verify(engine, noted).met
    tamper(engine, "DELETE FROM audit WHERE id > 3")
    found = verify(engine, noted)
    assert (found.broken, found.met) == (None, False)


def test_many_writers_at_once_make_one_chain(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    def write_some(name: str) -> None:
        own = open_database(database_url, tmp_path)
        for _ in range(5):
            note(own, name, "case.read")
        own.dispose()

    writers = [threading.Thread(target=write_some, args=(f"审核{n}",)) for n in range(4)]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    found = verify(engine)
    assert (found.lines, found.broken) == (20, None)
