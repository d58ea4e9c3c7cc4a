"""The clock: no night is lost, none is swept twice, and it ends when it is told to."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest
from sqlalchemy import Engine, func, inspect, select, text

import scheduler
from door.settings import read_settings
from scheduler import JOB, NIGHT, Clock, Clockwork, run_sweep, start_clock, wait_for_end
from storage.bilingual import Problem
from storage.database import read, write
from storage.models import sweeps, urls
from storage.sweeps import begin

ROOT = Path(__file__).parent.parent
TWO = Clock(hour=2)
SHORT_WHILE = 100  # seconds after which waiting for another process is given up
pytestmark = pytest.mark.timeout(280)


@pytest.fixture(autouse=True)
def no_jobs(engine: Engine) -> Iterator[None]:
    """APScheduler's table is its own: what a test leaves in it would be the next one's night."""
    forget_jobs(engine)
    yield
    forget_jobs(engine)


def forget_jobs(engine: Engine) -> None:
    if "apscheduler_jobs" in inspect(engine).get_table_names():
        with write(engine) as connection:
            connection.execute(text("DELETE FROM apscheduler_jobs"))


@pytest.fixture
def nights(monkeypatch: pytest.MonkeyPatch) -> Iterator[Nights]:
    """Sweeps are counted instead of run."""
    counted = Nights()
    monkeypatch.setattr(scheduler, "run_sweep", counted.run_sweep())
    yield counted
    NIGHT.open()


class Nights:
    def __init__(self) -> None:
        self.commands: list[list[str]] = []
        self.came = threading.Event()

    def run_sweep(self) -> Callable[[list[str]], int]:
        """A function that APScheduler stores under the name of the true one."""

        def run_sweep(command: list[str]) -> int:
            self.commands.append(command)
            self.came.set()
            return 0

        run_sweep.__module__, run_sweep.__qualname__ = "scheduler", "run_sweep"
        return run_sweep


def started(engine: Engine, clock: Clock = TWO, *command: str) -> Clockwork:
    ticking = Clockwork(engine)
    start_clock(ticking, clock, command or ("--targets", "/x.yaml"))
    return ticking


def stopped(ticking: Clockwork) -> None:
    ticking.tell()
    wait_for_end(ticking)


def miss(engine: Engine, nights: int, *command: str, clock: Clock = TWO) -> datetime:
    """Leave a stored job whose hour has passed as often as that, as a machine that was off does."""
    ticking = started(engine, clock, *command)
    ticking.pause()
    moment = ticking.get_job(JOB).next_run_time - timedelta(days=nights)
    ticking.modify_job(JOB, next_run_time=moment)
    stopped(ticking)
    return moment


def wait_until(done: Callable[[], Any]) -> Any:
    """What `done` gives as soon as it gives anything."""
    until = time.monotonic() + SHORT_WHILE
    while time.monotonic() < until:
        found = done()
        if found:
            return found
        time.sleep(0.05)
    pytest.fail("it never came")


def rows(engine: Engine) -> list[Any]:
    with read(engine) as connection:
        return list(connection.execute(select(sweeps).order_by(sweeps.c.id)).all())


@pytest.mark.parametrize("missed", [1, 3])
def test_missed_nights_are_caught_up_by_one_sweep(engine, nights, missed):
    miss(engine, missed)
    assert nights.commands == []
    ticking = started(engine, TWO, "--targets", "/new.yaml")
    assert nights.came.wait(SHORT_WHILE)
    wait_until(lambda: ticking.get_job(JOB).next_run_time > datetime.now(UTC))
    stopped(ticking)
    assert nights.commands == [["--targets", "/new.yaml"]]
    again = started(engine)
    stopped(again)
    assert len(nights.commands) == 1


def test_a_clock_that_stops_before_it_swept_leaves_the_night_to_the_next(engine, nights):
    missed = miss(engine, 1)
    ticking = Clockwork(engine)
    ticking.start(paused=True)
    kept = ticking.get_job(JOB).next_run_time
    ticking.shutdown()
    assert kept == missed


def test_the_clock_looks_again_within_a_minute_whatever_the_machine_slept(engine, nights):
    ticking = started(engine)
    assert ticking._process_jobs() <= scheduler.LOOKS_EVERY
    stopped(ticking)
    assert ticking._process_jobs() is None


def test_a_restart_within_the_day_sweeps_nothing(engine, nights):
    first = started(engine)
    due = first.get_job(JOB).next_run_time
    stopped(first)
    second = started(engine)
    assert second.get_job(JOB).next_run_time == due
    stopped(second)
    assert nights.commands == []


def test_another_hour_replaces_the_job_and_its_missed_night(engine, nights):
    miss(engine, 1)
    ticking = started(engine, Clock(hour=5, minute=30))
    (job,) = ticking.get_jobs()
    due = job.next_run_time
    stopped(ticking)
    assert (due.hour, due.minute, due.utcoffset()) == (5, 30, timedelta(hours=8))
    assert due > datetime.now(UTC)
    assert nights.commands == []


@pytest.fixture
def office(engine: Engine, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The settings of a sweep's process and of ours, on the test's own database."""
    environ = {
        "CERTSWEEP_HOME": str(tmp_path),
        "CERTSWEEP_DATABASE_URL": database_url,
        "CERTSWEEP_LANG": "zh",
    }
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(scheduler, "SETTINGS", read_settings(environ))
    NIGHT.open()
    yield tmp_path
    NIGHT.open()


