"""Writing looks down and moving an item to where all its looks together put it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, Update, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from storage.bilingual import Bilingual, Problem
from storage.clusters import refresh, reopen
from storage.database import read, write
from storage.models import posts
from storage.persons import named_person
from storage.postbook import PostBook
from storage.raises import RECURRENCE, Raise, add_raise
from storage.records import Sighting, Snapshot
from storage.rows import identity
from storage.second_persons import known_person, same_people
from storage.takedown_acts import minute, not_in_future, shown
from storage.takedown_history import MACHINE, Step, audited, move
from storage.takedown_marks import MARK_WORDS, mark_since
from storage.takedown_models import takedown_items, takedown_looks, takedown_requests
from storage.takedown_refused import refused
from storage.takedown_states import LOOKED_AT, SEEN_GONE, STATE_WORDS, ItemState, state_after
from storage.takedown_verdict import REMOVED, Glance, Outcome, Seen, Stage, Way, outcome
from storage.takedowns import Item, item_of, item_row, request_row

# An hour less than whole days, so that a nightly run finds it due whichever minute it starts.
SLACK = timedelta(hours=1)
EVERY = {
    ItemState.SENT: timedelta(days=1),
    ItemState.ACKNOWLEDGED: timedelta(days=1),
    ItemState.REMOVED: timedelta(days=1),
    ItemState.VERIFIED: timedelta(days=2),
    ItemState.WATCHING: timedelta(days=2),
    ItemState.REFUSED: timedelta(days=7),
    ItemState.NO_ANSWER: timedelta(days=7),
    ItemState.FINAL: timedelta(days=30),
}
LATEST = timedelta(days=3)  # after which a person's look is no longer written down
KEPT_UP = timedelta(days=365)  # how long a final item is still looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look as it came: what was asked, which way, and what it showed."""

    way: Way
    seen: Seen
    why: str  # one Chinese sentence
    state: str = ""  # a PageState
    reason: str = ""
    http_status: int | None = None
    final_url: str = ""
    content_sha256: str = ""
    engine: str = ""
    files: tuple[Snapshot, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What a round of looks did to an item."""

    item_id: int
    before: ItemState
    after: ItemState
    outcome: Outcome
    reopened: bool = False  # its case went back to the people


def add_round(
    engine: Engine,
    item_id: int,
    looks: Sequence[Look],
    at: datetime,
    sighting: Sighting | None = None,
) -> Moved | None:
    """Write one round down, all of it with one moment; None where looks no longer matter to it.

    Raises Refused for what the database does not take: this round is not written, others may be.

    `sighting` is what was read and judged where the page offends; it is kept as a sweep keeps it,
    in the same transaction.
    """
    return one_round(engine, item_id, looks, Step(who=MACHINE, act="looked", at=at), sighting)


def add_persons_look(engine: Engine, item_id: int, look: Look, step: Step, now: datetime) -> Moved:
    """What somebody saw with their own eyes, signed and with a note.

    `step.at` is when they say they looked, `now` when it is written down. Raises Problem for a look
    before the sending, one that is to come, one too long ago, one that says gone of what a sweep or
    a look has seen offending since, and for the drafter, whose word that it is gone would be their
    own affair's.
    """
    person = named_person(step.who)
    if not step.note.strip():
        raise Problem(
            "人工查看须写明看到了什么（命令行：--note），没有写入。",
            "A person's look needs what was seen in words (at the command line: --note); nothing "
            "was written.",
        )
    in_time(engine, item_id, step.at, now)
    if look.seen in REMOVED:
        may_say_gone(engine, item_id, person, step.at)
    signed = Step(who=person, act="looked", at=step.at, note=step.note, recorded=now)
    moved = one_round(engine, item_id, [look], signed, None)
    if moved is None:
        raise not_looked_at(item_id)
    return moved


def not_looked_at(item_id: int) -> Problem:
    return Problem(
        f"条目 {item_id} 还没有发出，或已结束，不记录查看；没有写入。",
        f"Item {item_id} was not sent yet, or is over: no look is recorded; nothing was written.",
    )


def in_time(engine: Engine, item_id: int, at: datetime, now: datetime) -> None:
    """Raise Problem for a look that cannot have been, or that is told too late."""
    with read(engine) as connection:
        item = item_row(connection, item_id)
        request = request_row(connection, item.request_id)
    if request.sent_at is None:
        raise not_looked_at(item_id)
    not_in_future(at, now, request.sent_at, "发出")
    if now - at > LATEST:
        raise Problem(
            f"查看时间 {shown(at)} 距现在已超过 {LATEST.days} 天，没有写入。请重新查看后登记。",
            f"The look of {shown(at)} lies more than {LATEST.days} days back; nothing was "
            "written. Look again and record that.",
        )


def may_say_gone(engine: Engine, item_id: int, person: str, at: datetime) -> None:
    with read(engine) as connection:
        item = item_row(connection, item_id)
        request = request_row(connection, item.request_id)
        if same_people(connection, person, request.drafted_by):
            raise Problem(
                f"条目 {item_id} 由 {request.drafted_by} 起草，“已删除”“已改”须由另一人查看登记；"
                "没有写入。",
                f"Item {item_id} was drafted by {request.drafted_by}: somebody else must look and "
                "say that it is gone; nothing was written.",
            )
        known_person(connection, person)
        same = select(posts.c.identity).where(posts.c.id == item.post_row)
        seen = connection.execute(
            select(func.max(posts.c.last_seen)).where(posts.c.identity.in_(same), posts.c.flagged)
        ).scalar_one()
        looked = seen_by_looks(connection, item.post_row)
    for when, zh in ((seen, "巡查"), (looked, "查看")):
        if when is not None and when > at:
            raise still_there(item_id, when, zh)


def seen_by_looks(connection: Connection, post_row: int) -> datetime | None:
    """When a look, the machine's or a person's, last saw this post offend, whichever item's."""
    same = posts.alias("same")
    statement = (
        select(func.max(takedown_looks.c.at))
        .join(takedown_items, takedown_items.c.id == takedown_looks.c.item_id)
        .join(posts, posts.c.id == takedown_items.c.post_row)
        .join(same, same.c.identity == posts.c.identity)
        .where(same.c.id == post_row, takedown_looks.c.seen == Seen.OFFENDING.value)
    )
    return connection.execute(statement).scalar_one()  # type: ignore[no-any-return]


def still_there(item_id: int, when: datetime, how: str) -> Problem:
    return Problem(
        f"条目 {item_id} 的内容在 {shown(when)} {how}时还在，晚于所填的查看时间；没有写入。",
        f"The content of item {item_id} was seen at {shown(when)}, after this look; nothing "
        "was written.",
    )


def one_round(
    engine: Engine, item_id: int, looks: Sequence[Look], step: Step, sighting: Sighting | None
) -> Moved | None:
    try:
        with write(engine) as connection:
            item = item_of(item_row(connection, item_id))
            if item.state not in LOOKED_AT:
                return None
            write_looks(connection, item, looks, step)
            if sighting is not None:
                keep_sighting(connection, item, sighting, step.at)
            moved = settle(connection, item, step)
            if step.who != MACHINE:
                audit_look(connection, item, looks, step)
            return moved
    except IntegrityError as error:
        raise refused(item_id, error) from error


def audit_look(connection: Connection, item: Item, looks: Sequence[Look], step: Step) -> None:
    """What the machine saw is in the item's looks; what a person signs is in the audit as well."""
    request = request_row(connection, item.request_id)
    seen = [look.seen.value for look in looks]
    audited(connection, step, request, [item], seen=seen, when=minute(step.at))


def write_looks(connection: Connection, item: Item, looks: Sequence[Look], step: Step) -> None:
    rows = [
        {
            "item_id": item.id,
            "at": step.at,
            "way": look.way.value,
            "who": step.who,
            "seen": look.seen.value,
            "state": look.state,
            "reason": look.reason,
            "why": look.why or step.note,
            "http_status": look.http_status,
            "final_url": look.final_url,
            "content_sha256": look.content_sha256,
            "engine": look.engine,
            "recorded_at": step.noted,
            "files": [
                {"kind": one.kind, "sha256": one.sha256, "size": one.size} for one in look.files
            ],
        }
        for look in looks
    ]
    connection.execute(insert(takedown_looks), rows)


def keep_sighting(connection: Connection, item: Item, sighting: Sighting, now: datetime) -> None:
    """As a sweep would; a post of another identity is not this item's."""
    statement = select(posts.c.identity).where(posts.c.id == item.post_row)
    asked = connection.execute(statement).scalar_one()
    if identity(sighting.post.platform, sighting.post.post_id) != asked:
        return
    book = PostBook(connection, now)
    book.look_up([sighting])
    book.save(sighting)
    book.flush()


def glances_of(connection: Connection, item_id: int) -> list[Glance]:
    columns = takedown_looks.c
    statement = select(columns.at, columns.way, columns.seen, columns.recorded_at).where(
        columns.item_id == item_id
    )
    return [
        Glance(at=row.at, way=Way(row.way), seen=Seen(row.seen), recorded=row.recorded_at)
        for row in connection.execute(statement)
    ]


def settle(connection: Connection, item: Item, step: Step) -> Moved:
    """Where all looks put the item now, with everything that follows from it."""
    glances = glances_of(connection, item.id)
    found = outcome(glances)
    acknowledged = connection.execute(
        select(takedown_requests.c.acknowledged_at).where(takedown_requests.c.id == item.request_id)
    ).scalar_one()
    after = state_after(found.stage, item.answer, acknowledged=acknowledged is not None)
    values = {
        "removed_at": found.removed_at,
        "verified_at": found.verified_at,
        "final_at": found.final_at,
        "reappeared_at": found.reappeared_at,
        "unclear_at": found.unclear_at,
        "next_look": next_look(after, found, step.noted),
    }
    mark = mark_since(connection, item.id, glances, found.removed_at)
    if after is item.state:
        connection.execute(moving(item, values))
    else:
        said = story(after, found, mark if after in SEEN_GONE else "")
        told = replace(step, note=step.note or said)
        move(connection, item, after, told, **values)
    came_back = found.stage is Stage.REAPPEARED and after is not item.state
    reopened = came_back and bring_back(connection, item, step.noted, mark)
    return Moved(item_id=item.id, before=item.state, after=after, outcome=found, reopened=reopened)


def moving(item: Item, values: dict[str, datetime | None]) -> Update:
    return (
        update(takedown_items)
        .where(takedown_items.c.id == item.id, takedown_items.c.state == item.state.value)
        .values(**values)
    )


def next_look(state: ItemState, found: Outcome, at: datetime) -> datetime | None:
    """None where nothing more is to be seen: reappeared, withdrawn, or final for a year."""
    every = EVERY.get(state)
    if every is None:
        return None
    if found.final_at is not None and at - found.final_at > KEPT_UP:
        return None
    return at + every - SLACK


def story(after: ItemState, found: Outcome, mark: str) -> str:
    if found.stage is Stage.STANDING:
        return "内容仍在，或先前所见不成立"
    ways = "、".join(sorted(way.value for way in found.ways))
    told = f"{STATE_WORDS[after].zh}：{found.counted} 次看到删除（{ways}）"
    return f"{told}；{MARK_WORDS[mark].zh}" if mark else told


def bring_back(connection: Connection, item: Item, now: datetime, mark: str) -> bool:
    """The case goes back to the people, more urgent than before; whether it was settled."""
    add_raise(
        connection,
        Raise(
            case_id=item.case_id,
            kind=RECURRENCE,
            ref=item.id,
            other_case=item.case_id,
            at=now,
            why=back_words(item.id, marked=bool(mark)),
        ),
    )
    reopened = reopen(connection, item.case_id, now)
    refresh(connection, item.case_id, now)
    return reopened


def back_words(item_id: int, *, marked: bool) -> Bilingual:
    if marked:
        return Bilingual(
            f"处置条目 {item_id} 发出前已打不开，其后原网址又出现违规内容",
            f"nothing opened before takedown item {item_id} was sent; now it offends at its URL",
        )
    return Bilingual(
        f"处置条目 {item_id} 核实删除后，原网址的违规内容再次出现",
        f"what takedown item {item_id} had verified as removed is back at its URL",
    )
