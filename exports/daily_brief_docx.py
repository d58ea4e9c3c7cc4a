"""The brief as DOCX, on the page of a letter without its red head."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from docx.enum.text import WD_ALIGN_PARAGRAPH

from exports.brief_words import caveat_of, days_of, sentences, sheets, title_of
from exports.docx_page import (
    HEI,
    KAI,
    SIZE_2,
    SIZE_4,
    SIZE_5,
    SONG,
    new_paper,
    page_numbers,
    put,
    tied,
)
from exports.docx_table import Look, table
from storage.brief import Brief
from storage.whole_files import whole_file

SUFFIX = ".docx"


LOOK: Final = Look(size=SIZE_5)
GAP: Final = 10.0  # points of the empty line above a table
NOTE: Final = SIZE_4 - 2
SHORT: Final = 7  # rows that are kept on one page; a longer table would leave half a page empty


def write(brief: Brief, path: Path, office: str) -> None:
    """Whole or not at all; raises Problem for trouble with files."""
    centre = WD_ALIGN_PARAGRAPH.CENTER
    paper = new_paper(title_of(brief), office, datetime.now(UTC))
    page_numbers(paper)
    put(paper, title_of(brief), font=SONG, size=SIZE_2, indent=False, align=centre)
    put(paper, f"{office}（草稿）", font=KAI, indent=False, align=centre)
    put(paper, days_of(brief), font=KAI, indent=False, align=centre)
    put(paper, "", indent=False)
    for line in sentences(brief):
        put(paper, line)
    for sheet in sheets(brief):
        tied(put(paper, "", indent=False, size=GAP))
        tied(put(paper, sheet.title, font=HEI, indent=False))
        look = replace(LOOK, centred=sheet.figures, together=len(sheet.rows) <= SHORT)
        table(paper, sheet.head, sheet.widths, sheet.rows, look)
    put(paper, "", indent=False, size=GAP)
    put(paper, caveat_of(brief), font=KAI, size=NOTE)
    with whole_file(path) as draft:
        paper.save(str(draft))
