"""A job that nobody wants any more: it stops, nothing of it is offered, its numbers are void."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import Engine

from console.desk import Desk
from door import export_jobs as jobs
from door.export_jobs import Shop, run_waiting
from storage.audit import lines, verify
from storage.bilingual import Problem
from storage.columns import utc_now
from storage.export_cancel import cancel, void_numbers
from storage.export_jobs import (
    EACH,
    JobState,
    Order,
    get_job,
    interrupt_orphans,
    place_order,
    take_waiting,
)
from storage.exports import next_number
from storage.takedown_acts import Sending, approve, record_sent
from storage.takedown_drafting import Wanted, draft_all
from tests.desk_site import Browser, make_desk, staff
from tests.takedown_makers import decided
from tests.test_api import Program
from tests.test_export_jobs import child, shop  # noqa: F401 (a fixture)

pytestmark = pytest.mark.timeout(120)
CSV = Order(kind="list", form="csv")
# Writes its rows one a second, as a list of a hundred thousand would.
SLOW = """
import time
import door.export_run as run
from door.export_jobs import Shop, run_waiting
from door.settings import SETTINGS
from storage.database import open_database

def slow(rows, progress):
    for written, row in enumerate(rows, 1):
        yield row
        print("row", flush=True)
        for _ in range(600):
            time.sleep(0.1)
            progress(written)

run.counted = slow
engine = open_database(SETTINGS.database_url, SETTINGS.home)
run_waiting(Shop(engine=engine, settings=SETTINGS), "slow")
"""


@pytest.fixture
def desk(engine: Engine, tmp_path: Path) -> Desk:
    staff(engine)
    return make_desk(engine, tmp_path)


def left(shop: Shop) -> list[str]:  # noqa: F811
    return [path.name for path in shop.folder.rglob("*") if path.is_file()]


def number_given(engine: Engine) -> str:
    return next_number(engine, utc_now()).rpartition("-")[2]


def cancelling_at(monkeypatch: pytest.MonkeyPatch, call: int) -> None:
    """The person who ordered it changes their mind before the runner's `call`th word."""
    said = 0
    real = jobs.come_so_far

    def told(engine: Engine, number: int, done: int, total: int) -> bool:
        nonlocal said
        said += 1
        if said == call:
            cancel(engine, number, "wang")
        return real(engine, number, done, total)

    monkeypatch.setattr(jobs, "come_so_far", told)


def test_a_waiting_job_is_over_at_once_and_takes_no_number(shop: Shop) -> None:  # noqa: F811
    decided(shop.engine)
    number = place_order(shop.engine, CSV, "wang")
    cancel(shop.engine, number, "wang")
    assert run_waiting(shop, "test") == 0
    job = get_job(shop.engine, number)
    assert (job.state, job.cancelled_by, job.files) == (JobState.CANCELLED, "wang", ())
    assert "已按要求取消" in job.why.zh
    assert (left(shop), number_given(shop.engine)) == ([], "001")
    line = list(lines(shop.engine))[-1]
    assert (line.actor, line.act, line.about) == ("wang", "export.cancel", f"job:{number}")


def test_a_running_job_stops_in_its_process_and_takes_no_number(shop: Shop) -> None:  # noqa: F811
    decided(shop.engine)
    number = place_order(shop.engine, CSV, "wang")
    running = child(shop, "-c", SLOW)
    try:
        assert running.stdout is not None
        assert running.stdout.readline() == "row\n"
        cancel(shop.engine, number, "admin")
        assert running.wait(30) == 0
    except subprocess.TimeoutExpired:
        running.kill()
        raise
    finally:
        assert running.stdout is not None
        running.stdout.close()
    job = get_job(shop.engine, number)
    assert (job.state, job.cancelled_by) == (JobState.CANCELLED, "admin")
    assert (left(shop), number_given(shop.engine)) == ([], "001")
    assert json.loads(list(lines(shop.engine))[-1].detail) == {"running": True}


@pytest.mark.parametrize("order", [CSV, Order(kind="brief")])
def test_a_job_cancelled_before_its_number_is_taken_leaves_nothing(
    shop: Shop,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    order: Order,
) -> None:
    decided(shop.engine)
    place_order(shop.engine, order, "wang")
    cancelling_at(monkeypatch, 2)
    run_waiting(shop, "test")
    assert get_job(shop.engine, 1).state is JobState.CANCELLED
    assert (left(shop), number_given(shop.engine)) == ([], "001")
    assert void_numbers(shop.engine, [1]) == {}


