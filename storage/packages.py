"""The register of evidence packages: which manifest of which case, signed by which key."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, insert, select, update

from storage.columns import AnyRow
from storage.proof_models import evidence_packages


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    case_id: int
    name: str  # EV-<case>-<first 12 hex digits of the manifest's hash>.wacz
    manifest_sha256: str  # its bytes lie in the snapshot store
    signature: bytes
    key_id: str
    made_at: datetime
    made_by: str
    state: str = "pending"  # "sealed", "pending" or "failed", as written last
    folder: str = ""  # where it was written last
    sha256: str = ""  # of the file as written last

    @property
    def path(self) -> Path:
        return Path(self.folder) / self.name


COLUMNS = [evidence_packages.c[name] for name in Package.__dataclass_fields__]


def register(connection: Connection, package: Package) -> None:
    """Add a package; raises IntegrityError for a manifest that is registered already."""
    values = {name: getattr(package, name) for name in Package.__dataclass_fields__}
    connection.execute(insert(evidence_packages).values(values))


def written(connection: Connection, name: str, state: str, folder: Path, sha256: str) -> None:
    """Note where the file of a package lies now, and what it is worth."""
    statement = update(evidence_packages).where(evidence_packages.c.name == name)
    connection.execute(statement.values(state=state, folder=str(folder), sha256=sha256))


def packages_of(connection: Connection, case_id: int) -> list[Package]:
    """All packages of a case, the oldest first."""
    wanted = evidence_packages.c.case_id == case_id
    statement = select(*COLUMNS).where(wanted).order_by(evidence_packages.c.id)
    return [package_of(row) for row in connection.execute(statement)]


def packages_with(connection: Connection, manifests: Iterable[str]) -> list[Package]:
    """The packages of these manifests, the oldest first."""
    wanted = evidence_packages.c.manifest_sha256.in_(list(manifests))
    statement = select(*COLUMNS).where(wanted).order_by(evidence_packages.c.id)
    return [package_of(row) for row in connection.execute(statement)]


def every_package(connection: Connection) -> list[Package]:
    statement = select(*COLUMNS).order_by(evidence_packages.c.id)
    return [package_of(row) for row in connection.execute(statement)]


def package_of(row: AnyRow) -> Package:
    return Package(**row._mapping)
