"""What strangers share: it names an office, a platform or nobody, and so links no two of them.

Offices' numbers and hosts of many owners are known beforehand (`common_keys.yaml`). A value that
many authors name who have nothing else in common is found in the database itself. A site and an ICP
filing may be a forum's or a shop platform's: they link no two posts that are plainly of two people.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import Connection, select

from storage.bilingual import Bilingual
from storage.clusters import raw_bands
from storage.models import advertiser_keys, posts
from storage.parts import in_parts

FILE = Path(__file__).with_name("common_keys.yaml")
AREA_CODE = 4  # digits at most, with the leading 0
SAMPLE = 400  # posts naming a value that are looked at, the newest first
MANY = 12  # authors without anything else in common, from which on a value links nobody
# A subscriber's own number: many sites with one are one advertiser's, until so many name it that it
# must be a placeholder or somebody's whom all of them quote.
MANY_MOBILE = 100
MOBILE = re.compile(r"1[3-9]\d{9}")
AUTHOR = ("account", "host")


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    numbers: frozenset[str]
    starts: tuple[str, ...]
    hosts: frozenset[str]


@cache
def load_common(path: Path = FILE) -> Common:
    raw: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return Common(
        numbers=frozenset(map(str, raw["numbers"])),
        starts=tuple(map(str, raw["starts"])),
        hosts=frozenset(map(str, raw["hosts"])),
    )


def known_common(kind: str, value: str) -> Bilingual | None:
    """Why a value is everybody's by what is known of it; None where it is not."""
    common = load_common()
    if kind == "phone" and is_office(value, common):
        return Bilingual("政务或公共服务号码", "an office's or a call centre's number")
    if kind == "host" and value in common.hosts:
        return Bilingual("多人发布的平台域名", "a host many owners publish on")
    return None


def is_office(digits: str, common: Common) -> bool:
    """Whether a number is an office's, with or without an area code before it."""
    if digits in common.numbers:
        return True
    bare = [digits[n:] for n in (3, AREA_CODE) if digits.startswith("0") and len(digits) > n]
    if any(one in common.numbers for one in bare):
        return True
    short = [one for one in (digits, *bare) if len(one) <= 6]
    return any(one.startswith(common.starts) for one in short)


def shared_by_many(connection: Connection, kind: str, value: str) -> int:
    """How many authors name a value who have nothing else in common; 0 where they are few.

    Accounts of one advertiser share more than the one value: a second contact, or their words.
    """
    naming = (
        select(advertiser_keys.c.post_row)
        .where(advertiser_keys.c.kind == kind, advertiser_keys.c.value == value)
        .order_by(advertiser_keys.c.post_row.desc())
        .limit(SAMPLE)
    )
    rows = list(connection.execute(naming).scalars())
    most = most_authors(kind, value)
    if len(rows) <= most:
        return 0
    groups = Groups()
    authors: dict[int, str] = {}
    for row in connection.execute(
        select(advertiser_keys).where(advertiser_keys.c.post_row.in_(rows))
    ):
        if row.kind in AUTHOR and row.kind != kind:
            authors[row.post_row] = f"{row.kind}:{row.value}"
        elif (row.kind, row.value) != (kind, value) and not known_common(row.kind, row.value):
            groups.join(row.post_row, f"{row.kind}:{row.value}")
    for post_row in rows:
        groups.join(post_row, authors.get(post_row, f"post:{post_row}"))
    if groups.count(rows) <= most:  # words in common can only make them fewer
        return 0
    join_by_words(connection, rows, groups)
    strangers = groups.count(rows)
    return strangers if strangers > most else 0


def join_by_words(connection: Connection, rows: Sequence[int], groups: Groups) -> None:
    """Posts that share a band of their signatures: the bands themselves are not found by post."""
    statement = select(posts.c.id, posts.c.signature).where(
        posts.c.id.in_(rows), posts.c.signature.is_not(None)
    )
    whole: dict[bytes, int] = {}
    first: dict[tuple[int, bytes], int] = {}
    for row in connection.execute(statement):
        same = whole.setdefault(row.signature, row.id)
        if same != row.id:
            groups.join(row.id, same)
            continue
        for band in raw_bands(row.signature):
            other = first.setdefault(band, row.id)
            if other != row.id:
                groups.join(row.id, other)


def most_authors(kind: str, value: str) -> int:
    """How many unrelated authors may name a value that still links them."""
    return MANY_MOBILE if kind == "phone" and MOBILE.fullmatch(value) else MANY


class Groups:
    """Union-find over posts and what they name."""

    def __init__(self) -> None:
        self._parent: dict[object, object] = {}

    def find(self, one: object) -> object:
        root = one
        while self._parent.get(root, root) != root:
            root = self._parent[root]
        while self._parent.get(one, one) != root:
            self._parent[one], one = root, self._parent[one]
        return root

    def join(self, one: object, other: object) -> None:
        self._parent[self.find(one)] = self.find(other)

    def count(self, members: Iterable[object]) -> int:
        return len({self.find(one) for one in members})


def common_values(
    connection: Connection, keys: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], Bilingual]:
    """Of these keys the ones that link nobody, with the reason."""
    found: dict[tuple[str, str], Bilingual] = {}
    for kind, value in dict.fromkeys(keys):
        why = known_common(kind, value)
        if why is None and kind != "account":
            many = shared_by_many(connection, kind, value)
            if many:
                why = Bilingual(
                    f"有 {many} 个互不相干的发布者都写了它",
                    f"{many} unrelated authors name it",
                )
        if why is not None:
            found[kind, value] = why
    return found


# ---- two people on one site ---------------------------------------------------------------------

CONTACTS = ("phone", "wechat", "qq", "qr", "account")
SHARED = ("host", "icp")  # may be a platform's


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """Who a post says it is by."""

    author: str
    contacts: frozenset[tuple[str, str]]


def faces_of(connection: Connection, rows: Iterable[int]) -> dict[int, Face]:
    wanted = dict.fromkeys(rows)
    contacts: dict[int, set[tuple[str, str]]] = {}
    authors: dict[int, str] = {}
    for part in in_parts(wanted, SAMPLE):
        for key in connection.execute(
            select(advertiser_keys).where(
                advertiser_keys.c.post_row.in_(part), advertiser_keys.c.kind.in_(CONTACTS)
            )
        ):
            contacts.setdefault(key.post_row, set()).add((key.kind, key.value))
        named = select(posts.c.id, posts.c.author).where(posts.c.id.in_(part))
        authors |= {row.id: "".join(row.author.split()) for row in connection.execute(named)}
    return {
        row: Face(author=authors.get(row, ""), contacts=frozenset(contacts.get(row, ())))
        for row in wanted
    }


def strangers(kind: str, one: Face, other: Face) -> bool:
    """Whether two posts on one site, or under one filing, are plainly of two people: other names
    on one site, or contacts of which they share none."""
    if one.author and one.author == other.author:
        return False
    if one.contacts & other.contacts:
        return False
    if one.contacts and other.contacts:
        return True
    return kind == "host" and bool(one.author and other.author)
