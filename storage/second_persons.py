"""Whether a second person is another one, by their names and by the accounts of the house.

At the command line nobody proves who types: a name is taken at its word. Where the house has
accounts a second person must have one, and two names of one account are one person.
"""

from __future__ import annotations

from sqlalchemy import Connection, select

from storage.bilingual import Problem
from storage.models_desk import users
from storage.persons import person_key

FEW = 2  # accounts in use from which on a second person must have one


def same_people(connection: Connection, one: str, other: str) -> bool:
    """Whether two names are one person: alike as they are written, or names of one account."""
    accounts = logins_by_key(connection)
    mine, theirs = person_key(one), person_key(other)
    return mine == theirs or bool(accounts.get(mine, set()) & accounts.get(theirs, set()))


def known_person(connection: Connection, name: str) -> None:
    """Raise Problem where the house has accounts and this name is neither login nor name of one."""
    accounts = logins_by_key(connection)
    if len(set().union(*accounts.values())) < FEW or person_key(name) in accounts:
        return
    raise Problem(
        f"“{name}”不是本单位在用的账号或其姓名，不能作为第二人；没有写入。"
        "请管理员在“账号”页核对（命令行：certsweep users list）。",
        f"{name!r} is no account of this house that is in use, nor the name of one: not a second "
        "person; nothing was written. An administrator sees the accounts on their page "
        "(command line: certsweep users list).",
    )


def logins_by_key(connection: Connection) -> dict[str, set[str]]:
    """Accounts in use by what their login and their person's name have in common with others."""
    found: dict[str, set[str]] = {}
    statement = select(users.c.login, users.c.name).where(users.c.disabled_at.is_(None))
    for row in connection.execute(statement):
        for name in (row.login, row.name):
            found.setdefault(person_key(name), set()).add(row.login)
    return found
