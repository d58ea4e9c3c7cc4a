"""Kin among certain posts are the kin among all that stand there; who are many is as before."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, event, select

from storage import common_keys, kinship
from storage.common_keys import AUTHOR, Groups, known_common, most_authors, shared_by_many
from storage.database import write
from storage.models import advertiser_keys, case_posts, minhash_bands
from tests.test_near_posts import put, reset

KEYS = [
    ("phone", "13800000000"),
    ("phone", "88880000"),
    ("account", "weibo:1"),
    ("account", "weibo:2"),
    ("host", "a.example"),
    ("host", "b.example"),
    ("structure", "s"),
    ("picture", "0f0f0f0f0f0f0f0f"),
    ("picture", "0f0f0f0f0f0f0f0e"),
    ("qr_page", "q"),
]
MADE = st.tuples(
    st.integers(1, 3),
    st.sampled_from([0, 3, 20, 127]),
    st.sets(st.sampled_from(KEYS), max_size=4).map(frozenset),
    st.booleans(),
)


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(
    st.lists(MADE, min_size=2, max_size=14),
    st.sampled_from([1, 3, 200]),
    st.sampled_from([1, 64, 1_024]),
    st.sampled_from([2, 100]),
)
def test_kin_within_are_the_kin_among_all_that_stand_there(
    engine: Engine, made, few, entries, many
) -> None:
    standing = select(case_posts.c.post_row).where(~case_posts.c.split)
    with write(engine) as connection, pytest.MonkeyPatch.context() as patch:
        patch.setattr(kinship, "FEW", few)
        patch.setattr(kinship, "ENTRIES", entries)
        patch.setattr(common_keys, "MANY", many)
        patch.setattr(common_keys, "MANY_MOBILE", many)
        reset(connection)
        for number, one in enumerate(made, 1):
            put(connection, number, one)
        inside = set(connection.execute(standing).scalars())
        for row in range(1, len(made) + 1):
            every, _ = kinship.kin_of(connection, [row])
            found, _ = kinship.kin_of(connection, [row], standing)
            assert found == [one for one in every if one.post_row in inside]


ADVERTISER = ("phone", "13800001111")


@pytest.mark.parametrize(
    "crowd",
    [
        pytest.param([("host", "baijiahao.baidu.com")], id="known to be everybody's"),
        pytest.param([("host", "shared.example")], id="found to be everybody's"),
        pytest.param([("icp", "京icp备10000000号"), ("host", "shared.example")], id="two of them"),
        pytest.param([("account", "weibo:1")], id="one advertiser's own"),
    ],
)
def test_the_same_telephone_is_not_crowded_out_by_what_very_many_share(
    engine: Engine, crowd, monkeypatch
) -> None:
    monkeypatch.setattr(kinship, "MOST", 20)
    monkeypatch.setattr(kinship, "FEW", 20)
    last = 100  # more than the most of all keys together
    standing = select(case_posts.c.post_row).where(~case_posts.c.split)
    with write(engine) as connection:
        reset(connection)
        put(connection, 1, (1, 0, frozenset({ADVERTISER, *crowd}), True))
        for number in range(2, last):
            own = ("account", f"web:{number}")
            put(connection, number, (number, 0, frozenset({own, *crowd}), True))
        put(connection, last, (last, 0, frozenset({ADVERTISER, *crowd}), True))
        kin, _ = kinship.kin_of(connection, [last], standing)
    (old,) = [one for one in kin if one.post_row == 1]
    assert ADVERTISER in [(tie.kind, tie.value) for tie in old.ties]


def test_of_few_posts_all_are_asked_in_one_statement(engine: Engine) -> None:
    asked = []
    standing = select(case_posts.c.post_row).where(~case_posts.c.split)
    with write(engine) as connection:
        reset(connection)
        for number in (1, 2):
            put(connection, number, (number, 0, frozenset(KEYS), True))
        event.listen(connection, "before_cursor_execute", lambda *told: asked.append(told[2]))
        found = kinship.keys_within(connection, KEYS, standing, 200)
    assert len(found) == 2 * len(KEYS)
    assert len(asked) == 2  # those that name a key, and which of them stand there


def plain_strangers(connection: Connection, kind: str, value: str) -> int:
    """All keys and all bands of all posts naming it, joined one by one."""
    naming = select(advertiser_keys.c.post_row).where(
        advertiser_keys.c.kind == kind, advertiser_keys.c.value == value
    )
    rows = list(connection.execute(naming).scalars())
    groups = Groups()
    authors = {row: f"post:{row}" for row in rows}
    for row in connection.execute(select(advertiser_keys).order_by(advertiser_keys.c.kind)):
        if row.post_row not in authors:
            continue
        if row.kind in AUTHOR and row.kind != kind:
            authors[row.post_row] = f"{row.kind}:{row.value}"
        elif (row.kind, row.value) != (kind, value) and not known_common(row.kind, row.value):
            groups.join(row.post_row, f"{row.kind}:{row.value}")
    for row in connection.execute(select(minhash_bands)):
        if row.post_row in authors:
            groups.join(row.post_row, (row.band, row.hash))
    for row, author in authors.items():
        groups.join(row, author)
    strangers = groups.count(rows)
    return strangers if strangers > most_authors(kind, value) else 0


# One author each: which of two would count was never said.
ONE_AUTHOR = MADE.filter(lambda made: sum(kind in AUTHOR for kind, _ in made[2]) <= 1)


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(st.lists(ONE_AUTHOR, min_size=1, max_size=14), st.sampled_from([0, 1, 2, 4]))
def test_how_many_unrelated_authors_name_a_value_is_counted_as_if_all_was_read(
    engine: Engine, made, many
) -> None:
    with write(engine) as connection, pytest.MonkeyPatch.context() as patch:
        patch.setattr(common_keys, "MANY", many)
        patch.setattr(common_keys, "MANY_MOBILE", many)
        reset(connection)
        for number, one in enumerate(made, 1):
            put(connection, number, one)
        for kind, value in KEYS:
            told = shared_by_many(connection, kind, value)
            assert told == plain_strangers(connection, kind, value)
