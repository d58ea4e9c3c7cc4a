"""What must be masked of a case or a post: every contact its posts show, in all versions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Engine, select

from storage.database import read
from storage.models import advertiser_keys, case_posts, posts
from storage.records import Contacts

KINDS = {"phone": "phones", "wechat": "wechat", "qq": "qq"}  # of keys, and the record's fields


def together(some: Iterable[Contacts]) -> Contacts:
    """All contacts of several posts, each once."""
    every = list(some)
    return Contacts(
        **{
            name: tuple(dict.fromkeys(one for each in every for one in getattr(each, name)))
            for name in KINDS.values()
        }
    )


def recorded(column: Mapping[str, Any] | None) -> Contacts:
    """As `posts.contacts` holds them."""
    said = column or {}
    return Contacts(**{name: tuple(said.get(name, ())) for name in KINDS.values()})


def of_keys(keys: Iterable[tuple[str, str]]) -> Contacts:
    """Those of an advertiser's keys (kind, value)."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for kind, value in keys:
        if kind in KINDS:
            found[KINDS[kind]].append(value)
    return Contacts(**{name: tuple(values) for name, values in found.items()})


def contacts_of(engine: Engine, ids: Sequence[int]) -> dict[int, Contacts]:
    """Of cases: what their posts list, and their keys, which other readers may have found."""
    in_case = case_posts.c.case_id.in_(ids), ~case_posts.c.split
    # Keys of every kind: asked for three kinds, SQLite reads all keys of those kinds first.
    keys = (
        select(case_posts.c.case_id, advertiser_keys.c.kind, advertiser_keys.c.value)
        .distinct()
        .join(advertiser_keys, advertiser_keys.c.post_row == case_posts.c.post_row)
        .where(*in_case)
    )
    listed = (
        select(case_posts.c.case_id, posts.c.contacts)
        .join(posts, posts.c.id == case_posts.c.post_row)
        .where(*in_case)
    )
    found: defaultdict[int, list[Contacts]] = defaultdict(list)
    by_case: defaultdict[int, list[tuple[str, str]]] = defaultdict(list)
    with read(engine) as connection:
        for row in connection.execute(keys):
            by_case[row.case_id].append((row.kind, row.value))
        for case_id, column in connection.execute(listed):
            found[case_id].append(recorded(column))
    return {number: together([*found[number], of_keys(by_case[number])]) for number in ids}


def contacts_of_posts(engine: Engine, rows: Iterable[int]) -> dict[int, Contacts]:
    """Of post rows; a row that is not there has none."""
    wanted = sorted(set(rows))
    statement = select(posts.c.id, posts.c.contacts).where(posts.c.id.in_(wanted))
    with read(engine) as connection:
        found = {row.id: recorded(row.contacts) for row in connection.execute(statement)}
    return {row: found.get(row, Contacts()) for row in wanted}
