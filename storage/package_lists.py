"""Evidence packages as the desk lists them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, Engine, func, select

from storage.database import read
from storage.packages import COLUMNS, Package, package_of
from storage.proof_models import evidence_packages, timestamps

PAGE = 50


def find_packages(
    engine: Engine, case_id: int | None = None, before: int | None = None
) -> tuple[list[Package], int | None]:
    """A page of packages, the newest first, and where the next one begins."""
    statement = select(evidence_packages.c.id, *COLUMNS)
    if case_id is not None:
        statement = statement.where(evidence_packages.c.case_id == case_id)
    if before is not None:
        statement = statement.where(evidence_packages.c.id < before)
    statement = statement.order_by(evidence_packages.c.id.desc()).limit(PAGE + 1)
    with read(engine) as connection:
        rows = connection.execute(statement).all()
    end = rows[PAGE - 1].id if len(rows) > PAGE else None
    return [
        Package(**{k: v for k, v in row._mapping.items() if k != "id"}) for row in rows[:PAGE]
    ], end


def never_stamped(engine: Engine, packages: Sequence[Package]) -> frozenset[str]:
    """Hashes of the manifests that no authority was ever asked for: nothing is to come for them."""
    every = frozenset(one.manifest_sha256 for one in packages)
    asked = select(timestamps.c.sha256).where(timestamps.c.sha256.in_(every))
    with read(engine) as connection:
        return every - frozenset(connection.execute(asked).scalars())


def named_package(connection: Connection, name: str) -> Package | None:
    statement = select(*COLUMNS).where(evidence_packages.c.name == name)
    row = connection.execute(statement).one_or_none()
    return package_of(row) if row is not None else None


def stamps_waiting(engine: Engine) -> int:
    """Timestamps that an authority was asked for and has not granted."""
    statement = select(func.count()).where(timestamps.c.state == "waiting")
    with read(engine) as connection:
        return int(connection.execute(statement).scalar_one())
