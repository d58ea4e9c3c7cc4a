"""A program with a token that speaks to a desk under a real server."""

from __future__ import annotations

from typing import Any

import httpx

from console.desk import Desk
from console.people import csrf_of
from console.roles import Act
from storage.login_tries import Origin
from storage.logins import log_in
from storage.tokens import create_token
from tests.desk_site import PASSWORD

EVERY = [act.value for act in Act]


class Program:
    def __init__(self, desk: Desk, login: str, scopes: list[str] | None = None) -> None:
        token = create_token(desk.engine, login, "测试", scopes or EVERY, "test")
        self.base = f"{desk.origin}/api/v1"
        self.headers = {"authorization": f"Bearer {token}"}

    def ask(self, method: str, path: str, body: Any = None) -> httpx.Response:
        more = {} if body is None else {"json": body}
        return httpx.request(
            method, self.base + path, headers=self.headers, timeout=60, trust_env=False, **more
        )

    def get(self, path: str) -> Any:
        answer = self.ask("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: Any = None) -> Any:
        answer = self.ask("POST", path, body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def refused(self, method: str, path: str, body: Any = None) -> int:
        """The status of a refusal, which is told in both languages."""
        answer = self.ask(method, path, body)
        error = answer.json()["error"]
        assert error["zh"]
        assert error["en"]
        return answer.status_code


class Person(Program):
    """Somebody logged in, whose page speaks to the API."""

    def __init__(self, desk: Desk, login: str, password: str = PASSWORD) -> None:
        session = log_in(desk.engine, login, password, Origin(address="10.0.0.1", agent="测试"))
        self.base = f"{desk.origin}/api/v1"
        self.headers = {
            "cookie": f"desk={session}",
            "x-csrf-token": csrf_of(session),
            "sec-fetch-site": "same-origin",
        }
