"""Which posts are one advertiser's, and by what: every link says why it counts.

A contact, an account, an ICP filing, a QR code or a site of one's own is enough by itself. A page's
structure, a picture or near-equal words are half: two kinds of them make a link. What strangers
share (`storage/common_keys.py`) makes none.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Select, func, or_, select

from storage.bilingual import Bilingual
from storage.clusters import SAME, band_hashes, raw_bands, share
from storage.columns import AnyRow
from storage.common_keys import SHARED, common_values, faces_of, known_common, strangers
from storage.models import advertiser_keys, case_posts, minhash_bands, posts
from storage.pairs import pair_in
from storage.parts import in_parts
from storage.rows import unpack

Rows = Select[tuple[int]]  # of posts, asked of the database where they are needed
WHOLE = frozenset({"phone", "wechat", "qq", "qr", "account", "icp", "host"})
HALF = frozenset({"structure", "picture", "text", "qr_page"})
ENOUGH = 2  # halves
SAME_WORDS = 0.95  # of the words: copied as they stand
NEAR_BITS = 3  # of 64 in which pictures may differ; 4 quarters then share at least one
QUARTERS = (1, 5, 9, 13)  # where the quarters of a hash begin
HASH = re.compile("[0-9a-f]{16}")
MOST = 200  # posts compared at once, the newest first
CHUNK = 400
FEW = 200  # rows held against what is asked within, before that is searched itself
ENTRIES = 1_024  # of the table of bands; of copies each has 32
WORDS = {
    "phone": Bilingual("同一电话", "the same phone"),
    "wechat": Bilingual("同一微信", "the same WeChat id"),
    "qq": Bilingual("同一QQ", "the same QQ"),
    "qr": Bilingual("同一二维码", "the same QR code"),
    "qr_page": Bilingual("网页截图中同一二维码", "the same QR code in the page's screenshot"),
    "account": Bilingual("同一账号", "the same account"),
    "icp": Bilingual("同一备案号", "the same ICP filing"),
    "host": Bilingual("同一网站", "the same site"),
    "structure": Bilingual("网页结构相同", "the same page structure"),
    "picture": Bilingual("图片相同", "the same picture"),
    "text": Bilingual("文字高度近似", "nearly the same words"),
}


@dataclass(frozen=True, slots=True)
class Tie:
    """One thing two posts have in common."""

    kind: str
    value: str  # the share of equal words for "text", as "0.93"
    of: tuple[int, ...] = field(default=(), compare=False)  # rows asked about that have it too

    @property
    def why(self) -> Bilingual:
        words = WORDS[self.kind]
        if self.kind == "text":
            return Bilingual(f"{words.zh}（{self.value}）", f"{words.en} ({self.value})")
        return words


@dataclass(frozen=True, slots=True, kw_only=True)
class Kin:
    """A post of the same advertiser, as far as its ties tell."""

    post_row: int
    ties: tuple[Tie, ...]  # whole ones first


def counts(ties: Iterable[Tie]) -> bool:
    """Whether these ties together are a link."""
    found = list(ties)
    if any(tie.kind in WHOLE for tie in found):
        return True
    if any(tie.kind == "text" and float(tie.value) >= SAME_WORDS for tie in found):
        return True
    return len({tie.kind for tie in found if tie.kind in HALF}) >= ENOUGH


def kin_of(
    connection: Connection, rows: Sequence[int], within: Rows | None = None
) -> tuple[list[Kin], dict[tuple[str, str], Bilingual]]:
    """Flagged posts linked to any of these rows, and the keys that were left out and why.

    `within`: only these rows are looked at. Other versions of the same post are not among them.
    """
    keys = keys_of_rows(connection, rows)
    # Within few posts only what is known beforehand is left out at once.
    common = common_values(connection, keys) if within is None else known_among(keys)
    wanted = {key: naming for key, naming in keys.items() if key not in common}
    found = [
        *by_key(connection, wanted, within),
        *by_picture(connection, wanted, within),
        *by_words(connection, rows, within),
    ]
    if within is not None:  # few are tied to anything: only their keys are worth the question
        common |= common_values(connection, tied_keys(found, keys))
    ties: defaultdict[int, dict[tuple[str, str], Tie]] = defaultdict(dict)
    own = set(rows)
    for row, tie in found:
        if row not in own and (tie.kind, tie.value) not in common:
            ties[row].setdefault((tie.kind, tie.value), tie)
    for row in same_posts(connection, rows, ties):
        del ties[row]
    told = without_strangers(connection, ties)
    kin = [Kin(post_row=row, ties=ordered(found)) for row, found in told.items()]
    return sorted((one for one in kin if counts(one.ties)), key=lambda one: one.post_row), common


def without_strangers(
    connection: Connection, ties: Mapping[int, Mapping[tuple[str, str], Tie]]
) -> dict[int, list[Tie]]:
    """The ties of each row; a site and a filing only with those that may be the same person's."""
    shared = {
        row: [tie for tie in found.values() if tie.kind in SHARED] for row, found in ties.items()
    }
    asked = {one for found in shared.values() for tie in found for one in tie.of}
    faces = faces_of(connection, [*asked, *(row for row, found in shared.items() if found)])
    told: dict[int, list[Tie]] = {}
    for row, found in ties.items():
        told[row] = []
        for tie in found.values():
            if tie.kind not in SHARED:
                told[row].append(tie)
                continue
            known = [one for one in tie.of if not strangers(tie.kind, faces[one], faces[row])]
            if known:
                told[row].append(replace(tie, of=tuple(known)))
    return told


