"""Walls and removals in wordings that were once taken for pages."""

from __future__ import annotations

import pytest

from tests.test_sources import page_of
from tests.test_walls_told import SOURCES, WEB, told

WALLS = [
    ("护卫神·入侵防护系统", "<p>您提交的内容包含危险内容，已被拦截</p>"),
    ("提示", "<p>您的IP请求次数超出限制，请1小时后再试</p>"),
    ("抱歉", "<p>对不起，您的 IP 地址不在被允许的范围，无法访问本站</p>"),
    ("验证", "<p>请证明您不是机器人</p><p>点击下方图片</p>"),
    ("提示", "<p>您当前的访问已触发安全策略</p><button>我不是机器人</button>"),
    ("Sorry", "<p>We have detected unusual traffic from your computer network.</p>"),
]
UNCLEAR = [
    "该网站暂不支持您所在的地区访问",
    "请在微信客户端打开链接",
    "没有找到帖子",
    "该网站已关闭",
]
SCRIPT = "<script>document.cookie='acw_sc__v2='+x;location.reload();</script>"


@pytest.mark.parametrize("status", [200, 404])
@pytest.mark.parametrize(("title", "body"), WALLS)
def test_a_wall_is_one_with_every_status(title, body, status):
    assert told("institution", WEB, title, body, status).startswith("blocked:")


def test_a_script_s_test_that_came_with_404_does_not_say_gone():
    assert told("institution", WEB, "", SCRIPT, 404) == "blocked:captcha"
    assert told("institution", WEB, "404", "<p>页面不存在</p>" + SCRIPT, 404).startswith("removed:")


@pytest.mark.parametrize("words", UNCLEAR)
def test_what_may_pass_is_left_to_a_person(words):
    assert told("institution", WEB, "提示", f"<p>{words}</p>") == "ambiguous:unavailable"


@pytest.mark.parametrize(
    "body",
    [
        "<p>此帖已被楼主删除</p>",
        "<h1>Not Found</h1><p>The requested URL was not found on this server.</p>",
        '<div class="header"><a>登录</a> 请登录</div><p>该帖子已被删除</p>',
    ],
)
def test_a_removal_is_one_in_these_words_too(body):
    assert told("institution", WEB, "提示", body) == "removed:notice"


def test_a_forum_that_needs_a_login_only_to_answer_is_open_however_short_the_post():
    login = "<div id=um><form>用户名<input>密码<input type=password></form></div>"
    post = "<h1>月嫂证怎么考</h1><div>人社局可以查报名时间</div><p>您需要登录后才可以回帖</p>"
    assert told("institution", WEB, "月嫂证怎么考 - 论坛", login + post) == "alive:"


def test_advice_about_a_busy_site_is_no_limit():
    body = "<h1>考试通知</h1><p>5月18日开考。</p><p>访问过于频繁时请稍后再试报名系统。</p>"
    assert told("institution", WEB, "考试通知", body) == "alive:"


@pytest.mark.parametrize("charset", ["big5", "utf-8"])
def test_a_removal_told_in_traditional_characters_is_one(charset):
    page = "<title>提示</title><p>該文章已被刪除</p>".encode(charset)
    assert SOURCES["institution"]().read(page_of(page, WEB)).state == "removed"


def test_recommendations_with_summaries_do_not_hide_a_removal():
    card = "<li><a href=/n/{}>报考全攻略</a><p>最新解读来了，考试时间和报名条件全部说明</p></li>"
    cards = "".join(card.format(number) for number in range(60))
    body = f"<div>该文章已被删除</div><ul>{cards}</ul>"
    assert told("institution", WEB, "出错了", body) == "ambiguous:unavailable"


def test_an_article_s_own_list_is_its_text_though_it_has_links():
    steps = "<li>第{}步，打开<a href=/s>官网</a>核对证书编号，看清楚发证机构的名称和网址</li>"
    body = "<p>旧页面不存在</p>" + "".join(steps.format(number) for number in range(60))
    assert told("institution", WEB, "证书查询办法", body) == "alive:"
