"""Captures a second: whole evidence against a bare Playwright script, side by side.

    python -m benchmarks.evidence [--pages 60] [--rounds 3] [--captures 1000]

Both take the same pages of a local server, 14 sub-resources each, two tabs a core. `bare` opens a
tab for each page, reads every body and takes the full-page picture, and keeps them in memory.
`ours` takes WARC, DOM, MHTML, both pictures, text and facts behind the guard's proxy, hashes them
twice and keeps them in the snapshot store and the database. Each run is a process of its own; the
rate is pages over the seconds between the first and the last. `--captures` is one long run of ours
alone: how much its processes hold in its quarters.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Request, async_playwright

from benchmarks.serving import served
from benchmarks.sources import MemoryWatch
from crawler.chromium import find_chromium
from crawler.process_memory import children_mb
from door.capture_run import TABS_A_CORE, Outside, run_captures
from door.settings import read_settings
from evidence.orders import Order, Taken
from storage.database import open_database, ready

HOST = "bench.test"
TABS = TABS_A_CORE * (os.cpu_count() or 1)
QUARTERS = 4


async def bare_page(browser: Browser, url: str) -> int:
    """Bytes of bodies and picture. Playwright cannot mark a builtin such as `append`."""
    finished: list[Request] = []
    page = await browser.new_page()
    page.on("requestfinished", lambda request: finished.append(request))  # noqa: PLW0108
    await page.goto(url, wait_until="load")
    size = 0
    for request in finished:
        response = await request.response()
        size += len(await response.body()) if response else 0
    size += len(await page.screenshot(full_page=True))
    await page.close()
    return size


async def bare(port: int, pages: int) -> list[float]:
    moments: list[float] = []
    numbers = iter(range(pages))

    async def work(browser: Browser) -> None:
        for number in numbers:
            await bare_page(browser, f"http://127.0.0.1:{port}/p/{number}")
            moments.append(time.perf_counter())

    async with async_playwright() as playwright:
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = await playwright.chromium.launch(
            executable_path=find_chromium(""), args=["--disable-gpu", *sandbox]
        )
        await asyncio.gather(*(work(browser) for _ in range(TABS)))
        await browser.close()
    return moments


class Counted:
    """Moments of captures that are whole, and what our processes held as they came."""

    def __init__(self) -> None:
        self.moments: list[float] = []
        self.held: list[tuple[float, float]] = []  # MB of the browser, of ourselves
        self.broken = 0

    def count(self, taken: Taken) -> None:
        self.moments.append(time.perf_counter())
        self.broken += any(word != "ok" for word in taken.capture.parts.values())
        if len(self.moments) % 10 == 0:
            self.held.append((children_mb() or 0.0, own_mb()))


def own_mb() -> float:
    """Resident memory of this process now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1e6


def ours(port: int, pages: int) -> Counted:
    counted = Counted()
    with tempfile.TemporaryDirectory() as folder:
        settings = read_settings({"CERTSWEEP_HOME": folder})
        engine = open_database("", settings.home)
        ready(engine)
        orders = [
            Order(url=f"http://{HOST}/p/{number}", asked_by="benchmark", reason="benchmark")
            for number in range(pages)
        ]
        outside = Outside(routes={HOST: f"127.0.0.1:{port}"}, delay=0.0)
        run_captures(engine, settings, orders, counted.count, outside)
        engine.dispose()
    return counted


def worker(kind: str, port: int, pages: int) -> None:
    watch = MemoryWatch()
    watch.start()
    told: dict[str, Any] = {}
    if kind == "bare":
        moments = asyncio.run(bare(port, pages))
    else:
        counted = ours(port, pages)
        moments = counted.moments
        told = {"broken": counted.broken, "held": counted.held}
    rate = (len(moments) - 1) / (moments[-1] - moments[0])
    print(json.dumps({"pages": len(moments), "rate": rate, "browser_mb": watch.stop()} | told))


def measured(kind: str, port: int, pages: int) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.evidence", "--worker", kind, str(port), str(pages)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        cwd=Path(__file__).parent.parent,
    )
    run: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    if run["pages"] < pages or run.get("broken"):
        print(f"{kind}: {run['pages']} of {pages}, {run.get('broken')} in part", file=sys.stderr)
    return run


def table(pages: int, rounds: int) -> None:
    runs: dict[str, list[dict[str, Any]]] = {"bare": [], "ours": []}
    with served("benchmarks.evidence_pages") as port:
        for _ in range(rounds):  # side by side: another job on the machine slows both
            for kind, found in runs.items():
                found.append(measured(kind, port, pages))
    rates = {kind: statistics.median(run["rate"] for run in found) for kind, found in runs.items()}
    print(f"{'kind':6} {'captures/s':>11} {'of bare':>8} {'browser MB':>11}")
    for kind, found in runs.items():
        most = max(run["browser_mb"] for run in found)
        print(f"{kind:6} {rates[kind]:11.2f} {rates[kind] / rates['bare']:8.2f} {most:11.0f}")


def long_run(captures: int) -> None:
    with served("benchmarks.evidence_pages") as port:
        run = measured("ours", port, captures)
    held = run["held"]
    print(f"{run['pages']} captures in one run, {run['rate']:.2f} a second")
    print(f"{'quarter':8} {'browser MB':>11} {'own MB':>8}  (the most at any moment)")
    size = max(1, len(held) // QUARTERS)
    for quarter in range(min(QUARTERS, len(held))):
        part = held[quarter * size : (quarter + 1) * size]
        browser, own = (max(column) for column in zip(*part, strict=True))
        print(f"{quarter + 1:<8} {browser:11.0f} {own:8.0f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--captures", type=int, default=0, help="1000 is the goal's measure")
    parser.add_argument("--worker", nargs=3, metavar=("KIND", "PORT", "PAGES"))
    options = parser.parse_args()
    if options.worker:
        kind, port, pages = options.worker
        worker(kind, int(port), int(pages))
        return
    table(options.pages, options.rounds)
    if options.captures:
        long_run(options.captures)


if __name__ == "__main__":
    main()
