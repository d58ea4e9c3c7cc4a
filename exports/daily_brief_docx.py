"""The brief as DOCX, on the page of a letter without its red head."""

from __future__ import annotations

from pathlib import Path

from docx.enum.text import WD_ALIGN_PARAGRAPH

from exports.brief_words import CAVEAT, days_of, sentences, sheets, title_of
from exports.docx_page import HEI, KAI, SIZE_2, SONG, new_paper, page_numbers, put
from exports.docx_table import table
from storage.brief import Brief
from storage.whole_files import whole_file

SUFFIX = ".docx"


def write(brief: Brief, path: Path, office: str) -> None:
    """Whole or not at all; raises Problem for trouble with files."""
    centre = WD_ALIGN_PARAGRAPH.CENTER
    paper = new_paper(title_of(brief), office)
    page_numbers(paper)
    put(paper, title_of(brief), font=SONG, size=SIZE_2, indent=False, align=centre)
    put(paper, f"{office}　{days_of(brief)}", font=KAI, indent=False, align=centre)
    put(paper, "", indent=False)
    for line in sentences(brief):
        put(paper, line)
    for sheet in sheets(brief):
        put(paper, "", indent=False)
        put(paper, sheet.title, font=HEI, indent=False)
        table(paper, sheet.head, sheet.widths, sheet.rows)
    put(paper, "", indent=False)
    put(paper, CAVEAT, font=KAI)
    with whole_file(path) as draft:
        paper.save(str(draft))
