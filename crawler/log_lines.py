"""What Scrapy says of items: their URL at most. A finished visit is a row, not a line in a log, and
no line holds a page: it would keep what innocent people wrote."""

from __future__ import annotations

import logging

from scrapy.http import Response
from scrapy.logformatter import LogFormatter, LogFormatterResult
from scrapy.spiders import Spider
from twisted.python.failure import Failure

from storage.records import Visit


class LogLines(LogFormatter):
    def scraped(self, *_args: object, **_kwargs: object) -> None:  # type: ignore[override]
        return None

    def dropped(
        self,
        item: Visit,
        exception: BaseException,
        response: Response | Failure | None,  # noqa: ARG002
        spider: Spider,  # noqa: ARG002
    ) -> LogFormatterResult:
        """Below what a sweep shows: the step that drops a visit ends the sweep with its Problem."""
        said = {"url": url_of(item), "why": type(exception).__name__}
        return {"level": logging.INFO, "msg": "Left out: %(url)s (%(why)s)", "args": said}

    def item_error(
        self,
        item: Visit,
        exception: BaseException,
        response: Response | Failure | None,  # noqa: ARG002
        spider: Spider,  # noqa: ARG002
    ) -> LogFormatterResult:
        said = {"url": url_of(item), "why": type(exception).__name__}
        return {"level": logging.ERROR, "msg": "A step broke on %(url)s: %(why)s", "args": said}


def url_of(item: object) -> str:
    return item.lease.url if isinstance(item, Visit) else type(item).__name__
