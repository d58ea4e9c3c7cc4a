"""What Scrapy says of items: nothing; a finished visit is a row, not a line in a log."""

from __future__ import annotations

from scrapy.logformatter import LogFormatter


class LogLines(LogFormatter):
    def scraped(self, *_args: object, **_kwargs: object) -> None:  # type: ignore[override]
        return None