def test_a_sweep_that_cannot_begin_leaves_a_failed_row_with_its_complaint(engine, office):
    assert run_sweep(["--targets", str(office / "gone.yaml")]) == 1
    (row,) = rows(engine)
    assert (row.state, row.started_by) == ("failed", "scheduler")
    assert "gone.yaml" in row.cause
    assert "Traceback" not in row.cause
    assert row.plan == {"name": "command", "command": ["--targets", str(office / "gone.yaml")]}
    assert row.ended_at >= row.started_at


def test_a_harmless_command_leaves_no_row(engine, office):
    assert run_sweep(["--help"]) == 0
    assert rows(engine) == []


def test_of_a_long_complaint_the_end_is_kept(office):
    code, words = NIGHT.sweep(["--" + "长" * 5_000])
    assert code == 2
    assert len(words) == scheduler.LAST_WORDS
    assert "长" in words


def test_a_night_that_is_over_starts_no_sweep(engine, office):
    NIGHT.end()
    assert run_sweep(["--targets", str(office / "gone.yaml")]) == scheduler.INTERRUPTED
    assert rows(engine) == []


def start(*arguments: str, home: Path, url: str, cwd: Path = ROOT) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "cli", "scheduler", *arguments],
        cwd=cwd,
        env=os.environ
        | {"CERTSWEEP_HOME": str(home), "CERTSWEEP_DATABASE_URL": url, "CERTSWEEP_LANG": "zh"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


@pytest.fixture
def targets(tmp_path: Path) -> Path:
    """A site that answers nobody, and so keeps a sweep waiting for its second try."""
    path = tmp_path / "targets.yaml"
    path.write_text("targets:\n  - site: http://nowhere.invalid/\n", encoding="utf-8")
    return path


@pytest.fixture
def ticking(database_url: str, targets: Path, tmp_path: Path):
    """Starts `certsweep scheduler` and waits until it says that it runs."""
    processes: list[subprocess.Popen[str]] = []

    def run() -> subprocess.Popen[str]:
        process = start("--targets", str(targets), home=tmp_path, url=database_url)
        processes.append(process)
        assert process.stderr is not None
        assert "每天 02:00" in process.stderr.readline()
        return process

    yield run
    for process in processes:
        process.kill()
        process.communicate()


def test_a_second_clock_is_refused_while_one_runs(ticking, targets, tmp_path, database_url):
    ticking()
    second = start("--targets", str(targets), home=tmp_path, url=database_url)
    _, said = second.communicate(timeout=SHORT_WHILE)
    assert second.returncode == 1
    assert "已有同类任务在运行" in said
    assert "没有改动" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_idle_clock_ends_at_once_when_told(ticking, number):
    process = ticking()
    process.send_signal(number)
    _, said = process.communicate(timeout=SHORT_WHILE)
    assert process.returncode == 0, said
    assert said == "定时巡查已停止。\n"


def children(process: subprocess.Popen[str]) -> list[psutil.Process]:
    return psutil.Process(process.pid).children()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_sweep_under_way_ends_with_its_clock_and_can_be_resumed(
    engine, ticking, targets, nights, number
):
    miss(engine, 1)
    process = ticking()
    (row,) = wait_until(lambda: rows(engine))
    (sweep,) = children(process)
    os.killpg(process.pid, number)  # as a terminal's Ctrl-C: to the whole group
    _, said = process.communicate(timeout=SHORT_WHILE)
    assert process.returncode == 0, said
    assert not sweep.is_running()
    (after,) = rows(engine)
    assert (after.id, after.state, after.ended_at) == (row.id, "running", None)
    assert begin(engine, row.plan, "测试") == (row.id, True)


def test_targets_that_vanished_leave_one_failed_night(engine, office):
    gone = str(office / "gone.yaml")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scheduler, "run_sweep", Nights().run_sweep())
        miss(engine, 2)
    ticking = started(engine, TWO, "--targets", gone)
    wait_until(lambda: rows(engine))
    stopped(ticking)
    (row,) = rows(engine)
    assert row.state == "failed"
    assert gone in row.cause


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_clock_that_dies_by_itself_is_not_silent(engine, nights, monkeypatch):
    ticking = started(engine)

    def fails() -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(ticking, "_process_jobs", fails)
    ticking.wakeup()
    with pytest.raises(Problem, match="stopped by itself"):
        wait_for_end(ticking)


