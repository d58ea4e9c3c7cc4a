"""`certsweep serve` ends when it is told to: quietly, with what is open finished, and with 0."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine

from tests.source_tree import ROOT

pytestmark = pytest.mark.timeout(180)
# The desk itself, with one page more, that takes as long as it is told to.
SLOW = """
import sys, time
import door.desk_run as run
from cli import main

real = run.create_app

def with_a_slow_page(desk):
    app = real(desk)

    @app.get("/slow")
    def slow(seconds: float):
        time.sleep(seconds)
        return {"slow": "done"}

    return app

run.create_app = with_a_slow_page
sys.argv = ["certsweep", "serve", "--port", sys.argv[1]]
main()
"""


@pytest.fixture
def kind() -> str:
    return "sqlite"


def free_port() -> int:
    with socket.socket() as one, socket.socket() as two:
        one.bind(("127.0.0.1", 0))
        port = int(one.getsockname()[1])
        try:
            two.bind(("127.0.0.1", port + 1))
        except OSError:
            return free_port()
        return port


class Serving:
    """A desk in a process of its own, that answers."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.port = free_port()
        self.process = subprocess.Popen(
            [sys.executable, "-c", SLOW, str(self.port)],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.answers: list[httpx.Response | Exception] = []
        until = time.monotonic() + 90
        while time.monotonic() < until and self.process.poll() is None:
            try:
                self.ask("/login")
            except httpx.TransportError:
                time.sleep(0.1)
            else:
                return
        pytest.fail(f"it does not serve: {self.process.communicate()[1]}")

    def ask(self, path: str) -> httpx.Response:
        return httpx.get(f"http://127.0.0.1:{self.port}{path}", timeout=90, trust_env=False)

    def ask_beside(self, path: str) -> threading.Thread:
        def one() -> None:
            try:
                self.answers.append(self.ask(path))
            except httpx.TransportError as error:
                self.answers.append(error)

        thread = threading.Thread(target=one)
        thread.start()
        time.sleep(1)  # it is open by now
        return thread

    def told(self, *numbers: signal.Signals) -> tuple[int, str, str]:
        for number in numbers:
            self.process.send_signal(number)
            time.sleep(0.3)
        out, err = self.process.communicate(timeout=60)
        return self.process.returncode, out, err


@pytest.fixture
def serving(engine: Engine, database_url: str, tmp_path: Path) -> Iterator[Serving]:
    assert engine.dialect.name == "sqlite"
    environment = os.environ | {
        "CERTSWEEP_HOME": str(tmp_path),
        "CERTSWEEP_DATABASE_URL": database_url,
        "CERTSWEEP_LANG": "zh",
    }
    one = Serving(environment)
    yield one
    one.process.kill()
    one.process.communicate()


def quiet(err: str) -> None:
    assert "Traceback" not in err
    assert "中断" not in err
    assert "ERROR" not in err
    assert err.rstrip().endswith("审核台已停止。")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_idle_desk_ends_at_once_with_0_and_says_that_it_has_stopped(
    serving: Serving, number: signal.Signals
) -> None:
    began = time.monotonic()
    code, _, err = serving.told(number)
    assert code == 0
    assert time.monotonic() - began < 30
    quiet(err)
    with pytest.raises(httpx.TransportError):
        serving.ask("/login")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_request_that_is_open_is_answered_before_the_desk_ends(
    serving: Serving, number: signal.Signals
) -> None:
    asking = serving.ask_beside("/slow?seconds=3")
    code, _, err = serving.told(number)
    asking.join()
    (answer,) = serving.answers
    assert isinstance(answer, httpx.Response)
    assert (answer.status_code, answer.json()) == (200, {"slow": "done"})
    assert code == 0
    quiet(err)


def test_a_request_without_end_is_waited_for_some_seconds_and_told(serving: Serving) -> None:
    asking = serving.ask_beside("/slow?seconds=80")
    began = time.monotonic()
    code, _, err = serving.told(signal.SIGTERM)
    assert 4 < time.monotonic() - began < 40
    asking.join()
    assert code == 0
    assert "1 个请求没有做完" in err
    quiet(err)


def test_whoever_asks_twice_does_not_wait(serving: Serving) -> None:
    asking = serving.ask_beside("/slow?seconds=80")
    began = time.monotonic()
    code, _, err = serving.told(signal.SIGINT, signal.SIGINT)
    took = time.monotonic() - began
    asking.join()
    assert code == 0
    assert took < 30
    assert "1 个请求没有做完" in err
    quiet(err)
