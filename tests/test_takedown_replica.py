"""The takedown states over simulated days against a platform that lies, walls off and re-posts."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

import door.revisit
from classifiers.judge import Judge, load_judge
from crawler.look_spider import Ask
from door.revisit import Desk, look_again
from door.sources import all_sources
from door.takedown_drafting import recipient_of
from door.takedown_looks import tally_json
from pipelines.classify import subject_of
from pipelines.dedupe import content_hash
from pipelines.sketch import sketched
from storage.cases import decide, get_case, list_cases
from storage.records import CaseStatus, Sighting
from storage.snapshots import SnapshotStore
from storage.takedown_acts import approve, record_sent
from storage.takedown_drafting import Wanted, draft_all
from storage.takedown_looks import add_round
from storage.takedown_refused import taken_over
from storage.takedown_states import ItemState as S
from storage.takedowns import due_items, get_request, list_requests, looks_of
from tests.makers import NOON, decision, sight
from tests.replica_platform import WECHAT_AD, Replica, Story, Visitor
from tests.takedown_makers import APPROVER, DRAFTER, LATER, SENT, sending

pytestmark = pytest.mark.timeout(600)
DAYS = 24
Timeline = dict[int, S]  # from this day on; one that is not named is the one before
TAKEN_DOWN: Timeline = {1: S.REMOVED, 4: S.VERIFIED, 6: S.WATCHING}
# Looks every night until it is verified on day 4, then every other night: 6, 8, … and the
# fourteen days are over on day 18.
TO_THE_END = TAKEN_DOWN | {18: S.FINAL}
STANDS: Timeline = {1: S.SENT}

WEB_STORIES: dict[str, tuple[Story, Timeline]] = {
    # What counts.
    "gone": ({1: "404"}, TO_THE_END),
    "gone_for_good": ({1: "410"}, TO_THE_END),
    "gone_by_notice": ({1: "notice"}, TO_THE_END),
    "cleaned": ({1: "honest"}, TO_THE_END),
    "gone_after_a_week": (
        {7: "404"},
        {1: S.SENT, 7: S.REMOVED, 10: S.VERIFIED, 12: S.WATCHING, 24: S.FINAL},
    ),
    "gone_one_way_then_the_other": ({1: ("404", "410")}, TO_THE_END),
    # What does not.
    "never": ({}, STANDS),
    "refused_403": ({1: "403"}, STANDS),
    "slow_down_429": ({1: "429"}, STANDS),
    "broken_500": ({1: "500"}, STANDS),
    "maintenance_503": ({1: "503"}, STANDS),
    "dropped": ({1: "dropped"}, STANDS),
    "soft_404_with_the_offer_below": ({1: "soft"}, STANDS),
    "status_404_with_the_offer": ({1: "false404"}, STANDS),
    "sent_home": ({1: "home"}, STANDS),
    "sent_elsewhere": ({1: "elsewhere"}, STANDS),
    "captcha": ({1: "captcha"}, STANDS),
    "captcha_with_404": ({1: "captcha404"}, STANDS),
    "login": ({1: "login"}, STANDS),
    "empty": ({1: "empty"}, STANDS),
    "shell": ({1: "shell"}, STANDS),
    "other_words_the_same_offer": ({1: "reposted"}, STANDS),
    "words_moved_into_pictures": ({1: "pictures"}, STANDS),
    "page_of_upkeep_with_200": ({1: "upkeep"}, STANDS),
    "front_page_with_200": ({1: "front"}, STANDS),
    "name_put_up_for_sale": ({1: "for_sale"}, STANDS),
    # Only half of it.
    "hidden_from_plain_requests": ({1: ("404", "offer")}, STANDS),
    "hidden_from_browsers": ({1: ("offer", "404")}, STANDS),
    "gone_for_one_way_walled_for_the_other": ({1: ("404", "captcha")}, {1: S.REMOVED}),
    "fake_by_403_then_back": ({1: "403", 10: "offer"}, STANDS),
    # Comes and goes.
    "back_before_it_was_verified": (
        {1: "404", 3: "offer", 10: "404"},
        {1: S.REMOVED, 3: S.SENT, 10: S.REMOVED, 13: S.VERIFIED, 15: S.WATCHING},
    ),
    "back_while_watched": ({1: "404", 9: "offer"}, TAKEN_DOWN | {10: S.REAPPEARED}),
    "back_in_other_words": ({1: "404", 9: "reposted"}, TAKEN_DOWN | {10: S.REAPPEARED}),
    "back_for_browsers_only": ({1: "404", 9: ("404", "offer")}, TAKEN_DOWN | {10: S.REAPPEARED}),
    "walled_off_while_watched": ({1: "404", 5: "captcha"}, {1: S.REMOVED, 4: S.VERIFIED}),
    "a_wall_between": (
        {1: "404", 2: "403", 3: "404"},
        {1: S.REMOVED, 4: S.VERIFIED, 6: S.WATCHING, 18: S.FINAL},
    ),
    "walled_most_days": (
        {1: "404", 2: "captcha", 4: "404", 5: "captcha", 8: "404"},
        {1: S.REMOVED, 8: S.VERIFIED, 10: S.WATCHING, 22: S.FINAL},
    ),
}
WECHAT_STORIES: dict[str, tuple[Story, Timeline]] = {
    "removed_by_platform": ({1: "removed"}, TO_THE_END),
    "removed_by_author": ({1: "author"}, TO_THE_END),
    "account_blocked": ({1: "blocked"}, TO_THE_END),
    "swapped_id": ({1: "swapped"}, STANDS),
    "unavailable_for_now": ({1: "unavailable"}, STANDS),
    "moved": ({1: "moved"}, STANDS),
    "captcha": ({1: "captcha"}, STANDS),
    "refused": ({1: "403"}, STANDS),
    "removed_then_back": (
        {1: "removed", 7: "offer"},
        TAKEN_DOWN | {6: S.WATCHING, 8: S.REAPPEARED},
    ),
    "removed_then_swapped": ({1: "removed", 7: "swapped"}, TAKEN_DOWN),
}


@pytest.fixture(scope="module")
def judge() -> Judge:
    return load_judge()


def web_url(name: str) -> str:
    return f"http://{name.replace('_', '-')}.example/ad-{len(name)}.html"


def expected(timeline: Timeline) -> list[S]:
    return [timeline[max(day for day in timeline if day <= today)] for today in range(1, DAYS + 1)]


class World:
    """An office with what it saw on day 0, decided and asked for, and a replica of the rest."""

    def __init__(self, engine: Engine, judge: Judge, replica: Replica, home: Path) -> None:
        self.engine, self.judge, self.replica = engine, judge, replica
        self.visitor = Visitor(replica, all_sources(), SENT)
        store = SnapshotStore("", home)
        self.desk = Desk(engine=engine, store=store, judge=judge, clock=lambda: self.visitor.now)

    def found(self, url: str) -> None:
        """Day 0: seen as a sweep sees it, and decided by a person."""
        looked = self.visitor.look(Ask(key=0, url=url, browser=False))
        (post,) = looked.reading.posts
        judged = self.judge.judge(subject_of(post))
        assert judged.flagged, post.text
        seen = Sighting(post=post, content_sha256=content_hash(post), judgement=judged)
        sight(self.engine, sketched(seen))

    def ask(self) -> None:
        for row in list_cases(self.engine, CaseStatus.WAITING):
            decide(self.engine, decision(row.id))
        draft_all(self.engine, Wanted(by=DRAFTER, at=NOON), recipient_of)
        for request in list_requests(self.engine):
            approve(self.engine, request.id, APPROVER, NOON + timedelta(hours=1))
            record_sent(self.engine, request.id, sending())

    def night(self, day: int) -> None:
        self.replica.day = day
        items = due_items(self.engine, self.visitor.now)
        tally = look_again(self.desk, items, self.visitor.fetch)
        assert tally.left == 0

    def states(self) -> dict[str, S]:
        return {
            item.url: item.state
            for request in list_requests(self.engine, limit=500)
            for item in request.items
        }


def days_of(world: World) -> dict[str, list[S]]:
    found: dict[str, list[S]] = {}
    for day in range(1, DAYS + 1):
        world.night(day)
        for url, state in world.states().items():
            found.setdefault(url, []).append(state)
    return found


def test_on_the_open_web_every_story_goes_through_exactly_its_states(engine, judge, tmp_path):
    stories = {web_url(name): {0: "offer", **story} for name, (story, _) in WEB_STORIES.items()}
    with Replica(stories) as replica:
        world = World(engine, judge, replica, tmp_path)
        for url in stories:
            world.found(url)
        world.ask()
        lived = days_of(world)
    told = {name: lived[web_url(name)] for name in WEB_STORIES}
    assert told == {name: expected(timeline) for name, (_, timeline) in WEB_STORIES.items()}
    back = {name for name, states in told.items() if S.REAPPEARED in states}
    assert back == {"back_while_watched", "back_in_other_words", "back_for_browsers_only"}
    reopened = {row.id for row in list_cases(engine) if row.reopened}
    cases = {
        item.case_id
        for request in list_requests(engine)
        for item in request.items
        if item.state is S.REAPPEARED
    }
    assert reopened >= cases
    assert all(get_case(engine, case).status is CaseStatus.WAITING for case in cases)


def test_an_item_that_the_database_refuses_does_not_end_the_night(
    engine, judge, tmp_path, monkeypatch
):
    names = list(WEB_STORIES)[:2]
    with Replica({web_url(name): {0: "offer"} for name in names}) as replica:
        world = World(engine, judge, replica, tmp_path)
        for name in names:
            world.found(web_url(name))
        world.ask()
        replica.day = 1
        items = due_items(engine, world.visitor.now)
        first, *others = sorted(item.id for item in items)

        def refusing(engine, item_id, *words):
            if item_id == first:
                raise taken_over(item_id)
            return add_round(engine, item_id, *words)

        monkeypatch.setattr(door.revisit, "add_round", refusing)
        tally = look_again(world.desk, items, world.visitor.fetch)
    assert (len(tally.refused), tally.left) == (1, 0)
    assert str(first) in tally_json(tally)["refused"][0]
    assert set(looks_of(engine, [first, *others])) == set(others)


@pytest.mark.parametrize("name", WECHAT_STORIES)
def test_on_a_platform_its_own_words_decide_and_a_swapped_id_never_does(
    engine, judge, tmp_path, name
):
    story, timeline = WECHAT_STORIES[name]
    with Replica({WECHAT_AD: {0: "offer", **story}}) as replica:
        world = World(engine, judge, replica, tmp_path)
        world.found(WECHAT_AD)
        world.ask()
        lived = days_of(world)
    assert lived[WECHAT_AD] == expected(timeline)


def test_each_look_is_asked_two_ways_and_leaves_files_that_prove_it(engine, judge, tmp_path):
    url = web_url("gone")
    with Replica({url: {0: "offer", 1: "404", 2: "dropped"}}) as replica:
        world = World(engine, judge, replica, tmp_path)
        world.found(url)
        world.ask()
        world.night(1)
        world.night(2)
    looks = looks_of(engine, [1])[1]
    assert [look.way for look in looks] == ["plain", "browser"] * 2
    assert [look.seen for look in looks] == ["gone", "gone", "nothing", "nothing"]
    assert looks[0].at == looks[1].at == SENT + timedelta(days=1)
    store = SnapshotStore("", tmp_path)
    for look in looks:
        assert look.files
        for file in look.files:
            assert store.check(file["sha256"]) is True
    assert {file["kind"] for file in looks[1].files} == {"raw", "headers", "dom"}
    assert get_request(engine, 1).items[0].state is S.REMOVED
    assert LATER > SENT
