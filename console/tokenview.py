"""Tokens of an account as pages show them: what they may, since when, until when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from console.roles import ACT_WORDS, MAY, Act
from storage.bilingual import Bilingual
from storage.columns import utc_now
from storage.person_names import names_of, shown_name
from storage.tokens import Token, tokens_of
from storage.users import User


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRow:
    token: Token
    holds: bool
    by: str  # who made it, as colleagues call them
    may: tuple[Bilingual, ...]
    beyond: tuple[Bilingual, ...]  # scopes that the account's roles do not reach now


def token_rows(engine: Engine, owner: User) -> list[TokenRow]:
    """Those that hold before those that are over, the newest first."""
    now, names = utc_now(), names_of(engine)
    rows = [row_of(token, owner, now, names) for token in reversed(tokens_of(engine, owner.login))]
    return sorted(rows, key=lambda row: not row.holds)


def row_of(token: Token, owner: User, now: datetime, names: Mapping[str, str]) -> TokenRow:
    reached = {act for role in owner.roles for act in MAY[role]}
    scopes = [act for act in Act if act in token.scopes]
    return TokenRow(
        token=token,
        holds=token.holds(now),
        by=shown_name(names, token.created_by),
        may=tuple(ACT_WORDS[act] for act in scopes if act in reached),
        beyond=tuple(ACT_WORDS[act] for act in scopes if act not in reached),
    )
