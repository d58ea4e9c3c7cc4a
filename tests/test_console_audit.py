"""The audit at the desk: found by filters, page by page, verified; blind where a case waits."""

from __future__ import annotations

import ast
import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from console.audit_words import ACTS
from storage.audit import lines, note
from storage.audit_pages import ROWS, Wanted, audit_page
from storage.cases import decide
from storage.columns import utc_now
from storage.database import write
from storage.records import Verdict
from storage.second import look
from storage.users import Role, add_user, set_roles
from tests.desk_lookups import tooled_desk
from tests.desk_site import PASSWORD, Browser, staff
from tests.makers import decision, flagged, post, sight

ROOT = Path(__file__).parents[1]

ROW = re.compile(r"<tr><td class=\"n\"[^>]*>(\d+)</td>.*?</tr>", re.DOTALL)


@pytest.fixture
def desk(engine: Engine, tmp_path):
    staff(engine)
    return tooled_desk(engine, tmp_path)


def row_of(page: str, act: str) -> str:
    return next(found[0] for found in ROW.finditer(page) if act in found[0])


def test_lines_are_found_by_who_what_about_and_day(desk) -> None:
    for n in range(3):
        note(desk.engine, "wang", "case.read", f"case:{n}")
    note(desk.engine, "li", "contacts.seen", "case:2", {"why": "核对"})
    sun = Browser(desk).log_in("sun")
    today = utc_now().strftime("%Y-%m-%d")
    for query, there, absent in (
        ("actor=wang", "查看案件</td>", "查看联系方式</td>"),
        ("actor=%EF%BC%B7ANG", "查看案件</td>", "查看联系方式</td>"),
        ("act=contacts.seen", "查看联系方式</td>", "查看案件</td>"),
        ("act=case", "查看案件</td>", "查看联系方式</td>"),
        ("about=case:2", "查看联系方式</td>", "案件 1<"),
        ("about=case", "案件 1<", "账号 sun"),
        ("until=2020-01-01", "没有这样的记录", "查看案件</td>"),
        (f"since={today}&until={today}&actor=wang", "", "账号 sun"),
        ("about=case%25", "没有这样的记录", "查看案件</td>"),
    ):
        page = sun.get(f"/audit?{query}").text.split("<tbody>")[1]
        assert (there in page, absent in page) == (True, False), query
    assert sun.get("/audit?since=yesterday").status_code == 409
    assert sun.get("/audit?below=x").status_code == 409


def test_pages_hold_every_line_once_the_newest_first(engine: Engine) -> None:
    for n in range(2 * ROWS + 7):
        note(engine, "wang", "case.read", f"case:{n}")
    seen, below = [], 0
    while True:
        found = audit_page(engine, Wanted(actor="wang"), below)
        seen += [line.number for line in found.lines]
        note(engine, "wang", "case.read", "case:1")  # what comes meanwhile moves nothing
        below = found.further
        if not below:
            break
    assert seen == list(range(2 * ROWS + 7, 0, -1))


def test_reading_the_audit_is_in_the_audit_once_a_look(desk) -> None:
    sun = Browser(desk).log_in("sun")
    sun.get("/audit?act=login")
    sun.get("/audit?act=login&below=2")
    told = [line.detail for line in lines(desk.engine) if line.act == "audit.read"]
    assert told == ['{"filters":{"act":"login"}}']
    sun.get("/audit?act=login&below=999999")  # which begins at the end, as the first page does
    assert [line.act for line in lines(desk.engine)].count("audit.read") == 2


def test_personal_data_are_masked(desk) -> None:
    note(desk.engine, "wang", "contacts.seen", "case:1", {"why": "当事人 13800000001 来电"})
    note(desk.engine, "13800000002", "login.failed", "user:13800000002", {"address": "10.1.2.34"})
    note(desk.engine, "x", "login", "user:x", {"address": "2001:db8:aa:bb::7"})
    note(desk.engine, "x", "odd.act", "odd:1", {"deep": {"a": ["13800000003"]}})
    page = Browser(desk).log_in("sun").get("/audit").text
    for secret in ("13800000001", "13800000002", "13800000003", "10.1.2.34", "aa:bb::7"):
        assert secret not in page
    assert "10.1.2.*" in page
    assert "2001:db8:*" in page


