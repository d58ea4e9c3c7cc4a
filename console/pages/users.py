"""账号: who may work at the desk, with which roles, and who is in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request
from sqlalchemy import Engine
from starlette.responses import Response

from console.browsers import browser_name
from console.desk import desk_of
from console.just_done import telling
from console.page import Nav, go, lang_of, page
from console.people import Housekeeper, Missing
from console.roles import ACT_WORDS, MAY, Act
from console.tokenview import token_rows
from storage.bilingual import Bilingual, Problem
from storage.database import read
from storage.persons import same_person
from storage.second_persons import same_named
from storage.user_sessions import open_sessions, presence, revoke_sessions
from storage.users import (
    LOGIN_RULE,
    LONGEST_NAME,
    ROLE_WORDS,
    Role,
    User,
    add_user,
    all_users,
    disable_user,
    get_user,
    reset_password,
    set_roles,
)

router = APIRouter(include_in_schema=False)
NAV = (
    Nav(
        path="/users",
        word=Bilingual("账号", "People"),
        act=Act.PEOPLE,
        order=90,
        also=("/users", "/policy"),
    ),
)
Chosen = Annotated[list[str], Form()]


@router.get("/users")
def people(request: Request, user: Housekeeper) -> Response:
    return listed(request, user)


@dataclass(frozen=True, slots=True)
class Typed:
    """What the form of a new account said; it stays on the page where it cannot be."""

    login: str = ""
    name: str = ""
    roles: frozenset[str] = frozenset()


def listed(request: Request, user: User, problem: str = "", typed: Typed | None = None) -> Response:
    engine = desk_of(request).engine
    return page(
        request,
        "users.html",
        409 if problem else 200,
        people=all_users(engine),
        presence=presence(engine),
        roles=ROLE_WORDS,
        rights={role: [ACT_WORDS[act] for act in Act if act in MAY[role]] for role in Role},
        problem=problem,
        typed=typed or Typed(),
        longest=LONGEST_NAME,
        login_rule=LOGIN_RULE,
        me=user.login,
    )


def roles_of(chosen: Sequence[str]) -> list[Role]:
    known = {role.value: role for role in Role}
    if not set(chosen) <= known.keys():
        raise Problem("没有这样的角色，没有写入。", "There is no such role; nothing was written.")
    return [known[one] for one in chosen]


@router.post("/users")
def add(
    request: Request,
    user: Housekeeper,
    login: Annotated[str, Form()] = "",
    name: Annotated[str, Form()] = "",
    role: Chosen = [],  # noqa: B006 (FastAPI copies it)
) -> Response:
    try:
        password = add_user(desk_of(request).engine, login, name, roles_of(role), user.login)
    except Problem as problem:
        if problem.__cause__ is not None:
            raise
        typed = Typed(login[:80], name[:80], frozenset(role))
        return listed(request, user, problem.text.said(lang_of(request)), typed)
    return told(request, get_user(desk_of(request).engine, login), password, login.strip())


def told(request: Request, person: User, password: str, typed: str = "") -> Response:
    """The one-time password, on this answer and nowhere else; and an account that is kept
    otherwise than it was typed."""
    alike = alike_of(desk_of(request).engine, person.login)
    changed = typed if typed not in {"", person.login} else ""
    words = {"person": person, "password": password, "alike": alike, "changed": changed}
    return page(request, "user_password.html", **words)


def alike_of(engine: Engine, login: str) -> list[str]:
    """Logins of other accounts that are taken for the same person."""
    with read(engine) as connection:
        return same_named(connection, login)


def known(request: Request, login: str) -> User:
    try:
        return get_user(desk_of(request).engine, login)
    except Problem as problem:
        if problem.__cause__ is not None:
            raise
        raise Missing(problem.text.zh, problem.text.en) from None


@router.get("/users/{login}")
def person(request: Request, user: Housekeeper, login: str) -> Response:
    return shown(request, user, known(request, login))


def shown(request: Request, user: User, person: User, problem: str = "") -> Response:
    return page(
        request,
        "user.html",
        409 if problem else 200,
        person=person,
        browser=browser_name,
        sessions=open_sessions(desk_of(request).engine, person.id),
        roles=ROLE_WORDS,
        rights={role: [ACT_WORDS[act] for act in Act if act in MAY[role]] for role in Role},
        own=same_person(user.login, person.login),
        tokens=token_rows(desk_of(request).engine, person),
        problem=problem,
    )


@router.post("/users/{login}/roles")
def change_roles(
    request: Request,
    user: Housekeeper,
    login: str,
    role: Chosen = [],  # noqa: B006 (FastAPI copies it)
) -> Response:
    try:
        set_roles(desk_of(request).engine, login, roles_of(role), user.login)
    except Problem as problem:
        if problem.__cause__ is not None:
            raise
        return shown(request, user, known(request, login), problem.text.said(lang_of(request)))
    own = same_person(login, user.login)  # their session has just ended with the others
    return go(telling("/users" if own else page_of(request, login), "roles"))


def page_of(request: Request, login: str) -> str:
    return f"/users/{known(request, login).login}"


@router.post("/users/{login}/lock")
def lock(request: Request, user: Housekeeper, login: str) -> Response:
    disable_user(desk_of(request).engine, login, user.login)
    return go(telling(page_of(request, login), "locked"))


@router.post("/users/{login}/reset")
def reset(request: Request, user: Housekeeper, login: str) -> Response:
    engine = desk_of(request).engine
    password = reset_password(engine, login, user.login)
    return told(request, get_user(engine, login), password)


@router.post("/users/{login}/revoke")
def revoke(request: Request, user: Housekeeper, login: str) -> Response:
    revoke_sessions(desk_of(request).engine, login, user.login)
    return go(telling(page_of(request, login), "revoked"))
