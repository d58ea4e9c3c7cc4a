"""What may stand in a cell: text that no spreadsheet program takes for a formula.

Everything in a list was written by somebody we suspect. Excel, WPS and LibreOffice take a cell that
begins with = + - @ for a formula, and so run what an advertiser typed as his account's name.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

LIMIT: Final = 32_767  # characters in a cell, counted in UTF-16 units as Excel does
CUT: Final = "…（已截断）"
REPLACEMENT: Final = "\ufffd"

# What reads as an operator to a spreadsheet: ASCII, full-width (＝), small (﹦) and the minus sign.
OPERATORS: Final = frozenset("=+-@＝＋－＠﹦﹢﹣﹫−")
# What a lax CSV reader may take off before it looks: quotes and separators.
SHELL: Final = frozenset("\"'`“”‘’＂＇,;|，；｜")

_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def is_plain(text: str) -> bool:
    """Begins like a word, is short and holds no control sign or line end: fits a cell as it is."""
    return text[:1].isalnum() and len(text) * 2 <= LIMIT and text.isprintable()


def visible(text: str) -> str:
    """The text with what no cell can hold replaced by �, line ends made one kind, cut at LIMIT."""
    joined = text.replace("\r\n", "\n").replace("\r", "\n")
    return _cut(_UNFIT.sub(REPLACEMENT, joined))


def is_dangerous(text: str) -> bool:
    """Whether a spreadsheet might run the text, looking through blanks, marks and quotes."""
    if text.startswith(("\t", "\n", "\r")):
        return True
    first = next((sign for sign in text if not _is_cover(sign)), "")
    return first in OPERATORS if first else False


def csv_cell(text: str) -> str:
    """The text as it may stand in a CSV; a ' before it where it could be taken for a formula."""
    fit = visible(text)
    return "'" + fit[: LIMIT - 1] if is_dangerous(fit) else fit


def xlsx_cell(text: str) -> str:
    """The text as it may stand in a cell that is written as a string.

    xlsxwriter passes an inline string that looks like `<r>…</r>` on as ready-made XML; a blank
    before it makes it the plain text it is (xlsxwriter 3.3.1, constant_memory).
    """
    fit = visible(text)
    return " " + fit if fit.startswith("<r>") and fit.endswith("</r>") else fit


def _is_cover(sign: str) -> bool:
    """Blanks, control and format characters (zero-width ones among them), quotes, separators."""
    return sign in SHELL or sign == REPLACEMENT or unicodedata.category(sign)[0] in "ZC"


def _cut(text: str) -> str:
    if len(text) * 2 <= LIMIT or len(text.encode("utf-16-le")) // 2 <= LIMIT:
        return text
    room = (LIMIT - len(CUT) - 1) * 2
    return text.encode("utf-16-le")[:room].decode("utf-16-le", errors="ignore") + CUT
