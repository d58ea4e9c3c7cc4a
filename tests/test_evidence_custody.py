"""The chain of custody: append-only, bound line to line, and broken exactly where it is broken."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path
from threading import Barrier, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError

from door.evidence_custody import check_chain
from door.evidence_run import package_case
from evidence.chain import broken_line
from evidence.package import custody_lines
from evidence.report import Wrong
from evidence.trial_authority import TrialAuthority
from evidence.verifier import examine
from storage.canonical import canonical, canonical_sha256
from storage.custody import Act, Line, every_line, first_broken, head, lines_about, record
from storage.database import read, write
from storage.packages import packages_of
from storage.snapshots import SnapshotStore
from tests.evidence_case import CASE, a_captured_case, proof
from tests.makers import NOON, sha

TEXTS = some.text(min_size=1, max_size=20).filter(lambda one: one.isprintable())


def act(**changes: object) -> Act:
    values: dict[str, object] = {
        "who": "王取证",
        "what": "captured",
        "subject": "capture:1",
        "sha256": sha("a"),
        "at": NOON,
        **changes,
    }
    return Act(**values)  # type: ignore[arg-type]


def chain(count: int, who: str = "王取证") -> list[Line]:
    lines: list[Line] = []
    for number in range(1, count + 1):
        values = {
            "seq": number,
            "at": "2026-11-23T04:00:00.000000Z",
            "who": who,
            "what": "captured",
            "subject": f"capture:{number}",
            "sha256": sha(str(number)),
            "prev": lines[-1].hash if lines else "",
        }
        lines.append(Line(**values, hash=canonical_sha256(values)))  # type: ignore[arg-type]
    return lines


def written(engine: Engine, *acts: Act) -> list[Line]:
    with write(engine) as connection:
        return [record(connection, one) for one in acts]


def kept(engine: Engine) -> list[Line]:
    with read(engine) as connection:
        return list(every_line(connection))


def test_each_line_stands_behind_the_one_before(engine: Engine) -> None:
    made = written(engine, act(), act(what="hashed"), act(what="signed"))
    assert kept(engine) == made
    assert [line.seq for line in made] == [1, 2, 3]
    assert all(later.prev == earlier.hash for earlier, later in pairwise(made))
    assert first_broken(kept(engine)) is None


def test_a_moment_is_written_in_utc_to_the_microsecond(engine: Engine) -> None:
    beijing = timezone(timedelta(hours=8))
    (line,) = written(engine, act(at=datetime(2026, 11, 23, 12, 0, 0, 7, tzinfo=beijing)))
    assert line.at == "2026-11-23T04:00:00.000007Z"


def test_text_no_database_can_keep_does_not_break_the_chain(engine: Engine) -> None:
    written(engine, act(who="\x00王\ud800"), act())
    assert first_broken(kept(engine)) is None


def test_a_case_is_captured_packed_and_sealed_on_either_database(
    engine: Engine, tmp_path: Path
) -> None:
    store = SnapshotStore("", tmp_path)
    a_captured_case(engine, store)
    authority = TrialAuthority(tmp_path / "authority")
    with authority.served() as url:
        parts = proof(engine, tmp_path, authority, url)
        made = package_case(parts, CASE, tmp_path / "out", "赵封存")
    assert made.sealing.state == "sealed"
    assert examine(made.path, made.package.key_id).code == 0
    with read(engine) as connection:
        (found,) = packages_of(connection, CASE)
    assert (found.path, found.state) == (made.path, "sealed")
    assert (found.signature, found.key_id) == (made.package.signature, made.package.key_id)
    state = check_chain(parts)
    assert (state.broken, state.anchors, state.unproved) == (None, 1, ())
    acts = [line.what for line in kept(engine)]
    expected = ["captured", "gathered", "gathered", "signed", "stamped", "stamped", "packaged"]
    assert acts == expected


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE custody SET who = '别人' WHERE seq = 1",
        "UPDATE custody SET hash = 'x'",
        "DELETE FROM custody WHERE seq = 2",
        "DELETE FROM custody",
    ],
)
def test_a_line_is_never_changed_or_deleted(engine: Engine, change: str) -> None:
    made = written(engine, act(), act())
    with pytest.raises(DatabaseError, match="append-only"), write(engine) as connection:
        connection.execute(text(change))
    assert kept(engine) == made


def test_no_side_door_replaces_lines(engine: Engine, kind: str) -> None:
    made = written(engine, act(), act())
    statement = "TRUNCATE custody"
    if kind == "sqlite":
        columns = "seq, at, who, what, subject, sha256, prev, hash"
        statement = (
            f"INSERT OR REPLACE INTO custody ({columns}) "
            "SELECT seq, at, '别人', what, subject, sha256, prev, hash FROM custody"
        )
    with pytest.raises(DatabaseError, match="append-only"), write(engine) as connection:
        connection.execute(text(statement))
    assert kept(engine) == made


def test_two_lines_cannot_stand_behind_the_same_one(engine: Engine) -> None:
    (first,) = written(engine, act())
    columns = "seq, at, who, what, subject, sha256, prev, hash"
    values = f"7, '', '', 'captured', '', '', '{first.prev}', 'other'"
    with pytest.raises(DatabaseError), write(engine) as connection:
        connection.execute(text(f"INSERT INTO custody ({columns}) VALUES ({values})"))


def without_triggers(engine: Engine, kind: str, statement: str) -> None:
    """What somebody who owns the database can do."""
    with write(engine) as connection:
        if kind == "postgresql":
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.execute(text(statement))
            return
        triggers = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        rows = connection.execute(text(triggers)).all()
        for row in rows:
            connection.execute(text(f"DROP TRIGGER {row.name}"))
        connection.execute(text(statement))
        for row in rows:
            connection.execute(text(row.sql))


@pytest.mark.parametrize(
    ("statement", "seq", "why"),
    [
        ("UPDATE custody SET who = '别人' WHERE seq = 3", 3, "hash"),
        ("UPDATE custody SET sha256 = 'x' WHERE seq = 2", 2, "hash"),
        ("UPDATE custody SET at = '2020' WHERE seq = 5", 5, "hash"),
        ("DELETE FROM custody WHERE seq = 2", 2, "gap"),
        ("DELETE FROM custody WHERE seq = 1", 1, "gap"),
        ("DELETE FROM custody WHERE seq > 3", 5, "anchor"),
        ("DELETE FROM custody", 5, "anchor"),
    ],
)
def test_whoever_owns_the_database_is_still_found_out(
    engine: Engine, kind: str, statement: str, seq: int, why: str
) -> None:
    made = written(engine, *(act(subject=f"capture:{number}") for number in range(5)))
    without_triggers(engine, kind, statement)
    with read(engine) as connection:
        found = first_broken(every_line(connection), [(5, made[-1].hash)])
    assert found is not None
    assert (found.seq, found.why) == (seq, why)


def test_writers_at_the_same_time_make_one_chain(engine: Engine) -> None:
    start = Barrier(4)

    def writer() -> None:
        start.wait()
        for _ in range(5):
            written(engine, act())

    threads = [Thread(target=writer) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(kept(engine)) == 20
    assert first_broken(kept(engine)) is None


def test_lines_about_something_come_in_order(engine: Engine) -> None:
    written(engine, act(subject="a"), act(subject="b"), act(subject="a"), act(subject="c"))
    with read(engine) as connection:
        assert [line.seq for line in lines_about(connection, ["a", "c"])] == [1, 3, 4]
        assert lines_about(connection, []) == []


def test_an_act_rolled_back_leaves_no_gap(engine: Engine) -> None:
    written(engine, act())
    with suppress(RuntimeError), write(engine) as connection:
        record(connection, act())
        raise RuntimeError
    written(engine, act())
    assert first_broken(kept(engine)) is None
    with read(engine) as connection:
        last = head(connection)
    assert last is not None
    assert last.seq == 2


def test_an_unknown_act_or_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="no act"):
        act(what="thought")
    with pytest.raises(ValueError, match="naive"):
        act(at=datetime(2026, 1, 1))  # noqa: DTZ001


@given(
    some.integers(2, 8),
    some.data(),
    some.sampled_from(["at", "who", "what", "subject", "sha256", "prev", "hash"]),
    TEXTS,
)
def test_a_changed_field_is_found_at_its_line_or_the_next(
    length: int, data: some.DataObject, name: str, other: str
) -> None:
    lines = chain(length)
    place = data.draw(some.integers(0, length - 1))
    changed = replace(lines[place], **{name: getattr(lines[place], name) + other})
    found = first_broken([*lines[:place], changed, *lines[place + 1 :]])
    assert found is not None
    assert found.seq == place + 1


@given(some.integers(1, 8), some.data())
def test_a_chain_made_anew_does_not_fit_an_anchor(length: int, data: some.DataObject) -> None:
    lines, other = chain(length), chain(length, who="别人")
    place = data.draw(some.integers(0, length - 1))
    assert first_broken(lines, [(place + 1, lines[place].hash)]) is None
    found = first_broken(other, [(place + 1, lines[place].hash)])
    assert found is not None
    assert (found.seq, found.why) == (place + 1, "anchor")


def as_packed(lines: list[Line], shown: set[int]) -> bytes:
    """Lines as a package holds them: those of other cases withheld."""
    return custody_lines([line for line in lines if line.seq in shown])


@given(some.integers(1, 9), some.data())
def test_the_verifier_accepts_any_part_of_a_chain_and_no_change_to_it(
    length: int, data: some.DataObject
) -> None:
    lines = chain(length)
    shown = data.draw(some.sets(some.integers(1, length), min_size=1))
    last = lines[max(shown) - 1]
    anchor = {"seq": last.seq, "hash": last.hash}
    packed = as_packed(lines, shown)
    assert broken_line(packed, anchor, {}) is None
    rows = [json.loads(row) for row in packed.splitlines()]
    place = data.draw(some.integers(0, len(rows) - 1))
    name = data.draw(some.sampled_from(["at", "who", "what", "subject", "sha256", "prev", "hash"]))
    rows[place][name] += "x"
    changed = b"".join(canonical(row) + b"\n" for row in rows)
    assert broken_line(changed, anchor, {}) == rows[place]["seq"]


@given(some.integers(2, 9), some.data())
def test_the_verifier_refuses_lines_out_of_order_or_twice(
    length: int, data: some.DataObject
) -> None:
    lines = chain(length)
    anchor = {"seq": length, "hash": lines[-1].hash}
    order = data.draw(some.lists(some.sampled_from(lines), min_size=2, max_size=length))
    rising = all(later.seq > earlier.seq for earlier, later in pairwise(order))
    whole = broken_line(custody_lines(order), anchor, {}) is None
    assert whole == (rising and order[-1].seq == length)


def test_the_verifier_holds_captures_against_what_custody_says_of_them() -> None:
    lines = chain(2)
    packed, anchor = as_packed(lines, {1, 2}), {"seq": 2, "hash": lines[-1].hash}
    assert broken_line(packed, anchor, {"capture:2": sha("2")}) is None
    assert broken_line(packed, anchor, {"capture:2": sha("other")}) == 2


def test_a_line_that_is_no_canonical_json_is_wrong() -> None:
    with pytest.raises(Wrong):
        broken_line(b'{"seq": 1}\n', {"seq": 1, "hash": ""}, {})
