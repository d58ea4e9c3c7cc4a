"""How captures are told on a terminal: one in full, many by their counts."""

from __future__ import annotations

from collections import Counter

from rich.table import Table

from door.capture_words import PART_WORDS, is_whole, part_word, warning
from door.live_line import LiveLine
from door.printable import printable
from door.settings import SETTINGS
from door.speech import out, say, t
from evidence.orders import Taken
from storage.records import Capture

SORTS = ("whole", "partial", "failed")


class CaptureProgress(LiveLine):
    """Counts captures as they are kept."""

    def __init__(self, total: int) -> None:
        super().__init__()
        self._total = total
        self._url = ""
        self.counts: Counter[str] = Counter()

    def count(self, taken: Taken) -> None:
        self.counts[sort_of(taken.capture)] += 1
        self.counts["other"] += warning(taken) is not None
        self._url = printable(taken.capture.url)
        self.tell()

    def line(self) -> str:
        done = sum(self.counts[sort] for sort in SORTS)
        partial, failed = self.counts["partial"], self.counts["failed"]
        return t(
            f"已取证 {done}/{self._total} · 不完整 {partial} · 没有取到 {failed}"
            f" · {self.seconds} 秒 · {self._url}",
            f"{done}/{self._total} captured · {partial} in part · {failed} failed"
            f" · {self.seconds} s · {self._url}",
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
