"""Everything the pages do is there for programs as well, or is named in docs/desk.md."""

from __future__ import annotations

import json
import re

from console.app import ways_of_pages
from tests.source_tree import ROOT

# Where an address of the API is called otherwise than the page's.
OTHERWISE = {
    "GET /bulk/{}": "GET /batches/{}",
    "POST /bulk": "POST /batches",
    "POST /bulk/{}/decide": "POST /batches/{}/decide",
    "POST /bulk/{}/undo": "POST /batches/{}/undo",
    "POST /bulk/{}/on": "POST /batches/{}/on",
    "POST /bulk/{}/claim": "POST /batches/{}/claim",
    "POST /bulk/{}/leave": "POST /batches/{}/leave",
    "GET /cases/{}/brief": "GET /cases/{}",
    "GET /cases/{}/leave/{}": "GET /cases/{}/posts/{}",
    "GET /directory/import": "POST /directory/import",
    "GET /exports/{}/state": "GET /exports/{}",
    "POST /queue/filters": "POST /filters",
    "POST /queue/filters/{}/forget": "DELETE /filters/{}",
    "GET /sweeps/live": "GET /sweeps/now",
    "POST /takedowns/draft": "POST /takedowns",
    "POST /takedowns/{}/ack": "POST /takedowns/{}/acknowledged",
    "GET /takedowns/items/{}": "GET /takedowns/{}",
    "GET /takedowns/pictures/{}/{}": "GET /takedowns/items/{}/pictures/{}",
    "POST /users/{}/tokens/{}/revoke": "POST /tokens/{}/revoke",
    "GET /password": "POST /password",
}
LEFT_OUT = {
    "GET /",
    "GET /login",
    "POST /login",
    "POST /logout",
    "POST /lang",
    "POST /bulk/{}/turn",
}


def nameless(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "{}", path)


def of_pages() -> set[str]:
    return {f"{method} {nameless(way.path)}" for way in ways_of_pages() for method in way.methods}


def of_programs() -> set[str]:
    document = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))
    return {
        f"{method.upper()} {nameless(path.removeprefix('/api/v1'))}"
        for path, ways in document["paths"].items()
        for method in ways
    }


def test_what_a_page_shows_or_does_a_program_can_have_or_do() -> None:
    pages, programs = of_pages(), of_programs()
    assert set(OTHERWISE) | LEFT_OUT <= pages, "no page that is gone stands in the tables"
    wanted = {OTHERWISE.get(one, one) for one in pages - LEFT_OUT}
    assert sorted(wanted - programs) == []


def test_what_is_left_out_is_named_in_the_manual() -> None:
    manual = (ROOT / "docs" / "desk.md").read_text(encoding="utf-8")
    left_out = manual.split("Not in the API")[1].split("\n\n")[0]
    for path in {one.split()[1].replace("{}", "…") for one in LEFT_OUT} - {"/"}:
        assert f"`{path}`" in left_out, path
