"""Sweeps at the desk: listed, followed, started and stopped, never two at once."""

from __future__ import annotations

import re
import signal
import socket
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from door.desk_sweeps import SweepControl
from door.sweep_run import holder
from exports.brief_words import sentences
from storage.audit import lines
from storage.bilingual import Problem
from storage.brief import OFFICE_TIME, brief
from storage.columns import utc_now
from storage.database import write
from storage.frontier import Frontier
from storage.locks import hold
from storage.records import Target, TargetKind
from storage.sweep_pages import ROWS, newest_running, newly_flagged, progress, sweeps_page
from storage.sweeps import begin, finish, record_failed_start, set_target_outcome, summary
from storage.targets import ensure_target
from storage.visits import commit_visits
from tests.desk_lookups import settings_for, tooled_desk
from tests.desk_site import Browser, staff
from tests.makers import flagged, link, post, sight, target, visit

WITHIN = 90.0  # seconds; a busy machine is no fault of the code


@pytest.fixture
def desk(engine: Engine, tmp_path: Path):
    staff(engine)
    return tooled_desk(engine, tmp_path, ("--targets", "targets.yaml"))


def until(holds: Callable[[], bool]) -> bool:
    end = time.monotonic() + WITHIN
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.1)
    return False


def test_sweeps_are_listed_the_newest_first_and_each_has_its_page(desk) -> None:
    engine = desk.engine
    first, _ = begin(engine, {"name": "targets", "targets": []}, "wang@box pid 1")
    target = Target(
        kind=TargetKind.SITE,
        value="https://a.example/13800000001",
        source="institution",
        reason="群众举报",
        added_by="王某",
    )
    with write(engine) as connection:
        target_id = ensure_target(connection, target)
    set_target_outcome(engine, first, target_id, "error", "not one page could be read")
    finish(engine, first, "finished", "nothing left to read")
    failed = record_failed_start(
        engine, ["--targets", "x"], utc_now() - timedelta(minutes=1), "错误：文件没有", "admin"
    )
    wang = Browser(desk).log_in("wang")
    page = wang.get("/sweeps").text
    listed = page.split("<tbody>")[1]
    assert listed.index(f"/sweeps/{failed}") < listed.index(f"/sweeps/{first}")
    assert "没有做成" in listed
    assert "目标文件" in listed
    one = wang.get(f"/sweeps/{first}").text
    assert "13800000001" not in one
    assert "https://a.example/138****0001" in one
    assert ">网站</td>" in one
    assert "出错" in one
    assert "错误：文件没有" in wang.get(f"/sweeps/{failed}").text
    assert wang.get("/sweeps/99").status_code == 404
    assert 'action="/sweeps/start"' not in page, "only an administrator starts one"
    assert 'action="/sweeps/start"' in Browser(desk).log_in("admin").get("/sweeps").text


def test_pages_of_sweeps_hold_each_once(engine: Engine) -> None:
    for n in range(ROWS + 5):
        number, _ = begin(engine, {"name": f"p{n}"}, "x")
        finish(engine, number, "finished")
    rows, below = sweeps_page(engine)
    rest, end = sweeps_page(engine, below)
    assert [row.id for row in (*rows, *rest)] == list(range(ROWS + 5, 0, -1))
    assert (end, rows[0].name) == (0, f"p{ROWS + 4}")


def test_an_unfinished_sweep_is_not_said_to_be_at_work_where_nobody_works_on_it(desk) -> None:
    number, _ = begin(desk.engine, {"name": "targets"}, "x")
    wang = Browser(desk).log_in("wang")
    page = wang.get("/sweeps").text
    assert "现在没有巡查" in page
    assert "未完成" in page
    with hold(desk.engine, desk.tools.settings.home, "sweep", holder()):
        page = wang.get("/sweeps").text
        assert f'正在进行 · <a href="/sweeps/{number}">' in page
        assert 'hx-trigger="every 3s"' in page
        live = wang.get(f"/sweeps/live?phase=at-{number}")
        assert "已读网页" in live.text
        assert "hx-refresh" not in live.headers
        assert wang.get("/sweeps/live?phase=starting").headers["hx-refresh"] == "true"
        assert newest_running(desk.engine) == number
    assert progress(desk.engine, 99) is None


def test_looks_at_takedowns_are_not_taken_for_a_sweep(desk) -> None:
    with hold(desk.engine, desk.tools.settings.home, "sweep", holder("revisit")):
        page = Browser(desk).log_in("admin").get("/sweeps").text
        assert "正在复查已要求处置的网页" in page
        assert 'action="/sweeps/start"' not in page


