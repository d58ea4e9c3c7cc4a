"""Jobs outlive whoever makes them: killed, they are interrupted and leave nothing half made."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import Engine

from door.export_jobs import MAKERS, Product, Shop, run_waiting
from door.export_runner import Clerk
from door.settings import read_settings
from storage.audit import lines
from storage.bilingual import Problem
from storage.export_jobs import (
    EACH,
    Job,
    JobState,
    Order,
    any_waiting,
    come_so_far,
    get_job,
    interrupt_orphans,
    list_jobs,
    place_order,
    take_waiting,
)
from storage.exports import decided_counts
from storage.locks import hold
from storage.records import Verdict
from tests.source_tree import ROOT
from tests.takedown_makers import decided

pytestmark = pytest.mark.timeout(120)
CSV = Order(kind="list", form="csv")
# A runner that writes half a list and then hangs, as on a dead network disk.
HANGS = """
import sys, time
from pathlib import Path
import door.export_jobs as jobs
from storage.database import open_database

def half(engine, form, folder, asked, progress):
    (folder / "half.csv").write_text("half")
    print("begun", flush=True)
    time.sleep(600)

jobs.export_list = half
from door.settings import SETTINGS
engine = open_database(SETTINGS.database_url, SETTINGS.home)
jobs.run_waiting(jobs.Shop(engine=engine, settings=SETTINGS), "killed")
"""


@pytest.fixture
def shop(engine: Engine, database_url: str, tmp_path: Path) -> Shop:
    environment = {"CERTSWEEP_HOME": str(tmp_path), "CERTSWEEP_DATABASE_URL": database_url}
    return Shop(engine=engine, settings=read_settings(environment))


def child(shop: Shop, *words: str) -> subprocess.Popen[str]:
    environment = os.environ | {
        "CERTSWEEP_HOME": str(shop.settings.home),
        "CERTSWEEP_DATABASE_URL": shop.settings.database_url,
    }
    command = [sys.executable, *words]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)


def states(engine: Engine) -> list[JobState]:
    return [job.state for job in reversed(list_jobs(engine))]


def test_a_killed_runner_leaves_an_interrupted_job_no_file_and_no_lock(shop: Shop) -> None:
    decided(shop.engine)
    place_order(shop.engine, CSV, "wang")
    killed = child(shop, "-c", HANGS)
    try:
        assert killed.stdout is not None
        assert killed.stdout.readline() == "begun\n"
        assert states(shop.engine) == [JobState.RUNNING]
        with pytest.raises(Problem, match="running already"):
            run_waiting(shop, "another")
        assert states(shop.engine) == [JobState.RUNNING], "it is somebody's: nobody takes it away"
        place_order(shop.engine, CSV, "wang")
    finally:
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        killed.stdout.close()
    until = time.monotonic() + 20
    while time.monotonic() < until:  # PostgreSQL notices a little later that the holder has gone
        try:
            run_waiting(shop, "next")
            break
        except Problem:
            time.sleep(0.2)
    assert states(shop.engine) == [JobState.INTERRUPTED, JobState.DONE]
    left = sorted(path.name for path in shop.folder.rglob("*") if path.is_file())
    assert left == [get_job(shop.engine, 2).files[0].name]
    assert "重新生成" in get_job(shop.engine, 1).why.zh


def test_the_command_makes_what_waits(shop: Shop) -> None:
    decided(shop.engine)
    place_order(shop.engine, CSV, "wang")
    done = child(shop, "-m", "cli", "jobs")
    assert "1" in done.communicate(timeout=60)[0]
    assert done.returncode == 0
    assert states(shop.engine) == [JobState.DONE]


def test_the_clerk_starts_a_runner_when_something_is_ordered(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    decided(shop.engine)
    monkeypatch.setenv("CERTSWEEP_HOME", str(shop.settings.home))
    monkeypatch.setenv("CERTSWEEP_DATABASE_URL", shop.settings.database_url)
    monkeypatch.chdir(ROOT)
    with Clerk(shop.engine) as clerk:
        place_order(shop.engine, CSV, "wang")
        clerk.wake()
        until = time.monotonic() + 60
        while states(shop.engine) != [JobState.DONE] and time.monotonic() < until:
            time.sleep(0.2)
    assert states(shop.engine) == [JobState.DONE]
    assert not clerk.thread.is_alive()


def test_a_stranger_s_program_in_the_folder_of_the_desk_is_not_run(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    decided(shop.engine)
    foreign = tmp_path / "elsewhere"
    (foreign / "storage").mkdir(parents=True)
    for name in ("cli.py", "storage/__init__.py"):
        (foreign / name).write_text("open('was_run', 'w').close()\nraise SystemExit(0)\n")
    monkeypatch.setenv("CERTSWEEP_HOME", str(shop.settings.home))
    monkeypatch.setenv("CERTSWEEP_DATABASE_URL", shop.settings.database_url)
    monkeypatch.delenv("PYTHONPATH", raising=False)
    monkeypatch.chdir(foreign)
    place_order(shop.engine, CSV, "wang")
    assert Clerk(shop.engine).run_child() == 0
    assert states(shop.engine) == [JobState.DONE]
    assert not (foreign / "was_run").exists()


def test_an_error_nobody_foresaw_fails_the_job_is_logged_and_stops_no_other(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    decided(shop.engine)
    place_order(shop.engine, CSV, "wang")
    place_order(shop.engine, CSV, "wang")
    real = MAKERS["list"]

    def choked(shop: Shop, job: Job, part: Path) -> Product:
        if job.id == 1:
            raise ValueError("not a time")
        return real(shop, job, part)

    monkeypatch.setitem(MAKERS, "list", choked)
    assert run_waiting(shop, "test") == 2
    assert states(shop.engine) == [JobState.FAILED, JobState.DONE]
    assert "ValueError" in get_job(shop.engine, 1).why.zh
    assert "not a time" in caplog.text
    assert [path.name for path in shop.folder.iterdir()] == ["2"]


def test_a_clerk_without_a_database_waits_and_does_not_die(monkeypatch, engine: Engine) -> None:
    def away(_engine: Engine) -> bool:
        raise Problem("数据库不可用", "away")

    monkeypatch.setattr("door.export_runner.any_waiting", away)
    with Clerk(engine) as clerk:
        clerk.wake()
        time.sleep(0.3)
        assert clerk.thread.is_alive()


def test_one_bad_job_does_not_keep_the_others(shop: Shop) -> None:
    decided(shop.engine)
    place_order(shop.engine, Order(kind="list", form="gone"), "wang")
    place_order(shop.engine, Order(kind="evidence", case_id=77), "wang")
    place_order(shop.engine, CSV, "wang")
    assert run_waiting(shop, "test") == 3
    assert states(shop.engine) == [JobState.FAILED, JobState.FAILED, JobState.DONE]
    assert "gone" in get_job(shop.engine, 1).why.zh
    assert not any_waiting(shop.engine)


def test_a_job_says_what_a_signer_must_check_of_several_files_with_their_numbers(
    shop: Shop,
) -> None:
    decided(shop.engine)
    decided(shop.engine, "https://weibo.com/1/A", seed=2, platform="weibo")
    place_order(shop.engine, Order(kind="list", form="transfer", to="市场监管"), "wang")
    place_order(shop.engine, Order(kind="list", form="letter", platform=EACH), "wang")
    assert run_waiting(shop, "test") == 2
    transfer, letters = get_job(shop.engine, 1), get_job(shop.engine, 2)
    assert [len(transfer.files), transfer.files[0].rows] == [1, 2]
    assert "还没有证据包" in transfer.why.zh
    assert transfer.files[0].number not in transfer.why.zh, "there is only one"
    assert len(letters.files) == 2
    assert all(file.number in letters.why.zh for file in letters.files)
    assert letters.why.zh.count("\n") + 1 == len(set(letters.why.zh.split("\n")))


def test_two_takers_never_take_the_same_job(engine: Engine) -> None:
    for _ in range(3):
        place_order(engine, CSV, "wang")
    taken = [take_waiting(engine) for _ in range(4)]
    assert [job.id if job else None for job in taken] == [1, 2, 3, None]
    assert interrupt_orphans(engine) == [1, 2, 3]
    assert interrupt_orphans(engine) == []


def test_an_order_is_in_the_audit_with_who_and_why(engine: Engine) -> None:
    order = Order(kind="list", form="csv", masked=False, why="移送公安")
    number = place_order(engine, order, "wang")
    (line,) = lines(engine)
    assert (line.actor, line.act, line.about) == ("wang", "export.ask", f"job:{number}")
    assert "移送公安" in line.detail
    assert get_job(engine, number).order == order
    with pytest.raises(Problem, match="Nobody is named"):
        place_order(engine, order, " ")


def test_progress_is_what_was_told_last(engine: Engine) -> None:
    number = place_order(engine, CSV, "wang")
    come_so_far(engine, number, 40, 100)
    job = get_job(engine, number)
    assert (job.done, job.total, job.under_way) == (40, 100, True)
    with pytest.raises(Problem, match="no export job 99"):
        get_job(engine, 99)


def test_what_is_decided_is_counted_as_it_is_listed(shop: Shop) -> None:
    for n, platform in enumerate(("web", "web", "weibo"), 1):
        decided(shop.engine, f"http://s{n}.example/", platform=platform, seed=n)
    assert decided_counts(shop.engine, None, [Verdict.VIOLATION]) == {"web": 2, "weibo": 1}
    place_order(shop.engine, Order(kind="list", form="csv", platform=EACH), "wang")
    run_waiting(shop, "test")
    assert sorted(file.rows for file in get_job(shop.engine, 1).files) == [1, 2]


def test_a_held_lock_is_told(shop: Shop) -> None:
    with hold(shop.engine, shop.settings.home, "exports", "elsewhere"), pytest.raises(Problem):
        run_waiting(shop, "test")
