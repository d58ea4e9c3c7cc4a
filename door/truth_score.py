"""The judge against a written truth: recall and precision per clause, over the pages read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.table import Table

from door.speech import t
from storage.records import Clause


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a careful reader would say of one page."""

    url: str  # canonical
    offending: bool
    clauses: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    name: str  # a clause, or "" for offending at all
    wanted: int  # pages that should be flagged
    flagged: int
    right: int

    @property
    def recall(self) -> float | None:
        """None where nothing was to be found."""
        return self.right / self.wanted if self.wanted else None

    @property
    def precision(self) -> float | None:
        """None where nothing was flagged."""
        return self.right / self.flagged if self.flagged else None


@dataclass(frozen=True, slots=True, kw_only=True)
class TruthReport:
    scores: tuple[Score, ...]
    pages: int
    unread: tuple[str, ...]  # pages with a truth that the sweep did not read
    missed: tuple[str, ...]
    wrong: tuple[str, ...]  # honest pages that were flagged


def score(truth: Sequence[Expected], found: Mapping[str, frozenset[str]]) -> TruthReport:
    """`found`: canonical URL to the clauses found, empty where the page was judged clean."""
    read = [page for page in truth if page.url in found]
    return TruthReport(
        scores=(whole(read, found), *(of_clause(clause, read, found) for clause in Clause)),
        pages=len(read),
        unread=tuple(page.url for page in truth if page.url not in found),
        missed=tuple(page.url for page in read if page.offending and not found[page.url]),
        wrong=tuple(page.url for page in read if not page.offending and found[page.url]),
    )


def whole(read: Sequence[Expected], found: Mapping[str, frozenset[str]]) -> Score:
    wanted = {page.url for page in read if page.offending}
    return counted("", wanted, {page.url for page in read if found[page.url]})


def of_clause(clause: str, read: Sequence[Expected], found: Mapping[str, frozenset[str]]) -> Score:
    wanted = {page.url for page in read if clause in page.clauses}
    return counted(clause, wanted, {page.url for page in read if clause in found[page.url]})


def counted(name: str, wanted: set[str], flagged: set[str]) -> Score:
    return Score(name=name, wanted=len(wanted), flagged=len(flagged), right=len(wanted & flagged))


def score_table(report: TruthReport) -> Table:
    table = Table(
        title=t(
            f"与样例网标准答案对照（{report.pages} 页）",
            f"Against the sample's written truth ({report.pages} pages)",
        ),
        title_justify="left",
    )
    table.add_column(t("条款", "clause"))
    for zh, en in (("应报", "wanted"), ("已报", "flagged"), ("查全率", "recall")):
        table.add_column(t(zh, en), justify="right")
    table.add_column(t("查准率", "precision"), justify="right")
    for row in report.scores:
        table.add_row(
            row.name or t("全部", "all"),
            str(row.wanted),
            str(row.flagged),
            share(row.recall),
            share(row.precision),
        )
    return table


def share(value: float | None) -> str:
    return "—" if value is None else f"{value:.3f}"
