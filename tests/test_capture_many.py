"""Many captures: in parallel, at each address's pace, kept whole or not at all."""

from __future__ import annotations

import asyncio
import itertools
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

import door.capture_run
import evidence.browser
import evidence.many
from door.capture_run import Outside, flagged_orders, order_again, run_captures
from door.settings import Settings, read_settings
from evidence.bounds import Bounds
from evidence.manifest import capture_sha256
from evidence.many import UNKEPT, Manner, arranged, capture_all, interleaved
from evidence.orders import Order, Taken
from evidence.parts import PARTS
from storage.bilingual import Problem
from storage.capture_models import capture_artefacts, captures
from storage.captures import MOST_TRIES, capture_by_id, captures_of_case, tries_of, uncaptured
from storage.cases import list_cases
from storage.custody import every_line, first_broken
from storage.database import open_database, read, upgrade
from storage.records import Capture
from storage.snapshots import SnapshotStore
from tests.capture_stage import Handler, Pages, Theatre
from tests.makers import flagged, post, sight

ROOT = Path(__file__).parents[1]
NUMBER = 6
PAGES: Pages = {f"/p{number}": f"<p>月嫂证包过 {number}</p>" for number in range(NUMBER)}


@pytest.fixture(scope="module")
def theatre() -> Iterator[Theatre]:
    with Theatre(PAGES) as one:
        yield one


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Engine]:
    """A case for each of the pages, every page on a host of its own."""
    engine = open_database("", tmp_path)
    upgrade(engine)
    for number in range(NUMBER):
        url = f"http://s{number}.test/p{number}"
        sight(engine, flagged(post(url, url_found=url, text=f"月嫂证包过{number}"), seed=number))
    yield engine
    engine.dispose()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return read_settings({"CERTSWEEP_HOME": str(tmp_path)})


def outside(theatre: Theatre) -> Outside:
    return Outside(routes={"*.test": f"127.0.0.1:{theatre.port}"}, delay=0.0)


def left(engine: Engine) -> int:
    with read(engine) as connection:
        return len(uncaptured(connection))


def all_captures(engine: Engine) -> list[Capture]:
    with read(engine) as connection:
        ids = [case.id for case in list_cases(engine)]
        return [one for case in ids for one in captures_of_case(connection, case)]


def check_kept(engine: Engine, store: SnapshotStore) -> None:
    """No row without its file, no file that is not what its row says, one custody line each."""
    with read(engine) as connection:
        rows = connection.execute(select(capture_artefacts)).all()
        ids = set(connection.execute(select(captures.c.code)).scalars())
        lines = list(every_line(connection))
        kept = {f"capture:{one}": capture_by_id(connection, one) for one in ids}
    assert all(store.check(row.sha256) for row in rows)
    for line in lines:
        capture = kept[line.subject]
        assert capture is not None
        assert line.sha256 == capture_sha256(capture)
    assert {line.subject for line in lines if line.what == "captured"} == {
        f"capture:{one}" for one in ids
    }
    assert first_broken(lines) is None


def test_every_flagged_page_is_captured_once_and_the_next_run_has_nothing_to_do(
    office: Engine, settings: Settings, theatre: Theatre, tmp_path: Path
) -> None:
    told: list[Taken] = []
    orders, given_up = flagged_orders(office, "张工")
    run_captures(office, settings, orders, told.append, outside(theatre))
    kept = all_captures(office)
    assert sorted(one.url for one in kept) == [f"http://s{n}.test/p{n}" for n in range(NUMBER)]
    assert {one.id for one in kept} == {taken.capture.id for taken in told}
    assert {(one.asked_by, one.reason) for one in kept} == {("张工", "flagged")}
    assert all(set(one.parts.values()) == {"ok"} for one in kept)
    assert (flagged_orders(office, "张工"), given_up) == (([], 0), 0)
    check_kept(office, SnapshotStore("", tmp_path))


