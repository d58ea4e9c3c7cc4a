"""Posts of the same advertiser with nearly the same words, the newest first.

One may have posted the same thing thousands of times, so only the newest posts that name one of its
keys are read, and more of them only where too few of those are near.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import Connection, bindparam, select

from storage.models import advertiser_keys, case_posts, minhash_bands, posts
from storage.pairs import pair_in

Key = tuple[str, str]  # kind, value
Band = tuple[int, int]  # number, hash

MOST = 64  # compared at most: a flood of copies must stay cheap
WINDOWS = (80, 512)  # newest posts read of each key, the new one itself among them
WIDEST = 1024  # posts read at once; one that lists forty telephones may name far more
NEWEST = (
    select(advertiser_keys.c.post_row)
    .where(
        advertiser_keys.c.kind == bindparam("of_kind"),
        advertiser_keys.c.value == bindparam("of_value"),
    )
    .order_by(advertiser_keys.c.post_row.desc())
    .limit(bindparam("window"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    signature: bytes
    case_id: int  # where it stands
    keys: frozenset[Key]  # of those asked for


def near_posts(
    connection: Connection, keys: Sequence[Key], signature: bytes, bands: Sequence[Band]
) -> list[Near]:
    """Posts standing in a case that name one of the keys and share a band, MOST of them.

    `bands` are those of the signature, `signature` as `storage.rows.pack` writes it.
    """
    for window in WINDOWS:
        naming, whole = newest_naming(connection, keys, window)
        if len(naming) > WIDEST:
            break
        width = len(signature) // len(bands)
        found = list(islice(sharing(connection, naming, signature, width), MOST))
        if whole or len(found) == MOST:
            return found
        if len(found) * WINDOWS[-1] < MOST * window:
            break  # few of these are near, so more of them will not do, and few are near at all
    return searched(connection, keys, bands)


def newest_naming(
    connection: Connection, keys: Sequence[Key], window: int
) -> tuple[dict[int, set[Key]], bool]:
    """The newest posts naming any of the keys, with what they name, and whether these are all."""
    naming: dict[int, set[Key]] = {}
    oldest = 0  # from here on every post that names a key is known
    for kind, value in keys:
        asked = {"of_kind": kind, "of_value": value, "window": window}
        rows = list(connection.execute(NEWEST, asked).scalars())
        if len(rows) == window:
            oldest = max(oldest, rows[-1])
        for row in rows:
            naming.setdefault(row, set()).add((kind, value))
    return {row: named for row, named in naming.items() if row >= oldest}, not oldest


def sharing(
    connection: Connection, naming: dict[int, set[Key]], signature: bytes, width: int
) -> Iterator[Near]:
    statement = (
        select(posts.c.id, posts.c.signature, case_posts.c.case_id)
        .join(case_posts, case_posts.c.post_row == posts.c.id)
        .where(posts.c.id.in_(list(naming)), ~case_posts.c.split)
        .order_by(posts.c.id.desc())
    )
    for row in connection.execute(statement):
        if row.signature and share_a_band(signature, row.signature, width):
            yield Near(signature=row.signature, case_id=row.case_id, keys=frozenset(naming[row.id]))


def share_a_band(one: bytes, other: bytes, width: int) -> bool:
    if len(one) != len(other):
        return False
    return any(one[at : at + width] == other[at : at + width] for at in range(0, len(one), width))


def searched(connection: Connection, keys: Sequence[Key], bands: Sequence[Band]) -> list[Near]:
    """The same by the bands: for a key of very many posts of which few are near."""
    near = select(minhash_bands.c.post_row).where(
        pair_in(minhash_bands.c.band, minhash_bands.c.hash, bands)
    )
    named = (
        select(advertiser_keys.c.post_row)
        .where(
            advertiser_keys.c.post_row == posts.c.id,
            pair_in(advertiser_keys.c.kind, advertiser_keys.c.value, keys),
        )
        .exists()
    )
    statement = (
        select(posts.c.id, posts.c.signature, case_posts.c.case_id)
        .join(case_posts, case_posts.c.post_row == posts.c.id)
        .where(posts.c.id.in_(near), named, ~case_posts.c.split)
        .order_by(posts.c.id.desc())
        .limit(MOST)
    )
    rows = connection.execute(statement).all()
    naming = named_by(connection, [row.id for row in rows], keys)
    return [
        Near(
            signature=row.signature or b"",
            case_id=row.case_id,
            keys=frozenset(naming.get(row.id, ())),
        )
        for row in rows
    ]


def named_by(
    connection: Connection, rows: Sequence[int], keys: Sequence[Key]
) -> dict[int, set[Key]]:
    statement = select(advertiser_keys).where(
        advertiser_keys.c.post_row.in_(rows),
        pair_in(advertiser_keys.c.kind, advertiser_keys.c.value, keys),
    )
    naming: dict[int, set[Key]] = {}
    for row in connection.execute(statement):
        naming.setdefault(row.post_row, set()).add((row.kind, row.value))
    return naming
