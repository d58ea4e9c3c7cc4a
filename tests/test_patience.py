"""A page is waited for by its own time: what our pace holds up does not count, within a bound."""

from __future__ import annotations

import asyncio
from contextlib import nullcontext

from crawler.tally import Tally
from evidence import patience
from evidence.patience import Patience


def wait(held: bool, most: float, seconds: float, comes_after: float = 1000.0) -> tuple[bool, int]:
    """Whether it came, and how many looks were made, by a clock that jumps."""
    tally, clock, looks = Tally(), [0.0], [0]

    async def come(given: float) -> bool:
        looks[0] += 1
        clock[0] += given
        return clock[0] >= comes_after

    async def run() -> bool:
        asyncio.get_running_loop().time = lambda: clock[0]  # type: ignore[method-assign]
        with tally.held() if held else nullcontext():
            return await Patience(tally, most).until(come, seconds)

    return asyncio.run(run()), looks[0]


def test_time_without_our_pace_is_the_pages_own() -> None:
    assert wait(held=False, most=100.0, seconds=1.0) == (False, 1.0 / patience.STEP)


def test_time_that_the_pace_took_is_given_back_up_to_a_bound() -> None:
    assert wait(held=True, most=100.0, seconds=1.0, comes_after=50.0)[0]
    assert wait(held=True, most=9.0, seconds=1.0) == (False, 10.0 / patience.STEP)


def test_what_comes_at_once_is_not_waited_for() -> None:
    assert wait(held=True, most=9.0, seconds=1.0, comes_after=0.1) == (True, 1)


def test_no_time_is_no_wait() -> None:
    assert wait(held=True, most=9.0, seconds=0.0) == (False, 0)


def test_a_page_is_paced_a_moment_longer_than_its_part_was_held() -> None:
    tally = Tally()
    assert not tally.paced
    with tally.held():
        assert tally.paced
    assert tally.paced
