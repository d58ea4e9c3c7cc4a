"""How often somebody may try to log in, and how nobody can keep another one out.

A place is a browser that this account has logged in from before (it holds a cookie), or else a
network address. Failures count for the account at one place; a stranger's count against the
account only where it was never in. Browsers an account came from lately go on whatever others do;
an address it came from goes on whatever they do elsewhere, but a browser without the cookie waits
for what failed at that address, whoever it was. A one-time password has 60 bits: nobody guesses
it, so whoever has it waits for no count, only as long as an address goes slowly; whoever has it not
is told what they would be told of any other account (a little later: the password is compared).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Select, and_, func, insert, or_, select, update

from storage.audit import record
from storage.bilingual import Problem
from storage.columns import AnyRow
from storage.models_desk import desk_sessions, login_attempts, users

WINDOW = timedelta(minutes=15)
PER_LOGIN = 5  # failures of an account at one place in the window, after which it waits there
PER_ACCOUNT = 20  # of strangers at all places together, after which strangers wait
PER_ADDRESS = 30  # of strangers from one address, after which they go slowly: an office shares one
SLOWLY = timedelta(seconds=10)
KNOWN = timedelta(days=30)
OPENED = ""  # the place of a line by which an administrator lifts what waits
TRIES = 0x6C6F67  # of advisory locks: "log"
tries = login_attempts.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """From where somebody asks."""

    address: str
    agent: str = ""
    browser: str = ""  # what its cookie says; "" for none

    @property
    def own_place(self) -> str:
        mark = hashlib.sha256(f"browser\n{self.browser}".encode()).hexdigest()[:32]
        return f"browser:{mark}" if self.browser else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """A password that may be compared."""

    number: int
    refusal: Problem | None  # what is said if it is wrong, instead of that it is


def try_login(
    connection: Connection, row: AnyRow | None, login: str, origin: Origin, now: datetime
) -> Try:
    """A try that may be made; raises Problem where there were too many.

    It counts as failed until it has succeeded: of many made at the same moment no more than the
    limit are ever compared. `row` is the account, None for nobody's.
    """
    one_after_another(connection, login, origin.address)
    place, refusal = place_of(connection, login, origin, now), None
    try:
        throttle(connection, login, place, origin.address, now)
    except Problem as problem:
        if row is None or not row.must_change:
            raise
        # Comparing costs as much as for anybody else, and nobody is to fill the line with it.
        slow_down(connection, place, since_opened(connection, login, now), now)
        refusal = problem
    return Try(number=noted(connection, login, place, now), refusal=refusal)


def try_own(connection: Connection, login: str, place: str, now: datetime) -> int:
    """The same for a guess at the own password in a session: it locks nobody out elsewhere."""
    one_after_another(connection, login, place)
    refuse_many(connection, at_place(login, place, now), PER_LOGIN, now)
    return noted(connection, login, place, now)


def one_after_another(connection: Connection, login: str, place: str) -> None:
    if connection.dialect.name == "postgresql":  # SQLite has one writer anyway
        connection.execute(select(func.pg_advisory_xact_lock(TRIES, func.hashtext(login))))
        connection.execute(select(func.pg_advisory_xact_lock(TRIES, func.hashtext(place))))


def place_of(connection: Connection, login: str, origin: Origin, now: datetime) -> str:
    own = origin.own_place
    known = own and (latest(connection, login, own) or now - KNOWN) > now - KNOWN
    return own if known else origin.address


def latest(connection: Connection, login: str, place: str) -> datetime | None:
    """When this account last came in at this place."""
    statement = select(func.max(tries.at)).where(
        tries.login == login, tries.address == place, tries.succeeded
    )
    found: datetime | None = connection.execute(statement).scalar_one()
    return found


def throttle(connection: Connection, login: str, place: str, address: str, now: datetime) -> None:
    """Raise Problem where too many tries failed lately."""
    refuse_many(connection, at_place(login, place, now), PER_LOGIN, now)
    if place != address:
        return
    homes = homes_of(login, now)
    if connection.execute(homes.where(desk_sessions.c.address == address)).first() is not None:
        return
    since = since_opened(connection, login, now)
    strangers = and_(
        tries.login == login,
        tries.at > since,
        tries.address.not_in(homes),
        ~or_(tries.address.startswith("session:"), tries.address.startswith("browser:")),
    )
    refuse_many(connection, strangers, PER_ACCOUNT, now)
    slow_down(connection, address, since, now)


def since_opened(connection: Connection, login: str, now: datetime) -> datetime:
    return max(now - WINDOW, latest(connection, login, OPENED) or now - WINDOW)


def at_place(login: str, place: str, now: datetime) -> ColumnElement[bool]:
    """Tries since the account last came in there, or was opened again."""
    last = (
        select(func.max(tries.at))
        .where(tries.login == login, tries.address.in_({place, OPENED}), tries.succeeded)
        .scalar_subquery()
    )
    fresh = or_(last.is_(None), tries.at > last)
    return and_(tries.login == login, tries.address == place, tries.at > now - WINDOW, fresh)


def homes_of(login: str, now: datetime) -> Select[tuple[str]]:
    """Addresses that an account has logged in from."""
    return (
        select(desk_sessions.c.address)
        .join(users, users.c.id == desk_sessions.c.user_id)
        .where(users.c.login == login, desk_sessions.c.opened_at > now - KNOWN)
    )


def refuse_many(
    connection: Connection, which: ColumnElement[bool], most: int, now: datetime
) -> None:
    statement = select(func.count(), func.max(tries.at)).where(~tries.succeeded, which)
    count, newest = connection.execute(statement).one()
    if count >= most and newest is not None:
        minutes = max(1, -(-int((newest + WINDOW - now).total_seconds()) // 60))
        raise Problem(
            f"登录失败次数太多，请 {minutes} 分钟后再试，或请管理员重置密码。",
            f"Too many failed logins: try again in {minutes} minutes, or have an administrator "
            "reset the password.",
        )


def slow_down(connection: Connection, address: str, since: datetime, now: datetime) -> None:
    statement = select(func.count(), func.max(tries.at)).where(
        ~tries.succeeded, tries.address == address, tries.at > since
    )
    count, newest = connection.execute(statement).one()
    if count >= PER_ADDRESS and newest is not None and newest > now - SLOWLY:
        seconds = max(1, int((newest + SLOWLY - now).total_seconds()))
        raise Problem(
            f"从这个网络地址登录失败的次数太多，请 {seconds} 秒后再试；"
            "在这个浏览器登录过的账号不受影响。",
            f"Too many logins have failed from this network address: try again in {seconds} "
            "seconds. Accounts that have logged in with this browser before are not held up.",
        )


def noted(connection: Connection, login: str, place: str, now: datetime, **more: bool) -> int:
    values = {"login": login, "address": place, "at": now, "succeeded": False, **more}
    made = insert(login_attempts).values(values).returning(tries.id)
    return int(connection.execute(made).scalar_one())


def succeed(connection: Connection, attempt: int) -> None:
    connection.execute(update(login_attempts).where(tries.id == attempt).values(succeeded=True))


def remember(connection: Connection, login: str, origin: Origin, now: datetime) -> None:
    """Know this browser again: what strangers do elsewhere does not hold it up."""
    if origin.own_place:
        noted(connection, login, origin.own_place, now, succeeded=True)


def open_again(connection: Connection, login: str, now: datetime) -> None:
    """Lift whatever keeps an account waiting; what fails from now on counts anew."""
    noted(connection, login, OPENED, now, succeeded=True)


def unlock(connection: Connection, row: AnyRow, by: str, now: datetime) -> None:
    open_again(connection, row.login, now)
    record(connection, by, "user.unlock", f"user:{row.login}")
