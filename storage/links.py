"""The web of one advertiser: accounts, pages and contacts that belong together, and by what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, Engine, select

from storage.bilingual import Bilingual
from storage.database import read
from storage.kinship import HALF, WHOLE, Tie, kin_of, rows_of_cases
from storage.models import advertiser_keys, case_posts, posts
from storage.records import Post
from storage.rows import post_of
from storage.splits import standing
from storage.takedown_models import takedown_items

MOST_POSTS = 500  # in one web; the nearest first
MOST_ROUNDS = 6  # steps away from the case's own posts


@dataclass(frozen=True, slots=True, kw_only=True)
class WebPost:
    row: int
    post: Post
    case_id: int | None  # None: taken out of its case, or in none
    distance: int  # steps from the case asked about; 0: its own
    takedown: str = ""  # state of its newest takedown item, "" where nothing was asked


@dataclass(frozen=True, slots=True, kw_only=True)
class WebLink:
    """Why a post is in the web: what it has in common with one found a step earlier."""

    row: int
    via: tuple[int, ...]  # rows of the step before that have one of the ties with it
    ties: tuple[Tie, ...]


@dataclass(slots=True, kw_only=True)
class Web:
    case_id: int
    posts: list[WebPost] = field(default_factory=list)
    links: list[WebLink] = field(default_factory=list)
    keys: dict[int, list[tuple[str, str]]] = field(default_factory=dict)  # by post row
    left_out: dict[tuple[str, str], Bilingual] = field(default_factory=dict)  # links nobody: why
    cut: bool = False  # whether there is more than is shown


def web_of(engine: Engine, case_id: int) -> Web:
    """Everything linked to a case's posts, step by step. Problem for an unknown case."""
    with read(engine) as connection:
        standing(connection, case_id)
        web = Web(case_id=case_id)
        distances = dict.fromkeys(rows_of_cases(connection, [case_id]), 0)
        step = list(distances)
        for number in range(1, MOST_ROUNDS + 1):
            step = one_step(connection, web, step, distances, number)
            if not step:
                break
        web.cut = web.cut or bool(step)
        web.posts = read_posts(connection, distances)
        web.keys = keys_by_post(connection, list(distances))
    return web


def one_step(
    connection: Connection, web: Web, step: Sequence[int], distances: dict[int, int], number: int
) -> list[int]:
    """What hangs on the posts of the step before; `distances` and the web grow by it."""
    kin, common = kin_of(connection, step)
    web.left_out |= common
    fresh = [one for one in kin if one.post_row not in distances]
    room = max(MOST_POSTS - len(distances), 0)
    web.cut = web.cut or len(fresh) > room
    for one in fresh[:room]:
        distances[one.post_row] = number
        via = tuple(sorted({row for tie in one.ties for row in tie.of}))
        web.links.append(WebLink(row=one.post_row, via=via, ties=one.ties))
    return [one.post_row for one in fresh[:room]]


def read_posts(connection: Connection, distances: dict[int, int]) -> list[WebPost]:
    rows = list(distances)
    seats = {
        row.post_row: row.case_id
        for row in connection.execute(
            select(case_posts.c.post_row, case_posts.c.case_id).where(
                case_posts.c.post_row.in_(rows), ~case_posts.c.split
            )
        )
    }
    asked = {
        row.post_row: row.state
        for row in connection.execute(
            select(takedown_items.c.post_row, takedown_items.c.state)
            .where(takedown_items.c.post_row.in_(rows))
            .order_by(takedown_items.c.id)
        )
    }
    found = [
        WebPost(
            row=row.id,
            post=post_of(row),
            case_id=seats.get(row.id),
            distance=distances[row.id],
            takedown=asked.get(row.id, ""),
        )
        for row in connection.execute(select(posts).where(posts.c.id.in_(rows)))
    ]
    return sorted(found, key=lambda one: (one.distance, one.row))


def keys_by_post(connection: Connection, rows: Sequence[int]) -> dict[int, list[tuple[str, str]]]:
    statement = (
        select(advertiser_keys)
        .where(advertiser_keys.c.post_row.in_(rows), advertiser_keys.c.kind.in_(WHOLE | HALF))
        .order_by(advertiser_keys.c.kind, advertiser_keys.c.value)
    )
    found: dict[int, list[tuple[str, str]]] = {}
    for row in connection.execute(statement):
        found.setdefault(row.post_row, []).append((row.kind, row.value))
    return found
