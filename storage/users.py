"""People of the desk: who they are, what roles they have, whether they may come in."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Engine, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from storage.audit import record
from storage.bilingual import Bilingual, Problem
from storage.columns import AnyRow, storable, utc_now
from storage.database import read, write
from storage.hashing import LONGEST, fits, hashed
from storage.login_tries import open_again, unlock
from storage.models_api import api_tokens
from storage.models_desk import desk_sessions, users
from storage.persons import folded_name, named_person, same_person, shows

NOBODY = hashed(secrets.token_hex(16))  # verified where there is no such person: same time
SHORTEST = 10  # characters of a password
LONGEST_NAME = 40
RESET = "user.reset"
# No 0/O, 1/l/I: it is read from a screen and typed once.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
LOGIN = re.compile(r"[\w.@-]{2,40}")
LOGIN_RULE = Bilingual(
    "2 到 40 个字母、数字、汉字或 . @ - _，中间没有空格；大写和全角按小写、半角保存",
    "2 to 40 letters, digits, . @ - or _, no blank between; kept in lower case",
)
# What people choose when they are told to choose; a few patterns stop most of it.
FEEBLE = re.compile(r"(.)\1*|(?:0123|1234|2345|abcd|qwer|asdf|password|admin|certsweep|wangxin).*")


class Role(StrEnum):
    REVIEWER = "reviewer"  # 审核员
    SECOND = "second"  # 复核员
    SIGNER = "signer"  # 签发人
    ADMIN = "admin"  # 管理员
    AUDITOR = "auditor"  # 审计员


ROLE_WORDS = {
    Role.REVIEWER: Bilingual("审核员", "reviewer"),
    Role.SECOND: Bilingual("复核员", "second reviewer"),
    Role.SIGNER: Bilingual("签发人", "signer"),
    Role.ADMIN: Bilingual("管理员", "administrator"),
    Role.AUDITOR: Bilingual("审计员", "auditor"),
}


class WrongPassword(Problem):
    """What was given as one's password is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    id: int
    login: str
    name: str
    roles: frozenset[Role]
    must_change: bool
    created_at: datetime
    disabled_at: datetime | None


def user_of(row: AnyRow) -> User:
    known = {role.value for role in Role}
    return User(
        id=row.id,
        login=row.login,
        name=row.name,
        roles=frozenset(Role(role) for role in row.roles if role in known),
        must_change=row.must_change,
        created_at=row.created_at,
        disabled_at=row.disabled_at,
    )


def all_users(engine: Engine) -> list[User]:
    with read(engine) as connection:
        return [user_of(row) for row in connection.execute(select(users).order_by(users.c.id))]


def find_user(connection: Connection, login: str) -> AnyRow | None:
    return connection.execute(
        select(users).where(users.c.login == folded_name(login))
    ).one_or_none()


def get_user(engine: Engine, login: str) -> User:
    """Problem where there is nobody of this account."""
    with read(engine) as connection:
        row = find_user(connection, login)
    if row is None:
        raise unknown_user(login)
    return user_of(row)


def unknown_user(login: str) -> Problem:
    return Problem(
        f"没有账号“{login[:40]}”，没有改动。请到“账号”页查看（命令行：certsweep users list）。",
        f"There is no account {login[:40]!r}; nothing was changed. See the page of accounts "
        "(command line: certsweep users list).",
    )


