"""Who changes the database, the store or the folder of the keys behind our back is found out."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from sqlalchemy import Engine

from door.evidence_custody import check_chain
from door.evidence_parts import Proof
from door.evidence_run import package_case
from evidence.standalone import standalone
from evidence.trial_authority import TrialAuthority
from storage.bilingual import Problem
from storage.custody import every_line
from storage.database import read, write
from storage.snapshots import SnapshotStore
from tests.evidence_case import BY, CASE, a_captured_case, opened, proof, unsealed
from tests.makers import NOON


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> TrialAuthority:
    return TrialAuthority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def store(tmp_path: Path) -> SnapshotStore:
    return SnapshotStore("", tmp_path)


@pytest.fixture
def kind() -> str:
    return "sqlite"


def cut(engine: Engine, *statements: str) -> None:
    """What somebody who owns the database can do."""
    with write(engine) as connection:
        for statement in ("DROP TRIGGER custody_no_delete", *statements):
            connection.exec_driver_sql(statement)


def found(proof_: Proof, *files: Path) -> set[str]:
    return {one.what for one in check_chain(proof_, files).apart}


def test_a_package_deleted_from_the_register_is_still_told_by_the_chain(
    engine: Engine, tmp_path: Path, store: SnapshotStore
) -> None:
    a_captured_case(engine, store)
    unsealed(engine, tmp_path)
    cut(engine, "DELETE FROM evidence_packages")
    state = check_chain(proof(engine, tmp_path))
    assert (state.broken, state.holds) == (None, False)
    assert {one.what for one in state.apart} == {"no_package"}


def test_chain_and_register_cut_together_are_found_by_the_notes_beside_the_keys(
    engine: Engine, tmp_path: Path, store: SnapshotStore
) -> None:
    a_captured_case(engine, store)
    unsealed(engine, tmp_path)
    cut(engine, "DELETE FROM evidence_packages", "DELETE FROM custody WHERE seq > 1")
    broken = check_chain(proof(engine, tmp_path)).broken
    assert broken is not None
    assert broken.why == "anchor"


def test_chain_register_and_notes_cut_together_are_found_by_a_package_that_left(
    engine: Engine, tmp_path: Path, store: SnapshotStore
) -> None:
    a_captured_case(engine, store)
    made = unsealed(engine, tmp_path)
    cut(engine, "DELETE FROM evidence_packages", "DELETE FROM custody WHERE seq > 1")
    for note in (tmp_path / "keys" / "signed").iterdir():
        note.unlink()
    parts = proof(engine, tmp_path)
    assert check_chain(parts).holds  # as far as anybody can see from here
    state = check_chain(parts, [made.path])
    assert state.broken is not None
    assert (state.broken.why, state.holds) == ("anchor", False)


def test_a_file_that_is_no_package_of_ours_is_no_anchor(
    engine: Engine, tmp_path: Path, store: SnapshotStore
) -> None:
    a_captured_case(engine, store)
    made = unsealed(engine, tmp_path)
    data = bytearray(made.path.read_bytes())
    data[-1] ^= 1
    (tmp_path / "flipped.wacz").write_bytes(data)
    assert found(proof(engine, tmp_path), tmp_path / "flipped.wacz") == {"not_ours"}
    assert found(proof(engine, tmp_path), made.path) == set()


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("UPDATE evidence_packages SET sha256 = 'x'", "not_packaged"),
        ("DELETE FROM timestamps", "no_stamp"),
        ("UPDATE timestamps SET token = X'00'", "not_stamped"),
        ("DELETE FROM capture_rolls", "roll"),
    ],
)
def test_each_table_is_held_against_the_chain(
    engine: Engine,
    tmp_path: Path,
    store: SnapshotStore,
    authority: TrialAuthority,
    statement: str,
    what: str,
) -> None:
    a_captured_case(engine, store)
    with authority.served() as url:
        parts = proof(engine, tmp_path, authority, url)
        package_case(parts, CASE, tmp_path / "out", BY)
    assert check_chain(parts).holds
    cut(engine, statement)
    assert what in found(parts)


def test_a_note_beside_the_keys_that_was_changed_is_said(
    engine: Engine, tmp_path: Path, store: SnapshotStore
) -> None:
    a_captured_case(engine, store)
    unsealed(engine, tmp_path)
    (note,) = (tmp_path / "keys" / "signed").glob("*.json")
    note.write_bytes(note.read_bytes().replace(b'"seq":2', b'"seq":1'))
    with pytest.raises(Problem, match="signature does not hold"):
        check_chain(proof(engine, tmp_path))


def test_a_rotation_killed_before_its_line_gets_it_with_the_next_act(
    engine: Engine, tmp_path: Path, store: SnapshotStore
) -> None:
    a_captured_case(engine, store)
    parts = proof(engine, tmp_path)
    parts.ring.current()
    rotation = parts.ring.rotate("孙某", NOON)  # and no line: the process is gone
    for _ in range(2):
        unsealed(engine, tmp_path)
    with read(engine) as connection:
        lines = [one for one in every_line(connection) if one.what == "rotated"]
    assert [(one.who, one.subject, one.sha256) for one in lines] == [
        ("孙某", f"key:{rotation.new}", rotation.sha256)
    ]


def test_a_rotation_that_never_came_to_its_end_is_none(tmp_path: Path, engine: Engine) -> None:
    ring = proof(engine, tmp_path).ring
    first = ring.current().id
    ring.rotate("孙某", NOON)
    (tmp_path / "keys" / "rotations" / f"{'0' * 64}.json").write_bytes(b"{}")
    assert [one.old for one in ring.rotations()] == [first]


def test_our_own_file_that_rotted_in_the_store_is_put_right_by_the_next_package(
    engine: Engine, tmp_path: Path, store: SnapshotStore
) -> None:
    a_captured_case(engine, store)
    sha256 = hashlib.sha256(standalone()).hexdigest()
    first = opened(unsealed(engine, tmp_path).path)["evidence/verify.py"]
    path = tmp_path / "snapshots" / sha256[:2] / sha256[2:4] / sha256
    path.write_bytes(bytes([first[0] ^ 1]) + first[1:])
    made = unsealed(engine, tmp_path)
    assert made.lacks == ()
    assert opened(made.path)["evidence/verify.py"] == first