def ordered(ties: Iterable[Tie]) -> tuple[Tie, ...]:
    return tuple(sorted(ties, key=lambda tie: (tie.kind not in WHOLE, tie.kind, tie.value)))


def keys_of_rows(connection: Connection, rows: Sequence[int]) -> dict[tuple[str, str], list[int]]:
    """Every key these rows name that may link, with the rows that name it."""
    statement = (
        select(advertiser_keys)
        .where(advertiser_keys.c.post_row.in_(rows), advertiser_keys.c.kind.in_(WHOLE | HALF))
        .order_by(advertiser_keys.c.kind, advertiser_keys.c.value, advertiser_keys.c.post_row)
    )
    found: dict[tuple[str, str], list[int]] = {}
    for row in connection.execute(statement):
        found.setdefault((row.kind, row.value), []).append(row.post_row)
    return found


def known_among(keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Bilingual]:
    told = {(kind, value): known_common(kind, value) for kind, value in keys}
    return {key: why for key, why in told.items() if why is not None}


def tied_keys(
    found: Iterable[tuple[int, Tie]], keys: Mapping[tuple[str, str], list[int]]
) -> list[tuple[str, str]]:
    tied = {(tie.kind, tie.value) for _, tie in found}
    return [key for key in keys if key in tied]


