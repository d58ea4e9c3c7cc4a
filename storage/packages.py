"""The register of evidence packages: which manifest of which case, signed by which key."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, exists, insert, select, update

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
    folder: str = ""  # where it was written last, or is to be
    sha256: str = ""  # of the file as written last; "" before the first time

    @property
    def path(self) -> Path:
        return Path(self.folder) / self.name


COLUMNS = [evidence_packages.c[name] for name in Package.__dataclass_fields__]


def register(connection: Connection, package: Package) -> None:
    """Add a package; raises IntegrityError for a manifest that is registered already."""
    values = {name: getattr(package, name) for name in Package.__dataclass_fields__}
    connection.execute(insert(evidence_packages).values(values))


def written(connection: Connection, old: Package, state: str, folder: Path, sha256: str) -> bool:
    """Note where the file of a package lies now, and what it is worth.

    False, and nothing noted, where another process wrote it since `old` was read.
    """
    same = (evidence_packages.c.name == old.name) & (evidence_packages.c.sha256 == old.sha256)
    values = {"state": state, "folder": str(folder), "sha256": sha256}
    return connection.execute(update(evidence_packages).where(same).values(values)).rowcount == 1


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


def unsealed(connection: Connection, key_id: str) -> list[Package]:
    """Packages signed with this key that were not sealed when they were written last, if ever."""
    wanted = (evidence_packages.c.state != "sealed") & (evidence_packages.c.key_id == key_id)
    statement = select(*COLUMNS).where(wanted).order_by(evidence_packages.c.id)
    return [package_of(row) for row in connection.execute(statement)]


def left_behind(connection: Connection, key_id: str) -> list[Package]:
    """Packages not sealed and signed with another key than this: nobody can complete them. One
    whose case has a newer package since is not worth telling."""
    newer = evidence_packages.alias("newer")
    followed = (newer.c.case_id == evidence_packages.c.case_id) & (
        newer.c.id > evidence_packages.c.id
    )
    wanted = (evidence_packages.c.state != "sealed") & (evidence_packages.c.key_id != key_id)
    statement = select(*COLUMNS).where(wanted, ~exists().where(followed))
    return [
        package_of(row) for row in connection.execute(statement.order_by(evidence_packages.c.id))
    ]


def every_package(connection: Connection) -> list[Package]:
    statement = select(*COLUMNS).order_by(evidence_packages.c.id)
    return [package_of(row) for row in connection.execute(statement)]


def package_of(row: AnyRow) -> Package:
    return Package(**row._mapping)