def test_a_sweep_starts_in_the_folder_of_its_clock(engine, office, monkeypatch):
    (office / "here.yaml").write_text("targets: []\n", encoding="utf-8")
    monkeypatch.chdir(office)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    run_sweep(["--targets", "here.yaml"])
    (row,) = rows(engine)
    assert "没有 targets 列表" in row.cause


def test_a_sweep_told_twice_to_stop_is_not_called_finished(engine, office, targets):
    """As where a service manager tells the sweep beside its clock."""
    sweep = subprocess.Popen(
        [sys.executable, "-m", "cli", "sweep", "--targets", str(targets)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        wait_until(lambda: count_tried(engine))
        sweep.send_signal(signal.SIGINT)
        sweep.send_signal(signal.SIGTERM)
        _, said = sweep.communicate(timeout=SHORT_WHILE)
    finally:
        sweep.kill()
        sweep.wait()
    (row,) = rows(engine)
    assert sweep.returncode == 130, said
    assert (row.state, row.ended_at) == ("running", None)


def count_tried(engine: Engine) -> int:
    """How many URLs have been asked for and are waiting for another try."""
    with read(engine) as connection:
        tried = select(func.count()).where(urls.c.attempts > 0, urls.c.state == "waiting")
        return int(connection.execute(tried).scalar_one())


class Recorded:
    """A night that only notes what it was told to run."""

    def __init__(self, code: int, looks: int = 0) -> None:
        self.code, self.looks = code, looks
        self.ran: list[tuple[str, ...]] = []

    def sweep(self, command: list[str]) -> tuple[int, str]:
        self.ran.append(("sweep", *command))
        return self.code, "说明"

    def run(self, command: tuple[str, ...]) -> tuple[int, str]:
        self.ran.append(tuple(command))
        return self.looks, "说明"


@pytest.mark.parametrize(("code", "followed"), [(0, True), (1, True), (130, False)])
def test_due_looks_follow_each_nights_sweep_unless_it_was_told_to_stop(
    engine, office, monkeypatch, code, followed
):
    night = Recorded(code)
    monkeypatch.setattr(scheduler, "NIGHT", night)
    assert run_sweep(["--targets", "x.yaml"]) == code
    looks = [("takedown", "revisit")] if followed else []
    assert night.ran == [("sweep", "--targets", "x.yaml"), *looks]


def test_looks_that_fail_are_told_and_leave_the_nights_outcome_alone(
    engine, office, monkeypatch, caplog
):
    monkeypatch.setattr(scheduler, "NIGHT", Recorded(0, looks=1))
    assert run_sweep(["--targets", "x.yaml"]) == 0
    assert "takedown revisit" in caplog.text
