"""How captures are told on a terminal: one in full, many by their counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rich.table import Table

from door.capture_words import (
    PART_WORDS,
    headline,
    is_whole,
    lacking,
    part_word,
    warning,
)
from door.live_line import LiveLine
from door.printable import printable
from door.settings import SETTINGS
from door.speech import out, say, t
from evidence.orders import Taken
from storage.bilingual import Bilingual
from storage.captures import WALL
from storage.records import Capture

SORTS = ("whole", "partial", "wall", "failed")
MOST_NAMED = 20  # of each sort, on a terminal; JSON names them all


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A capture of which a person must hear: which it is, and why it is not the whole post."""

    sort: str  # of SORTS
    capture: str  # id
    case_id: int | None
    url: str
    outcome: str  # one word
    why: Bilingual


def told_of(taken: Taken) -> Told:
    capture, sort = taken.capture, sort_of(taken.capture)
    return Told(
        sort=sort,
        capture=capture.id,
        case_id=capture.case_id,
        url=capture.url,
        outcome=capture.parts.get(WALL) or taken.state_reason or taken.outcome,
        why=lacking(capture) if sort == "partial" else headline(taken),
    )


def name_them(told: Sequence[Told]) -> None:
    """One line each, those that did not come first."""
    order = {sort: number for number, sort in enumerate(reversed(SORTS))}
    for one in sorted(told, key=lambda one: order[one.sort])[:MOST_NAMED]:
        why, case = one.why.said(SETTINGS.lang), one.case_id if one.case_id is not None else "—"
        line = t(
            f"  案件 {case} · {one.url} · {why} · 取证编号 {one.capture}",
            f"  case {case} · {one.url} · {why} · capture {one.capture}",
        )
        out.print(printable(line), markup=False, soft_wrap=True)
    more = len(told) - MOST_NAMED
    if more > 0:
        out.print(t(f"  另有 {more} 页，用 --json 全部列出。", f"  {more} more; --json names all."))


class CaptureProgress(LiveLine):
    """Counts captures as they are kept."""

    def __init__(self, total: int) -> None:
        super().__init__()
        self._total = total
        self._url = ""
        self.counts: Counter[str] = Counter()
        self.told: list[Told] = []  # of all that is not the whole post

    def count(self, taken: Taken) -> None:
        one = told_of(taken)
        self.counts[one.sort] += 1
        self.counts["other"] += one.sort not in {"wall", "failed"} and warning(taken) is not None
        if one.sort != "whole" or warning(taken) is not None:
            self.told.append(one)
        self._url = printable(taken.capture.url)
        self.tell()

    def line(self) -> str:
        done = sum(self.counts[sort] for sort in SORTS)
        partial, failed = self.counts["partial"], self.counts["wall"] + self.counts["failed"]
        return t(
            f"已取证 {done}/{self._total} · 不完整 {partial} · 没有取到 {failed}"
            f" · {self.seconds} 秒 · {self._url}",
            f"{done}/{self._total} captured · {partial} in part · {failed} failed"
            f" · {self.seconds} s · {self._url}",
        )


def sort_of(capture: Capture) -> str:
    """ "whole", "partial", "wall" where something stood in the page's place, or "failed" where
    nothing came at all."""
    if not capture.final_url:
        return "failed"
    if WALL in capture.parts:
        return "wall"
    return "whole" if is_whole(capture) else "partial"


def show(taken: Taken) -> None:
    capture = taken.capture
    state = headline(taken).said(SETTINGS.lang)
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
