"""The signing key: made once, its owner's alone, changed without losing old signatures."""

from __future__ import annotations

import hashlib
import json
import stat
from pathlib import Path
from threading import Barrier, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as some

from evidence.openssl_checks import DISPROVED, PROVED, UNCHECKED, der_of, signature_holds
from evidence.signing import KeyRing, holds
from storage.bilingual import Problem
from tests.makers import NOON


def test_the_first_use_makes_a_key_and_the_next_finds_it(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path / "keys")
    assert ring.current_id() == ""
    first = ring.current()
    assert KeyRing(tmp_path / "keys").current().id == first.id == ring.current_id()
    assert list(ring.public_keys()) == [first.id]


def test_the_private_key_is_its_owners_alone(tmp_path: Path) -> None:
    KeyRing(tmp_path / "keys").current()
    assert stat.S_IMODE((tmp_path / "keys" / "signing.pem").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700


def test_the_id_is_what_openssl_and_sha256_make_of_the_public_key(tmp_path: Path) -> None:
    key = KeyRing(tmp_path).current()
    assert hashlib.sha256(der_of(key.public_pem)).hexdigest() == key.id


def test_two_processes_at_first_use_make_one_key(tmp_path: Path) -> None:
    start, found = Barrier(4), []

    def first_use() -> None:
        start.wait()
        found.append(KeyRing(tmp_path / "keys").current().id)

    threads = [Thread(target=first_use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1


def test_a_key_that_others_may_read_is_not_used(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path)
    ring.current()
    (tmp_path / "signing.pem").chmod(0o644)
    with pytest.raises(Problem, match="read by others"):
        ring.current()


@pytest.mark.parametrize("content", [b"", b"nonsense", b"-----BEGIN PRIVATE KEY-----\n"])
def test_a_broken_key_is_said_and_not_replaced(tmp_path: Path, content: bytes) -> None:
    ring = KeyRing(tmp_path)
    ring.current()
    (tmp_path / "signing.pem").write_bytes(content)
    with pytest.raises(Problem, match="no Ed25519 key"):
        ring.current()
    assert (tmp_path / "signing.pem").read_bytes() == content


def test_a_lost_key_is_not_silently_made_anew(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path)
    ring.current()
    (tmp_path / "signing.pem").unlink()
    with pytest.raises(Problem, match="is gone"):
        ring.current()


def test_after_a_rotation_old_signatures_still_verify(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path)
    old = ring.current()
    signature = old.sign(b"manifest")
    ring.rotate("王某", NOON)
    new = ring.current()
    assert new.id != old.id
    assert set(ring.public_keys()) == {old.id, new.id}
    assert holds(ring.public_keys()[old.id], signature, b"manifest")
    assert not holds(new.public_pem, signature, b"manifest")


def test_the_old_key_signs_who_follows_it(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path)
    old = ring.current()
    rotation = ring.rotate("王某", NOON)
    assert holds(old.public_pem, rotation.signature, rotation.statement)
    told = json.loads(rotation.statement)
    assert (told["old"], told["new"]) == (old.id, ring.current().id)
    assert told["new_pem"].encode() == ring.current().public_pem
    kept = tmp_path / "rotations" / f"{rotation.new}.json"
    assert kept.read_bytes() == rotation.statement


def test_there_is_nothing_to_rotate_before_the_first_key(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="no key yet"):
        KeyRing(tmp_path / "keys").rotate("王某", NOON)


@given(some.binary(max_size=200), some.data())
def test_no_flipped_bit_of_data_signature_or_key_verifies(
    tmp_path_factory: pytest.TempPathFactory, message: bytes, data: some.DataObject
) -> None:
    key = KeyRing(tmp_path_factory.getbasetemp() / "one-ring").current()
    parts = {"pem": key.public_pem, "signature": key.sign(message), "message": message}
    assert holds(parts["pem"], parts["signature"], parts["message"])
    name = data.draw(some.sampled_from(sorted(one for one in parts if parts[one])))
    place = data.draw(some.integers(0, len(parts[name]) - 1))
    bit = 1 << data.draw(some.integers(0, 7))
    changed = bytearray(parts[name])
    changed[place] ^= bit
    parts[name] = bytes(changed)
    if name == "pem":  # a reader of PEM may be lenient, so the verifier asks for its one spelling
        assert der_of(parts["pem"]) != der_of(key.public_pem)
    else:
        assert not holds(parts["pem"], parts["signature"], parts["message"])


def test_openssl_says_the_same(tmp_path: Path) -> None:
    key = KeyRing(tmp_path).current()
    signature = key.sign(b"message")
    assert signature_holds(b"message", signature, key.public_pem)[0] == PROVED
    assert signature_holds(b"massage", signature, key.public_pem)[0] == DISPROVED
    assert signature_holds(b"message", bytes(64), key.public_pem)[0] == DISPROVED
    assert signature_holds(b"message", b"short", key.public_pem)[0] == DISPROVED
    assert signature_holds(b"message", signature, b"no key")[0] != PROVED


def test_without_openssl_nothing_is_called_proved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = KeyRing(tmp_path).current()
    monkeypatch.setenv("PATH", str(tmp_path))
    assert signature_holds(b"m", key.sign(b"m"), key.public_pem)[0] == UNCHECKED
