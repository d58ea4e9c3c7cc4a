"""Small invented records for tests of storage: hosts, names and numbers belong to nobody."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import count

from sqlalchemy import Engine

from storage.database import write
from storage.frontier import Frontier
from storage.records import (
    Clause,
    Contacts,
    Decision,
    Evidence,
    Finding,
    Judgement,
    Lease,
    Link,
    Page,
    PageState,
    Post,
    Sighting,
    Target,
    TargetKind,
    Verdict,
    Visit,
)
from storage.sweeps import begin
from storage.targets import ensure_target
from storage.visits import Committed, commit_visits

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
numbers = count(1)
TEXT = "月嫂证免考包过，协议保障，七天拿证。"


def target(value: str = "http://school.example/", **changes: object) -> Target:
    values: dict[str, object] = {
        "kind": TargetKind.SITE,
        "value": value,
        "source": "web",
        "reason": "举报",
        "added_by": "张工",
        **changes,
    }
    return Target(**values)  # type: ignore[arg-type]


def link(address: str, priority: int = 0) -> Link:
    return Link(url=address, canonical=address, priority=priority)


def start(engine: Engine, addresses: Sequence[str] = (), **changes: object) -> Frontier:
    """A new sweep of one target with these URLs waiting."""
    with write(engine) as connection:
        target_id = ensure_target(connection, target(**changes))
    sweep_id, _ = begin(engine, {"at": len(addresses)}, "张工")
    frontier = Frontier(engine, sweep_id)
    frontier.seed(target_id, "web", [link(address) for address in addresses])
    return frontier


def signature(seed: int, changed: int = 0) -> tuple[int, ...]:
    """128 values; those of one seed differ in the first `changed` places only."""
    values = random.Random(seed)
    other = random.Random(seed * 1_000 + changed)
    whole = [values.getrandbits(32) for _ in range(128)]
    return tuple(other.getrandbits(32) if i < changed else v for i, v in enumerate(whole))


def finding(**changes: object) -> Finding:
    values: dict[str, object] = {
        "rule": "guaranteed_pass",
        "version": 1,
        "code": "B4-02",
        "clause": Clause.TWO,
        "score": 0.9,
        "severity": 4,
        "proves": "text",
        "why": "承诺包过",
        "evidence": (Evidence(field="text", start=5, end=7, quote="包过"),),
        "legal_basis": ("广告法（2021） 第二十四条",),
        **changes,
    }
    return Finding(**values)  # type: ignore[arg-type]


def post(address: str = "http://school.example/a", **changes: object) -> Post:
    values: dict[str, object] = {
        "platform": "web",
        "post_id": address,
        "url": address,
        "url_found": address + "?from=home",
        "title": "月嫂证报名",
        "text": TEXT,
        "author": "某某教育咨询",
        "contacts": Contacts(phones=("13800000000",)),
        **changes,
    }
    return Post(**values)  # type: ignore[arg-type]


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def flagged(
    seen: Post | None = None,
    seed: int = 1,
    changed: int = 0,
    judgement: Judgement | None = None,
    **changes: object,
) -> Sighting:
    seen = seen or post()
    values: dict[str, object] = {
        "post": seen,
        "content_sha256": sha(seen.title + seen.text),
        "signature": signature(seed, changed),
        "judgement": judgement or judged(),
        **changes,
    }
    return Sighting(**values)  # type: ignore[arg-type]


def judged(**changes: object) -> Judgement:
    values: dict[str, object] = {
        "score": 0.9,
        "flagged": True,
        "findings": (finding(),),
        "stance": "seller",
        "engine": "rules-1",
        **changes,
    }
    return Judgement(**values)  # type: ignore[arg-type]


def innocent(seen: Post | None = None, engine: str = "rules-1", **changes: object) -> Sighting:
    seen = seen or post()
    acquitted = judged(score=0.1, flagged=False, findings=(), stance="official", engine=engine)
    return Sighting(
        post=seen, content_sha256=sha(seen.title + seen.text), judgement=acquitted, **changes
    )


def visit(
    lease: Lease,
    *sightings: Sighting,
    links: Sequence[Link] = (),
    state: PageState = PageState.ALIVE,
    reason: str = "",
) -> Visit:
    body = lease.canonical.encode()
    page = Page(
        url=lease.url,
        final_url=lease.url,
        status=200,
        headers=(),
        body=body,
        fetched_at=NOON,
        sha256=hashlib.sha256(body).hexdigest(),
    )
    return Visit(
        lease=lease,
        state=state,
        reason=reason,
        page=None if state is PageState.ERROR else page,
        links=tuple(links),
        sightings=sightings,
    )


def sight(engine: Engine, *sightings: Sighting, now: datetime = NOON) -> Committed:
    """Commit sightings as if a page of a sweep of its own had shown them."""
    frontier = start(engine, [f"http://list.example/{next(numbers)}"])
    (lease,) = frontier.lease(1)
    (committed,) = commit_visits(engine, [visit(lease, *sightings)], now)
    assert not committed.stale
    return committed


def decision(case_id: int, verdict: Verdict = Verdict.VIOLATION, **changes: object) -> Decision:
    codes = {
        Verdict.VIOLATION: "B4-02",
        Verdict.CLEAN: "NEWS",
        Verdict.TRANSFER: "POLICE",
        Verdict.DOUBT: "EVIDENCE",
    }
    values: dict[str, object] = {
        "case_id": case_id,
        "verdict": verdict,
        "reason": codes[verdict],
        "by": "李审核",
        "at": NOON,
        **changes,
    }
    return Decision(**values)  # type: ignore[arg-type]
