"""A moment or a day as a person types it: on a Chinese clock unless a zone is written."""

from __future__ import annotations

from datetime import UTC, date, datetime

from door.misuse import WrongUse
from exports.takedown_rows import CHINA


def now() -> datetime:
    return datetime.now(UTC)


def moment_of(text: str, option: str, present: datetime) -> datetime:
    """`2026-11-25` (that day, its last moment that has passed), `2026-11-25 16:30`, or ISO with a
    zone; "" is now. Raises WrongUse for anything else."""
    if not text.strip():
        return present
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise WrongUse(
            f"{option} 的“{text}”不是时间，如 2026-11-25 16:30（北京时间）。",
            f"{option} {text!r} is no time: 2026-11-25 16:30 (Beijing time).",
        ) from None
    aware = found if found.tzinfo is not None else found.replace(tzinfo=CHINA)
    if len(text.strip()) > len("2026-11-25"):
        return aware.astimezone(UTC)
    # A day alone: the day's last moment that has passed already, so that "today" fits any step.
    ended = aware.replace(hour=23, minute=59, second=59)
    today = present.astimezone(CHINA).date() == aware.date()
    return present if today else ended.astimezone(UTC)


def day_of(text: str, option: str) -> date | None:
    """A day as `2026-11-25`; None for "". Raises WrongUse for anything else."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise WrongUse(
            f"{option} 的“{text}”不是日期，如 2026-11-25。",
            f"{option} {text!r} is no day: 2026-11-25.",
        ) from None
