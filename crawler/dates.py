"""When a page says it was published."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")
Published = tuple[datetime | None, str]

CLOCK = (
    r"(?:[T\s]{1,3}(\d{1,2})\s?[:：时]\s?(\d{2})(?:\s?[:：分]\s?(\d{2}))?(?:\.\d{1,9})?"
    r"\s?(Z|[+-]\d{2}:?\d{2})?)?"
)
FULL = re.compile(
    rf"(?<!\d)((?:19|20)\d\d)\s?[-/.年]\s?(\d{{1,2}})\s?[-/.月]\s?(\d{{1,2}})(?!\d)(?:\s?日)?{CLOCK}"
)
COMPACT = re.compile(r"\s*((?:19|20)\d\d)([01]\d)([0-3]\d)(?:T?(\d\d)(\d\d)(\d\d))?\s*\Z")
SHORT = re.compile(rf"(?<![\d./-])(\d{{1,2}})(?:[-/]|月)(\d{{1,2}})(?![\d./-])日?{CLOCK}")
DAY = re.compile(r"(今天|昨天|昨日|前天)(?:\s{0,2}(\d{1,2})[:：](\d{2}))?")
AGO = re.compile(r"(\d{1,3}|半)\s?(秒|分钟|个?小时|天|周|个月)(?:以)?前")
JUST = re.compile(r"刚刚")
DAYS_BACK = {"今天": 0, "昨天": 1, "昨日": 1, "前天": 2}
SECONDS = {"秒": 1, "分钟": 60, "小时": 3600, "个小时": 3600, "天": 86_400, "周": 604_800}
SECONDS |= {"个月": 30 * 86_400}

LINKED_DATA = re.compile(r"\"datePublished\"\s*:\s*\"([^\"]{4,40})\"")
META = re.compile(
    r"<meta\b(?=[^<>]{0,300}?(?:name|property|itemprop)\s*=\s*[\"']?(?:article:published_time|"
    r"og:published_time|datePublished|pubdate|publish_?(?:date|time)|publication_?date|"
    r"article:create_at|og:release_date|firstcreationtime|createDate)\b)"
    r"(?=[^<>]{0,300}?\scontent\s*=\s*[\"']?([^\"'>]{4,40}))",
    re.IGNORECASE,
)
TIME_TAG = re.compile(r"<time\b[^<>]{0,300}?datetime\s*=\s*[\"']?([^\"'>]{4,40})", re.IGNORECASE)
LABELLED = re.compile(
    r"(?:发[布表][时日]?[间期]?|发文[时日][间期]|发布于|发表于|上传时间|添加时间|更新[时日][间期]|更新于|编辑于|"
    r"日期|时间)\s{0,3}[:：]?\s{0,3}([^\n]{2,40})"
)
ELSEWHERE = re.compile(
    r"考试|报名|截止|开班|举行|培训时间|有效|营业|工作|上班|办公|咨询|授课|上课|活动|开课"
)
BYLINES = 30  # lines from the top in which a date standing nearly alone is the page's own
LISTED = 3  # so many dates are a list of other pages
ALONE = 30  # other characters on its line


def published(html: str, text: str, fetched_at: datetime) -> Published:
    """(moment in UTC, words as found); (None, "") where no date is shown.

    Order: JSON-LD, meta, <time>, a labelled date, a date nearly alone on one of the first lines.
    A time without a zone is China's; relative words are taken from `fetched_at`. A date that is
    unreadable, before 1995 or after tomorrow gives (None, words).
    """
    for pattern in (LINKED_DATA, META, TIME_TAG):
        found = pattern.search(html)
        if found:
            return read(found[1].strip(), fetched_at), found[1].strip()
    lines = text.split("\n")
    for words in [*labelled(lines), *bylines(lines[:BYLINES])]:
        match = shown(words)
        if match is not None:
            return read(match, fetched_at), match
    return None, ""


def labelled(lines: list[str]) -> list[str]:
    """What follows a label such as 发布时间, where the line speaks of nothing else's date."""
    matches = ((LABELLED.search(line), line) for line in lines if len(line) <= 200)
    return [
        found[1]
        for found, line in matches
        if found and not ELSEWHERE.search(line[max(found.start() - 6, 0) : found.start(1)])
    ]


def bylines(lines: list[str]) -> list[str]:
    """Lines that hold little beside a date."""
    kept = []
    for line in lines:
        found = shown(line) if len(line) <= 80 else None
        if found and len(line) - len(found) <= ALONE and not ELSEWHERE.search(line):
            kept.append(line)
    return kept if len(kept) < LISTED else []


def shown(words: str) -> str | None:
    """The first date in the words as written."""
    for pattern in (FULL, DAY, AGO, JUST, SHORT):
        found = pattern.search(words)
        if found:
            return found.group().strip()
    return None


def read(words: str, fetched_at: datetime) -> datetime | None:
    """A moment in UTC, None where the words name none that can be true."""
    now = fetched_at.astimezone(CHINA)
    try:
        moment = absolute(words) or relative(words, now)
    except (ValueError, OverflowError):
        return None
    if moment is None or moment.year < 1995 or moment > now + timedelta(days=1):
        return None
    return moment.astimezone(UTC)


def absolute(words: str) -> datetime | None:
    """A full date, in China's time unless it names a zone. Raises ValueError for 2026-02-30."""
    found = FULL.search(words)
    if found:
        year, month, day, hour, minute, second, zone = found.groups()
        moment = datetime(
            int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0),
            tzinfo=CHINA,
        )  # fmt: skip
        return datetime.fromisoformat(f"{moment:%Y-%m-%dT%H:%M:%S}{zone}") if zone else moment
    compact = COMPACT.match(words)
    if compact:
        year, month, day, hour, minute, second = (int(part or 0) for part in compact.groups())
        return datetime(year, month, day, hour, minute, second, tzinfo=CHINA)
    return None


def relative(words: str, now: datetime) -> datetime | None:
    """A date seen from `now`, which is in China's time. Raises ValueError for 13-40."""
    if JUST.search(words):
        return now
    ago = AGO.search(words)
    if ago:
        count = 0.5 if ago[1] == "半" else int(ago[1])
        return now - timedelta(seconds=count * SECONDS[ago[2]])
    day = DAY.search(words)
    if day:
        back = now - timedelta(days=DAYS_BACK[day[1]])
        return at(back, day[2], day[3])
    short = SHORT.search(words)
    if short is None:
        return None
    for year in (now.year, now.year - 1):
        moment = at(datetime(year, int(short[1]), int(short[2]), tzinfo=CHINA), short[3], short[4])
        if moment <= now + timedelta(days=1):
            return moment
    return None


def at(day: datetime, hour: str | None, minute: str | None) -> datetime:
    return day.replace(hour=int(hour or 0), minute=int(minute or 0), second=0, microsecond=0)
