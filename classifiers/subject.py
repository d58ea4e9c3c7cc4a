"""What the judge is given to read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from storage.records import aware


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What the judge reads; offsets of evidence point into these texts."""

    title: str = ""
    text: str = ""
    account: str = ""
    url: str = ""
    platform: str = ""
    published_at: datetime | None = None  # None: cited as of the day of judging

    def __post_init__(self) -> None:
        if self.published_at is not None:
            aware(self.published_at)
