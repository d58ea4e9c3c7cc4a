"""What exporters read: decided posts, one row a URL, and the register of lists that left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, and_, exists, func, insert, or_, select
from sqlalchemy.exc import IntegrityError

from storage.casefiles import decision_of, findings_by_post, snapshots_by_post
from storage.columns import AnyRow
from storage.database import read, write
from storage.earlier_takedowns import Earlier, earlier_of
from storage.handed_out import HandedOut, handed_out
from storage.models import case_posts, cases, decisions, export_batches, posts
from storage.models_desk import second_looks
from storage.person_names import names_in, shown_name
from storage.proof_models import evidence_packages
from storage.records import CaseStatus, Contacts, Decision, Finding, Snapshot, Verdict
from storage.rows import post_of
from storage.takedown_marks import marks_of
from storage.takedowns import Item, Request, standing_of

PAGE = 200  # rows read at a time
OFFICE_TIME = ZoneInfo("Asia/Shanghai")
NOBODY: tuple[Request | None, Item | None] = (None, None)
SETTLED = (CaseStatus.DECIDED.value, CaseStatus.APPROVED.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedRow:
    """One URL that a person decided about, with everything a list or a letter says of it."""

    case_no: int
    post_row: int
    platform: str
    url: str  # canonical
    url_found: str
    author: str
    author_id: str
    author_url: str
    title: str
    text: str
    published_at: datetime | None
    region: str
    icp: str
    contacts: Contacts
    content_sha256: str
    score: float
    findings: tuple[Finding, ...]  # the gravest first
    snapshots: tuple[Snapshot, ...]  # the oldest first
    first_seen: datetime
    last_seen: datetime
    decision_id: int
    decision: Decision
    reopened: int  # how often the case came back after a decision
    request: Request | None = None  # the newest that asks for it, with `item`
    item: Item | None = None
    package: str = ""  # the newest sealed one made since it was settled, as EV-7-…; or ""
    unsealed: str = ""  # else its newest package, which proves nothing to others yet
    outdated: str = ""  # or a sealed one made before: it does not tell of the decision
    reviewer: str = ""  # who decided, by name
    earlier: Earlier | None = None  # what was taken down before of it or of the same advertiser
    mark: str = ""  # of its item: gone or unread before it was sent, in storage/takedown_marks.py


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A list that was made."""

    format: str
    made_at: datetime
    rows: int
    sha256: str
    file_name: str
    filters: Mapping[str, Any]
    job_id: int | None = None  # of the desk's job that made it


def decided_rows(
    engine: Engine,
    platform: str | None = None,
    since: datetime | None = None,
    verdict: Verdict = Verdict.VIOLATION,
    of_posts: Sequence[int] | None = None,
) -> Iterator[DecidedRow]:
    """Posts of cases whose NEWEST decision is `verdict`, by row id; never all in memory.

    A case that was reopened is not among them until somebody decides anew. Of a post with several
    versions in its case the one seen last is given. `platform` is the post's, `since` the earliest
    moment of the decision; `of_posts` are rows of posts, whichever version of them is the newest.
    """
    statement = decided_query(verdict)
    if platform is not None:
        statement = statement.where(posts.c.platform == platform)
    if since is not None:
        statement = statement.where(decisions.c.decided_at >= since)
    if of_posts is not None:
        named = posts.alias("named")
        wanted = select(named.c.identity).where(named.c.id.in_(of_posts))
        statement = statement.where(posts.c.identity.in_(wanted))
    last = 0
    while True:
        with read(engine) as connection:
            page = connection.execute(statement.where(posts.c.id > last).limit(PAGE)).all()
            rows = with_findings(connection, page)
        if not rows:
            return
        yield from rows
        last = rows[-1].post_row


def unconfirmed_posts(engine: Engine, platform: str = "") -> list[tuple[int, str, str]]:
    """Case, platform and address of what is decided and waits for a second person: in no list
    until then. Whatever was decided, for a number of one verdict would tell that person of it.
    `platform` "" for all."""
    statement = (
        select(cases.c.id, posts.c.platform, posts.c.url)
        .join(case_posts, case_posts.c.case_id == cases.c.id)
        .join(posts, posts.c.id == case_posts.c.post_row)
        .where(
            cases.c.status.in_(SETTLED),
            cases.c.awaits_second,
            case_posts.c.split.is_(False),
        )
    )
    if platform:
        statement = statement.where(posts.c.platform == platform)
    with read(engine) as connection:
        return [(row.id, row.platform, row.url) for row in connection.execute(statement)]