def by_key(
    connection: Connection, keys: Mapping[tuple[str, str], list[int]], within: Rows | None
) -> list[tuple[int, Tie]]:
    found = []
    for part in in_parts(keys, CHUNK):
        if within is None:
            rows = connection.execute(naming_any(part).limit(MOST * len(part))).all()
        else:
            most = min(MOST * len(part), MOST * CHUNK // len(part))
            rows = keys_within(connection, part, within, most)
        found += [
            (row.post_row, Tie(row.kind, row.value, tuple(keys[row.kind, row.value])))
            for row in rows
        ]
    return found


def naming_any(keys: Sequence[tuple[str, str]]) -> Select[Any]:
    return (
        select(advertiser_keys)
        .where(pair_in(advertiser_keys.c.kind, advertiser_keys.c.value, keys))
        .order_by(advertiser_keys.c.post_row.desc())
    )


def keys_within(
    connection: Connection, keys: Sequence[tuple[str, str]], within: Rows, most: int
) -> Sequence[AnyRow]:
    """These keys of posts `within`; at most so many of each, so that none crowds out another.

    Where few rows have the keys at all, these are held against `within`; asked the other way
    round, everything that was ever taken down is read for each post that has to do with none.
    """
    statement = naming_any(keys)
    first = connection.execute(statement.limit(FEW)).all()
    if not first:
        return []
    if len(first) < FEW:
        rows = among(within, (row.post_row for row in first))
        inside = set(connection.execute(rows).scalars())
        return [row for row in first if row.post_row in inside]
    if len(keys) > 1:
        return [row for key in keys for row in keys_within(connection, [key], within, most)]
    mine = statement.where(advertiser_keys.c.post_row.in_(within))
    return connection.execute(mine.limit(most)).all()


def by_picture(
    connection: Connection, keys: Mapping[tuple[str, str], list[int]], within: Rows | None
) -> list[tuple[int, Tie]]:
    """Pictures that differ in three bits at most; equal ones are found as keys already."""
    found = []
    column = advertiser_keys.c.value
    for value in (value for kind, value in keys if kind == "picture"):
        quarters = or_(*(func.substr(column, at, 4) == value[at - 1 : at + 3] for at in QUARTERS))
        statement = select(advertiser_keys.c.post_row, column).where(
            advertiser_keys.c.kind == "picture", quarters
        )
        if within is not None:
            statement = statement.where(advertiser_keys.c.post_row.in_(within))
        near = connection.execute(statement.limit(MOST * 10)).all()
        found += [
            (row.post_row, Tie("picture", value, tuple(keys["picture", value])))
            for row in near
            if bits_apart(value, row.value) <= NEAR_BITS
        ]
    return found


def bits_apart(one: str, other: str) -> int:
    """64 for what is no hash of a picture."""
    if not (HASH.fullmatch(one) and HASH.fullmatch(other)):
        return 64
    return (int(one, 16) ^ int(other, 16)).bit_count()


def by_words(
    connection: Connection, rows: Sequence[int], within: Rows | None
) -> list[tuple[int, Tie]]:
    """Posts with nearly the same words, by the bands of their signatures."""
    own = connection.execute(
        select(posts.c.id, posts.c.signature).where(
            posts.c.id.in_(rows), posts.c.signature.is_not(None)
        )
    ).all()
    found: dict[int, tuple[float, int]] = {}  # how much, and of which of the rows
    for row in own:
        signature = unpack(row.signature)
        for other in alike(connection, row, within):
            part = share(signature, unpack(other.signature))
            found[other.id] = max(found.get(other.id, (0.0, 0)), (part, row.id))
    return [
        (row, Tie("text", f"{part:.2f}", (nearest,)))
        for row, (part, nearest) in found.items()
        if part >= SAME
    ]


def alike(connection: Connection, row: AnyRow, within: Rows | None) -> Sequence[AnyRow]:
    # From the signature: the table of bands is found by their hash, not by their post.
    bands = band_hashes(unpack(row.signature))
    if not bands:
        return []
    near = select(minhash_bands.c.post_row).where(
        pair_in(minhash_bands.c.band, minhash_bands.c.hash, bands)
    )
    statement = (
        select(posts.c.id, posts.c.signature)
        .where(posts.c.id != row.id, posts.c.signature.is_not(None))
        .order_by(posts.c.id.desc())
    )
    if within is None:
        return connection.execute(statement.where(posts.c.id.in_(near)).limit(MOST)).all()
    few = list(connection.execute(near.limit(ENTRIES)).scalars())
    if len(few) < ENTRIES:
        inside = connection.execute(among(within, few)).scalars().all()
        return connection.execute(statement.where(posts.c.id.in_(inside)).limit(MOST)).all()
    # Copied without end: all of them are more than what is asked within.
    own = set(raw_bands(row.signature))
    every = connection.execute(statement.where(posts.c.id.in_(within)))
    return list(islice((one for one in every if own & set(raw_bands(one.signature))), MOST))


def among(within: Rows, rows: Iterable[int]) -> Rows:
    return within.where(within.selected_columns[0].in_(set(rows)))


def same_posts(
    connection: Connection, rows: Sequence[int], found: Mapping[int, object]
) -> list[int]:
    """Of the rows found those that are other versions of the posts asked about."""
    if not found:
        return []
    own = select(posts.c.identity).where(posts.c.id.in_(rows))
    statement = select(posts.c.id).where(posts.c.id.in_(list(found)), posts.c.identity.in_(own))
    return list(connection.execute(statement).scalars())


def rows_of_cases(connection: Connection, case_ids: Sequence[int]) -> dict[int, int]:
    """Post row to its case, of posts that stand in these cases."""
    statement = select(case_posts.c.post_row, case_posts.c.case_id).where(
        case_posts.c.case_id.in_(case_ids), ~case_posts.c.split
    )
    return {row.post_row: row.case_id for row in connection.execute(statement)}
