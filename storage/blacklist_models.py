"""The blacklist (黑名单): entries, and every version of each."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.models import Base, core


class EntryModel(Base):
    """Who is listed. What is said of it stands in its versions; this row never changes."""

    __tablename__ = "blacklist_entries"
    __table_args__ = (
        UniqueConstraint("kind", "value"),
        CheckConstraint(
            "kind IN ('name','host','account','phone','wechat','qq','icp','qr')", "kind"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    value: Mapped[str]  # as keys are compared
    shown: Mapped[str]  # as it was written


class VersionModel(Base):
    """What a person said of an entry. Append-only; the newest counts."""

    __tablename__ = "blacklist_versions"
    __table_args__ = (
        UniqueConstraint("entry_id", "version"),
        CheckConstraint(
            "act IN ('added','changed','appealed','upheld','removed','relisted')", "act"
        ),
        CheckConstraint("ends IS NULL OR ends >= starts", "ends"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("blacklist_entries.id"), index=True)
    version: Mapped[int]
    act: Mapped[str]
    at: Mapped[datetime]
    who: Mapped[str]
    reason: Mapped[str]
    legal_basis: Mapped[str]
    starts: Mapped[date]
    ends: Mapped[date | None]  # the last day; NULL: until removed
    note: Mapped[str]  # of this act: what the appeal says, why it was removed
    source: Mapped[str]  # case, decision or file it rests on


blacklist_entries = core(EntryModel)
blacklist_versions = core(VersionModel)
