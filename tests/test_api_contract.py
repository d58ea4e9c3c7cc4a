"""The API against its own OpenAPI document: no server error, and answers as they are promised.

Schemathesis makes up requests, right and wrong ones, from the document that the desk serves, and
sends them to a desk under a real uvicorn. The same ones in every run.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode

from console.desk import Desk
from console.roles import Act
from door.export_jobs import run_waiting
from storage.audit import verify
from storage.blacklist import Listing, list_subjects
from storage.cases import claim, decide
from storage.columns import utc_now
from storage.database import open_database, upgrade
from storage.export_jobs import Order, place_order
from storage.records import Snapshot
from storage.sweeps import record_failed_start
from storage.takedown_acts import Sending, approve, record_sent
from storage.takedown_drafting import Wanted, draft_all
from storage.tokens import create_token
from storage.users import Role
from tests.desk_after import shop
from tests.desk_lookups import filing, some_edition, tools_for
from tests.desk_server import served
from tests.desk_site import somebody, staff
from tests.makers import NOON, decision, flagged, judged, post, sha, sight
from tests.source_tree import ROOT

DOCUMENT = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))
OPERATIONS = [(method, path) for path, ways in DOCUMENT["paths"].items() for method in ways]
EXAMPLES = 15
DAY = date(2026, 3, 1)
NO_HTTP = b"Invalid HTTP request received."
WHO = "zhou"  # in every role at once: refused by nothing but the rules themselves


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    home = tmp_path_factory.mktemp("contract")
    engine = open_database("", home)
    upgrade(engine)
    staff(engine)
    for n in range(1, 8):
        proof = Snapshot(
            sha256=sha(str(n)),
            kind="screenshot",
            size=10,
            captured_at=NOON,
            url="http://x.example/",
        )
        seen = post(f"http://school{n}.example/a", region="河南")
        sight(engine, flagged(seen, seed=n, judgement=judged(score=0.9), snapshots=(proof,)))
    claim(engine, 2, "wang")
    decide(engine, decision(3))
    somebody(engine, WHO, tuple(Role))
    some_edition(engine, [filing("郑州职业培训学校"), filing("开封技工学校")])
    listing = Listing(
        kind="host",
        value="sham.example",
        reason="r",
        legal_basis="《广告法》第二十八条",
        starts=DAY,
    )
    list_subjects(engine, [listing], "admin", utc_now())
    with served(engine, home, tools=tools_for(engine, home)) as running:
        after_the_decision(running)
        yield running
    assert verify(engine).broken is None, "the audit's chain holds after all that"
    engine.dispose()


def after_the_decision(desk: Desk) -> None:
    """A request that was sent, a file that was made, a job that waits, a sweep that is over."""
    draft_all(desk.engine, Wanted(by="wang", at=utc_now()), desk.recipient_of)
    approve(desk.engine, 1, "qian", utc_now())
    now = utc_now()
    sending = Sending(by="wang", at=now, now=now, letter_no="某网信函〔2026〕7号")
    record_sent(desk.engine, 1, sending)
    place_order(desk.engine, Order(kind="list", form="csv"), "wang")
    run_waiting(shop(desk), "test")
    place_order(desk.engine, Order(kind="brief"), "wang")
    record_failed_start(desk.engine, ["sweep"], now, "没有目标")


@pytest.fixture(scope="module")
def contract(desk):
    return schemathesis.openapi.from_url(f"{desk.origin}/api/v1/openapi.json")


@pytest.fixture
def token(desk) -> str:
    """A new one each time: among what is made up are revocations of tokens."""
    return create_token(desk.engine, WHO, "契约", [act.value for act in Act], "test")


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_no_request_makes_it_fail_and_every_answer_is_as_promised(
    contract, token: str, method: str, path: str, mode: GenerationMode
) -> None:
    operation = contract[path][method.upper()]

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def holds(case: schemathesis.Case) -> None:
        answer = case.call(headers={"Authorization": f"Bearer {token}"})
        if answer.status_code == 400 and answer.content == NO_HTTP:
            return  # made-up headers that are no HTTP: the server's words, before any of ours
        case.validate_response(answer)

    holds()
