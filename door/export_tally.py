"""What whoever signs a list must be told: counted while its rows pass, nothing kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import Engine

from door.export_choice import Choice
from door.takedown_drafting import OPEN_WEB, elsewhere, site_of
from exports.earlier_takedown import NOT_FOUND
from exports.registry import Exporter
from exports.takedown_case import NO_SNAPSHOT, OTHER_WORDS
from exports.takedown_rows import OUTDATED, UNSEALED, TakedownRow
from storage.bilingual import Bilingual
from storage.exports import unconfirmed_posts

SHOWN = 10  # cases named


class Tally:
    def __init__(self) -> None:
        self.cases: set[str] = set()
        self._rows = 0
        self._told: dict[str, dict[str, None]] = {name: {} for name in TOLD}

    def watched(self, rows: Iterable[TakedownRow]) -> Iterator[TakedownRow]:
        for row in rows:
            self._rows += 1
            self.cases.add(row.case_no)
            for name in weak_points(row):
                self._told[name][row.case_no] = None
            yield row

    def remarks(self, engine: Engine, chosen: Exporter, choice: Choice) -> list[Bilingual]:
        told = [
            Bilingual(TOLD[name][0] + numbers(found), TOLD[name][1] + numbers(found, ", ", "."))
            for name, found in self._told.items()
            if found and not (name == "package" and chosen.format in {"xlsx", "csv"})
        ]
        waiting = waiting_cases(engine, choice)
        if waiting:
            told.append(
                Bilingual(
                    f"另有 {waiting} 件案件已作决定、等待另一人复核（不论作何决定），没有列入。",
                    f"{waiting} more cases, whatever was decided of them, wait for a second "
                    "person and were left out.",
                )
            )
        there = elsewhere([choice.platform]) if chosen.addressed else None
        told += [there] if there else []
        missing = len(choice.posts or ()) - self._rows
        if missing > 0:
            told.append(
                Bilingual(
                    f"请求里有 {missing} 条没有列入：其案件已重新打开、改判或者等待复核。",
                    f"{missing} items of the request were left out: their cases were opened again, "
                    "decided otherwise or wait for a second person.",
                )
            )
        return told


def waiting_cases(engine: Engine, choice: Choice) -> int:
    """Cases of there that wait for a second person, whatever was decided, so that the number tells
    no verdict; what a request lacks is told as such."""
    if choice.posts is not None:
        return 0
    every = unconfirmed_posts(engine, choice.platform)
    return len({case for case, _, url in every if not choice.site or site_of(url) == choice.site})


TOLD = {
    "words": (
        "没有页面用语（规则没有摘出原文），请对照截图补充；案件",
        "No words of the page were quoted, add them from the picture; cases ",
    ),
    "other": (
        "有页面用语出自规则提示的其他类型，请核对是否支持所认定的类型；案件",
        "Some of the words shown were found for another kind than the one decided; cases ",
    ),
    "earlier": (
        "认定边清理边继续，没有查到核实删除过的前次处置，请核对并补写；案件",
        "Decided to go on during the clean-up, and no earlier takedown that was verified is known: "
        "check and add it; cases ",
    ),
    "snapshot": ("没有快照，请先取证；案件", "There is no snapshot, capture first; cases "),
    "unsealed": (
        "证据包没有封存，没有列入，请设好时间戳机构后重新制作"
        "（命令行：certsweep evidence package 案件编号）；案件",
        "The evidence package is not sealed and was left out: make it anew once a timestamp "
        "authority is set (command line: certsweep evidence package CASE); cases ",
    ),
    "outdated": (
        "证据包是在决定生效之前制作的，没有列入，请重新制作"
        "（命令行：certsweep evidence package 案件编号）；案件",
        "The evidence package was made before the decision came into force and was left out: make "
        "it anew (command line: certsweep evidence package CASE); cases ",
    ),
    "package": (
        "还没有证据包，请到“证据包”页制作（命令行：certsweep evidence package 案件编号）；案件",
        "There is no evidence package yet, make one on their page (command line: certsweep "
        "evidence package CASE); cases ",
    ),
}


def weak_points(row: TakedownRow) -> Iterator[str]:
    if not row.hit_terms:
        yield "words"
    if OTHER_WORDS in row.notes and row.hit_terms:
        yield "other"
    if NOT_FOUND in row.notes:
        yield "earlier"
    if NO_SNAPSHOT in row.notes:
        yield "snapshot"
    if UNSEALED in row.notes:
        yield "unsealed"
    elif OUTDATED in row.notes:
        yield "outdated"
    elif not row.evidence_id:
        yield "package"


def numbers(found: Iterable[str], between: str = "、", end: str = "。") -> str:
    every = list(found)
    rest = f" … ({len(every)})" if len(every) > SHOWN else ""
    return f" {between.join(every[:SHOWN])}{rest}{end}"


def several_owners(
    chosen: Exporter, choice: Choice, rows: int, *, internal: bool
) -> list[Bilingual]:
    """A list of everybody must not be sent to one of them."""
    if not rows or internal or chosen.addressed or chosen.format not in {"xlsx", "csv"}:
        return []
    if choice.platform and (choice.platform != OPEN_WEB or choice.site):
        return []
    return [
        Bilingual(
            "清单列有不同平台或者网站的内容，不要整份发给其中一家；发给一家的请选定平台或"
            "者网站，或者到处置请求页上按请求生成（命令行：--platform、--site、--request）。",
            "The list holds content of several platforms or sites: do not send all of it to one of "
            "them. Choose a platform or site, or make it on a request's page (command line: "
            "--platform, --site, --request).",
        )
    ]
