"""How a sheet looks on paper: A4 across, one page wide, its header on each page, pages numbered.

Fonts are named, never shipped: 仿宋 and 黑体 are on the machines of those who print.
"""

from __future__ import annotations

from typing import Any, Final

from xlsxwriter.worksheet import Worksheet

A4: Final = 9  # of Excel's numbers for paper
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


def printed(sheet: Worksheet, repeat: tuple[int, int] | None) -> None:
    """`repeat`: first and last row to stand on each page."""
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.7)
    sheet.set_footer('&C&"宋体"&10第 &P 页，共 &N 页')
    if repeat is not None:
        sheet.repeat_rows(*repeat)
    # Everything is text, and Excel would mark each number among it with a green corner.
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
