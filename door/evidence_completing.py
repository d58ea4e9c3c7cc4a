"""Completing packages whose timestamps came, whichever run brought them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from door.evidence_parts import Proof
from door.evidence_run import Packed, write_again
from door.evidence_stamps import CLOCKWORK
from evidence.comparing import front
from evidence.layout import SEAL
from evidence.measuring import measure
from evidence.report import Wrong, parsed
from evidence.timestamps import token_holds
from storage.bilingual import Problem
from storage.database import explained, read
from storage.packages import Package, packages_with, unsealed
from storage.stamps import stamps_over


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed:
    """A package after its timestamps came: written again, or why not."""

    package: Package
    packed: Packed | None
    problem: Problem | None = None  # None and not packed: its file lies there no more


def complete(proof: Proof, manifests: Sequence[str]) -> list[Completed]:
    """Write again the packages of these manifests, and all that an earlier run left behind.

    A run can end between a timestamp and the writing: killed, the disk full, the folder away. What
    it left is found by comparing the file with the timestamps there are.
    """
    with read(proof.engine) as connection:
        packages = packages_with(connection, manifests)
        rest = unsealed(connection, proof.ring.current_id())
    known = {package.name for package in packages}
    packages += [one for one in rest if one.name not in known and behind(proof, one)]
    return [completed(proof, package) for package in packages]


def behind(proof: Proof, package: Package) -> bool:
    """Whether a package lies in its folder with less than there is to put into it."""
    if not package.sha256:  # registered and never written: the process that meant to is gone
        return bool(package.folder) and Path(package.folder).is_dir()
    with read(proof.engine) as connection:
        stamps = stamps_over(connection, [package.manifest_sha256])
    granted = sum(
        one.token is not None and token_holds(one.token, one.sha256, proof.roots) for one in stamps
    )
    if not granted or not package.path.exists():
        return False
    with explained(), package.path.open("rb") as file:
        if measure(file, "").sha256 != package.sha256:
            return True
    return borne(package.path) < granted


def borne(path: Path) -> int:
    """How many timestamps over its manifest the file bears, as its seal says; 0 for no package."""
    try:
        with explained(), path.open("rb") as file:
            seal = parsed(SEAL, front(file, SEAL))
        return sum(bool(row["file"]) for row in seal["timestamps"])
    except (Wrong, KeyError, TypeError):
        return 0


def completed(proof: Proof, package: Package) -> Completed:
    gone = bool(package.sha256) and not package.path.exists()
    if not package.folder or gone:
        return Completed(package=package, packed=None)
    try:
        packed = write_again(proof, package, Path(package.folder), CLOCKWORK)
    except Problem as problem:  # one package that cannot be written must not hold up the others
        return Completed(package=package, packed=None, problem=problem)
    return Completed(package=package, packed=packed)
