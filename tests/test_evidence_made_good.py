"""What a later capture of the same page brought is no longer missing, and which it was is said."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import Engine

from door.evidence_run import Packed, package_case
from evidence.comparing import MOST_FACTS
from evidence.custody import captured
from evidence.digests import digests_of
from evidence.made_good import makes_good
from evidence.standalone import standalone
from evidence.verifier import examine
from evidence.verify_main import lines
from storage.captures import keep
from storage.database import write
from storage.records import Capture
from storage.snapshots import SnapshotStore
from tests.evidence_case import BY, CASE, FILES, Moody, a_case, capture, opened, proof, told
from tests.forging import alone, files_of, sealed, signed_anew
from tests.makers import NOON

WHOLE = dict.fromkeys(("warc", *FILES), "ok")
IN_PART = WHOLE | {"warc": "unfinished", "full_page": "busy"}
LATER = NOON + timedelta(hours=3)


@pytest.fixture
def kind() -> str:
    """One database is enough here; what is SQL is tested on both elsewhere."""
    return "sqlite"


@dataclass(frozen=True)
class Office:
    engine: Engine
    home: Path
    authority: Moody
    url: str

    @property
    def store(self) -> SnapshotStore:
        return SnapshotStore("", self.home)

    def take(
        self,
        number: int,
        hours: int,
        facts: Any = None,
        without: tuple[str, ...] = (),
        **other: Any,
    ) -> Capture:
        at = NOON + timedelta(hours=hours)
        made = capture(self.store, number, started_at=at, ended_at=at, **other)
        kept = tuple(one for one in made.artefacts if one.kind not in without)
        made = replace(made, artefacts=kept)
        if facts is not None:
            made = told(self.store, made, facts)
        with write(self.engine) as connection:
            keep(connection, made)
            captured(connection, made, at)
        return made

    def pack(self) -> Packed:
        parts = proof(self.engine, self.home, self.authority, self.url)
        return package_case(parts, CASE, self.home / "out", BY)


@pytest.fixture
def office(
    engine: Engine, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Office]:
    a_case(engine)
    authority = Moody(tmp_path_factory.mktemp("authority"))
    with authority.served() as url:
        yield Office(engine, tmp_path, authority, url)


def told_lacks(office: Office) -> set[tuple[str, str]]:
    return {(one.what, one.of.partition(" ")[0]) for one in office.pack().lacks}


def short(lacks: Any) -> set[tuple[str, str]]:
    return {(one.what, one.of.rpartition(" ")[2]) for one in lacks}


def test_a_page_taken_whole_later_makes_the_package_whole(office: Office) -> None:
    first, later = office.take(1, 0, parts=IN_PART), office.take(2, 3)
    made = office.pack()
    report = examine(made.path)
    assert (made.sealing.state, made.lacks, report.code) == ("sealed", (), 0)
    assert {(of, why, by) for _, of, why, by in report.made_good} == {
        (f"capture:{first.id} full_page", "busy", later.id),
        (f"capture:{first.id} warc", "unfinished", later.id),
    }
    said = [line for line in lines(report, english=False) if "已补齐" in line]
    assert len(said) == 2
    assert all(first.id in line and later.id in line for line in said)


def test_another_try_of_the_parts_makes_them_good_wherever_it_was_led(office: Office) -> None:
    first = office.take(1, 0, parts=IN_PART)
    again = office.take(2, 1, again_of=first.id, url="http://m.school.example/a")
    made = office.pack()
    assert (made.lacks, examine(made.path).code) == ((), 0)
    assert {one.made_good_by for one in made.made_good} == {again.id}


def test_the_first_that_has_the_part_whole_is_named(office: Office) -> None:
    office.take(1, 0, parts=IN_PART)
    second = office.take(2, 1, parts=WHOLE | {"warc": "unfinished"})
    third = office.take(3, 2)
    by: dict[str, set[str]] = {}
    for one in office.pack().made_good:
        by.setdefault(one.of.rpartition(" ")[2], set()).add(one.made_good_by)
    assert by == {"full_page": {second.id}, "warc": {third.id}}


def test_a_wall_is_made_good_by_the_page(office: Office) -> None:
    office.take(1, 0, parts=WHOLE | {"page": "captcha"})
    assert short(office.pack().lacks) == {("part", "page")}
    office.take(2, 1)
    made = office.pack()
    assert (made.lacks, examine(made.path).code) == ((), 0)


NO_HELP = {
    "of another page": {"url": "http://school.example/other"},
    "of a wall": {"parts": WHOLE | {"page": "login"}},
    "of nothing": {"final_url": "", "parts": dict.fromkeys(WHOLE, "unreachable"), "artefacts": ()},
    "of the same parts in part": {"parts": IN_PART},
}


@pytest.mark.parametrize("changes", NO_HELP.values(), ids=NO_HELP.keys())
def test_a_later_capture_that_did_not_bring_the_part_makes_nothing_good(
    office: Office, changes: dict[str, Any]
) -> None:
    office.take(1, 0, parts=IN_PART)
    office.take(2, 3, **changes)
    made = office.pack()
    assert {("limited", "warc"), ("limited", "full_page")} <= short(made.lacks)
    assert (made.made_good, examine(made.path).code) == ((), 4)


def test_an_earlier_capture_makes_nothing_good(office: Office) -> None:
    office.take(1, 0)
    office.take(2, 3, parts=IN_PART)
    assert short(office.pack().lacks) == {("limited", "warc"), ("limited", "full_page")}


@pytest.mark.parametrize(
    "facts",
    [
        {"page": {"state": "removed"}, "documents": [{"status": 200}]},
        {"page": {"state": ""}, "documents": [{"status": 404}]},
    ],
)
def test_a_page_that_was_gone_by_then_makes_nothing_good(office: Office, facts: Any) -> None:
    office.take(1, 0, parts=IN_PART)
    office.take(2, 3, facts)
    made = office.pack()
    assert (made.made_good, examine(made.path).code) == ((), 4)


@pytest.mark.parametrize("facts", [[], {"page": 1}, {"page": {}, "documents": {}}, 5, "x"])
def test_facts_that_cannot_be_read_stop_no_package_and_make_nothing_good(
    office: Office, facts: Any
) -> None:
    office.take(1, 0, parts=IN_PART)
    office.take(2, 3, facts)
    made = office.pack()
    assert (made.made_good, examine(made.path).code) == ((), 4)


def test_a_later_file_that_is_lost_makes_nothing_good(office: Office) -> None:
    office.take(1, 0, parts=IN_PART)
    lost = digests_of(b"\x89PNG never stored")
    at = LATER
    later = capture(office.store, 2, started_at=at, ended_at=at)
    artefacts = tuple(
        replace(one, sha256=lost.sha256) if one.kind == "full_page" else one
        for one in later.artefacts
    )
    with write(office.engine) as connection:
        keep(connection, replace(later, artefacts=artefacts))
    made = office.pack()
    assert {("file", "full_page"), ("limited", "full_page")} <= short(made.lacks)
    assert short(made.made_good) == {("limited", "warc")}
    assert examine(made.path).code == 4


# The page to read first.


def page_of(made: Packed) -> BeautifulSoup:
    return BeautifulSoup(opened(made.path)["evidence/overview.html"], "html.parser")


def test_what_is_there_and_not_whole_is_not_called_missing(office: Office) -> None:
    first = office.take(1, 0, parts=IN_PART)
    page = page_of(office.pack())
    assert "未取得" not in page.text
    assert "取到但不完整" in page.text
    assert "没有取到" not in page.text
    for word in ("unfinished", "busy", "full_page（", "warc（"):
        assert word not in page.text
    assert "全页截图（同一时间请求过多，有内容没有取）" in page.text
    table = next(one for one in page.find_all("table") if first.id in one.text)
    assert "取到了，但不完整" in table.text


def test_what_was_made_good_is_said_on_it_with_the_capture_that_did(office: Office) -> None:
    office.take(1, 0, parts=IN_PART)
    later = office.take(2, 3)
    page = page_of(office.pack())
    assert f"已补齐：后来的取证 {later.id} 取到了完整的这一部分" in page.text
    assert f"已由取证 {later.id[:12]} 补齐" in page.text


def test_what_is_really_lost_stands_on_it(office: Office) -> None:
    first = office.take(1, 0)
    sha256 = next(one.sha256 for one in first.artefacts if one.kind == "full_page")
    (office.home / "snapshots" / sha256[:2] / sha256[2:4] / sha256).write_bytes(b"\x89PNG fuII")
    page = page_of(office.pack())
    assert "存储中的文件缺失或被改动，没有放入" in page.text
    assert "文件缺失 file lost" in page.text


def test_that_there_is_no_capture_at_all_stands_on_it(office: Office) -> None:
    page = page_of(office.pack())
    assert "没有完整取证，只有巡查快照" in page.text


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"page": {"state": "removed"}, "documents": [{"status": 200}]}, "内容已删除"),
        ({"page": {"state": ""}, "documents": [{"status": 404}]}, "服务器答复 404"),
    ],
)
def test_a_page_that_was_gone_whenever_it_was_taken_is_said_to_be_gone(
    office: Office, facts: Any, why: str
) -> None:
    office.take(1, 0, facts)
    made = office.pack()
    report = examine(made.path)
    assert ([one.what for one in made.lacks], report.code) == (["original"], 4)
    said = "\n".join(lines(report, english=False))
    assert "取证时网页显示的不是所认定的内容" in said
    assert f"（取证 {made.lacks[0].of[8:]}：{why}）" in said


def test_a_page_that_was_taken_while_it_stood_may_be_gone_later(office: Office) -> None:
    office.take(1, 0)
    office.take(2, 3, {"page": {"state": "removed"}, "documents": [{"status": 404}]})
    assert examine(office.pack().path).code == 0


def test_a_failed_capture_shows_no_page(office: Office) -> None:
    gone = {"page": {"state": "removed"}, "documents": [{"status": 404}]}
    first = office.take(1, 0, gone)
    office.take(2, 3, final_url="", parts=dict.fromkeys(("warc", *FILES), "timeout"))
    assert ("original", f"capture:{first.id}") in told_lacks(office)


def test_another_try_that_was_gone_by_then_takes_nothing_from_the_first(office: Office) -> None:
    first = office.take(1, 0)
    gone = {"page": {"state": "removed"}, "documents": [{"status": 404}]}
    office.take(2, 3, gone, again_of=first.id, url="http://peixun.example/elsewhere")
    assert "original" not in {what for what, _ in told_lacks(office)}


def test_a_try_without_a_dom_cannot_tell_that_it_is_the_page(office: Office) -> None:
    office.take(1, 0, parts=IN_PART)
    facts = {"page": {"state": ""}, "documents": [{"status": 200}]}
    later = office.take(2, 3, facts, without=("dom",))
    assert later.parts["full_page"] == "ok"
    assert office.pack().made_good == ()


def test_a_part_that_is_cut_is_not_made_good_by_another_that_is_lost() -> None:
    first = {"url": "u", "id": "1", "again_of": "", "started_at": 1}
    whole = [{"kind": "full_page"}, {"kind": "text"}]
    later = first | {"id": "2", "final_url": "u", "artefacts": whole}
    later["parts"] = {"full_page": "ok", "text": "cut"}
    assert not makes_good(first, later, "page", {"text"})
    assert makes_good(first, later, "page", {"full_page"})


# What the verifier reads by itself, whatever the maker claims.


def claimed(office: Office, made: Packed, holder: str, by: str) -> bytes:
    """The package, signed and stamped anew, where each lack of `holder` names `by`."""

    def edit(manifest: Any) -> None:
        for row in manifest["missing"]:
            if row["of"].startswith("capture:") and row["what"] == "limited":
                row["of"] = row["of"].replace("capture:", holder)
                row["made_good_by"] = by

    key = proof(office.engine, office.home).ring.current()
    return sealed(signed_anew(files_of(made.path), key, office.authority, edit), key)


def judged(office: Office, data: bytes) -> tuple[int, int, str]:
    """What the house's verifier says and the one that a stranger runs, and both's words."""
    path = office.home / "EV.wacz"
    path.write_bytes(data)
    (office.home / "verify.py").write_bytes(standalone())
    ours, theirs = examine(path), alone(office.home, "EV.wacz", "--json")
    told = json.loads(theirs.stdout)
    assert [(one.name, one.result, one.zh) for one in ours.checks] == [
        (one["name"], one["result"], one["zh"]) for one in told["checks"]
    ]
    return ours.code, theirs.returncode, "\n".join(one.zh for one in ours.checks)


DENIED: dict[str, Any] = {
    "gone": {"page": {"state": ""}, "documents": [{"status": 404}]},
    "removed": {"page": {"state": "removed"}, "documents": [{"status": 200}]},
    "a wall": {"page": {"state": "blocked"}, "documents": [{"status": 200}]},
    "unreadable": [],
}


@pytest.mark.parametrize("facts", DENIED.values(), ids=DENIED.keys())
def test_what_a_captures_own_facts_deny_is_disproved_though_its_record_says_ok(
    office: Office, facts: Any
) -> None:
    office.take(1, 0, parts=IN_PART)
    later = office.take(2, 3, facts)
    made = office.pack()
    ours, theirs, words = judged(office, claimed(office, made, "capture:", later.id))
    assert (ours, theirs) == (1, 1)
    assert "没有这样补齐" in words


def test_facts_too_long_to_be_read_make_nothing_good_for_the_verifier_as_for_the_maker(
    office: Office,
) -> None:
    office.take(1, 0, parts=IN_PART)
    alive = {"page": {"state": "alive"}, "documents": [{"status": 200}], "x": "x" * MOST_FACTS}
    later = office.take(2, 3, alive)
    made = office.pack()
    assert made.made_good == ()
    assert judged(office, claimed(office, made, "capture:", later.id))[:2] == (1, 1)


@pytest.mark.parametrize("holder", ["capture:", "picture:", "", "another-capture:"])
def test_only_what_a_capture_lacks_can_be_made_good_by_another(office: Office, holder: str) -> None:
    office.take(1, 0, parts=IN_PART)
    later = office.take(2, 3)
    made = office.pack()
    data = claimed(office, made, holder, later.id)
    assert judged(office, data)[:2] == ((0, 0) if holder == "capture:" else (1, 1))
