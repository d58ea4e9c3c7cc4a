"""Playwright's driver killed under a capture: it is said, and the next page is taken."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.process_memory import parent_of
from evidence.parts import PARTS
from tests.capture_stage import Handler, Stage

PROC = Path("/proc")


def drivers() -> set[int]:
    """Ours: processes that we started with Playwright's word for it."""
    ours = (pid for pid, parent in parent_of(PROC).items() if parent == os.getpid())
    return {pid for pid in ours if b"run-driver" in (PROC / str(pid) / "cmdline").read_bytes()}


class Killer:
    """A page in the middle of which the driver is killed, as one too large kills it."""

    def __init__(self, before: set[int]) -> None:
        self._before = before
        self.waits_for = threading.Event()
        self.waits_for.set()
        self.killed = 0

    def __call__(self, handler: Handler) -> None:
        handler.begin(Connection="close")
        handler.wfile.write(b"<!doctype html><p>up to here")
        handler.wfile.flush()
        self.waits_for.wait(60)
        for pid in drivers() - self._before:
            os.kill(pid, signal.SIGKILL)
            self.killed += 1
        handler.theatre.closing.wait(60)
        handler.close_connection = True


@pytest.fixture
def stage() -> Iterator[Stage]:
    before = drivers()
    with Stage({"/good": "<p>好页</p>", "/killer": Killer(before)}) as one:
        assert one.take("http://a.test/good").text == "好页"
        yield one


def test_the_driver_is_started_anew_when_a_page_has_killed_it(stage: Stage) -> None:
    show = stage.take("http://a.test/killer")
    assert show.taken.disturbed
    assert show.outcome == "browser"
    assert show.capture.final_url == ""
    assert stage.take("http://a.test/good").parts == dict.fromkeys(PARTS, "ok")
    assert stage.browser.restarts == 1


def test_what_kills_the_driver_alone_is_said_to_have_ended_it(stage: Stage) -> None:
    show = stage.take("http://a.test/killer", alone=True)
    assert show.outcome == "ended_browser"
    assert show.parts == dict.fromkeys(PARTS, "ended_browser") | {"facts": "ok"} | {
        kind: word for kind, word in show.parts.items() if kind == "warc"
    }


def test_pages_beside_it_are_taken_all_the_same(stage: Stage) -> None:
    """Those that were open are disturbed and nobody's fault; whoever asks again gets them."""
    ends, killer = threading.Event(), stage.theatre.pages["/killer"]
    assert isinstance(killer, Killer)
    killer.waits_for.clear()

    def slow(handler: Handler) -> None:
        killer.waits_for.set()
        ends.wait(60)
        handler.give("<p>慢</p>")

    stage.theatre.pages["/slow"] = slow
    taken = stage.together("http://b.test/slow", "http://a.test/killer")
    ends.set()
    assert [show.taken.disturbed for show in taken] == [True, True]
    assert stage.take("http://b.test/slow").text == "慢"