def test_nothing_of_a_waiting_decision_is_learned_from_the_audit(desk) -> None:
    """Somebody who is second person and auditor in one would read the first opinion here."""
    set_roles(desk.engine, "sun", [Role.AUDITOR, Role.SECOND], "admin")
    engine = desk.engine
    for n in (1, 2):
        sight(engine, flagged(post(f"http://a{n}.example/"), seed=n))
    decide(engine, decision(1, Verdict.TRANSFER, reason="POLICE", by="wang", note="有假章"))
    decide(engine, decision(2, Verdict.VIOLATION, reason="B4-02", by="wang"))
    sun = Browser(desk).log_in("sun")
    hashes = {line.about: line.hash for line in lines(engine) if line.act == "case.decide"}
    for path in ("/audit", "/audit?about=case:1", "/audit?act=case.decide", "/audit?actor=wang"):
        page = sun.get(path).text
        row = row_of(page, "案件 1<")
        assert "待另一人独立复核" in row
        assert not re.search(r"转办|POLICE|公安|假章|transfer", row), path
        assert hashes["case:1"][:12] not in page, "a short detail could be guessed from its hash"
    assert "B4-02" in row_of(sun.get("/audit?about=case:2").text, "案件 2<")
    whole = sun.post("/audit/verify").text
    assert hashes["case:1"] not in whole
    look(engine, decision(1, Verdict.TRANSFER, reason="POLICE", by="sun"))
    row = row_of(sun.get("/audit?about=case:1&act=case.decide").text, "案件 1<")
    assert "转办" in row
    assert "公安机关" in row
    assert "POLICE" not in row
    assert hashes["case:1"][:12] in row


def test_an_earlier_opinion_of_a_case_that_waits_again_is_withheld_too(desk) -> None:
    engine = desk.engine
    sight(engine, flagged())
    decide(engine, decision(1, Verdict.TRANSFER, reason="POLICE", by="wang"))
    look(engine, decision(1, Verdict.CLEAN, reason="WARNING", by="zhao"))
    decide(engine, decision(1, Verdict.TRANSFER, reason="POLICE", by="wang", supersedes=1))
    page = Browser(desk).log_in("sun").get("/audit?about=case:1").text.split("<tbody>")[1]
    assert page.count("待另一人独立复核") == 3
    assert "WARNING" not in page


def test_an_act_unknown_to_this_page_is_withheld_as_well_while_its_case_waits(engine) -> None:
    """Bulk, drafts and exports tell of decisions in lines of their own."""
    sight(engine, flagged())
    decide(engine, decision(1, Verdict.TRANSFER, reason="POLICE", by="wang"))
    note(engine, "wang", "case.bulk", "", {"cases": [1, 7], "verdict": "transfer"})
    note(engine, "wang", "case.bulk", "batch:3", {"verdict": "transfer"})
    note(engine, "wang", "draft.made", "case:1", {"to": "police"})
    note(engine, "wang", "case.bulk", "", {"cases": [7], "verdict": "clean"})
    shown = {line.number: line for line in audit_page(engine, Wanted()).lines}
    last = max(shown)
    assert [shown[n].withheld for n in range(last - 3, last + 1)] == [True, True, True, False]


def test_the_chain_is_verified_by_a_button(desk) -> None:
    sun = Browser(desk).log_in("sun")
    sun.get("/audit")
    answer = sun.post("/audit/verify")
    assert "审计记录完好" in answer.text
    head = re.search(r'id="head">([0-9a-f]{64})<', answer.text)[1]
    assert head in {line.hash for line in lines(desk.engine)}
    assert "其中有您给出的哈希" in sun.post("/audit/verify", {"head": f" {head.upper()} "}).text
    assert "末尾可能被截掉" in sun.post("/audit/verify", {"head": "0" * 64}).text
    assert [line.act for line in lines(desk.engine)].count("audit.verify") == 3


def test_a_line_that_was_changed_is_named_and_that_is_kept(desk) -> None:
    sun = Browser(desk).log_in("sun")
    sun.get("/audit")
    note(desk.engine, "wang", "case.read", "case:1")
    with write(desk.engine) as connection:
        if desk.engine.dialect.name == "sqlite":
            connection.execute(text("DROP TRIGGER audit_no_update"))
        else:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(
            text("UPDATE audit SET detail = :broken WHERE id = 2"), {"broken": '{"a":'}
        )
    answer = sun.post("/audit/verify")
    assert answer.status_code == 200
    assert "审计记录在第 2 行断裂：内容被改动。前 1 行完好" in answer.text
    assert list(lines(desk.engine))[-1].act == "audit.broken"


def test_an_auditor_changes_nothing_else(desk) -> None:
    sun = Browser(desk).log_in("sun")
    for path in ("/users/wang/lock", "/blacklist", "/directory/import", "/sweeps/start"):
        assert sun.post(path).status_code == 403
    add_user(desk.engine, "late", "", [Role.AUDITOR], "admin")
    assert Browser(desk).post("/login", {"login": "late", "password": PASSWORD}).status_code == 401
    assert utc_now() - next(iter(lines(desk.engine))).at < timedelta(minutes=5)


def recorded_acts() -> set[str]:
    """Third argument of every call of `record`, and what `act` is by default."""
    found: set[str] = set()
    for path in [
        file for room in ("storage", "console", "door") for file in (ROOT / room).rglob("*.py")
    ]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"record", "note"}:
                found |= {one.value for one in node.args if act_like(one)}
    return found


def act_like(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and bool(
        re.fullmatch(r"[a-z]+\.[a-z]+|login|logout", str(node.value))
    )


def test_every_act_that_is_recorded_has_chinese_words() -> None:
    acts = recorded_acts()
    assert len(acts) > 10
    assert [act for act in sorted(acts) if act not in ACTS] == []
