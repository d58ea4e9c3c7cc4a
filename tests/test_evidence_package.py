"""Evidence packages: whole or not at all, sealed only when proved, honest about what is missing."""

from __future__ import annotations

import errno
import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from door import evidence_stamps
from door.evidence_completing import complete
from door.evidence_custody import check_chain
from door.evidence_parts import Proof, proof_of
from door.evidence_run import package_case
from door.evidence_stamps import roll_captures, work_off
from door.settings import read_settings
from evidence import package as writing
from evidence.custody import captured
from evidence.manifest import capture_sha256
from evidence.openssl_checks import PROVED, UNCHECKED
from evidence.package import Written, write_package
from evidence.seal import sealing
from evidence.timestamps import Answer
from evidence.trial_authority import TrialAuthority
from evidence.verifier import examine
from storage.bilingual import Problem
from storage.captures import keep
from storage.database import read, write
from storage.packages import every_package
from storage.records import Contacts
from storage.snapshots import SnapshotStore
from storage.stamps import due, want
from tests.evidence_case import (
    BY,
    CASE,
    TEXT,
    Moody,
    a_captured_case,
    a_case,
    capture,
    opened,
    proof,
    unsealed,
)
from tests.makers import NOON, flagged, post, sight

DOWN = "http://127.0.0.1:9/"  # the port "discard": nobody listens


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> TrialAuthority:
    return TrialAuthority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def store(tmp_path: Path) -> SnapshotStore:
    return SnapshotStore("", tmp_path)


@pytest.fixture
def kind() -> str:
    """One database is enough here; what is SQL is tested on both elsewhere."""
    return "sqlite"


def manifest_in(path: Path) -> Any:
    return json.loads(opened(path)["evidence/manifest.json"])


def test_a_package_is_named_by_its_case_and_manifest(
    engine: Engine, tmp_path: Path, store: SnapshotStore
) -> None:
    a_captured_case(engine, store)
    made = unsealed(engine, tmp_path)
    sha256 = hashlib.sha256(opened(made.path)["evidence/manifest.json"]).hexdigest()
    assert made.path == tmp_path / "out" / f"EV-1-{sha256[:12]}.wacz"


def test_with_every_authority_answering_it_is_sealed(
    engine: Engine, tmp_path: Path, store: SnapshotStore, authority: TrialAuthority
) -> None:
    a_captured_case(engine, store)
    with authority.served() as one, authority.served() as two:
        made = package_case(proof(engine, tmp_path, authority, one, two), CASE, tmp_path / "o", BY)
    assert (made.sealing.state, made.sealing.why, made.lacks) == ("sealed", (), ())
    report = examine(made.path)
    assert report.code == 0


def test_without_an_authority_it_says_that_none_is_set(
    engine: Engine, tmp_path: Path, store: SnapshotStore
) -> None:
    a_captured_case(engine, store)
    made = unsealed(engine, tmp_path)
    assert made.sealing.state == "pending"
    assert "CERTSWEEP_TSA" in made.sealing.why[0].en
    assert examine(made.path).code == 3


def test_with_one_authority_down_it_is_pending_until_that_one_answers(
    engine: Engine, tmp_path: Path, store: SnapshotStore, authority: TrialAuthority
) -> None:
    a_captured_case(engine, store)
    moody = Moody(authority.roots.parent)
    with authority.served() as other, moody.served() as url:
        moody.down = True
        parts = proof(engine, tmp_path, authority, other, url)
        made = package_case(parts, CASE, tmp_path / "out", BY)
        assert made.sealing.state == "pending"
        assert [why.en for why in made.sealing.why] == [f"{url}: an HTTP error"]
        report = examine(made.path)
        (left,) = [check for check in report.checks if check.result == UNCHECKED]
        assert (left.name, report.code) == (f"timestamp {url}", 3)
        moody.down = False
        tried = work_off(parts, everything=True)
    assert [one.answer.reason for one in tried] == ["", ""]  # over the roll, over the manifest
    (done,) = complete(parts, [made.package.manifest_sha256])
    assert done.packed is not None
    assert (done.packed.path, done.packed.sealing.state) == (made.path, "sealed")
    assert examine(made.path).code == 0
    with read(engine) as connection:
        assert due(connection, None) == []
        assert [one.state for one in every_package(connection)] == ["sealed"]


