from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.authorities import find_authorities, gazetteer


def names(text: str) -> list[str]:
    return [found.name for found in find_authorities(text)]


def only(text: str) -> tuple[str, str, bool, str]:
    (found,) = find_authorities(text)
    return found.name, found.canonical, found.former, found.level


@pytest.mark.parametrize(
    ("text", "name", "canonical"),
    [
        ("人社部证书免考办理", "人社部", "人力资源和社会保障部"),
        ("工信部颁发，全国通用", "工信部", "工业和信息化部"),
        ("国家住建部认证", "国家住建部", "住房和城乡建设部"),
        ("由住房和城乡建设部统一印制", "住房和城乡建设部", "住房和城乡建设部"),
        ("应急部特种作业", "应急部", "应急管理部"),
    ],
)
def test_present_ministries_are_found_by_any_of_their_names(
    text: str, name: str, canonical: str
) -> None:
    assert only(text) == (name, canonical, False, "central")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("原劳动部发的老证", "原劳动部"),
        ("（原）劳动部证书", "（原）劳动部"),
        ("(原)人事部补录", "(原)人事部"),
        ("原（人事部）补录", "原（人事部）"),
        ("[前]劳动部的本子", "[前]劳动部"),
        ("老劳动部的本子", "老劳动部"),
        ("旧劳动部的本子", "旧劳动部"),
        ("前人事部的证", "前人事部"),
        ("原劳动部门老证", "原劳动部门"),
        ("(原劳动部)老证", "原劳动部"),
    ],
)
def test_former_ministries_are_found_with_what_marks_them(text: str, name: str) -> None:
    found, canonical, former, level = only(text)
    assert (found, former, level) == (name, True, "central")
    assert canonical in {"劳动部", "人事部"}


def test_a_former_ministry_knows_its_successor() -> None:
    (found,) = find_authorities("原信息产业部考试中心")
    assert found.successor == "工业和信息化部"


@pytest.mark.parametrize("text", ["目前教育部认可", "以前人社部发过", "之前工信部", "日前公安部"])
def test_a_word_of_time_before_a_ministry_does_not_make_it_former(text: str) -> None:
    (found,) = find_authorities(text)
    assert not found.former
    assert found.name in text[2:]


@pytest.mark.parametrize(
    ("text", "name", "canonical", "level"),
    [
        ("受郑州市人社局委托", "郑州市人社局", "郑州市人力资源和社会保障局", "city"),
        ("省人社厅内部班", "省人社厅", "人力资源和社会保障厅", "province"),
        ("河南省人社厅公告", "河南省人社厅", "河南省人力资源和社会保障厅", "province"),
        ("河南教育厅公告", "河南教育厅", "河南省教育厅", "province"),
        ("××市人社局公告", "××市人社局", "××市人力资源和社会保障局", "city"),
        ("某县教育局公告", "某县教育局", "某县教育局", "city"),
        ("河南省市场监督管理局公告", "河南省市场监督管理局", "河南省市场监督管理局", "province"),
        ("湖北省卫健委公告", "湖北省卫健委", "湖北省卫生健康委员会", "province"),
        ("卫健委公告", "卫健委", "国家卫生健康委员会", "central"),
    ],
)
def test_departments_and_bureaus_take_their_place_along(
    text: str, name: str, canonical: str, level: str
) -> None:
    assert only(text) == (name, canonical, False, level)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("原河南省建设厅八大员", "原河南省建设厅"),
        ("河南省原建设厅八大员", "河南省原建设厅"),
        ("原省建设厅八大员", "原省建设厅"),
    ],
)
def test_former_departments_are_found_with_the_place_on_either_side(text: str, name: str) -> None:
    found, _, former, level = only(text)
    assert (found, former, level) == (name, True, "province")


@pytest.mark.parametrize(
    "text",
    [
        "俱乐部、事业部、总部、内部、全部、部分",
        "招生部在餐厅和大厅、展厅办公",
        "格局与结局",
        "各地教育部门要加强监管",
        "公安部署专项行动",
        "教育局面向好",
        "我们公司电子商务部招人",
        "人事部经理一名",
        "请把简历交给人事部",
        "学校文化部纳新",
        "公安部队伍建设",
    ],
)
def test_words_that_only_look_like_authorities_are_left_alone(text: str) -> None:
    assert names(text) == []


def test_an_ordinary_word_counts_next_to_a_certificate() -> None:
    assert names("人事部颁发的证书") == ["人事部"]
    assert names("国家人事部的文件") == ["国家人事部"]


def test_several_authorities_come_in_order_and_apart() -> None:
    assert names("教育部、人社部、原劳动部联合发文") == ["教育部", "人社部", "原劳动部"]


WORDS = [
    *gazetteer().words,
    "原",
    "（",
    "）",
    "(",
    ")",
    "老",
    "国家",
    "河南省",
    "郑州市",
    "门",
    "证",
    "，",
]


@given(st.lists(st.sampled_from(WORDS) | st.text(max_size=3), max_size=12).map("".join))
def test_what_is_found_is_a_slice_of_the_text_and_never_overlaps(text: str) -> None:
    at = 0
    for found in find_authorities(text):
        assert at <= found.start < found.end <= len(text)
        assert text[found.start : found.end] == found.name
        assert found.canonical
        at = found.end


def test_half_a_surrogate_pair_neither_raises_nor_moves_the_span() -> None:
    (found,) = find_authorities("\ud83d人社部")
    assert (found.start, found.end) == (1, 4)


@pytest.mark.timeout(60)
def test_a_long_hostile_text_hides_no_name_at_its_end() -> None:
    text = "原（" * 50_000 + "市" * 50_000 + "教育部门" * 20_000 + "。人社部"
    found = find_authorities(text)
    assert (found[-1].name, found[-1].end) == ("人社部", len(text))
    assert all(text[one.start : one.end] == one.name for one in found)
