"""`python -m benchmarks.desk [--cases 1000000]`: the desk while 50 reviewers work at once.

    python -m benchmarks.desk --cases 100000
    python -m benchmarks.desk --database postgresql://user@host/empty

Cases, posts and findings are invented and written straight into the database (`desk_fill`; an
SQLite file in a temporary folder unless a PostgreSQL database is named, which must be empty or hold
a fill of before). The desk runs as it is served, in a process of its own; the reviewers are here.
Each looks at the queue, filters it, searches, claims the next case, reads, decides, and goes on,
with PAUSE seconds between two clicks. Goals: server time p95 50 ms, of a search 200; the server
under 300 MB; a page under 100 KB.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import re
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import aiohttp
from sqlalchemy import Engine, delete, insert, text

from benchmarks.desk_cases import JOBS, PLATFORMS, PROMISES, REGIONS
from benchmarks.desk_fill import fill
from benchmarks.serving import served
from console.people import csrf_of
from storage.columns import utc_now
from storage.database import open_database, read, ready, write
from storage.hashing import hashed as hash_of
from storage.logins import fingerprint
from storage.models_desk import desk_sessions, users
from storage.users import Role

REVIEWERS = 50
PAUSE = 5.0  # seconds between two clicks of one person, on average
GOALS = {"search": 200.0}
GOAL = 50.0
VERSION = re.compile(r'name="version" value="(\d+)"')
WORDS = ("包过", "证书", "免考", "138", "老证库存", "催乳师 包过", "没有这样的话", "一手渠道 焊工")


@dataclass(slots=True)
class Told:
    """What the answers to one kind of click said."""

    server: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    size: int = 0
    failed: int = 0


@dataclass(slots=True)
class Log:
    by_kind: defaultdict[str, Told] = field(default_factory=lambda: defaultdict(Told))
    peak: float = 0.0
    spent: list[float] = field(default_factory=list)  # processor seconds of the server, growing
    failures: list[str] = field(default_factory=list)


class Reviewer:
    def __init__(self, number: int, client: aiohttp.ClientSession, origin: str, log: Log) -> None:
        self.chance = random.Random(number)
        self.token = token_of(number)
        self.client = client
        self.origin = origin
        self.log = log

    async def work(self, until: float) -> None:
        await asyncio.sleep(self.chance.uniform(0, PAUSE))
        while time.monotonic() < until:
            await self.look()
            place, _ = await self.click("claim", "/queue/next", {"filters": self.filters()})
            for _ in range(self.chance.randint(2, 5)):
                place = await self.case(place)

    async def look(self) -> None:
        await self.click("queue", "/queue")
        await self.click("filtered", f"/queue?{self.filters()}")
        await self.click("search", f"/queue?{self.search()}")

    def filters(self) -> str:
        some = {
            "platform": self.chance.choice(PLATFORMS),
            "region": self.chance.choice(REGIONS[1:]),
            "clause": self.chance.choice("一二三四"),
            "score": self.chance.choice(("0.9", "0.8", "0.6")),
            "days": self.chance.choice(("1", "7", "30")),
        }
        names = self.chance.sample(sorted(some), self.chance.choice((1, 1, 2, 3)))
        view = {"view": "decided"} if self.chance.random() < 0.2 else {}
        return urlencode({**view, **{name: some[name] for name in names}})

    def search(self) -> str:
        made = f"{self.chance.choice(JOBS)} {self.chance.choice(PROMISES)[:4]}"
        phone = f"138{self.chance.randint(0, 9_999):04d}0000"
        wechat = f"sample_{self.chance.randint(1, 100_000)}"
        words = self.chance.choice((*WORDS, made, phone, wechat, self.chance.choice(JOBS)))
        also = {"platform": self.chance.choice(PLATFORMS)} if self.chance.random() < 0.3 else {}
        return urlencode({"words": words, **also})

    async def case(self, place: str) -> str:
        """Read it, decide it; the address of what comes after."""
        if not place.startswith("/cases/"):
            return place
        _, page = await self.click("case", place)
        found = VERSION.search(page)
        if found is None:
            return ""
        verdict, reason = self.chance.choice((("violation", "B4-02"), ("clean", "NEWS")))
        said = {"verdict": verdict, "reason": reason, "version": found[1]}
        after, _ = await self.click("decide", f"{place.partition('?')[0]}/decide", said)
        return after

    async def click(
        self, kind: str, path: str, form: Mapping[str, str] | None = None
    ) -> tuple[str, str]:
        """Where it led to, and the page; notes how long it took."""
        await asyncio.sleep(self.chance.expovariate(1 / PAUSE))
        began = time.perf_counter()
        headers = {"sec-fetch-site": "same-origin", "cookie": f"desk={self.token}"}
        method = "GET" if form is None else "POST"
        data = None if form is None else {**form, "csrf": csrf_of(self.token)}
        async with self.client.request(
            method, self.origin + path, data=data, headers=headers, allow_redirects=False
        ) as answer:
            page = await answer.text()
            told = self.log.by_kind[kind]
            told.whole.append((time.perf_counter() - began) * 1_000)
            told.server.append(float(answer.headers.get("x-server-ms", "nan")))
            told.size = max(told.size, len(page.encode()))
            self.log.spent.append(float(answer.headers.get("x-spent-s", "nan")))
            self.log.peak = max(self.log.peak, float(answer.headers.get("x-peak-mb", 0)))
            if answer.status not in {200, 303}:
                told.failed += 1
                self.log.failures.append(f"{method} {path} {answer.status}")
            return answer.headers.get("location", ""), page


def token_of(number: int) -> str:
    return f"benchmark-{number:02d}"


def employ(engine: Engine) -> None:
    """The reviewers, logged in."""
    now = utc_now()
    hashed = hash_of("benchmark only")
    with write(engine) as connection:
        connection.execute(delete(desk_sessions))
        connection.execute(delete(users))
        for number in range(REVIEWERS):
            person = {
                "id": number + 1,
                "login": f"r{number:02d}",
                "name": f"审核员{number}",
                "roles": [Role.REVIEWER.value],
                "password_hash": hashed,
                "must_change": False,
                "created_at": now,
                "created_by": "benchmark",
            }
            session = {
                "token_sha256": fingerprint(token_of(number)),
                "user_id": number + 1,
                "opened_at": now,
                "seen_at": now,
                "ends_at": now + timedelta(hours=12),
                "address": "127.0.0.1",
                "agent": "benchmark",
            }
            connection.execute(insert(users).values(person))
            connection.execute(insert(desk_sessions).values(session))


async def press(port: int, seconds: float) -> Log:
    log = Log()
    # The server closes what rests for five seconds; a click in that moment would be lost.
    connector = aiohttp.TCPConnector(limit=REVIEWERS, force_close=True)
    async with aiohttp.ClientSession(
        connector=connector, cookie_jar=aiohttp.DummyCookieJar()
    ) as client:
        until = time.monotonic() + seconds
        people = [
            Reviewer(number, client, f"http://127.0.0.1:{port}", log) for number in range(REVIEWERS)
        ]
        await asyncio.gather(*(one.work(until) for one in people))
    return log


def share(values: list[float], part: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))] if ordered else float("nan")


def tell(log: Log) -> None:
    print(
        f"{'':10}{'n':>6} {'p50':>9} {'p95':>9} {'max':>9} {'goal':>7} {'p95 here':>10} {'KB':>7}"
    )
    for kind in ("queue", "filtered", "case", "claim", "decide", "search"):
        told = log.by_kind[kind]
        goal = GOALS.get(kind, GOAL)
        p50, p95, most = (share(told.server, part) for part in (0.5, 0.95, 1.0))
        held = "" if p95 <= goal else "  MISSED"
        print(
            f"{kind:10}{len(told.server):6} {p50:6.1f} ms {p95:6.1f} ms {most:6.1f} ms "
            f"{goal:4.0f} ms {share(told.whole, 0.95):7.1f} ms {told.size / 1_000:7.1f}{held}"
        )
    each = (max(log.spent) - min(log.spent)) / max(1, len(log.spent) - 1) * 1_000
    print(f"processor time of the server: {each:.1f} ms an answer, {len(log.spent)} answers")
    load = os.getloadavg()[0]
    print(f"server: {log.peak:.0f} MB at most (goal 300); load of the machine {load:.1f}")
    for one in sorted(set(log.failures))[:5]:
        print(f"FAILED {one}")


def cases_in(engine: Engine) -> int:
    ready(engine)
    with read(engine) as connection:
        return int(connection.execute(text("SELECT count(*) FROM cases")).scalar_one())


def run(url: str, home: Path, count: int, seconds: float) -> None:
    engine = open_database(url, home)
    if not cases_in(engine):
        print(f"writing {count:,} cases into {engine.dialect.name}", flush=True)
        fill(engine, count)
    employ(engine)
    name, held = engine.dialect.name, cases_in(engine)
    print(f"{name}: {held:,} cases, {REVIEWERS} reviewers, {seconds:.0f} s", flush=True)
    address = engine.url.render_as_string(hide_password=False)
    engine.dispose()
    with served("benchmarks.desk_server", address, str(home)) as port:
        tell(asyncio.run(press(port, seconds)))


def main() -> None:
    given = argparse.ArgumentParser()
    given.add_argument("--cases", type=int, default=1_000_000)
    given.add_argument("--database", default="")
    given.add_argument("--seconds", type=float, default=120)
    chosen = given.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run(chosen.database, Path(folder), chosen.cases, chosen.seconds)


if __name__ == "__main__":
    main()
