"""Pages through the real browser and our handler, in a process of its own: a reactor runs once.

`rendered(orders, port, settings)` gives for each order what came of it, and the crawl's counters.
Every host of *.test leads to 127.0.0.1:`port`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]


def rendered(
    orders: list[dict[str, Any]], port: int, settings: dict[str, Any] | None = None
) -> tuple[list[dict[str, Any]], dict[str, int]]:
    asked = {"orders": orders, "port": port, "settings": settings or {}}
    done = subprocess.run(
        [sys.executable, "-m", "tests.rendered_crawl"],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    return found["outcomes"], found["stats"]


def main() -> None:
    from scrapy import Request, Spider
    from scrapy.crawler import AsyncCrawlerProcess

    from crawler.answers import Wanted
    from crawler.chromium import find_chromium
    from crawler.render import RenderOrder, render_meta

    asked = json.load(sys.stdin)
    outcomes: list[dict[str, Any]] = [{} for _ in asked["orders"]]
    handler = "crawler.render_handler.RenderHandler"
    rules = f"--host-resolver-rules=MAP *.test 127.0.0.1:{asked['port']}"
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    settings = {
        "TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
        "DOWNLOAD_HANDLERS": {"http": handler, "https": handler},
        "PLAYWRIGHT_LAUNCH_OPTIONS": {
            "executable_path": find_chromium(""),
            "args": [rules, "--disable-gpu", *sandbox],
        },
        "PLAYWRIGHT_MAX_PAGES_PER_CONTEXT": 2,
        "RETRY_ENABLED": False,
        "REDIRECT_ENABLED": False,
        "HTTPERROR_ALLOW_ALL": True,
        "LOG_LEVEL": "ERROR",
        "TELNETCONSOLE_ENABLED": False,
        "USER_AGENT": "certsweep/0.1 (test)",
    }

    class Rendered(Spider):
        name = "rendered"

        async def start(self):
            for number, order in enumerate(asked["orders"]):
                wanted = Wanted(
                    hosts=tuple(order.get("hosts", ())), awaits=tuple(order.get("awaits", ()))
                )
                render = RenderOrder(
                    timeout=order.get("timeout", 10.0),
                    wanted=wanted,
                    session=order.get("session", ""),
                    storage_state=order.get("state"),
                )
                yield Request(
                    order["url"],
                    self.landed,
                    errback=self.failed,
                    meta=render_meta(render) | {"number": number},
                    dont_filter=True,
                )

        def landed(self, response):
            meta = response.meta
            outcomes[meta["number"]] = {
                "status": response.status,
                "url": response.url,
                "text": response.text,
                "kind": (response.headers.get("content-type") or b"").decode(),
                "raw": meta.get("raw_document", b"").decode("utf-8", "replace"),
                "redirects": meta.get("redirect_urls", []),
                "answers": [
                    [a.url, a.status, a.content_type, len(a.body), a.body[:80].decode()]
                    for a in meta["answers"]
                ],
            }

        def failed(self, failure):
            outcomes[failure.request.meta["number"]] = {"error": type(failure.value).__name__}

    process = AsyncCrawlerProcess(settings | asked["settings"])
    crawler = process.create_crawler(Rendered)
    process.crawl(crawler)
    process.start()
    stats = {key: value for key, value in crawler.stats.get_stats().items() if type(value) is int}
    print(json.dumps({"outcomes": outcomes, "stats": stats}))


if __name__ == "__main__":
    main()
