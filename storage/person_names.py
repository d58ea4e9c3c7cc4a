"""How people are named where others read it: by their name, not by what they log in with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from sqlalchemy import Connection, Engine, select

from storage.database import read
from storage.models_desk import users
from storage.persons import person_key


def names_in(connection: Connection) -> dict[str, str]:
    """By login 王审核, or 王审核（wang） where another account's name is alike; locked ones too."""
    rows = connection.execute(select(users.c.login, users.c.name)).all()
    alike = Counter(person_key(row.name) for row in rows if row.name)
    return {
        row.login: f"{row.name}（{row.login}）" if alike[person_key(row.name)] > 1 else row.name
        for row in rows
        if row.name
    }


def names_of(engine: Engine) -> dict[str, str]:
    with read(engine) as connection:
        return names_in(connection)


def shown_name(names: Mapping[str, str], written: str | None) -> str:
    """A name somebody typed at the command line stands as it was typed."""
    return names.get(written or "", written or "")


def called(connection: Connection, typed: str) -> frozenset[str]:
    """What this person's lines may be signed with: their logins and names, and what was typed."""
    key = person_key(typed)
    rows = connection.execute(select(users.c.login, users.c.name)).all()
    own = [row for row in rows if key and key in {person_key(row.login), person_key(row.name)}]
    return frozenset({typed, *(one for row in own for one in (row.login, row.name) if one)})
