"""Whether a second person is another one, by their names and by the accounts of the house.

At the command line nobody proves who types: a name is taken at its word. Where the house has
accounts a second person must have one, and two names of one account, or two accounts of one name,
are one person, whether the accounts are in use or not.
"""

from __future__ import annotations

from sqlalchemy import Connection, select

from storage.bilingual import Problem
from storage.columns import AnyRow
from storage.models_desk import users
from storage.persons import person_key

FEW = 2  # accounts in use from which on a second person must have one


def same_people(connection: Connection, one: str, other: str) -> bool:
    """Whether two names are one person: alike as written, or names of accounts that are alike."""
    accounts = [names_of(row) for row in every_account(connection)]
    return bool(all_names(one, accounts) & all_names(other, accounts))


def all_names(name: str, accounts: list[set[str]]) -> set[str]:
    """What a person is called: the name itself and whatever accounts of that name carry."""
    key = person_key(name)
    return {key}.union(*(names for names in accounts if key in names))


def taken_for(name: str, accounts: list[set[str]]) -> set[str]:
    """Every name whose bearer `same_people` takes for this one, by their keys."""
    names = all_names(name, accounts)
    return names.union(*(account for account in accounts if account & names))


def same_named(connection: Connection, login: str) -> list[str]:
    """Other accounts that are taken for this one's person: they never confirm each other."""
    return [
        row.login
        for row in every_account(connection)
        if row.login != login and same_people(connection, row.login, login)
    ]


def known_person(connection: Connection, name: str) -> None:
    """Raise Problem where the house has accounts and this name is neither login nor name of one."""
    in_use = [names_of(row) for row in every_account(connection) if row.disabled_at is None]
    if len(in_use) < FEW or person_key(name) in set().union(*in_use):
        return
    raise Problem(
        f"“{name}”不是本单位在用的账号或其姓名，不能作为第二人；没有写入。"
        "请管理员在“账号”页核对（命令行：certsweep users list）。",
        f"{name!r} is no account of this house that is in use, nor the name of one: not a second "
        "person; nothing was written. An administrator sees the accounts on their page "
        "(command line: certsweep users list).",
    )


def every_account(connection: Connection) -> list[AnyRow]:
    return list(connection.execute(select(users.c.login, users.c.name, users.c.disabled_at)))


def names_of(account: AnyRow) -> set[str]:
    return {key for key in map(person_key, (account.login, account.name)) if key}
