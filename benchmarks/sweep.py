"""A whole sweep against a bare Scrapy spider, side by side over the same local server.

    python -m benchmarks.sweep [--pages 2000] [--rounds 3] [--memory-pages 10000]

`bare` is handed every URL and takes the title; `handed` is our sweep given the same URLs by a
sitemap; `walked` is our sweep that finds them by links, 31 a page. Ours does everything: robots,
guard, extraction, judging, dedupe, durable frontier on SQLite. Each run is a process of its own;
the rate is pages over the seconds of its crawl, without start-up.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import scrapy
from scrapy.crawler import AsyncCrawlerProcess

from benchmarks.serving import served
from door.settings import read_settings
from door.sources import all_sources
from door.sweep_parts import SweepOrder
from door.sweep_run import run_sweep
from storage.database import open_database
from storage.records import Target, TargetKind

HOST = "bench.test"


class BareSpider(scrapy.Spider):
    """What Scrapy does when it does as little as possible."""

    name = "bare"

    def __init__(self, port: int, pages: int, titles: list[str]) -> None:
        super().__init__()
        self.start_urls = [f"http://127.0.0.1:{port}/p/{n}.html" for n in range(pages)]
        self.titles = titles

    def parse(self, response: scrapy.http.Response) -> None:
        self.titles.append(response.css("title::text").get(""))


def run_bare(port: int, pages: int) -> dict[str, Any]:
    process = AsyncCrawlerProcess(
        {
            "TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
            "CONCURRENT_REQUESTS": 16,
            "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
            "DOWNLOAD_DELAY": 0,
            "LOG_LEVEL": "ERROR",
            "TELNETCONSOLE_ENABLED": False,
        }
    )
    titles: list[str] = []
    process.crawl(BareSpider, port=port, pages=pages, titles=titles)
    began = time.perf_counter()
    process.start()
    return {"pages": len(titles), "seconds": time.perf_counter() - began}


def run_ours(port: int, pages: int, *, handed: bool) -> dict[str, Any]:
    began: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        settings = read_settings({"CERTSWEEP_HOME": folder, "CERTSWEEP_CHROMIUM": "/nonexistent"})
        engine = open_database("", settings.home)
        start = f"http://{HOST}/" + ("mapped-sitemap.xml" if handed else "")
        target = Target(
            kind=TargetKind.SITE,
            value=start,
            source="institution",
            reason="benchmark",
            added_by="benchmark",
            depth=100,
            budget=pages * 2,  # its shape is one: a trap to a smaller budget
        )
        order = SweepOrder(
            targets=[target],
            name="benchmark",
            routes={HOST: f"127.0.0.1:{port}"},
            delay=0.0,
            per_host=16,
        )
        result = run_sweep(
            engine, settings, order, all_sources(), lambda _visit: began.append(time.perf_counter())
        )
        seconds = time.perf_counter() - began[0]
        engine.dispose()
    return {"pages": result.summary.pages_fetched, "seconds": seconds}


def worker(kind: str, port: int, pages: int) -> None:
    run = (
        run_bare(port, pages) if kind == "bare" else run_ours(port, pages, handed=kind == "handed")
    )
    run["rss_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(run))


def measured(kind: str, port: int, pages: int) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.sweep", "--worker", kind, str(port), str(pages)],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parent.parent,
    )
    run: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return run


def table(pages: int, rounds: int) -> None:
    runs: dict[str, list[dict[str, Any]]] = {"bare": [], "handed": [], "walked": []}
    with served("benchmarks.page_server", str(pages)) as port:
        for _ in range(rounds):
            for kind, found in runs.items():
                found.append(measured(kind, port, pages))
    rates = {
        kind: statistics.median(run["pages"] / run["seconds"] for run in found)
        for kind, found in runs.items()
    }
    print(f"{pages} pages of 40 KB, 31 links each, median of {rounds} rounds")
    print(f"{'run':8} {'pages':>7} {'pages/s':>9} {'of bare':>8} {'of handed':>10} {'peak MB':>8}")
    for kind, found in runs.items():
        print(
            f"{kind:8} {found[-1]['pages']:7d} {rates[kind]:9.1f}"
            f" {rates[kind] / rates['bare']:8.2f} {rates[kind] / rates['handed']:10.2f}"
            f" {max(run['rss_mb'] for run in found):8.0f}"
        )


def memory(pages: int) -> None:
    with served("benchmarks.page_server", str(pages)) as port:
        run = measured("walked", port, pages)
    print(f"{run['pages']} pages walked: peak {run['rss_mb']:.0f} MB in the Python process")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--memory-pages", type=int, default=10_000, help="0 leaves it out")
    parser.add_argument("--worker", nargs=3, metavar=("KIND", "PORT", "PAGES"))
    options = parser.parse_args()
    if options.worker:
        kind, port, pages = options.worker
        worker(kind, int(port), int(pages))
        return
    table(options.pages, options.rounds)
    if options.memory_pages:
        memory(options.memory_pages)


if __name__ == "__main__":
    main()
