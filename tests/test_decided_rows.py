"""What exporters read of decided cases, and the register of lists."""

from __future__ import annotations

import threading
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, insert, select

from storage import exports
from storage.bilingual import Problem
from storage.cases import decide, get_case, split
from storage.database import read, write
from storage.exports import Batch, decided_rows, next_number, record_batch, register
from storage.models import export_batches
from storage.models_desk import second_looks
from storage.packages import Package
from storage.packages import register as add_package
from storage.reasons import CLEAN, REASONS, VERDICT_WORDS, check, named
from storage.records import Contacts, Snapshot, Verdict
from tests.makers import NOON, decision, finding, flagged, innocent, post, sha, sight

NIGHT = timedelta(days=1)
A, B, C = (f"http://{name}.example/ad" for name in ("one", "two", "three"))


def urls(engine: Engine, **filters: object) -> list[str]:
    return [row.url for row in decided_rows(engine, **filters)]  # type: ignore[arg-type]


def test_a_row_says_everything_about_one_url(engine: Engine) -> None:
    proof = Snapshot(sha256=sha("x"), kind="raw", size=1, captured_at=NOON, url=A)
    whole = post(A, author_id="7", region="河南", published_at=NOON, icp="京ICP备10000000号")
    sight(engine, flagged(whole, snapshots=(proof,)))
    said = decision(1, note="包过")
    number = decide(engine, said)
    (row,) = decided_rows(engine)
    assert (row.case_no, row.platform, row.url, row.url_found) == (1, "web", A, A + "?from=home")
    assert (row.author, row.author_id, row.title, row.text) == (
        whole.author,
        "7",
        whole.title,
        whole.text,
    )
    assert row.contacts == Contacts(phones=("13800000000",))
    assert (row.findings, row.snapshots) == ((finding(),), (proof,))
    assert (row.decision_id, row.decision, row.reopened) == (number, said, 0)
    assert (row.first_seen, row.last_seen, row.published_at) == (NOON, NOON, NOON)
    assert (row.region, row.icp, row.score) == ("河南", "京ICP备10000000号", 0.9)


def test_only_what_people_called_a_violation_is_given(engine: Engine) -> None:
    for seed, address in enumerate((A, B, C)):
        sight(engine, flagged(post(address), seed=seed))
    decide(engine, decision(1))
    decide(engine, decision(2, Verdict.CLEAN))
    assert urls(engine) == [A]
    assert urls(engine, verdict=Verdict.CLEAN) == [B]
    assert urls(engine, verdict=Verdict.DOUBT) == []


def test_the_newest_decision_counts(engine: Engine) -> None:
    sight(engine, flagged(post(A)))
    first = decide(engine, decision(1))
    second = decide(engine, decision(1, Verdict.CLEAN, supersedes=first))
    assert urls(engine) == []
    decide(engine, decision(1, supersedes=second))
    assert urls(engine) == [A]


def test_a_case_that_came_back_waits_for_a_person_again(engine: Engine) -> None:
    sight(engine, flagged(post(A)))
    decide(engine, decision(1))
    sight(engine, flagged(post(B)), now=NOON + NIGHT)
    assert urls(engine) == []
    decide(engine, decision(1))
    assert [(row.url, row.reopened) for row in decided_rows(engine)] == [(A, 1), (B, 1)]


def test_of_several_versions_the_one_seen_last_is_given(engine: Engine) -> None:
    for night, words in enumerate(("旧包过", "新包过", "旧包过")):
        sight(engine, flagged(post(A, text=words)), now=NOON + night * NIGHT)
    sight(engine, innocent(post(A, text="已整改")), now=NOON + 3 * NIGHT)
    decide(engine, decision(1))
    assert [row.text for row in decided_rows(engine)] == ["旧包过"]


def test_posts_split_off_are_not_covered_by_the_decision(engine: Engine) -> None:
    sight(engine, flagged(post(A)), flagged(post(B)))
    decide(engine, decision(1))
    new = split(engine, 1, [get_case(engine, 1).posts[0].row], "李审核")
    assert urls(engine) == [B]
    decide(engine, decision(new))
    assert [(row.url, row.case_no) for row in decided_rows(engine)] == [(A, new), (B, 1)]


