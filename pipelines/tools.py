"""What the steps work with, made once at the door and handed to Scrapy as one setting."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol, Self, cast

from scrapy.crawler import Crawler

from classifiers.judge import Judge
from storage.bilingual import Problem
from storage.ledger import Ledger
from storage.memory import PostMemory
from storage.records import Visit
from storage.snapshots import SnapshotStore

SETTING = "CERTSWEEP_TOOLS"


class Discovery(Protocol):
    """Turns what a page leads to into targets; raises Problem when the database refuses."""

    def consider(self, visit: Visit) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    memory: PostMemory
    judge: Judge
    store: SnapshotStore
    ledger: Ledger
    discovery: Discovery | None = None  # None: the sweep keeps to what it was asked for
    # (URL, reason) of the first pictures that could not be looked at for codes.
    unseen: list[tuple[str, str]] = field(default_factory=list)

    def __deepcopy__(self, _memo: dict[int, Any]) -> Self:
        # Scrapy copies its settings for every crawler; connections are not to be copied.
        return self


def tools_of(crawler: Crawler) -> Tools:
    return cast(Tools, crawler.settings[SETTING])


class Stoppable(Protocol):
    """The spider's part in a failure: it ends the crawl, and open leases stay for the next run."""

    def give_up(self, problem: Problem) -> None: ...


def give_up(crawler: Crawler, problem: Problem) -> None:
    cast(Stoppable, crawler.spider).give_up(problem)
