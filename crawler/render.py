"""A page through the browser: what scrapy-playwright is told, and what is kept on the way."""

from __future__ import annotations

from typing import Any

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page as BrowserPage
from playwright.async_api import Request as BrowserRequest
from playwright.async_api import Response as BrowserResponse
from playwright.async_api import Route
from scrapy import Request
from scrapy_playwright.page import PageMethod

# Measured 2026-11: waiting for domcontentloaded gains more than blocking pictures does; what is
# blocked is never needed to read a page, and pictures of a page are taken apart from this.
HEAVY = frozenset({"image", "font", "media"})
# Longest waits after the document is there, as shares of the page's own timeout: for a script to
# put text on it, and for the network to be quiet. A busy machine must not cut a page short.
FILL_SHARE, QUIET_SHARE = 1 / 3, 1 / 6
FILLED = "document.body && document.body.innerText.trim().length > 40"


def render_meta(timeout: float) -> dict[str, Any]:
    """Request.meta for one rendered page; `timeout` in seconds."""
    return {
        "playwright": True,
        "playwright_page_init_callback": prepare_reading,
        "playwright_page_goto_kwargs": {
            "wait_until": "domcontentloaded",
            "timeout": timeout * 1000,
        },
        "playwright_page_methods": [PageMethod(settle, timeout * 1000)],
    }


async def prepare_reading(page: BrowserPage, request: Request) -> None:
    """Leave out what is heavy, keep the bytes of the main document as they came."""

    async def light(route: Route) -> None:
        if route.request.resource_type in HEAVY:
            await route.abort()
        else:
            await route.fallback()

    async def keep_document(response: BrowserResponse) -> None:
        if is_document(response.request, page) and "raw_document" not in request.meta:
            try:
                request.meta["raw_document"] = await response.body()
            except PlaywrightError:
                # A redirect has no body; the final document brings its own.
                return

    await page.route("**/*", light)
    page.on("response", keep_document)


def is_document(request: BrowserRequest, page: BrowserPage) -> bool:
    return request.is_navigation_request() and request.frame == page.main_frame


async def settle(page: BrowserPage, timeout_ms: float) -> None:
    """Wait until the script has put text on the page, or as long as is reasonable."""
    try:
        await page.wait_for_function(FILLED, timeout=timeout_ms * FILL_SHARE)
        await page.wait_for_load_state("networkidle", timeout=timeout_ms * QUIET_SHARE)
    except PlaywrightError:
        # What is there is read as it is; an empty shell is reported as such by the reader.
        return
