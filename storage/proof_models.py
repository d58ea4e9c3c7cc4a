"""The tables of proof: who did what to evidence, what was stamped by whom, what was packed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import BIG_ID
from storage.models import Base, core


class CustodyModel(Base):
    """The chain of custody. Append-only: triggers refuse UPDATE and DELETE.

    `at` is text: the hash of a line is taken over it, so it must come back sign for sign.
    """

    __tablename__ = "custody"
    __table_args__ = (UniqueConstraint("prev"), UniqueConstraint("hash"))

    seq: Mapped[int] = mapped_column(BIG_ID, primary_key=True, autoincrement=False)
    at: Mapped[str]
    who: Mapped[str]
    what: Mapped[str]
    subject: Mapped[str] = mapped_column(index=True)
    sha256: Mapped[str]
    prev: Mapped[str]  # hash of the line before; "" for the first
    hash: Mapped[str]


class StampModel(Base):
    """One timestamp wanted of one authority over one hash, until it is granted."""

    __tablename__ = "timestamps"
    __table_args__ = (
        UniqueConstraint("sha256", "authority"),
        CheckConstraint("state IN ('waiting','granted')", "state"),
        CheckConstraint("(state = 'granted') = (token IS NOT NULL)", "token"),
    )

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    sha256: Mapped[str]  # of the manifest; its bytes lie in the snapshot store
    authority: Mapped[str]  # URL
    state: Mapped[str]
    reason: Mapped[str]  # why the last try failed, in one word; "" before the first
    detail: Mapped[str]  # the same in the authority's or the system's own words
    tries: Mapped[int]
    due_at: Mapped[datetime]
    tried_at: Mapped[datetime | None]
    stamped_at: Mapped[datetime | None]  # the time the authority gave
    token: Mapped[bytes | None] = mapped_column(LargeBinary)  # the answer whole, DER


class RollModel(Base):
    """Which roll bears which capture's hash: one timestamp over a roll dates all its captures."""

    __tablename__ = "capture_rolls"

    capture_sha256: Mapped[str] = mapped_column(primary_key=True)  # of the canonical record
    roll_sha256: Mapped[str] = mapped_column(index=True)  # its bytes lie in the snapshot store


class PackageModel(Base):
    """One manifest of a case and the package made of it."""

    __tablename__ = "evidence_packages"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    name: Mapped[str] = mapped_column(unique=True)  # EV-<case>-<12 hex>.wacz
    manifest_sha256: Mapped[str] = mapped_column(unique=True)
    signature: Mapped[bytes]  # of the manifest, Ed25519
    key_id: Mapped[str]
    made_at: Mapped[datetime]
    made_by: Mapped[str]
    state: Mapped[str]  # "sealed", "pending" or "failed", when the file was written last
    folder: Mapped[str]  # where it was written last
    sha256: Mapped[str]  # of the file as written last; "" before


custody = core(CustodyModel)
timestamps = core(StampModel)
capture_rolls = core(RollModel)
evidence_packages = core(PackageModel)
