"""Which case a flagged post belongs to: near-duplicates of one advertiser share one.

Two posts belong together when enough of their 128 MinHash values are equal (an estimate of their
Jaccard similarity within about .04) AND both name the same advertiser: a host, an account, a phone,
a WeChat or QQ number or an ICP filing. The text alone is not enough: a warning quotes the
advertisement it warns of. Only the same QR code in the pictures of two posts on different sites is
enough by itself: it is made by one advertiser, and such posts often have no text to compare.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Select, func, insert, select, update
from sqlalchemy import case as sql_case

from storage.columns import utc_now
from storage.database import insert_new
from storage.frontier import host_of
from storage.models import advertiser_keys, case_posts, cases, findings, minhash_bands, posts
from storage.near_posts import near_posts
from storage.opinions import shift_of
from storage.pairs import pair_in
from storage.raises import raised_of
from storage.records import CaseStatus, Clause, Post, QrCode, Sighting
from storage.rows import heading_of, identity, pack, unpack

SIGNATURE = 128
# 32 bands of 4 values make candidates of 98 % of the pairs with half their values equal.
BANDS, ROWS = 32, 4
SAME = 0.8
# A QR code in the post's own pictures; one that only the page's screenshot shows may be the
# platform's, so its posts must be alike besides.
CODE, PAGE_CODE = "qr", "qr_page"
# The same phone or id on another site or account: an advertisement told again in other words.
# Within one site it would join pages that only share menu and footer.
RETOLD = 0.4
OWN = frozenset({"phone", "wechat", "qq", CODE, PAGE_CODE})
PLACES = frozenset({"host", "account"})
MAX_KEY = 200
MAX_KEYS = 40  # of one kind and post: a page listing a thousand phones is nobody's own
MAX_REGION = 20  # characters of what a page shows as its region
SETTLED = (CaseStatus.DECIDED.value, CaseStatus.APPROVED.value)
OFFICE_TIME = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    case_id: int
    opened: bool = False
    reopened: bool = False


def band_hashes(signature: tuple[int, ...]) -> list[tuple[int, int]]:
    """(band, signed 64-bit hash) of the bands; none for an unusable signature."""
    return [(band, short_hash(values)) for band, values in raw_bands(pack(signature))]


def raw_bands(packed: bytes) -> list[tuple[int, bytes]]:
    """The bands of a packed signature as they are, for comparing without the table of bands."""
    width = ROWS * 8
    if len(packed) != BANDS * width:
        return []
    return [(band, packed[band * width : (band + 1) * width]) for band in range(BANDS)]


def short_hash(data: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "big", signed=True)


def share(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    """Share of equal values, 0..1; 0 where the signatures cannot be compared."""
    if len(one) != SIGNATURE or len(other) != SIGNATURE:
        return 0.0
    return sum(a == b for a, b in zip(one, other, strict=True)) / SIGNATURE


def folded(value: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", value)).lower()


def digits(value: str) -> str:
    number = re.sub(r"\D", "", unicodedata.normalize("NFKC", value))
    return number.removeprefix("86") if len(number) == 13 else number


def filing(value: str) -> str:
    """An ICP number without the number of the site under it: 京ICP备10000000号-2 → …号."""
    return re.sub(r"-\d+$", "", folded(value))


def keys_of(post: Post, codes: Sequence[QrCode] = ()) -> list[tuple[str, str]]:
    """(kind, value) of everything that tells this advertiser from another.

    Host and ICP filing count on the open web only: on a platform they are the platform's.
    """
    contacts = post.contacts
    pictures = {*post.images, post.video_cover}
    found: list[tuple[str, Iterable[str]]] = [
        ("account", [f"{post.platform}:{post.author_id}"] if post.author_id else []),
        ("phone", (n for n in map(digits, contacts.phones) if len(n) >= 7)),
        ("wechat", (n for n in map(folded, contacts.wechat) if len(n) >= 5)),
        ("qq", (n for n in map(digits, contacts.qq) if len(n) >= 5)),
        (CODE, (code.key for code in codes if code.found_in in pictures)),
        (PAGE_CODE, (code.key for code in codes if code.found_in not in pictures)),
    ]
    if post.platform == "web":
        found += [("host", [host_of(post.url)]), ("icp", [filing(post.icp)])]
    return [
        (kind, value)
        for kind, values in found
        for value in list(dict.fromkeys(values))[:MAX_KEYS]
        if 0 < len(value) <= MAX_KEY
    ]


def remember(connection: Connection, post_row: int, sighting: Sighting) -> None:
    """Store the bands and keys by which later posts will find this one."""
    dialect = connection.dialect.name
    bands = [
        {"band": band, "hash": value, "post_row": post_row}
        for band, value in band_hashes(sighting.signature)
    ]
    keys = [
        {"kind": kind, "value": value, "post_row": post_row}
        for kind, value in (*keys_of(sighting.post, sighting.codes), *sighting.marks[:MAX_KEYS])
    ]
    if bands:
        connection.execute(insert_new(dialect, minhash_bands), bands)
    if keys:
        connection.execute(insert_new(dialect, advertiser_keys), keys)


def case_of_post(connection: Connection, sighting: Sighting) -> int | None:
    """The case in which an older version of the same post stands now."""
    key = identity(sighting.post.platform, sighting.post.post_id)
    statement = (
        select(case_posts.c.case_id)
        .join(posts, posts.c.id == case_posts.c.post_row)
        .where(posts.c.identity == key, ~case_posts.c.split)
        .order_by(case_posts.c.post_row.desc())
        .limit(1)
    )
    return connection.execute(statement).scalar_one_or_none()


def naming(keys: list[tuple[str, str]]) -> Select[tuple[int]]:
    """Posts that name one of these (kind, value)."""
    return select(advertiser_keys.c.post_row).where(
        pair_in(advertiser_keys.c.kind, advertiser_keys.c.value, keys)
    )


def case_of_kin(connection: Connection, sighting: Sighting) -> int | None:
    """The case of the most similar post of the same advertiser, the oldest case where equal."""
    keys = keys_of(sighting.post, sighting.codes)
    if len(sighting.signature) != SIGNATURE or not keys:
        return None
    left = left_cases(connection, sighting)
    best: tuple[float, int] | None = None
    bands = band_hashes(sighting.signature)
    for near in near_posts(connection, keys, pack(sighting.signature), bands):
        alike = share(sighting.signature, unpack(near.signature))
        kinds = {kind for kind, _ in near.keys}
        least = RETOLD if kinds & OWN and not kinds & PLACES else SAME
        if alike >= least and near.case_id not in left:
            best = max(best or (0.0, 0), (alike, -near.case_id))
    return -best[1] if best else None


def case_of_code(connection: Connection, sighting: Sighting) -> int | None:
    """The oldest case of a post with the same QR code in its own pictures, whatever it says.

    Not within one site: there the same code stands in every footer.
    """
    keys = keys_of(sighting.post, sighting.codes)
    shown = [key for key in keys if key[0] == CODE]
    if not shown:
        return None
    same_site = naming([key for key in keys if key[0] == "host"])
    statement = (
        select(case_posts.c.case_id)
        .where(
            case_posts.c.post_row.in_(naming(shown)),
            case_posts.c.post_row.not_in(same_site),
            ~case_posts.c.split,
        )
        .order_by(case_posts.c.case_id)
    )
    left = left_cases(connection, sighting)
    return next((one for one in connection.execute(statement).scalars() if one not in left), None)


def left_cases(connection: Connection, sighting: Sighting) -> set[int]:
    """Cases a person has taken this post out of; it never goes back."""
    key = identity(sighting.post.platform, sighting.post.post_id)
    statement = (
        select(case_posts.c.case_id)
        .join(posts, posts.c.id == case_posts.c.post_row)
        .where(posts.c.identity == key, case_posts.c.split)
    )
    return set(connection.execute(statement).scalars())


def place(connection: Connection, post_row: int, sighting: Sighting, now: datetime) -> Placement:
    """Put a flagged post version into its case, opening or reopening one as needed.

    The case is to be refreshed after it, once for all that a batch put into it.
    """
    standing = select(case_posts.c.case_id).where(
        case_posts.c.post_row == post_row, ~case_posts.c.split
    )
    case_id = connection.execute(standing).scalar_one_or_none()
    if case_id is not None:  # the same content, judged anew
        return Placement(case_id=case_id)
    case_id = case_of_post(connection, sighting)
    if case_id is None:
        remembered = case_of_kin(connection, sighting)
        if remembered is None:
            remembered = case_of_code(connection, sighting)
        case_id = remembered if remembered is not None else open_case(connection, sighting, now)
        opened = remembered is None
    else:
        opened = False
    join(connection, case_id, post_row, now)
    reopened = not opened and reopen(connection, case_id, now)
    return Placement(case_id=case_id, opened=opened, reopened=reopened)


def join(connection: Connection, case_id: int, post_row: int, now: datetime) -> None:
    values = {"case_id": case_id, "post_row": post_row, "joined_at": now}
    connection.execute(insert(case_posts).values(values))


def open_case(connection: Connection, sighting: Sighting, now: datetime) -> int:
    post = sighting.post
    statement = insert(cases).values(
        status=CaseStatus.WAITING.value,
        priority=0,
        platform=post.platform,
        title=heading_of(post),
        opened_at=now,
        updated_at=now,
        version=0,
    )
    return int(connection.execute(statement.returning(cases.c.id)).scalar_one())


def reopen(connection: Connection, case_id: int, now: datetime) -> bool:
    """Send a settled case back to the people: it holds something nobody has decided about."""
    statement = (
        update(cases)
        .where(cases.c.id == case_id, cases.c.status.in_(SETTLED))
        .values(
            status=CaseStatus.WAITING.value,
            reopened=cases.c.reopened + 1,
            claimed_by="",
            claimed_at=None,
            claim_until=None,
            awaits_second=False,
            updated_at=now,
        )
    )
    return connection.execute(statement).rowcount == 1


def refresh(connection: Connection, case_id: int, now: datetime) -> None:
    """Count the priority anew and let reviewers see that the case has changed."""
    held = held_in(connection, case_id)
    connection.execute(
        update(cases)
        .where(cases.c.id == case_id)
        .values(
            priority=urgency(connection, case_id, held, now),
            score=held.score,
            members=held.members,
            region=region_of(connection, held),
            clauses=held.clauses,
            version=cases.c.version + 1,
            updated_at=now,
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What the posts standing in a case come to."""

    score: float  # the highest
    members: int  # their versions counted once
    placed: int | None  # the first that shows a region
    clauses: str
    severity: int


