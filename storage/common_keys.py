"""What strangers share: it names an office, a platform or nobody, and so links no two of them.

Offices' numbers and hosts of many owners are known beforehand (`common_keys.yaml`). A value that
many authors name who have nothing else in common is found in the database itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import Connection, select

from storage.bilingual import Bilingual
from storage.models import advertiser_keys, minhash_bands

FILE = Path(__file__).with_name("common_keys.yaml")
AREA_CODE = 4  # digits at most, with the leading 0
SAMPLE = 400  # posts naming a value that are looked at, the newest first
MANY = 12  # authors without anything else in common, from which on a value links nobody
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
    if len(rows) <= MANY:
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
    for row in connection.execute(select(minhash_bands).where(minhash_bands.c.post_row.in_(rows))):
        groups.join(row.post_row, f"words:{row.band}:{row.hash}")
    for post_row in rows:
        groups.join(post_row, authors.get(post_row, f"post:{post_row}"))
    strangers = groups.count(rows)
    return strangers if strangers > MANY else 0


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
