"""A post that only the finished document shows, and what stands above or instead of it."""

from __future__ import annotations

import pytest

from door.sources import all_sources
from tests.test_sources import page_of
from tests.test_walls_told import FACTS, LISTING, WEB, told

SOURCES = all_sources()
VIDEO = "https://www.douyin.com/video/7123456789012345678"
ARTICLE = "https://www.toutiao.com/article/7123456789012345101/"
SHOWN = {
    VIDEO: "<h1 data-e2e=video-desc>一段风景</h1><div data-e2e=user-info>"
    "<a href=/user/MS4other><span>某号</span></a></div>",
    ARTICLE: "<h1>一段风景</h1><article class=article-content>" + "山里的雪。" * 40 + "</article>",
}
NAMES = {VIDEO: "douyin", ARTICLE: "toutiao"}


def at(
    url: str, before: str = "", after: str = "", title: str = "一段风景", final: str = ""
) -> str:
    html = (
        f"<html><head><title>{title}</title></head><body><nav>首页</nav>{before}"
        f"{SHOWN[url]}{after}<p>{'推荐 ' * 120}</p></body></html>"
    )
    page = page_of(html.encode(), url, dom=html, final_url=final or url)
    reading = SOURCES[NAMES[url]]().read(page)
    assert reading.state == "alive" or reading.posts == ()
    return f"{reading.state}:{reading.reason}"


@pytest.mark.parametrize("url", SHOWN)
def test_a_post_that_leads_to_another_page_is_not_what_stands_there(url):
    home = url.partition("/")[0] + "//" + url.split("/")[2] + "/"
    assert at(url) == "alive:"
    assert at(url, final=home) == "swapped:home_page"
    assert at(url, final=url.replace("7123", "7999")) == "swapped:other_post"


@pytest.mark.parametrize("url", SHOWN)
def test_a_notice_above_a_post_in_an_element_not_known_leaves_it_to_a_person(url):
    notice = {VIDEO: "你要观看的视频不存在", ARTICLE: "抱歉，该内容已删除"}[url]
    assert at(url, before=f"<div class=aBcD1>{notice}</div>") == "ambiguous:unavailable"
    assert at(url, after=f"<div class=comment>{notice}</div>") == "alive:"


def test_a_title_that_is_a_notice_leaves_the_post_below_it_to_a_person():
    assert at(VIDEO, title="你要观看的视频不存在 - 抖音") == "ambiguous:unavailable"


@pytest.mark.parametrize(
    "contact",
    ["QQ：1000012345", "400-000-0000", "0371-00000000", "扫描下方二维码咨询", "联系人：王老师"],
)
def test_a_page_that_says_how_to_reach_its_seller_is_not_removed_by_its_own_words(contact):
    body = f"<p>电工证快速办好，三天到手，长期有效。</p><p>{contact}</p><p>链接已失效</p>"
    assert told("institution", WEB, "电工证", body) == "ambiguous:unavailable"


@pytest.mark.parametrize(
    "news",
    [
        "网传文章已被删除，请勿轻信。",
        "电工证培训招生。链接已失效，请以本页为准。",
        "原报名页面已失效，请从官网的新入口登录报名。",
        "您查询的证书信息不存在",
        "老师微信 zs_0000kk。之前的视频已下架，私信我要新的。",
    ],
)
def test_what_is_said_of_another_page_leaves_this_one_alive(news):
    assert told("institution", WEB, "通知", f"<p>{news}</p>") == "alive:"


def test_a_longer_sentence_about_something_gone_is_not_the_page_s_own_end():
    news = "市场监管局提醒：近日有机构冒用本局名义招生，相关信息已被删除，请学员注意核实。"
    body = f"<p>{news}</p>" + "<p>请互相转告。</p>" * 12
    assert told("institution", WEB, "通知", body) == "ambiguous:unavailable"


def test_a_notice_with_a_word_of_comfort_still_removes_a_page():
    body = "<p>该文章已被作者删除，去看看别的内容吧</p>"
    assert told("institution", WEB, "提示", body) == "removed:notice"


DESCRIBED = "<h1>{title}</h1><p>价格：1800元</p><div class=description>{said}</div>"
LONG = "面授与线上结合，随到随学，周末和晚间都有班次，名额有限，先到先得，外地学员可安排住宿。"


