"""The API against its own OpenAPI document: no server error, and answers as they are promised.

Schemathesis makes up requests, right and wrong ones, from the document that the desk serves, and
sends them to a desk under a real uvicorn. The same ones in every run.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode

from console.roles import Act
from storage.audit import verify
from storage.cases import claim, decide
from storage.database import open_database, upgrade
from storage.records import Snapshot
from storage.tokens import create_token
from tests.desk_server import served
from tests.desk_site import staff
from tests.makers import NOON, decision, flagged, judged, post, sha, sight
from tests.source_tree import ROOT

DOCUMENT = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))
OPERATIONS = [(method, path) for path, ways in DOCUMENT["paths"].items() for method in ways]
EXAMPLES = 15
WHO = "li"  # a reviewer and a second person in one: may do most


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
    with served(engine, home) as running:
        yield running
    assert verify(engine).broken is None, "the audit's chain holds after all that"
    engine.dispose()


@pytest.fixture(scope="module")
def contract(desk):
    return schemathesis.openapi.from_url(f"{desk.origin}/api/v1/openapi.json")


@pytest.fixture(scope="module")
def token(desk) -> str:
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
        case.call_and_validate(headers={"Authorization": f"Bearer {token}"})

    holds()
