"""What the parts of one running sweep share. Made at the door, handed to spiders as one value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from crawler.guard import Guard
from crawler.outlinks import Outlinks
from crawler.pace import Pace
from crawler.paging import Paging
from crawler.source_watch import SourceWatch
from storage.frontier import Frontier
from storage.records import Target, Visit


class Ledger(Protocol):
    """Where finished visits go: committed in batches, each with the ack of its lease."""

    def add(self, visit: Visit) -> None: ...
    def flush(self) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A full-page PNG, or the reason why there is none."""

    png: bytes = b""
    reason: str = ""  # "" when whole; "viewport_only", "timeout", "crashed", …


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    per_host: int = 2  # requests of one host handed to the downloader at once
    retry_delays: tuple[float, ...] = (5.0, 60.0)  # seconds; its length bounds the attempts
    max_page_bytes: int = 20_000_000
    timeout: float = 30.0  # seconds for one download
    picture_timeout: float = 20.0  # seconds for one picture


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepPlan:
    frontier: Frontier
    ledger: Ledger
    targets: Mapping[int, Target]  # by the row's id
    outlinks: Outlinks
    guard: Guard
    pace: Pace
    limits: Limits
    watch: SourceWatch = field(default_factory=SourceWatch)
    paging: Paging = field(default_factory=Paging)
    sessions: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # logins by source
    pictures: bool = True  # False where no browser is to be had; said in the summary
    on_visit: Callable[[Visit], None] = lambda _visit: None  # progress
