"""How a sheet looks on paper: across, so wide that it can be read, its header on each page.

Fonts are named, never shipped: 仿宋 and 黑体 are on the machines of those who print. Rows get their
height here: LibreOffice, and Excel where the file says nothing, would show the first line alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate
from math import ceil
from typing import Any, Final

from xlsxwriter.worksheet import Worksheet

A3, A4 = 8, 9  # Excel's numbers for paper
# Signs of the body's type that a page across holds at its full size.
ROOM: Final = {A3: 215, A4: 149}
SMALLEST: Final = 0.75  # of its size, below which ten points cannot be read
LINE: Final = 13.5  # points of a line of the body
MARGIN: Final = 0.5  # signs that a cell leaves free
TALLEST: Final = 409.0  # points: Excel's own bound
BODY: Final[dict[str, Any]] = {
    "num_format": "@",
    "font_name": "仿宋",
    "font_size": 10,
    "valign": "top",
    "text_wrap": True,
}
HEADING: Final = BODY | {"font_name": "黑体", "align": "center", "valign": "vcenter"}
TITLE_LINE: Final = BODY | {
    "font_name": "宋体",
    "font_size": 16,
    "bold": True,
    "align": "center",
    "valign": "vcenter",
    "text_wrap": False,
}
BORDERED: Final[dict[str, Any]] = {"border": 1}


def printed(
    sheet: Worksheet,
    repeat: tuple[int, int] | None,
    widths: Sequence[float] = (),
    paper: int = A4,
) -> None:
    """`repeat`: first and last row to stand on each page; `widths` in signs, of every column.

    What one page cannot hold in readable type goes on several, the first column on each.
    """
    pages = side_by_side(widths, paper)
    sheet.set_landscape()
    sheet.set_paper(paper)
    sheet.fit_to_pages(pages, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.7)
    sheet.set_footer('&C&"宋体"&10第 &P 页，共 &N 页')
    for place, width in enumerate(widths):
        sheet.set_column(place, place, width)
    if repeat is not None:
        sheet.repeat_rows(*repeat)
    if pages > 1:
        sheet.repeat_columns(0, 0)
    # Everything is text, and Excel would mark each number among it with a green corner.
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})


def side_by_side(widths: Sequence[float], paper: int) -> int:
    return ceil(sum(widths) * SMALLEST / ROOM[paper]) or 1


def first_page(widths: Sequence[float], paper: int) -> int:
    """How many columns stand on the first of the pages side by side, one at least."""
    room = sum(widths) / side_by_side(widths, paper)
    return max(1, sum(1 for upto in accumulate(widths) if upto <= room))


def tall_enough(cells: Iterable[str], widths: Iterable[float]) -> float:
    """Points that a row needs so that the longest of its cells is read whole."""
    most = 1
    for text, width in zip(cells, widths, strict=True):
        # Most cells cannot be the longest: their signs are counted no further.
        if 2 * len(text) > most * (width - MARGIN) or "\n" in text:
            most = max(most, lines(text, width))
    return min(TALLEST, most * LINE + 2)


def lines(text: str, width: float) -> int:
    """On how many lines a cell of this width shows it; a Chinese sign is as wide as two."""
    if "\n" in text:
        return sum(lines(part, width) for part in text.split("\n"))
    # In UTF-8 a Chinese sign has three bytes: the mean of signs and bytes is the width.
    signs = len(text) if text.isascii() else (len(text) + len(text.encode())) / 2
    return max(1, ceil(signs / (width - MARGIN)))
