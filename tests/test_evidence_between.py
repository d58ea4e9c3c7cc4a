"""A case that changes while its package is made: nothing is signed of what is not so any more."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import Engine

import door.evidence_run as making
from door.evidence_run import package_case
from storage.bilingual import Problem
from storage.cases import decide, get_case, split
from storage.database import read
from storage.packages import every_package
from storage.records import CaseStatus, Verdict
from tests.evidence_case import BY, CASE, opened, proof
from tests.makers import decision, flagged, post, sight

SOON = 0.7  # seconds in which a decision that waits for nobody is long made


def overturn(engine: Engine) -> None:
    number, _ = get_case(engine, CASE).decisions[-1]
    decide(engine, decision(CASE, Verdict.CLEAN, supersedes=number))


def take_out(engine: Engine) -> None:
    split(engine, CASE, [get_case(engine, CASE).posts[-1].row], "李审核")


def before(monkeypatch: pytest.MonkeyPatch, name: str, act: Callable[[], object]) -> None:
    """Let something happen right before a step of the maker."""
    step = getattr(making, name)

    def first(*given: Any) -> Any:
        act()
        return step(*given)

    monkeypatch.setattr(making, name, first)


@pytest.mark.parametrize("change", [overturn, take_out])
def test_what_changes_right_before_the_signing_leaves_no_package(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[..., None]
) -> None:
    sight(engine, flagged())
    sight(engine, flagged(post("http://school.example/b")))
    decide(engine, decision(CASE))
    before(monkeypatch, "roll_captures", lambda: change(engine))
    with pytest.raises(Problem, match="changed while"):
        package_case(proof(engine, tmp_path), CASE, tmp_path / "out", BY)
    assert list(tmp_path.glob("out/*")) == []
    with read(engine) as connection:
        assert every_package(connection) == []


def test_a_decision_during_the_signing_waits_and_is_later_than_the_package(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sight(engine, flagged())
    decide(engine, decision(CASE))
    deciding = Thread(target=overturn, args=(engine,))
    waited: list[bool] = []

    def meanwhile() -> None:
        deciding.start()
        deciding.join(SOON)
        waited.append(deciding.is_alive())

    before(monkeypatch, "rotations_told", meanwhile)
    made = package_case(proof(engine, tmp_path), CASE, tmp_path / "out", BY)
    deciding.join()
    assert waited == [True]
    assert b'"verdict":"violation"' in opened(made.path)["evidence/decision.json"]
    assert get_case(engine, CASE).status is CaseStatus.DECIDED
    assert get_case(engine, CASE).decisions[-1][1].verdict is Verdict.CLEAN
