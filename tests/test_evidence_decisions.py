"""What a package tells of decisions: a verdict only while it is in force, every second look."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import Engine, update

from door.evidence_run import package_case
from evidence.decisions import WITHHELD
from storage.bilingual import Problem
from storage.cases import decide, get_case
from storage.database import read, write
from storage.models import cases
from storage.packages import every_package
from storage.records import CaseStatus, Verdict
from storage.second import look
from storage.withdrawals import withdraw
from tests.evidence_case import BY, CASE, opened, proof, unsealed
from tests.makers import decision, flagged, sight

FIRST, SECOND, NOTE = "王初判", "孙复核", "证书编号不存在"
LOOK_NOTE = "编号查得到"
WORDS = {"violation", "违规"}


@pytest.fixture
def kind() -> str:
    """One database is enough here; what is SQL is tested on both elsewhere."""
    return "sqlite"


@pytest.fixture
def waiting(engine: Engine) -> Engine:
    sight(engine, flagged())
    decide(engine, decision(CASE, reason="C3-02", by=FIRST, note=NOTE))
    return engine


def second(engine: Engine, verdict: Verdict, reason: str) -> None:
    said = decision(CASE, verdict=verdict, reason=reason, by=SECOND, note=LOOK_NOTE)
    look(engine, said, get_case(engine, CASE).version)


class Told:
    """The package's own words for what was decided."""

    def __init__(self, engine: Engine, home: Path) -> None:
        made = unsealed(engine, home)
        self.files = opened(made.path)
        self.paper: Any = json.loads(self.files["evidence/decision.json"])
        self.missing = {one["what"] for one in self.manifest()["missing"]} - {"capture"}
        self.lacks = {one.what for one in made.lacks} - {"capture"}
        page = BeautifulSoup(self.files["evidence/overview.html"], "html.parser")
        self.page = page.text
        (told,) = [one for one in page.find_all("h2") if one.text.startswith("决定")]
        self.tables = []
        for one in told.find_next_siblings():
            if one.name == "h2":
                break
            if one.name == "table":
                self.tables.append({row.th.text: row.td.text for row in one.find_all("tr")})

    def manifest(self) -> Any:
        return json.loads(self.files["evidence/manifest.json"])

    def verdicts(self) -> list[str]:
        return [one["verdict"] for one in self.paper["decisions"]]


def test_a_decision_that_waits_is_said_to_wait_and_no_opinion_is_told(
    waiting: Engine, tmp_path: Path
) -> None:
    told = Told(waiting, tmp_path)
    assert told.paper["standing"]["state"] == "awaits_second"
    assert "尚待复核" in told.paper["standing"]["zh"]
    (row,) = told.paper["decisions"]
    assert (row["verdict"], row["reason"], row["note"]) == ("", "", "")
    assert (row["state"], row["by"]) == ("awaits_second", FIRST)
    assert told.missing == told.lacks == {"awaits_second"}
    assert "尚待复核" in told.page
    assert not WORDS & {value for table in told.tables for value in table.values()}
    for name in ("evidence/decision.json", "evidence/overview.html", "evidence/manifest.json"):
        text = told.files[name].decode()
        assert not [one for one in ("C3-02", NOTE, "violation", "结论 verdict") if one in text]


def opinions_in(told: Told, *more: str) -> list[str]:
    """Of verdict, reason and notes, what some paper of the package tells."""
    names = ("evidence/decision.json", "evidence/overview.html", "evidence/manifest.json")
    text = "".join(told.files[name].decode() for name in names)
    words = ("C3-02", NOTE, LOOK_NOTE, '"violation"', '"clean"', "NEWS", "结论 verdict", *more)
    return [one for one in words if one in text]


def test_a_decision_turned_down_tells_no_opinion_while_two_must_still_agree(
    waiting: Engine, tmp_path: Path
) -> None:
    second(waiting, Verdict.CLEAN, "NEWS")
    told = Told(waiting, tmp_path)
    assert told.paper["standing"]["state"] == "turned_down"
    (row,) = told.paper["decisions"]
    assert (row["state"], row["verdict"], row["by"]) == ("turned_down", "", FIRST)
    assert (row["withheld"], "was" in row) == ("awaits_second", False)
    (seen,) = told.paper["second_looks"]
    assert (seen["decision"], seen["by"], seen["upheld"]) == (row["id"], SECOND, False)
    assert (seen["verdict"], seen["reason"], seen["note"]) == ("", "", "")
    assert seen["at"] == "2026-11-23T04:00:00.000000Z"
    assert told.missing == told.lacks == {"turned_down"}
    assert opinions_in(told, "当时的意见", "复核人的意见") == []
    assert WITHHELD.zh in told.page
    first, after = told.tables
    assert "没有同意" in first["状态 state"]
    assert (after["复核人 by"], after["是否同意 upheld"]) == (SECOND, "不同意 did not agree")


