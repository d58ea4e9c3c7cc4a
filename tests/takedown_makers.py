"""A decided violation, drafted, approved and sent: the beginnings of tests of takedowns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Engine

from storage.batch_rows import hold
from storage.cases import decide, list_cases
from storage.exports import Batch, decided_rows, record_batch
from storage.takedown_acts import Sending, approve, record_sent
from storage.takedown_draft import Draft, draft, not_yet_asked
from storage.takedown_looks import Look, Moved, add_round
from storage.takedown_states import ItemState
from storage.takedown_verdict import Seen, Way
from storage.takedowns import Item, get_item, get_request
from storage.users import all_users
from tests.makers import NOON, decision, flagged, post, sha, sight

DRAFTER, APPROVER, SENDER = "王起草", "赵批准", "钱收发"
SENT = NOON + timedelta(hours=2)
LATER = NOON + timedelta(days=400)  # "now" for tests that do not care
AD = "http://school.example/ad"


def decided(engine: Engine, address: str = AD, *, seed: int = 1, **changes: object) -> int:
    """A case of one post that somebody decided to be a violation; its number."""
    sight(engine, flagged(post(address, **changes), seed=seed))
    case = max(row.id for row in list_cases(engine))
    decide(engine, decision(case))
    return case


def drafted(engine: Engine, *, by: str = DRAFTER, at: datetime = NOON) -> int:
    rows, _ = not_yet_asked(engine)
    first = rows[0]
    order = Draft(platform=first.platform, recipient="school.example", rows=rows, by=by, at=at)
    return draft(engine, order)


def listed(
    engine: Engine,
    *,
    platform: str = "web",
    form: str = "xlsx",
    rows: Sequence[int] | None = None,
    **filters: str,
) -> str:
    """A list that was exported, of every decided post or of these rows; its number."""
    held = [row.post_row for row in decided_rows(engine)] if rows is None else list(rows)
    made = Batch(
        format=form,
        made_at=NOON,
        rows=len(held),
        sha256=sha("list"),
        file_name="清单.xlsx",
        filters={"platform": platform, **filters},
    )
    number = record_batch(engine, made)
    hold(engine, number, held)
    return number


def sending(**changes: object) -> Sending:
    values: dict[str, object] = {
        "by": SENDER,
        "at": SENT,
        "now": LATER,
        "channel": "平台举报入口",
        "letter_no": "某网信函〔2026〕7号",
        **changes,
    }
    return Sending(**values)  # type: ignore[arg-type]


def sent(engine: Engine, address: str = AD, *, seed: int = 1, **changes: object) -> Item:
    """One item that was sent to its platform at SENT."""
    decided(engine, address, seed=seed, **changes)
    number = drafted(engine)
    approve(engine, number, approver(engine), NOON + timedelta(hours=1))
    record_sent(engine, number, sending())
    return get_request(engine, number).items[-1]


def approver(engine: Engine) -> str:
    """Somebody who may approve: one of the accounts, where the office has any."""
    return next((user.login for user in all_users(engine)), APPROVER)


def look(seen: Seen = Seen.GONE, way: Way = Way.PLAIN, **changes: object) -> Look:
    values: dict[str, object] = {"way": way, "seen": seen, "why": "检查用", **changes}
    return Look(**values)  # type: ignore[arg-type]


def round_at(
    engine: Engine, item: int, hours: float, seen: Seen = Seen.GONE, other: Seen | None = None
) -> Moved:
    """One round of both ways, `hours` after sending."""
    both = [look(seen, Way.PLAIN), look(other or seen, Way.BROWSER)]
    moved = add_round(engine, item, both, SENT + timedelta(hours=hours))
    assert moved is not None
    return moved


def taken_down(engine: Engine, item: int) -> Item:
    """Seen gone for three days: verified."""
    for hours in (24, 48, 72, 96):
        round_at(engine, item, hours)
    found = get_item(engine, item)
    assert found.state is ItemState.VERIFIED
    return found
