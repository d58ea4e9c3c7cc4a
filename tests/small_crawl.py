"""A real Scrapy crawl in a process of its own, because a reactor runs once.

`crawl(urls, settings, names)` gives one outcome for each URL and the crawl's counters. `names` maps
a host to the answers of its name service, one after another, the last for ever; every other host
has none, so that no test asks a real one.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
MIDDLEWARES = {
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "crawler.guard_middleware.GuardMiddleware": 940,
    "crawler.robots.RobotsMiddleware": 950,
    "crawler.pace_middleware.PaceMiddleware": 960,
}
SETTINGS: dict[str, Any] = {
    "TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
    "TWISTED_DNS_RESOLVER": "crawler.guard_resolver.GuardResolver",
    "DOWNLOADER_MIDDLEWARES": MIDDLEWARES,
    "ROBOTSTXT_OBEY": True,
    "HTTPPROXY_ENABLED": False,
    "DOWNLOAD_HANDLERS": {"data": None, "file": None, "ftp": None, "s3": None},
    "DOWNLOAD_DELAY": 0,
    "DOWNLOAD_TIMEOUT": 5,
    "RETRY_ENABLED": False,
    "TELNETCONSOLE_ENABLED": False,
    "LOG_LEVEL": "ERROR",
    "HTTPERROR_ALLOW_ALL": True,
    "EXTENSIONS": {"scrapy.extensions.remote_control.RemoteControl": None},
    "USER_AGENT": "certsweep/0.1 (test)",
}


def crawl(
    urls: list[str], settings: dict[str, Any], names: dict[str, list[list[str]]] | None = None
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    order = {"urls": urls, "settings": settings, "names": names or {}}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.small_crawl"],
        input=json.dumps(order),
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=20,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    return found["outcomes"], found["stats"]


def fake_names(names: dict[str, list[list[str]]]):
    real = socket.getaddrinfo

    def getaddrinfo(host, port, family=0, kind=0, proto=0, flags=0):
        if host in names:
            given = names[host]
            answers = given.pop(0) if len(given) > 1 else given[0]
            return [row for text in answers for row in real(text, port, 0, kind)]
        return real(host, port, family, kind, proto, flags | socket.AI_NUMERICHOST)

    return getaddrinfo


def main() -> None:
    from scrapy import Request, Spider
    from scrapy.crawler import AsyncCrawlerProcess

    order = json.load(sys.stdin)
    socket.getaddrinfo = fake_names(order["names"])
    outcomes: list[dict[str, Any]] = []

    class Small(Spider):
        name = "small"

        async def start(self):
            for url in order["urls"]:
                meta = {"asked": url}
                yield Request(url, self.landed, errback=self.failed, meta=meta, dont_filter=True)

        def note(self, request, **found):
            meta = request.meta
            outcomes.append(
                {"asked": meta["asked"], "slot": meta.get("download_slot"), "at": time.time()}
                | found
            )

        def landed(self, response):
            self.note(
                response.request, status=response.status, url=response.url, text=response.text[:200]
            )

        def failed(self, failure):
            error = failure.value
            retry_at = getattr(error, "retry_at", None)
            self.note(
                failure.request,
                error=type(error).__name__,
                reason=getattr(error, "reason", ""),
                retry_at=retry_at.isoformat() if retry_at else "",
            )

    process = AsyncCrawlerProcess(SETTINGS | order["settings"])
    crawler = process.create_crawler(Small)
    process.crawl(crawler)
    process.start()
    stats = {key: value for key, value in crawler.stats.get_stats().items() if type(value) is int}
    print(json.dumps({"outcomes": outcomes, "stats": stats}))


if __name__ == "__main__":
    main()
