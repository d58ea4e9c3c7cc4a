"""The tables of the desk: people, their sessions, the audit, the second person, the tally."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import BIG_ID
from storage.models import Base, cases, core


class UserModel(Base):
    """Who may work at the desk. Never deleted: what a person did stays theirs."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(unique=True)  # folded; decisions and audit carry it
    name: Mapped[str]  # as colleagues call them
    roles: Mapped[list[Any]]
    password_hash: Mapped[str]
    must_change: Mapped[bool]  # the password was given by somebody else
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    disabled_at: Mapped[datetime | None]


class DeskSessionModel(Base):
    """Who is logged in. The token itself is with the browser only."""

    __tablename__ = "sessions"

    token_sha256: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    opened_at: Mapped[datetime]
    seen_at: Mapped[datetime]  # to the minute
    ends_at: Mapped[datetime]  # however busy it is
    closed_at: Mapped[datetime | None]
    address: Mapped[str]
    agent: Mapped[str]


class LoginAttemptModel(Base):
    __tablename__ = "login_attempts"
    __table_args__ = (
        Index("ix_login_attempts_login", "login", "at"),
        Index("ix_login_attempts_address", "address", "at"),
    )

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    login: Mapped[str]
    address: Mapped[str]
    at: Mapped[datetime]
    succeeded: Mapped[bool]


class AuditModel(Base):
    """Who did what, each line holding the hash of the one before. Append-only by triggers."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_about", "about", "id"), Index("ix_audit_actor", "actor"))

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)  # 1, 2, 3 … without a gap
    at: Mapped[datetime]
    actor: Mapped[str]
    act: Mapped[str]
    about: Mapped[str]  # "case:12", "user:wang", "export:…", "" for nothing in particular
    detail: Mapped[str]  # canonical JSON, text so that no database writes it anew
    previous: Mapped[str]
    hash: Mapped[str] = mapped_column(unique=True)


class SecondPersonModel(Base):
    """Which decisions a second person must confirm."""

    __tablename__ = "second_person"
    __table_args__ = (
        CheckConstraint("verdict IN ('violation','clean','transfer','doubt')", "verdict"),
    )

    verdict: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str] = mapped_column(primary_key=True)


class SecondLookModel(Base):
    """What the second person said, not knowing the first one's words. Append-only."""

    __tablename__ = "second_looks"
    __table_args__ = (
        CheckConstraint("verdict IN ('violation','clean','transfer','doubt')", "verdict"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("decisions.id"), unique=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    verdict: Mapped[str]
    reason: Mapped[str]
    policy: Mapped[str]
    note: Mapped[str]
    looked_by: Mapped[str]
    looked_at: Mapped[datetime]
    upheld: Mapped[bool]


class CaseTallyModel(Base):
    """How many cases there are of each kind; triggers on `cases` keep it, nobody else writes."""

    __tablename__ = "case_tally"

    status: Mapped[str] = mapped_column(primary_key=True)
    awaits_second: Mapped[bool] = mapped_column(primary_key=True)
    platform: Mapped[str] = mapped_column(primary_key=True)
    clauses: Mapped[str] = mapped_column(primary_key=True)
    region: Mapped[str] = mapped_column(primary_key=True)
    n: Mapped[int]


class SavedFilterModel(Base):
    """A filter of the queue under a name: the part of the URL behind the question mark."""

    __tablename__ = "saved_filters"
    __table_args__ = (UniqueConstraint("owner", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[str]
    name: Mapped[str]
    query: Mapped[str]
    shared: Mapped[bool]
    saved_at: Mapped[datetime]


class CasePresenceModel(Base):
    """Which case each person opened last, and when: a hint to colleagues, no record."""

    __tablename__ = "case_presence"

    person: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    seen_at: Mapped[datetime]


users = core(UserModel)
desk_sessions = core(DeskSessionModel)
login_attempts = core(LoginAttemptModel)
audit = core(AuditModel)
second_person = core(SecondPersonModel)
second_looks = core(SecondLookModel)
case_tally = core(CaseTallyModel)
saved_filters = core(SavedFilterModel)
case_presence = core(CasePresenceModel)

# Serve each view of the queue in its own order and cover its filters, so that no row is read that
# is not shown. "Not settled" rather than "waiting or claimed": SQLite would take the latter for a
# range of ix_cases_queue and sort it.
# What a view is made by stands at the end, or SQLite would read every row to see whether it is.
_COVERED = (
    cases.c.clauses,
    cases.c.region,
    cases.c.score,
    cases.c.opened_at,
    cases.c.platform,
    cases.c.status,
    cases.c.awaits_second,
)
QUEUE_VIEWS = {
    "ix_cases_open": ("status NOT IN ('decided','approved')",) * 2,
    "ix_cases_settled": ("status NOT IN ('waiting','claimed')",) * 2,
    "ix_cases_second": ("awaits_second = 1", "awaits_second"),
}
# For filters that leave few of very many cases (storage/narrowing.py).
Index(
    "ix_cases_opened",
    cases.c.opened_at,
    cases.c.clauses,
    cases.c.region,
    cases.c.score,
    cases.c.platform,
    cases.c.status,
    cases.c.awaits_second,
)
Index("ix_cases_kind", cases.c.status, cases.c.platform, cases.c.clauses, cases.c.region)
for _name, (_sqlite, _postgresql) in QUEUE_VIEWS.items():
    Index(
        _name,
        cases.c.priority.desc(),
        cases.c.id,
        *_COVERED,
        sqlite_where=text(_sqlite),
        postgresql_where=text(_postgresql),
    )