def test_platform_and_time_narrow_the_list(engine: Engine) -> None:
    sight(engine, flagged(post("1", platform="weibo", url=B), seed=1))
    sight(engine, flagged(post(A), seed=2))
    decide(engine, decision(1, at=NOON))
    decide(engine, decision(2, at=NOON + NIGHT))
    assert urls(engine, platform="weibo") == [B]
    assert urls(engine, since=NOON + NIGHT) == [A]
    assert urls(engine, since=NOON + 2 * NIGHT) == []


def test_a_long_list_comes_in_pages_and_in_order(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "PAGE", 3)
    addresses = [f"http://school.example/{n}" for n in range(10)]
    sight(engine, *(flagged(post(address)) for address in addresses))
    decide(engine, decision(1))
    assert urls(engine) == addresses


# --- batches ------------------------------------------------------------------------------------


def batch(**changes: object) -> Batch:
    values: dict[str, object] = {
        "format": "csv",
        "made_at": NOON,
        "rows": 3,
        "sha256": sha("list"),
        "file_name": "list.csv",
        "filters": {"platform": "weibo"},
        **changes,
    }
    return Batch(**values)  # type: ignore[arg-type]


def test_batches_are_numbered_by_the_day_in_beijing(engine: Engine) -> None:
    late = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)  # midnight in Beijing
    just_before = late - timedelta(seconds=1)
    assert record_batch(engine, batch(made_at=just_before)) == "CS-20261123-001"
    assert record_batch(engine, batch(made_at=just_before)) == "CS-20261123-002"
    assert record_batch(engine, batch(made_at=late)) == "CS-20261124-001"


def test_numbers_go_on_after_999(engine: Engine) -> None:
    values = asdict(batch())
    rows = [{**values, "batch_no": f"CS-20261123-{n:03d}"} for n in range(1, 1_000)]
    with write(engine) as connection:
        connection.execute(insert(export_batches), rows)
    assert record_batch(engine, batch()) == "CS-20261123-1000"
    assert record_batch(engine, batch()) == "CS-20261123-1001"


def test_two_exports_at_once_get_two_numbers(engine: Engine) -> None:
    given: list[str] = []
    makers = [
        threading.Thread(target=lambda: given.append(record_batch(engine, batch())))
        for _ in range(4)
    ]
    for one in makers:
        one.start()
    for one in makers:
        one.join()
    assert sorted(given) == [f"CS-20261123-00{n}" for n in (1, 2, 3, 4)]


def test_a_number_is_taken_by_whoever_comes_first_and_by_nobody_else(engine: Engine) -> None:
    number = next_number(engine, NOON)
    assert number == next_number(engine, NOON)  # asking takes nothing
    assert register(engine, batch(filters={"since": "2026-11-01"}), number)
    assert not register(engine, batch(file_name="other.csv"), number)
    with read(engine) as connection:
        row = connection.execute(select(export_batches)).one()
    assert (row.batch_no, row.rows, row.sha256) == (number, 3, sha("list"))
    assert (row.file_name, row.filters) == ("list.csv", {"since": "2026-11-01"})
    assert next_number(engine, NOON) == "CS-20261123-002"


def test_several_that_ask_for_one_number_share_it_out_without_a_gap(engine: Engine) -> None:
    taken: list[str] = []

    def take() -> None:
        while not register(engine, batch(), number := next_number(engine, NOON)):
            pass
        taken.append(number)

    makers = [threading.Thread(target=take) for _ in range(4)]
    for one in makers:
        one.start()
    for one in makers:
        one.join()
    assert sorted(taken) == [f"CS-20261123-00{n}" for n in (1, 2, 3, 4)]


