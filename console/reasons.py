"""Why somebody needs contacts in full: one rule for pages, API and orders."""

from __future__ import annotations

from storage.bilingual import Problem

WORTH = 2  # different letters, digits or Chinese signs of a reason, at least
LONGEST_WHY = 500


def reason_given(typed: str) -> str:
    """As the audit keeps it; Problem for blanks, dots, one sign again and again, and
    signs that nobody sees."""
    reason = " ".join(typed.split())[:LONGEST_WHY]
    if len({sign for sign in reason.casefold() if sign.isalnum()}) < WORTH:
        raise Problem(
            "请写明为什么需要完整的联系方式（至少两个不同的字，记入审计），没有显示，也没有生成。",
            "Say why the contacts are needed in full (two different letters at least; "
            "the audit keeps it); nothing was shown or made.",
        )
    return reason
