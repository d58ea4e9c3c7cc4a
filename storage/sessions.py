"""Logins that operators made by hand, each in a file of its own, encrypted; sweeps only read them.

A file is MAGIC, 16 bytes of salt, 12 of nonce, then AES-256-GCM of the JSON; the key is scrypt of
the office's secret and the salt. The source's name is authenticated with it, so that one source's
login cannot be passed off as another's.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from storage.bilingual import Problem
from storage.database import explained

MAGIC = b"certsweep-login-1\n"
SALT, NONCE = 16, 12
ENDING = ".login"


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    source: str
    saved_at: datetime
    saved_by: str
    state: Mapping[str, Any]  # cookies and local storage, as Playwright saves them

    def ended(self, names: tuple[str, ...], now: datetime) -> bool:
        """Whether every cookie that makes the login has run out; a cookie without a date has not.

        `names`: the cookies that stand for a login on this platform; none known: never.
        """
        dates = [
            float(cookie.get("expires", -1))
            for cookie in self.state.get("cookies", [])
            if cookie.get("name") in names
        ]
        return bool(dates) and all(0 < date < now.timestamp() for date in dates)


class SessionStore:
    """`secret` encrypts; the same one must be given to read."""

    def __init__(self, folder: Path, secret: bytes) -> None:
        self._folder = folder
        self._secret = secret

    def save(self, session: Session) -> Path:
        """Write the file anew, readable by its owner alone."""
        told = {
            "saved_at": session.saved_at.isoformat(),
            "saved_by": session.saved_by,
            "state": session.state,
        }
        salt, nonce = secrets.token_bytes(SALT), secrets.token_bytes(NONCE)
        plain = json.dumps(told, ensure_ascii=False).encode()
        sealed = AESGCM(self._key(salt)).encrypt(nonce, plain, session.source.encode())
        path = self._path(session.source)
        with explained():
            write_private(path, MAGIC + salt + nonce + sealed)
        return path

    def load(self, source: str) -> Session | None:
        """None where nobody has logged in. Raises Problem for a file that cannot be opened."""
        path = self._path(source)
        if not path.exists():
            return None
        with explained():
            data = path.read_bytes()
        head, rest = data[: len(MAGIC)], data[len(MAGIC) :]
        salt, nonce, sealed = rest[:SALT], rest[SALT : SALT + NONCE], rest[SALT + NONCE :]
        if head != MAGIC or len(nonce) < NONCE:
            raise unreadable(source)
        try:
            plain = AESGCM(self._key(salt)).decrypt(nonce, sealed, source.encode())
        except InvalidTag as error:
            raise unreadable(source) from error
        told = json.loads(plain)
        return Session(
            source=source,
            saved_at=datetime.fromisoformat(told["saved_at"]).astimezone(UTC),
            saved_by=told["saved_by"],
            state=told["state"],
        )

    def forget(self, source: str) -> bool:
        """Throw the login away; False where there was none."""
        path = self._path(source)
        there = path.exists()
        path.unlink(missing_ok=True)
        return there

    def names(self) -> list[str]:
        return sorted(path.stem for path in self._folder.glob(f"*{ENDING}"))

    def _path(self, source: str) -> Path:
        return self._folder / f"{source}{ENDING}"

    def _key(self, salt: bytes) -> bytes:
        # OWASP's figures for scrypt (2023): 16 MB and about 50 ms.
        return Scrypt(salt=salt, length=32, n=1 << 14, r=8, p=1).derive(self._secret)


def write_private(path: Path, data: bytes) -> None:
    """A whole file or none, mode 0600 from the first byte on."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    half = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)


def unreadable(source: str) -> Problem:
    return Problem(
        f"来源 {source} 的登录文件解不开：密钥（CERTSWEEP_SECRET 或密钥文件）变了，或文件被改动。"
        f"请管理员恢复密钥，或重新登录：certsweep login {source}",
        f"The login of {source} cannot be opened: the secret (CERTSWEEP_SECRET or the key file) "
        f"is another one, or the file was changed. Restore the secret, or log in again: "
        f"certsweep login {source}",
    )


def kept_logins(home: Path) -> set[str]:
    """Sources somebody has logged in to; whether the login still holds, their state tells."""
    return {path.stem for path in (home / "logins").glob(f"*{ENDING}")}
