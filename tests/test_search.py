"""Searching cases by words: what is found, what is not, in what order, by whom."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, select, text

from storage import narrowing, queue, search
from storage.audit import lines
from storage.cases import decide, split
from storage.database import open_database, upgrade, write
from storage.grams import SEPARATOR, asked, grams, grams_asked, number, squeezed
from storage.models import case_posts
from storage.queue import Filters, claim_next, queue_counts, queue_page
from storage.records import Contacts
from tests.desk_site import Browser, make_desk, staff
from tests.makers import decision, finding, flagged, judged, post, sight

SIGNS = "证书包过薪信ab1２Ａ.　-\n𠮷é"


def put(engine: Engine, number: int, words: str, **changes: object) -> None:
    """A case of its own."""
    place = f"http://school{number}.example/a"
    contacts = Contacts(phones=(f"1380000{number:04d}",))
    seen = post(place, **{"title": "", "text": words, "contacts": contacts, **changes})
    said = judged(score=0.5 + number / 60, findings=(finding(),))
    sight(engine, flagged(seen, seed=number, judgement=said))


def found(engine: Engine, words: str, **filters: object) -> list[int]:
    wanted = Filters(words=words, **filters)
    rows, end = queue_page(engine, wanted)
    counts = queue_counts(engine, wanted)
    assert end is None
    assert (counts.total, counts.exact) == (len(rows), True)
    return sorted(row.id for row in rows)


# --- words and their grams ------------------------------------------------------------------------


@given(st.lists(st.text(SIGNS, max_size=12), max_size=4), st.text(SIGNS, max_size=8))
def test_whatever_holds_a_word_holds_its_grams(fields: list[str], typed: str) -> None:
    words = SEPARATOR.join(map(squeezed, fields))
    for word in asked(typed).words:
        if len(word) > 1 and word in words:
            assert set(grams_asked(word)) <= grams(words)
        if len(word) == 2 and asked(word).exact:
            assert (word in grams(words)) == (word in words)


@given(st.text(SIGNS, min_size=2, max_size=9))
def test_the_grams_of_a_word_reach_over_all_of_it(typed: str) -> None:
    word = squeezed(typed)
    covered: set[int] = set()
    for gram in grams_asked(word):
        for at in range(len(word)):
            if word.startswith(gram, at):
                covered |= set(range(at, at + len(gram)))
    assert len(word) < 2 or covered == set(range(len(word)))


@given(st.text(min_size=2, max_size=2), st.text(min_size=2, max_size=2))
def test_numbers_of_common_grams_are_their_own(one: str, other: str) -> None:
    first, second = sorted(grams(squeezed(one))), sorted(grams(squeezed(other)))
    for gram in (*first, *second):
        assert -(2**31) <= number(gram) < 2**31
    if max(one + other) <= "\uffff":
        assert (first == second) == (list(map(number, first)) == list(map(number, second)))


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("包过", ("包过",)),
        ("  １３8-0000  包.过 ", ("1380000", "包过")),
        ("鑫", ()),
        ("鑫 包过", ("鑫", "包过")),
        ("…… ？", ()),
        ("AND OR NOT", ("and", "or", "not")),
        ('" OR 1=1 --', ("or", "11")),
    ],
)
def test_what_is_typed_becomes_words(typed: str, words: tuple[str, ...]) -> None:
    assert asked(typed).words == words


@pytest.mark.parametrize("typed", ["1380000", "一三八零零", "wx_sample", "加微1380", "abcdef"])
def test_what_may_be_a_number_is_known_as_one(typed: str) -> None:
    assert asked(typed).names_contact


@pytest.mark.parametrize("typed", ["包过", "PMP证书", "2022年", "一级建造师", "第三方评价"])
def test_ordinary_words_are_no_numbers(typed: str) -> None:
    assert not asked(typed).names_contact


# --- in the database ------------------------------------------------------------------------------


def test_words_are_found_wherever_they_stand_and_nothing_else_is(engine: Engine) -> None:
    put(engine, 1, "催乳师证免考包过，七天拿证")
    put(engine, 2, "包 . 过！联系薇信", title="高级催乳师", author="样例培训")
    put(engine, 3, "包里过夜的证件")
    put(engine, 4, "Hello ＰＭＰ world AND pmp", author_id="sample_104")
    assert found(engine, "包过") == [1, 2]
    assert found(engine, "催乳师") == [1, 2]
    assert found(engine, "催乳师证") == [1]
    assert found(engine, "拿证 包过") == [1]
    assert found(engine, "样例培训") == [2]
    assert found(engine, "pmp") == [4]
    assert found(engine, "AND") == [4]
    assert found(engine, "sample104") == [4]
    assert found(engine, "13800000002") == [2]
    assert found(engine, "school3.example") == [3]
    assert found(engine, "师催") == []
    assert found(engine, "过七") == [1], "signs between words do not part them"
    assert found(engine, "师样例") == [], "fields do"


def test_a_search_goes_together_with_every_filter(engine: Engine) -> None:
    put(engine, 1, "证书包过")
    put(engine, 2, "证书包过", platform="weibo", region="河南")
    put(engine, 3, "证书包过")
    decide(engine, decision(3))
    assert found(engine, "包过") == [1, 2]
    assert found(engine, "包过", platform="weibo") == [2]
    assert found(engine, "包过", region="河南", score=0.5, days=3650) == [2]
    assert found(engine, "包过", view="decided") == [3]
    assert queue_counts(engine, Filters(words="包过")).by_platform == {"web": 1, "weibo": 1}
    assert claim_next(engine, Filters(words="包过", platform="weibo"), "wang") == 2
    assert found(engine, "包过", view="mine", person="wang") == [2]
    assert claim_next(engine, Filters(words="没有的词"), "wang") is None


def test_a_changed_account_is_found_by_its_new_name_only(engine: Engine) -> None:
    put(engine, 1, "证书包过", author="旧名字")
    put(engine, 1, "证书包过", author="新名字")
    assert found(engine, "新名字") == [1]
    assert found(engine, "旧名字") == []


def test_a_post_that_was_taken_out_is_found_in_its_new_case_only(engine: Engine) -> None:
    same = {"contacts": Contacts(phones=("13800000000",))}
    for name, words in (("a", "证书包过甲"), ("b", "证书包过乙")):
        seen = post(f"http://school1.example/{name}", title="", text=words, **same)
        sight(engine, flagged(seen, seed=1, judgement=judged(findings=(finding(),))))
    assert found(engine, "包过甲") == found(engine, "包过乙") == [1]
    assert split(engine, 1, [2], "wang") == 2
    assert found(engine, "包过甲") == [1]
    assert found(engine, "包过乙") == [2]


@pytest.mark.parametrize("step", [1, 3, 100])
def test_words_that_very_many_cases_hold_are_found_by_walking(
    engine: Engine, monkeypatch, step: int
) -> None:
    for n in range(1, 13):
        put(engine, n, "证书包过" if n % 3 else "证书免考")
    monkeypatch.setattr(search, "HITS", 3)
    monkeypatch.setattr(queue, "STEP", step)
    monkeypatch.setattr(queue, "WALKED", 5)
    seen, place = [], None
    while True:
        rows, place = queue_page(engine, Filters(words="包过"), place, limit=2)
        seen += [row.id for row in rows]
        if place is None:
            break
    everything, _ = queue_page(engine, Filters(), limit=100)
    expected = [row.id for row in everything if row.id % 3]
    assert seen == expected, "all of them, the most urgent first, each once"
    assert not queue_counts(engine, Filters(words="包过")).exact
    assert claim_next(engine, Filters(words="包过"), "wang") == expected[0]


def test_an_older_database_is_indexed_when_it_is_upgraded(engine: Engine, tmp_path: Path) -> None:
    for n in range(1, 6):
        put(engine, n, f"证书包过{'甲乙丙丁戊'[n - 1]}")
    drop = "DELETE FROM post_words"
    empty = "INSERT INTO post_grams (post_grams) VALUES ('delete-all')"
    with write(engine) as connection:
        connection.execute(text(drop))
        if connection.dialect.name == "sqlite":
            connection.execute(text(empty))
    assert found(engine, "包过丙") == []
    with write(engine) as connection:
        search.fill(connection, batch=2)
    assert found(engine, "包过丙") == [3]
    assert len(found(engine, "包过")) == 5


def test_the_migration_makes_the_index(blank_url: str, tmp_path: Path) -> None:
    engine = open_database(blank_url, tmp_path)
    upgrade(engine)
    put(engine, 1, "证书包过")
    assert found(engine, "包过") == [1]
    engine.dispose()


# --- at the desk ----------------------------------------------------------------------------------


@pytest.fixture
def desk(engine: Engine, tmp_path: Path):
    staff(engine)
    return make_desk(engine, tmp_path)


def test_the_search_is_part_of_the_address_and_travels_along(desk) -> None:
    put(desk.engine, 1, "催乳师包过")
    put(desk.engine, 2, "月嫂免考")
    browser = Browser(desk).log_in("wang")
    page = browser.get("/queue?words=催乳师&platform=web").text
    assert 'name="words" value="催乳师"' in page
    assert "/cases/1" in page
    assert "/cases/2" not in page
    taken = browser.post("/queue/next", {"filters": "words=月嫂"})
    assert taken.headers["location"].startswith("/cases/2?filters=words")
    assert "至少要有两个字" in browser.get("/queue?words=催").text
    hostile = browser.get('/queue?words="><script>alert(1)</script>').text
    assert "<script>alert" not in hostile
    assert browser.get("/queue?words=" + "字" * 5000).status_code == 200
    assert browser.get("/queue?words=%00%ff包过").status_code == 200


def test_looking_for_a_number_takes_the_right_to_see_it_and_is_written_down(desk) -> None:
    put(desk.engine, 1, "催乳师包过 一三八零零零零零零零一")
    refused = Browser(desk).log_in("sun")
    for typed in ("13800000001", "1380", "一三八零零"):
        assert refused.get(f"/queue?words={typed}").status_code == 403
    assert refused.get("/queue?words=催乳师").status_code == 200
    page = Browser(desk).log_in("wang").get("/queue?words=13800000001").text
    assert "/cases/1" in page
    *refusals, line = [line for line in lines(desk.engine) if line.act == "contacts.searched"]
    assert (line.actor, line.detail) == ("wang", '{"words":["138…01"]}')
    assert [one.actor for one in refusals] == ["sun"] * 3, "whoever tries is written down, too"
    assert all('"refused":true' in one.detail for one in refusals)


# --- filters that leave few -----------------------------------------------------------------------


def test_filters_that_leave_few_of_many_show_the_same_as_walking_would(
    engine: Engine, monkeypatch
) -> None:
    for n in range(1, 13):
        region, platform = ("河南" if n % 4 else "西藏"), ("web" if n % 3 else "weibo")
        put(engine, n, "证书包过" if n % 2 else "证书免考", region=region, platform=platform)
    decide(engine, decision(8))
    asked_for = [
        Filters(region="西藏"),
        Filters(platform="weibo", region="河南", clause="二"),
        Filters(region="西藏", view="decided"),
        Filters(days=1, score=0.6),
        Filters(words="证书", region="西藏"),
        Filters(words="包过", platform="weibo", days=3),
        Filters(platform="nothing"),
    ]
    walked = [queue_page(engine, filters)[0] for filters in asked_for]
    first = [claim_next(engine, filters, "wang") for filters in asked_for]
    monkeypatch.setattr(narrowing, "MANY", 0)
    monkeypatch.setattr(search, "HITS", 2)
    for filters, rows, taken in zip(asked_for, walked, first, strict=True):
        found, end = queue_page(engine, filters)
        assert ([row.id for row in found], end) == ([row.id for row in rows], None), filters
        assert claim_next(engine, filters, "wang") == taken
    monkeypatch.setattr(narrowing, "FEW", 1)
    for filters, rows in zip(asked_for, walked, strict=True):
        found, _ = queue_page(engine, filters)
        assert [row.id for row in found] == [row.id for row in rows], filters


@pytest.mark.parametrize("kind", ["sqlite"])  # PostgreSQL chooses by its statistics
def test_sqlite_enters_the_index_of_a_posts_case(engine: Engine) -> None:
    where = case_posts.c.post_row == 1, ~case_posts.c.split
    statement = select(case_posts.c.case_id).where(*where)
    said = str(statement.compile(engine, compile_kwargs={"literal_binds": True}))
    with engine.connect() as connection:
        plan = connection.execute(text(f"EXPLAIN QUERY PLAN {said}")).all()
    assert "uq_case_posts_active" in str(plan)