@pytest.mark.parametrize(
    "said",
    [
        f"电工证办理，{LONG}<p>旧套餐：该商品已下架，新班照常，请加微信 zs_0000kk</p>",
        f"该信息已被删除？别急！加微信 zs_0000kk {LONG}",
        f"电工证办理，{LONG}<p>报名页上请输入验证码后点提交，老师会给您回电</p>",
    ],
)
def test_a_description_does_not_take_down_a_listing_that_shows_few_facts(said):
    body = DESCRIBED.format(title="电工证", said=said)
    assert told("classifieds", LISTING, "电工证 - 58同城", body) == "alive:"


def test_a_description_that_is_the_site_s_notice_takes_the_listing_down():
    body = DESCRIBED.format(title="电工证", said=f"<p>该信息已被删除</p><p>{LONG}{LONG}</p>")
    assert told("classifieds", LISTING, "电工证 - 58同城", body).startswith("removed:")


@pytest.mark.parametrize("notice", ["很抱歉，您查看的商品找不到了！", "商品已下架", "该信息已下线"])
def test_a_site_s_notice_in_its_own_words_leaves_the_facts_beside_it_to_a_person(notice):
    body = f"<div class=zzz>{notice}</div><h1>月嫂证</h1>{FACTS}"
    assert told("classifieds", LISTING, "月嫂证 - 1688", body) == "ambiguous:unavailable"


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ("有点尴尬诶！该页无法显示。", "removed:notice"),
        ("文档已删除！", "removed:notice"),
        ("该内容已被用户删除", "removed:notice"),
        ("The request has been blocked by the security policy", "blocked:http_403"),
        ("该请求可能存在风险，已被拦截", "blocked:http_403"),
        ("检测到您正在使用爬虫程序，禁止访问", "blocked:http_403"),
        ("您所在的用户组(游客)无法进行此操作", "ambiguous:unavailable"),
        ("本站仅对中国大陆用户开放", "ambiguous:unavailable"),
    ],
)
def test_what_site_builders_say_when_a_page_is_gone_or_shut_is_understood(said, state):
    assert told("institution", WEB, "提示", f"<p>{said}</p>") == state


TAILS = ["请联系管理员", "请返回首页继续浏览", "点击返回上一页", "去首页看看吧"]


@pytest.mark.parametrize("tail", TAILS)
@pytest.mark.parametrize(
    "frame", ["<div>微信：abc12345 13800000000</div>", "<b>一次通过 签约保过</b>"]
)
def test_a_notice_with_a_tail_in_a_seller_s_frame_is_never_alive(tail, frame):
    body = f"<h2>某校</h2><p>该文章已被删除，{tail}</p>{frame}"
    assert told("institution", WEB, "某校", body) == "ambiguous:unavailable"


@pytest.mark.parametrize("tail", TAILS)
def test_a_notice_with_a_tail_and_a_landline_below_removes_a_page(tail):
    body = f"<h2>某校</h2><p>该文章已被删除，{tail}</p><div>电话：0371-00000000</div>"
    assert told("institution", WEB, "某校", body) == "removed:notice"


def test_a_login_between_a_motto_and_a_telephone_is_a_wall():
    form = "<form>账号<input>密码<input type=password></form>"
    body = f"<b>签约保过</b><p>请先登录后查看</p>{form}<div>电话 13800000000</div>"
    assert told("institution", WEB, "某校", body) == "blocked:login"


@pytest.mark.parametrize("url", SHOWN)
def test_a_notice_with_a_tail_above_a_post_leaves_it_to_a_person(url):
    notice = {VIDEO: "你要观看的视频不存在", ARTICLE: "抱歉，该内容已删除"}[url]
    tail = f"<div class=aBcD1>{notice}，去看看其他作品吧</div>"
    assert at(url, before=tail) == "ambiguous:unavailable"


@pytest.mark.parametrize(
    "small",
    [
        "如发现该信息违反相关规定，请点击举报",
        "若该信息已过期，请联系客服",
        "相关推荐：电工证培训 产品已下架",
    ],
)
def test_a_site_s_small_print_leaves_a_listing_alive(small):
    body = DESCRIBED.format(title="电工证", said=LONG + LONG) + f"<div class=zzz>{small}</div>"
    assert told("classifieds", LISTING, "电工证 - 58同城", body) == "alive:"


def test_a_message_form_s_code_is_no_wall_of_a_listing():
    form = "<form>姓名<input>电话<input>请输入验证码<input></form>"
    body = DESCRIBED.format(title="电工证", said=LONG + LONG) + form
    assert told("classifieds", LISTING, "电工证 - 58同城", body) == "alive:"
