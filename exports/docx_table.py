"""A table of a letter's annex: its head repeated on every page, its cells small."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from docx.document import Document as Paper
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from exports.docx_page import FANG, HEI, SIZE_5, fit, named_fonts, off_grid, spaced


def across(paper: Paper) -> None:
    """A new section with the page turned, for a wide table."""
    section = paper.add_section(WD_SECTION.NEW_PAGE)
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.left_margin = section.right_margin = Mm(22)
    section.top_margin, section.bottom_margin = Mm(26), Mm(24)
    section.header_distance = section.footer_distance = Mm(12)
    section.different_first_page_header_footer = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How the cells of a table are set."""

    size: float = SIZE_5 - 1.5  # points
    centred: frozenset[int] = frozenset()  # columns of figures
    together: bool = False  # a short table that is not parted by the end of a page


LAST: Final = 3  # rows that stay together, so that the last page is not one row
CELL_MARGIN: Final = "108"  # twentieths of a point, of the style Table Grid
ANNEX_LOOK: Final = Look()


def table(
    paper: Paper,
    head: Sequence[str],
    widths: Sequence[float],
    rows: Iterable[Sequence[str]],
    look: Look = ANNEX_LOOK,
) -> int:
    """Gives the number of rows; `widths` in millimetres."""
    grid = paper.add_table(rows=0, cols=len(head), style="Table Grid")
    grid.autofit = False
    flush(grid)
    for column, width in zip(grid.columns, widths, strict=True):
        column.width = Mm(width)
    first = grid.add_row()
    repeated(first)
    filled(first, head, widths, replace(look, centred=frozenset(range(len(head)))), HEI)
    kept(first)
    last: deque[Any] = deque(maxlen=LAST)
    count = 0
    for row in rows:
        added = grid.add_row()
        whole(added)
        filled(added, row, widths, look, FANG)
        if look.together and last:
            kept(last[-1])
        last.append(added)
        count += 1
    for one in list(last)[:-1]:
        kept(one)
    return count


def flush(grid: Any) -> None:  # noqa: ANN401
    """Its border stands where the text's edge is; else the cells' own margin puts it outside."""
    indent = OxmlElement("w:tblInd")
    indent.set(qn("w:w"), CELL_MARGIN)
    indent.set(qn("w:type"), "dxa")
    after = ("w:tblBorders", "w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook")
    grid._tbl.tblPr.insert_element_before(indent, *after)


def kept(row: Any) -> None:  # noqa: ANN401
    """A row stays on the page of the next one."""
    for cell in row.cells:
        for paragraph in cell.paragraphs:
            paragraph.paragraph_format.keep_with_next = True


def whole(row: Any) -> None:  # noqa: ANN401
    """A row is not cut by the end of a page."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def repeated(row: Any) -> None:  # noqa: ANN401 (python-docx has no public name for a row)
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)


def filled(
    row: Any,  # noqa: ANN401
    texts: Sequence[str],
    widths: Sequence[float],
    look: Look,
    font: str,
) -> None:
    for at, (cell, text, width) in enumerate(zip(row.cells, texts, widths, strict=True)):
        cell.width = Mm(width)
        paragraph = cell.paragraphs[0]
        spaced(paragraph, look.size * 1.4)
        off_grid(paragraph)
        if at in look.centred:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run = paragraph.add_run(fit(text))
        run.font.size = Pt(look.size)
        named_fonts(run._r.get_or_add_rPr(), font)
