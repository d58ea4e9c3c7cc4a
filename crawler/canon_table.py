"""canon_table.yaml as plain records: what the URLs of each platform mean."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from crawler.platform_ids import av_to_bv, bid_to_mid, mid_to_bid
from crawler.url_parts import Parts

TABLE = Path(__file__).with_suffix(".yaml")
Maker = Callable[[Mapping[str, str]], dict[str, str]]

# What a route may derive from its groups; ValueError: the URL is not of this route after all.
MAKERS: dict[str, Maker] = {
    "mid": lambda found: {"mid": bid_to_mid(found["bid"])},
    "bid": lambda found: {"bid": mid_to_bid(found["mid"])},
    "bv": lambda found: {"bv": "BV" + found["code"][2:]},
    "bv_of_av": lambda found: {"bv": av_to_bv(int(found["aid"]))},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One form of URL on a platform."""

    hosts: frozenset[str]  # empty: all of the platform's
    host: re.Pattern[str] | None
    path: re.Pattern[str]
    query: tuple[tuple[tuple[str, ...], re.Pattern[str]], ...]
    make: str
    id: str
    url: str

    def read(self, parts: Parts) -> dict[str, str] | None:
        """What the braces of `id` and `url` stand for; None where the URL is of another form."""
        if self.hosts and parts.host not in self.hosts:
            return None
        matches = [self.path.fullmatch(parts.path)]
        if self.host is not None:
            matches.append(self.host.fullmatch(parts.host))
        matches += [pattern.fullmatch(parts.value(names)) for names, pattern in self.query]
        found: dict[str, str] = {}
        for match in matches:
            if match is None:
                return None
            found |= match.groupdict()
        try:
            return found | (MAKERS[self.make](found) if self.make else {})
        except ValueError:
            return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    name: str
    keep: frozenset[str]
    routes: tuple[Route, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A path on some hosts that leads elsewhere: a wrapper or a short link."""

    hosts: frozenset[str]
    path: str  # beginning of the path
    param: str = ""  # "a|b": the first that has a value
    coding: str = ""
    keep: frozenset[str] = frozenset()

    def holds(self, parts: Parts) -> bool:
        return parts.host in self.hosts and parts.path.startswith(self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    exact: frozenset[str]
    prefixes: tuple[str, ...]
    unless_number: frozenset[str]
    sessions: frozenset[str]
    wrappers: tuple[Place, ...]
    short_links: tuple[Place, ...]
    hosts: Mapping[str, Platform]
    suffixes: Mapping[str, Platform]  # ".58.com"
    tails: frozenset[str]  # last two labels of every host named anywhere in the table

    def platform(self, host: str) -> Platform | None:
        """The platform a host belongs to; None on the open web."""
        known = self.hosts.get(host)
        if known is not None or tail_of(host) not in self.tails:
            return known
        return next((p for end, p in self.suffixes.items() if host.endswith(end)), None)


def tail_of(host: str) -> str:
    return ".".join(host.rsplit(".", 2)[-2:])


def route_of(row: Mapping[str, Any]) -> Route:
    return Route(
        hosts=frozenset(row.get("hosts", ())),
        host=re.compile(row["host"]) if "host" in row else None,
        path=re.compile(row["path"], re.ASCII),
        query=tuple(
            (tuple(names.split("|")), re.compile(pattern, re.ASCII))
            for names, pattern in row.get("query", {}).items()
        ),
        make=row.get("make", ""),
        id=row.get("id", ""),
        url=row["url"],
    )


def platform_of_row(name: str, row: Mapping[str, Any]) -> Platform:
    return Platform(
        name=name,
        keep=frozenset(row["keep"]),
        routes=tuple(map(route_of, row["routes"])),
    )


def place_of(row: Mapping[str, Any]) -> Place:
    return Place(
        hosts=frozenset(row["hosts"]),
        path=row.get("path", "/"),
        param=row.get("param", ""),
        coding=row.get("coding", ""),
        keep=frozenset(row.get("keep", ())),
    )


def read_table(path: Path = TABLE) -> Table:
    """The table as records; it ships with the program, so an unreadable one is a broken build."""
    # CSafeLoader is the safe loader in C: plain values only, ten times as fast.
    raw = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
    owners = {
        host: platform_of_row(name, row)
        for name, row in raw["platforms"].items()
        for host in row["hosts"]
    }
    places = [*map(place_of, raw["wrappers"]), *map(place_of, raw["short_links"])]
    named = [*owners, *(host for place in places for host in place.hosts)]
    trackers = raw["trackers"]
    return Table(
        exact=frozenset(trackers["exact"]),
        prefixes=tuple(trackers["prefixes"]),
        unless_number=frozenset(trackers["unless_number"]),
        sessions=frozenset(trackers["sessions"]),
        wrappers=tuple(place for place in places if place.param),
        short_links=tuple(place for place in places if not place.param),
        hosts={host: platform for host, platform in owners.items() if host[0] != "."},
        suffixes={host: platform for host, platform in owners.items() if host[0] == "."},
        tails=frozenset(map(tail_of, named)),
    )