def test_a_decision_taken_back_tells_no_opinion_while_two_must_still_agree(
    waiting: Engine, tmp_path: Path
) -> None:
    withdraw(waiting, CASE, get_case(waiting, CASE).decisions[-1][0], FIRST)
    told = Told(waiting, tmp_path)
    assert told.paper["standing"]["state"] == "withdrawn"
    assert told.verdicts() == ["", ""]
    assert not [one for one in told.paper["decisions"] if "was" in one or one["reason"]]
    assert opinions_in(told, "当时的意见") == []
    assert WITHHELD.zh in told.page


def test_a_decision_turned_down_is_no_verdict_and_stands_beside_the_second_look_once_two_agree(
    waiting: Engine, tmp_path: Path
) -> None:
    second(waiting, Verdict.CLEAN, "NEWS")
    decide(waiting, decision(CASE, Verdict.CLEAN, by=FIRST))
    second(waiting, Verdict.CLEAN, "NEWS")
    told = Told(waiting, tmp_path)
    row, later = told.paper["decisions"]
    assert (later["state"], later["verdict"]) == ("confirmed", "clean")
    assert (row["state"], row["verdict"]) == ("turned_down", "")
    assert row["was"] == {"verdict": "violation", "reason": "C3-02", "note": NOTE}
    seen, _ = told.paper["second_looks"]
    assert (seen["decision"], seen["by"], seen["upheld"]) == (row["id"], SECOND, False)
    assert (seen["verdict"], seen["reason"], seen["note"]) == ("clean", "NEWS", LOOK_NOTE)
    assert told.missing == set()
    first, after, *_ = told.tables
    assert "结论 verdict" not in first
    assert "没有同意" in first["状态 state"]
    assert (after["复核人 by"], after["是否同意 upheld"]) == (SECOND, "不同意 did not agree")
    assert "不违规" in after["复核人的意见 opinion"]
    assert WITHHELD.zh not in told.page


def test_a_confirmed_decision_names_the_second_person(waiting: Engine, tmp_path: Path) -> None:
    second(waiting, Verdict.VIOLATION, "C3-06")
    told = Told(waiting, tmp_path)
    (row,) = told.paper["decisions"]
    assert (row["state"], row["verdict"], row["reason"]) == ("confirmed", "violation", "C3-02")
    (seen,) = told.paper["second_looks"]
    assert (seen["by"], seen["verdict"], seen["upheld"]) == (SECOND, "violation", True)
    assert told.missing == set()
    first, after = told.tables
    assert "违规" in first["结论 verdict"]
    assert "已经第二人复核同意" in first["状态 state"]
    assert (after["复核人 by"], after["是否同意 upheld"]) == (SECOND, "同意 agreed")


def test_while_a_later_decision_waits_no_earlier_opinion_is_told_either(
    waiting: Engine, tmp_path: Path
) -> None:
    second(waiting, Verdict.VIOLATION, "C3-02")
    number, _ = get_case(waiting, CASE).decisions[-1]
    decide(waiting, decision(CASE, Verdict.CLEAN, by=FIRST, supersedes=number))
    told = Told(waiting, tmp_path)
    assert told.verdicts() == ["", ""]
    assert [one["verdict"] for one in told.paper["second_looks"]] == [""]
    assert SECOND in told.page
    assert told.missing == {"awaits_second"}
    assert not [one for one in ("violation", "clean", "NEWS") if one in json.dumps(told.paper)]


def test_a_withdrawn_or_superseded_decision_is_no_verdict(engine: Engine, tmp_path: Path) -> None:
    sight(engine, flagged())
    first = decide(engine, decision(CASE, by=FIRST))
    later = decide(engine, decision(CASE, Verdict.CLEAN, by=FIRST, supersedes=first))
    told = Told(engine, tmp_path)
    assert told.verdicts() == ["", "clean"]
    assert told.paper["decisions"][0]["state"] == "superseded"
    assert told.missing == set()
    withdraw(engine, CASE, later, FIRST)
    told = Told(engine, tmp_path)
    assert told.verdicts() == ["", "", ""]
    states = [one["state"] for one in told.paper["decisions"]]
    assert states == ["superseded", "withdrawn", "withdrawal"]
    assert told.missing == {"withdrawn"}


def test_a_case_opened_again_has_no_decision_in_force(engine: Engine, tmp_path: Path) -> None:
    sight(engine, flagged())
    decide(engine, decision(CASE, by=FIRST))
    with write(engine) as connection:
        reopened = update(cases).where(cases.c.id == CASE)
        connection.execute(reopened.values(status=CaseStatus.WAITING.value, reopened=1))
    told = Told(engine, tmp_path)
    assert told.verdicts() == [""]
    assert told.paper["decisions"][0]["state"] == "reopened"
    assert told.missing == {"reopened"}
    assert "重新打开" in told.page


def test_a_decision_that_changes_while_the_package_is_made_leaves_none(
    engine: Engine, tmp_path: Path
) -> None:
    sight(engine, flagged())
    first = decide(engine, decision(CASE, by=FIRST))

    def meanwhile() -> None:
        decide(engine, decision(CASE, reason="C3-02", by=FIRST, supersedes=first))

    with pytest.raises(Problem, match="changed while"):
        package_case(proof(engine, tmp_path), CASE, tmp_path / "out", BY, meanwhile)
    assert list(tmp_path.glob("out/*")) == []
    with read(engine) as connection:
        assert every_package(connection) == []