def test_a_killed_run_leaves_whole_captures_only_and_the_next_takes_the_rest(
    office: Engine, settings: Settings, theatre: Theatre, tmp_path: Path
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.capture_crawl", str(tmp_path), str(theatre.port)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        first = process.stdout.readline().strip()
        process.kill()
    assert first
    store = SnapshotStore("", tmp_path)
    check_kept(office, store)
    before = {one.id for one in all_captures(office)}
    assert first in before
    orders, _ = flagged_orders(office, "张工")
    assert len(orders) == NUMBER - len(before)
    run_captures(office, settings, orders, lambda taken: None, outside(theatre))
    assert len(all_captures(office)) == NUMBER
    assert left(office) == 0
    check_kept(office, store)


def test_a_full_disk_is_a_problem_and_nothing_is_half_recorded(
    office: Engine, settings: Settings, theatre: Theatre, tmp_path: Path, monkeypatch
) -> None:
    write, calls = SnapshotStore._write, iter(range(1000))

    def filling(self: SnapshotStore, path: str, data: bytes) -> None:
        if next(calls) >= 10:  # in the middle of the second capture
            raise OSError(28, "No space left on device", path)
        write(self, path, data)

    monkeypatch.setattr(SnapshotStore, "_write", filling)
    orders, _ = flagged_orders(office, "张工")
    told: list[Taken] = []
    with pytest.raises(Problem, match="disk is full"):
        run_captures(office, settings, orders, told.append, outside(theatre))
    kept = all_captures(office)
    assert [one.id for one in kept] == [taken.capture.id for taken in told]
    assert len(kept) == 1
    check_kept(office, SnapshotStore("", tmp_path))


def test_a_page_that_does_not_come_is_tried_a_few_times_and_then_left(
    office: Engine, settings: Settings, theatre: Theatre
) -> None:
    nowhere = Outside(routes={"*.test": "127.0.0.1:1"}, delay=0.0)
    for tries in range(MOST_TRIES):
        orders, given_up = flagged_orders(office, "张工")
        assert (len(orders), given_up) == (NUMBER, 0), tries
        run_captures(office, settings, orders, lambda taken: None, nowhere)
    assert flagged_orders(office, "张工") == ([], NUMBER)
    words = {one.parts["dom"] for one in all_captures(office)}
    assert words == {"unreachable"}


def test_only_what_failed_is_taken_again_and_bound_to_the_first(
    office: Engine, settings: Settings, theatre: Theatre
) -> None:
    url, first = "http://s0.test/p0", "e" * 32
    order = Order(url=url, asked_by="张工", reason="flagged", case_id=1, id=first)
    tight = replace(outside(theatre), bounds=Bounds(dom_chars=10, mhtml_chars=10))
    run_captures(office, settings, [order], lambda taken: None, tight)
    again = order_again(office, first, "李审核")
    assert again.parts == ("dom", "mhtml", "facts")
    run_captures(office, settings, [again], lambda taken: None, outside(theatre))
    with read(office) as connection:
        tries = tries_of(connection, first)
    assert tries[0].parts["dom"] == tries[0].parts["mhtml"] == "too_large"
    assert dict(tries[1].parts) == {"dom": "ok", "mhtml": "ok", "facts": "ok"}
    assert (tries[1].again_of, tries[1].asked_by, tries[1].case_id) == (first, "李审核", 1)
    for known in (first, tries[1].id):
        with pytest.raises(Problem, match="nothing is missing"):
            order_again(office, known, "李审核")


def test_words_left_open_at_first_are_in_the_text_of_the_next_try(
    office: Engine, settings: Settings
) -> None:
    """The advert comes by a script's request, unanswered at the first visit."""
    asked: list[str] = []

    def advert(handler: Handler) -> None:
        asked.append(handler.path)
        if len(asked) == 1:
            handler.theatre.closing.wait(60)
        else:
            handler.give("包过拿证".encode(), Content_Type="text/plain; charset=utf-8")

    page = (
        "<p id=a></p><script>fetch('/x').then(r => r.text()).then(t => a.textContent = t)</script>"
    )
    first = "e" * 32
    order = Order(url="http://s0.test/p", asked_by="张工", reason="flagged", case_id=1, id=first)
    with Theatre({"/p": page, "/x": advert}) as theatre:
        soon = replace(outside(theatre), bounds=Bounds(quiet_seconds=0.5))
        run_captures(office, settings, [order], lambda taken: None, soon)
        again = order_again(office, first, "李审核")
        run_captures(office, settings, [again], lambda taken: None, soon)
    with read(office) as connection:
        one, two = tries_of(connection, first)
    assert one.parts["text"] == one.parts["dom"] == one.parts["first_screen"] == "unfinished"
    assert dict(two.parts) == dict.fromkeys(PARTS, "ok")
    text = next(file.sha256 for file in two.artefacts if file.kind == "text")
    assert "包过拿证" in SnapshotStore("", settings.home).get(text).decode()
    with pytest.raises(Problem, match="nothing is missing"):
        order_again(office, first, "李审核")


def test_hosts_take_turns() -> None:
    orders = [
        Order(url=url, asked_by="x", reason="x")
        for url in ("http://a.test/1", "http://a.test/2", "http://a.test/3", "http://b.test/1")
    ]
    assert [order.url[7] for order in interleaved(orders)] == ["a", "b", "a", "a"]


class NoBrowser:
    """Stands in for the browser where only the order of things is looked at."""

    async def address_of(self, url: str) -> str:
        return url.split("/")[2]


def taken_of(order: Order, **changes: object) -> Taken:
    now = datetime.now(UTC)
    capture = Capture(
        id=order.id,
        url=order.url,
        final_url=order.url,
        asked_by="x",
        reason="x",
        started_at=now,
        ended_at=now,
        artefacts=(),
        parts={},
    )
    return Taken(capture=capture, files={}, outcome="ok", **changes)  # type: ignore[arg-type]


def run_fake(monkeypatch, take, orders: list[Order], manner: Manner) -> list[Taken]:
    kept: list[Taken] = []
    monkeypatch.setattr(evidence.many, "capture_page", take)
    asyncio.run(capture_all(NoBrowser(), orders, kept.append, manner))  # type: ignore[arg-type]
    return kept


def orders_of(*urls: str) -> list[Order]:
    return [Order(url=url, asked_by="x", reason="x") for url in urls]


def test_one_address_is_asked_no_faster_than_its_pace(monkeypatch) -> None:
    moments: dict[str, list[float]] = {"a.test": [], "b.test": []}

    async def take(browser, order, bounds, clock):
        moments[order.url.split("/")[2]].append(asyncio.get_running_loop().time())
        return taken_of(order)

    urls = [f"http://{host}/{n}" for host in moments for n in range(4)]
    kept = run_fake(monkeypatch, take, orders_of(*urls), Manner(tabs=4, delay=0.2))
    assert len(kept) == 8
    for times in moments.values():
        assert all(later - sooner > 0.1 for sooner, later in itertools.pairwise(times))


def test_no_more_pages_are_open_than_there_are_tabs(monkeypatch) -> None:
    open_now, most = 0, 0

    async def take(browser, order, bounds, clock):
        nonlocal open_now, most
        open_now += 1
        most = max(most, open_now)
        await asyncio.sleep(0)
        open_now -= 1
        return taken_of(order)

    urls = [f"http://h{n}.test/" for n in range(40)]
    assert len(run_fake(monkeypatch, take, orders_of(*urls), Manner(tabs=3, delay=0.0))) == 40
    assert most == 3


def test_pages_under_which_the_browser_went_down_are_taken_again_alone(monkeypatch) -> None:
    seen: list[tuple[str, int]] = []
    open_now = 0

    async def take(browser, order, bounds, clock):
        nonlocal open_now
        open_now += 1
        await asyncio.sleep(0)
        first = order.url not in {url for url, _ in seen}
        seen.append((order.url, open_now))
        open_now -= 1
        return taken_of(order, disturbed=first)

    orders = orders_of("http://a.test/", "http://b.test/", "http://c.test/")
    kept = run_fake(monkeypatch, take, orders, Manner(tabs=3, delay=0.0))
    assert sorted(taken.capture.url for taken in kept) == [order.url for order in orders]
    assert [together for _, together in seen[3:]] == [1, 1, 1]
    assert not {taken.capture.id for taken in kept} & {order.id for order in orders}


def test_what_keeping_raises_ends_it_all_and_is_raised_as_it_is(monkeypatch) -> None:
    async def take(browser, order, bounds, clock):
        return taken_of(order)

    def keep(taken: Taken) -> None:
        raise Problem("满了", "full")

    monkeypatch.setattr(evidence.many, "capture_page", take)
    orders = orders_of(*(f"http://h{n}.test/" for n in range(20)))
    with pytest.raises(Problem, match="full"):
        asyncio.run(capture_all(NoBrowser(), orders, keep, Manner(tabs=2)))  # type: ignore[arg-type]


def test_a_slow_disk_piles_up_no_captures(monkeypatch) -> None:
    """No more than one a tab and a few wait to be kept: each may hold a hundred megabytes."""
    taken, kept, most = 0, 0, 0

    async def take(browser, order, bounds, clock):
        nonlocal taken, most
        taken += 1
        most = max(most, taken - kept)
        return taken_of(order)

    def keep(one: Taken) -> None:
        nonlocal kept
        time.sleep(0.005)  # so that whoever may go on does
        kept += 1

    monkeypatch.setattr(evidence.many, "capture_page", take)
    orders = orders_of(*(f"http://h{n}.test/" for n in range(40)))
    manner = Manner(tabs=2, delay=0.0)
    asyncio.run(capture_all(NoBrowser(), orders, keep, manner))  # type: ignore[arg-type]
    assert kept == 40
    assert most <= 2 + UNKEPT


def test_what_failed_before_goes_last() -> None:
    orders = [
        *orders_of("http://a.test/0"),
        *(replace(one, tried=1) for one in orders_of("http://b.test/0", "http://c.test/0")),
        *orders_of("http://a.test/1", "http://d.test/0"),
    ]
    urls = [order.url.split("/")[2] for order in arranged(orders)]
    assert urls == ["a.test", "d.test", "a.test", "b.test", "c.test"]


def test_a_page_that_ends_the_browser_alone_is_kept_as_such_and_goes_last_next_time(
    office: Engine, settings: Settings, theatre: Theatre, monkeypatch
) -> None:
    """Whatever it is: here the machine is said to be too small for any browser."""
    whole = door.capture_run.browser_order
    monkeypatch.setattr(evidence.browser, "LOOK_EVERY", 0.01)
    monkeypatch.setattr(
        door.capture_run,
        "browser_order",
        lambda settings, outside: replace(whole(settings, outside), hard_mb=0.001),
    )
    (first, *_), _ = flagged_orders(office, "张工")
    told: list[Taken] = []
    run_captures(office, settings, [first], told.append, outside(theatre))
    assert [taken.outcome for taken in told] in (["ended_browser"], ["browser"])
    assert told[0].capture.final_url == ""
    orders, given_up = flagged_orders(office, "张工")
    assert {order.url: order.tried for order in orders}[first.url] == 1
    assert [order.url for order in arranged(orders)][-1] == first.url
    assert given_up == 0
