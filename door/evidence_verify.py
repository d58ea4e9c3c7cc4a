"""Verifying a package from the command line: the same code as in the package, and our own keys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine

from door.settings import Settings
from door.speech import t
from evidence.measuring import measure
from evidence.signing import KeyRing
from evidence.verifier import Report, examine
from storage.custody import Act, record
from storage.database import explained, write


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    file: Path
    key: str = ""  # fingerprint it must be signed with
    roots: Path | None = None  # PEM; None for the office's own, then the package's


def verified(settings: Settings, asked: Asked) -> tuple[Report, str]:
    """What the verifier says, and the SHA-256 of the file; Problem for one that cannot be read."""
    own = Path(settings.tsa_roots) if settings.tsa_roots else None
    path = asked.roots or own
    with explained():
        roots = path.read_bytes() if path else b""
        report = examine(asked.file, asked.key.strip().lower(), roots)
        with asked.file.open("rb") as file:
            return report, measure(file, "").sha256


def whose_key(settings: Settings, report: Report) -> str:
    key = str(report.facts.get("key", ""))
    if not key:
        return t("没有可读的公钥。", "No key could be read.")
    if key in KeyRing(settings.home / "keys").public_keys():
        return t(f"公钥 {key}：本机关的。", f"Key {key}: this office's own.")
    return t(
        f"公钥 {key}：不是本机关的，请与出具机关核对。",
        f"Key {key}: not this office's; ask the office that made it.",
    )


def note_verified(engine: Engine, name: str, sha256: str, by: str) -> None:
    act = Act(
        who=by, what="verified", subject=f"package:{name}", sha256=sha256, at=datetime.now(UTC)
    )
    with write(engine) as connection:
        record(connection, act)
