"""Tables of the sources: how well each is read, what was read through, what leads there were."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import BIG_ID
from storage.models import Base, core


class SourceModel(Base):
    """How well a source could be read, as its last run and its last canary told."""

    __tablename__ = "sources"
    __table_args__ = (
        CheckConstraint(
            "state IN ('good','blocked','changed','expired','failing','unknown')", "state"
        ),
    )

    name: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    reason: Mapped[str]  # machine word of the state, "" when good
    since: Mapped[datetime]  # when it came into this state
    last_run: Mapped[datetime]
    last_good: Mapped[datetime | None]  # when a page of it was last read
    pages: Mapped[int] = mapped_column(default=0)  # of the last run, as the counts below
    posts: Mapped[int] = mapped_column(default=0)
    flagged: Mapped[int] = mapped_column(default=0)
    canary_at: Mapped[datetime | None]  # when the words that always have results were last tried
    canary: Mapped[str] = mapped_column(default="")  # "good", "empty", or a state


class CoveredModel(Base):
    """Which times of a keyword's or an account's posts were read through; they never overlap."""

    __tablename__ = "covered"

    target_id: Mapped[int] = mapped_column(ForeignKey("targets.id"), primary_key=True)
    first: Mapped[datetime] = mapped_column(primary_key=True)
    last: Mapped[datetime]


class KeptPageModel(Base):
    """The bytes of a page that could not be read, so that somebody can see why."""

    __tablename__ = "kept_pages"

    url_id: Mapped[int] = mapped_column(BIG_ID, ForeignKey("urls.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)  # as a snapshot's
    sha256: Mapped[str]
    size: Mapped[int] = mapped_column(BIG_ID)


class LeadModel(Base):
    """What a flagged page or a search led to, and what was made of it."""

    __tablename__ = "leads"
    __table_args__ = (
        UniqueConstraint("kind", "value"),
        CheckConstraint("kind IN ('site','url','contact')", "kind"),
        CheckConstraint("state IN ('taken','refused')", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    value: Mapped[str]
    found_on: Mapped[str]  # URL of the page
    why: Mapped[str]  # one Chinese sentence
    found_at: Mapped[datetime]
    sweep_id: Mapped[int] = mapped_column(ForeignKey("sweeps.id"))
    state: Mapped[str]
    note: Mapped[str] = mapped_column(default="")  # why it was refused
    target_id: Mapped[int | None] = mapped_column(ForeignKey("targets.id"))


sources = core(SourceModel)
covered = core(CoveredModel)
kept_pages = core(KeptPageModel)
leads = core(LeadModel)
