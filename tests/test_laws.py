from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.laws import (
    atom,
    basis,
    cite,
    cited_for,
    describe,
    for_code,
    for_platform,
    in_words,
    lawbook,
    numeral,
)

SPRING_2024 = date(2024, 3, 1)
SPRING_2026 = date(2026, 3, 1)
POLICY_DAYS = st.dates(min_value=date(2015, 1, 1), max_value=date(2030, 1, 1))


def test_a_guaranteed_pass_is_cited_by_paragraph_and_item() -> None:
    law = "《中华人民共和国广告法》（2021年修正）"
    assert basis("广告法", "24(一)", SPRING_2024) == f"{law}第二十四条第一项"
    assert basis("广告法", "58(1)(六)", SPRING_2024) == f"{law}第五十八条第一款第六项"


def test_a_law_is_not_cited_before_its_version_was_in_force() -> None:
    assert basis("广告法", "24(一)", date(2021, 4, 29)) is not None
    assert basis("广告法", "24(一)", date(2021, 4, 28)) is None
    assert basis("职业教育法", "24", date(2022, 4, 30)) is None


def test_an_article_that_moved_is_cited_by_the_number_of_its_day() -> None:
    before = basis("网络安全法", "61", date(2025, 12, 31))
    after = basis("网络安全法", "61", date(2026, 1, 1))
    assert before == "《中华人民共和国网络安全法》第五十九条"
    assert after == "《中华人民共和国网络安全法》（2025年修正）第六十一条"


def test_numbers_that_were_only_inferred_are_never_cited() -> None:
    for day in (date(2025, 12, 31), SPRING_2026):
        assert basis("网络安全法", "49", day) is None
        assert basis("反不正当竞争法", "7", day) is None


def test_the_security_administration_law_falls_silent_with_its_revision() -> None:
    old = basis("治安管理处罚法", "52", date(2025, 12, 31))
    assert old == "《中华人民共和国治安管理处罚法》（2012年修正）第五十二条"
    assert basis("治安管理处罚法", "52", date(2026, 1, 1)) is None


def test_the_criminal_law_is_cited_in_the_edition_in_force_that_day() -> None:
    before = basis("刑法", "280", date(2021, 2, 28))
    assert before == "《中华人民共和国刑法》第二百八十条"
    for day in (date(2021, 3, 1), date(2024, 2, 29)):
        assert basis("刑法", "280", day) == "《中华人民共和国刑法》（2020年修正）第二百八十条"
    for day in (date(2024, 3, 1), SPRING_2026):
        assert basis("刑法", "280", day) == "《中华人民共和国刑法》（2023年修正）第二百八十条"


def test_the_henan_training_regulation_is_cited_only_while_it_surely_lived() -> None:
    assert basis("河南省职业培训条例", "", date(2025, 8, 31)) == "《河南省职业培训条例》"
    assert basis("河南省职业培训条例", "", date(2025, 9, 1)) is None
    assert basis("河南省职业教育条例", "", date(2025, 9, 1)) == "《河南省职业教育条例》"


@pytest.mark.parametrize(
    ("law", "article"), [("广告法", "99"), ("不存在的法", "1"), ("刑法", "222")]
)
def test_what_the_table_lacks_or_did_not_verify_is_none(law: str, article: str) -> None:
    assert basis(law, article, SPRING_2024) is None


def test_describe_says_what_an_article_gives_whatever_its_date() -> None:
    assert "国家机关" in (describe("广告法", "9(二)") or "")
    assert describe("广告法", "99") is None


def test_a_code_is_cited_with_statutes_first_and_the_policy_last() -> None:
    cited = for_code("B4-02", SPRING_2024)
    assert cited[0].endswith("第二十四条第一项")
    assert cited[-2:] == ("豫人社函〔2022〕129号 三、（二）", "人社部函〔2022〕25号")


@pytest.mark.parametrize(
    ("code", "clause"),
    [
        ("A1-04", "三、（一）"),
        ("C3-04", "三、（三）"),
        ("D1-01", "三、（四）"),
        ("E1-01", "四、（二）"),
        ("E2-02", "五、（一）"),
        ("E3-02", "五、（二）"),
        ("E4-01", "五、（四）"),
        ("B9-77", "三、（二）"),
        ("Z0-00", "三、（四）"),
    ],
)
def test_each_code_hangs_on_its_clause_of_the_policy(code: str, clause: str) -> None:
    assert for_code(code, SPRING_2026)[-2] == f"豫人社函〔2022〕129号 {clause}"


