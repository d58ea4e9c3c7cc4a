"""A batch of visits is stored with its acknowledgements, or not at all."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine, Table, func, select
from sqlalchemy.exc import StatementError

from storage.cases import get_case, list_cases
from storage.database import read
from storage.memory import PostMemory
from storage.models import (
    advertiser_keys,
    findings,
    minhash_bands,
    posts,
    snapshots,
    urls,
)
from storage.records import (
    Evidence,
    PageState,
    Sighting,
    Snapshot,
)
from storage.visits import Committed, commit_visits
from tests.makers import (
    NOON,
    finding,
    flagged,
    innocent,
    judged,
    link,
    post,
    sha,
    sight,
    start,
    visit,
)

NIGHT = timedelta(days=1)


def rows(engine: Engine, table: Table) -> list[dict[str, object]]:
    with read(engine) as connection:
        found = connection.execute(select(table).order_by(*table.primary_key))
        return [dict(row._mapping) for row in found]


def count(engine: Engine, table: Table) -> int:
    with read(engine) as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def snapshot(kind: str = "raw", words: str = "x") -> Snapshot:
    return Snapshot(
        sha256=sha(words), kind=kind, size=5, captured_at=NOON, url="http://school.example/a"
    )


def test_no_visits_nothing_to_do(engine: Engine) -> None:
    assert commit_visits(engine, [], NOON) == []


def test_a_visit_is_stored_with_its_acknowledgement(engine: Engine) -> None:
    frontier = start(engine, ["http://school.example/"])
    (lease,) = frontier.lease(1)
    done = visit(lease, flagged(), innocent(post("http://school.example/b")))
    assert commit_visits(engine, [done], NOON) == [
        Committed(url_id=lease.url_id, posts=2, flagged=1, findings=1, cases_opened=1)
    ]
    (row,) = rows(engine, urls)
    assert (row["state"], row["outcome"], row["http_status"]) == ("done", "alive", 200)
    assert (row["lease_token"], row["lease_until"], row["finished_at"]) == (None, None, NOON)
    assert row["body_sha256"] == sha("http://school.example/")
    numbers = ("posts", "flagged", "findings", "unchanged", "cases_opened")
    assert [row[name] for name in numbers] == [2, 1, 1, 0, 1]


@pytest.mark.parametrize(
    ("state", "kept"),
    [
        (PageState.ALIVE, "done"),
        (PageState.REMOVED, "done"),
        (PageState.AMBIGUOUS, "done"),
        (PageState.BLOCKED, "failed"),
        (PageState.ERROR, "failed"),
    ],
)
def test_what_one_look_showed_is_kept_with_its_reason(
    engine: Engine, state: PageState, kept: str
) -> None:
    frontier = start(engine, ["http://school.example/"])
    (lease,) = frontier.lease(1)
    commit_visits(engine, [visit(lease, state=state, reason="why")], NOON)
    (row,) = rows(engine, urls)
    assert (row["state"], row["outcome"], row["reason"]) == (kept, state.value, "why")
    assert row["http_status"] == (None if state is PageState.ERROR else 200)


def test_links_wait_one_step_deeper_for_the_same_target(engine: Engine) -> None:
    frontier = start(engine, ["http://school.example/"])
    (lease,) = frontier.lease(1)
    found = [
        link("http://school.example/b", 3),
        link("http://school.example/"),
        link("http://x.test"),
    ]
    commit_visits(engine, [visit(lease, links=found)], NOON)
    leases = frontier.lease(5)
    assert [(one.url, one.depth, one.target_id, one.source) for one in leases] == [
        ("http://school.example/b", 1, lease.target_id, "web"),
        ("http://x.test", 1, lease.target_id, "web"),
    ]


def test_links_go_through_the_browser_only_where_their_target_does(engine: Engine) -> None:
    frontier = start(engine, ["http://school.example/"])
    (lease,) = frontier.lease(1)
    assert frontier.retry(lease, NOON, "script_shell", render=True)
    (lease,) = frontier.lease(1)
    commit_visits(engine, [visit(lease, links=[link("http://school.example/b")])], NOON)
    assert [one.render for one in frontier.lease(5)] == [False]

    rendered = start(engine, ["http://app.example/", "http://app.example/2"], render=True)
    lease = rendered.lease(1)[0]
    commit_visits(engine, [visit(lease, links=[link("http://app.example/b")])], NOON)
    assert {one.url: one.render for one in rendered.lease(5)}["http://app.example/b"]


def test_a_stale_visit_writes_nothing_at_all(engine: Engine) -> None:
    frontier = start(engine, ["http://school.example/"])
    (old,) = frontier.lease(1)
    frontier.reclaim()
    (new,) = frontier.lease(1)
    late = visit(old, flagged(), links=[link("http://school.example/b")])
    good = visit(new, innocent(post("http://school.example/c")))
    results = commit_visits(engine, [late, good], NOON)
    assert [one.stale for one in results] == [True, False]
    assert [row["post_id"] for row in rows(engine, posts)] == ["http://school.example/c"]
    assert count(engine, urls) == 1
    assert list_cases(engine) == []


def test_one_lease_counts_once_even_within_a_batch(engine: Engine) -> None:
    frontier = start(engine, ["http://school.example/"])
    (lease,) = frontier.lease(1)
    results = commit_visits(engine, [visit(lease), visit(lease)], NOON)
    assert [one.stale for one in results] == [False, True]


def test_a_batch_that_fails_keeps_nothing_and_can_be_committed_again(engine: Engine) -> None:
    frontier = start(engine, ["http://school.example/", "http://school.example/2"])
    leases = frontier.lease(2)
    broken = flagged(content_sha256=object())
    bad = [visit(leases[0], flagged()), visit(leases[1], broken)]
    with pytest.raises((StatementError, AttributeError, TypeError)):
        commit_visits(engine, bad, NOON)
    assert count(engine, posts) == 0
    good = [visit(leases[0], flagged()), visit(leases[1])]
    assert [one.stale for one in commit_visits(engine, good, NOON)] == [False, False]


def test_an_innocent_post_leaves_a_hash_and_nothing_more(engine: Engine) -> None:
    whole = post(author="某人", author_id="7", images=("http://x.test/a.png",), icp="京ICP备1号")
    sight(engine, innocent(whole, snapshots=(snapshot(),)))
    (row,) = rows(engine, posts)
    kept = {name: value for name, value in row.items() if value not in ("", None)}
    kept.pop("identity")
    assert kept == {
        "id": row["id"],
        "platform": "web",
        "post_id": "http://school.example/a",
        "url": "http://school.example/a",
        "content_sha256": sha(whole.title + whole.text),
        "engine": "rules-1",
        "score": 0.1,
        "flagged": False,
        "first_seen": NOON,
        "last_seen": NOON,
    }
    for table in (findings, snapshots, advertiser_keys, minhash_bands):
        assert count(engine, table) == 0


def test_an_innocent_post_has_one_row_however_often_it_changes(engine: Engine) -> None:
    for night, words in enumerate(["一", "二", "三", "二"]):
        sight(engine, innocent(post(text=words)), now=NOON + night * NIGHT)
    (row,) = rows(engine, posts)
    assert row["content_sha256"] == sha("月嫂证报名二")
    assert (row["first_seen"], row["last_seen"]) == (NOON, NOON + 3 * NIGHT)


def test_the_same_innocent_post_twice_in_a_batch_is_one_row(engine: Engine) -> None:
    sight(engine, innocent(post(text="摘要")), innocent(post(text="全文")))
    assert [row["content_sha256"] for row in rows(engine, posts)] == [sha("月嫂证报名全文")]


def test_a_flagged_post_is_kept_whole(engine: Engine) -> None:
    whole = post(
        author_id="7",
        published_at=NOON,
        region="河南",
        images=("http://x.test/a.png",),
        counts={"赞": ("1.2万", 12_000), "藏": ("很多", None)},
        is_ad=True,
    )
    proof = (snapshot("raw"), snapshot("screenshot", "y"))
    sight(engine, flagged(whole, snapshots=proof))
    (kept,) = get_case(engine, 1).posts
    assert kept.post == whole
    assert kept.findings == (finding(),)
    assert set(kept.snapshots) == set(proof)
    assert (kept.score, kept.engine, kept.stance) == (0.9, "rules-1", "seller")
    assert count(engine, minhash_bands) == 32


def test_an_unchanged_sighting_touches_last_seen_only(engine: Engine) -> None:
    seen = flagged()
    sight(engine, seen)
    (before,) = rows(engine, posts)
    again = Sighting(post=seen.post, content_sha256=seen.content_sha256, unchanged=True)
    committed = sight(engine, again, now=NOON + NIGHT)
    assert (committed.unchanged, committed.posts, committed.findings) == (1, 1, 0)
    (after,) = rows(engine, posts)
    assert after == {**before, "last_seen": NOON + NIGHT}
    assert list_cases(engine)[0].version == 1


def test_an_unchanged_sighting_of_an_unknown_post_invents_nothing(engine: Engine) -> None:
    sight(engine, Sighting(post=post(), content_sha256=sha("x"), unchanged=True))
    assert count(engine, posts) == 0


def test_a_post_nobody_judged_is_judged_when_next_seen(engine: Engine) -> None:
    sight(engine, Sighting(post=post(), content_sha256=sha("x")))
    memory = PostMemory(engine)
    assert memory.known("web", "http://school.example/a") == (sha("x"), "")
    memory.close()


def test_the_same_content_judged_again_adds_what_is_new(engine: Engine) -> None:
    sight(engine, flagged())
    newer = judged(engine="rules-2", findings=(finding(), finding(rule="other", code="C4-02")))
    committed = sight(engine, flagged(judgement=newer), now=NOON + NIGHT)
    assert (committed.cases_opened, committed.cases_reopened) == (0, 0)
    (kept,) = get_case(engine, 1).posts
    assert {one.rule for one in kept.findings} == {"guaranteed_pass", "other"}
    assert (kept.engine, kept.first_seen) == ("rules-2", NOON)


def test_a_flagged_post_judged_innocent_later_keeps_text_and_case(engine: Engine) -> None:
    sight(engine, flagged())
    sight(engine, innocent(engine="rules-2"), now=NOON + NIGHT)
    (row,) = rows(engine, posts)
    assert (row["flagged"], row["engine"], row["last_seen"]) == (True, "rules-2", NOON + NIGHT)
    assert get_case(engine, 1).posts[0].post.text == post().text


def test_an_innocent_post_flagged_by_a_newer_rule_is_filled_in(engine: Engine) -> None:
    sight(engine, innocent())
    sight(engine, flagged(judgement=judged(engine="rules-2")), now=NOON + NIGHT)
    (row,) = rows(engine, posts)
    assert (row["flagged"], row["text"], row["first_seen"]) == (True, post().text, NOON)


def test_a_flagged_version_and_an_innocent_one_stand_side_by_side(engine: Engine) -> None:
    sight(engine, flagged())
    sight(engine, innocent(post(text="本页已整改。")), now=NOON + NIGHT)
    sight(engine, flagged(), now=NOON + 2 * NIGHT)
    sight(engine, innocent(post(text="再次整改。")), now=NOON + 3 * NIGHT)
    found = rows(engine, posts)
    assert [row["flagged"] for row in found] == [True, False]
    assert [row["last_seen"] for row in found] == [NOON + 2 * NIGHT, NOON + 3 * NIGHT]


def test_what_is_known_is_the_version_seen_last(engine: Engine) -> None:
    memory = PostMemory(engine)
    assert memory.known("web", "http://school.example/a") is None
    sight(engine, flagged())
    assert memory.known("web", "http://school.example/a") == (
        sha("月嫂证报名" + post().text),
        "rules-1",
    )
    sight(engine, innocent(post(text="已整改"), engine="rules-2"), now=NOON + NIGHT)
    assert memory.known("web", "http://school.example/a") == (sha("月嫂证报名已整改"), "rules-2")
    sight(engine, flagged(), now=NOON + 2 * NIGHT)
    assert memory.known("web", "http://school.example/a") == (
        sha("月嫂证报名" + post().text),
        "rules-1",
    )
    assert memory.known("weibo", "http://school.example/a") is None
    memory.close()
    memory.close()


def test_a_missing_hash_is_taken_from_title_and_text(engine: Engine) -> None:
    sight(engine, flagged(content_sha256=""))
    assert rows(engine, posts)[0]["content_sha256"] == sha("月嫂证报名\n" + post().text)


def test_hostile_text_is_stored_with_its_spans_in_place(engine: Engine) -> None:
    text = "包\x00过\ud800 办证"
    quoted = Evidence(field="text", start=0, end=4, quote="包\x00过\ud800")
    seen = Sighting(
        post=post("http://school.example/" + "长" * 9_000, text=text, title="\x00"),
        judgement=judged(findings=(finding(evidence=(quoted,)),)),
    )
    sight(engine, seen, innocent(post("http://school.example/" + "y" * 9_000, text="")))
    (kept,) = get_case(engine, 1).posts
    (evidence,) = kept.findings[0].evidence
    assert kept.post.text == "包\ufffd过\ufffd 办证"
    assert kept.post.text[evidence.start : evidence.end] == evidence.quote


def test_a_post_seen_cut_short_and_whole_in_one_sweep_is_known_in_both_forms(engine):
    short, whole = post(text="月嫂证 包过…"), post(text="月嫂证 包过，七天拿证，不过退款。")
    sight(engine, flagged(short), now=NOON)
    sight(engine, flagged(whole), now=NOON + timedelta(minutes=5))
    memory = PostMemory(engine)
    assert set(memory.current("web", short.post_id)) == {
        sha(short.title + short.text),
        sha(whole.title + whole.text),
    }
    memory.close()


def test_a_text_that_comes_back_a_day_later_is_news(engine):
    first, second = post(text="月嫂证 包过"), post(text="内容已整改")
    sight(engine, flagged(first), now=NOON)
    sight(engine, flagged(second), now=NOON + timedelta(days=1))
    memory = PostMemory(engine)
    assert set(memory.current("web", first.post_id)) == {sha(second.title + second.text)}
    memory.close()
