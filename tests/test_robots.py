from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.robots import MOST_READ, read_rules
from crawler.user_agent import user_agent
from storage.bilingual import Problem
from tests.loopback import Answer, Canary, Site
from tests.small_crawl import crawl


def allows(text: str, path: str) -> bool:
    return read_rules(text.encode()).allows(f"http://a.example{path}")


def test_our_own_group_counts_before_the_common_one():
    text = "User-agent: *\nDisallow: /\n\nUser-agent: CertSweep\nDisallow: /private/\nAllow: /\n"
    assert allows(text, "/course")
    assert not allows(text, "/private/x")


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("certsweep", True),
        ("CertSweep/0.1", True),
        ("certsweep # the office", True),
        ("cert", False),
        ("certsweeper", False),
        ("c", False),
        ("bot", False),
        ("notcertsweep", False),
    ],
)
def test_a_group_is_ours_only_under_our_own_name(name, ours):
    assert allows(f"User-agent: {name}\nDisallow: /\n", "/x") is not ours


def test_a_group_of_several_names_is_one_group():
    text = "User-agent: other\nUser-agent: certsweep\nUser-agent: third\nDisallow: /x\n"
    assert not allows(text, "/x")
    assert allows(text, "/y")


def test_the_longest_rule_wins_and_chinese_paths_are_compared_encoded():
    text = "User-agent: *\nDisallow: /课程\nAllow: /课程/公开\nDisallow: /*.pdf$\n"
    assert not allows(text, "/%E8%AF%BE%E7%A8%8B/1")
    assert allows(text, "/%E8%AF%BE%E7%A8%8B/%E5%85%AC%E5%BC%80")
    assert not allows(text, "/a.pdf")
    assert allows(text, "/a.pdf?x")


def test_a_byte_order_mark_and_foreign_bytes_do_not_hide_a_rule():
    assert not read_rules(b"\xef\xbb\xbfUser-agent: *\r\nDisallow: /x\xff\r\nDisallow: /y").allows(
        "http://a.example/y"
    )


def test_a_long_file_counts_up_to_half_a_mebibyte_and_no_further():
    early, late = b"User-agent: *\nDisallow: /early\n", b"Disallow: /late\n"
    padding = b"# padding\n" * (MOST_READ // 10)
    rules = read_rules(early + padding + late)
    assert not rules.allows("http://a.example/early")
    assert rules.allows("http://a.example/late")


def test_a_rule_cut_in_two_is_not_read_as_a_wider_one():
    head = b"User-agent: *\n#"
    line = b"\nDisallow: /private/deep"
    body = head + b"x" * (MOST_READ - len(head) - len(line) + 5) + line
    assert read_rules(body).allows("http://a.example/private/")


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"User-agent: bot{n}\n" for n in range(15_000)) + "Disallow: /a\n" * 15_000,
        "User-agent: *\n" + "Disallow: /" + "*a" * 200_000 + "\n",
        "User-agent: *\n" + "Disallow: /*a*a*a*a*a*a*b$\n" * 10_000,
    ],
)
@pytest.mark.timeout(60)
def test_a_hostile_file_forbids_what_it_says_and_nothing_more(text):
    assert read_rules(text.encode()).allows("http://a.example/" + "a" * 2000)


@given(st.binary(max_size=400))
def test_any_file_gives_rules(body):
    rules = read_rules(b"User-agent: *\n" + body)
    assert rules.allows("http://a.example/x") in {True, False}
    assert rules.crawl_delay is None or rules.crawl_delay >= 0


def sweep(pages: dict[str, Any], urls: list[str], **more) -> tuple[list, dict, Site]:
    with Site(pages) as site:
        route = {"GUARD_ROUTES": f"*.example=127.0.0.1:{site.port}"}
        outcomes, stats = crawl(urls, route | more)
    return outcomes, stats, site


def by_path(outcomes: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        found["asked"].removeprefix("http://"): found.get("reason", found.get("status"))
        for found in outcomes
    }


def test_a_forbidden_page_is_not_fetched_and_reaches_the_errback_with_its_reason():
    pages = {
        "a.example/robots.txt": Answer(b"User-agent: certsweep\nDisallow: /no\n"),
        "a.example/yes": Answer(),
    }
    outcomes, stats, site = sweep(pages, ["http://a.example/no", "http://a.example/yes"])
    assert by_path(outcomes) == {"a.example/no": "robots", "a.example/yes": 200}
    assert sorted(site.asked) == ["a.example/robots.txt", "a.example/yes"]
    assert stats["robots/fetched"] == 1
    assert stats["robots/forbidden"] == 1