def test_an_answer_that_cannot_be_believed_is_failed_and_named(
    engine: Engine, tmp_path: Path, store: SnapshotStore, authority: TrialAuthority
) -> None:
    a_captured_case(engine, store)
    stranger = TrialAuthority(tmp_path / "stranger")
    with stranger.served() as url:
        made = package_case(proof(engine, tmp_path, authority, url), CASE, tmp_path / "out", BY)
    assert made.sealing.state == "failed"
    assert "unknown root" in made.sealing.why[0].en
    assert examine(made.path).code == 3  # nothing in it is wrong; the timestamp is not there
    assert manifest_in(made.path)["authorities"] == [url]


def test_a_package_that_was_moved_is_not_written_behind_its_owners_back(
    engine: Engine, tmp_path: Path, store: SnapshotStore, authority: TrialAuthority
) -> None:
    a_captured_case(engine, store)
    parts = proof(engine, tmp_path, authority, DOWN)
    made = package_case(parts, CASE, tmp_path / "out", BY)
    made.path.rename(tmp_path / "elsewhere.wacz")
    (done,) = complete(parts, [made.package.manifest_sha256])
    assert done.packed is None
    assert not made.path.exists()


def test_a_package_changed_on_disk_is_not_replaced(
    engine: Engine, tmp_path: Path, store: SnapshotStore, authority: TrialAuthority
) -> None:
    a_captured_case(engine, store)
    parts = proof(engine, tmp_path, authority, DOWN)
    made = package_case(parts, CASE, tmp_path / "out", BY)
    made.path.write_bytes(b"something else")
    (done,) = complete(parts, [made.package.manifest_sha256])
    assert done.problem is not None
    assert made.path.read_bytes() == b"something else"


def test_after_a_rotation_old_packages_verify_and_new_ones_have_the_new_key(
    engine: Engine, tmp_path: Path, store: SnapshotStore, authority: TrialAuthority
) -> None:
    a_captured_case(engine, store)
    with authority.served() as url:
        parts = proof(engine, tmp_path, authority, url)
        old = package_case(parts, CASE, tmp_path / "out", BY)
        parts.ring.rotate(BY, NOON)
        new = package_case(parts, CASE, tmp_path / "out", BY)
    assert old.package.key_id != new.package.key_id
    assert examine(old.path, old.package.key_id).code == 0
    assert examine(new.path, new.package.key_id).code == 0
    assert examine(new.path, old.package.key_id).code == 1
    assert {old.package.key_id, new.package.key_id} == set(parts.ring.public_keys())
    assert check_chain(parts).broken is None
    (done,) = complete(parts, [old.package.manifest_sha256])
    assert done.problem is not None  # only the key that signed the manifest could seal it again
    assert examine(old.path).code == 0


def test_a_case_without_a_capture_says_so(engine: Engine, tmp_path: Path) -> None:
    a_case(engine)
    made = unsealed(engine, tmp_path)
    assert [(lack.what, lack.why) for lack in made.lacks] == [("capture", "none")]
    assert manifest_in(made.path)["missing"] == [{"what": "capture", "of": "case:1", "why": "none"}]


def test_a_case_nobody_decided_says_so(engine: Engine, tmp_path: Path) -> None:
    sight(engine, flagged())
    made = unsealed(engine, tmp_path)
    assert ("decision", "none") in [(lack.what, lack.why) for lack in made.lacks]
    assert json.loads(opened(made.path)["evidence/decision.json"])["decisions"] == []


def test_a_partial_capture_names_each_part_that_failed(
    engine: Engine, tmp_path: Path, store: SnapshotStore
) -> None:
    a_case(engine)
    whole = capture(store)
    partial = replace(
        whole,
        artefacts=tuple(one for one in whole.artefacts if one.kind != "full_page"),
        parts={**whole.parts, "full_page": "timeout"},
    )
    with write(engine) as connection:
        keep(connection, partial)
    made = unsealed(engine, tmp_path)
    assert [(lack.of, lack.why) for lack in made.lacks] == [
        (f"capture:{whole.id} full_page", "timeout")
    ]