def test_none_is_started_beside_one_that_runs_whoever_started_it(desk) -> None:
    admin = Browser(desk).log_in("admin")
    admin.get("/sweeps")
    with hold(desk.engine, desk.tools.settings.home, "sweep", holder()):
        answer = admin.post("/sweeps/start")
        assert (answer.status_code, "已有巡查在运行" in answer.text) == (409, True)
    assert not any(line.act == "sweep.start" for line in lines(desk.engine))


def test_one_ctrl_c_and_never_two(engine: Engine, tmp_path: Path, monkeypatch) -> None:
    staff(engine)
    sent: list[tuple[int, int]] = []
    monkeypatch.setattr("door.desk_sweeps.os.kill", lambda pid, number: sent.append((pid, number)))
    control = SweepControl(engine, settings_for(engine, tmp_path), ())
    with pytest.raises(Problem, match="nothing to stop"):
        control.stop("admin")
    with hold(engine, tmp_path, "sweep", holder()):
        control.stop("admin")
        assert control.state().running.stopping
        with pytest.raises(Problem, match="was told to stop"):
            control.stop("admin")
    # Signal 0 only asks whether somebody is there.
    assert [number for _, number in sent if number] == [signal.SIGINT]
    with (
        hold(engine, tmp_path, "sweep", "wang@elsewhere pid 1"),
        pytest.raises(Problem, match="another machine"),
    ):
        control.stop("admin")
    for odd in ("x", f"x@{socket.gethostname()} pid 1"):
        with hold(engine, tmp_path, "sweep", odd), pytest.raises(Problem, match="another machine"):
            control.stop("admin")
    assert len([number for _, number in sent if number]) == 1


def test_without_targets_none_can_be_started(engine: Engine, tmp_path: Path) -> None:
    staff(engine)
    admin = Browser(tooled_desk(engine, tmp_path)).log_in("admin")
    page = admin.get("/sweeps").text
    assert "certsweep serve --targets" in page
    answer = admin.post("/sweeps/start")
    assert (answer.status_code, "没有给出目标文件" in answer.text) == (409, True)