def test_numbers_taken_before_are_void_and_nothing_was_sent_under_them(
    shop: Shop,  # noqa: F811
    desk: Desk,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for n, platform in enumerate(("web", "weibo"), 1):
        decided(shop.engine, f"http://s{n}.example/", platform=platform, seed=n)
    order = Order(kind="list", form="csv", platform=EACH)
    place_order(shop.engine, order, "wang")
    with monkeypatch.context() as patch:
        cancelling_at(patch, 5)  # the first file is finished, the second begun
        run_waiting(shop, "test")
    assert get_job(shop.engine, 1).state is JobState.CANCELLED
    assert left(shop) == []
    (void,) = void_numbers(shop.engine, [1])[1]
    assert number_given(shop.engine) == "002", "a number that was taken is never given again"
    wang = Browser(desk).log_in("wang")
    for path in ("/exports/1", "/exports"):
        page = wang.get(path).text
        assert void in page.split("作废的编号")[1]
        assert "已取消" in page
    assert Program(desk, "wang").get("/exports/1")["void"] == [void]
    draft_all(shop.engine, Wanted(platform="web", by="wang", at=utc_now()), desk.recipient_of)
    approve(shop.engine, 1, "qian", utc_now())
    now = utc_now()
    with pytest.raises(Problem, match="is void"):
        record_sent(shop.engine, 1, Sending(by="wang", at=now, now=now, batch_no=void))
    place_order(shop.engine, order, "wang")
    run_waiting(shop, "test")
    assert [file.number[-3:] for file in get_job(shop.engine, 2).files] == ["002", "003"]
    assert void_numbers(shop.engine, [1, 2]) == {1: [void]}


def test_what_is_cancelled_while_it_is_put_in_place_is_not_offered(
    shop: Shop,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    decided(shop.engine)
    place_order(shop.engine, CSV, "wang")
    real = jobs.put_in_place

    def late(part: Path, place: Path) -> None:
        real(part, place)
        cancel(shop.engine, 1, "wang")

    monkeypatch.setattr(jobs, "put_in_place", late)
    run_waiting(shop, "test")
    job = get_job(shop.engine, 1)
    assert (job.state, job.files, left(shop)) == (JobState.CANCELLED, (), [])
    assert [number[-3:] for number in void_numbers(shop.engine, [1])[1]] == ["001"]


def test_a_package_that_is_signed_stands_and_one_that_is_not_does_not_come(
    shop: Shop,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    case = decided(shop.engine)
    for call, state in ((2, JobState.CANCELLED), (3, JobState.DONE)):
        number = place_order(shop.engine, Order(kind="evidence", case_id=case), "wang")
        with monkeypatch.context() as patch:
            cancelling_at(patch, call)
            run_waiting(shop, "test")
        job = get_job(shop.engine, number)
        assert (job.state, job.cancelled_by) == (state, "wang")
        assert len(left(shop)) == (1 if state is JobState.DONE else 0)


def test_of_a_runner_that_died_a_cancelled_job_is_cancelled(engine: Engine) -> None:
    for _ in range(2):
        place_order(engine, CSV, "wang")
        take_waiting(engine)
    cancel(engine, 1, "wang")
    assert get_job(engine, 1).stopping
    assert interrupt_orphans(engine) == [1, 2]
    assert [get_job(engine, n).state for n in (1, 2)] == [JobState.CANCELLED, JobState.INTERRUPTED]
    assert "取消" in get_job(engine, 1).why.zh


def test_only_who_ordered_it_or_an_administrator_cancels_a_job(desk: Desk) -> None:
    for _ in range(3):
        place_order(desk.engine, CSV, "wang")
    for login in ("li", "zhao", "qian", "sun"):
        browser = Browser(desk).log_in(login)
        assert "取消这个任务" not in browser.get("/exports/1").text
        refused = browser.post("/exports/1/cancel")
        assert refused.status_code == 403
        assert "取消他人的任务" in refused.text
        assert Program(desk, login).post("/exports/1/cancel").status_code == 403
    assert Program(desk, "wang", ["read"]).post("/exports/1/cancel").status_code == 403
    assert Program(desk, "admin", ["read", "export"]).post("/exports/1/cancel").status_code == 403
    assert get_job(desk.engine, 1).state is JobState.WAITING
    wang, admin = Browser(desk).log_in("wang"), Browser(desk).log_in("admin")
    for browser, number in ((wang, 1), (admin, 2)):
        assert "取消这个任务" in browser.get(f"/exports/{number}").text
        assert browser.post(f"/exports/{number}/cancel").status_code == 303
        page = browser.get(f"/exports/{number}").text
        assert "已取消" in page
        assert "取消这个任务" not in page
    again = wang.post("/exports/2/cancel")
    assert again.status_code == 409
    assert "已由 admin 取消" in again.text
    told = Program(desk, "wang", ["read", "export"]).post("/exports/3/cancel").json()
    assert (told["state"], told["cancelled_by"], told["stopping"]) == ("cancelled", "wang", False)
    assert wang.post("/exports/9/cancel").status_code == 404
    assert wang.post("/exports/1/again").headers["location"] == "/exports/4"
    assert "取消生成" in Browser(desk).log_in("sun").get("/audit").text
    assert verify(desk.engine).broken is None


def test_a_running_job_says_that_it_is_being_cancelled(desk: Desk) -> None:
    place_order(desk.engine, CSV, "wang")
    take_waiting(desk.engine)
    wang = Browser(desk).log_in("wang")
    wang.get("/exports/1")
    wang.post("/exports/1/cancel")
    for path in ("/exports/1", "/exports/1/state", "/exports"):
        assert "正在取消" in wang.get(path).text
    assert "取消这个任务" not in wang.get("/exports/1").text
    assert Program(desk, "wang").get("/exports/1")["stopping"] is True


def test_what_is_done_cannot_be_cancelled(shop: Shop) -> None:  # noqa: F811
    decided(shop.engine)
    place_order(shop.engine, CSV, "wang")
    run_waiting(shop, "test")
    with pytest.raises(Problem, match="is over"):
        cancel(shop.engine, 1, "wang")
    with pytest.raises(Problem, match="no export job"):
        cancel(shop.engine, 7, "wang")
    assert get_job(shop.engine, 1).state is JobState.DONE
