"""Searching the words of flagged posts: written with each post, read by the queue.

`post_words` holds the folded words; the index is an FTS5 table without content on SQLite
(`post_grams`) and a GIN index over an array on PostgreSQL. Neither needs an extension.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Engine,
    Select,
    bindparam,
    delete,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Integer

from storage.columns import AnyRow, storable
from storage.database import read
from storage.grams import (
    MOST,
    SEPARATOR,
    Asked,
    asked,
    grams,
    number,
    squeezed,
    without_contacts,
)
from storage.models import case_posts, posts
from storage.models_search import post_words
from storage.records import Post

FIELDS = ("title", "text", "author", "author_id", "icp", "url")
HITS = 5_000  # posts read from the index; of a word that more have, the queue is walked instead
SOME = 1_000  # of those, where there are more: for figures that are lower bounds anyway
FIND = text("SELECT rowid FROM post_grams WHERE post_grams MATCH :grams LIMIT :most")
PUT = text("INSERT INTO post_grams (rowid, grams) VALUES (:row, :grams)")
TAKE = text("INSERT INTO post_grams (post_grams, rowid, grams) VALUES ('delete', :row, :grams)")


@dataclass(frozen=True, slots=True)
class Hits:
    """Cases that hold what was asked for."""

    asked: Asked
    cases: tuple[int, ...]
    whole: bool  # False: there are more


def words_of(post: Post) -> str:
    """What of a post can be searched: its words, who wrote it, whom to ask, where it stood."""
    said = post.contacts
    plain = (str(getattr(post, name)) for name in FIELDS)
    return joined([*plain, *said.phones, *said.wechat, *said.qq])


def joined(fields: Iterable[str]) -> str:
    return SEPARATOR.join(filter(None, map(squeezed, map(storable, fields))))[: 2 * MOST]


def index_post(connection: Connection, row: int, post: Post) -> None:
    """Make a flagged post found, in the transaction that writes it; again where it changed."""
    words = words_of(post)
    known = select(post_words.c.words).where(post_words.c.post_row == row)
    before = connection.execute(known).scalar_one_or_none()
    if before == words:
        return
    if before is not None:
        connection.execute(delete(post_words).where(post_words.c.post_row == row))
        if connection.dialect.name == "sqlite":
            connection.execute(TAKE, {"row": row, "grams": line(before)})
    put_words(connection, [(row, words)])


def put_words(connection: Connection, rows: Sequence[tuple[int, str]]) -> None:
    """Of posts that were not there before."""
    if connection.dialect.name == "sqlite":
        connection.execute(
            insert(post_words), [{"post_row": row, "words": words} for row, words in rows]
        )
        connection.execute(PUT, [{"row": row, "grams": line(words)} for row, words in rows])
        return
    values = [
        {"post_row": row, "words": words, "grams": sorted(map(number, grams(words)))}
        for row, words in rows
    ]
    connection.execute(insert(post_words), values)


def line(words: str) -> str:
    return " ".join(sorted(grams(words)))


def search(engine: Engine, typed: str, *, bare: bool = False) -> Hits | None:
    """Cases with these words, up to HITS posts of them; None where nothing is asked for.

    `bare`: for somebody who may not see contacts; what stands in one is not found.
    """
    wanted = asked(typed, bare=bare)
    if not wanted.words:
        return None
    with read(engine) as connection:
        rows = rows_with(connection, wanted)
        whole = len(rows) <= HITS
        found = cases_with(connection, wanted, posts_in=rows if whole else rows[:SOME])
    return Hits(wanted, tuple(found), whole=whole)


def rows_with(connection: Connection, wanted: Asked) -> list[int]:
    """Posts that have every gram, HITS + 1 at most; not yet all of the word."""
    if connection.dialect.name == "sqlite":
        # Quoted: a bare AND or NOT would be taken for the language's own.
        match = " AND ".join(f'"{gram}"' for gram in wanted.grams)
        given = connection.execute(FIND, {"grams": match, "most": HITS + 1})
        return list(given.scalars().all())  # all at once: row by row takes three times as long
    numbers = bindparam("grams", [number(gram) for gram in wanted.grams], ARRAY(Integer))
    statement = select(post_words.c.post_row).where(post_words.c.grams.op("@>")(numbers))
    return list(connection.execute(statement.limit(HITS + 1)).scalars().all())


def cases_with(
    connection: Connection,
    wanted: Asked,
    *,
    posts_in: Sequence[int] | None = None,
    cases_in: Sequence[int] | None = None,
) -> list[int]:
    """Cases holding a post with every word, among these posts or these cases."""
    if not (posts_in or cases_in):
        return []
    given = numbers_of(connection, posts_in or cases_in or ())
    column = case_posts.c.post_row if posts_in else case_posts.c.case_id
    if wanted.probing:
        return cases_outside(connection, wanted, column.in_(given))
    statement = (
        select(case_posts.c.case_id).distinct().where(column.in_(given), ~case_posts.c.split)
    )
    if cases_in is not None or not wanted.exact:
        statement = statement.join(post_words, post_words.c.post_row == case_posts.c.post_row)
        for word in wanted.words:
            statement = statement.where(place_of(connection, word) > 0)
    return list(connection.execute(statement).scalars().all())


def cases_outside(connection: Connection, wanted: Asked, among: ColumnElement[bool]) -> list[int]:
    """Cases where each word stands in one post outside of every contact."""
    statement = (
        select(case_posts.c.case_id, post_words.c.words, posts.c.contacts)
        .join(post_words, post_words.c.post_row == case_posts.c.post_row)
        .join(posts, posts.c.id == case_posts.c.post_row)
        .where(among, ~case_posts.c.split)
    )
    for word in wanted.words:
        statement = statement.where(place_of(connection, word) > 0)
    found: dict[int, None] = {}
    for case_id, words, contacts in connection.execute(statement):
        left = without_contacts(words, numbers_said(contacts)) if case_id not in found else ""
        if all(word in left for word in wanted.probing):
            found[case_id] = None
    return list(found)


def place_of(connection: Connection, word: str) -> ColumnElement[int]:
    """Where the word begins, from 1; 0: nowhere."""
    find = func.instr if connection.dialect.name == "sqlite" else func.strpos
    return find(post_words.c.words, word, type_=Integer)


def numbers_of(connection: Connection, numbers: Sequence[int]) -> Select[tuple[int]]:
    """Many row numbers as one parameter: thousands of them take longer to name than to find."""
    if connection.dialect.name == "sqlite":
        each = func.json_each(json.dumps(list(numbers))).table_valued("value")
        return select(each.c.value)
    array = bindparam(None, list(numbers), ARRAY(BigInteger), unique=True)
    return select(func.unnest(array))


def fill(connection: Connection, batch: int = 2_000) -> None:
    """Index every flagged post that is not yet; for a database older than the search."""
    after = 0
    while True:
        # By name: a later version of the program may know columns that are not there yet.
        columns = [posts.c[name] for name in ("id", "contacts", *FIELDS)]
        statement = select(*columns).where(posts.c.id > after, posts.c.flagged)
        rows = connection.execute(statement.order_by(posts.c.id).limit(batch)).all()
        if not rows:
            return
        put_words(connection, [(row.id, row_words(row)) for row in rows])
        after = rows[-1].id


def row_words(row: AnyRow) -> str:
    return joined([*(getattr(row, name) for name in FIELDS), *numbers_said(row.contacts)])


def numbers_said(contacts: Mapping[str, Sequence[str]] | None) -> list[str]:
    """As `posts.contacts` holds them."""
    said = contacts or {}
    return [one for kind in ("phones", "wechat", "qq") for one in said.get(kind, ())]