def test_a_sweep_that_cannot_begin_leaves_a_row_and_its_last_words(
    desk, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setenv("CERTSWEEP_HOME", str(tmp_path))
    url = desk.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("CERTSWEEP_DATABASE_URL", url)
    admin = Browser(desk).log_in("admin")
    admin.get("/sweeps")
    assert admin.post("/sweeps/start").status_code == 303
    assert admin.post("/sweeps/start").status_code == 409, "one is starting already"
    assert until(lambda: not desk.tools.sweep_state().starting)
    page = admin.get("/sweeps").text
    assert "上一次在此启动的巡查没有做成" in page
    assert "targets.yaml" in page
    (row,) = sweeps_page(desk.engine)[0]
    assert (row.state, row.started_by) == ("failed", "admin")
    assert [line.act for line in lines(desk.engine)].count("sweep.start") == 1


def test_a_sweep_is_started_followed_and_stopped_at_the_desk(
    engine: Engine, tmp_path: Path, monkeypatch
) -> None:
    """The sample web, swept by the real command; stopped, it is resumed by the next start."""
    monkeypatch.setenv("CERTSWEEP_HOME", str(tmp_path))
    url = engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("CERTSWEEP_DATABASE_URL", url)
    staff(engine)
    desk = tooled_desk(engine, tmp_path, ("--sample",))
    admin, wang = Browser(desk).log_in("admin"), Browser(desk).log_in("wang")
    admin.get("/sweeps")
    assert admin.post("/sweeps/start").status_code == 303
    assert "正在" in admin.get("/sweeps").text
    assert until(lambda: (found := progress(engine, 1)) is not None and found.pages > 5)
    assert "已读网页" in wang.get("/sweeps").text
    assert wang.post("/sweeps/stop").status_code == 403
    other = SweepControl(engine, settings_for(engine, tmp_path), ("--sample",))
    with pytest.raises(Problem, match="running already"):
        other.start("admin")
    admin.get("/sweeps")
    assert admin.post("/sweeps/stop").status_code == 303
    assert until(lambda: desk.tools.sweep_state().running is None)
    assert until(lambda: not desk.tools.sweep_state().ending)
    assert desk.tools.sweep_state().last_words == "", "an interrupted sweep is no failure"
    stopped = summary(engine, 1)
    assert (stopped.state, stopped.pages_fetched > 5) == ("running", True)
    page = admin.get("/sweeps").text
    assert "未完成" in page
    assert "接着巡查" in page
    (row,), _ = sweeps_page(engine)
    assert row.started_by == "admin", "the person, not the process"
    assert (row.pages, row.posts) == (stopped.pages_fetched, stopped.posts)
    assert {"sweep.start", "sweep.stop"} <= {line.act for line in lines(engine)}


# --- what is new, and what only was looked at again ----------------------------------------------


def test_what_was_flagged_before_is_not_new_when_it_is_judged_anew(desk) -> None:
    """A new edition of the directory has every post judged again; none of them is a find."""
    engine = desk.engine
    today = utc_now().astimezone(OFFICE_TIME).date()
    before = brief(engine, today, today).found
    number, _ = begin(engine, {"name": "targets"}, "wang")
    for n in range(3):
        sight(engine, flagged(post(f"http://a{n}.example/"), seed=n), now=utc_now())
    finish(engine, number, "finished")
    assert newly_flagged(engine, number) == 3
    again, _ = begin(engine, {"name": "targets"}, "wang")
    for n in range(4):
        sight(engine, flagged(post(f"http://a{n}.example/"), seed=n), now=utc_now())
    sight(
        engine,
        flagged(post("http://a1.example/", text="换了说法，照样包过"), seed=9),
        now=utc_now(),
    )
    finish(engine, again, "finished")
    assert newly_flagged(engine, again) == 1
    assert newly_flagged(engine, number) == 3
    page = Browser(desk).log_in("sun").get(f"/sweeps/{again}").text
    assert re.search(r"<dt>新涉嫌</dt><dd>1</dd>", page)
    assert "再次读到或重新研判" in page
    told = brief(engine, today, today)
    assert told.found == before + 4
    assert f"新发现涉嫌内容 {told.found} 条。" in " ".join(sentences(told))


def test_the_statistics_list_the_sweeps_of_their_days(desk) -> None:
    number, _ = begin(desk.engine, {"name": "targets"}, "wang")
    finish(desk.engine, number, "finished")
    answer = Browser(desk).log_in("sun").get("/statistics?period=week")
    assert answer.status_code == 200
    assert "这一时段没有巡查" not in answer.text


def test_a_source_read_in_the_sample_web_is_not_said_to_be_unread(desk) -> None:
    number, _ = begin(desk.engine, {"name": "sample"}, "wang")
    frontier = Frontier(desk.engine, number)
    with write(desk.engine) as connection:
        target_id = ensure_target(connection, target(source="zhihu"))
    frontier.seed(target_id, "zhihu", [link("https://www.zhihu.example/1")])
    sun = Browser(desk).log_in("sun")
    assert "只在样例网读过" not in sun.get("/sources").text.split("</tbody>")[0]
    commit_visits(desk.engine, [visit(one) for one in frontier.lease(1)], utc_now())
    rows = sun.get("/sources").text.split("</tbody>")[0].split("</tr>")
    assert [("知乎" in row) for row in rows if "只在样例网读过" in row] == [True]


def test_a_sweep_that_was_stopped_is_not_said_to_be_starting(desk, monkeypatch) -> None:
    """Between the end of its work and the end of its process nobody holds the lock."""
    control = desk.tools.sweeps
    going, may_end, gone = threading.Event(), threading.Event(), threading.Event()

    def sweep(_night: object, _command: object) -> tuple[int, str]:
        with hold(desk.engine, desk.tools.settings.home, "sweep", holder()):
            going.set()
            assert may_end.wait(WITHIN)
        assert gone.wait(WITHIN)
        return 0, ""

    monkeypatch.setattr("scheduler.Night.sweep", sweep)
    control.start("admin")
    assert going.wait(WITHIN)
    assert control.state().running is not None
    may_end.set()
    assert until(lambda: control.state().running is None)
    state = control.state()
    assert (state.starting, state.ending) == (False, True)
    page = Browser(desk).log_in("admin").get("/sweeps").text
    assert "正在启动" not in page
    assert 'action="/sweeps/start"' not in page
    gone.set()
    assert until(lambda: not control.state().ending)


def test_no_process_of_the_server_is_named_on_the_page(desk) -> None:
    number, _ = begin(desk.engine, {"name": "targets"}, "root@vm pid 16149")
    with hold(desk.engine, desk.tools.settings.home, "sweep", holder()):
        page = Browser(desk).log_in("sun").get("/sweeps").text
    assert "pid" not in page
    assert "命令行" in page
    assert number == 1
