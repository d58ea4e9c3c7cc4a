"""Pictures of flagged posts in a real sweep: looked at within bounds, and what they lead to."""

from __future__ import annotations

import sqlite3

import pytest

from sampleweb.pictures import qr_png
from tests.loopback import Answer, Site
from tests.source_sweep import swept, target
from tests.test_discovery import OFFER, html
from tests.test_qr_codes import claimed
from tests.test_source_sweep import ROBOTS, page, post

JOIN = "https://u.wechat.com/kSampleCode0001"


def picture(content: str) -> Answer:
    return Answer(qr_png(content), headers={"Content-Type": "image/png"})


def shown(number: int, *names: str, text: str = OFFER) -> dict:
    images = [f"http://pics.test/{name}" for name in names]
    return post(number, text=text, author=f"某号{number}", images=images)


OTHER = "电工证叉车证代办，不用考试，身份证照片即可，一周拿证，先办后付，网上可查，要的私信。" * 2
PAGES = {
    "luntan.test/list/canary": page(post(1)),
    "luntan.test/list/yuesao": page(
        shown(2, "join.png", "site.png", "inward.png", "bomb.png", "gone.png", "page.png"),
        shown(3, "join.png", text=OTHER),
        shown(4, "innocent.png", text="今天食堂换了师傅，大家都说好。"),
    ),
    "pics.test/join.png": picture(JOIN),
    "pics.test/site.png": picture("http://dealer.test/offer?utm_source=qr"),
    "pics.test/inward.png": picture("http://127.0.0.1/admin"),
    "pics.test/bomb.png": Answer(claimed(9_000, 9_000)),
    "pics.test/page.png": Answer(b"<html>no picture</html>"),
    "pics.test/innocent.png": picture("http://nobody.test/"),
    "dealer.test/offer?utm_source=qr": html(OFFER),
    "dealer.test/": html(OFFER),
}
PAGES |= {f"{host}/robots.txt": ROBOTS for host in {key.partition("/")[0] for key in PAGES}}


@pytest.fixture(scope="module")
def day(tmp_path_factory):
    home = tmp_path_factory.mktemp("codes")
    with Site(dict(PAGES)) as site:
        said = swept(home, [target("yuesao", "forum")], site.port, order={"discover": 20})
        yield home, said, list(site.asked)


def rows(home, statement: str) -> list[tuple]:
    with sqlite3.connect(home / "certsweep.db") as connection:
        found = connection.execute(statement).fetchall()
    connection.close()
    return found


def test_a_code_leads_to_the_page_it_names(day):
    home, _, asked = day
    assert {"dealer.test/offer?utm_source=qr", "dealer.test/"} <= set(asked)
    [(found_on, why)] = rows(
        home, "select found_on, why from leads where value like '%dealer.test/offer%'"
    )
    assert "二维码" in why
    assert "luntan.test" in found_on


def test_a_code_for_an_app_is_kept_as_a_contact_and_never_asked_for(day):
    home, _, asked = day
    assert rows(home, "select kind, state, note from leads where value like 'u.wechat.com/%'") == [
        ("contact", "refused", "app_only")
    ]
    assert not [url for url in asked if "wechat.com" in url]


def test_no_code_leads_inside(day):
    home, _, asked = day
    assert not [url for url in asked if url.startswith("127.")]
    assert rows(home, "select 1 from leads where value like '%127.0.0.1%'") == []


def test_two_posts_with_one_code_stand_in_one_case(day):
    home, _, _ = day
    found = rows(
        home,
        "select count(distinct case_id), count(*) from case_posts c join advertiser_keys k"
        " on k.post_row = c.post_row where k.kind = 'qr' and k.value like 'u.wechat.com/%'",
    )
    assert found == [(1, 2)]


def test_pictures_of_innocent_posts_are_not_asked_for(day):
    assert "pics.test/innocent.png" not in day[2]


def test_a_picture_is_fetched_once_and_robots_txt_of_its_host_is_asked(day):
    assert day[2].count("pics.test/join.png") == 1
    assert "pics.test/robots.txt" in day[2]


def test_what_could_not_be_looked_at_is_said_with_its_reason(day):
    told = day[1]["summary"]["qr_codes"]
    named = told.pop("unread_urls")
    assert {one["url"].rpartition("/")[2]: one["reason"] for one in named} == {
        "bomb.png": "bomb",
        "gone.png": "http_404",
        "page.png": "no_picture",
    }
    assert told == {
        "pictures": 6,
        "found": 3,
        "unread": {"bomb": 1, "http_404": 1, "no_picture": 1},
    }


def test_the_picture_of_a_code_is_kept_and_no_finding_quotes_it(day):
    home, _, _ = day
    kept = rows(home, "select url, sha256 from snapshots where kind = 'picture'")
    assert {url for url, _ in kept} == {
        f"http://pics.test/{n}.png" for n in ("join", "site", "inward")
    }
    for _, sha256 in kept:
        assert (home / "snapshots" / sha256[:2] / sha256[2:4] / sha256).read_bytes()[
            :4
        ] == b"\x89PNG"
    assert rows(home, "select 1 from findings where evidence like '%wechat.com%'") == []


def test_a_hosts_robots_txt_keeps_its_pictures_closed(tmp_path):
    pages = PAGES | {"pics.test/robots.txt": Answer(b"User-agent: *\nDisallow: /\n")}
    with Site(pages) as site:
        said = swept(tmp_path, [target("yuesao", "forum")], site.port)
        assert not [url for url in site.asked if url.endswith(".png")]
    assert said["summary"]["qr_codes"]["unread"] == {"robots": 6}


def test_beyond_the_budget_pictures_are_counted_and_left(tmp_path):
    names = [f"p{number}.png" for number in range(11)]
    pages = PAGES | {"luntan.test/list/yuesao": page(shown(2, *names, "my-qr.png"))}
    pages |= {f"pics.test/{name}": picture(JOIN) for name in [*names, "my-qr.png"]}
    with Site(pages) as site:
        said = swept(tmp_path, [target("yuesao", "forum")], site.port)
        asked = [url for url in site.asked if url.endswith(".png")]
    assert len(asked) == 8
    assert "pics.test/my-qr.png" in asked  # named like a code: looked at first
    assert said["summary"]["qr_codes"]["unread"] == {"over_budget": 4}


def test_pictures_that_only_the_posts_own_page_shows_are_looked_at_too(tmp_path):
    listed, whole = post(2, text=OFFER), shown(2, "join.png") | {"author": "某号"}
    pages = PAGES | {
        "luntan.test/list/yuesao": page(listed, links=["http://luntan.test/t/2"]),
        "luntan.test/t/2": page(whole),
    }
    with Site(pages) as site:
        swept(tmp_path, [target("yuesao", "forum")], site.port)
        swept(tmp_path, [target("yuesao", "forum")], site.port)
        assert site.asked.count("pics.test/join.png") == 1  # seen before and unchanged
    assert len(rows(tmp_path, "select 1 from advertiser_keys where kind = 'qr'")) == 1
