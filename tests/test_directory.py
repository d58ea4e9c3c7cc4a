"""The directory as a value: how a name, a number and an occupation are found in it."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.body_names import key, names_in, own_word, short_forms
from classifiers.directory import build_directory
from classifiers.places import province_of
from storage.records import FiledKind
from tests.filed_bodies import AS_OF, CENTRE, FACTORY, NUMBER, SCHOOL, directory, filing, rows

DIRECTORY = directory()


@pytest.mark.parametrize(
    ("name", "how", "body"),
    [
        (SCHOOL, "exact", SCHOOL),
        ("鄭州市匠心職業培訓學校", "folded", SCHOOL),
        ("郑州市 匠心 职业培训学校", "folded", SCHOOL),
        ("匠心职业培训学校", "short", SCHOOL),
        ("中原巧匠机械有限公司", "short", FACTORY),
        ("河南中原巧匠机械", "short", FACTORY),
        ("匠心教育考证中心", "near", SCHOOL),
        ("匠心职业技能培训学校", "near", SCHOOL),
    ],
)
def test_a_body_is_found_by_its_name_in_many_spellings(name: str, how: str, body: str) -> None:
    found = DIRECTORY.look_up(name)
    assert (found.how, found.bodies[0].name) == (how, body)


@pytest.mark.parametrize(
    "name",
    ["", "职业技能鉴定中心", "郑州市职业培训学校", "锦程职业培训学校", "河南有限公司", "学校"],
)
def test_a_name_that_says_nobody_in_particular_finds_nobody(name: str) -> None:
    assert DIRECTORY.look_up(name).bodies == ()


def test_a_short_form_of_two_bodies_means_both() -> None:
    two = directory(filing("开封市匠心职业培训学校", region="开封市"))
    found = two.look_up("匠心职业培训学校")
    assert {body.name for body in found.bodies} == {SCHOOL, "开封市匠心职业培训学校"}


@pytest.mark.parametrize("number", [NUMBER, NUMBER.lower(), "S0000-4100-0123", f" {NUMBER} "])
def test_a_number_finds_its_body(number: str) -> None:
    assert [body.name for body in DIRECTORY.numbered(number)] == [SCHOOL]
    assert DIRECTORY.numbered("S000041000124") == ()


def test_filed_bodies_are_found_in_a_text_the_longest_name_at_each_place() -> None:
    text = f"{SCHOOL}与匠心职业培训学校,中原巧匠机械有限公司"
    assert [text[one.start : one.end] for one in DIRECTORY.named(text)] == [
        SCHOOL,
        "匠心职业培训学校",
        "中原巧匠机械有限公司",
    ]


def test_a_filing_holds_from_its_first_to_its_last_day() -> None:
    (body,) = build_directory(
        [filing(valid_from=date(2025, 1, 1), valid_to=date(2025, 12, 31))], as_of=AS_OF
    ).bodies
    days = [date(2024, 12, 31), date(2025, 1, 1), date(2025, 12, 31), date(2026, 1, 1)]
    assert [bool(body.on(day)) for day in days] == [False, True, True, False]


def test_it_covers_the_provinces_that_its_rows_name() -> None:
    assert DIRECTORY.provinces == {"河南"}
    assert DIRECTORY.covers("河南")
    assert DIRECTORY.covers("")
    assert not DIRECTORY.covers("广东")


def test_without_regions_it_covers_what_the_names_of_its_bodies_say() -> None:
    plain = build_directory(
        [filing(f"{place}安居职业培训学校", region="") for place in ("郑州市", "开封市", "云帆")],
        as_of=AS_OF,
    )
    assert plain.provinces == {"河南"}
    assert build_directory([filing("安居职业培训学校", region="")], as_of=AS_OF).provinces == set()


def test_a_body_of_an_earlier_edition_only_is_remembered() -> None:
    later = directory(former=("开封市旧梦职业培训学校", SCHOOL))
    assert later.left("开封市旧梦职业培训学校")
    assert not later.left(SCHOOL)
    assert not later.left("从未见过职业培训学校")


def test_the_fingerprint_changes_with_every_row_and_day() -> None:
    one = build_directory(rows(), as_of=AS_OF)
    assert one.fingerprint == build_directory(rows(), as_of=AS_OF).fingerprint
    assert one.fingerprint != build_directory(rows()[:-1], as_of=AS_OF).fingerprint
    assert one.fingerprint != build_directory(rows(), as_of=date(2026, 3, 2)).fingerprint


def test_nobody_can_change_it() -> None:
    with pytest.raises(FrozenInstanceError):
        DIRECTORY.as_of = AS_OF  # type: ignore[misc]


def test_occupations_of_the_directory_and_of_the_catalogue_are_found() -> None:
    text = "车工、育婴员和催乳师"
    assert [job for *_, job in DIRECTORY.jobs(text)] == ["车工", "育婴员", "催乳师"]


def test_the_kinds_it_holds_are_told() -> None:
    assert FiledKind.SPECIAL not in DIRECTORY.kinds
    assert FiledKind.EMPLOYER in DIRECTORY.kinds


NAMES = st.lists(
    st.sampled_from(
        ["河南", "郑州市", "匠心", "云帆", "职业", "培训", "学校", "有限公司", "(集团)", "中心"]
    )
    | st.text(max_size=3),
    max_size=8,
).map("".join)


@given(st.lists(NAMES.filter(bool), min_size=1, max_size=6), NAMES)
def test_every_body_is_found_by_its_own_name_and_no_text_breaks_it(
    names: list[str], text: str
) -> None:
    made = build_directory([filing(name) for name in names], as_of=AS_OF)
    for name in names:
        assert name in {body.name for body in made.look_up(name).bodies}
    folded = key(text)
    for one in made.named(folded):
        assert 0 <= one.start < one.end <= len(folded)
    made.look_up(text)
    made.jobs(folded)


@given(NAMES)
def test_short_forms_are_shorter_and_keep_the_own_word(name: str) -> None:
    plain = key(name)
    for form in short_forms(plain):
        assert form != plain
        assert len(own_word(form)) >= 2


@pytest.mark.parametrize(
    ("words", "province"),
    [("郑州市匠心学校", "河南"), ("驻马店", "河南"), ("内蒙古自治区", "内蒙古"), ("匠心", "")],
)
def test_a_place_tells_its_province(words: str, province: str) -> None:
    assert province_of(words) == province


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("证书由豫华匠人才评价中心颁发", "豫华匠人才评价中心"),
        ("发证机构:河南巧手技能协会", "河南巧手技能协会"),
        ("欢迎报考锦程职业培训学校", "锦程职业培训学校"),
        ("我们是郑州安居科技有限公司(总部)", "郑州安居科技有限公司(总部)"),
    ],
)
def test_a_name_is_cut_out_of_its_sentence(text: str, name: str) -> None:
    assert [text[start:end] for start, end in names_in(text, 0, len(text))] == [name]


@pytest.mark.parametrize("text", ["公司", "学校长廊", "中心位置", "今天下雨", "集团化办学"])
def test_an_ending_alone_is_no_name(text: str) -> None:
    assert list(names_in(text, 0, len(text))) == []


def test_a_centre_with_an_own_word_is_not_any_centre() -> None:
    assert own_word(key(CENTRE)) == "云帆"
    assert own_word("河南省职业技能鉴定指导中心") == ""
