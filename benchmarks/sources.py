"""Rendered pages a second: a whole sweep against a bare scrapy-playwright spider, side by side.

    python -m benchmarks.sources [--pages 120] [--rounds 3] [--memory-pages 2000]

Both open the same pages of a local server, whose script fetches twenty posts; both are done with a
page when that answer is there. `bare` opens a new tab for each, four at a time, and reads the
posts; `ours` is a sweep with guard, robots, judging and its durable frontier. Each run is a
process of its own; the rate is pages over the seconds from the first page on.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import scrapy
from playwright.async_api import Page as BrowserPage
from scrapy.crawler import AsyncCrawlerProcess
from scrapy_playwright.page import PageMethod

from benchmarks.serving import served
from crawler.chromium import find_chromium
from crawler.process_memory import children_mb
from crawler.reading import Reading
from crawler.source_spider import SourceSpider
from door.settings import read_settings
from door.sweep_parts import SweepOrder
from door.sweep_run import run_sweep
from storage.database import open_database
from storage.records import Page, PageState, Post, Target, TargetKind

HOST = "bench.test"
AWAITED = "/api/search"
TABS = 4


class BareSpider(scrapy.Spider):
    """scrapy-playwright as its README shows it: a new tab a page, wait for the response, read."""

    name = "bare"

    def __init__(self, port: int, pages: int, moments: list[float]) -> None:
        super().__init__()
        self._urls = [f"http://127.0.0.1:{port}/p/{n}" for n in range(pages)]
        self._moments = moments

    async def start(self) -> AsyncIterator[scrapy.Request]:
        for url in self._urls:
            yield scrapy.Request(url, meta=self._meta(), callback=self.found)

    def _meta(self) -> dict[str, Any]:
        waiting = PageMethod("wait_for_selector", ".card")
        return {
            "playwright": True,
            "playwright_page_methods": [waiting],
            "playwright_page_init_callback": self.listen,
            "playwright_page_goto_kwargs": {"wait_until": "domcontentloaded"},
        }

    async def listen(self, page: BrowserPage, request: scrapy.Request) -> None:
        async def keep(response: Any) -> None:  # noqa: ANN401 (Playwright's response)
            if AWAITED in response.url:
                request.meta["answer"] = await response.body()

        page.on("response", keep)

    def found(self, response: scrapy.http.Response) -> None:
        if len(json.loads(response.meta["answer"])["cards"]) > 0:
            self._moments.append(time.perf_counter())


class CardSpider(SourceSpider):
    """Reads the posts of the benchmark's answers."""

    name = "cards"
    rendered = True
    awaits = (AWAITED,)
    canary = "0"  # no pages: no daily look
    pages = 0

    @classmethod
    def seeds(cls, target: Target) -> tuple[str, ...]:
        return tuple(f"http://{HOST}/p/{n}" for n in range(int(target.value)))

    def read(self, page: Page) -> Reading:
        posts = tuple(
            Post(
                platform="cards",
                post_id=hashlib.sha256(card["title"].encode()).hexdigest()[:16],
                url=page.url,
                url_found=page.url,
                title=card["title"],
                text=card["text"],
            )
            for answer in page.answers
            for card in json.loads(answer.body)["cards"]
        )
        return Reading(state=PageState.ALIVE if posts else PageState.ERROR, posts=posts)


def run_bare(port: int, pages: int) -> list[float]:
    handler = "scrapy_playwright.handler.ScrapyPlaywrightDownloadHandler"
    launch = {
        "executable_path": find_chromium(""),
        "args": ["--no-sandbox"] if os.geteuid() == 0 else [],
    }
    process = AsyncCrawlerProcess(
        {
            "TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
            "DOWNLOAD_HANDLERS": {"http": handler, "https": handler},
            "PLAYWRIGHT_LAUNCH_OPTIONS": launch,
            "PLAYWRIGHT_MAX_PAGES_PER_CONTEXT": TABS,
            "CONCURRENT_REQUESTS": 16,
            "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
            "DOWNLOAD_DELAY": 0,
            "LOG_LEVEL": "ERROR",
            "TELNETCONSOLE_ENABLED": False,
        }
    )
    moments: list[float] = []
    process.crawl(BareSpider, port=port, pages=pages, moments=moments)
    process.start()
    return moments


def run_ours(port: int, pages: int) -> list[float]:
    moments: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        settings = read_settings({"CERTSWEEP_HOME": folder})
        engine = open_database("", settings.home)
        target = Target(
            kind=TargetKind.KEYWORD,
            value=str(pages),
            source=CardSpider.name,
            reason="benchmark",
            added_by="benchmark",
        )
        order = SweepOrder(
            targets=[target],
            name="benchmark",
            routes={HOST: f"127.0.0.1:{port}"},
            delay=0.0,
            per_host=16,
        )
        run_sweep(
            engine,
            settings,
            order,
            {CardSpider.name: CardSpider},
            lambda visit: moments.append(time.perf_counter()) if visit.sightings else None,
        )
        engine.dispose()
    return moments


class MemoryWatch(threading.Thread):
    """The most the browser and its driver held, looked at twice a second."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.most = 0.0
        self._over = threading.Event()

    def run(self) -> None:
        while not self._over.wait(0.5):
            self.most = max(self.most, children_mb() or 0.0)

    def stop(self) -> float:
        self._over.set()
        self.join()
        return self.most


def worker(kind: str, port: int, pages: int) -> None:
    watch = MemoryWatch()
    watch.start()
    moments = run_bare(port, pages) if kind == "bare" else run_ours(port, pages)
    seconds = moments[-1] - moments[0]
    read = len(moments)
    print(json.dumps({"pages": read, "rate": (read - 1) / seconds, "browser_mb": watch.stop()}))


def measured(kind: str, port: int, pages: int) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.sources", "--worker", kind, str(port), str(pages)],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parent.parent,
    )
    run: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    if run["pages"] < pages:
        print(f"{kind}: only {run['pages']} of {pages} pages gave posts", file=sys.stderr)
    return run


def table(pages: int, rounds: int) -> None:
    runs: dict[str, list[dict[str, Any]]] = {"bare": [], "ours": []}
    with served("benchmarks.script_pages") as port:
        for _ in range(rounds):  # side by side: another job on the machine slows both
            for kind, found in runs.items():
                found.append(measured(kind, port, pages))
    rates = {kind: statistics.median(run["rate"] for run in found) for kind, found in runs.items()}
    print(f"{'kind':6} {'pages/s':>8} {'of bare':>8} {'browser MB':>11}")
    for kind, found in runs.items():
        most = max(run["browser_mb"] for run in found)
        print(f"{kind:6} {rates[kind]:8.1f} {rates[kind] / rates['bare']:8.2f} {most:11.0f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=120)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--memory-pages", type=int, default=0, help="2000 is the goal's measure")
    parser.add_argument("--worker", nargs=3, metavar=("KIND", "PORT", "PAGES"))
    options = parser.parse_args()
    if options.worker:
        kind, port, pages = options.worker
        worker(kind, int(port), int(pages))
        return
    table(options.pages, options.rounds)
    if options.memory_pages:
        with served("benchmarks.script_pages") as port:
            run = measured("ours", port, options.memory_pages)
        print(
            f"{run['pages']} pages in one run: the browser held {run['browser_mb']:.0f} MB at most"
        )


if __name__ == "__main__":
    main()
