"""Which posts share a case: wording and advertiser, and what people have split apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from storage.bilingual import Problem
from storage.cases import claim, decide, get_case, list_cases, split
from storage.clusters import BANDS, ROWS, band_hashes, digits, filing, keys_of, share
from storage.records import CaseStatus, Contacts, QrCode, Sighting, Verdict
from tests.makers import (
    NOON,
    decision,
    flagged,
    judged,
    post,
    sha,
    sight,
    signature,
)

NIGHT = timedelta(days=1)
PICTURE = "http://tu.example/qr.png"
A, B, C = (f"http://{name}.example/ad" for name in ("one", "two", "three"))


def phone(number: str) -> Contacts:
    return Contacts(phones=(number,))


def case_ids(engine: Engine) -> list[int]:
    return sorted(case.id for case in list_cases(engine))


def members(engine: Engine, case_id: int) -> list[str]:
    return [member.post.url for member in get_case(engine, case_id).posts]


# --- which posts share a case ---------------------------------------------------------------


def test_near_duplicates_of_one_advertiser_share_a_case(engine: Engine) -> None:
    first = sight(engine, flagged(post(A)))
    second = sight(engine, flagged(post(B), changed=25), now=NOON + NIGHT)
    assert (first.cases_opened, second.cases_opened) == (1, 0)
    assert members(engine, 1) == [A, B]


def test_near_duplicates_of_different_advertisers_do_not(engine: Engine) -> None:
    sight(engine, flagged(post(A)))
    sight(engine, flagged(post(B, contacts=phone("13900000000"))))
    assert case_ids(engine) == [1, 2]


def test_different_texts_of_one_advertiser_do_not(engine: Engine) -> None:
    sight(engine, flagged(post(A), seed=1))
    sight(engine, flagged(post(B), seed=2))
    assert case_ids(engine) == [1, 2]


@pytest.mark.parametrize(("changed", "together"), [(25, True), (26, False)])
def test_within_one_site_the_line_is_at_eight_tenths(
    engine: Engine, changed: int, together: bool
) -> None:
    sight(engine, flagged(post(A)), flagged(post(f"{A}?2"), changed=changed))
    assert len(case_ids(engine)) == (1 if together else 2)


@pytest.mark.parametrize(("changed", "together"), [(76, True), (77, False)])
def test_the_same_phone_on_another_site_lets_the_words_differ_more(
    engine: Engine, changed: int, together: bool
) -> None:
    sight(engine, flagged(post(A)), flagged(post(B), changed=changed))
    assert len(case_ids(engine)) == (1 if together else 2)


def qr(key: str = "u.wechat.com/kSample", found_in: str = PICTURE) -> QrCode:
    return QrCode(
        content=key, kind="contact", key=key, url="", found_in=found_in, sha256=sha("picture")
    )


def pictured(address: str, seed: int, **changes: object) -> Sighting:
    given = {"contacts": Contacts(), "images": (PICTURE,), **changes}
    return flagged(post(address, **given), seed=seed, codes=(qr(),))


def test_the_same_qr_code_on_two_sites_joins_whatever_they_say(engine: Engine) -> None:
    sight(engine, pictured(A, 1), pictured(B, 2))
    assert members(engine, 1) == [A, B]
    assert ("qr", "u.wechat.com/kSample") in get_case(engine, 1).advertiser_keys


def test_the_same_qr_code_joins_posts_that_have_no_words_to_compare(engine: Engine) -> None:
    sight(engine, *(replace(pictured(url, 1, platform="weibo"), signature=()) for url in (A, B)))
    assert case_ids(engine) == [1]


def test_the_qr_code_in_a_sites_footer_does_not_join_its_pages(engine: Engine) -> None:
    sight(engine, pictured(A, 1), pictured(f"{A}?2", 2))
    assert case_ids(engine) == [1, 2]


def test_a_qr_code_that_only_a_screenshot_shows_joins_posts_that_are_alike_besides(
    engine: Engine,
) -> None:
    for url, seed in ((A, 1), (B, 2), (C, 1)):
        shown = post(url, contacts=Contacts())
        sight(engine, flagged(shown, seed=seed, codes=(qr(found_in=url),)))
    assert [members(engine, case_id) for case_id in (1, 2)] == [[A, C], [B]]


def test_a_post_taken_out_of_a_case_does_not_come_back_by_its_qr_code(engine: Engine) -> None:
    sight(engine, pictured(A, 1), pictured(B, 2))
    row = get_case(engine, 1).posts[1].row
    split(engine, 1, [row], "李审核")
    sight(engine, pictured(B, 2, text="换了说法"))
    assert members(engine, 1) == [A]


def test_different_qr_codes_do_not_join(engine: Engine) -> None:
    other = replace(pictured(B, 2), codes=(qr("u.wechat.com/kOther"),))
    sight(engine, pictured(A, 1), other)
    assert case_ids(engine) == [1, 2]


def test_the_more_similar_case_is_chosen(engine: Engine) -> None:
    sight(engine, flagged(post(A), changed=20))
    sight(engine, flagged(post(B, contacts=phone("13900000000")), changed=2))
    both = Contacts(phones=("13800000000", "13900000000"))
    sight(engine, flagged(post(C, contacts=both), changed=0))
    assert members(engine, 2) == [B, C]


def test_posts_without_a_usable_signature_stand_alone(engine: Engine) -> None:
    sight(engine, flagged(post(A), signature=()), flagged(post(B), signature=(1, 2, 3)))
    sight(engine, flagged(post(C), signature=()))
    assert case_ids(engine) == [1, 2, 3]


def test_posts_without_any_advertiser_key_stand_alone(engine: Engine) -> None:
    for number in range(2):
        sight(engine, flagged(post(str(number), platform="weibo", contacts=Contacts())))
    assert case_ids(engine) == [1, 2]


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        (
            {"contacts": Contacts(wechat=("ZhengShu 888",))},
            {"contacts": Contacts(wechat=("zhengshu888",))},
        ),
        ({"contacts": Contacts(qq=("１２３４５６",))}, {"contacts": Contacts(qq=("123456",))}),
        ({"contacts": phone("+86 138-0000-0000")}, {"contacts": phone("13800000000")}),
        ({"author_id": "u7", "contacts": Contacts()}, {"author_id": "u7", "contacts": Contacts()}),
    ],
)
def test_one_contact_in_two_spellings_is_one_advertiser(
    engine: Engine, mine: dict[str, object], theirs: dict[str, object]
) -> None:
    sight(engine, flagged(post("1", platform="weibo", **mine)))
    sight(engine, flagged(post("2", platform="weibo", **theirs)))
    assert case_ids(engine) == [1]


def test_keys_are_folded_and_platforms_lend_no_host() -> None:
    seen = post(
        "http://www.school.example/a",
        author_id="9",
        icp="京ICP备10000000号-3",
        contacts=Contacts(phones=("12", "138 0000 0000"), wechat=("ab", "AB-12345"), qq=("12345",)),
    )
    assert keys_of(seen) == [
        ("account", "web:9"),
        ("phone", "13800000000"),
        ("wechat", "ab-12345"),
        ("qq", "12345"),
        ("host", "www.school.example"),
        ("icp", "京icp备10000000号"),
    ]
    on_platform = post("7", platform="weibo", url="http://weibo.example/7", icp="京ICP备1号")
    assert keys_of(on_platform) == [("phone", "13800000000")]


def test_a_flood_of_contacts_is_cut() -> None:
    many = Contacts(phones=tuple(f"138{n:08d}" for n in range(1_000)), wechat=("w" * 500,))
    kinds = [kind for kind, _ in keys_of(post(contacts=many))]
    assert (kinds.count("phone"), kinds.count("wechat")) == (40, 0)


def test_numbers_and_filings_are_read_as_people_mean_them() -> None:
    assert digits("86-13800000000") == "13800000000"
    assert digits("8600000") == "8600000"
    assert filing(" 豫ICP备 20000000号－12") == "豫icp备20000000号"


def test_bands_are_signed_numbers_and_equal_rows_meet() -> None:
    one, other = band_hashes(signature(1)), band_hashes(signature(1, changed=ROWS))
    assert len(one) == BANDS
    assert sum(a == b for a, b in zip(one, other, strict=True)) == BANDS - 1
    assert all(-(2**63) <= value < 2**63 for _, value in one)
    assert band_hashes((1, 2)) == []


@given(st.integers(0, 128), st.integers(1, 10_000))
def test_the_share_counts_equal_places(changed: int, seed: int) -> None:
    assert share(signature(seed), signature(seed, changed)) == pytest.approx(
        (128 - changed) / 128, abs=1e-6
    )
    assert share(signature(seed), ()) == 0


# --- what a newer version does to a case --------------------------------------------------------


def test_a_newer_version_joins_the_case_of_its_post(engine: Engine) -> None:
    sight(engine, flagged(post(A, text="旧文"), seed=1))
    sight(
        engine, flagged(post(A, text="全新的文字", contacts=Contacts()), seed=2), now=NOON + NIGHT
    )
    assert [member.post.text for member in get_case(engine, 1).posts] == ["旧文", "全新的文字"]
    (row,) = list_cases(engine)
    assert (row.posts, row.urls, row.reopened) == (1, (A,), 0)


def test_a_decided_case_comes_back_when_its_content_changes(engine: Engine) -> None:
    sight(engine, flagged(post(A)))
    decide(engine, decision(1, Verdict.CLEAN))
    committed = sight(engine, flagged(post(A, text="改成包过")), now=NOON + NIGHT)
    assert (committed.cases_opened, committed.cases_reopened) == (0, 1)
    case = get_case(engine, 1)
    assert (case.status, case.reopened) == (CaseStatus.WAITING, 1)
    assert len(case.decisions) == 1


def test_a_decided_case_stays_decided_when_its_content_is_the_same(engine: Engine) -> None:
    sight(engine, flagged(post(A)))
    decide(engine, decision(1))
    again = flagged(post(A), judgement=judged(engine="rules-2"))
    assert sight(engine, again, now=NOON + NIGHT).cases_reopened == 0
    assert get_case(engine, 1).status is CaseStatus.DECIDED


def test_a_new_copy_brings_a_decided_case_back(engine: Engine) -> None:
    sight(engine, flagged(post(A)))
    decide(engine, decision(1))
    assert sight(engine, flagged(post(B)), now=NOON + NIGHT).cases_reopened == 1
    assert get_case(engine, 1).status is CaseStatus.WAITING


def test_a_claimed_case_takes_new_posts_and_stays_claimed(engine: Engine) -> None:
    sight(engine, flagged(post(A)))
    claim(engine, 1, "李审核")
    sight(engine, flagged(post(B)), now=NOON + NIGHT)
    case = get_case(engine, 1)
    assert (case.status, case.claimed_by, len(case.posts)) == (CaseStatus.CLAIMED, "李审核", 2)


# --- splitting ----------------------------------------------------------------------------------


def test_a_split_post_gets_a_case_of_its_own_and_stays_there(engine: Engine) -> None:
    sight(engine, flagged(post(A)), flagged(post(B)), flagged(post(C)))
    row = next(one.row for one in get_case(engine, 1).posts if one.post.url == B)
    new = split(engine, 1, [row], "李审核")
    assert members(engine, 1) == [A, C]
    assert members(engine, new) == [B]
    sight(engine, flagged(post(B, text="又改了包过"), changed=1), now=NOON + NIGHT)
    assert members(engine, 1) == [A, C]
    assert members(engine, new) == [B, B]


def test_all_versions_of_a_post_leave_together(engine: Engine) -> None:
    sight(engine, flagged(post(A)), flagged(post(B)))
    sight(engine, flagged(post(B, text="改后包过"), changed=1), now=NOON + NIGHT)
    rows = [one.row for one in get_case(engine, 1).posts if one.post.url == B]
    new = split(engine, 1, rows[:1], "李审核")
    assert members(engine, new) == [B, B]


def test_a_split_leaves_the_decision_behind_and_waits_for_its_own(engine: Engine) -> None:
    sight(engine, flagged(post(A)), flagged(post(B)))
    decide(engine, decision(1))
    new = split(engine, 1, [get_case(engine, 1).posts[1].row], "李审核")
    assert get_case(engine, 1).status is CaseStatus.DECIDED
    case = get_case(engine, new)
    assert (case.status, case.decisions, case.priority) == (CaseStatus.WAITING, (), 78)


def test_a_split_post_is_not_drawn_back_by_likeness(engine: Engine) -> None:
    sight(engine, flagged(post(A)), flagged(post(B)))
    new = split(engine, 1, [get_case(engine, 1).posts[1].row], "李审核")
    back = split_again_and_see(engine, new)
    assert back not in {1, new}


def split_again_and_see(engine: Engine, case_id: int) -> int:
    """A third copy joins one of the two cases; taken out of it, it joins neither again."""
    sight(engine, flagged(post(C)), now=NOON + NIGHT)
    home = next(n for n in case_ids(engine) if C in members(engine, n))
    row = next(one.row for one in get_case(engine, home).posts if one.post.url == C)
    out = split(engine, home, [row], "李审核")
    sight(engine, flagged(post(C, text="再来包过")), now=NOON + 2 * NIGHT)
    assert members(engine, out) == [C, C]
    return out


def test_a_split_names_some_but_not_all_posts_of_the_case(engine: Engine) -> None:
    sight(engine, flagged(post(A)), flagged(post(B)))
    sight(engine, flagged(post(C), seed=9))
    one, two = (member.row for member in get_case(engine, 1).posts)
    stranger = get_case(engine, 2).posts[0].row
    for chosen in ([], [one, two], [one, stranger], [999]):
        with pytest.raises(Problem, match="some, not all"):
            split(engine, 1, chosen, "李审核")
    assert members(engine, 1) == [A, B]


def test_content_hashes_tell_versions_apart(engine: Engine) -> None:
    sight(engine, flagged(post(A, text="一")), flagged(post(A, text="二")))
    hashes = [member.content_sha256 for member in get_case(engine, 1).posts]
    assert hashes == [sha("月嫂证报名一"), sha("月嫂证报名二")]