@pytest.mark.parametrize("word", ["cut", "unfinished", "busy", "closed_trees"])
def test_a_part_that_is_there_but_not_whole_is_told_and_the_package_holds(
    engine: Engine, tmp_path: Path, store: SnapshotStore, word: str
) -> None:
    a_case(engine)
    made = capture(store)
    parts = {**made.parts, "warc": word, "full_page": word}
    with write(engine) as connection:
        keep(connection, replace(made, parts=parts))
    packed = unsealed(engine, tmp_path)
    assert sorted((lack.what, lack.of, lack.why) for lack in packed.lacks) == [
        ("limited", f"capture:{made.id} full_page", word),
        ("limited", f"capture:{made.id} warc", word),
    ]
    assert examine(packed.path).code == 3  # nothing disproved, not sealed


@pytest.mark.parametrize("harm", ["gone", "changed"])
def test_a_stored_file_that_is_gone_or_changed_is_left_out_and_named(
    engine: Engine, tmp_path: Path, store: SnapshotStore, harm: str
) -> None:
    made = a_captured_case(engine, store)
    sha256 = next(one.sha256 for one in made.artefacts if one.kind == "full_page")
    path = tmp_path / "snapshots" / sha256[:2] / sha256[2:4] / sha256
    path.unlink() if harm == "gone" else path.write_bytes(b"\x89PNG fuII")
    packed = unsealed(engine, tmp_path)
    assert [(lack.what, lack.of, lack.why) for lack in packed.lacks] == [
        ("file", f"capture:{made.id} full_page", harm)
    ]
    assert not any("full-page" in name for name in opened(packed.path))
    assert examine(packed.path).code == 3


def test_a_capture_taken_where_there_was_no_sm3_is_packed(
    engine: Engine, tmp_path: Path, store: SnapshotStore
) -> None:
    a_case(engine)
    whole = capture(store)
    bare = tuple(replace(one, sm3="") for one in whole.artefacts)
    with write(engine) as connection:
        keep(connection, replace(whole, artefacts=bare))
    assert examine(unsealed(engine, tmp_path).path).code == 3


def test_originals_keep_their_contacts_and_masked_copies_say_what_they_came_from(
    engine: Engine, tmp_path: Path, store: SnapshotStore
) -> None:
    made = a_captured_case(engine, store)
    files, manifest = opened(unsealed(engine, tmp_path).path), None
    manifest = json.loads(files["evidence/manifest.json"])
    text = next(one.sha256 for one in made.artefacts if one.kind == "text")
    rows = {row["path"]: row for row in manifest["artefacts"]}
    (derived,) = [row for row in rows.values() if row["derived_from"] == text]
    assert derived["kind"] == "masked_text"
    assert b"13800000000" not in files[derived["path"]]
    assert files[derived["path"]].decode().startswith("月嫂证免考包过")
    original = files[f"evidence/capture-{made.id}-text.txt"]
    assert original == TEXT.encode()
    assert hashlib.sha256(original).hexdigest() == text


