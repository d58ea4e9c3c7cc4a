"""Evidence files: named by their hash, written once, checked honestly."""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.bilingual import Problem
from storage.records import Snapshot
from storage.snapshots import SnapshotStore
from tests.makers import NOON

URL = "http://school.example/a"


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_file_lies_under_its_hash(tmp_path: Path) -> None:
    store = SnapshotStore("", tmp_path)
    kept = store.put("<p>包过</p>".encode(), "raw", URL, NOON)
    name = hashlib.sha256("<p>包过</p>".encode()).hexdigest()
    assert kept == Snapshot(sha256=name, kind="raw", size=13, captured_at=NOON, url=URL)
    assert files(tmp_path) == [f"snapshots/{name[:2]}/{name[2:4]}/{name}"]
    assert store.get(name) == "<p>包过</p>".encode()


@pytest.mark.parametrize("scheme", ["file://{}/evidence", "{}/evidence", "memory://evidence"])
def test_any_fsspec_address_will_do(scheme: str, tmp_path: Path) -> None:
    store = SnapshotStore(scheme.format(tmp_path), tmp_path / "unused")
    kept = store.put(b"page", "raw", URL, NOON)
    assert store.get(kept.sha256) == b"page"
    assert store.check(kept.sha256) is True
    assert not (tmp_path / "unused").exists()


def test_the_same_bytes_are_written_once(tmp_path: Path) -> None:
    store = SnapshotStore("", tmp_path)
    first = store.put(b"page", "raw", URL, NOON)
    path = tmp_path / files(tmp_path)[0]
    path.chmod(0o400)
    before = path.stat().st_ino
    second = store.put(b"page", "dom", "http://other.example/", NOON)
    assert (first.sha256, second.kind) == (second.sha256, "dom")
    assert path.stat().st_ino == before


def test_a_torn_file_is_written_anew(tmp_path: Path) -> None:
    store = SnapshotStore("", tmp_path)
    kept = store.put(b"page", "raw", URL, NOON)
    (tmp_path / files(tmp_path)[0]).write_bytes(b"")  # what a power cut may leave
    store.put(b"page", "raw", URL, NOON)
    assert store.get(kept.sha256) == b"page"


def test_a_file_that_rotted_without_changing_its_size_is_put_right(tmp_path: Path) -> None:
    store = SnapshotStore("", tmp_path)
    kept = store.put(b"page", "raw", URL, NOON)
    (tmp_path / files(tmp_path)[0]).write_bytes(b"PAGE")
    store.put(b"page", "raw", URL, NOON)
    assert store.get(kept.sha256) == b"page"
    assert files(tmp_path) == [f"snapshots/{kept.sha256[:2]}/{kept.sha256[2:4]}/{kept.sha256}"]


def test_evidence_is_on_the_disk_before_its_row_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []

    def noted(descriptor: int) -> None:
        synced.append(str(Path(f"/proc/self/fd/{descriptor}").readlink()))

    monkeypatch.setattr(os, "fsync", noted)
    SnapshotStore("", tmp_path).put(b"a sweep's", "raw", URL, NOON)
    assert synced == []
    kept = SnapshotStore("", tmp_path, lasting=True).put(b"page", "raw", URL, NOON)
    folder = tmp_path / "snapshots" / kept.sha256[:2] / kept.sha256[2:4]
    assert synced[0].startswith(f"{folder}/.part-")  # the file, before it gets its name
    assert synced[1:] == [str(folder), str(folder.parent), str(folder.parent.parent)]


def test_a_check_says_proved_disproved_or_nothing_to_check(tmp_path: Path) -> None:
    store = SnapshotStore("", tmp_path)
    kept = store.put(b"page", "raw", URL, NOON)
    assert store.check(kept.sha256) is True
    (tmp_path / files(tmp_path)[0]).write_bytes(b"PAGE")
    assert store.check(kept.sha256) is False
    assert store.check("0" * 64) is None


@pytest.mark.parametrize(
    "name",
    ["", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 65, "0" * 64 + "\n", "g" * 64, "０" * 64],
)
def test_only_hashes_are_names(name: str, tmp_path: Path) -> None:
    store = SnapshotStore("", tmp_path)
    for act in (store.get, store.check):
        with pytest.raises(Problem, match="no snapshot"):
            act(name)


def test_a_missing_file_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="not in the store"):
        SnapshotStore("", tmp_path).get("0" * 64)


@pytest.mark.parametrize("step", ["pipe_file", "mv"])
def test_a_full_disk_is_a_problem_and_leaves_no_half_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    store = SnapshotStore("", tmp_path)

    def half(path: str, *rest: object) -> None:
        if step == "pipe_file":
            Path(path).write_bytes(b"pa")
        raise OSError(errno.ENOSPC, "No space left on device", path)

    monkeypatch.setattr(store._files, step, half)
    with pytest.raises(Problem, match="disk is full"):
        store.put(b"page", "raw", URL, NOON)
    assert files(tmp_path) == []
    monkeypatch.undo()
    assert store.check(store.put(b"page", "raw", URL, NOON).sha256) is True


def test_a_folder_that_cannot_be_written_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "snapshots").write_text("a file in the way")
    with pytest.raises(Problem, match="could not be used"):
        SnapshotStore("", tmp_path).put(b"page", "raw", URL, NOON)


@given(st.binary(max_size=2_000))
def test_what_was_put_is_got(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    store = SnapshotStore("", tmp_path_factory.getbasetemp() / "laws")
    kept = store.put(data, "raw", URL, NOON)
    assert store.get(kept.sha256) == data
    assert store.check(kept.sha256) is True
    assert kept.size == len(data)