def test_forged_skill_certificates_do_not_borrow_an_article_that_does_not_name_them() -> None:
    forged_skill = for_code("C3-06", SPRING_2024)
    assert not any("第六十二条第四项" in words for words in forged_skill)
    assert any("刑法》（2023年修正）第二百八十条" in words for words in forged_skill)
    assert any("第六十二条第四项" in words for words in for_code("C3-04", SPRING_2024))


def test_a_platform_is_told_only_verified_duties() -> None:
    duties = for_platform(SPRING_2026)
    assert any("广告法" in words for words in duties)
    assert not any("网络安全法" in words for words in duties)


def test_a_platform_is_told_what_it_must_do_and_not_that_it_takes_complaints() -> None:
    told = " ".join(for_platform(SPRING_2026))
    assert "网络信息内容生态治理规定》（国家互联网信息办公室令第5号）第十四条" in told
    assert "第十六条" not in told
    assert "生态治理" not in " ".join(for_platform(SPRING_2026, site=True))


def test_a_paper_cites_what_the_table_verified_whatever_a_finding_recorded() -> None:
    wild, real = "《子虚乌有法》第九百条", "《中华人民共和国广告法》（2021年修正）第十一条"
    told = cited_for("B4-02", SPRING_2024, (wild, real), penal=True)
    assert told[0] == real
    assert set(told[1:]) == set(for_code("B4-02", SPRING_2024))


def test_what_follows_for_the_offender_is_left_to_the_papers_that_hand_clues_over() -> None:
    asked = " ".join(cited_for("C3-04", SPRING_2024, (), penal=False))
    handed = " ".join(cited_for("C3-04", SPRING_2024, (), penal=True))
    for words in ("刑法", "治安管理处罚法", "第六十二条第四项"):
        assert words not in asked
        assert words in handed


@given(st.sampled_from(sorted(lawbook().atoms)), POLICY_DAYS)
def test_no_article_that_names_a_liability_stands_in_a_letter_that_asks(
    code: str, day: date
) -> None:
    asked = cited_for(code, day, (), penal=False)
    for law_id, law in lawbook().laws.items():
        for key, article in law.articles.items():
            if "责任" in article.gives or law_id in {"刑法", "治安管理处罚法"}:
                assert basis(law_id, key, day) not in asked


def test_citations_come_once_each() -> None:
    assert len(cite([("广告法", "28"), ("广告法", "28")], SPRING_2024)) == 1


@given(st.sampled_from(sorted(lawbook().atoms)), POLICY_DAYS)
def test_no_citation_of_any_code_on_any_day_rests_on_an_unverified_row(
    code: str, day: date
) -> None:
    book = lawbook()
    allowed = {
        words
        for law_id, law in book.laws.items()
        for article in law.articles
        if (words := basis(law_id, article, day))
    }
    *statutes, policy, parent = for_code(code, day)
    assert set(statutes) <= allowed
    assert policy.startswith("豫人社函〔2022〕129号 ")
    assert parent == "人社部函〔2022〕25号"


def test_versions_of_a_law_never_overlap_and_leave_no_gap() -> None:
    for law in lawbook().laws.values():
        for old, new in zip(law.versions, law.versions[1:], strict=False):
            assert old.until is not None
            assert old.until + timedelta(days=1) == new.start


def test_every_basis_names_a_law_and_an_article_of_the_table() -> None:
    book = lawbook()
    rows = [row for _, rows in book.bases for row in rows] + list(book.platform)
    assert rows
    for law, article in rows:
        assert describe(law, article), (law, article)


def test_every_basis_fits_some_code() -> None:
    book = lawbook()
    for starts, _ in book.bases:
        for start in starts:
            assert any(code.startswith(start) for code in book.atoms), start


def test_codes_have_names_in_both_languages() -> None:
    named = atom("B4-02")
    assert named is not None
    assert "包过" in named.zh
    assert named.en.isascii()
    assert atom("Z0-00") is None
    assert all(row.zh and row.en for row in lawbook().atoms.values())


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1, "一"),
        (10, "十"),
        (15, "十五"),
        (24, "二十四"),
        (110, "一百一十"),
        (208, "二百零八"),
        (280, "二百八十"),
    ],
)
def test_numerals_are_written_as_statutes_write_them(number: int, words: str) -> None:
    assert numeral(number) == words


def test_an_inserted_article_keeps_its_suffix() -> None:
    assert in_words("287之一") == "第二百八十七条之一"
    assert in_words("41(一)") == "第四十一条第一项"
    assert in_words("") == ""
