"""One page, from opening to a Capture with its files. Nothing is written here: see keeping.py."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from playwright.async_api import Error as PlaywrightError

from crawler.guard import Refused
from evidence.assembling import Seen, assemble
from evidence.bounds import Bounds
from evidence.browser import CaptureBrowser
from evidence.clock import Clock
from evidence.facts import Machine, network_facts
from evidence.orders import Order, Taken
from evidence.parts import OK, Parts
from evidence.sitting import Sitting

ENDED_BROWSER = "ended_browser"


async def capture_page(
    browser: CaptureBrowser,
    order: Order,
    bounds: Bounds | None = None,
    clock: Clock | None = None,
) -> Taken:
    """Take a page. Whatever a page does ends in a word beside a part, never in an error.

    Raises PlaywrightError only where the browser cannot be started at all.
    """
    now = datetime.now(UTC)
    seen = Seen(parts=Parts(order.parts), started_at=now, ended_at=now)
    try:
        browser.guard.vet_url(order.url)
    except Refused as refused:
        seen.behaviour.outcome = refused.reason
        seen.parts.fail_rest(refused.reason)
    else:
        await look(browser, order, bounds or Bounds(), seen)
    seen.ended_at = datetime.now(UTC)
    machine = Machine(
        clock=clock or Clock(), agent=browser.agent, browser=f"chromium {browser.version}"
    )
    # In a thread: packing and hashing let the other pages go on.
    taken = await asyncio.to_thread(assemble, order, seen, machine)
    # Playwright's objects stand in circles, and what listened to them with them: without this a
    # page's bodies would stay until the collector comes by, which big things do not hurry.
    for exchange in seen.exchanges:
        exchange.body = exchange.request_body = b""
    seen.parts.taken.clear()
    return taken


def say_lost(order: Order, seen: Seen) -> None:
    """Nothing came of a page that the browser did not outlive, whatever the server had begun to
    answer; taken alone, it was the page that ended the browser."""
    if not seen.parts.taken:
        seen.final_url = ""
        if seen.behaviour.outcome == OK:  # it had opened, and that was all
            seen.behaviour.outcome = "browser"
    if order.alone:
        seen.behaviour.outcome = ENDED_BROWSER
        seen.parts.call_lost(ENDED_BROWSER)


async def look(browser: CaptureBrowser, order: Order, bounds: Bounds, seen: Seen) -> None:
    """One sitting; a second one where the server's certificate is bad.

    Such a page is taken all the same, as a person would look at it who knows: the certificate and
    what is wrong with it stand in the facts.
    """
    await browser.start()
    await sit(browser, order, bounds, seen, "")
    bad = seen.behaviour.certificate_error
    if bad:
        seen.parts = Parts(order.parts)
        await sit(browser, order, bounds, seen, bad)
        seen.behaviour.certificate_error = bad


async def sit(
    browser: CaptureBrowser, order: Order, bounds: Bounds, seen: Seen, certificate_error: str
) -> None:
    try:
        async with browser.tab(bounds, trusting=bool(certificate_error)) as tab:
            sitting = Sitting(tab, order.url, seen.parts, bounds)
            await sitting.run()
            seen.disturbed = await tab.lost()
    except PlaywrightError:
        # The browser went down before there was a tab.
        seen.disturbed, seen.behaviour.outcome = True, "browser"
        seen.parts.fail_rest("browser")
        return
    recorder = sitting.recorder
    seen.behaviour, seen.final_url = sitting.behaviour, sitting.final_url
    seen.exchanges, seen.left_out = recorder.exchanges, recorder.left_out
    seen.reached, seen.network = tab.tally.reached, network_facts(tab.tally, recorder)
    if tab.doomed:
        seen.behaviour.limits.append("memory")
    if seen.disturbed:
        say_lost(order, seen)
