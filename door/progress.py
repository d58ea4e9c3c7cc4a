"""Long work shows that it lives: a bar on a terminal, a plain line now and then otherwise."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

from rich.live import Live
from rich.text import Text

from door.speech import err, t
from storage.records import PageState, Visit

LINE_EVERY = 20.0  # seconds between plain lines
REFRESH = 4  # redraws a second on a terminal


class SweepProgress:
    """Counts visits as they are read. What it shows is about this run, the summary about all."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._spoke = self._began
        self._pages = self._blocked = self._errors = 0
        self._host = ""
        self._live = Live(console=err, refresh_per_second=REFRESH, transient=True)

    def __enter__(self) -> Self:
        if err.is_terminal:
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if err.is_terminal:
            self._live.stop()

    def count(self, visit: Visit) -> None:
        self._pages += 1
        self._blocked += visit.state is PageState.BLOCKED
        self._errors += visit.state is PageState.ERROR
        self._host = visit.lease.canonical
        if err.is_terminal:
            self._live.update(Text(self._line(), overflow="ellipsis", no_wrap=True))
        elif time.monotonic() - self._spoke > LINE_EVERY:
            self._spoke = time.monotonic()
            err.print(self._line(), markup=False)

    def _line(self) -> str:
        seconds = int(time.monotonic() - self._began)
        return t(
            f"已读 {self._pages} 页 · 受阻 {self._blocked} · 出错 {self._errors}"
            f" · {seconds} 秒 · {self._host}",
            f"{self._pages} pages · {self._blocked} blocked · {self._errors} errors"
            f" · {seconds} s · {self._host}",
        )
