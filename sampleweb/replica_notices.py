"""What the platforms' replicas show in the place of a post: removals and walls, from a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import yaml

FILE = Path(__file__).with_name("replica_notices.yaml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What a page's script asks for, and is answered: JSON."""

    url: str
    answer: Any
    sent: Any = None  # JSON sent by POST, None where it is a GET
    status: int = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    platform: str
    url: str
    state: str
    reason: str = ""
    title: str = ""
    body: str = ""
    status: int = 200
    location: str = ""
    calls: tuple[Call, ...] = ()


@cache
def notices() -> tuple[Notice, ...]:
    return tuple(map(notice_of, yaml.safe_load(FILE.read_text(encoding="utf-8"))))


def notice_of(row: Mapping[str, Any]) -> Notice:
    calls = (
        Call(**{**one, "url": urljoin(row["url"], one["url"])}) for one in row.get("calls", ())
    )
    return Notice(**{**row, "calls": tuple(calls)})


def notice_at(host: str, path: str, query: Mapping[str, str]) -> Notice | None:
    """The notice that stands at an address."""
    return next((one for one in notices() if is_at(one.url, host, path, query)), None)


def call_at(host: str, path: str, query: Mapping[str, str]) -> Call | None:
    """The answer to a notice's script; one address gives all of them, so the asking page tells."""
    page = urlsplit(query.get("referer", ""))
    asked = dict(parse_qsl(page.query))
    own = (one for one in notices() if is_at(one.url, page.hostname or "", page.path, asked))
    return next((call for one in own for call in calls_at(one, host, path, query)), None)


def calls_at(notice: Notice, host: str, path: str, query: Mapping[str, str]) -> Iterator[Call]:
    return (call for call in notice.calls if is_at(call.url, host, path, query))


def is_at(url: str, host: str, path: str, query: Mapping[str, str]) -> bool:
    parts = urlsplit(url)
    wanted = dict(parse_qsl(parts.query))
    return (parts.hostname, parts.path) == (host, path) and wanted.items() <= query.items()


def hosts() -> tuple[str, ...]:
    """Every host that a notice or what it asks for stands at."""
    urls = [url for one in notices() for url in (one.url, *(call.url for call in one.calls))]
    return tuple(dict.fromkeys(str(urlsplit(url).hostname) for url in urls))