def decided_query(verdict: Verdict) -> Any:  # noqa: ANN401 (a SQL statement)
    other, seat = posts.alias("other"), case_posts.alias("seat")
    later = exists().where(
        seat.c.case_id == case_posts.c.case_id,
        seat.c.split.is_(False),
        other.c.id == seat.c.post_row,
        other.c.identity == posts.c.identity,
        or_(
            other.c.last_seen > posts.c.last_seen,
            and_(other.c.last_seen == posts.c.last_seen, other.c.id > posts.c.id),
        ),
    )
    return (
        select(
            posts,
            cases.c.reopened,
            decisions.c.id.label("decision_row"),
            decisions.c.case_id,
            decisions.c.verdict,
            decisions.c.reason,
            decisions.c.decided_by,
            decisions.c.decided_at,
            decisions.c.note,
            decisions.c.supersedes,
        )
        .join(case_posts, case_posts.c.post_row == posts.c.id)
        .join(cases, cases.c.id == case_posts.c.case_id)
        .join(decisions, decisions.c.id == cases.c.decision_id)
        .where(
            case_posts.c.split.is_(False),
            cases.c.status.in_(SETTLED),
            ~cases.c.awaits_second,
            ~later,
        )
        .where(decisions.c.verdict == verdict.value)
        .order_by(posts.c.id)
    )


def with_findings(connection: Connection, page: Any) -> list[DecidedRow]:  # noqa: ANN401
    ids = [row.id for row in page]
    said, proof = findings_by_post(connection, ids), snapshots_by_post(connection, ids)
    asked = standing_of(connection, ids)
    packed = packages_by_case(connection, settled_at(connection, page))
    before = earlier_of(connection, page)
    marks = marks_of(connection, [item.id for _, item in asked.values()])
    names = names_in(connection)
    rows = [decided_row(row, tuple(said[row.id]), tuple(proof[row.id])) for row in page]
    return [
        replace(
            row,
            request=asked.get(row.post_row, NOBODY)[0],
            item=asked.get(row.post_row, NOBODY)[1],
            package=packed.get(row.case_no, NO_PACKAGES).sealed,
            unsealed=packed.get(row.case_no, NO_PACKAGES).other,
            outdated=packed.get(row.case_no, NO_PACKAGES).outdated,
            reviewer=shown_name(names, row.decision.by),
            earlier=before.get(row.post_row),
            mark=mark_of(asked.get(row.post_row, NOBODY)[1], marks),
        )
        for row in rows
    ]


def mark_of(item: Item | None, marks: Mapping[int, str]) -> str:
    return marks.get(item.id, "") if item is not None else ""


@dataclass(frozen=True, slots=True)
class Packages:
    """The packages of a case that a list may speak of, by their names without the ending."""

    sealed: str = ""  # the newest sealed one that was made since the case was settled
    other: str = ""  # else the newest of all, where it is not sealed
    outdated: str = ""  # or sealed, but made before


NO_PACKAGES = Packages()


def settled_at(connection: Connection, page: Any) -> dict[int, datetime]:  # noqa: ANN401
    """By case, when its decision came into force: decided, or agreed with by a second person."""
    of = [row.decision_row for row in page]
    look = second_looks.c
    statement = select(look.decision_id, look.looked_at).where(
        look.decision_id.in_(of), look.upheld
    )
    agreed = {row.decision_id: row.looked_at for row in connection.execute(statement)}
    return {row.case_id: agreed.get(row.decision_row, row.decided_at) for row in page}


