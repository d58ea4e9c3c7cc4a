"""The office's secret: from the environment, or from a key file beside the data, 0600."""

from __future__ import annotations

import secrets
from pathlib import Path

from door.settings import Settings
from storage.bilingual import Problem
from storage.database import explained
from storage.sessions import SessionStore, write_private

KEY_FILE = "secret.key"
SHORTEST = 16  # characters of CERTSWEEP_SECRET


def sessions_of(settings: Settings) -> SessionStore | None:
    """The store of logins; None where no secret exists yet.

    Raises Problem for a secret that is too short or a key file that others may read.
    """
    secret = secret_of(settings)
    return SessionStore(settings.home / "logins", secret) if secret is not None else None


def keeping_store(settings: Settings) -> SessionStore:
    """The same to keep a login in: a key file is made where no secret exists. Raises Problem."""
    secret = secret_of(settings)
    if secret is None:
        with explained():
            write_private(settings.home / KEY_FILE, secrets.token_hex(32).encode())
        secret = kept_secret(settings.home / KEY_FILE)
    return SessionStore(settings.home / "logins", secret)


def secret_of(settings: Settings) -> bytes | None:
    if settings.secret:
        if len(settings.secret) < SHORTEST:
            raise Problem(
                f"CERTSWEEP_SECRET 太短：请至少用 {SHORTEST} 个字符，或取消它改用密钥文件。",
                f"CERTSWEEP_SECRET is too short: use {SHORTEST} characters or more, or unset it "
                "for a key file.",
            )
        return settings.secret.encode()
    path = settings.home / KEY_FILE
    return kept_secret(path) if path.exists() else None


def kept_secret(path: Path) -> bytes:
    with explained():
        if path.stat().st_mode & 0o077:
            raise Problem(
                f"密钥文件 {path} 别人也能读，没有使用它。请运行：chmod 600 {path}",
                f"The key file {path} can be read by others and was not used. Run: "
                f"chmod 600 {path}",
            )
        secret = path.read_bytes().strip()
    if len(secret) < SHORTEST:
        raise Problem(
            f"密钥文件 {path} 是空的或太短；请从备份恢复，或删除它后重新登录各来源。",
            f"The key file {path} is empty or too short; restore it from a backup, or delete it "
            "and log in to the sources again.",
        )
    return secret
