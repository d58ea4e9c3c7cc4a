"""How captures are told on a terminal: one in full, many by their counts."""

from __future__ import annotations

import time
from collections import Counter
from types import TracebackType
from typing import Self

from rich.live import Live
from rich.table import Table
from rich.text import Text

from door.capture_words import PART_WORDS, is_whole, part_word, warning
from door.printable import printable
from door.settings import SETTINGS
from door.speech import err, out, say, t
from evidence.orders import Taken
from storage.records import Capture

LINE_EVERY = 20.0  # seconds between plain lines
REFRESH = 4  # redraws a second on a terminal
SORTS = ("whole", "partial", "failed")


class CaptureProgress:
    """Counts captures as they are kept; a bar on a terminal, a plain line now and then else."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._began = self._spoke = time.monotonic()
        self._url = ""
        self.counts: Counter[str] = Counter()
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

    def count(self, taken: Taken) -> None:
        self.counts[sort_of(taken.capture)] += 1
        self.counts["other"] += warning(taken) is not None
        self._url = printable(taken.capture.url)
        if err.is_terminal:
            self._live.update(Text(self._line(), overflow="ellipsis", no_wrap=True))
        elif time.monotonic() - self._spoke > LINE_EVERY:
            self._spoke = time.monotonic()
            err.print(self._line(), markup=False)

    def _line(self) -> str:
        done = sum(self.counts[sort] for sort in SORTS)
        seconds = int(time.monotonic() - self._began)
        partial, failed = self.counts["partial"], self.counts["failed"]
        return t(
            f"已取证 {done}/{self._total} · 不完整 {partial} · 没有取到 {failed}"
            f" · {seconds} 秒 · {self._url}",
            f"{done}/{self._total} captured · {partial} in part · {failed} failed"
            f" · {seconds} s · {self._url}",
        )


def sort_of(capture: Capture) -> str:
    """ "whole", "partial", or "failed" where nothing came of the page itself."""
    if not capture.final_url:
        return "failed"
    return "whole" if is_whole(capture) else "partial"


def show(taken: Taken) -> None:
    capture = taken.capture
    said = {"whole": t("完整", "complete"), "partial": t("不完整", "in part")}
    state = said.get(sort_of(capture), t("没有取到网页", "the page was not captured"))
    out.print(t(f"取证编号：{capture.id}（{state}）", f"capture: {capture.id} ({state})"))
    out.print(printable(t(f"网址：{capture.url}", f"URL: {capture.url}")), markup=False)
    if capture.final_url not in {"", capture.url}:
        told = t(f"最终网址：{capture.final_url}", f"final URL: {capture.final_url}")
        out.print(printable(told), markup=False)
    out.print(table(capture))
    warned = warning(taken)
    if warned is not None:
        say(warned.zh, warned.en)


def table(capture: Capture) -> Table:
    files = {artefact.kind: artefact for artefact in capture.artefacts}
    shown = Table()
    shown.add_column(t("部分", "part"))
    shown.add_column(t("结果", "result"), overflow="fold")
    shown.add_column(t("字节", "bytes"), justify="right")
    shown.add_column(t("SHA-256 前 12 位", "SHA-256, first 12"))
    for kind, word in capture.parts.items():
        file = files.get(kind)
        shown.add_row(
            PART_WORDS[kind].said(SETTINGS.lang),
            part_word(word).said(SETTINGS.lang),
            f"{file.size:,}" if file else "—",
            file.sha256[:12] if file else "—",
        )
    return shown
