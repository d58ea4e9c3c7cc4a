from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.catalogue import catalogue, certificate_code, find_jobs, skill_level, title_of
from classifiers.lawful_names import find_lawful_names, lawful_names
from classifiers.tables_file import read_table

GOOD = "S000041000123241000001"


def test_the_catalogue_has_its_72_items() -> None:
    items = read_table("catalogue")["items"]
    assert [row["number"] for row in items] == list(range(1, 73))
    professional = [row for row in items if row["group"] == "专技"]
    assert len(professional) == 59
    assert sum(row["entry"] for row in professional) == 33
    assert len({row["name"] for row in items}) == 72


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("应聘电工须持证上岗", "特种作业人员"),
        ("二建挂靠", "建造师"),
        ("一级建造师报名", "建造师"),
        ("消控证培训", "消防设施操作员"),
        ("中级注册安全工程师", "注册安全工程师"),
        ("叉车证年审", "特种设备安全管理和作业人员"),
        ("焊工持证上岗", "焊工"),
    ],
)
def test_job_entry_titles_are_found_by_their_everyday_names(text: str, title: str) -> None:
    (job,) = find_jobs(text)
    assert (job.title, job.in_catalogue, job.job_entry) == (title, True, True)


@pytest.mark.parametrize(
    "text",
    ["高级催乳师报名", "注册碳排放管理师", "家庭教育指导师", "保洁员必须有证", "导弹工程师招考"],
)
def test_hot_titles_are_outside_the_catalogue_and_need_no_certificate(text: str) -> None:
    (job,) = find_jobs(text)
    assert (job.in_catalogue, job.job_entry) == (False, False)
    assert job.status


def test_a_level_item_is_in_the_catalogue_without_guarding_the_job() -> None:
    (job,) = find_jobs("中级经济师报名")
    assert (job.in_catalogue, job.job_entry) == (True, False)


def test_a_health_certificate_is_required_though_not_in_the_catalogue() -> None:
    title = title_of("健康证")
    assert title is not None
    assert (title.in_catalogue, title.job_entry) == (False, True)


@pytest.mark.parametrize(
    "text", ["同一建筑", "关注安全", "护士节快乐", "从法考虑", "叉车租赁", "统一造型"]
)
def test_a_title_inside_another_word_is_no_title(text: str) -> None:
    assert find_jobs(text) == []


def test_a_title_of_both_worlds_belongs_to_the_catalogue() -> None:
    items = {row["name"] for row in read_table("catalogue")["items"]}
    assert all(catalogue().titles[name].in_catalogue for name in items)


def test_levels_have_their_old_names() -> None:
    assert skill_level("高级工") == "三级"
    assert skill_level("高级技师") == "一级"
    assert skill_level("大师") is None


@given(st.lists(st.sampled_from(catalogue().words) | st.text(max_size=2), max_size=9).map("".join))
def test_jobs_are_slices_in_order(text: str) -> None:
    at = 0
    for job in find_jobs(text):
        assert at <= job.start < job.end <= len(text)
        assert text[job.start : job.end] in catalogue().titles
        at = job.end


def test_a_well_formed_code_has_no_problem() -> None:
    assert certificate_code(f"编号{GOOD}。") == [(2, 24, GOOD, None)]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (GOOD[:-1], "22位"),
        (GOOD + "1", "22位"),
        (GOOD[:5] + "99" + GOOD[7:], "省级"),
        (GOOD[:15] + "7" + GOOD[16:], "技能等级"),
        (GOOD[:13] + "03" + GOOD[15:], "2019"),
        (GOOD.lower(), "Y或S"),
    ],
)
def test_a_wrong_code_says_what_is_wrong(code: str, words: str) -> None:
    ((_, _, found, problem),) = certificate_code(f"证书编号：{code}")
    assert found == code
    assert words in (problem or "")


def test_an_invented_number_is_seen_only_where_it_is_called_a_certificate_number() -> None:
    ((start, end, code, problem),) = certificate_code("证书编号：HNJN2024001，真实可查")
    assert (start, end, code) == (5, 16, "HNJN2024001")
    assert problem
    assert certificate_code("订单编号：HNJN2024001") == []
    assert certificate_code("电话13800000000") == []


@pytest.mark.parametrize("code", ["2201001234567890", "R12345678", "AB12345678901234567890"])
def test_the_older_shapes_are_known(code: str) -> None:
    ((_, _, _, problem),) = certificate_code(f"证书编号：{code}")
    assert problem is None


@given(st.text(max_size=60))
def test_codes_are_slices_of_the_text(text: str) -> None:
    for start, end, code, _ in certificate_code(f"证书编号：{text}"):
        assert f"证书编号：{text}"[start:end] == code


def test_the_table_knows_a_good_200_lawful_names() -> None:
    assert len(lawful_names().words) > 200
    assert all(read_table("lawful_names")["rows"][0])


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("中国石油郑州分公司招工", "中国石油"),
        ("中国石油大学招生", "中国石油大学"),
        ("国家电网培训中心公告", "国家电网"),
        ("全国总工会技能竞赛", "全国总工会"),
        ("中华全国律师协会考核办法", "中华全国律师协会"),
        ("中国人民大学继续教育学院简章", "中国人民大学"),
        ("国家开放大学招生", "国家开放大学"),
    ],
)
def test_lawful_names_are_found_whole(text: str, name: str) -> None:
    (found,) = find_lawful_names(text)
    assert (found.name, found.start) == (name, 0)


@pytest.mark.parametrize(
    "text",
    ["中国电信行业协会颁发", "中国移动职业技能鉴定中心", "中国职业技能认证网", "中华催乳师协会"],
)
def test_an_unknown_name_is_not_lawful_because_it_begins_like_one(text: str) -> None:
    assert find_lawful_names(text) == []
