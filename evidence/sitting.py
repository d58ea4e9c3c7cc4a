"""One page before the camera: opened, brought to show everything, taken part by part."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from playwright.async_api import Error as PlaywrightError

from evidence.bounds import Bounds
from evidence.browser import Tab
from evidence.exchanges import Recorder
from evidence.facts import Behaviour, certificates_of
from evidence.fetched_files import downloaded
from evidence.opening import open_page
from evidence.parts import OF_DOCUMENT, OF_SCREEN, OK, Parts, word_of
from evidence.patience import Patience
from evidence.pictures import Photographer
from evidence.texts import Words
from evidence.unfolding import close_layers, load, pictures_wait, scroll_through, unroll

DOWNLOAD = "download"  # the word of a URL that gives a file instead of a page
LAST_SECONDS = 5.0  # for bodies still on their way when everything else is done
CALLED_SECONDS = 1.0  # for what scrolling has called, beyond what the scrolling itself waits
LAST_WORDS = "[document.title.slice(0, 1000), document.readyState]"
RESTLESS = "redirect_loop"  # of a page that goes on to the next document again and again


class Sitting:
    """`run` takes what it can and never raises for what a page does."""

    def __init__(self, tab: Tab, url: str, parts: Parts, bounds: Bounds) -> None:
        self._tab = tab
        self._url = url
        self._bounds = bounds
        self._photographer = Photographer(tab.session, tab.world, bounds)
        self._words = Words(tab, bounds)
        self._patience = Patience(tab.tally, bounds.pace_seconds)
        self.parts = parts
        self.recorder = Recorder(tab.page, tab.tally, bounds)
        self.behaviour = Behaviour()
        self.final_url = ""
        self._file: bytes | None = None

    async def run(self) -> None:
        taking = asyncio.ensure_future(self._take())
        # What was asked of a tab that crashes is never answered: it is not waited for.
        crash = asyncio.ensure_future(self._tab.crash.wait())
        restless = asyncio.ensure_future(self.recorder.restless.wait())
        ends = {taking, crash, restless}

        async def ended(seconds: float) -> bool:
            first = asyncio.FIRST_COMPLETED
            done, _ = await asyncio.wait(ends, timeout=seconds, return_when=first)
            return bool(done)

        try:
            whole = Patience(self._tab.tally, self._bounds.pace_seconds)
            await whole.until(ended, self._bounds.total_seconds)
            self._ended(taking)
        finally:
            for work in (taking, crash, restless):
                work.cancel()
            await asyncio.gather(taking, crash, restless, return_exceptions=True)
        await self._end()

    def _ended(self, taking: asyncio.Future[None]) -> None:
        if self._tab.crashed:
            self.parts.fail_rest("crashed")
        elif self.recorder.restless.is_set():
            self._tab.tally.stop()  # it is not to be asked for more
            self.behaviour.limits.append("documents")
            self.behaviour.outcome = RESTLESS
            self.parts.fail_rest(RESTLESS)
        elif not taking.done():
            self.behaviour.limits.append("total_seconds")
            self.parts.fail_rest("timeout")
        else:
            error = taking.exception()
            if isinstance(error, PlaywrightError | TimeoutError):
                self.parts.fail_rest(word_of(error))
            elif error is not None:
                raise error

    async def _take(self) -> None:
        behaviour, seconds = self.behaviour, self._bounds.open_seconds
        word, bad = await open_page(self._tab, self.recorder, self._url, seconds)
        behaviour.outcome, behaviour.certificate_error = word, bad
        if word == DOWNLOAD:
            self._file = await downloaded(self._tab, self._bounds)
        if word != OK:
            return
        await self._settle()
        await self._take_first_screen()
        await self._unfold()
        await self._take_rest()
        await self._ask_last()

    async def _settle(self) -> None:
        complete = await load(self._tab.page, self._bounds, self._patience)
        self.behaviour.loading = "complete" if complete else "parts_waiting"
        await self._enter()

    async def _enter(self) -> None:
        if not await self._tab.world.enter(self._bounds.wake_seconds):
            self.behaviour.script_ended = True

    async def _take_first_screen(self) -> None:
        """As it shows itself, before any layer is closed."""

        async def take() -> tuple[bytes, str]:
            shot = await self._photographer.first_screen()
            return shot.png, shot.note

        await self.parts.take("first_screen", take, self._enter)

    async def _unfold(self) -> None:
        behaviour, page = self.behaviour, self._tab.page
        before = page.url
        behaviour.layers_closed = await close_layers(page, self._tab.world, self._bounds)
        if behaviour.layers_closed and page.url.partition("#")[0] != before.partition("#")[0]:
            behaviour.layer_led_away = True
            await open_page(self._tab, self.recorder, before, self._bounds.open_seconds)
            await self._settle()
        behaviour.scrolled, behaviour.pictures_waiting = await scroll_through(
            self._tab.world, self._bounds
        )
        behaviour.unrolled = await unroll(page, self._tab.world, self._bounds)
        if await self._patience.until(self._quiet, CALLED_SECONDS) or behaviour.pictures_waiting:
            behaviour.pictures_waiting = await pictures_wait(self._tab.world, self._bounds)
        await self._photographer.still()

    async def _quiet(self, seconds: float) -> bool:
        """Whether nothing that was asked for is open."""
        if self.recorder.unfinished:
            await asyncio.sleep(seconds)
        return not self.recorder.unfinished

    async def _take_rest(self) -> None:
        async def full_page() -> tuple[bytes, str]:
            shot = await self._photographer.full_page()
            self.behaviour.width, self.behaviour.height = shot.width, shot.height
            return shot.png, shot.note

        async def dom() -> tuple[bytes, str]:
            data, cut = await self._words.dom()
            return data, "cut" if cut else OK

        async def text() -> tuple[bytes, str]:
            data, cut = await self._words.text(self.recorder.refused)
            return data, "cut" if cut else OK

        async def mhtml() -> tuple[bytes, str]:
            return await self._words.mhtml(), OK

        self.recorder.note_late()
        await self.parts.take("full_page", full_page, self._enter)
        await self.parts.take("dom", dom, self._enter)
        await self.parts.take("text", text, self._enter)
        await self.parts.take("mhtml", mhtml, self._enter)
        if self._words.closed:
            self.behaviour.closed_trees = True
            self.parts.lack(("dom", "text"), "closed_trees")

    async def _ask_last(self) -> None:
        """What can only be known at the end; the parts stand without it."""
        with suppress(PlaywrightError, TimeoutError):
            title, state = await self._tab.world.ask(LAST_WORDS, self._bounds.wake_seconds)
            self.behaviour.title = str(title)[:1000]
            if state == "loading":
                self.behaviour.loading = "document_unfinished"
                self.parts.lack(OF_DOCUMENT, "unfinished")
        url = self._tab.page.url
        self.behaviour.certificates = await certificates_of(self._tab.session, url)

    async def _end(self) -> None:
        await self.recorder.finish(LAST_SECONDS)
        behaviour, navigations = self.behaviour, self.recorder.navigations
        if self._file is not None and navigations:
            navigations[-1].body, navigations[-1].truncated = self._file, ""
        behaviour.dialogs, behaviour.popups = self._tab.dialogs, self._tab.popups
        if self._tab.tally.full:
            behaviour.limits.append("wire_bytes")
        if self.recorder.left_out:
            behaviour.limits.append("requests")
        if self._tab.crashed:
            behaviour.outcome = "crashed"
        self._end_at(self._tab.page.url)
        self.parts.fail_rest(behaviour.outcome if behaviour.outcome != OK else "browser")

    def _end_at(self, shown: str) -> None:
        """A document that the page made itself, as a blob, stands at the URL of the page."""
        fetched = [one for one in self.recorder.navigations if one.url.startswith("http")]
        if self.behaviour.outcome == RESTLESS and self.recorder.restless.is_set():
            fetched = [one for one in fetched if one.status]  # the last one was not waited for
        if self.behaviour.outcome == OK and shown.startswith("http"):
            self.final_url = shown
        elif fetched and fetched[-1].status:
            self.final_url = fetched[-1].url
        if self.behaviour.outcome == OK and not shown.startswith("http"):
            self.behaviour.made_by_script = shown[:2000]
            self.parts.lack(OF_SCREEN, "made_by_script")
