"""The process beside the desk: answers, fails, hangs, dies, and goes with its desk."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from console.tools import TypedText
from door.desk_helper import Helper
from door.desk_run import ANSWERS
from door.settings import read_settings
from storage.bilingual import Problem
from storage.database import open_database, upgrade

SLOW = "tests.slow_answers"
WITHIN = 60.0  # seconds; a busy machine is no fault of the code


@pytest.fixture
def settings(tmp_path: Path):
    return replace(read_settings({}), home=tmp_path)


def gone(pid: int) -> bool:
    until = time.monotonic() + WITHIN
    while time.monotonic() < until:
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.05)
    return False


def test_the_judge_answers_from_a_process_of_its_own_and_stays_there(settings) -> None:
    engine = open_database("", settings.home)
    upgrade(engine)
    engine.dispose()
    helper = Helper(settings, ANSWERS)
    try:
        found = helper.ask("try_text", TypedText(text="免考包过，加微信sample_wx_105"), "en")
        assert found.judgement.flagged
        assert any("Speaker: a seller" in line for line in found.lines)
        begun = time.monotonic()
        rows, _folder = helper.ask("rules")
        assert len(rows) > 100
        assert helper.ask("rule", "no_such", "zh") is None
        assert time.monotonic() - begun < WITHIN
    finally:
        helper.close()


def test_a_problem_crosses_over_in_both_languages(settings) -> None:
    helper = Helper(settings, SLOW)
    try:
        first = helper.ask("pid")
        with pytest.raises(Problem, match="no: x") as caught:
            helper.ask("refuse", "x")
        assert caught.value.text.zh == "不行：x"
        assert helper.ask("pid") == first != os.getpid()
    finally:
        helper.close()
    assert gone(first)


def test_what_takes_too_long_is_stopped_and_the_next_question_is_answered(
    settings, tmp_path: Path
) -> None:
    helper = Helper(settings, SLOW, patience=WITHIN)
    try:
        first = helper.ask("pid")
        helper.patience = 1.0
        with pytest.raises(Problem, match="too long"):
            helper.ask("wait", str(tmp_path / "pid"))
        assert gone(first)
        helper.patience = WITHIN
        assert helper.ask("pid") != first
    finally:
        helper.close()


def test_a_process_that_dies_is_told_to_all_who_wait_and_replaced(settings) -> None:
    helper = Helper(settings, SLOW)
    told: list[str] = []

    def ask() -> None:
        try:
            helper.ask("die")
        except Problem as problem:
            told.append(problem.text.en)

    try:
        helper.ask("pid")
        threads = [threading.Thread(target=ask) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(WITHIN)
        assert len(told) == 3
        assert helper.ask("pid")
    finally:
        helper.close()


def test_a_desk_that_is_killed_leaves_no_process_behind(tmp_path: Path) -> None:
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from dataclasses import replace\n"
        "from door.desk_helper import Helper\n"
        "from door.settings import read_settings\n"
        "if __name__ == '__main__':\n"
        "    settings = replace(read_settings({}), home=Path(sys.argv[1]))\n"
        f"    Helper(settings, {SLOW!r}).ask('wait', sys.argv[1] + '/pid')\n"
    )
    (tmp_path / "desk.py").write_text(script, encoding="utf-8")
    desk = subprocess.Popen(
        [sys.executable, str(tmp_path / "desk.py"), str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
    )
    try:
        until = time.monotonic() + WITHIN
        while not (tmp_path / "pid").exists() and time.monotonic() < until:
            time.sleep(0.05)
        child = int((tmp_path / "pid").read_text(encoding="utf-8"))
    finally:
        desk.send_signal(signal.SIGKILL)
        desk.wait()
    assert gone(child)