def test_what_an_answer_to_robots_txt_means():
    pages: dict[str, Any] = {
        "gone.example/robots.txt": Answer(b"", 404),
        "shut.example/robots.txt": Answer(b"", 403),
        "broken.example/robots.txt": Answer(b"", 500),
        "tired.example/robots.txt": Answer(b"", 503),
        "busy.example/robots.txt": Answer(b"", 429, {"Retry-After": "60"}),
        "cut.example/robots.txt": Answer(b"User-agent", 200, {"Content-Length": "900"}),
        "html.example/robots.txt": Answer(b"<html><p>welcome</p></html>"),
        "heavy.example/robots.txt": Answer(b"#" * (5 * 1024 * 1024)),
    }
    hosts = [key.partition("/")[0] for key in pages]
    pages |= {f"{host}/": Answer() for host in hosts}
    outcomes, _, site = sweep(pages, [f"http://{host}/" for host in hosts], DOWNLOAD_TIMEOUT=2)
    assert by_path(outcomes) == {
        "gone.example/": 200,
        "shut.example/": 200,
        "broken.example/": "robots_unreachable",
        "tired.example/": "robots_unreachable",
        "busy.example/": "rate_limit",
        "cut.example/": "robots_unreachable",
        "html.example/": 200,
        "heavy.example/": "robots_unreachable",
    }
    assert "busy.example/" not in site.asked
    assert next(found for found in outcomes if "busy" in found["asked"])["retry_at"]


def test_a_site_nobody_answers_at_is_closed_for_the_sweep():
    with Canary() as closed:
        port = closed.port
    outcomes, _, _ = sweep(
        {}, ["http://dead.test/1", "http://dead.test/2"], GUARD_ROUTES=f"dead.test=127.0.0.1:{port}"
    )
    assert [found["reason"] for found in outcomes] == ["robots_unreachable"] * 2


def hops(host: str, count: int) -> dict[str, Answer]:
    """robots.txt behind `count` redirects."""
    pages = {f"{host}/{n}": Answer(b"", 302, {"Location": f"/{n + 1}"}) for n in range(1, count)}
    pages[f"{host}/robots.txt"] = Answer(b"", 301, {"Location": f"http://{host}/1"})
    return pages | {
        f"{host}/{count}": Answer(b"User-agent: *\nDisallow: /\n"),
        f"{host}/page": Answer(),
    }


def test_five_redirects_of_robots_txt_are_followed_and_a_sixth_means_there_is_none():
    pages = hops("five.example", 5) | hops("six.example", 6)
    outcomes, _, site = sweep(pages, ["http://five.example/page", "http://six.example/page"])
    assert by_path(outcomes) == {"five.example/page": "robots", "six.example/page": 200}
    assert "six.example/5" in site.asked
    assert "six.example/6" not in site.asked


def test_a_redirect_of_robots_txt_into_the_house_closes_the_site():
    with Canary() as canary:
        pages = {
            "a.example/robots.txt": Answer(
                b"", 302, {"Location": f"http://127.0.0.1:{canary.port}/robots.txt"}
            ),
            "a.example/": Answer(),
        }
        outcomes, _, site = sweep(pages, ["http://a.example/"], GUARD_PORTS=[80, canary.port])
        assert not canary.touched
    assert by_path(outcomes) == {"a.example/": "robots_unreachable"}
    assert site.asked == ["a.example/robots.txt"]


def test_a_page_that_redirects_to_a_forbidden_one_is_stopped_there():
    pages = {
        "a.example/": Answer(b"", 302, {"Location": "http://b.example/secret"}),
        "b.example/robots.txt": Answer(b"User-agent: *\nDisallow: /secret\n"),
        "b.example/secret": Answer(),
    }
    outcomes, _, site = sweep(pages, ["http://a.example/"])
    assert by_path(outcomes) == {"a.example/": "robots"}
    assert "b.example/secret" not in site.asked


def test_a_refused_host_is_not_even_asked_for_its_robots_txt():
    with Canary() as canary:
        outcomes, stats, _ = sweep(
            {}, [f"http://127.0.0.1:{canary.port}/"], GUARD_PORTS=[80, canary.port]
        )
        assert not canary.touched
    assert outcomes[0]["reason"] == "address_loopback"
    assert "robots/fetched" not in stats


def test_every_request_says_who_we_are():
    _, _, site = sweep(
        {"a.example/": Answer()}, ["http://a.example/"], USER_AGENT=user_agent("https://o.example/")
    )
    assert site.agents == {"certsweep/0.1 (+https://o.example/)"}


def test_the_user_agent_is_honest_with_and_without_a_contact():
    assert user_agent(" desk@office.example ") == "certsweep/0.1 (+desk@office.example)"
    assert "compliance sweep" in user_agent()
    assert user_agent("  ") == user_agent()
    assert "Mozilla" not in user_agent()


@pytest.mark.parametrize("contact", ["a\r\nX-Evil: 1", "邮箱", "x" * 201, "a)b", "a\\b", "a\x7fb"])
def test_a_contact_that_no_header_can_carry_is_refused(contact):
    with pytest.raises(Problem) as caught:
        user_agent(contact)
    assert "没有开始访问" in caught.value.text.zh
