"""`certsweep capture`, as a person types it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

import commands.capture
import door.capture_run
from door.capture_run import Outside
from storage.captures import capture_by_id, captures_of_case
from storage.database import open_database, read
from storage.snapshots import SnapshotStore
from tests.capture_stage import Pages, Theatre
from tests.makers import flagged, post, sight
from tests.test_case_commands import Said, Typist, typist  # noqa: F401 (a fixture)

URL = "http://peixun.test/a"


@pytest.fixture(scope="module")
def theatre() -> Iterator[Theatre]:
    pages: Pages = {
        "/a": "<h1>月嫂证包过</h1>",
        "/\x1b[31m": "x",
        "/captcha": "<title>安全验证</title><p>请完成下方的滑块验证</p><div class=geetest></div>",
        "/refusal": lambda handler: handler.give("<p>forbidden</p>", 403),
    }
    with Theatre(pages) as one:
        yield one


@pytest.fixture
def office(sqlite_template: Path, tmp_path: Path) -> Iterator[Engine]:
    (tmp_path / "certsweep.db").write_bytes(sqlite_template.read_bytes())
    engine = open_database("", tmp_path)
    sight(engine, flagged(post(URL, url_found=URL)))
    yield engine
    engine.dispose()


@pytest.fixture
def typed(office: Engine, tmp_path: Path, theatre: Theatre, typist, monkeypatch) -> Typist:  # noqa: F811
    outside = Outside(routes={"*.test": f"127.0.0.1:{theatre.port}"}, delay=0.0)
    monkeypatch.setattr(commands.capture, "OUTSIDE", outside)
    one: Typist = typist(f"sqlite:///{tmp_path / 'certsweep.db'}", tmp_path)
    return one


def told(done: Said) -> dict[str, object]:
    found: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_one_url_is_captured_for_a_case_and_told(
    typed: Typist, office: Engine, tmp_path: Path
) -> None:
    done = typed("capture", URL, "--case", "1", "--by", "王某", "--json")
    assert done.returncode == 0, done.stderr
    said = told(done)
    assert said["complete"] is True
    assert said["asked_by"] == "王某"
    assert set(said["parts"].values()) == {"ok"}  # type: ignore[attr-defined]
    with read(office) as connection:
        (kept,) = captures_of_case(connection, 1)
    assert kept.id == said["id"]
    assert kept.reason == "requested"
    store = SnapshotStore("", tmp_path)
    assert all(store.check(one.sha256) for one in kept.artefacts)


def test_a_person_reads_what_became_of_each_part(typed: Typist) -> None:
    done = typed("capture", URL)
    assert done.returncode == 0, done.stderr
    for words in ("（完整）", "全页截图", "网络往来（WARC）", "取证记录", "已取"):
        assert words in done.stdout
    english = typed("capture", URL, lang="en")
    for words in ("(complete)", "full-page picture", "taken"):
        assert words in english.stdout


def test_every_flagged_page_and_then_none(typed: Typist) -> None:
    first = typed("capture", "--flagged", "--json")
    assert told(first) == {
        "flagged": 1,
        "whole": 1,
        "partial": 0,
        "wall": 0,
        "failed": 0,
        "other": 0,
        "given_up": 0,
        "named": [],
    }
    assert "取证 0 页" in typed("capture", "--flagged").stdout


def test_which_flagged_pages_did_not_come_and_why_is_said(
    typed: Typist, office: Engine, monkeypatch
) -> None:
    whole = commands.capture.OUTSIDE
    nowhere = Outside(routes={"*.test": "127.0.0.1:1"}, delay=0.0)
    monkeypatch.setattr(commands.capture, "OUTSIDE", nowhere)
    (named,) = told(typed("capture", "--flagged", "--json"))["named"]  # type: ignore[misc]
    assert (named["case_id"], named["url"], named["sort"]) == (1, URL, "failed")
    assert named["outcome"] == "unreachable"
    again = typed("capture", "--flagged")
    assert "没有取到 1" in again.stdout
    assert f"案件 1 · {URL} · 没有取到网页：连接不上" in again.stdout
    assert "共试 3 次" in again.stderr
    monkeypatch.setattr(commands.capture, "OUTSIDE", whole)


def test_a_name_of_the_sample_web_that_is_not_found_hints_at_it(typed: Typist, monkeypatch) -> None:
    monkeypatch.setattr(commands.capture, "OUTSIDE", Outside(delay=0.0))
    done = typed("capture", "http://nowhere.test/")
    assert done.returncode == 1
    assert "--sample" in done.stderr
    assert "域名解析不到" in done.stdout
    assert "--sample" not in typed("capture", "http://nowhere.invalid/").stderr


@pytest.mark.parametrize(
    ("path", "said"), [("/captcha", "要求验证码"), ("/refusal", "拒绝访问（403）")]
)
def test_a_wall_is_no_capture_of_the_page_and_told_as_such(
    typed: Typist, path: str, said: str
) -> None:
    done = typed("capture", f"http://peixun.test{path}")
    assert done.returncode == 1
    assert f"没有取到原内容：{said}" in done.stdout
    assert "（完整" not in done.stdout


def test_nobody_is_no_name(typed: Typist, theatre: Theatre) -> None:
    before = len(theatre.asked)
    done = typed("capture", URL, "--by", " ")
    assert done.returncode == 1
    assert "没有写明经办人" in done.stderr
    assert len(theatre.asked) == before


def test_a_page_that_does_not_come_is_recorded_and_said(typed: Typist, office: Engine) -> None:
    done = typed("capture", "http://nowhere.invalid/", "--json")
    assert done.returncode == 1
    assert "没有取到网页" in done.stderr
    said = told(done)
    assert (said["outcome"], said["complete"], said["final_url"]) == ("dns", False, "")
    with read(office) as connection:
        assert capture_by_id(connection, str(said["id"])) is not None


def test_a_page_that_is_gone_is_captured_as_gone(typed: Typist) -> None:
    done = typed("capture", "http://peixun.test/gone")
    assert done.returncode == 0
    assert "不像原内容（已删除：页面不存在（404））" in done.stderr
    assert "不像原内容，已删除：页面不存在（404）" in done.stdout
    assert "（完整）" not in done.stdout


def test_a_capture_that_lacks_nothing_is_not_taken_again(typed: Typist) -> None:
    capture = str(told(typed("capture", URL, "--json"))["id"])
    done = typed("capture", "--again", capture)
    assert done.returncode == 1
    assert "没有需要补取的" in done.stderr


def test_what_failed_is_taken_again(typed: Typist, monkeypatch, theatre: Theatre) -> None:
    whole = commands.capture.OUTSIDE
    nowhere = Outside(routes={"*.test": "127.0.0.1:1"}, delay=0.0)
    monkeypatch.setattr(commands.capture, "OUTSIDE", nowhere)
    first = told(typed("capture", URL, "--json"))
    assert first["outcome"] == "unreachable"
    monkeypatch.setattr(commands.capture, "OUTSIDE", whole)
    again = told(typed("capture", "--again", str(first["id"]), "--json"))
    assert again["again_of"] == first["id"]
    assert again["complete"] is True
    assert "facts" in again["parts"]  # type: ignore[operator]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "三者选一"),
        ([URL, "--flagged"], "三者选一"),
        (["--flagged", "--again", "0" * 32], "三者选一"),
        (["--again", "0" * 32], "没有编号"),
        ([URL, "--case", "77"], "77"),
        (["http://127.0.0.1/"], "本机地址。没有取证，也没有记录"),
        (["http://intranet/"], "主机名只属于本地网络"),
        (["file:///etc/passwd"], "网址不对：file:///etc/passwd（只访问 http 和 https"),
        (["peixun.test/a"], "网址不对：peixun.test/a（只访问 http 和 https"),
        (["abc"], "网址不对：abc（"),
        (["http://王:密@peixun.test/"], "网址不对：peixun.test/（网址里带有用户名或密码"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_recorded(
    typed: Typist, theatre: Theatre, words: list[str], said: str
) -> None:
    before = len(theatre.asked)
    done = typed("capture", *words)
    assert done.returncode in {1, 2}
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert len(theatre.asked) == before
    assert "记为未读取" not in done.stderr


def test_without_a_browser_it_says_what_to_do(typed: Typist, monkeypatch) -> None:
    monkeypatch.setattr(door.capture_run, "find_chromium", lambda configured: None)
    done = typed("capture", URL)
    assert done.returncode == 1
    assert "certsweep doctor" in done.stderr


def test_a_browser_that_does_not_start_is_a_problem(
    typed: Typist, monkeypatch, tmp_path: Path
) -> None:
    broken = tmp_path / "browser"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setattr(door.capture_run, "find_chromium", lambda configured: str(broken))
    done = typed("capture", URL)
    assert done.returncode == 1
    assert "浏览器启动不了" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_time_server_that_does_not_answer_is_said(typed: Typist, monkeypatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(door.capture_run, "say", lambda zh, en: said.append(zh))
    monkeypatch.setattr(
        commands.capture, "run_captures", wrapped(commands.capture.run_captures, ntp="127.0.0.1:no")
    )
    done = typed("capture", URL, "--json")
    assert done.returncode == 0
    assert "CERTSWEEP_NTP" in said[0]


def wrapped(run, **changes: object):
    def call(engine, settings, *rest):
        return run(engine, replace(settings, **changes), *rest)

    return call
