"""Words of the case commands: what a person may type for a status or a verdict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Annotated, TypeVar

import typer
from sqlalchemy import Engine

from door.settings import SETTINGS
from door.speech import t
from storage.bilingual import Bilingual, Problem
from storage.cases import CaseRow, list_cases
from storage.database import open_database, ready
from storage.records import CaseStatus, Verdict

STATUS_WORDS = {
    CaseStatus.WAITING: Bilingual("待审", "waiting"),
    CaseStatus.CLAIMED: Bilingual("在审", "claimed"),
    CaseStatus.DECIDED: Bilingual("已定", "decided"),
    CaseStatus.APPROVED: Bilingual("已复核", "approved"),
}
VERDICT_WORDS = {
    Verdict.VIOLATION: Bilingual("违规", "violation"),
    Verdict.CLEAN: Bilingual("不违规", "clean"),
    Verdict.TRANSFER: Bilingual("转办", "transfer"),
    Verdict.DOUBT: Bilingual("存疑", "doubt"),
}
PAGE = 500  # cases read at a time

CaseNumber = Annotated[
    int,
    typer.Argument(
        metavar=t("编号", "NUMBER"),
        help=t("案件编号，见 certsweep cases", "number of the case, as in certsweep cases"),
    ),
]
Word = TypeVar("Word", bound=StrEnum)


def word_of(typed: str, words: Mapping[Word, Bilingual], zh: str, en: str) -> Word:
    """The member a person means by its Chinese or English word; Problem names those there are."""
    for member, text in words.items():
        if typed.strip().lower() in {member.value, text.zh, text.en}:
            return member
    known = "、".join(f"{text.zh}（{member.value}）" for member, text in words.items())
    english = ", ".join(f"{text.zh} ({member.value})" for member, text in words.items())
    raise Problem(f"不认识的{zh}“{typed}”；可用：{known}。", f"no {en} {typed!r}; use {english}.")


def open_queue() -> Engine:
    """The office's database, made or checked; raises Problem where it needs a person."""
    engine = open_database(SETTINGS.database_url, SETTINGS.home)
    ready(engine)
    return engine


def every_case(engine: Engine, status: CaseStatus | None) -> Iterator[CaseRow]:
    """All cases in the queue's order, read page by page."""
    offset = 0
    while page := list_cases(engine, status=status, limit=PAGE, offset=offset):
        yield from page
        offset += PAGE


def said(words: Bilingual) -> str:
    return words.said(SETTINGS.lang)
