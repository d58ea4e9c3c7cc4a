"""The offset of our clock: known from an honest server, unknown from every other."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.clock import EPOCH, Clock, place, read_clock, to_ns

Answer = Callable[[bytes], bytes]


def stamp(moment: float) -> bytes:
    whole = int(moment)
    return struct.pack("!II", (whole + EPOCH) & 0xFFFFFFFF, int((moment - whole) * 2**32))


def honest(ahead: float = 0.0, **changes: int) -> Answer:
    """A server whose clock is `ahead` seconds before ours."""

    def answer(question: bytes) -> bytes:
        first = changes.get("leap", 0) << 6 | 4 << 3 | changes.get("mode", 4)
        now = stamp(time.time() + ahead)
        head = struct.pack("!BBbb", first, changes.get("stratum", 2), 0, 0) + bytes(20)
        return head + question[40:48] + now + now

    return answer


def forged(question: bytes) -> bytes:
    said = bytearray(honest(3600.0)(question))
    said[24] ^= 1
    return bytes(said)


@contextmanager
def server(answer: Answer) -> Iterator[str]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as place_:
        place_.bind(("127.0.0.1", 0))
        place_.settimeout(0.1)
        over = threading.Event()

        def serve() -> None:
            while not over.is_set():
                try:
                    question, sender = place_.recvfrom(1000)
                except TimeoutError:
                    continue
                place_.sendto(answer(question), sender)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"127.0.0.1:{place_.getsockname()[1]}"
        finally:
            over.set()
            thread.join()


def read(answer: Answer, seconds: float = 0.4) -> Clock:
    with server(answer) as source:
        return asyncio.run(read_clock(source, seconds))


@pytest.mark.parametrize("ahead", [0.0, 90.0, -3600.5])
def test_an_honest_server_tells_how_far_we_are_off(ahead: float) -> None:
    clock = read(honest(ahead), 10.0)
    assert clock.why == ""
    assert clock.stratum == 2
    assert clock.offset_us is not None
    assert clock.round_trip_us is not None
    assert abs(clock.offset_us - ahead * 1e6) <= clock.round_trip_us + 1000
    assert clock.asked_at is not None


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (honest(leap=3), "unsynchronised"),
        (honest(stratum=0), "unsynchronised"),
        (honest(mode=3), "bad"),
        (forged, "no_answer"),
        (lambda question: b"", "no_answer"),
        (lambda question: question, "no_answer"),
        (lambda question: b"\xff" * 400, "no_answer"),
    ],
)
def test_whatever_else_answers_leaves_the_offset_unknown(answer: Answer, why: str) -> None:
    clock = read(answer)
    assert (clock.offset_us, clock.why) == (None, why)


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("127.0.0.1:nonsense", "bad_setting"),
        ("127.0.0.1:99999", "bad_setting"),
        ("nowhere.invalid", "no_answer"),
    ],
)
def test_a_server_that_cannot_be_asked_leaves_the_offset_unknown(source: str, why: str) -> None:
    clock = asyncio.run(read_clock(source, 2.0))
    assert (clock.source, clock.offset_us, clock.why) == (source, None, why)


def test_without_a_server_nothing_is_asked_and_nothing_known() -> None:
    assert asyncio.run(read_clock("")) == Clock(why="no_source")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("time.example", ("time.example", 123)),
        ("time.example:1123", ("time.example", 1123)),
        ("[2001:db8::1]:1123", ("2001:db8::1", 1123)),
        ("2001:db8::1", ("2001:db8::1", 123)),
    ],
)
def test_a_server_is_named_with_or_without_its_port(written: str, meant: tuple[str, int]) -> None:
    assert place(written) == meant


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
def test_timestamps_grow_with_time_across_the_end_of_their_era(whole: int, part: int) -> None:
    later = (whole + 1) & 0xFFFFFFFF
    here, there = (to_ns(struct.pack("!II", one, part)) for one in (whole, later))
    # The one step where the era's two readings meet lies in 1968 and 2104.
    assert there - here == 10**9 or later == 0x80000000
