"""The platforms' replicas: what each says, what is read in it, and a sweep over all of them."""

from __future__ import annotations

import sqlite3

import pytest

from benchmarks.replica_pages import page
from crawler.canon import canonical
from crawler.readers import Readers
from door.sample_run import place_of, searchable, searched
from door.sources import all_sources
from sampleweb import replicas
from sampleweb.replica_notices import notices
from sampleweb.replica_posts import replica_posts, replica_traps, replica_walls
from storage.records import PageState
from tests.test_sweep import last_json, run

SOURCES = all_sources()
POSTS = replica_posts()


def reading(source: str, url: str):
    return SOURCES[source]().read(page(url))


def wanted_url(post) -> str:
    """A note opens only with the token its search gave."""
    return post.url + ("?xsec_token=ABsample%3D" if post.platform == "xiaohongshu" else "")


@pytest.mark.parametrize("post", POSTS, ids=lambda post: f"{post.platform}-{post.id}")
def test_every_post_is_read_whole_on_its_own_page(post):
    seen = reading(post.platform, wanted_url(post))
    assert (seen.state, seen.reason) == (PageState.ALIVE, "")
    [told] = [
        one for one in seen.posts if post.text[:20] in one.text or post.text[:20] in one.title
    ]
    assert post.author in told.author
    assert post.text in told.text or post.text in told.title


@pytest.mark.parametrize("trap", replica_traps(), ids=lambda trap: trap.url)
def test_what_is_gone_is_never_called_alive(trap):
    seen = reading(trap.platform, trap.url)
    assert seen.state == trap.state
    assert trap.reason in {"", seen.reason}


@pytest.mark.parametrize("wall", replica_walls(), ids=lambda wall: wall.url)
def test_a_wall_is_blocked_and_never_removed_or_empty(wall):
    seen = reading(wall.platform, wall.url)
    assert (seen.state, seen.posts) == (PageState.BLOCKED, ())
    assert seen.reason == wall.reason


@pytest.mark.parametrize("notice", notices(), ids=lambda notice: notice.url[-40:])
def test_a_notice_is_what_the_platform_means_by_it(notice):
    seen = reading(notice.platform, notice.url)
    assert (seen.state, seen.posts) == (notice.state, ())
    assert notice.reason in {"", seen.reason}
    assert seen.state != "alive"


def test_every_platform_has_its_removals_and_every_source_a_wall():
    told = {(one.platform, one.state) for one in (*notices(), *replica_traps())}
    walls = {name for name, state in told if state == "blocked"}
    walls |= {wall.platform for wall in replica_walls()}
    assert walls == set(SOURCES) - {"institution"}
    posts = {post.platform for post in POSTS}
    assert {(name, "removed") for name in posts} <= told
    assert {one.reason for one in notices() if one.state == "removed"} >= {
        "author_deleted", "platform_violation", "account_blocked", "account_closed",
        "infringement", "send_failed", "unspecified",
    }  # fmt: skip


@pytest.mark.parametrize("name", sorted(name for name in SOURCES if searchable(name)))
def test_a_search_finds_posts_and_leads_on_to_their_pages(name):
    [url, *_] = SOURCES[name].seeds(searched(name))
    seen = reading(name, url)
    assert seen.state is PageState.ALIVE
    assert seen.posts
    assert all(canonical(link) for link in seen.links)
    if SOURCES[name].searches_web or name == "sogou_weixin":
        assert seen.links


def test_every_platform_has_an_offending_and_an_honest_post():
    kinds = {(post.platform, post.offending) for post in POSTS}
    platforms = {post.platform for post in POSTS}
    assert kinds == {(name, offends) for name in platforms for offends in (True, False)}
    assert platforms <= set(SOURCES)


def test_a_host_of_a_replica_belongs_to_a_source():
    readers = Readers(SOURCES)
    strangers = {
        host
        for host in replicas.HOSTS
        if not readers.of(f"https://{host}/")
        and not any(
            readers.at_home(name, f"https://{host}/") for name in SOURCES if SOURCES[name].hosts
        )
    }
    assert strangers == set()


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    home = tmp_path_factory.mktemp("replicas")
    said = last_json(run(home, "sweep", "--sample", "--json"))
    with sqlite3.connect(home / "certsweep.db") as connection:
        rows = connection.execute("select platform, post_id, max(flagged) from posts group by 1, 2")
        flagged = {(platform, post_id): bool(flag) for platform, post_id, flag in rows}
        outcomes = dict(connection.execute("select url, outcome from urls").fetchall())
        keys = connection.execute(
            "select p.platform, k.value, c.case_id from advertiser_keys k"
            " join posts p on p.id = k.post_row join case_posts c on c.post_row = p.id"
            " where k.kind = 'qr'"
        ).fetchall()
    connection.close()
    return said, flagged, outcomes, keys


def test_the_sample_covers_every_source_and_each_could_be_read(swept):
    rows = {row["source"]: row for row in swept[0]["sources"]}
    assert set(rows) == set(SOURCES)
    assert {name: row["state"] for name, row in rows.items()} == dict.fromkeys(SOURCES, "good")
    assert all(row["posts"] > 0 for row in rows.values())


def test_offending_posts_are_flagged_and_honest_ones_are_not(swept):
    _, flagged, _, _ = swept
    for post in POSTS:
        found = [
            flag
            for (platform, post_id), flag in flagged.items()
            if platform == post.platform
            and (post.id in post_id or platform in {"wechat_mp", "classifieds"})
        ]
        assert found, post.url
        if post.platform not in {"wechat_mp", "classifieds"}:
            assert any(found) is post.offending, post.url


def test_the_measure_against_the_truth_covers_the_platforms(swept):
    said = swept[0]
    told = {place_of(post.permanent) for post in POSTS}
    for outcome in ("truth_unread", "truth_missed", "truth_wrong"):
        assert not told & set(said[outcome]), outcome


def test_codes_in_pictures_of_flagged_posts_are_found_and_tell_one_dealer_on_two_platforms(swept):
    codes = swept[0]["qr_codes"]
    assert codes["found"] >= 4
    assert codes["unread"]  # one picture is gone: it is said, and the sweep went on
    keys = swept[3]
    joined = {case for platform, value, case in keys if value == "u.wechat.com/kSampleCode0001"}
    platforms = {name for name, value, _ in keys if value == "u.wechat.com/kSampleCode0001"}
    assert {"weibo", "wechat_mp"} <= platforms
    assert len(joined) == 1


def test_traps_end_in_their_named_states(swept):
    _, _, outcomes, _ = swept
    assert {trap.url: outcomes[trap.url] for trap in replica_traps()} == {
        trap.url: trap.state for trap in replica_traps()
    }