def one_time_password() -> str:
    """60 bits, in four groups that can be read out."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(4))


def add_user(engine: Engine, login: str, name: str, roles: Iterable[Role], by: str) -> str:
    """A new account; its one-time password, which must be changed at the first login."""
    person, folded = named_person(by), folded_name(login)
    if not LOGIN.fullmatch(folded) or len(login.split()) != 1:
        raise Problem(
            f"账号须为 {LOGIN_RULE.zh}。没有写入。",
            f"An account is {LOGIN_RULE.en}. Nothing was written.",
        )
    wanted, shown = some_roles(roles), plain_name(name)[:LONGEST_NAME] or folded
    password = one_time_password()
    values = new_person(folded, shown, wanted, person, password)
    try:
        with write(engine) as connection:
            alike = [row.login for row in connection.execute(select(users.c.login))]
            if any(same_person(folded, login) for login in alike):
                raise exists_already(folded)
            connection.execute(insert(users).values(values))
            record(connection, person, "user.add", f"user:{folded}", {"roles": wanted})
    except IntegrityError:  # somebody else made it this very moment
        raise exists_already(folded) from None
    return password


def plain_name(name: str) -> str:
    """Raises Problem for what shows otherwise than it is written, or not at all: with signs that
    turn the direction of writing one name is made to look like another."""
    typed = " ".join(name.split())
    if any(not shows(sign) for sign in typed):
        raise Problem(
            "姓名里有看不见的字符、改变书写方向的字符或表情，没有写入。请重新键入姓名。",
            "The name holds signs that cannot be seen, that turn the direction of writing, or "
            "emoji; nothing was written. Type it again.",
        )
    return storable(typed)


def some_roles(roles: Iterable[Role]) -> list[str]:
    wanted = sorted({role.value for role in roles})
    if not wanted:
        raise Problem(
            "请至少给出一个角色；没有写入。", "Give at least one role; nothing was written."
        )
    return wanted


def exists_already(login: str) -> Problem:
    return Problem(
        f"账号“{login}”已存在，或与已有账号分不清，没有改动。",
        f"The account {login!r} exists already, or looks like one that does; nothing was changed.",
    )


def new_person(
    login: str, name: str, roles: Sequence[str], by: str, password: str
) -> dict[str, Any]:
    return {
        "login": login,
        "name": name,
        "roles": list(roles),
        "password_hash": hashed(password),
        "must_change": True,
        "created_at": utc_now(),
        "created_by": by,
    }


def first_admin(engine: Engine) -> str | None:
    """Where there is nobody yet, the account `admin` and its one-time password; else None."""
    password = one_time_password()
    values = new_person("admin", "管理员", [Role.ADMIN.value], "certsweep", password)
    with write(engine) as connection:
        if connection.execute(select(func.count()).select_from(users)).scalar_one():
            return None
        connection.execute(insert(users).values(values))
        record(connection, "certsweep", "user.add", "user:admin", {"roles": [Role.ADMIN.value]})
    return password


def set_roles(engine: Engine, login: str, roles: Iterable[Role], by: str) -> None:
    """Raises Problem for no role at all, for the last administrator, and for a role more for
    oneself."""
    person, wanted = named_person(by), some_roles(roles)
    change(engine, login, person, "user.roles", {"roles": wanted}, roles=wanted)


def disable_user(engine: Engine, login: str, by: str) -> None:
    """Keep somebody out from now on: sessions end at once and tokens for good, what they did stays
    theirs."""
    change(engine, login, named_person(by), "user.disable", {}, disabled_at=utc_now())


def reset_password(engine: Engine, login: str, by: str) -> str:
    """A new one-time password; the account is enabled, waits for nothing, its sessions and tokens
    end: whoever has the old password may have made them."""
    password = one_time_password()
    values = {"password_hash": hashed(password), "must_change": True, "disabled_at": None}
    change(engine, login, named_person(by), RESET, {}, **values)
    return password


def unlock_user(engine: Engine, login: str, by: str) -> None:
    """Let somebody try again at once who waits after failed logins; the password stays."""
    person = named_person(by)
    with write(engine) as connection:
        row = find_user(connection, login)
        if row is None:
            raise unknown_user(login)
        unlock(connection, row, person, utc_now())


def change(
    engine: Engine,
    login: str,
    by: str,
    act: str,
    told: dict[str, Any],
    **values: Any,  # noqa: ANN401 (columns of a user)
) -> None:
    """Change an account and end its sessions; refuses to take the last administrator away."""
    with write(engine) as connection:
        # On PostgreSQL two administrators could else take each other away at the same moment.
        connection.execute(select(users.c.id).order_by(users.c.id).with_for_update())
        row = find_user(connection, login)
        if row is None:
            raise unknown_user(login)
        refuse_lift(row, by, values.get("roles", ()))
        connection.execute(update(users).where(users.c.id == row.id).values(**values))
        if not any(user.disabled_at is None for user in administrators(connection)):
            raise Problem(
                "这是最后一个可用的管理员账号，没有改动。请先增加另一个管理员。",
                "This is the last administrator who can log in; nothing was changed. Add another "
                "one first.",
            )
        connection.execute(
            update(desk_sessions)
            .where(desk_sessions.c.user_id == row.id, desk_sessions.c.closed_at.is_(None))
            .values(closed_at=utc_now())
        )
        if act == RESET:
            open_again(connection, row.login, utc_now())
        if act == RESET or values.get("disabled_at") is not None:
            revoke_all(connection, row.id)
        record(connection, by, act, f"user:{row.login}", told)


def revoke_all(connection: Connection, user_id: int) -> None:
    """A disabled account's tokens never hold again, also when the account is enabled."""
    connection.execute(
        update(api_tokens)
        .where(api_tokens.c.user_id == user_id, api_tokens.c.revoked_at.is_(None))
        .values(revoked_at=utc_now())
    )


def refuse_lift(row: AnyRow, by: str, roles: Sequence[str]) -> None:
    """Nobody gives themself a role they do not have."""
    if same_person(row.login, by) and not set(roles) <= set(row.roles):
        raise Problem(
            "不能给自己增加角色，没有改动。请由另一位管理员办理。",
            "Nobody can give themself another role; nothing was changed. Ask another "
            "administrator.",
        )


def administrators(connection: Connection) -> list[User]:
    found = map(user_of, connection.execute(select(users)))
    return [user for user in found if Role.ADMIN in user.roles]


def change_password(engine: Engine, user: User, old: str, new: str) -> None:
    """One's own; raises Problem where the old one is wrong or the new one too weak."""
    with read(engine) as connection:
        row = connection.execute(select(users).where(users.c.id == user.id)).one()
    if not fits(row.password_hash, old):
        raise WrongPassword(
            "原密码不对，密码没有改。", "The old password is wrong; it was not changed."
        )
    weigh(new, old, user.login)
    digest = hashed(new)
    with write(engine) as connection:
        connection.execute(
            update(users)
            .where(users.c.id == user.id)
            .values(password_hash=digest, must_change=False)
        )
        record(connection, user.login, "user.password", f"user:{user.login}")


def weigh(new: str, old: str, login: str) -> None:
    """Raise Problem for a password that would be guessed first."""
    plain = new.casefold()
    if not SHORTEST <= len(new) <= LONGEST:
        raise Problem(
            f"新密码须为 {SHORTEST} 到 {LONGEST} 个字符，密码没有改。",
            f"A password has {SHORTEST} to {LONGEST} characters; it was not changed.",
        )
    if new == old or login in plain or FEEBLE.fullmatch(plain) or len(set(plain)) < 5:
        raise Problem(
            "新密码太容易猜到（与原密码相同、含账号、或字符太简单），密码没有改。请换一个。",
            "The new password is too easily guessed (the old one, with the account in it, or too "
            "simple); it was not changed. Choose another.",
        )
