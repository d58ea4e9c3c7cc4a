"""A live page that says a few of a wall's or a removal's words is no wall and not removed."""

from __future__ import annotations

import pytest

from tests.test_walls_told import WEB, told

SIGN_UP = (
    "<h1>月嫂证在线报名</h1><p>人社部认可，三天到手。</p><form>姓名<input>手机<input>请输入验证码<input>"
    "<img src=/captcha.php><button>立即报名</button></form>"
)


@pytest.mark.parametrize(
    ("title", "body"),
    [
        (
            "消防证",
            "<p>消防证代办，包过，1800 元，加微信 zhaosheng01</p><p>旧链接已失效，认准新微信</p>",
        ),
        ("消防证", "<p>消防证包过 加微信 zhaosheng01</p><p>链接已失效请联系客服</p>"),
        ("消防证", "<p>该信息已被删除？别急！加微信 zhaosheng01 照样考下来。</p>"),
        ("消防证", "<p>老师微信 zhaosheng01</p><p>旧页面已失效，请收藏本站的新地址</p>"),
        (
            "帖子被删除了怎么恢复",
            "<h1>帖子被删除了怎么恢复</h1><p>有网友问，帖子已被删除，该怎么恢复？</p>",
        ),
        ("公告", "<p>部分内容正在审核中。</p><p>报名请加微信 zhaosheng01。</p>"),
    ],
)
def test_an_advertiser_cannot_take_his_page_down_with_a_few_words(title, body):
    assert told("institution", WEB, title, body) == "alive:"


@pytest.mark.parametrize("beside", ["价格 880元", "联系电话 13800000000"])
def test_a_bare_notice_in_the_frame_of_a_shop_is_left_to_a_person(beside):
    body = f"<h1>电工课程</h1><p>{beside}</p><p>该商品已下架</p>"
    assert told("institution", WEB, "电工课程", body) == "ambiguous:unavailable"


MOTTO = "<div class=logo>金牌教育</div><div class=slogan>一次通过 签约保过</div>"
FOOT = "<div class=foot>微信：zhaosheng01 电话 13800000000</div>"


@pytest.mark.parametrize("frame", [(MOTTO, ""), ("", FOOT), (MOTTO, FOOT)])
@pytest.mark.parametrize(
    "notice",
    [
        "该文章已被删除",
        "您访问的页面不存在",
        "抱歉，您访问的页面不存在或已被删除",
        "您要查看的文章不存在，可能已被删除或尚未发布",
        "404 页面不存在，3秒后自动返回首页",
    ],
)
def test_a_removed_page_of_a_site_that_advertises_in_its_frame_is_not_alive(frame, notice):
    body = f"{frame[0]}<div class=tip>{notice}</div><a href=/>返回首页</a>{frame[1]}"
    assert told("institution", WEB, "金牌教育", body) == "ambiguous:unavailable"


@pytest.mark.parametrize("frame", [(MOTTO, ""), ("", FOOT), (MOTTO, FOOT)])
@pytest.mark.parametrize(
    ("wall", "word"),
    [("访问过于频繁，请稍后再试", "rate_limit"), ("您的访问请求被拦截", "http_403")],
)
def test_a_wall_before_a_site_that_advertises_in_its_frame_is_a_wall(frame, wall, word):
    body = f"{frame[0]}<div class=tip>{wall}</div>{frame[1]}"
    assert told("institution", WEB, "金牌教育", body) == f"blocked:{word}"


@pytest.mark.parametrize(
    "body",
    [
        "<p>该页面已被删除</p>",
        "<p>抱歉，您访问的页面不存在，这里什么也没有。</p><p>投诉电话 13800000000</p>",
        "<p>该文章已被删除</p><footer>招生电话 13800000000</footer>",
        "<p>该文章已被删除</p><ul><li><a href=/2>消防证包过 880元</a></li></ul>",
    ],
)
def test_a_notice_beside_menus_and_recommendations_is_still_a_removal(body):
    assert told("institution", WEB, "提示", body) == "removed:notice"


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("月嫂证在线报名", SIGN_UP),
        ("证书查询", "<form>证书编号<input>请输入验证码<input><img src=/captcha.png></form>"),
        ("打码员招聘", "<p>工作内容：输入验证码。</p><p>工资日结，电话13800000000</p>"),
        ("出证书", "<p>代办各类职业资格证，包过</p><p>查看本帖隐藏内容请登录</p>"),
        ("什么是滑动验证？", "<p>滑动验证是一种常见的办法，用户拖动滑块即可。</p>"),
        ("网站总弹安全验证怎么办", "<p>一打开网站就提示请完成安全验证，换个网络再试。</p>"),
        ("云WAF价格", "<p>检测到危险请求自动拦截</p><p>基础版 1999元/年</p><p>立即购买</p>"),
    ],
)
def test_a_short_page_with_something_of_its_own_is_no_wall(title, body):
    assert told("institution", WEB, title, body) == "alive:"


@pytest.mark.parametrize(
    ("title", "body", "reason"),
    [
        ("安全验证", "<form>请输入验证码<input><img src=/captcha.png></form>", "captcha"),
        ("提示", "<p>请求被拦截</p><p>误报请联系站长 13800000000</p>", "http_403"),
        ("登录", "<form>账号<input>密码<input type=password></form><p>请登录</p>", "login"),
        ("登录", "<p>请登录后查看</p><p>会员 99 元</p>", "login"),
        ("登录", "<p>请登录</p><input type=password><p>电话 13800000000</p>", "login"),
    ],
)
def test_a_wall_stays_a_wall_whatever_telephone_it_names(title, body, reason):
    assert told("institution", WEB, title, body) == f"blocked:{reason}"


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("页面不存在 - 某校", "<p>包过 拿证 13800000000</p><p>抱歉，您访问的页面不存在</p>"),
        ("404", "<h1>404 教室</h1><p>育婴师培训，报名电话 13800000000，三天拿证。</p>"),
    ],
)
def test_a_site_s_motto_around_a_titled_notice_makes_it_unclear_not_alive(title, body):
    assert told("institution", WEB, title, body) == "ambiguous:unavailable"


@pytest.mark.parametrize(
    ("title", "body", "reason"),
    [
        ("安全验证", "<p>某校 包过拿证 13800000000</p><p>请完成安全验证后继续访问</p>", "captcha"),
        ("用户登录 - 某校", "<p>联网可查</p><input type=password><p>请登录</p>", "login"),
        ("访问验证", "<p>为什么会出现此页面？请完成安全验证</p>", "captcha"),
        (
            "验证",
            "<p>请输入验证码</p><form><input name=code><input style='display:none'></form>",
            "captcha",
        ),
    ],
)
def test_a_wall_in_the_frame_of_a_site_is_one(title, body, reason):
    assert told("institution", WEB, title, body) == f"blocked:{reason}"
