"""A picture of a page as it was captured: the browser is given the very bytes that were hashed.

Only what the page refers to (pictures, styles) comes from the network, through the guard; scripts
are off, so that the picture shows what the hash covers and nothing the page does later.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page as BrowserPage
from playwright.async_api import Route
from scrapy import Request
from scrapy.http import Response
from scrapy_playwright.page import PageMethod

from crawler.charset import decode
from crawler.sweep_plan import Picture
from crawler.unfetched import CAPTURED
from storage.records import Page

# Chromium's raster tiles end at 16,384 px; beyond it a full-page picture repeats itself.
TALLEST = 15_000
WIDTH = 1280
NO_SCRIPTS = "script-src 'none'; object-src 'none'"


class Engine(Protocol):
    """The part of Scrapy's engine that is used here."""

    def download_async(self, request: Request) -> Awaitable[Response]: ...


async def take_picture(engine: Engine, page: Page, seconds: float) -> Picture:
    """A full-page PNG, the first screen where that fails, or a reason; never hangs.

    `seconds` bounds each of the three stages: opening, full page, first screen.
    """
    shot = PageMethod(shoot, seconds * 1000)
    request = Request(
        page.final_url,
        dont_filter=True,
        meta={
            "playwright": True,
            "playwright_context": "camera",
            "playwright_page_init_callback": serve(page),
            "playwright_page_goto_kwargs": {
                "wait_until": "domcontentloaded",
                "timeout": seconds * 1000,
            },
            "playwright_page_methods": [shot],
            CAPTURED: True,
            "download_slot": "camera",
            "download_timeout": seconds * 4,
        },
    )
    try:
        await engine.download_async(request)
    except (PlaywrightError, OSError) as error:
        return Picture(reason=type(error).__name__.lower())
    return shot.result if isinstance(shot.result, Picture) else Picture(reason="no_picture")


def serve(page: Page) -> Callable[[BrowserPage, Request], Awaitable[None]]:
    """Answer the navigation from the capture; everything else goes its ordinary way."""
    body = page.dom.encode("utf-8", "replace") if page.dom else page.body
    # The bytes stay as they came; only a header that lies about them would spoil the picture.
    charset = "utf-8" if page.dom else decode(page.body, page.header("content-type"))[1]

    async def prepare(browser_page: BrowserPage, _request: Request) -> None:
        async def answer(route: Route) -> None:
            if route.request.is_navigation_request():
                await route.fulfill(
                    status=200,
                    headers={
                        "content-type": f"text/html; charset={charset}",
                        "content-security-policy": NO_SCRIPTS,
                    },
                    body=body,
                )
            else:
                await route.fallback()

        await browser_page.route("**/*", answer)

    return prepare


async def shoot(page: BrowserPage, timeout_ms: float) -> Picture:
    """The ladder: whole page, then the first screen, then nothing, each with its reason."""
    await wait_for_load(page, timeout_ms / 4)
    try:
        height = int(await page.evaluate("document.documentElement.scrollHeight"))
        if height > TALLEST:
            clip = {"x": 0, "y": 0, "width": WIDTH, "height": TALLEST}
            png = await page.screenshot(full_page=True, clip=clip, timeout=timeout_ms)  # type: ignore[arg-type]
            return Picture(png=png, reason="cut_at_15000_px")
        return Picture(png=await page.screenshot(full_page=True, timeout=timeout_ms))
    except PlaywrightError:
        return await first_screen(page, timeout_ms)


async def first_screen(page: BrowserPage, timeout_ms: float) -> Picture:
    try:
        return Picture(png=await page.screenshot(timeout=timeout_ms), reason="first_screen_only")
    except PlaywrightError as error:
        return Picture(reason=type(error).__name__.lower())


async def wait_for_load(page: BrowserPage, timeout_ms: float) -> None:
    try:
        await page.wait_for_load_state("load", timeout=timeout_ms)
    except PlaywrightError:
        # A picture without its slowest parts beats no picture.
        return
