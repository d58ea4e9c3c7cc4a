"""A package whose timestamps came is completed, wherever the run before was killed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from door import evidence_run
from door.evidence_completing import complete
from door.evidence_custody import check_chain
from door.evidence_parts import Proof
from door.evidence_run import Packed, package_case
from door.evidence_stamps import work_off
from evidence.verifier import examine
from storage.database import read
from storage.packages import Package, every_package
from storage.snapshots import SnapshotStore
from tests.evidence_case import BY, CASE, Moody, a_captured_case, proof


class Killed(BaseException):
    """The process is gone: nothing that follows is done, and nobody catches it."""


@pytest.fixture
def kind() -> str:
    return "sqlite"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Moody:
    return Moody(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def parts(engine: Engine, tmp_path: Path, authority: Moody) -> Iterator[Proof]:
    """A captured case, and an authority that is down until a test says otherwise."""
    a_captured_case(engine, SnapshotStore("", tmp_path))
    authority.down = True
    with authority.served() as url:
        yield proof(engine, tmp_path, authority, url)


def packed(parts: Proof, folder: Path) -> Packed:
    return package_case(parts, CASE, folder / "out", BY)


def stamped(parts: Proof, authority: Moody) -> None:
    """What a run does that is killed as soon as the timestamps came."""
    authority.down = False
    assert [one.answer.reason for one in work_off(parts, everything=True)] == ["", ""]


def registered(parts: Proof) -> Package:
    with read(parts.engine) as connection:
        (package,) = every_package(connection)
    return package


def kill(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    def killed(*_: object) -> None:
        raise Killed

    monkeypatch.setattr(evidence_run, name, killed)


def completed(parts: Proof, path: Path) -> None:
    """The next run, which gets no timestamp itself, completes it; the one after does nothing."""
    (done,) = complete(parts, [])
    assert done.packed is not None
    assert (done.packed.path, done.packed.sealing.state) == (path, "sealed")
    assert examine(path, registered(parts).key_id).code == 0
    assert registered(parts).state == "sealed"
    assert check_chain(parts).holds
    assert complete(parts, []) == []


def test_killed_between_the_timestamp_and_the_writing(
    parts: Proof, tmp_path: Path, authority: Moody
) -> None:
    made = packed(parts, tmp_path)
    stamped(parts, authority)
    completed(parts, made.path)


def test_the_folder_was_away_for_one_run(parts: Proof, tmp_path: Path, authority: Moody) -> None:
    made = packed(parts, tmp_path)
    stamped(parts, authority)
    (tmp_path / "out").rename(tmp_path / "away")
    (away,) = complete(parts, [made.package.manifest_sha256])
    assert (away.packed, away.problem) == (None, None)
    assert complete(parts, []) == []
    (tmp_path / "away").rename(tmp_path / "out")
    completed(parts, made.path)


def test_killed_after_the_new_file_has_its_name(
    parts: Proof, tmp_path: Path, authority: Moody, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = packed(parts, tmp_path)
    stamped(parts, authority)
    with monkeypatch.context() as patched:
        kill(patched, "check_written")
        with pytest.raises(Killed):
            complete(parts, [made.package.manifest_sha256])
    assert examine(made.path).code == 0
    assert registered(parts).state == "pending"
    completed(parts, made.path)


@pytest.mark.parametrize("where", ["write_again", "write_package", "check_written", "written"])
def test_a_first_packing_that_was_killed_is_brought_to_its_end(
    parts: Proof,
    tmp_path: Path,
    authority: Moody,
    monkeypatch: pytest.MonkeyPatch,
    where: str,
) -> None:
    authority.down = False
    (tmp_path / "out").mkdir()
    with monkeypatch.context() as patched:
        kill(patched, where)
        with pytest.raises(Killed):
            packed(parts, tmp_path)
    completed(parts, registered(parts).path)


def test_a_disk_that_was_full_for_one_run(
    parts: Proof, tmp_path: Path, authority: Moody, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = packed(parts, tmp_path)
    stamped(parts, authority)
    with monkeypatch.context() as patched:
        patched.setattr("evidence.package.contents", full)
        (done,) = complete(parts, [made.package.manifest_sha256])
    assert done.problem is not None
    completed(parts, made.path)


def full(*_: object) -> Iterator[bytes]:
    raise OSError(28, "No space left on device")
    yield b""


def test_two_writers_at_once_leave_the_file_that_the_database_names(
    parts: Proof, tmp_path: Path, authority: Moody, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The slower one would put its file over the other's, which the database names."""
    authority.down = False
    check, others = evidence_run.check_written, []

    def meanwhile(*words: object) -> object:
        missing = check(*words)  # type: ignore[arg-type]
        if not others:
            others.append(1)
            others.append(complete(parts, []))
        return missing

    (tmp_path / "out").mkdir()
    monkeypatch.setattr(evidence_run, "check_written", meanwhile)
    made = packed(parts, tmp_path)
    assert len(others) == 2
    assert evidence_run.is_ours(made.path, registered(parts))
    with made.path.open("rb") as file:
        assert evidence_run.measure(file, "").sha256 == registered(parts).sha256
    assert check_chain(parts).holds


def test_a_package_that_waits_for_its_authority_is_not_written_again_and_again(
    parts: Proof, tmp_path: Path
) -> None:
    made = packed(parts, tmp_path)
    before = made.path.read_bytes()
    assert complete(parts, []) == []
    assert made.path.read_bytes() == before