def packages_by_case(
    connection: Connection, settled: Mapping[int, datetime]
) -> dict[int, Packages]:
    """An older package may say that there was no conclusion: no list names it."""
    table = evidence_packages.c
    statement = (
        select(table.case_id, table.name, table.state, table.made_at)
        .where(table.case_id.in_(list(settled)))
        .order_by(table.id)
    )
    found: dict[int, Packages] = {}
    for row in connection.execute(statement):
        name, before = row.name.removesuffix(".wacz"), found.get(row.case_id, NO_PACKAGES)
        if row.state == "sealed" and row.made_at >= settled[row.case_id]:
            found[row.case_id] = Packages(sealed=name)
        elif before.sealed:
            continue
        elif row.state == "sealed":
            found[row.case_id] = Packages(outdated=name)
        else:
            found[row.case_id] = Packages(other=name)
    return found


def decided_row(row: AnyRow, said: tuple[Finding, ...], proof: tuple[Snapshot, ...]) -> DecidedRow:
    post = post_of(row)
    return DecidedRow(
        case_no=row.case_id,
        post_row=row.id,
        platform=post.platform,
        url=post.url,
        url_found=post.url_found,
        author=post.author,
        author_id=post.author_id,
        author_url=post.author_url,
        title=post.title,
        text=post.text,
        published_at=post.published_at,
        region=post.region,
        icp=post.icp,
        contacts=post.contacts,
        content_sha256=row.content_sha256,
        score=row.score,
        findings=said,
        snapshots=proof,
        first_seen=row.first_seen,
        last_seen=row.last_seen,
        decision_id=row.decision_row,
        decision=decision_of(row),
        reopened=row.reopened,
    )


def next_number(engine: Engine, at: datetime) -> str:
    """The number that the next list of the day (Asia/Shanghai) gets, as `CS-20261123-001`.

    It is printed on the list, and taken by `register` once the list is there: whoever came first
    has it. So nothing that failed has a number.
    """
    with read(engine) as connection:
        return following(connection, at)


def decided_counts(
    engine: Engine, since: datetime | None, verdicts: Sequence[Verdict]
) -> dict[str, int]:
    """How many rows `decided_rows` would give, by platform."""
    found: Counter[str] = Counter()
    for verdict in verdicts:
        rows = decided_query(verdict).order_by(None).with_only_columns(posts.c.platform)
        if since is not None:
            rows = rows.where(decisions.c.decided_at >= since)
        some = rows.subquery()
        statement = select(some.c.platform, func.count()).group_by(some.c.platform)
        with read(engine) as connection:
            for platform, count in connection.execute(statement):
                found[platform] += count
    return dict(found.most_common())


def register(engine: Engine, batch: Batch, batch_no: str, made: HandedOut | None = None) -> bool:
    """Take a number that `next_number` gave; False where somebody else has it by now.

    With `made`, its lines in the audit and in custody are written in the same breath.
    """
    try:
        with write(engine) as connection:
            if following(connection, batch.made_at) != batch_no:
                return False
            insert_batch(connection, batch, batch_no)
            if made is not None:
                handed_out(connection, made)
    except IntegrityError:  # PostgreSQL lets two exports count at once
        return False
    return True


def record_batch(engine: Engine, batch: Batch) -> str:
    """Register a list that was made; its number, unique, as `CS-20261123-001`."""
    while True:
        try:
            with write(engine) as connection:
                return add_batch(connection, batch)
        except IntegrityError:
            # PostgreSQL lets two exports count at once; the slower of them counts again.
            continue


def add_batch(connection: Connection, batch: Batch) -> str:
    batch_no = following(connection, batch.made_at)
    insert_batch(connection, batch, batch_no)
    return batch_no


def following(connection: Connection, at: datetime) -> str:
    prefix = f"CS-{at.astimezone(OFFICE_TIME):%Y%m%d}-"
    # Batches are never deleted, so their count is the last number given.
    given = connection.execute(
        select(func.count()).where(export_batches.c.batch_no.startswith(prefix, autoescape=True))
    ).scalar_one()
    return f"{prefix}{given + 1:03d}"


def insert_batch(connection: Connection, batch: Batch, batch_no: str) -> None:
    connection.execute(
        insert(export_batches).values(
            batch_no=batch_no,
            format=batch.format,
            made_at=batch.made_at,
            rows=batch.rows,
            sha256=batch.sha256,
            file_name=batch.file_name,
            filters=dict(batch.filters),
            job_id=batch.job_id,
        )
    )
