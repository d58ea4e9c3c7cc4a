"""Days as people type them, and today by the office's clock."""

from __future__ import annotations

from datetime import date

from console.words import OFFICE_TIME
from storage.bilingual import Problem
from storage.columns import utc_now


def today() -> date:
    return utc_now().astimezone(OFFICE_TIME).date()


def day_typed(text: str, zh: str, en: str) -> date | None:
    """None for nothing; raises Problem that names the field."""
    typed = text.strip()
    if not typed:
        return None
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise Problem(
            f"“{zh}”的“{typed[:20]}”不是日期（如 2026-03-01），没有写入。",
            f"{en}: {typed[:20]!r} is no day (as 2026-03-01); nothing was written.",
        ) from None


def number_typed(text: str) -> int:
    """Of a page's place; 0 for nothing or nonsense, which is the first page."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
