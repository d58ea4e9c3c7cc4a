"""The desk as a whole: what it serves, what it says, what stands on every answer."""

from __future__ import annotations

import hashlib
import re
from importlib.resources import files
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from fastapi.routing import APIRoute
from sqlalchemy import Engine

from console.app import create_app
from console.page import ENVIRONMENT, TEMPLATES
from console.people import signed_in
from console.words import LOCALE, catalogue
from tests.desk_site import Browser, make_desk, staff

# As published by their makers: npm htmx.org@2.0.3, bootstrap@5.3.3.
PINNED = {
    "js_lib_htmx/static/htmx/htmx.min.js": (
        "491955cd1810747d7d7b9ccb936400afb760e06d25d53e4572b64b6563b2784e"
    ),
    "js_lib_bootstrap5/static/js-lib-bootstrap5/css/bootstrap.min.css": (
        "3c8f27e6009ccfd710a905e6dcf12d0ee3c6f2ac7da05b0572d3e0d12e736fc8"
    ),
}
OPEN_TO_ALL = {"/", "/login", "/lang"}
TEMPLATE_WORD = re.compile(r"""_\((?:"([^"]*)"|'([^']*)')\)""")


@pytest.fixture
def kind() -> str:
    """What is tested here does not depend on the database."""
    return "sqlite"


@pytest.fixture
def desk(engine: Engine, tmp_path: Path):
    staff(engine)
    return make_desk(engine, tmp_path)


@pytest.mark.parametrize("name", sorted(PINNED))
def test_files_of_others_are_the_ones_we_looked_at(name: str) -> None:
    package, _, path = name.partition("/")
    data = (files(package) / path).read_bytes()
    assert hashlib.sha256(data).hexdigest() == PINNED[name]


def test_all_that_a_page_needs_comes_from_the_desk_itself(desk) -> None:
    browser = Browser(desk).log_in("wang")
    wanted = re.findall(r'(?:src|href)="(/static/[^"]+)"', browser.page.text)
    assert len(wanted) >= 5
    for path in wanted:
        assert browser.get(path).status_code == 200


def test_no_template_holds_a_script_a_style_or_another_site() -> None:
    for path in TEMPLATES.glob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:|https?://", text), path.name
        assert not re.search(r"<script(?![^>]*\bsrc=)", text), path.name


def test_templates_escape_and_know_no_way_around_it() -> None:
    shown = ENVIRONMENT.from_string("{{ it }}").render(it="<b>\"'&")
    assert shown == "&lt;b&gt;&#34;&#39;&amp;"
    for path in TEMPLATES.glob("*.html"):
        assert not re.search(r"\|\s*safe|autoescape", path.read_text(encoding="utf-8")), path.name


@pytest.mark.parametrize(
    "path", ["/login", "/queue", "/nothing", "/static/desk.css", "/queue?score=x"]
)
def test_every_answer_carries_the_policy(desk, path: str) -> None:
    answer = Browser(desk).log_in("wang").get(path)
    policy = dict(
        part.strip().partition(" ")[::2]
        for part in answer.headers["content-security-policy"].split(";")
    )
    assert policy["default-src"] == policy["object-src"] == policy["base-uri"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    assert policy["frame-src"] == desk.replay_origin
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"


def test_a_failure_of_ours_is_a_page_with_all_headers_and_no_traceback(desk, monkeypatch) -> None:
    browser = Browser(desk).log_in("wang")
    monkeypatch.setattr("console.queueview.queue_counts", lambda *_: 1 / 0)
    answer = browser.get("/queue")
    assert answer.status_code == 500
    assert "程序出错" in answer.text
    assert "ZeroDivisionError" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_what_is_not_there_and_what_is_wrong_are_pages_in_chinese(desk) -> None:
    browser = Browser(desk).log_in("wang")
    for path, status, words in (
        ("/nothing", 404, "没有这个页面"),
        ("/cases/999", 404, "没有编号为 999 的案件"),
        ("/cases/99999999999999999999", 404, "没有这个页面"),
        ("/queue?clause=九", 409, "看不懂"),
        ("/queue?days=-1", 409, "看不懂"),
        ("/queue?after=x", 409, "看不懂"),
    ):
        answer = browser.get(path)
        assert (answer.status_code, words in answer.text) == (status, True), path


def test_too_much_is_refused_before_it_is_read(desk) -> None:
    browser = Browser(desk).log_in("wang")
    answer = browser.post("/cases/1/decide", {"note": "字" * 1_000_000})
    assert answer.status_code == 413
    assert "没有写入" in answer.text


def test_a_database_that_is_away_is_told_and_comes_back(desk, monkeypatch) -> None:
    browser = Browser(desk).log_in("wang")
    with monkeypatch.context() as away:
        away.setattr("storage.queue.read", gone)
        answer = browser.get("/queue")
        assert answer.status_code == 503
        assert "没有写入" in answer.text
    assert browser.get("/queue").status_code == 200


def gone(_engine: Engine):
    from storage.bilingual import Problem
    from storage.database import LOCKED

    raise Problem(*LOCKED) from OSError("away")


def test_the_language_is_a_switch_that_stays(desk) -> None:
    browser = Browser(desk).log_in("wang")
    assert 'lang="zh-CN"' in browser.page.text
    assert browser.post("/lang", {"lang": "en", "back": "/queue"}).status_code == 303
    page = browser.get("/queue").text
    assert '<html lang="en">' in page
    assert "Claim the next" in page
    assert "领取下一件" not in page
    assert "not understood" in browser.get("/queue?score=x").text


def test_every_chinese_word_of_a_template_has_its_english() -> None:
    words = {
        found[1] or found[2]
        for path in TEMPLATES.glob("*.html")
        for found in TEMPLATE_WORD.finditer(path.read_text(encoding="utf-8"))
    }
    assert len(words) > 100
    assert sorted(words - set(catalogue("en"))) == []


def test_the_catalogue_holds_nothing_that_no_template_says() -> None:
    said = "".join(path.read_text(encoding="utf-8") for path in TEMPLATES.glob("*.html"))
    with (LOCALE / "en.po").open("rb") as file:
        ids = [str(message.id) for message in read_po(file, locale="en") if message.id]
    assert [one for one in ids if one not in said] == []


def test_every_page_asks_who_is_there(desk) -> None:
    """A route that forgets its person would be open to everybody; so is none but these."""
    app = create_app(desk)
    found = routes(app)
    assert {"/queue", "/cases/{case_id:int}/decide"} <= {route.path for route in found}
    for route in found:
        asks = signed_in in calls(route.dependant)
        assert asks or route.path in OPEN_TO_ALL or route.path.startswith("/api/"), route.path


def routes(app) -> list[APIRoute]:
    found: list[APIRoute] = []
    for route in app.routes:
        inner = getattr(route, "original_router", None)
        found += inner.routes if inner is not None else [route]
    return [route for route in found if isinstance(route, APIRoute)]


def calls(dependant) -> set[object]:
    return {dependant.call, *(call for one in dependant.dependencies for call in calls(one))}


def test_the_script_stays_small() -> None:
    script = (TEMPLATES.parent / "static" / "app.js").read_text(encoding="utf-8")
    assert len(script.splitlines()) <= 200
    assert "innerHTML" not in script
    assert "eval(" not in script
