"""The parts of rendered pages: at once in a burst, then at an even pace for each address."""

from __future__ import annotations

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from crawler.burst import AT_ONCE, FORGET, LONGEST_WAIT, PER_SECOND, Burst
from crawler.guard import Guard
from crawler.guard_proxy import GuardProxy
from tests.loopback import Answer, Site


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_pages_parts_go_at_once_and_what_follows_at_an_even_pace():
    clock = Clock()
    burst = Burst(clock=clock)
    waits = [burst.wait("192.0.2.1") for _ in range(AT_ONCE + 3)]
    assert waits[:AT_ONCE] == [0.0] * AT_ONCE
    assert [round(wait, 6) for wait in waits[AT_ONCE:]] == [0.1, 0.2, 0.3]


def test_one_address_does_not_slow_another():
    burst = Burst(clock=Clock())
    for _ in range(AT_ONCE * 2):
        burst.wait("192.0.2.1")
    assert burst.wait("192.0.2.2") == 0.0


def test_after_a_rest_a_burst_is_free_again():
    clock = Clock()
    burst = Burst(clock=clock)
    for _ in range(AT_ONCE):
        burst.wait("192.0.2.1")
    clock.now += AT_ONCE / PER_SECOND
    assert [burst.wait("192.0.2.1") for _ in range(AT_ONCE)] == [0.0] * AT_ONCE


def test_a_part_that_would_wait_too_long_is_left_out_and_not_counted():
    burst = Burst(at_once=1, per_second=1, clock=Clock())
    waits = [burst.wait("a") for _ in range(20)]
    assert waits.count(None) == 20 - 1 - int(LONGEST_WAIT)
    assert max(wait for wait in waits if wait is not None) <= LONGEST_WAIT


@given(st.lists(st.floats(0, 0.3), min_size=1, max_size=200))
def test_no_address_is_ever_asked_faster_than_its_pace_allows(gaps):
    clock = Clock()
    burst = Burst(at_once=5, per_second=4, clock=clock)
    times = []
    for gap in gaps:
        clock.now += gap
        wait = burst.wait("a")
        if wait is not None:
            times.append(clock.now + wait)
    for first in range(len(times)):
        for last in range(first + 5, len(times)):
            assert times[last] - times[first] >= (last - first - 4) / 4 - 1e-6


def test_its_memory_is_bounded():
    burst = Burst(clock=Clock())
    for number in range(FORGET + 10):
        burst.wait(str(number))
    assert len(burst._due) <= FORGET


def test_the_proxy_keeps_the_pace_and_leaves_out_what_would_wait_too_long():
    async def ask(port: int) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET http://part.test/x HTTP/1.1\r\nHost: part.test\r\n\r\n")
        said = await reader.read()
        writer.close()
        await writer.wait_closed()
        return said.partition(b"\r\n")[0]

    async def asked(site: Site) -> list[bytes]:
        guard = Guard(routes={"*.test": f"127.0.0.1:{site.port}"})
        stingy = Burst(at_once=2, per_second=0.01)
        async with GuardProxy(guard, burst=stingy) as proxy:
            return [await ask(proxy.port) for _ in range(3)]

    with Site({"part.test/x": Answer(b"a part")}) as site:
        heads = asyncio.run(asked(site))
        assert len(site.asked) == 2
    assert [head.split()[1] for head in heads] == [b"200", b"200", b"503"]
