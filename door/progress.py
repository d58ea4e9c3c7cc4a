"""How far a sweep is: pages read, and the host that was read last."""

from __future__ import annotations

from door.live_line import LiveLine
from door.speech import t
from storage.records import PageState, Visit


class SweepProgress(LiveLine):
    """Counts visits as they are read. What it shows is about this run, the summary about all."""

    def __init__(self) -> None:
        super().__init__()
        self._pages = self._blocked = self._errors = 0
        self._host = ""

    def count(self, visit: Visit) -> None:
        self._pages += 1
        self._blocked += visit.state is PageState.BLOCKED
        self._errors += visit.state is PageState.ERROR
        self._host = visit.lease.canonical
        self.tell()

    def line(self) -> str:
        return t(
            f"已读 {self._pages} 页 · 受阻 {self._blocked} · 出错 {self._errors}"
            f" · {self.seconds} 秒 · {self._host}",
            f"{self._pages} pages · {self._blocked} blocked · {self._errors} errors"
            f" · {self.seconds} s · {self._host}",
        )
