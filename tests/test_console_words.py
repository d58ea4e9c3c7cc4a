"""One thing has one word at the desk, staff read no programmers' words, and English reads well."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import Engine

from classifiers.tables_file import read_table
from console.audit_words import told
from console.browsers import browser_name
from console.file_words import OFFICE_WORDS
from console.page import TEMPLATES, nobody
from console.words import catalogue, counting, in_context, plainly
from evidence.seal import NO_AUTHORITY
from exports.routing import OFFICES
from storage.export_jobs import JOB_WORDS, JobState
from storage.platform_words import ENGLISH, PLATFORMS, platform_said
from storage.sweeps import OUTCOMES
from storage.takedowns import get_request
from storage.users import all_users
from tests.desk_lookups import tooled_desk
from tests.desk_site import Browser, make_desk, staff
from tests.takedown_makers import decided, drafted

CHINESE = re.compile(r"[\u4e00-\u9fff]")
FULL_WIDTH = re.compile(r"[（）：，、【】]")
TOKEN = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
COUNTED = re.compile(r'\bof\([^"]*?, "([^"]+)"\)')
AGENT = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "


@pytest.fixture
def desk(engine: Engine, tmp_path):
    staff(engine)
    return tooled_desk(engine, tmp_path)


def in_english(browser: Browser, path: str) -> str:
    browser.post("/lang", {"lang": "en", "back": "/queue"})
    text = re.sub(r'<button name="lang".*?</button>|lang="zh-CN"', "", browser.get(path).text)
    return re.sub(r"<[^>]*>", "|", text.partition("<main")[2])


# ---- English -------------------------------------------------------------------------------------


def test_no_template_has_a_full_width_sign_that_english_would_show_too() -> None:
    found = [
        path.name
        for path in TEMPLATES.glob("*.html")
        if FULL_WIDTH.search(TOKEN.sub("", path.read_text(encoding="utf-8")))
    ]
    assert found == []


def test_every_word_that_goes_with_a_number_has_one_for_one() -> None:
    words = {
        word for path in TEMPLATES.glob("*.html") for word in COUNTED.findall(path.read_text())
    }
    assert len(words) >= 8
    known = catalogue("en")
    assert [one for one in words if one not in known or in_context(one, "one") not in known] == []
    of = counting("en")
    assert (of(1, "个网址"), of(2, "个网址"), of(0, "个网址")) == ("URL", "URLs", "URLs")
    assert counting("zh")(1, "个网址") == "个网址"


def test_every_platform_and_office_has_an_english_name() -> None:
    assert PLATFORMS.keys() == ENGLISH.keys()
    assert OFFICE_WORDS.keys() == OFFICES.keys()
    said = [*ENGLISH.values(), *(word.en for word in OFFICE_WORDS.values())]
    assert [word for word in said if CHINESE.search(word) or "_" in word] == []


def test_the_official_channels_are_all_english_in_english(desk) -> None:
    assert all(row["en"] for row in read_table("hosts")["official"])
    page = in_english(Browser(desk).log_in("wang"), "/channels")
    assert "Ministry of Emergency Management" in page
    assert CHINESE.findall(page) == []
    assert FULL_WIDTH.findall(page) == []


def test_sources_and_departments_are_english_in_english(desk) -> None:
    page = in_english(Browser(desk).log_in("wang"), "/sources")
    assert "Sogou WeChat search" in page
    assert "sogou_weixin" not in page
    assert CHINESE.findall(page) == []
    orders = in_english(Browser(desk).log_in("wang"), "/exports")
    assert "|market regulation|" in orders
    assert CHINESE.findall(orders) == []


# ---- one word for one thing ----------------------------------------------------------------------


def test_a_source_is_called_as_the_platform_it_reads(desk) -> None:
    page = Browser(desk).log_in("wang").get("/sources").text
    assert "<td>网站</td>" in page
    assert "<td>分类信息网站</td>" in page
    assert "机构网站" not in page
    assert platform_said("institution") == platform_said("web")


def test_what_is_done_is_called_so_everywhere() -> None:
    assert JOB_WORDS[JobState.DONE].zh == OUTCOMES["done"].zh == "完成"


def test_requests_lists_and_packages_are_tabs_of_one_place(desk) -> None:
    browser = Browser(desk).log_in("wang")
    for path in ("/takedowns", "/exports", "/packages"):
        page = browser.get(path).text
        assert '<a href="/takedowns" aria-current="page">处置</a>' in page, path
        assert f'<a href="{path}" aria-current="true">' in page, path


def test_an_order_names_its_request_as_everybody_else_does(engine: Engine, tmp_path) -> None:
    staff(engine)
    decided(engine)
    number = drafted(engine)
    request = get_request(engine, number)
    browser = Browser(make_desk(engine, tmp_path)).log_in("wang")
    asked = {"kind": "list", "form": "letter", "request": str(number)}
    assert browser.post("/exports", asked).status_code == 303
    assert f"处置请求 {request.request_no}</a>" in browser.get("/exports").text


# ---- no programmers' words -----------------------------------------------------------------------


def test_the_audit_names_no_code_of_ours() -> None:
    detail = {
        "platform": "each",
        "to": "xiaohongshu",
        "form": "capture",
        "command": "certsweep sweep --targets /srv/certsweep/plan.yaml",
        "holder": "root@office-3 pid 8460",
    }
    said = {name.zh: value.zh for name, value in told(detail)}
    assert said == {
        "平台": "每个平台一份",
        "转往": "小红书",
        "格式": "取证并制作证据包",
        "目标": "plan.yaml",
        "所在机器": "office-3",
    }
    assert told({"command": "certsweep sweep --sample"})[0][1].zh == "样例网"


def test_what_no_person_did_is_not_signed_like_a_persons() -> None:
    assert nobody("root@vm pid 16149").zh == "命令行"
    assert nobody("certsweep").zh == "程序自动"
    assert nobody("王审核") is None
    assert nobody("") is None


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        (AGENT + "Chrome/141.0.0.0 Safari/537.36", "Chrome 141（Windows）"),
        (AGENT + "Chrome/141.0.0.0 Safari/537.36 Edg/140.0.1.2", "Edge 140（Windows）"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0", "Firefox 140（Linux）"),
        ("curl/8.1", "其他浏览器"),
        ("", "其他浏览器"),
    ],
)
def test_a_session_says_which_browser_in_a_word(agent, said) -> None:
    assert browser_name(agent).zh == said


def test_rules_are_listed_by_their_names_and_explained_without_files(desk) -> None:
    browser = Browser(desk).log_in("wang")
    listed = re.sub(r"<[^>]*>", "", browser.get("/rules").text)
    assert "b4_02_guaranteed_pass" not in listed
    page = browser.get("/rules/b4_02_guaranteed_pass").text
    before, _, folded = page.partition("<details><summary>给编写规则的人")
    assert "句式（" in before
    assert "原式" not in page
    assert "classifiers/rules" not in before
    assert "(?:100%|" not in before
    for word in (
        "b4_02_guaranteed_pass",
        "classifiers/rules/b4_02_guaranteed_pass.yaml",
        "(?:100%|",
    ):
        assert word in folded


def test_a_page_that_is_not_there_leads_to_where_others_of_its_kind_are(desk) -> None:
    answer = Browser(desk).log_in("wang").get("/exports/999")
    assert answer.status_code == 404
    assert '<a href="/exports">去“清单与函件”</a>' in answer.text
    assert "/exports/999" not in answer.text.partition("<main")[2]


def test_a_setting_of_the_server_leaves_no_hole_in_a_sentence() -> None:
    assert plainly(NO_AUTHORITY.zh) == "没有配置时间戳机构，请管理员配置"
    assert plainly(NO_AUTHORITY.en) == "no timestamp authority is set: ask an administrator"


# ---- accounts: the rule said alike, nothing changed in silence ----------------------------------


def test_an_account_with_a_blank_is_refused_by_the_rule_the_form_states(desk) -> None:
    admin = Browser(desk).log_in("admin")
    rule = "2 到 40 个字母、数字、汉字或 . @ - _，中间没有空格；大写和全角按小写、半角保存。"
    assert f"账号：{rule}" in admin.get("/users").text
    answer = admin.post("/users", {"login": "zhang san", "name": "张三", "role": "reviewer"})
    assert answer.status_code == 409
    assert f"账号须为 {rule}没有写入。" in answer.text
    assert 'value="zhang san"' in answer.text
    assert "zhangsan" not in {one.login for one in all_users(desk.engine)}


def test_an_account_kept_otherwise_than_typed_says_so(desk) -> None:
    admin = Browser(desk).log_in("admin")
    answer = admin.post("/users", {"login": "ＺＨＡＮＧ", "name": "张三", "role": "reviewer"})
    assert "您填的是“ＺＨＡＮＧ”，按“zhang”保存" in answer.text
    answer = admin.post("/users", {"login": "zhou", "name": "周四", "role": "reviewer"})
    assert "您填的是" not in answer.text


# ---- search engines ------------------------------------------------------------------------------


@pytest.mark.parametrize("platform", ["sogou_weixin", "weibo"])
def test_a_request_to_a_search_engine_says_that_the_page_stands_elsewhere(
    engine: Engine, tmp_path, platform
) -> None:
    staff(engine)
    decided(engine, platform=platform)
    number = drafted(engine)
    browser = Browser(make_desk(engine, tmp_path)).log_in("wang")
    said = "收件方是搜索引擎" in browser.get(f"/takedowns/{number}").text
    assert said is (platform == "sogou_weixin")
    assert "网址只是搜索结果，原文在别处" in browser.get("/takedowns").text
