"""`python -m benchmarks.storage`: what the database costs a sweep, in processor time.

A lease of 64 URLs out of 100,000 waiting ones while 16 hosts are busy, and commits of 50 ordinary
pages with two new links each. On SQLite in a temporary folder; medians over several rounds, because
a shared machine is never equally quiet.
"""

from __future__ import annotations

import hashlib
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from sqlalchemy import Engine

from storage.database import open_database, upgrade, write
from storage.frontier import Frontier
from storage.records import (
    Judgement,
    Lease,
    Link,
    Page,
    PageState,
    Post,
    Sighting,
    Target,
    TargetKind,
    Visit,
)
from storage.sweeps import begin
from storage.targets import ensure_target
from storage.visits import commit_visits

WAITING = 100_000
HOSTS = 500
BUSY = [f"h{number}.example" for number in range(16)]
LEASED = 64
VISITS = 50
LINKS = 2
ROUNDS = 9
CLEAN = Judgement(score=0.0, flagged=False, findings=(), stance="unknown", engine="benchmark")


def frontier_of(engine: Engine, addresses: list[str]) -> Frontier:
    target = Target(
        kind=TargetKind.SITE,
        value="http://school.example/",
        source="institution",
        reason="benchmark",
        added_by="benchmark",
    )
    with write(engine) as connection:
        target_id = ensure_target(connection, target)
    sweep_id, _ = begin(engine, {"waiting": len(addresses)}, "benchmark")
    frontier = Frontier(engine, sweep_id)
    links = [Link(url=address, canonical=address) for address in addresses]
    frontier.seed(target_id, target.source, links)
    return frontier


def ordinary(lease: Lease, number: int) -> Visit:
    """A page judged clean, with links nobody has seen yet."""
    body = f"{lease.canonical} {number}".encode()
    digest = hashlib.sha256(body).hexdigest()
    now = datetime.now(UTC)
    page = Page(
        url=lease.url,
        final_url=lease.url,
        status=200,
        headers=(),
        body=body,
        fetched_at=now,
        sha256=digest,
    )
    post = Post(
        platform="web", post_id=lease.canonical, url=lease.canonical, url_found=lease.canonical
    )
    found = (f"{lease.canonical}/next/{number}/{place}" for place in range(LINKS))
    return Visit(
        lease=lease,
        state=PageState.ALIVE,
        page=page,
        links=tuple(Link(url=url, canonical=url) for url in found),
        sightings=(Sighting(post=post, content_sha256=digest, judgement=CLEAN),),
    )


def spent(work: Callable[[], object]) -> float:
    """Processor milliseconds of one call."""
    started = time.process_time()
    work()
    return (time.process_time() - started) * 1_000


def lease_rounds(frontier: Frontier) -> list[float]:
    """Milliseconds of each lease; RuntimeError where one is not full."""

    def lease() -> None:
        given = frontier.lease(LEASED, BUSY)
        if len(given) != LEASED:
            raise RuntimeError(f"{len(given)} URLs leased instead of {LEASED}")

    return [spent(lease) for _ in range(ROUNDS)]


def commit_rounds(engine: Engine, frontier: Frontier) -> list[float]:
    """Milliseconds of each commit of VISITS pages."""
    costs = []
    for number in range(ROUNDS):
        batch = [ordinary(lease, number) for lease in frontier.lease(VISITS)]
        costs.append(spent(partial(commit_visits, engine, batch, datetime.now(UTC))))
    return costs


def row(name: str, costs: list[float], pieces: int) -> None:
    middle, worst = statistics.median(costs), max(costs)
    print(f"{name:42} {middle:9.2f} ms {worst:9.2f} ms {middle / pieces * 1_000:9.1f} µs")


def main() -> None:
    addresses = [f"http://h{number % HOSTS}.example/{number}" for number in range(WAITING)]
    with tempfile.TemporaryDirectory() as folder:
        engine = open_database("", Path(folder))
        upgrade(engine)
        frontier = frontier_of(engine, addresses)
        print(f"{'':42} {'median':>12} {'worst':>12} {'each':>12}")
        row(f"lease {LEASED} of {WAITING:,} waiting", lease_rounds(frontier), LEASED)
        row(f"commit {VISITS} pages, {LINKS} links each", commit_rounds(engine, frontier), VISITS)
        engine.dispose()


if __name__ == "__main__":
    main()
