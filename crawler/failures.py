"""What a failed fetch means: one table from exceptions to page states."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import TimeoutError as PlaywrightTimeoutError
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from twisted.internet.error import DNSLookupError, TCPTimedOutError
from twisted.internet.error import TimeoutError as ConnectTimeoutError
from twisted.python.failure import Failure

from storage.records import PageState


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    state: PageState
    reason: str
    transient: bool = False  # worth asking again
    retry_at: datetime | None = None  # the site said when


# First match wins. Reasons are machine words; storage/outcomes says them to a person.
TABLE: tuple[tuple[type[BaseException], str, bool], ...] = (
    (DNSLookupError, "dns", True),
    (CannotResolveHostError, "dns", True),
    (DownloadTimeoutError, "timeout", True),
    (ConnectTimeoutError, "timeout", True),
    (TCPTimedOutError, "timeout", True),
    (PlaywrightTimeoutError, "timeout", True),
    (DownloadConnectionRefusedError, "refused_connection", True),
    (DownloadCancelledError, "too_large", False),
    (ResponseDataLossError, "cut_off", True),
    (DownloadFailedError, "unreachable", True),
    (PlaywrightError, "browser", True),
    (OSError, "unreachable", True),
)


# What another try may mend.
PASSING = frozenset(reason for _, reason, transient in TABLE if transient)


def outcome_of(failure: Failure) -> Outcome:
    """State and reason of a failed fetch; anything unknown is an error under its own name."""
    if failure.value is None:
        return Outcome(state=PageState.ERROR, reason="unknown")
    return outcome_of_error(failure.value)


def outcome_of_error(error: BaseException) -> Outcome:
    retry_at = getattr(error, "retry_at", None)
    if retry_at is not None:
        return Outcome(state=PageState.BLOCKED, reason="rate_limit", retry_at=retry_at)
    if isinstance(error, IgnoreRequest) or hasattr(error, "reason_code"):
        return ignored(error)
    for kind, reason, transient in TABLE:
        if isinstance(error, kind):
            return Outcome(state=PageState.ERROR, reason=reason, transient=transient)
    return Outcome(state=PageState.ERROR, reason=type(error).__name__.lower())


def ignored(error: BaseException) -> Outcome:
    """What our own middlewares refused: robots.txt and the guard say why in `reason`."""
    if "redirect" in str(error):
        # Scrapy's own middleware gives up with a sentence and no word of its own.
        return Outcome(state=PageState.ERROR, reason="redirect_loop")
    reason = str(getattr(error, "reason", "") or "ignored")
    blocked = reason.startswith("robots")
    return Outcome(state=PageState.BLOCKED if blocked else PageState.ERROR, reason=reason)
