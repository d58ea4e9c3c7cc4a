"""A link becomes a URL of the sweep once, within its target's house, or is counted as refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.canon import canonical
from crawler.outlinks import Found, Outlinks, in_scope
from crawler.readers import Readers
from crawler.source_spider import SourceSpider
from storage.frontier import fingerprint
from storage.records import TargetKind
from tests.makers import target

HOME = "http://www.school.example/"
SITE = target(HOME, depth=3, budget=50, source="institution")


class Institution(SourceSpider):
    name = "institution"


class Engine(SourceSpider):
    name = "engine"
    hosts = ("so.test", ".so.test")
    searches_web = True


class Forum(SourceSpider):
    name = "forum"
    hosts = ("luntan.test",)


READERS = Readers({each.name: each for each in (Institution, Engine, Forum)})
WORDS = target("月嫂证", kind=TargetKind.KEYWORD, source="engine", depth=2, budget=50)


def outlinks_of(known=()) -> Outlinks:
    return Outlinks(set(known), READERS)


def handed(outlinks: Outlinks, *links: str, of=SITE, number=1, depth=1, source="institution"):
    return outlinks.fresh(number, of, links, Found(source, depth))


def found(outlinks: Outlinks, *links: str, of=SITE, number: int = 1, depth: int = 1) -> list[str]:
    return [link.canonical for link in handed(outlinks, *links, of=of, number=number, depth=depth)]


@pytest.mark.parametrize(
    ("url", "inside"),
    [
        ("http://www.school.example/a", True),
        ("https://school.example/a", True),
        ("http://bbs.school.example/a", True),
        ("http://notschool.example/a", False),
        ("http://school.example.evil.test/a", False),
        ("http://example/a", False),
        ("http://evil.test/?u=http://www.school.example/", False),
        ("http://school.example@evil.test/", False),
    ],
)
def test_a_site_is_its_host_and_what_lies_below_it(url, inside):
    assert in_scope(SITE, url) is inside


def test_a_target_of_one_page_leads_nowhere():
    page = target(HOME, kind=TargetKind.URL)
    assert not in_scope(page, HOME)
    outlinks = outlinks_of()
    assert found(outlinks, HOME + "a", of=page) == []
    assert outlinks.refused == {}


def test_a_link_is_given_once_however_it_is_written():
    outlinks = outlinks_of()
    first = found(outlinks, HOME + "a?utm_source=x", HOME + "a#top", HOME + "b", HOME + "a")
    assert first == [HOME + "a", HOME + "b"]
    assert found(outlinks, HOME + "a", HOME + "b?utm_medium=y") == []


def test_the_link_keeps_the_url_as_it_was_found():
    (link,) = handed(outlinks_of(), HOME + "a?utm_source=x")
    assert (link.url, link.canonical) == (HOME + "a?utm_source=x", HOME + "a")


def test_what_the_frontier_holds_already_is_not_given_again():
    outlinks = outlinks_of({fingerprint(HOME + "a")})
    assert found(outlinks, HOME + "a", HOME + "b") == [HOME + "b"]


def test_two_targets_of_one_house_do_not_both_ask_for_a_page():
    outlinks = outlinks_of()
    assert found(outlinks, HOME + "a", number=1) == [HOME + "a"]
    assert found(outlinks, HOME + "a", number=2) == []


@pytest.mark.parametrize("url", ["http://[", "http://", "http://a b/", "ftp://www.school.example/"])
def test_an_address_that_is_none_is_counted_and_does_no_harm(url):
    outlinks = outlinks_of()
    assert found(outlinks, url, HOME + "b") == [HOME + "b"]
    assert outlinks.refused == {"bad_url": 1}
    assert found(outlinks, url) == []
    assert outlinks.refused == {"bad_url": 1}


def test_a_spent_budget_is_remembered_for_its_target_alone():
    small = target(HOME, budget=2)
    outlinks = outlinks_of()
    given_out = found(outlinks, *(f"{HOME}page-{letter}" for letter in "abcd"), of=small)
    assert len(given_out) == 2
    assert outlinks.refused == {"budget": 2}
    assert outlinks.spent(1)
    assert not outlinks.spent(2)


def test_links_deeper_than_the_target_asks_for_are_left():
    outlinks = outlinks_of()
    assert found(outlinks, HOME + "deep", depth=4) == []
    assert outlinks.refused == {"too_deep": 1}
    assert not outlinks.spent(1)
    assert found(outlinks, HOME + "near", depth=3) == [HOME + "near"]


def test_a_resumed_sweep_has_only_the_rest_of_its_budget():
    small = target(HOME, budget=3)
    asked = [(HOME, 0), (HOME + "a", 1)]
    outlinks = outlinks_of({fingerprint(url) for url, _ in asked})
    outlinks.rebuild(1, small, asked)
    fresh = found(outlinks, HOME + "a", HOME + "b", HOME + "c", of=small)
    assert fresh == [HOME + "b"]
    assert outlinks.spent(1)


PATHS = st.lists(st.sampled_from([f"p{n}" for n in range(8)] + ["p1?utm_source=x", "p2#t"]))


@given(PATHS, st.integers(0, 30))
def test_a_resumed_sweep_gives_what_an_undisturbed_one_would_have_given(paths, cut):
    links = [HOME + path for path in paths]
    whole = found(outlinks_of(), *links)
    before = found(outlinks_of(), *links[:cut])
    resumed = outlinks_of({fingerprint(url) for url in before})
    resumed.rebuild(1, SITE, [(url, 1) for url in before])
    assert before + found(resumed, *links) == whole
    assert all(canonical(url) == url for url in whole)


def test_a_search_engine_leads_to_its_next_page_and_to_hits_on_any_site_or_platform():
    links = ["http://so.test/s?page=2", "http://www.school.example/x", "http://luntan.test/t/1"]
    fresh = handed(outlinks_of(), *links, of=WORDS, source="engine")
    assert [link.source for link in fresh] == ["engine", "institution", "forum"]


def test_a_platforms_page_leads_to_platforms_and_not_out_onto_the_web():
    links = ["http://luntan.test/t/2", "http://www.school.example/x"]
    fresh = handed(outlinks_of(), *links, of=WORDS, source="forum")
    assert [link.canonical for link in fresh] == ["http://luntan.test/t/2"]


def test_a_platforms_other_hosts_are_its_own_and_a_search_engines_are_hits():
    assert sources_of("forum", "http://so.luntan.test/search?p=2") == ["forum"]
    assert sources_of("engine", "http://zhidao.hits.test/q/1") == ["institution"]


def sources_of(source: str, *links: str) -> list[str]:
    return [link.source for link in handed(outlinks_of(), *links, of=WORDS, source=source)]


def test_a_hit_on_somebodys_site_leads_nowhere_by_itself():
    links = ["http://www.school.example/menu", "http://luntan.test/t/2"]
    assert handed(outlinks_of(), *links, of=WORDS, source="institution") == ()


@pytest.mark.parametrize(
    ("url", "reader"),
    [
        ("http://luntan.test/t/1", "forum"),
        ("http://www.so.test/s", "engine"),
        ("http://so.test.evil.example/", "institution"),
        ("http://verify.luntan.test/captcha", "forum"),  # its own wall: it knows what that means
        ("http://www.school.example/", "institution"),
    ],
)
def test_who_reads_the_page_a_forums_link_ended_at(url, reader):
    assert READERS.landed("forum", url) == reader