def held_in(connection: Connection, case_id: int) -> Held:
    own = (case_posts.c.case_id == case_id) & ~case_posts.c.split
    region = func.min(sql_case((posts.c.region != "", posts.c.id)))
    score, members, placed = connection.execute(
        select(func.max(posts.c.score), func.count(func.distinct(posts.c.identity)), region)
        .join(case_posts, case_posts.c.post_row == posts.c.id)
        .where(own)
    ).one()
    said = connection.execute(
        select(findings.c.clause, func.max(findings.c.severity).label("severity"))
        .join(case_posts, case_posts.c.post_row == findings.c.post_row)
        .where(own)
        .group_by(findings.c.clause)
    )
    gravest = {row.clause: row.severity for row in said}
    return Held(
        score=score or 0.0,
        members=members,
        placed=placed,
        clauses="".join(clause.value for clause in Clause if clause.value in gravest),
        severity=max(gravest.values(), default=0),
    )


def region_of(connection: Connection, held: Held) -> str:
    if held.placed is None:
        return ""
    statement = select(posts.c.region).where(posts.c.id == held.placed)
    return str(connection.execute(statement).scalar_one()).strip()[:MAX_REGION]


def measured(connection: Connection, case_id: int, now: datetime | None = None) -> int:
    """The priority a case has now, with what a second reader said and what came back."""
    return urgency(connection, case_id, held_in(connection, case_id), now or utc_now())


def urgency(connection: Connection, case_id: int, held: Held, now: datetime) -> int:
    points = priority(held.score, held.severity, held.members) + shift_of(connection, case_id)
    points += raised_of(connection, case_id, now.astimezone(OFFICE_TIME).date())
    return min(max(points, 0), 100)


def priority(score: float, severity: int, count: int) -> int:
    """0..100: up to 60 for the score, 30 for the gravest finding, 10 for how often it is posted."""
    points = 60 * min(max(score, 0.0), 1.0) + 6 * min(max(severity, 0), 5) + 2 * min(count - 1, 5)
    return min(max(round(points), 0), 100)
