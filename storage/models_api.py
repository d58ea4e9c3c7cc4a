"""Tokens of programs that speak to the desk, and the keys each person has chosen."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from storage.models import Base, core


class ApiTokenModel(Base):
    """The token itself is with its program only. Never deleted: the audit names it."""

    __tablename__ = "api_tokens"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    name: Mapped[str]  # what it is for
    token_sha256: Mapped[str] = mapped_column(unique=True)
    scopes: Mapped[list[Any]]
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]  # to the minute


class DeskKeysModel(Base):
    """Keys that one person has put elsewhere; what is not named is where it always was."""

    __tablename__ = "desk_keys"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    keys: Mapped[dict[str, Any]]  # act to key


api_tokens = core(ApiTokenModel)
desk_keys = core(DeskKeysModel)
