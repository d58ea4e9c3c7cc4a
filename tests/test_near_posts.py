"""Which posts a new one is compared with: the newest of its advertiser that share a band."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, delete, insert, select

from storage import near_posts
from storage.clusters import SIGNATURE, band_hashes
from storage.database import write
from storage.models import advertiser_keys, case_posts, cases, minhash_bands, posts
from storage.rows import pack
from tests.makers import NOON, signature

PHONE, OTHER, HOST = ("phone", "13800000000"), ("phone", "13800000001"), ("host", "a.example")
Made = tuple[int, int, frozenset[tuple[str, str]], bool]  # words, changed values, keys, standing

MADE = st.tuples(
    st.integers(1, 2),
    st.sampled_from([0, 0, 40, 127]),
    st.sets(st.sampled_from([PHONE, OTHER, HOST]), max_size=3).map(frozenset),
    st.sampled_from([True, True, True, False]),
)


def put(connection: Connection, number: int, made: Made) -> None:
    seed, changed, keys, standing = made
    words = signature(seed, changed)
    values = {"identity": number.to_bytes(16, "big"), "platform": "web", "post_id": str(number)}
    values |= {"content_sha256": "0", "url": "http://a.example/", "engine": "", "score": 0.9}
    values |= {"flagged": True, "first_seen": NOON, "last_seen": NOON, "signature": pack(words)}
    connection.execute(insert(posts).values(id=number, **values))
    bands = [{"band": b, "hash": h, "post_row": number} for b, h in band_hashes(words)]
    connection.execute(insert(minhash_bands), bands)
    for kind, value in keys:
        connection.execute(insert(advertiser_keys).values(kind=kind, value=value, post_row=number))
    if standing:
        connection.execute(insert(case_posts).values(case_id=1, post_row=number, joined_at=NOON))


def reset(connection: Connection) -> None:
    for table in (case_posts, advertiser_keys, minhash_bands, posts, cases):
        connection.execute(delete(table))
    values = {"status": "waiting", "priority": 0, "platform": "web", "title": "", "version": 0}
    connection.execute(insert(cases).values(id=1, opened_at=NOON, updated_at=NOON, **values))


def plain(connection: Connection, keys: Sequence[tuple[str, str]], words: int) -> list[object]:
    """The newest of all posts, read one by one."""
    bands = set(band_hashes(signature(words)))
    standing = set(connection.execute(select(case_posts.c.post_row)).scalars())
    found = []
    for row in connection.execute(select(posts).order_by(posts.c.id.desc())):
        own = {(b.band, b.hash) for b in of_row(connection, minhash_bands, row.id)}
        named = {(k.kind, k.value) for k in of_row(connection, advertiser_keys, row.id)}
        if row.id in standing and own & bands and named & set(keys):
            found.append((row.signature, 1, named & set(keys)))
    return found[: near_posts.MOST]


def of_row(connection: Connection, table, row: int):
    return connection.execute(select(table).where(table.c.post_row == row))


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(
    st.lists(MADE, max_size=24),
    st.sets(st.sampled_from([PHONE, OTHER, HOST]), min_size=1, max_size=3),
    st.sampled_from([(1, 2), (2, 5), (80, 512)]),
    st.sampled_from([3, 64]),
    st.sampled_from([4, 1024]),
)
def test_what_is_read_window_by_window_is_what_reading_everything_finds(
    engine: Engine, made, keys, windows, most, widest
) -> None:
    words = signature(1)
    with write(engine) as connection, pytest.MonkeyPatch.context() as patch:
        patch.setattr(near_posts, "WINDOWS", windows)
        patch.setattr(near_posts, "MOST", most)
        patch.setattr(near_posts, "WIDEST", widest)
        reset(connection)
        for number, one in enumerate(made, 1):
            put(connection, number, one)
        asked = sorted(keys)
        found = near_posts.near_posts(connection, asked, pack(words), band_hashes(words))
        told = [(one.signature, one.case_id, set(one.keys)) for one in found]
        assert told == plain(connection, asked, 1)


def test_a_flood_of_one_telephone_is_not_read_to_its_end(engine: Engine) -> None:
    words, count = signature(1), 4 * near_posts.MOST
    with write(engine) as connection:
        reset(connection)
        for number in range(1, count + 1):
            put(connection, number, (1, 0, frozenset({PHONE}), True))
        bands = band_hashes(words)
        naming, whole = near_posts.newest_naming(connection, [PHONE], near_posts.WINDOWS[0])
        found = near_posts.near_posts(connection, [PHONE], pack(words), bands)
    assert not whole
    assert min(naming) == count - near_posts.WINDOWS[0] + 1
    assert len(found) == near_posts.MOST
    assert len(words) == SIGNATURE
