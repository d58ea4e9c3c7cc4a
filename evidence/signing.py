"""The office's signing key: Ed25519, made on first use, in files beside the data, never in SQL.

`<home>/keys/signing.pem` is the private key in use (mode 0600). `<home>/keys/public/<id>.pem` holds
every public key there ever was, so that old signatures go on verifying; the id is the SHA-256 of
the key's SubjectPublicKeyInfo in DER. `<home>/keys/rotations/` holds what each old key signed about
its successor before it was destroyed; `<home>/keys/signed/` a signed note of each manifest and the
line of custody it stands behind, where the owner of the database has no hand.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from storage.bilingual import Problem
from storage.canonical import canonical
from storage.custody import stamp_of
from storage.database import explained
from storage.sessions import write_private

NOTE = "certsweep-signed/1"


@dataclass(frozen=True, slots=True)
class SigningKey:
    private: Ed25519PrivateKey

    @property
    def public_pem(self) -> bytes:
        return pem_of(self.private.public_key())

    @property
    def id(self) -> str:
        return key_id(self.private.public_key())

    def sign(self, data: bytes) -> bytes:
        """64 bytes; the same for the same data."""
        return self.private.sign(data)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """A new key in place of an old one, and what the old one signed about it."""

    old: str
    new: str
    by: str
    statement: bytes  # canonical JSON
    signature: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.statement).hexdigest()


def pem_of(public: Ed25519PublicKey) -> bytes:
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def key_id(public: Ed25519PublicKey) -> str:
    der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(der).hexdigest()


def holds(public_pem: bytes, signature: bytes, data: bytes) -> bool:
    """Whether the signature over the data is this key's; False for a key that is none."""
    try:
        public = load_pem_public_key(public_pem)
        if not isinstance(public, Ed25519PublicKey):
            return False
        public.verify(signature, data)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return False
    return True


class KeyRing:
    """The keys in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._private = folder / "signing.pem"

    def current(self) -> SigningKey:
        """The key in use, made where there is none.

        Raises Problem for a file that others may read or that holds no such key.
        """
        with self._alone():
            if not self._private.exists():
                self._refuse_silent_loss()
                self._take(Ed25519PrivateKey.generate())
            return self._kept()

    def current_id(self) -> str:
        """The id of the key in use; "" where there is none yet."""
        return self._kept().id if self._private.exists() else ""

    def rotate(self, by: str, now: datetime) -> Rotation:
        """Put a new key in place. The old one signs who follows it and is then destroyed."""
        with self._alone():
            if not self._private.exists():
                raise Problem(
                    "还没有密钥，不必更换。", "There is no key yet that could be changed."
                )
            old, new = self._kept(), Ed25519PrivateKey.generate()
            told = {
                "format": "certsweep-rotation/1",
                "old": old.id,
                "new": key_id(new.public_key()),
                "new_pem": pem_of(new.public_key()).decode(),
                "by": by,
                "at": stamp_of(now),
            }
            statement = canonical(told)
            rotation = Rotation(
                old=old.id,
                new=str(told["new"]),
                by=by,
                statement=statement,
                signature=old.sign(statement),
            )
            self._keep("rotations", f"{rotation.new}.json", statement)
            self._keep("rotations", f"{rotation.new}.sig", rotation.signature)
            self._take(new)
            return rotation

    def rotations(self) -> list[Rotation]:
        """Every change of keys that came to its end, the newest first.

        The one in use was put in place last: a statement that nothing leads to was never acted on.
        """
        found, key = [], self.current_id()
        while (rotation := self._rotation_to(key)) is not None:
            found.append(rotation)
            key = rotation.old
        return found

    def _rotation_to(self, key: str) -> Rotation | None:
        path = self._folder / "rotations" / f"{key}.json"
        with explained():
            if not path.exists():
                return None
            statement, signature = path.read_bytes(), path.with_suffix(".sig").read_bytes()
        told = json.loads(statement)
        return Rotation(
            old=told["old"], new=key, by=told["by"], statement=statement, signature=signature
        )

    def note_signed(self, manifest: str, seq: int, said: str) -> None:
        """Keep a signed note of a manifest's hash and of the line of custody that it names."""
        key = self.current()
        told = {"format": NOTE, "key": key.id, "manifest": manifest, "seq": seq, "hash": said}
        note = canonical(told)
        self._keep("signed", f"{manifest}.sig", key.sign(note))
        self._keep("signed", f"{manifest}.json", note)

    def signed_notes(self) -> Iterator[dict[str, Any]]:
        """Every note that holds; Problem for one that does not."""
        keys = self.public_keys()
        for path in sorted((self._folder / "signed").glob("*.json")):
            with explained():
                note, signature = path.read_bytes(), path.with_suffix(".sig").read_bytes()
            try:
                told: dict[str, Any] = json.loads(note)
                good = holds(keys.get(told["key"], b""), signature, note) and told["format"] == NOTE
            except (ValueError, KeyError, TypeError):
                good = False
            if not good:
                raise Problem(
                    f"{path} 被改动过：它的签名不成立。请从备份恢复 keys 文件夹。",
                    f"{path} was changed: its signature does not hold. Restore the folder keys "
                    "from a backup.",
                )
            yield told

    def public_keys(self) -> dict[str, bytes]:
        """PEM of every key there ever was, by its id."""
        with explained():
            return {
                path.stem: path.read_bytes()
                for path in sorted((self._folder / "public").glob("*.pem"))
            }

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Wait for whoever else has a hand on the keys: it takes moments."""
        with explained():
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            file = (self._folder / "keys.lock").open("a")
        with file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _refuse_silent_loss(self) -> None:
        """A lost private key is a person's affair: a new one would look like a stranger's."""
        if self.public_keys():
            raise Problem(
                f"签名私钥 {self._private} 不见了，而公钥还在；没有另造新的。请从备份恢复它，"
                "或确认丢失后移走 public 文件夹。",
                f"The private key {self._private} is gone while public keys are there; no new one "
                "was made. Restore it from a backup, or move the folder public away.",
            )

    def _take(self, private: Ed25519PrivateKey) -> None:
        # The public key first: a signature whose key was never kept could not be verified.
        self._keep("public", f"{key_id(private.public_key())}.pem", pem_of(private.public_key()))
        pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        with explained():
            write_private(self._private, pem)

    def _keep(self, folder: str, name: str, data: bytes) -> None:
        with explained():
            (self._folder / folder).mkdir(parents=True, exist_ok=True)
            write_private(self._folder / folder / name, data)

    def _kept(self) -> SigningKey:
        with explained():
            if self._private.stat().st_mode & 0o077:
                raise Problem(
                    f"签名私钥 {self._private} 别人也能读，没有使用它。请运行：chmod 600，"
                    "并考虑 certsweep evidence keys rotate。",
                    f"The private key {self._private} can be read by others and was not used. Run "
                    "chmod 600 on it, and think of certsweep evidence keys rotate.",
                )
            data = self._private.read_bytes()
        try:
            private = load_pem_private_key(data, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            private = None
        if not isinstance(private, Ed25519PrivateKey):
            raise Problem(
                f"{self._private} 里没有 Ed25519 私钥。请从备份恢复。",
                f"{self._private} holds no Ed25519 key. Restore it from a backup.",
            )
        return SigningKey(private)
