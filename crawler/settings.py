"""Scrapy's settings: how we behave on the network, and the line a page travels, in order."""

from __future__ import annotations

from typing import Any

from crawler.user_agent import user_agent

# The life of one page after it was read; one file a step, in the order of the numbers.
ITEM_PIPELINES = {
    "pipelines.clean.Clean": 100,
    "pipelines.dedupe.Dedupe": 200,
    "pipelines.classify.Classify": 300,
    "pipelines.sketch.Sketch": 350,
    "pipelines.mark.Mark": 360,
    "pipelines.snapshot.TakeSnapshot": 400,
    "pipelines.codes.ReadCodes": 430,
    "pipelines.discover.Discover": 450,
    "pipelines.enqueue.Enqueue": 500,
}
MOST_BYTES = 20_000_000  # of one page; the largest page of a real site measured was 1.2 MB
# A browser is closed and started anew after so many pages, or when its processes hold so much.
MOST_RENDERED = 500
MOST_BROWSER_MB = 1_200
NO_OTHER_SCHEMES: dict[str, str | None] = {"data": None, "file": None, "ftp": None, "s3": None}


def scrapy_settings(
    *,
    contact: str = "",
    delay: float = 1.0,
    concurrency: int = 16,
    timeout: float = 30.0,
    routes: str = "",
    browser: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """`delay` and `timeout` in seconds; `contact` is where a site's owner can complain.

    `routes` lets named hosts through the guard to an inner address: "*.example=127.0.0.1:8901".

    `browser` holds Playwright's launch options; None leaves the browser out altogether.
    """
    return {
        "TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
        "SPIDER_MODULES": ["spiders"],
        "SCHEDULER": "crawler.frontier_scheduler.FrontierScheduler",
        "ITEM_PIPELINES": ITEM_PIPELINES,
        "USER_AGENT": user_agent(contact),
        "GUARD_ROUTES": routes,
        "DOWNLOAD_DELAY": delay,
        "DOWNLOAD_DELAY_JITTER": 0,
        "CONCURRENT_REQUESTS": concurrency,
        "CONCURRENT_REQUESTS_PER_DOMAIN": concurrency if delay == 0 else 1,
        # One visit a page; Scrapy starts a task for each place here, for every page.
        "CONCURRENT_ITEMS": 1,
        "DOWNLOAD_TIMEOUT": timeout,
        "DOWNLOAD_MAXSIZE": MOST_BYTES,
        "DOWNLOAD_WARNSIZE": 0,
        "DEFAULT_REQUEST_HEADERS": {
            "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "Accept-Language": "zh-CN,zh;q=0.9",
        },
        "DOWNLOAD_HANDLERS": NO_OTHER_SCHEMES,
        **middlewares(),
        **quiet(),
        **(through_browser(browser) if browser is not None else {}),
    }


def middlewares() -> dict[str, Any]:
    return {
        "DOWNLOADER_MIDDLEWARES_BASE": {
            "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware": 350,
            "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": 400,
            "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": 500,
            "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": 590,
            "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": 600,
            # Nearest to the network, so that they see redirects and robots.txt too.
            "crawler.guard_middleware.GuardMiddleware": 940,
            "crawler.robots.RobotsMiddleware": 950,
            "crawler.pace_middleware.PaceMiddleware": 960,
        },
        "SPIDER_MIDDLEWARES_BASE": {},
        "ROBOTSTXT_OBEY": True,
        "TWISTED_DNS_RESOLVER": "crawler.guard_resolver.GuardResolver",
        "REDIRECT_MAX_TIMES": 5,
        "HTTPERROR_ALLOW_ALL": True,
    }


def quiet() -> dict[str, Any]:
    return {
        "EXTENSIONS_BASE": {"scrapy.extensions.corestats.CoreStats": 0},
        "TELNETCONSOLE_ENABLED": False,
        "LOG_LEVEL": "WARNING",
        "LOG_FORMATTER": "crawler.log_lines.LogLines",
    }


def through_browser(launch: dict[str, Any]) -> dict[str, Any]:
    handler = "crawler.render_handler.RenderHandler"
    return {
        "DOWNLOAD_HANDLERS": {**NO_OTHER_SCHEMES, "http": handler, "https": handler},
        "PLAYWRIGHT_LAUNCH_OPTIONS": launch,
        "PLAYWRIGHT_MAX_PAGES_PER_CONTEXT": 4,
        "BROWSER_PAGES": MOST_RENDERED,
        "BROWSER_MB": MOST_BROWSER_MB,
        "PLAYWRIGHT_CONTEXTS": {},
    }