def test_the_manifest_gives_both_hashes_of_every_piece(
    engine: Engine, tmp_path: Path, store: SnapshotStore
) -> None:
    a_captured_case(engine, store)
    files = opened(unsealed(engine, tmp_path).path)
    for row in json.loads(files["evidence/manifest.json"])["artefacts"]:
        data = files[row["path"]]
        assert (row["size"], row["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())
        assert row["sm3"] == hashlib.new("sm3", data).hexdigest()


def test_findings_and_decisions_stand_in_it_with_their_quotes(
    engine: Engine, tmp_path: Path, store: SnapshotStore
) -> None:
    a_captured_case(engine, store)
    files = opened(unsealed(engine, tmp_path).path)
    (post,) = json.loads(files["evidence/findings.json"])["posts"]
    quote = post["findings"][0]["quotes"][0]
    text = files["evidence/post-1.txt"].decode()
    assert (quote["field"], quote["quote"]) == ("text", "包过")
    assert text[quote["start"] : quote["end"]] == "包过"
    assert post["findings"][0]["score"] == "0.9000"
    (decision,) = json.loads(files["evidence/decision.json"])["decisions"]
    assert (decision["verdict"], decision["by"]) == ("violation", "李审核")


def test_custody_leads_from_the_capture_to_the_signature(
    engine: Engine, tmp_path: Path, store: SnapshotStore
) -> None:
    a_captured_case(engine, store)
    rows = opened(unsealed(engine, tmp_path).path)["evidence/custody.jsonl"].splitlines()
    assert [json.loads(row)["what"] for row in rows] == ["captured", "gathered", "signed"]


def test_lines_of_other_cases_are_withheld(
    engine: Engine, tmp_path: Path, store: SnapshotStore
) -> None:
    a_captured_case(engine, store)
    unsealed(engine, tmp_path)
    address = "http://other.example/b"
    sight(engine, flagged(post(address, contacts=Contacts(), author="另一家", text="挂靠证书"), 2))
    other = package_case(proof(engine, tmp_path), CASE + 1, tmp_path / "out", BY)
    rows = [json.loads(row) for row in opened(other.path)["evidence/custody.jsonl"].splitlines()]
    assert [(row["seq"], row["what"]) for row in rows] == [(5, "gathered"), (6, "signed")]
    assert examine(other.path).code == 3


def test_captures_are_dated_together_by_one_stamp_over_hashes_alone(
    engine: Engine, tmp_path: Path, store: SnapshotStore, authority: TrialAuthority
) -> None:
    made = a_captured_case(engine, store)
    others = [capture(store, number, case_id=None) for number in range(2, 5)]
    with write(engine) as connection:
        for one in others:
            keep(connection, one)
            captured(connection, one, NOON)
    with authority.served() as url:
        parts = proof(engine, tmp_path, authority, url)
        (roll,) = roll_captures(parts)
        assert len(work_off(parts)) == 1
        assert roll_captures(parts) == []  # each capture stands in one roll
        packed = package_case(parts, CASE, tmp_path / "out", BY)
    files = opened(packed.path)
    told = json.loads(files["evidence/roll-1.json"])
    assert told["captures"] == sorted(map(capture_sha256, (made, *others)))
    assert set(told) == {"format", "captures"}
    report = examine(packed.path)
    (dated,) = [check for check in report.checks if check.name.startswith("capture ")]
    assert (dated.name, dated.result) == (f"capture {made.id} {url}", PROVED)
    assert report.code == 0
    assert hashlib.sha256(files["evidence/roll-1.json"]).hexdigest() == roll


def test_many_captures_make_several_rolls_and_a_package_shows_its_own(
    engine: Engine,
    tmp_path: Path,
    store: SnapshotStore,
    authority: TrialAuthority,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(evidence_stamps, "MOST", 2)
    made = a_captured_case(engine, store)
    with write(engine) as connection:
        for number in range(2, 6):
            other = capture(store, number, case_id=None)
            keep(connection, other)
            captured(connection, other, NOON)
    with authority.served() as url:
        parts = proof(engine, tmp_path, authority, url)
        assert len(roll_captures(parts)) == 3
        packed = package_case(parts, CASE, tmp_path / "out", BY)
    files = opened(packed.path)
    (name,) = [one for one in files if one.startswith("evidence/roll-")]
    assert capture_sha256(made) in json.loads(files[name])["captures"]
    assert examine(packed.path).code == 0


def test_no_roll_is_begun_where_nobody_could_stamp_it(
    engine: Engine, tmp_path: Path, store: SnapshotStore
) -> None:
    a_captured_case(engine, store)
    assert roll_captures(proof(engine, tmp_path)) == []
    report = examine(unsealed(engine, tmp_path).path)
    assert any("were not stamped when they were taken" in remark[1] for remark in report.remarks)


def test_an_authority_that_is_silent_is_asked_once_a_run(
    engine: Engine, tmp_path: Path, authority: TrialAuthority, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts, asked = proof(engine, tmp_path, authority, DOWN), []

    def silent(url: str, *_: object) -> Answer:
        asked.append(url)
        return Answer(reason="timeout")

    monkeypatch.setattr(evidence_stamps, "ask", silent)
    with write(engine) as connection:
        for number in range(5):
            data = parts.store.put(bytes([number]), "manifest", "", NOON)
            want(connection, data.sha256, [DOWN], NOON)
    tried = work_off(parts)
    assert asked == [DOWN]
    assert [one.answer.reason for one in tried] == ["timeout"] * 5
    with read(engine) as connection:
        assert {one.tries for one in due(connection, None)} == {1}


def test_a_capture_custody_does_not_know_is_enrolled_as_hashed_only_now(
    engine: Engine, tmp_path: Path, store: SnapshotStore
) -> None:
    a_case(engine)
    with write(engine) as connection:
        keep(connection, capture(store))
    rows = opened(unsealed(engine, tmp_path).path)["evidence/custody.jsonl"].splitlines()
    assert json.loads(rows[0])["what"] == "hashed"
    assert json.loads(rows[0])["who"] == BY


def test_cutting_the_chain_behind_a_package_is_found(
    engine: Engine, tmp_path: Path, store: SnapshotStore
) -> None:
    a_captured_case(engine, store)
    unsealed(engine, tmp_path)
    with write(engine) as connection:
        connection.exec_driver_sql("DROP TRIGGER custody_no_delete")
        connection.exec_driver_sql("DELETE FROM custody WHERE seq >= 2")
    state = check_chain(proof(engine, tmp_path))
    assert state.broken is not None
    assert (state.broken.seq, state.broken.why) == (2, "anchor")


def test_a_changed_manifest_in_the_store_is_no_anchor_and_no_package(
    engine: Engine, tmp_path: Path, store: SnapshotStore
) -> None:
    a_captured_case(engine, store)
    made = unsealed(engine, tmp_path)
    sha256 = made.package.manifest_sha256
    (tmp_path / "snapshots" / sha256[:2] / sha256[2:4] / sha256).write_bytes(b"{}")
    state = check_chain(proof(engine, tmp_path))
    assert state.unproved == (made.package.name,)
    (done,) = complete(proof(engine, tmp_path), [sha256])
    assert done.problem is not None


# The file.


@pytest.fixture
def content(engine: Engine, tmp_path: Path, store: SnapshotStore) -> tuple[Proof, Written]:
    a_captured_case(engine, store)
    parts, made = proof(engine, tmp_path), unsealed(engine, tmp_path)
    manifest, key = store.get(made.package.manifest_sha256), parts.ring.current()
    signed = (made.package.signature, key.public_pem)
    written = Written(
        name=made.package.name,
        manifest=manifest,
        signature=made.package.signature,
        key=key,
        sealing=sealing(manifest, signed, [], [], []),
        custody=[],
        roots=b"",
    )
    return parts, written


def test_the_same_content_makes_the_same_bytes(
    content: tuple[Proof, Written], tmp_path: Path
) -> None:
    parts, written = content
    first = write_package(parts.store, written, tmp_path / "a.wacz")
    assert write_package(parts.store, written, tmp_path / "b.wacz") == first
    assert (tmp_path / "a.wacz").read_bytes() == (tmp_path / "b.wacz").read_bytes()


def test_a_full_disk_leaves_the_old_file_and_no_part_of_the_new(
    content: tuple[Proof, Written], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts, written = content
    path = tmp_path / "package" / "a.wacz"
    write_package(parts.store, written, path)
    before = path.read_bytes()

    def full(*_: object) -> Iterator[bytes]:
        yield b"some"
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(writing, "contents", full)
    with pytest.raises(Problem, match="disk is full"):
        write_package(parts.store, written, path)
    assert path.read_bytes() == before
    assert [one.name for one in path.parent.iterdir()] == ["a.wacz"]


def test_a_file_changed_in_the_store_is_never_packed(
    content: tuple[Proof, Written], tmp_path: Path
) -> None:
    parts, written = content
    sha256 = json.loads(written.manifest)["artefacts"][0]["sha256"]
    (tmp_path / "snapshots" / sha256[:2] / sha256[2:4] / sha256).write_bytes(b"x")
    with pytest.raises(Problem, match="was changed"):
        write_package(parts.store, written, tmp_path / "a.wacz")
    assert not (tmp_path / "a.wacz").exists()


# Settings.


def test_authorities_without_roots_are_refused(engine: Engine, tmp_path: Path) -> None:
    settings = read_settings({"CERTSWEEP_HOME": str(tmp_path), "CERTSWEEP_TSA": DOWN})
    with pytest.raises(Problem, match="names no file of roots"):
        proof_of(settings, engine)


def test_authorities_are_read_with_commas_between(
    engine: Engine, tmp_path: Path, authority: TrialAuthority
) -> None:
    named = {
        "CERTSWEEP_HOME": str(tmp_path),
        "CERTSWEEP_TSA": " http://a.test/ ,http://b.test/,, http://a.test/",
        "CERTSWEEP_TSA_ROOTS": str(authority.roots),
    }
    parts = proof_of(read_settings(named), engine)
    assert parts.authorities == ("http://a.test/", "http://b.test/")
    assert len(parts.roots) == 1


def test_a_roll_of_a_mistyped_authority_is_stamped_by_the_next_one(
    engine: Engine, tmp_path: Path, store: SnapshotStore, authority: TrialAuthority
) -> None:
    a_captured_case(engine, store)
    wrong = proof(engine, tmp_path, authority, DOWN)
    roll_captures(wrong)
    assert [one.answer.reason for one in work_off(wrong)] == ["unreachable"]
    with authority.served() as url:
        right = proof(engine, tmp_path, authority, url)
        assert roll_captures(right) == []  # it stands in its roll already
        assert [one.answer.reason for one in work_off(right, everything=True)] == [""]
        assert roll_captures(right) == work_off(right, everything=True) == []
        packed = package_case(right, CASE, tmp_path / "out", BY)
    assert (packed.lacks, examine(packed.path).code) == ((), 0)


def test_an_authority_added_later_is_not_asked_for_what_was_stamped_before(
    engine: Engine, tmp_path: Path, store: SnapshotStore, authority: TrialAuthority
) -> None:
    a_captured_case(engine, store)
    with authority.served() as url:
        parts = proof(engine, tmp_path, authority, url)
        roll_captures(parts)
        work_off(parts)
        more = proof(engine, tmp_path, authority, url, DOWN)
        roll_captures(more)
        assert work_off(more, everything=True) == []


def test_a_capture_without_a_stamp_of_its_own_is_missing_from_a_sealed_package(
    engine: Engine, tmp_path: Path, store: SnapshotStore, authority: TrialAuthority
) -> None:
    a_case(engine)
    made = capture(store)
    with write(engine) as connection:
        keep(connection, made)  # custody knows nothing of it: no roll bears it
    with authority.served() as url:
        parts = proof(engine, tmp_path, authority, url)
        packed = package_case(parts, CASE, tmp_path / "out", BY)
    report = examine(packed.path)
    assert (packed.sealing.state, report.code) == ("sealed", 4)
    assert report.missing == [("undated", f"capture:{made.id}", "none")]
    assert [lack.what for lack in packed.lacks] == ["undated"]


@pytest.mark.parametrize(
    "url", ["乱写", "tsa.example", "ftp://tsa.example/", "http://", "http://me:word@tsa.example/"]
)
def test_an_authority_that_is_no_address_is_refused_before_anything_is_done(
    engine: Engine, tmp_path: Path, authority: TrialAuthority, url: str
) -> None:
    settings = {
        "CERTSWEEP_HOME": str(tmp_path),
        "CERTSWEEP_TSA": f"http://good.example/,{url}",
        "CERTSWEEP_TSA_ROOTS": str(authority.roots),
    }
    with pytest.raises(Problem) as told:
        proof_of(read_settings(settings), engine)
    assert "CERTSWEEP_TSA" in told.value.text.zh
    assert "me:word" not in told.value.text.zh
