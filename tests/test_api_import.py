"""A directory sent by a program, and a case's posts and replay, over both real servers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine

from console.desk import Desk
from console.guard import LARGE
from storage.audit import lines
from storage.directory import editions
from storage.records import Contacts
from tests.api_program import Program
from tests.desk_lookups import filing, some_edition, tools_for
from tests.desk_server import served
from tests.desk_site import staff
from tests.makers import NOON, flagged, post, sight
from tests.test_console_directory import GOOD


@pytest.fixture
def kind() -> str:
    """What is tested here does not depend on the database."""
    return "sqlite"


@pytest.fixture
def desk(engine: Engine, tmp_path: Path) -> Iterator[Desk]:
    staff(engine)
    with served(engine, tmp_path, tools=tools_for(engine, tmp_path)) as running:
        yield running


def sent(one: Program, data: bytes, query: str = "file=郑州.csv&name=郑州") -> httpx.Response:
    return httpx.post(
        f"{one.base}/directory/import?{query}",
        content=data,
        headers={**one.headers, "content-type": "application/octet-stream"},
        timeout=60,
        trust_env=False,
    )


# --- the directory --------------------------------------------------------------------------------


def test_an_edition_is_sent_looked_at_and_counts_once_it_is_confirmed(desk: Desk) -> None:
    admin = Program(desk, "admin")
    old = some_edition(desk.engine, [filing("郑州旧学校")])
    answer = sent(admin, GOOD.encode(), "file=郑州.csv&name=郑州&as_of=2026-06-01&limit=1")
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["current"]["id"], told["becomes_current"]) == (old.id, True)
    assert told["changes"]["removed"] == ["郑州旧学校"]
    assert told["changes"]["counts"]["added"] == told["bodies"]
    assert len(told["changes"]["added"]) == 1, "cut, and counts say how long it is"
    assert len(editions(desk.engine)) == 1, "nothing counts yet"
    path = f"/directory/import/{told['token']}"
    assert admin.get(f"{path}?limit=1") == told
    made = admin.post(f"{path}/confirm")
    assert (made["rows"], made["current"], made["imported_by"]) == (told["rows"], True, "admin")
    assert admin.refused("POST", f"{path}/confirm") == 404, "done already"
    by = [line.actor for line in lines(desk.engine) if line.act == "directory.import"]
    assert by == ["test", "admin"]


def test_an_upload_is_thrown_away_and_is_nobody_elses(desk: Desk, tmp_path: Path) -> None:
    admin, wang = Program(desk, "admin"), Program(desk, "wang")
    token = sent(admin, GOOD.encode()).json()["token"]
    path = f"/directory/import/{token}"
    assert wang.refused("GET", path) == 403
    assert sent(wang, GOOD.encode()).status_code == 403
    assert sent(Program(desk, "admin", ["read"]), GOOD.encode()).status_code == 403
    assert admin.ask("POST", f"{path}/forget").status_code == 204
    assert admin.refused("GET", path) == 404
    assert admin.refused("POST", f"{path}/forget") == 404
    assert list((tmp_path / "uploads").iterdir()) == []


@pytest.mark.parametrize(
    ("data", "query", "status"),
    [
        (b"", "file=a.csv", 409),
        (b"x,y\n1,2\n", "file=a.csv", 409),
        (GOOD.encode(), "file=a.exe", 409),
        (GOOD.encode(), "", 422),
        (GOOD.encode(), "file=a.csv&kind=emperor", 422),
        (GOOD.encode(), "file=a.csv&as_of=gestern", 422),
        (GOOD.encode(), "file=a.csv&as_of=2999-01-01", 409),
        (GOOD.encode(), "file=a.csv&as_of=0001-01-01", 409),
        (GOOD.encode(), "file=a.csv&nmae=x", 422),
        (b"\xd0\xcf\x11\xe0" + b"x" * 600, "file=a.xlsx", 409),
    ],
)
def test_what_is_no_directory_is_told_and_kept_nowhere(
    desk: Desk, tmp_path: Path, data: bytes, query: str, status: int
) -> None:
    answer = sent(Program(desk, "admin"), data, query)
    assert answer.status_code == status, answer.text
    assert answer.json()["error"]["zh"]
    uploads = tmp_path / "uploads"
    assert not uploads.exists() or list(uploads.iterdir()) == []
    assert editions(desk.engine) == []


def test_a_file_beyond_the_limit_is_refused_announced_or_not(desk: Desk) -> None:
    admin, most = Program(desk, "admin"), LARGE["/api/v1/directory/import"]
    assert sent(admin, b"x" * (most + 1)).status_code == 413

    def dripping() -> Iterator[bytes]:
        for _ in range((most >> 20) + 2):
            yield b"x" * (1 << 20)

    try:
        answer = sent(admin, dripping())
    except httpx.TransportError:
        return  # the server may hang up before all of it is sent
    assert answer.status_code == 409
    assert "32 MB" in answer.json()["error"]["zh"]


# --- posts and their replay -----------------------------------------------------------------------


def a_case(desk: Desk, html: bytes, text: str = "包过") -> int:
    kept = desk.store.put(html, "dom", "http://a.example/", NOON)
    said = post("http://a.example/1", text=text, contacts=Contacts(phones=("13800000001",)))
    sight(desk.engine, flagged(said, snapshots=(kept,)))
    return 1


def test_a_posts_text_is_told_whole_and_masked(desk: Desk) -> None:
    wang = Program(desk, "wang")
    long = "包过拿证" * 9_000 + "电话13800000001"
    a_case(desk, b"<p>x</p>", text=long)
    assert wang.get("/cases/1")["posts"][0]["text_left_out"] == len(long) - 30_000
    row = wang.get("/cases/1")["posts"][0]["row"]
    told = wang.get(f"/cases/1/posts/{row}")
    assert len(told["text"]) == len(long)
    assert (told["text_left_out"], told["newest"], told["place"]) == (0, True, 1)
    assert "13800000001" not in json.dumps(told)
    assert [one["kind"] for one in told["files"]] == ["dom"]
    assert wang.refused("GET", "/cases/1/posts/99") == 404
    assert wang.refused("GET", "/cases/9/posts/1") == 404
    assert "case.read" in [line.act for line in lines(desk.engine)]


def test_a_replay_is_an_address_on_the_second_origin_where_nothing_runs(desk: Desk) -> None:
    wang = Program(desk, "wang")
    a_case(desk, "<h1>包过</h1><script>alert(1)</script><img src=http://out.example/x>".encode())
    told = wang.get("/cases/1/posts/1/replay")
    assert told["url"].startswith(desk.replay_origin)
    answer = httpx.get(told["url"], timeout=60, trust_env=False)
    assert answer.status_code == 200
    assert "sandbox" in answer.headers["content-security-policy"]
    assert "包过" in answer.text
    assert "script" not in answer.text
    assert "out.example" not in answer.text
    (line,) = [one for one in lines(desk.engine) if one.act == "snapshot.replay"]
    assert (line.actor, json.loads(line.detail)) == ("wang", {"sha256": told["sha256"]})


def test_a_replay_shows_contacts_and_so_takes_that_right(desk: Desk) -> None:
    a_case(desk, b"<p>x</p>")
    for one in (Program(desk, "sun"), Program(desk, "wang", ["read", "decide"])):
        assert one.refused("GET", "/cases/1/posts/1/replay") == 403
    assert "snapshot.replay" not in [line.act for line in lines(desk.engine)]


def test_what_cannot_be_replayed_is_said(desk: Desk) -> None:
    wang = Program(desk, "wang")
    a_case(desk, b"x" * (5 << 20))
    assert wang.refused("GET", "/cases/1/posts/1/replay") == 409
    sight(desk.engine, flagged(post("http://b.example/"), seed=9))
    assert wang.refused("GET", "/cases/2/posts/2/replay") == 404
    assert "snapshot.replay" not in [line.act for line in lines(desk.engine)]
