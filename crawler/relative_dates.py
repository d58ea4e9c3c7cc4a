"""When a platform says something was published: an epoch, a mail date, or words such as 昨天 12:30.

Without a zone a time is China's. What is read is a moment in UTC, with the words kept beside it;
before 1995 and after tomorrow nothing was published.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from crawler.dates import CHINA, Published, at, read, shown

EPOCH = re.compile(r"\s*(\d{9,10}|\d{13}|\d{16})(?:\.\d+)?\s*\Z")
# As 微博 writes it: Sat Jun 15 11:44:46 +0800 2019
MAIL = re.compile(
    r"\s*[A-Z][a-z]{2},?\s+([A-Z][a-z]{2})\s+(\d{1,2})\s+(\d\d):(\d\d):(\d\d)\s+([+-]\d{4})\s+(\d{4})"
)
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()  # noqa: SIM905
CLOCK = re.compile(r"(?<![\d:：])([01]?\d|2[0-3])[:：]([0-5]\d)(?::[0-5]\d)?(?![\d:：])")
TODAY = re.compile(r"今[天日]\s*")
YEARS = re.compile(r"(\d{1,2})\s?年前")
BEFORE_YESTERDAY = re.compile(r"大前天")
EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
LONGEST = 80


def moment_of(told: object, fetched_at: datetime) -> Published:
    """(moment in UTC, words as found) of a number or of words; (None, words) where they name none.

    Numbers are seconds, milliseconds or microseconds since 1970. Relative words are counted from
    `fetched_at`; a date without its year is the last such day.
    """
    if isinstance(told, bool) or not isinstance(told, int | float | str):
        return None, ""
    raw = " ".join(str(told).split())[:LONGEST]
    epoch = EPOCH.match(raw)
    if epoch:
        return likely(from_epoch(epoch[1]), fetched_at), raw
    return (likely(from_words(raw, fetched_at), fetched_at), raw) if raw else (None, "")


def first_moment(told: list[object], fetched_at: datetime) -> Published:
    """The first of several tellings that names a moment, else the first words there are."""
    moments = [moment_of(one, fetched_at) for one in told]
    named = [one for one in moments if one[0] is not None]
    return next(iter([*named, *(one for one in moments if one[1] not in {"", "0"})]), (None, ""))


def from_epoch(digits: str) -> datetime | None:
    number = int(digits)
    scale = {13: 1_000, 16: 1_000_000}.get(len(digits), 1)
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=number * 1_000_000 // scale)


def from_words(words: str, fetched_at: datetime) -> datetime | None:
    mail = MAIL.match(words)
    if mail:
        return from_mail(mail)
    now = fetched_at.astimezone(CHINA)
    years = YEARS.search(words)
    if years:
        return now - timedelta(days=365 * int(years[1]))
    if BEFORE_YESTERDAY.search(words):
        return clocked(now - timedelta(days=3), words)
    date = shown(words)
    if date is not None:
        return read(date, fetched_at)
    return clocked(now, words) if TODAY.search(words) or CLOCK.fullmatch(words) else None


def from_mail(found: re.Match[str]) -> datetime | None:
    month, day, hour, minute, second, zone, year = found.groups()
    if month not in MONTHS:
        return None
    date = f"{year}-{MONTHS.index(month) + 1:02d}-{int(day):02d}"
    try:
        return datetime.fromisoformat(f"{date}T{hour}:{minute}:{second}{zone[:3]}:{zone[3:]}")
    except ValueError:
        return None


def clocked(day: datetime, words: str) -> datetime:
    """The day at the hour that the words name, at its start where they name none."""
    hour = CLOCK.search(words)
    return at(day, hour and hour[1], hour and hour[2])


def likely(moment: datetime | None, fetched_at: datetime) -> datetime | None:
    if moment is None or not EARLIEST <= moment <= fetched_at + timedelta(days=1):
        return None
    return moment.astimezone(UTC)
