"""Walls and removals that were once taken for the page behind them."""

from __future__ import annotations

import pytest

from crawler.extract import extract
from crawler.states import CAPTCHA, state_of_status
from door.sources import all_sources
from tests.test_sources import page_of

SOURCES = all_sources()
WEB = "https://www.peixun.example/n/1.html"
LISTING = "https://bj.58.com/jiazheng/123456x.shtml"
ARTICLE = "https://mp.weixin.qq.com/s/abcdefghijklmnopqrstuv"
LINKS = "<p>" + '<a href="/x">月嫂培训 考证 报名热线 推荐信息</a>' * 60 + "</p>"


def told(name: str, url: str, title: str, body: str, status: int = 200) -> str:
    html = f"<html><head><title>{title}</title></head><body>{body}</body></html>"
    reading = SOURCES[name]().read(page_of(html.encode(), url, status=status))
    assert reading.state == "alive" or reading.posts == ()
    return f"{reading.state}:{reading.reason}"


@pytest.mark.parametrize(
    ("title", "body", "status", "reason"),
    [
        ("网站防火墙", "<p>您的请求带有不合法参数，已被网站管理员设置拦截！</p>", 200, "http_403"),
        ("宝塔防火墙", "当前访问疑似黑客攻击，已被网站管理员设置为拦截并记录", 200, "http_403"),
        ("405", "由于您访问的URL有可能对网站造成安全威胁，您的访问被阻断。", 200, "http_403"),
        ("405", "由于您访问的URL有可能对网站造成安全威胁，您的访问被阻断。", 405, "http_403"),
        ("安全检测中", "正在检查您的浏览器，5 秒后自动跳转", 200, "captcha"),
        ("访问验证", "请完成人机验证后继续访问", 404, "captcha"),
        ("Just a moment...", "Checking your browser before accessing", 404, "captcha"),
    ],
)
def test_a_firewall_s_page_is_a_wall_whatever_its_status(title, body, status, reason):
    assert told("institution", WEB, title, body, status) == f"blocked:{reason}"


def test_a_robot_s_test_of_a_platform_is_a_wall_though_it_comes_with_404():
    url = "https://weibo.com/1/J7EiSiJ6Y"
    assert told("weibo", url, "访问验证", "请完成人机验证后继续访问", 404) == "blocked:captcha"
    assert told("weibo", url, "x", "x", 404).startswith("removed:")


def test_a_page_that_is_gone_is_gone_though_a_search_form_on_it_asks_for_a_code():
    body = "<h1>页面不存在</h1><form>请输入验证码<input></form>"
    assert told("institution", WEB, "404", body, 404) == "removed:http_404"


def test_a_forum_that_names_three_reasons_is_not_alive_among_its_links():
    words = "抱歉，指定的主题不存在或已被删除或正在被审核"
    assert told("institution", WEB, "提示信息", f"<p>{words}</p>{LINKS}") == "ambiguous:unavailable"
    assert told("institution", WEB, "提示信息", f"<p>{words}</p>") == "ambiguous:unavailable"


FACTS = "<p>联系人：王某</p><p>联系电话：13800000000</p>"


def test_a_classified_s_notice_counts_beside_the_facts_that_still_stand_there():
    gone = f"<h1>月嫂证</h1>{FACTS}<div class=del-info>该信息已被删除</div>{LINKS}"
    assert told("classifieds", LISTING, "月嫂证 - 58同城", gone) == "removed:unspecified"
    said = f"<h1>月嫂证</h1>{FACTS}<p>旧的一条该信息已被删除，请看这一条，长期有效</p>"
    assert told("classifieds", LISTING, "月嫂证 - 58同城", said) == "alive:"


def test_a_classified_s_captcha_is_one_though_its_footer_has_facts_and_no_title_can_feign_it():
    wall = f"<h1>请输入验证码</h1><p>点击按钮进行验证</p>{FACTS}"
    assert told("classifieds", LISTING, "请输入验证码 - 58同城", wall) == "blocked:captcha"
    feigned = told(
        "classifieds", LISTING, "安全验证月嫂证免考包过三天出证", f"<h1>月嫂证</h1>{FACTS}"
    )
    assert feigned == "alive:"


NEW_WORDS = "<div class=weui-msg><h2 class=weui-msg__title>此号码状态有异</h2></div>"


@pytest.mark.parametrize(
    "body",
    [
        f'<meta property="og:title" content="月嫂证"><div id=js_article></div>{NEW_WORDS}',
        f"<div id=page-content>{NEW_WORDS}</div><script>window.cgiData={{title:'x'}}</script>",
    ],
)
def test_an_article_without_its_body_is_not_alive_by_its_title(body):
    state = told("wechat_mp", ARTICLE, "", f"{body}<script>var msg_title='月嫂证';</script>")
    assert state == "error:layout_changed"


def test_an_article_of_pictures_alone_is_alive():
    title, picture = "<h1 id=activity-name>月嫂证</h1>", '<img data-src="/a">'
    body = f"<div id=js_article>{title}<div id=js_content>{picture}</div></div>"
    assert told("wechat_mp", ARTICLE, "", body) == "alive:"


def account(words: str, intro: str = "简介") -> str:
    facts = {"微信号": "yangli", "账号主体": "某公司", "功能介绍": intro}
    row = "<div class=item-info><div class=item-title>{}</div><div class=item-desc>{}</div></div>"
    items = "".join(row.format(name, said) for name, said in facts.items())
    return f"{items}<p>{words}</p>"


def test_a_blocked_account_is_removed_and_its_own_words_do_not_make_it_so():
    words = "此帐号已被屏蔽, 内容无法查看"
    assert told("wechat_mp", ARTICLE, "x", account(words)) == "removed:account_blocked"
    assert told("wechat_mp", ARTICLE, "x", account("", words)) == "alive:"


def test_a_list_of_articles_beside_a_wall_is_a_wall():
    facts = (
        '{"list":[{"app_msg_ext_info":{"title":"t","content_url":"/s?__biz=1&mid=2&idx=1&sn=3"}}]}'
    )
    script = f"<script>var msgList = {facts};</script>"
    wall = "<p>环境异常</p><p>完成验证后即可继续访问</p>"
    assert told("wechat_mp", ARTICLE, "", f"{script}{wall}") == "blocked:captcha"
    assert told("wechat_mp", ARTICLE, "", f"{script}<p>全部消息</p>") == "alive:"


def test_the_name_of_a_testing_centre_is_no_firewall():
    assert not CAPTCHA.search("特种设备安全检测中心指定报名点")
    assert CAPTCHA.search("安全检测中，请稍候")


@pytest.mark.parametrize(
    "words",
    [
        "网站防火墙：您的请求带有不合法参数，已被网站管理员设置拦截",
        "您的访问被阻断",
        "访问过于频繁",
    ],
)
def test_a_firewall_s_page_with_404_is_a_wall_and_not_a_removed_page(words):
    html = f"<html><title>提示</title><body><p>{words}</p></body></html>"
    state, _ = state_of_status(404, extract(html, "http://a.example/x"), html)
    assert state == "blocked"
