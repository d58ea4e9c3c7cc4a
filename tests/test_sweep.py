"""The main job, run as a person runs it: real processes, real HTTP, a real browser."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TRAP = "'http://trap.test/%'"
PARTS = ("posts", "findings", "cases", "outcomes")


def environment(home: Path, **more: str) -> dict[str, str]:
    return os.environ | {"CERTSWEEP_HOME": str(home), "CERTSWEEP_LANG": "zh"} | more


def start(home: Path, *arguments: str, **more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "cli", *arguments],
        cwd=ROOT,
        env=environment(home, **more),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(home: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    process = start(home, *arguments, **more)
    out, err = process.communicate(timeout=240)
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def last_json(done: subprocess.CompletedProcess[str]) -> dict:
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    """A home in which the sample was swept twice, and what both runs said."""
    home = tmp_path_factory.mktemp("swept")
    first = last_json(run(home, "sweep", "--sample", "--json"))
    second = last_json(run(home, "sweep", "--sample", "--json"))
    return home, first, second


def test_a_sweep_of_the_sample_opens_cases_and_says_what_it_could_not_read(swept):
    _, first, _ = swept
    assert first["pages_fetched"] >= 100
    assert first["cases_opened"] > 20
    assert first["findings"] >= first["flagged"] > 0
    assert {row["reason"] for row in first["unreadable"]} >= {
        "robots",
        "login",
        "http_500",
        "address_loopback",
        "address_metadata",
        "dns",
    }
    assert first["pictures"]


def test_the_second_sweep_opens_no_case_and_counts_the_pages_as_unchanged(swept):
    _, first, second = swept
    assert second["cases_opened"] == 0
    assert second["unchanged"] >= first["posts"] - first["unchanged"] - 3
    assert second["sweep_id"] != first["sweep_id"]


def test_every_flagged_page_has_its_raw_bytes_and_a_picture_on_disk(swept):
    home, _, _ = swept
    kinds = rows(home, "select post_row, kind, sha256 from snapshots")
    pictured = {post for post, kind, _ in kinds if kind == "screenshot"}
    raw = {post for post, kind, _ in kinds if kind == "raw"}
    flagged = {post for (post,) in rows(home, "select id from posts where flagged")}
    assert flagged
    assert raw == pictured == flagged
    for _, _, sha256 in kinds:
        assert (home / "snapshots" / sha256[:2] / sha256[2:4] / sha256).is_file()


def test_innocent_pages_leave_a_hash_and_nothing_else(swept):
    home, _, _ = swept
    kept = rows(home, "select text, title from posts where not flagged")
    assert len(kept) > 20
    assert set(kept) == {("", "")}


def test_addresses_in_the_database_are_those_of_the_pages_not_of_the_sample_server(swept):
    home, _, _ = swept
    urls = [url for (url,) in rows(home, "select url from posts")]
    assert not [url for url in urls if "127.0.0.1" in url or ":" in url.split("//")[1]]


def test_the_sample_leaves_cases_for_a_person_and_a_list_on_disk(swept):
    _, first, _ = swept
    assert first["waiting"] > 0
    assert first["decided_by_sample"] > 0
    assert all(Path(path).stat().st_size > 1000 for path in first["files"])


def test_the_same_advertisement_retold_on_another_site_is_one_case(swept):
    home, _, _ = swept
    twins = ["http://jinpai.test/xf.html", "http://kuaizheng.example/xiaofang.html"]
    found = rows(
        home,
        "select p.post_id, c.case_id from case_posts c join posts p on p.id = c.post_row"
        " where p.platform = 'web'",  # a search engine's hit is a post of its own
    )
    assert len({case for url, case in found if url in twins}) == 1


def rows(home: Path, query: str) -> list[tuple]:
    with sqlite3.connect(home / "certsweep.db") as connection:
        found = connection.execute(query).fetchall()
    connection.close()
    return found


def end_state(home: Path) -> tuple:
    """What a sweep leaves behind, without the numbers and moments that any two runs differ in.

    The trap is left out: its session ids are new at every answer, and which of its endless links
    fill the bound depends on which answer came first.
    """
    posts = rows(
        home, f"select post_id, content_sha256, flagged from posts where post_id not like {TRAP}"
    )
    claims = rows(
        home,
        "select p.post_id, f.rule, f.code, f.why from findings f join posts p on p.id=f.post_row"
        f" where p.post_id not like {TRAP}",
    )
    grouped = rows(
        home,
        "select c.case_id, p.post_id from case_posts c join posts p on p.id=c.post_row"
        f" where p.post_id not like {TRAP}",
    )
    by_case: dict[int, set[str]] = {}
    for case, post in grouped:
        by_case.setdefault(case, set()).add(post)
    outcomes = rows(
        home,
        "select canonical, state, outcome from urls "
        f"where sweep_id = 1 and canonical not like {TRAP}",
    )
    return (
        sorted(posts),
        sorted(claims),
        sorted(map(sorted, by_case.values())),
        sorted(outcomes, key=str),
    )


def test_the_trap_is_left_after_a_bounded_number_of_its_pages(swept):
    home, _, _ = swept
    [(read,)] = rows(
        home,
        "select count(*) from urls "
        f"where sweep_id = 1 and state != 'dropped' and canonical like {TRAP}",
    )
    assert 2 <= read <= 100


def assert_same_end(home: Path, undisturbed: Path) -> None:
    """Part by part, and only what differs: the whole states are thousands of lines."""
    for part, ours, theirs in zip(PARTS, end_state(home), end_state(undisturbed), strict=True):
        differing = difference(ours, theirs), difference(theirs, ours)
        assert differing == ([], []), f"{part}: only here, and only undisturbed"


def difference(ours: list, theirs: list) -> list:
    left = Counter(map(str, ours))
    left.subtract(map(str, theirs))
    return sorted(left.elements())


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_sweep_killed_at_any_moment_ends_like_an_undisturbed_one(swept, tmp_path, seed):
    undisturbed, _, _ = swept
    random_moment = random.Random(seed)
    for _ in range(2):
        process = start(tmp_path, "sweep", "--sample", "--json")
        time.sleep(random_moment.uniform(1.0, 9.0))
        process.send_signal(signal.SIGKILL)
        process.communicate()
    last_json(run(tmp_path, "sweep", "--sample", "--json"))
    assert_same_end(tmp_path, undisturbed)


def test_ctrl_c_keeps_what_was_read_and_the_same_command_goes_on(swept, tmp_path):
    undisturbed, _, _ = swept
    process = start(tmp_path, "sweep", "--sample")
    wait_until_read(tmp_path, pages=10)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "接着做完" in err
    again = last_json(run(tmp_path, "sweep", "--sample", "--json"))
    assert again["resumed"]
    assert_same_end(tmp_path, undisturbed)


def test_a_second_sweep_is_refused_while_one_runs(tmp_path):
    first = start(tmp_path, "sweep", "--sample")
    try:
        wait_for(tmp_path / "locks" / "sweep.lock")
        second = run(tmp_path, "sweep", "--sample")
    finally:
        first.kill()
        first.communicate()
    assert second.returncode == 1
    assert "已有同类任务在运行" in second.stderr
    assert "Traceback" not in second.stderr


def wait_until_read(home: Path, pages: int) -> None:
    """Wait until the running sweep has committed this many pages."""
    wait_for(home / "certsweep.db")
    for _ in range(600):
        with contextlib.suppress(sqlite3.OperationalError):  # its tables are being made
            [(done,)] = rows(home, "select count(*) from urls where state = 'done'")
            if done >= pages:
                return
        time.sleep(0.1)
    raise AssertionError("the sweep read nothing")


def wait_for(path: Path) -> None:
    for _ in range(200):
        if path.exists():
            return
        time.sleep(0.1)
    raise AssertionError(f"{path} never came")


def test_an_unreachable_host_is_named_and_the_sweep_still_ends(tmp_path):
    targets = tmp_path / "targets.yaml"
    targets.write_text("targets:\n  - site: http://nowhere.invalid/\n", encoding="utf-8")
    done = run(tmp_path / "home", "sweep", "--targets", str(targets), "--json")
    said = last_json(done)
    assert said["errors"] == 2  # the home page and the sitemap
    assert {row["url"] for row in said["unreadable"]} >= {"http://nowhere.invalid/"}
    assert said["targets"][0]["outcome"] == "error"


def test_without_targets_and_without_sample_the_command_says_what_to_give(tmp_path):
    done = run(tmp_path, "sweep")
    assert done.returncode == 2
    assert "--targets" in done.stderr


def test_a_full_disk_ends_the_sweep_with_a_sentence_and_loses_nothing(swept, tmp_path):
    undisturbed, _, _ = swept
    limit = ["bash", "-c", 'ulimit -f 400; exec "$@"', "limited"]
    command = [*limit, sys.executable, "-m", "cli", "sweep", "--sample"]
    small = subprocess.run(
        command,
        cwd=ROOT,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert small.returncode == 1, small.stderr
    assert "Traceback" not in small.stderr
    last_json(run(tmp_path, "sweep", "--sample", "--json"))
    assert_same_end(tmp_path, undisturbed)
