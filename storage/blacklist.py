"""The blacklist (黑名单): versions are added, never changed. It makes a case more urgent and never
convicts or flags anybody."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, Engine, insert, select, tuple_
from sqlalchemy.exc import IntegrityError

from storage.audit import record
from storage.bilingual import Bilingual, Problem
from storage.blacklist_active import REMOVED, active, active_among
from storage.blacklist_models import blacklist_entries, blacklist_versions
from storage.blacklist_values import KINDS, normal, plain_name
from storage.cases import OPEN
from storage.clusters import refresh
from storage.columns import AnyRow
from storage.database import insert_new, read, write
from storage.exports import OFFICE_TIME
from storage.models import advertiser_keys, case_posts, cases, posts
from storage.parts import in_parts
from storage.persons import named_person
from storage.raises import BLACKLIST, Raise, add_raise

# Something of every name of a law or document: 法, 条例, 规定, 办法, 决定, 令, 第…条, 〔2026〕7号.
LAW = re.compile("[法例规办定令决条款号]")
TOLD = 200  # entries of one import that its line in the audit names
AT_ONCE = 10_000  # entries of one statement: PostgreSQL binds 65,535 values, SQLite 250,000
MOST_CASES = 2_000  # open cases looked at when somebody is listed


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What a person said of an entry at a time."""

    version: int
    act: str  # added, appealed, upheld, removed, relisted
    at: datetime
    who: str
    reason: str
    legal_basis: str
    starts: date
    ends: date | None
    note: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    id: int
    kind: str
    value: str
    shown: str
    versions: tuple[Version, ...]  # the oldest first

    @property
    def now(self) -> Version:
        return self.versions[-1]

    def counts_on(self, day: date) -> bool:
        last = self.now
        ended = last.ends is not None and day > last.ends
        return last.act != REMOVED and last.starts <= day and not ended


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What is to be written for one subject."""

    kind: str
    value: str
    reason: str
    legal_basis: str
    starts: date
    ends: date | None = None
    note: str = ""
    source: str = ""


def list_subjects(engine: Engine, listings: Sequence[Listing], who: str, at: datetime) -> list[int]:
    """Put subjects on the list, all or none; their numbers. Problem for one that is on it."""
    person = named_person(who)
    try:
        with write(engine) as connection:
            numbers = [listed(connection, one, person, at) for one in listings]
            about = f"blacklist:{numbers[0]}" if len(numbers) == 1 else ""
            told = {"entries": numbers if len(numbers) <= TOLD else len(numbers)}
            record(connection, person, "blacklist.list", about, told)
            return numbers
    except IntegrityError as error:
        raise changed_meanwhile() from error


def listed(connection: Connection, listing: Listing, person: str, at: datetime) -> int:
    check_words(listing)
    value = normal(listing.kind, listing.value)
    same = (blacklist_entries.c.kind == listing.kind) & (blacklist_entries.c.value == value)
    connection.execute(
        insert_new(connection.dialect.name, blacklist_entries),
        [{"kind": listing.kind, "value": value, "shown": listing.value.strip()}],
    )
    number = int(connection.execute(select(blacklist_entries.c.id).where(same)).scalar_one())
    before = versions_of(connection, [number]).get(number, ())
    if before and still_listed(before[-1], day_of(at)):
        raise Problem(
            f"“{listing.value}”已在黑名单（编号 {number}），没有写入。",
            f"{listing.value!r} is on the blacklist already (entry {number}); nothing was written.",
        )
    version = Version(
        version=len(before) + 1,
        act="relisted" if before else "added",
        at=at,
        who=person,
        reason=listing.reason.strip(),
        legal_basis=listing.legal_basis.strip(),
        starts=listing.starts,
        ends=listing.ends,
        note=listing.note,
        source=listing.source,
    )
    add_version(connection, number, version)
    raise_open_cases(connection, number, at)
    return number


def check_words(listing: Listing) -> None:
    if not listing.reason.strip() or not listing.legal_basis.strip():
        raise Problem(
            f"“{listing.value}”缺少列入的原因或法律依据，没有写入。",
            f"{listing.value!r} lacks its reason or its legal basis; nothing was written.",
        )
    if not LAW.search(listing.legal_basis):
        raise Problem(
            f"“{listing.value}”的法律依据“{listing.legal_basis.strip()[:40]}”看不出是哪一部法律或文件，"
            "没有写入。请写明名称和条款，如“《广告法》第二十八条”。",
            f"The legal basis of {listing.value!r} names no law or document; nothing was written. "
            "Give its name and article, as in 《广告法》第二十八条.",
        )
    if listing.ends is not None and listing.ends < listing.starts:
        raise Problem(
            f"“{listing.value}”的结束日期 {listing.ends} 早于开始日期 {listing.starts}，没有写入。",
            f"{listing.value!r} would end ({listing.ends}) before it starts ({listing.starts}); "
            "nothing was written.",
        )


def still_listed(last: Version, day: date) -> bool:
    return last.act != REMOVED and (last.ends is None or last.ends >= day)


def day_of(at: datetime) -> date:
    return at.astimezone(OFFICE_TIME).date()


def add_version(connection: Connection, number: int, version: Version) -> None:
    facts = {name: getattr(version, name) for name in Version.__dataclass_fields__}
    connection.execute(insert(blacklist_versions).values(entry_id=number, **facts))


def changed_meanwhile() -> Problem:
    return Problem(
        "黑名单刚被他人改动，没有写入。请重新查看。",
        "Somebody changed the blacklist just now; nothing was written. Look at it again.",
    )


# ---- appeal, removal ----------------------------------------------------------------------------


def add_act(engine: Engine, number: int, act: str, who: str, note: str, at: datetime) -> Version:
    """An appeal came, was turned down (upheld), or the entry is removed: one version more."""
    person = named_person(who)
    if not note.strip():
        raise Problem(
            "须写明内容或原因，没有写入。",
            "Say what or why; nothing was written.",
        )
    try:
        with write(engine) as connection:
            before = versions_of(connection, [number]).get(number)
            if not before:
                raise no_such_entry(number)
            last = before[-1]
            refuse_act(number, last, act)
            facts = {name: getattr(last, name) for name in Version.__dataclass_fields__}
            facts |= {"act": act, "who": person, "note": note.strip(), "at": at}
            version = Version(**facts | {"version": last.version + 1})
            add_version(connection, number, version)
            refresh_cases(connection, number, at)
            told = {"act": act, "version": version.version}
            record(connection, person, "blacklist.act", f"blacklist:{number}", told)
            return version
    except IntegrityError as error:
        raise changed_meanwhile() from error


def refuse_act(number: int, last: Version, act: str) -> None:
    if last.act == REMOVED:
        raise Problem(
            f"黑名单第 {number} 条已移出，没有写入。",
            f"Entry {number} is off the blacklist already; nothing was written.",
        )
    if act == "appealed" and last.act == "appealed":
        raise Problem(
            f"黑名单第 {number} 条已有申诉在办，没有写入。",
            f"Entry {number} is under appeal already; nothing was written.",
        )
    if act == "upheld" and last.act != "appealed":
        raise Problem(
            f"黑名单第 {number} 条没有在办的申诉，没有写入。",
            f"Entry {number} is under no appeal; nothing was written.",
        )


def no_such_entry(number: int) -> Problem:
    return Problem(
        f"黑名单没有第 {number} 条，没有写入。请到“黑名单”页查看"
        "（命令行：certsweep blacklist list）。",
        f"The blacklist has no entry {number}; nothing was written. See the page of the "
        "blacklist (command line: certsweep blacklist list).",
    )


# ---- reading ------------------------------------------------------------------------------------


def versions_of(connection: Connection, numbers: Sequence[int]) -> dict[int, tuple[Version, ...]]:
    found: defaultdict[int, list[Version]] = defaultdict(list)
    for part in in_parts(numbers, AT_ONCE):
        statement = (
            select(blacklist_versions)
            .where(blacklist_versions.c.entry_id.in_(part))
            .order_by(blacklist_versions.c.version)
        )
        for row in connection.execute(statement):
            facts = {name: getattr(row, name) for name in Version.__dataclass_fields__}
            found[row.entry_id].append(Version(**facts))
    return {number: tuple(every) for number, every in found.items()}


def entries(engine: Engine, day: date | None = None) -> list[Entry]:
    """Every entry with its versions; with `day` those that count then."""
    statement = select(blacklist_entries).order_by(blacklist_entries.c.id)
    if day is not None:
        statement = statement.where(blacklist_entries.c.id.in_(active(day)))
    with read(engine) as connection:
        rows = connection.execute(statement).all()
        said = versions_of(connection, [row.id for row in rows])
    return [entry_of(row, said[row.id]) for row in rows]


def get_entry(engine: Engine, number: int) -> Entry:
    with read(engine) as connection:
        row = connection.execute(
            select(blacklist_entries).where(blacklist_entries.c.id == number)
        ).one_or_none()
        if row is None:
            raise no_such_entry(number)
        return entry_of(row, versions_of(connection, [number])[number])


def entry_of(row: AnyRow, said: tuple[Version, ...]) -> Entry:
    return Entry(id=row.id, kind=row.kind, value=row.value, shown=row.shown, versions=said)


# ---- what it raises -----------------------------------------------------------------------------


def note_blacklisted(connection: Connection, case_id: int, post_row: int, now: datetime) -> int:
    """Raise the case of a flagged post whose advertiser is listed; by how many entries.

    The caller refreshes the case.
    """
    found = matching(connection, post_row)
    counting = active_among(connection, [row.id for row in found], day_of(now))
    return sum(
        add_raise(connection, reason(case_id, row, now)) for row in found if row.id in counting
    )


def matching(connection: Connection, post_row: int) -> list[AnyRow]:
    keys = connection.execute(
        select(advertiser_keys.c.kind, advertiser_keys.c.value).where(
            advertiser_keys.c.post_row == post_row
        )
    ).all()
    author = connection.execute(select(posts.c.author).where(posts.c.id == post_row)).scalar_one()
    wanted = [(row.kind, row.value) for row in keys]
    if author:
        wanted.append(("name", plain_name(author)))
    if not wanted:
        return []
    statement = (
        select(blacklist_entries)
        .where(tuple_(blacklist_entries.c.kind, blacklist_entries.c.value).in_(wanted))
        .order_by(blacklist_entries.c.id)
    )
    return list(connection.execute(statement).all())


def reason(case_id: int, entry: AnyRow, now: datetime) -> Raise:
    kind = KINDS[entry.kind]
    return Raise(
        case_id=case_id,
        kind=BLACKLIST,
        ref=entry.id,
        at=now,
        why=Bilingual(
            f"发布者的{kind.zh}在黑名单（第 {entry.id} 条）；仅提高优先度，不作为认定依据",
            f"the advertiser's {kind.en} is on the blacklist (entry {entry.id}); this raises the "
            "priority and proves nothing",
        ),
    )


def raise_open_cases(connection: Connection, number: int, now: datetime) -> None:
    """Cases that wait already for a decision about somebody listed just now."""
    for case_id, post_row in open_cases(connection, number):
        if note_blacklisted(connection, case_id, post_row, now):
            refresh(connection, case_id, now)


def refresh_cases(connection: Connection, number: int, now: datetime) -> None:
    """Count priorities anew: an entry that is removed raises nothing any more."""
    for case_id in dict.fromkeys(case for case, _ in open_cases(connection, number)):
        refresh(connection, case_id, now)


def open_cases(connection: Connection, number: int) -> list[tuple[int, int]]:
    """(case, post row) of open cases with a post of the entry's subject."""
    entry = connection.execute(
        select(blacklist_entries).where(blacklist_entries.c.id == number)
    ).one()
    statement = (
        select(case_posts.c.case_id, case_posts.c.post_row, posts.c.author)
        .join(cases, cases.c.id == case_posts.c.case_id)
        .join(posts, posts.c.id == case_posts.c.post_row)
        .where(cases.c.status.in_(OPEN), ~case_posts.c.split)
        .order_by(case_posts.c.case_id)
    )
    if entry.kind == "name":
        rows = connection.execute(statement.where(posts.c.author != ""))
        named = [row for row in rows if plain_name(row.author) == entry.value]
        return [(row.case_id, row.post_row) for row in named[:MOST_CASES]]
    naming = select(advertiser_keys.c.post_row).where(
        advertiser_keys.c.kind == entry.kind, advertiser_keys.c.value == entry.value
    )
    rows = connection.execute(statement.where(case_posts.c.post_row.in_(naming)).limit(MOST_CASES))
    return [(row.case_id, row.post_row) for row in rows]
