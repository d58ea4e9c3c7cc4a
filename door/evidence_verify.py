"""Verifying a package from the command line: the same code as in the package, and our own keys."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine

from door.misuse import WrongUse
from door.settings import Settings
from evidence.measuring import measure
from evidence.report import Report
from evidence.signing import KeyRing
from evidence.standalone import standalone
from evidence.verifier import examine
from evidence.verify_main import FINGERPRINT, NO_FINGERPRINT
from storage.custody import Act, record
from storage.database import explained, write
from storage.packages import packages_with

OTHER_SCRIPT = (
    "包内的 verify.py 与本机版本的不同（可能由别的版本制作）；请用您自己的一份验证。",
    "The verify.py in it is not this version's (another version may have made it); use your own.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    file: Path
    key: str = ""  # fingerprint it must be signed with; "" for one of our own keys
    roots: Path | None = None  # PEM; None for the office's own, then the package's


def verified(settings: Settings, asked: Asked) -> tuple[Report, str]:
    """What the verifier says, and the SHA-256 of the file; Problem for one that cannot be read."""
    key = asked.key.strip().lower()
    if key and not FINGERPRINT.fullmatch(key):
        raise WrongUse(*NO_FINGERPRINT)
    own = Path(settings.tsa_roots) if settings.tsa_roots else None
    path, known = asked.roots or own, KeyRing(settings.home / "keys").public_keys()
    with explained():
        roots = path.read_bytes() if path else b""
        report = examine(asked.file, key, roots, known)
        with asked.file.open("rb") as file:
            sha256 = measure(file, "").sha256
    if report.code != 1 and other_script(report):
        report.remark(OTHER_SCRIPT)
    return report, sha256


def other_script(report: Report) -> bool:
    """Whether the script in a package that holds is not the one we would put into it."""
    ours = hashlib.sha256(standalone()).hexdigest()
    return any(
        row["path"] == "evidence/verify.py" and row["sha256"] != ours
        for row in report.facts["manifest"]["artefacts"]
    )


def note_verified(engine: Engine, report: Report, sha256: str, by: str) -> bool:
    """Let custody keep that one of our packages was verified, under the name that we gave it.

    False, and nothing kept, of what was disproved or is not ours: custody would tell the next
    package's readers of a stranger's file.
    """
    manifest = report.facts.get("seal", {}).get("manifest", "")
    if report.code not in {0, 3, 4}:
        return False
    with write(engine) as connection:
        packages = packages_with(connection, [manifest])
        for package in packages:
            act = Act(
                who=by,
                what="verified" if report.sealed else "examined",
                subject=f"package:{package.name}",
                sha256=sha256,
                at=datetime.now(UTC),
            )
            record(connection, act)
    return bool(packages)
