"""The browser is renewed alone, and nobody waits for ever."""

from __future__ import annotations

import asyncio

from crawler.turnstile import Turnstile


class Worn:
    """Wears out after `most` uses; notes who was inside when it was renewed."""

    def __init__(self, most: int) -> None:
        self.most, self.used, self.inside = most, 0, 0
        self.renewals: list[int] = []

    def due(self) -> bool:
        return self.used >= self.most

    async def renew(self) -> None:
        self.renewals.append(self.inside)
        await asyncio.sleep(0)
        self.used = 0


async def visits(worn: Worn, number: int, *, failing: bool = False) -> list[object]:
    turnstile = Turnstile(worn.due, worn.renew)

    async def visit() -> None:
        async with turnstile.turn():
            worn.inside += 1
            worn.used += 1
            await asyncio.sleep(0.001)
            worn.inside -= 1
            if failing:
                raise ValueError("a page that broke")

    return await asyncio.gather(*(visit() for _ in range(number)), return_exceptions=True)


def test_nobody_is_inside_while_it_is_renewed():
    worn = Worn(3)
    asyncio.run(visits(worn, 20))
    assert worn.renewals
    assert set(worn.renewals) == {0}


def test_a_visit_that_fails_leaves_like_any_other():
    worn = Worn(2)
    results = asyncio.run(visits(worn, 6, failing=True))
    assert [type(one) for one in results] == [ValueError] * 6
    assert set(worn.renewals) == {0}


def test_what_is_not_worn_is_never_renewed():
    worn = Worn(100)
    asyncio.run(visits(worn, 20))
    assert worn.renewals == []
