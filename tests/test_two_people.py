"""What two people settled only two people change, by whichever way the case is open again."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Engine, insert, select, text, update
from sqlalchemy.exc import DatabaseError

from storage.audit import lines
from storage.bilingual import Problem
from storage.cases import claim, decide, get_case, release, split
from storage.database import migration_config, open_database, read, upgrade, write
from storage.models import case_posts, cases, decisions, posts
from storage.models_desk import second_looks
from storage.records import CaseStatus, Verdict
from storage.second import look
from storage.users import Role, add_user, disable_user, first_admin
from storage.withdrawals import withdraw
from tests.desk_site import Browser, field, make_desk, staff
from tests.makers import NOON, decision, flagged, post, sight

TWO = (flagged(post("http://one.example/a")), flagged(post("http://two.example/b")))


def forged(by: str = "王审核", **changes: object):
    return decision(1, reason="C3-06", by=by, **changes)


@pytest.fixture
def confirmed(engine: Engine) -> Engine:
    """One case of two posts, a forgery by 王审核, confirmed by 赵复核."""
    sight(engine, *TWO)
    decide(engine, forged())
    look(engine, forged("赵复核"))
    return engine


def newest(engine: Engine, case_id: int = 1) -> int:
    return get_case(engine, case_id).decisions[-1][0]


def acquitted_alone(engine: Engine, case_id: int = 1, by: str = "李审核") -> bool:
    decide(engine, decision(case_id, Verdict.CLEAN, by=by))
    case = get_case(engine, case_id)
    assert case.status is CaseStatus.DECIDED
    return not case.awaits_second


def superseded_and_undone(engine: Engine) -> None:
    decide(engine, decision(1, Verdict.DOUBT, by="李审核", supersedes=newest(engine)))
    withdraw(engine, 1, newest(engine), "李审核")


def reopened_by_a_sweep(engine: Engine) -> None:
    sight(engine, flagged(post("http://other.example/c")))
    assert get_case(engine, 1).status is CaseStatus.WAITING


def superseded_and_reopened(engine: Engine) -> None:
    decide(engine, decision(1, Verdict.DOUBT, by="李审核", supersedes=newest(engine)))
    reopened_by_a_sweep(engine)


def superseded_and_refused(engine: Engine) -> None:
    decide(engine, decision(1, Verdict.DOUBT, by="钱审核", supersedes=newest(engine)))
    assert look(engine, decision(1, by="赵复核")) is False


@pytest.mark.parametrize(
    "opened",
    [
        superseded_and_undone,
        reopened_by_a_sweep,
        superseded_and_reopened,
        superseded_and_refused,
    ],
)
def test_nobody_acquits_alone_what_two_have_confirmed(
    confirmed: Engine, opened: Callable[[Engine], None]
) -> None:
    opened(confirmed)
    assert not acquitted_alone(confirmed)
    assert look(confirmed, decision(1, Verdict.CLEAN, by="赵复核")) is True
    assert get_case(confirmed, 1).status is CaseStatus.APPROVED


def test_nobody_puts_something_lesser_in_place_of_their_own_waiting_decision(
    engine: Engine,
) -> None:
    sight(engine, *TWO)
    number = decide(engine, forged())
    withdraw(engine, 1, number, "王审核")
    assert not acquitted_alone(engine, by="王审核")


def test_a_waiting_decision_that_a_sweep_reopened_is_not_replaced_by_one_person(
    engine: Engine,
) -> None:
    sight(engine, *TWO)
    decide(engine, forged())
    reopened_by_a_sweep(engine)
    assert not acquitted_alone(engine, by="王审核")


def test_two_who_agree_change_what_two_have_confirmed(confirmed: Engine) -> None:
    number = newest(confirmed)
    decide(confirmed, decision(1, Verdict.CLEAN, by="李审核", supersedes=number))
    assert look(confirmed, decision(1, Verdict.CLEAN, by="赵复核")) is True


def test_what_was_never_sent_to_a_second_person_stays_one_persons(engine: Engine) -> None:
    sight(engine, *TWO)
    number = decide(engine, decision(1, by="王审核"))
    withdraw(engine, 1, number, "王审核")
    assert acquitted_alone(engine, by="王审核")


# --- splitting ------------------------------------------------------------------------------------


def rows(engine: Engine, case_id: int = 1) -> list[int]:
    return [one.row for one in get_case(engine, case_id).posts]


def test_nobody_splits_what_two_have_confirmed_or_what_waits_for_the_second(
    engine: Engine,
) -> None:
    sight(engine, *TWO)
    out = rows(engine)[1:]
    decide(engine, forged())
    with pytest.raises(Problem, match="cannot simply be split"):
        split(engine, 1, out, "李审核")
    look(engine, forged("赵复核"))
    with pytest.raises(Problem, match="cannot simply be split"):
        split(engine, 1, out, "李审核")
    assert len(rows(engine)) == 2


def test_posts_that_leave_a_confirmed_case_with_a_decision_still_need_two(
    confirmed: Engine,
) -> None:
    out = rows(confirmed)[1]
    decide(confirmed, forged("李审核", supersedes=newest(confirmed)), leaving=[out])
    assert get_case(confirmed, 1).awaits_second
    assert not acquitted_alone(confirmed, 2)


def test_posts_split_out_of_a_confirmed_case_that_a_sweep_reopened_still_need_two(
    confirmed: Engine,
) -> None:
    reopened_by_a_sweep(confirmed)
    new = split(confirmed, 1, rows(confirmed)[1:], "李审核")
    further = split(confirmed, new, rows(confirmed, new)[1:], "李审核")
    assert not acquitted_alone(confirmed, new)
    assert not acquitted_alone(confirmed, further)


def test_nobody_splits_a_case_in_anothers_hands_or_one_that_has_changed(engine: Engine) -> None:
    sight(engine, *TWO)
    out, shown = rows(engine)[1:], get_case(engine, 1).version
    claim(engine, 1, "王审核")
    with pytest.raises(Problem, match="with 王审核"):
        split(engine, 1, out, "李审核")
    with pytest.raises(Problem, match="has changed"):
        split(engine, 1, out, "王审核", shown)
    assert split(engine, 1, out, "王审核", shown + 1) == 2


def test_the_page_of_a_confirmed_case_takes_posts_out_with_a_new_decision(
    confirmed: Engine, tmp_path: Path
) -> None:
    staff(confirmed)
    wang = Browser(make_desk(confirmed, tmp_path)).log_in("wang")
    page = wang.get("/cases/1")
    assert len(re.findall(r'name="member" value="\d+"', page.text)) == 2
    inside, out = rows(confirmed)
    form = {
        "version": field(page, "version"),
        "supersedes": field(page, "supersedes"),
        "filters": "",
        "verdict": "violation",
        "reason": "B4-02",
        "shown": [str(inside), str(out)],
        "member": str(inside),
    }
    assert wang.post("/cases/1/decide", form).status_code == 303
    assert (rows(confirmed), rows(confirmed, 2)) == ([inside], [out])
    assert get_case(confirmed, 1).awaits_second


# --- leases ---------------------------------------------------------------------------------------


def test_naming_the_last_decision_takes_no_case_out_of_anothers_hands(engine: Engine) -> None:
    sight(engine, *TWO)
    number = decide(engine, decision(1, by="王审核"))
    withdraw(engine, 1, number, "王审核")
    with pytest.raises(Problem, match="with 王审核"):
        decide(engine, decision(1, Verdict.CLEAN, by="李审核", supersedes=newest(engine)))
    decide(engine, decision(1, Verdict.CLEAN, by="王审核", supersedes=newest(engine)))


def test_who_takes_a_case_and_who_gives_it_back_is_told_by_the_audit(engine: Engine) -> None:
    sight(engine, *TWO)
    claim(engine, 1, "王审核")
    claim(engine, 1, "王审核")  # renewed: no second line
    release(engine, 1, "李审核")
    claim(engine, 1, "李审核")
    told = [(one.actor, one.act, one.detail) for one in lines(engine) if one.about == "case:1"]
    assert told == [
        ("王审核", "case.claim", "{}"),
        ("李审核", "case.release", '{"held":"王审核"}'),
        ("李审核", "case.claim", "{}"),
    ]


# --- the database keeps the promise by itself -----------------------------------------------------


def by_hand(engine: Engine, statement: object) -> None:
    with write(engine) as connection:
        connection.execute(statement)


def test_no_statement_takes_the_mark_that_two_people_are_needed(confirmed: Engine) -> None:
    with pytest.raises(DatabaseError, match="needs two people"):
        by_hand(confirmed, update(cases).values(needs_two=False))


def test_no_statement_settles_alone_what_needs_two(confirmed: Engine) -> None:
    by_hand(confirmed, update(cases).values(status="waiting", awaits_second=False))
    with pytest.raises(DatabaseError, match="waits for a second person"):
        by_hand(confirmed, update(cases).values(status="decided"))


def test_the_mark_is_set_by_the_database_whoever_forgets_it(engine: Engine) -> None:
    sight(engine, *TWO)
    by_hand(engine, update(cases).values(status="decided", awaits_second=True))
    with read(engine) as connection:
        assert connection.execute(select(cases.c.needs_two)).scalar_one()


def test_a_case_made_by_hand_of_posts_split_from_a_marked_one_is_marked(
    confirmed: Engine,
) -> None:
    out = rows(confirmed)[1]
    kept = {"priority": 1, "platform": "web", "title": "", "opened_at": NOON, "updated_at": NOON}
    by_hand(confirmed, update(case_posts).where(case_posts.c.post_row == out).values(split=True))
    by_hand(confirmed, insert(cases).values(id=9, status="waiting", version=1, **kept))
    by_hand(confirmed, insert(case_posts).values(case_id=9, post_row=out, joined_at=NOON))
    with read(confirmed) as connection:
        marked = connection.execute(select(cases.c.needs_two).where(cases.c.id == 9))
        assert marked.scalar_one()


# --- one human with two accounts ------------------------------------------------------------------


def test_two_accounts_of_one_name_never_confirm_each_other(engine: Engine) -> None:
    sight(engine, *TWO)
    first_admin(engine)
    add_user(engine, "zhang.old", "张三", [Role.REVIEWER], "admin")
    add_user(engine, "zs", "张三", [Role.SECOND], "admin")
    add_user(engine, "li", "李四", [Role.SECOND], "admin")
    decide(engine, forged("zhang.old"))
    for name in ("zs", "张三"):
        with pytest.raises(Problem, match="yourself"):
            look(engine, forged(name))
    disable_user(engine, "zhang.old", "admin")
    with pytest.raises(Problem, match="yourself"):
        look(engine, forged("zs"))
    with pytest.raises(DatabaseError, match="another account"):
        by_hand(engine, insert(second_looks).values(own_look()))
    assert look(engine, forged("li")) is True


def own_look() -> dict[str, object]:
    return {
        "decision_id": 1,
        "case_id": 1,
        "verdict": "violation",
        "reason": "C3-06",
        "policy": "1",
        "note": "",
        "looked_by": "zs",
        "looked_at": NOON,
        "upheld": True,
    }


# --- the order of the audit -----------------------------------------------------------------------


@pytest.mark.parametrize("number", [0, -7, 1, 99])
def test_no_line_of_the_audit_gets_in_out_of_order(confirmed: Engine, number: int) -> None:
    forged_line = text(
        "INSERT INTO audit (id, at, actor, act, about, detail, previous, hash) "
        "SELECT :number, at, actor, act, about, detail, previous, :hash FROM audit WHERE id = 2"
    )
    with pytest.raises(DatabaseError, match="append-only"):
        by_hand(confirmed, forged_line.bindparams(number=number, hash=f"{number}"))


# --- what was decided before the mark was there ---------------------------------------------------

OLD = (
    "INSERT INTO cases (id, status, priority, platform, title, opened_at, updated_at, version, "
    "reopened, claimed_by, decision_id, awaits_second, clauses, region, score, members) "
    "VALUES ({id}, '{status}', 1, 'web', '', '{at}', '{at}', 1, 0, '', NULL, {waits}, '', '', 0, 1)"
)


def test_an_upgrade_marks_what_two_were_asked_about_and_what_was_split_from_it(
    blank_url: str, tmp_path: Path
) -> None:
    engine = open_database(blank_url, tmp_path)
    config, at = migration_config(), "2026-11-01 00:00:00"
    with write(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0012")
        for number, waits in ((1, "true"), (2, "false"), (3, "false"), (4, "false")):
            status = "decided" if number == 1 else "waiting"
            connection.execute(text(OLD.format(id=number, status=status, waits=waits, at=at)))
        police = {"case_id": 2, "verdict": "transfer", "reason": "POLICE", "policy": "1"}
        connection.execute(insert(decisions).values(**police, **said_by_hand()))
        connection.execute(insert(posts).values(**bare_post()))
        for case_id, out in ((1, True), (3, False)):
            stands = {"case_id": case_id, "post_row": 7, "joined_at": NOON, "split": out}
            connection.execute(insert(case_posts).values(**stands))
    upgrade(engine)
    with read(engine) as connection:
        marked = select(cases.c.id).where(cases.c.needs_two).order_by(cases.c.id)
        assert connection.execute(marked).scalars().all() == [1, 2, 3]
    engine.dispose()


def said_by_hand() -> dict[str, object]:
    return {"decided_by": "王审核", "decided_at": NOON, "note": ""}


def bare_post() -> dict[str, object]:
    return {
        "id": 7,
        "identity": b"7" * 32,
        "platform": "web",
        "post_id": "7",
        "content_sha256": "7" * 64,
        "url": "http://one.example/7",
        "engine": "",
        "score": 0.9,
        "flagged": True,
        "first_seen": NOON,
        "last_seen": NOON,
    }
