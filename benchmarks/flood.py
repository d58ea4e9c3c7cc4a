"""`python -m benchmarks.flood [--takedowns 100]`: flagged posts that all show one telephone.

N of them are stored in the ledger's batches on SQLite in a temporary folder, once as copies of one
text, which make one case, and once each in words of its own, after `--takedowns` other pages were
verified as taken down, one of them of the same telephone. Processor seconds for each N, and the
exponent from the N before: 1 is linear.
"""

from __future__ import annotations

import argparse
import hashlib
import math
import random
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine

from benchmarks.storage import frontier_of
from storage.cases import decide, list_cases
from storage.clusters import SIGNATURE
from storage.database import open_database, upgrade
from storage.ledger import BATCH
from storage.records import (
    Clause,
    Contacts,
    Decision,
    Evidence,
    Finding,
    Judgement,
    Lease,
    Page,
    PageState,
    Post,
    Sighting,
    Verdict,
    Visit,
)
from storage.takedown_acts import Sending, approve, record_sent
from storage.takedown_draft import Draft, draft, not_yet_asked
from storage.takedown_looks import Look, add_round
from storage.takedown_verdict import Seen, Way
from storage.takedowns import get_request
from storage.visits import commit_visits

COUNTS = (250, 500, 1_000, 2_000)
PHONE = "13800000000"
TEXT = "月嫂证免考包过，协议保障，七天拿证。"
BEGAN = datetime(2026, 11, 23, 4, tzinfo=UTC)
QUOTE = Evidence(field="text", start=5, end=7, quote="包过")
FINDING = Finding(
    rule="guaranteed_pass",
    version=1,
    code="B4-02",
    clause=Clause.TWO,
    score=0.9,
    severity=4,
    proves="text",
    why="承诺包过",
    evidence=(QUOTE,),
    legal_basis=(),
)
FLAGGED = Judgement(
    score=0.9, flagged=True, findings=(FINDING,), stance="seller", engine="benchmark"
)


def visit_of(lease: Lease, words: int, phone: str) -> Visit:
    """A page with one flagged post; the same number of words is the same text."""
    digest = hashlib.sha256(f"{words} {lease.canonical}".encode()).hexdigest()
    post = Post(
        platform="web",
        post_id=lease.canonical,
        url=lease.canonical,
        url_found=lease.canonical,
        title="月嫂证报名",
        text=f"{TEXT}{words}",
        author="某某教育咨询",
        contacts=Contacts(phones=(phone,)),
    )
    values = random.Random(words)
    signature = tuple(values.getrandbits(32) for _ in range(SIGNATURE))
    page = Page(
        url=lease.url,
        final_url=lease.url,
        status=200,
        headers=(),
        body=b"",
        fetched_at=BEGAN,
        sha256=digest,
    )
    seen = Sighting(post=post, content_sha256=digest, signature=signature, judgement=FLAGGED)
    return Visit(lease=lease, state=PageState.ALIVE, page=page, links=(), sightings=(seen,))


def store(engine: Engine, count: int, *, alike: bool, phone: str = "", part: str = "") -> float:
    """Processor seconds for storing `count` posts; without a phone each has its own."""
    frontier = frontier_of(engine, [f"http://{part}{n}.example/ad" for n in range(count)])
    spent = 0.0
    while leases := frontier.lease(BATCH):
        visits = [
            visit_of(one, 0 if alike else one.url_id, phone or f"138{one.url_id:08d}")
            for one in leases
        ]
        started = time.process_time()
        commit_visits(engine, visits, BEGAN)
        spent += time.process_time() - started
    return spent


def take_down(engine: Engine, count: int) -> None:
    """That many pages, decided, asked for and seen gone for three days; one names PHONE."""
    store(engine, 1, alike=False, phone=PHONE, part="first")
    store(engine, count - 1, alike=False, part="gone")
    for row in list_cases(engine, limit=count):
        decide(
            engine,
            Decision(case_id=row.id, verdict=Verdict.VIOLATION, reason="B4-02", by="甲", at=BEGAN),
        )
    rows, _ = not_yet_asked(engine)
    order = Draft(platform="web", recipient="school.example", rows=rows, by="乙", at=BEGAN)
    number = draft(engine, order)
    approve(engine, number, "丙", BEGAN + timedelta(hours=1))
    sent = BEGAN + timedelta(hours=2)
    late = BEGAN + timedelta(days=30)
    record_sent(engine, number, Sending(by="丁", at=sent, now=late, channel="网页", letter_no="1"))
    for item in get_request(engine, number).items:
        for day in range(1, 5):
            looks = [Look(way=way, seen=Seen.GONE, why="404") for way in (Way.PLAIN, Way.BROWSER)]
            add_round(engine, item.id, looks, sent + timedelta(days=day))


def measure(count: int, takedowns: int, *, alike: bool) -> float:
    with tempfile.TemporaryDirectory() as folder:
        engine = open_database("", Path(folder))
        upgrade(engine)
        if takedowns:
            take_down(engine, takedowns)
        spent = store(engine, count, alike=alike, phone=PHONE, part="flood")
        engine.dispose()
    return spent


def table(name: str, takedowns: int, *, alike: bool) -> None:
    print(name, flush=True)
    before: tuple[int, float] | None = None
    for count in COUNTS:
        spent = measure(count, takedowns, alike=alike)
        grows = ""
        if before is not None:
            exponent = math.log(spent / before[1]) / math.log(count / before[0])
            grows = f"exponent {exponent:.2f}"
        print(
            f"  {count:6,} {spent:8.2f} s {spent / count * 1e3:7.2f} ms each  {grows}", flush=True
        )
        before = count, spent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--takedowns", type=int, default=100)
    asked = parser.parse_args()
    table("one text, nothing taken down", 0, alike=True)
    table("one text", asked.takedowns, alike=True)
    table("other words each", asked.takedowns, alike=False)


if __name__ == "__main__":
    main()
