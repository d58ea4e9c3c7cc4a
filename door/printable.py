"""Texts of strangers on our terminal: visible, but never obeyed."""

from __future__ import annotations

import unicodedata

# Format characters turn writing round or hide; control characters drive the terminal.
HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def printable(text: str) -> str:
    """The text with control, format and unassigned characters shown as U+FFFD; line ends stay."""
    return "".join(
        char if char == "\n" or unicodedata.category(char) not in HIDDEN else "\ufffd"
        for char in text
    )
