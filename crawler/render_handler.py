"""Scrapy's download handler for pages through the browser: tabs reused, the browser renewed.

scrapy-playwright (its parent here) starts the browser and takes the pictures; for a page that is
only read it would open a new tab each, and stop in Python at every request of the page.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from playwright.async_api import BrowserContext
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page as BrowserPage
from playwright.async_api import Request as BrowserRequest
from playwright.async_api import Response as BrowserResponse
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadTimeoutError
from scrapy.http import HtmlResponse, Response
from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler

from crawler.answers import AnswerBook
from crawler.process_memory import children_mb
from crawler.render import RENDER, RenderOrder, settle
from crawler.tabs import Tabs
from crawler.turnstile import Turnstile

LOOK_EVERY = 20  # pages between two looks at the memory
OVERTIME = 2.0  # times a page's own timeout, after which its tab is given up
NAVIGATING = "navigating"


class RenderHandler(ScrapyPlaywrightDownloadHandler):  # type: ignore[misc]
    """BROWSER_PAGES and BROWSER_MB: after how many pages, or at what size of the browser's
    processes together, it is closed and a fresh one started."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._agent = str(crawler.settings["USER_AGENT"])
        self._most_pages = crawler.settings.getint("BROWSER_PAGES")
        self._most_mb = crawler.settings.getfloat("BROWSER_MB")
        self._room = asyncio.Semaphore(self.config.max_pages_per_context)
        self._tabs = Tabs(self._open_context)
        self._version = ""
        self._turnstile = Turnstile(self._worn, self._renew)

    async def download_request(self, request: Request) -> Response:
        if not request.meta.get("playwright"):
            plain: Response = await super().download_request(request)
            return plain
        order = request.meta.get(RENDER)
        if isinstance(order, RenderOrder):
            # A tab first: whoever only waits for one must not hold up a renewal.
            async with self._room, self._turnstile.turn():
                return await self._render(request, order)
        async with self._turnstile.turn():
            pictured: Response = await super().download_request(request)
            return pictured

    async def _render(self, request: Request, order: RenderOrder) -> Response:
        try:
            async with (
                asyncio.timeout(order.timeout * OVERTIME),
                self._tabs.lend(order.session, order.storage_state) as page,
            ):
                return await self._read(page, request, order)
        except TimeoutError as error:
            raise DownloadTimeoutError(f"{request.url} hung in the browser") from error

    async def _read(self, page: BrowserPage, request: Request, order: RenderOrder) -> Response:
        book = AnswerBook(request.url, order.wanted)
        page.on("response", book.hear)
        try:
            response = await go(page, request.url, order.timeout)
            await settle(page, book, order.timeout)
            return await self._taken(page, request, response, book)
        finally:
            page.remove_listener("response", book.hear)

    async def _taken(
        self,
        page: BrowserPage,
        request: Request,
        response: BrowserResponse | None,
        book: AnswerBook,
    ) -> Response:
        request.meta["answers"] = book.answers
        request.meta["rendered_by"] = f"chromium {self._version}"
        if response is None:
            return HtmlResponse(page.url, request=request, flags=["playwright"])
        raw = await body_of(response)
        if raw is not None:
            request.meta["raw_document"] = raw
        request.meta["redirect_urls"] = redirects(response.request)
        return HtmlResponse(
            page.url if page.url.startswith("http") else response.url,
            status=response.status,
            headers=headers_of(await response.all_headers()),
            body=(await content(page)).encode("utf-8", "replace"),
            encoding="utf-8",
            request=request,
            flags=["playwright"],
        )

    async def _open_context(self, state: Mapping[str, Any] | None) -> BrowserContext:
        await self._maybe_launch_browser()
        self._version = self.browser.version  # kept: the browser may be gone when a page is done
        context: BrowserContext = await self.browser.new_context(
            user_agent=self._agent,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            accept_downloads=False,
            service_workers="block",  # what they answer would not be seen
            storage_state=dict(state) if state is not None else None,
        )
        return context

    def _worn(self) -> bool:
        lent = self._tabs.lent
        if self._most_pages and lent >= self._most_pages:
            return True
        if not self._most_mb or not lent or lent % LOOK_EVERY:
            return False
        held = children_mb()
        return held is not None and held > self._most_mb

    async def _renew(self) -> None:
        """Close the browser; the next page starts a fresh one."""
        if not hasattr(self, "browser"):
            return  # it died by itself just now, and its tabs were forgotten then
        browser = self.browser
        browser.remove_listener("disconnected", self._browser_disconnected_callback)
        self._tabs.forget()
        self.context_wrappers.clear()
        del self.browser
        await browser.close()
        self.stats.inc_value("browser/renewed")

    async def _browser_disconnected_callback(self) -> None:
        """It died on its own: its tabs are gone too."""
        self._tabs.forget()
        await super()._browser_disconnected_callback()


async def go(page: BrowserPage, url: str, seconds: float) -> BrowserResponse | None:
    """Open the page; a file to download is answered by its head alone."""
    heads: list[BrowserResponse] = []

    def note(response: BrowserResponse) -> None:
        request = response.request
        if request.is_navigation_request() and request.frame == page.main_frame:
            heads.append(response)

    page.on("response", note)
    try:
        return await page.goto(url, wait_until="domcontentloaded", timeout=seconds * 1000)
    except PlaywrightError as error:
        if "Download is starting" in error.message and heads:
            return heads[-1]
        raise
    finally:
        page.remove_listener("response", note)


async def body_of(response: BrowserResponse) -> bytes | None:
    try:
        return await response.body()
    except PlaywrightError:
        return None  # a download has none, and a page that moved on has lost it


async def content(page: BrowserPage) -> str:
    try:
        return await page.content()
    except PlaywrightError as error:
        if NAVIGATING not in error.message:
            raise
        await page.wait_for_load_state("domcontentloaded")
        return await page.content()


def redirects(request: BrowserRequest) -> list[str]:
    """Every URL on the way, the asked one first; empty where there was no redirect."""
    found: list[str] = []
    before = request.redirected_from
    while before is not None:
        found.append(before.url)
        before = before.redirected_from
    return found[::-1]


def headers_of(given: Mapping[str, str]) -> dict[str, list[str]]:
    """As Scrapy keeps them; the body is no longer encoded."""
    return {name: value.split("\n") for name, value in given.items() if name != "content-encoding"}