@pytest.mark.parametrize(
    ("states", "named", "open_one"),
    [
        (("sealed", "sealed"), "EV-1-bbbbbbbbbbbb", ""),
        (("sealed", "pending"), "EV-1-aaaaaaaaaaaa", ""),
        (("pending", "failed"), "", "EV-1-bbbbbbbbbbbb"),
    ],
)
def test_a_row_names_the_newest_sealed_package_of_its_case(
    engine: Engine, states: tuple[str, str], named: str, open_one: str
) -> None:
    sight(engine, flagged(post(A)))
    decide(engine, decision(1))
    (bare,) = decided_rows(engine)
    assert bare.package == ""
    with write(engine) as connection:
        for name, state in zip(("EV-1-aaaaaaaaaaaa", "EV-1-bbbbbbbbbbbb"), states, strict=True):
            made = Package(
                case_id=1,
                name=f"{name}.wacz",
                manifest_sha256=sha(name),
                signature=b"x",
                key_id="k",
                made_at=NOON,
                made_by="赵某",
                state=state,
            )
            add_package(connection, made)
    (packed,) = decided_rows(engine)
    assert (packed.package, packed.unsealed) == (named, open_one)


@pytest.mark.parametrize("agreed", [False, True])
@pytest.mark.parametrize(
    ("states", "said"),
    [
        (("sealed",), ("", "", "EV-1-a")),
        (("sealed", "pending"), ("", "EV-1-b", "")),
        (("sealed", "sealed"), ("EV-1-b", "", "")),
    ],
)
def test_a_package_made_before_the_decision_was_in_force_is_not_named(
    engine: Engine, states: tuple[str, ...], said: tuple[str, str, str], *, agreed: bool
) -> None:
    sight(engine, flagged(post(A)))
    number = decide(engine, decision(1, at=NOON if agreed else NOON + NIGHT))
    with write(engine) as connection:
        if agreed:
            seen = {"verdict": "violation", "reason": "B4-02", "policy": "1", "note": ""}
            seen |= {"decision_id": number, "case_id": 1, "looked_by": "赵复核", "upheld": True}
            connection.execute(insert(second_looks).values(**seen, looked_at=NOON + NIGHT))
        for name, state, days in zip("ab", states, (0.5, 1.5), strict=False):
            made = Package(
                case_id=1,
                name=f"EV-1-{name}.wacz",
                manifest_sha256=sha(name),
                signature=b"x",
                key_id="k",
                made_at=NOON + timedelta(days=days),
                made_by="赵某",
                state=state,
            )
            add_package(connection, made)
    (row,) = decided_rows(engine)
    assert (row.package, row.unsealed, row.outdated) == said


def test_rows_of_chosen_posts_come_alone(engine: Engine) -> None:
    sight(engine, flagged(post(A)), flagged(post(B)))
    decide(engine, decision(1))
    both = list(decided_rows(engine))
    assert len(both) == 2
    (one,) = decided_rows(engine, of_posts=[both[1].post_row])
    assert one.url == both[1].url
    assert list(decided_rows(engine, of_posts=[])) == []


# --- reasons ------------------------------------------------------------------------------------


def test_every_verdict_has_reasons_without_repeats_in_both_languages() -> None:
    for verdict in Verdict:
        leaves = REASONS[verdict]
        assert leaves
        assert len({leaf.code for leaf in leaves}) == len(leaves)
        assert all(leaf.text.zh and leaf.text.en for leaf in leaves)
        assert VERDICT_WORDS[verdict].zh


def test_violations_are_the_atoms_of_the_policy() -> None:
    codes = [leaf.code for leaf in REASONS[Verdict.VIOLATION]]
    assert codes == sorted(codes)
    assert len(codes) == 66
    assert {code[0] for code in codes} == set("ABCDE")


def test_a_reason_is_found_by_its_verdict_and_code() -> None:
    assert check(Verdict.CLEAN, "NEWS") is next(leaf for leaf in CLEAN if leaf.code == "NEWS")
    with pytest.raises(Problem, match="Valid codes: OFFICIAL, NEWS") as caught:
        check(Verdict.CLEAN, "B4-02")
    assert "NEWS 新闻报道" in caught.value.text.zh


def test_a_code_of_another_policy_stands_for_itself() -> None:
    assert named(Verdict.CLEAN, "NEWS").zh == "新闻报道"
    assert named(Verdict.CLEAN, "OLD-1").zh == "OLD-1"
