"""Long work shows that it lives: a line on a terminal, a plain one now and then otherwise."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self

from rich.live import Live
from rich.text import Text

from door.speech import err

LINE_EVERY = 20.0  # seconds between plain lines
REFRESH = 4  # redraws a second on a terminal


class LiveLine(ABC):
    """`with` shows it; who inherits says the line, and calls `tell` when something was done."""

    def __init__(self) -> None:
        self._began = self._spoke = time.monotonic()
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

    @property
    def seconds(self) -> int:
        return int(time.monotonic() - self._began)

    @abstractmethod
    def line(self) -> str:
        """What is to be read; without a line break."""

    def tell(self) -> None:
        if err.is_terminal:
            self._live.update(Text(self.line(), overflow="ellipsis", no_wrap=True))
        elif time.monotonic() - self._spoke > LINE_EVERY:
            self._spoke = time.monotonic()
            err.print(self.line(), markup=False)
