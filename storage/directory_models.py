"""The tables of the directory of filed bodies, which a person imports."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import BIG_ID
from storage.models import Base, core


class EditionModel(Base):
    """One list of filed bodies as it stood on a day. Editions are only ever added."""

    __tablename__ = "directory_editions"
    __table_args__ = (UniqueConstraint("name", "as_of", "sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]  # of the list: a later edition of the same name takes its place
    as_of: Mapped[date]
    source: Mapped[str]  # the file's name
    sha256: Mapped[str]  # of the file
    imported_at: Mapped[datetime]
    imported_by: Mapped[str]
    rows: Mapped[int]
    bodies: Mapped[int]


class FilingModel(Base):
    """What one body may do, by one edition."""

    __tablename__ = "directory_rows"
    __table_args__ = (Index("ix_directory_rows_body", "edition_id", "body"),)

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("directory_editions.id"))
    body: Mapped[str]
    kind: Mapped[str]
    occupation: Mapped[str]
    trade: Mapped[str]
    level: Mapped[str]
    audience: Mapped[str]
    region: Mapped[str]
    filing_no: Mapped[str]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]


directory_editions = core(EditionModel)
directory_rows = core(FilingModel)
