"""A desk for tests: people with every role, an ASGI client that behaves like a browser."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import Engine, insert

from console.app import create_app
from console.desk import Desk
from door.takedown_drafting import recipient_of
from storage.columns import utc_now
from storage.database import write
from storage.hashing import hashed
from storage.models_desk import users
from storage.snapshots import SnapshotStore
from storage.users import Role

ORIGIN, REPLAY = "http://127.0.0.1:8300", "http://localhost:8301"
PASSWORD = "一句话作密码-kestrel"
HASHED = hashed(PASSWORD)
PEOPLE = {
    "wang": (Role.REVIEWER,),
    "li": (Role.REVIEWER, Role.SECOND),
    "zhao": (Role.SECOND,),
    "qian": (Role.SIGNER,),
    "admin": (Role.ADMIN,),
    "sun": (Role.AUDITOR,),
}
NAMES = {"wang": "王审核", "li": "李复核"}
CSRF = re.compile(r'name="csrf" value="([0-9a-f]{64})"')


def make_desk(engine: Engine, home: Path, **changes: Any) -> Desk:
    values = {
        "engine": engine,
        "store": SnapshotStore("", home),
        "origin": ORIGIN,
        "replay_origin": REPLAY,
        "secret": b"s" * 32,
        "exports": home / "exports",
        "recipient_of": recipient_of,
        **changes,
    }
    return Desk(**values)


def staff(engine: Engine) -> None:
    """Everybody of PEOPLE, with the one PASSWORD already their own."""
    for login, roles in PEOPLE.items():
        somebody(engine, login, roles)


def somebody(engine: Engine, login: str, roles: tuple[Role, ...]) -> None:
    person = {
        "login": login,
        "name": NAMES.get(login, login),
        "roles": [role.value for role in roles],
        "password_hash": HASHED,  # argon2 is slow on purpose: once for all tests
        "must_change": False,
        "created_at": utc_now(),
        "created_by": "test",
    }
    with write(engine) as connection:
        connection.execute(insert(users).values(person))


class Browser:
    """One person's browser: keeps cookies, sends what a browser says of itself and the token."""

    def __init__(self, desk: Desk, address: str = "10.0.0.1") -> None:
        self.app = create_app(desk)
        self.cookies: dict[str, str] = {}
        self.origin = desk.origin
        self.address = address
        self.page: httpx.Response | None = None

    def send(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, **more: Any
    ) -> httpx.Response:
        sent = {"sec-fetch-site": "same-origin", **(headers or {})}
        sent = {name: value for name, value in sent.items() if value}

        async def one() -> httpx.Response:
            transport = httpx.ASGITransport(
                self.app, client=(self.address, 1), raise_app_exceptions=False
            )
            async with httpx.AsyncClient(
                transport=transport, base_url=self.origin, cookies=self.cookies
            ) as client:
                answer = await client.request(method, path, headers=sent, **more)
                self.cookies = {one.name: one.value or "" for one in client.cookies.jar}
                return answer

        return asyncio.run(one())

    def get(self, path: str, **more: Any) -> httpx.Response:
        answer = self.send("GET", path, **more)
        if answer.status_code == 200 and "text/html" in answer.headers.get("content-type", ""):
            self.page = answer
        return answer

    @property
    def csrf(self) -> str:
        found = CSRF.search(self.page.text if self.page else "")
        return found[1] if found else ""

    def post(self, path: str, form: Any = None, **more: Any) -> httpx.Response:
        """With the token of the page seen last."""
        return self.send("POST", path, data={"csrf": self.csrf, **(form or {})}, **more)

    def log_in(self, login: str, password: str = PASSWORD) -> Browser:
        answer = self.post("/login", {"login": login, "password": password})
        assert answer.status_code == 303, answer.text
        assert self.get("/queue").status_code == 200
        return self


def field(page: httpx.Response | str, name: str) -> str:
    """The value of a hidden field of a page."""
    text = page if isinstance(page, str) else page.text
    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    assert found, f"no field {name}"
    return found[1]
