"""What strangers and people wrote, as HTML for eyes: short, in one direction, obeyed by nothing.

What is cut or replaced here stands whole in the package's other files.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")
LINE, PARAGRAPH = 300, 4000  # characters shown of a title or address, and of a note
# Control, format (they turn writing round or hide), surrogate, private, unassigned; line and
# paragraph separators. The joiners of emoji stay.
HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
KEPT = frozenset("\n\t\u200c\u200d")
MARKS = 3  # of marks above and below one sign; more would be painted over the lines beside it
GONE = "\ufffd"


def plain(text: str, most: int = LINE) -> str:
    """The text without signs that hide, turn round or overflow, cut with a word where it is
    longer than `most`."""
    kept, marks = [], 0
    for sign in text[:most]:
        category = unicodedata.category(sign)
        marks = marks + 1 if category in {"Mn", "Me"} else 0
        if marks <= MARKS:
            kept.append(GONE if category in HIDDEN and sign not in KEPT else sign)
    more = len(text) - most
    return "".join(kept) + (f"……（另有 {more} 字未显示）" if more > 0 else "")


def shown(text: str, most: int = LINE) -> str:
    """The same as HTML, isolated: no direction of its writing reaches beyond it."""
    return f"<bdi>{escape(plain(text, most))}</bdi>"


def heading(zh: str, en: str) -> str:
    return f"<h2>{zh} <small>{shown(en)}</small></h2>"


def rows(pairs: Iterable[tuple[str, str]], most: int = LINE) -> str:
    """A table of what is known; what is not is left out."""
    told = (
        f"<tr><th>{name}</th><td>{shown(value, most)}</td></tr>" for name, value in pairs if value
    )
    return f"<table>{''.join(told)}</table>"


def clock(moment: datetime) -> str:
    return f"{moment.astimezone(BEIJING):%Y-%m-%d %H:%M:%S} 北京时间"
