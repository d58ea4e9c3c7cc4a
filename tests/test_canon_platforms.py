"""The forms in which platforms write one post: canonical URL, identity, ids written two ways."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.canon import canonical, identity, platform_of
from crawler.canon_table import read_table
from crawler.platform_ids import BV_TOP, av_to_bv, bid_to_mid, bv_to_av, mid_to_bid

NOTE = "65a1b2c3d4e5f60718293a4b"
USER = "5ff0a1b2c3d4e5f607182930"
WX = "https://mp.weixin.qq.com/s?__biz=MzA4MDAwMDAwMA==&mid=2650000001&idx=1&sn=0123456789abcdef"

# (as found, canonical, identity)
KNOWN_FORMS = [
    (
        "http://mp.weixin.qq.com/s?__biz=MzA4MDAwMDAwMA%3D%3D&amp;mid=2650000001&amp;idx=1"
        "&amp;sn=0123456789abcdef&chksm=aa&scene=21#wechat_redirect",
        WX,
        ("wechat", "MzA4MDAwMDAwMA==:2650000001:1"),
    ),
    (
        "http://mp.weixin.qq.com/mp/appmsg/show?__biz=x",
        "https://mp.weixin.qq.com/mp/appmsg/show?__biz=x",
        None,
    ),
    (
        r"https://mp.weixin.qq.com/s?__biz=MzA4MDAwMDAwMA==\x26amp;appmsgid=2650000001"
        r"\x26amp;itemidx=1\x26amp;sign=0123456789abcdef#rd",
        WX,
        ("wechat", "MzA4MDAwMDAwMA==:2650000001:1"),
    ),
    (
        "http://mp.weixin.qq.com/mp/appmsg/show?__biz=MzA4MDAwMDAwMA==&appmsgid=2650000001"
        "&itemidx=1&sign=0123456789abcdef#wechat_redirect",
        WX,
        ("wechat", "MzA4MDAwMDAwMA==:2650000001:1"),
    ),
    (
        "https://share.api.weibo.cn/share/1234,3501756485200075.html?weibo_id=3501756485200075",
        "https://m.weibo.cn/detail/3501756485200075",
        ("weibo", "3501756485200075"),
    ),
    (
        "https://m.weibo.cn/s/video/show?object_id=1034:4900000000000001&from=x",
        "https://weibo.com/tv/show/1034:4900000000000001",
        ("weibo", "video:1034:4900000000000001"),
    ),
    (
        "https://video.weibo.com/show?fid=1034:4900000000000001",
        "https://weibo.com/tv/show/1034:4900000000000001",
        ("weibo", "video:1034:4900000000000001"),
    ),
    (
        "https://live.kuaishou.com/u/somebody/3xabcDEF?did=1",
        "https://www.kuaishou.com/short-video/3xabcDEF",
        ("kuaishou", "3xabcDEF"),
    ),
    (
        "https://live.kuaishou.com/profile/somebody",
        "https://live.kuaishou.com/profile/somebody",
        None,
    ),
    (
        "https://tieba.baidu.com/errorpage/deledErrorInfo?tid=7000000001",
        "https://tieba.baidu.com/p/7000000001",
        ("tieba", "7000000001"),
    ),
    (
        "https://mp.weixin.qq.com/s/AbCdEf_ghIJ-klmn0123?from=timeline",
        "https://mp.weixin.qq.com/s/AbCdEf_ghIJ-klmn0123",
        ("wechat", "AbCdEf_ghIJ-klmn0123"),
    ),
    (
        "https://mp.weixin.qq.com/s?src=11&timestamp=1700000000&ver=1&signature=ab*c&new=1",
        "https://mp.weixin.qq.com/s?signature=ab*c&src=11&timestamp=1700000000&ver=1",
        None,
    ),
    (
        "https://weibo.com/2803301701/z0JH2lOMb?from=page_1&type=comment",
        "https://weibo.com/2803301701/z0JH2lOMb",
        ("weibo", "3501756485200075"),
    ),
    (
        "https://m.weibo.cn/2803301701/3501756485200075?luicode=1",
        "https://weibo.com/2803301701/z0JH2lOMb",
        ("weibo", "3501756485200075"),
    ),
    (
        "https://m.weibo.cn/status/z0JH2lOMb",
        "https://m.weibo.cn/detail/3501756485200075",
        ("weibo", "3501756485200075"),
    ),
    (
        "https://weibo.com/detail/3501756485200075",
        "https://m.weibo.cn/detail/3501756485200075",
        ("weibo", "3501756485200075"),
    ),
    (
        "https://weibo.com/ttarticle/p/show?id=2309404000000000000001&mod=zwenzhang",
        "https://weibo.com/ttarticle/p/show?id=2309404000000000000001",
        ("weibo", "article:2309404000000000000001"),
    ),
    (
        "https://m.weibo.cn/u/2803301701",
        "https://weibo.com/u/2803301701",
        ("weibo", "user:2803301701"),
    ),
    (
        "https://www.iesdouyin.com/share/video/7300000000000000001/?region=CN&mid=1&ts=2",
        "https://www.douyin.com/video/7300000000000000001",
        ("douyin", "7300000000000000001"),
    ),
    (
        "https://www.douyin.com/user/MS4wLjABAAAA_x-y?modal_id=7300000000000000001",
        "https://www.douyin.com/video/7300000000000000001",
        ("douyin", "7300000000000000001"),
    ),
    (
        "https://m.douyin.com/share/note/7300000000000000002",
        "https://www.douyin.com/note/7300000000000000002",
        ("douyin", "7300000000000000002"),
    ),
    (
        "https://www.douyin.com/user/MS4wLjABAAAA_x-y?vid=1",
        "https://www.douyin.com/user/MS4wLjABAAAA_x-y",
        ("douyin", "user:MS4wLjABAAAA_x-y"),
    ),
    (
        "https://v.m.chenzhongtech.com/fw/photo/3xabcDEF?shareToken=X&fid=1",
        "https://www.kuaishou.com/short-video/3xabcDEF",
        ("kuaishou", "3xabcDEF"),
    ),
    (
        f"https://www.rednote.com/user/profile/{USER}/{NOTE}?xsec_token=AB&xsec_source=pc_user",
        f"https://www.xiaohongshu.com/explore/{NOTE}",
        ("xiaohongshu", NOTE),
    ),
    (
        f"https://www.xiaohongshu.com/discovery/item/{NOTE}?app_platform=ios",
        f"https://www.xiaohongshu.com/explore/{NOTE}",
        ("xiaohongshu", NOTE),
    ),
    (
        "http://www.bilibili.com/video/av170001/?spm_id_from=333&p=1",
        "https://www.bilibili.com/video/BV17x411w7KC",
        ("bilibili", "BV17x411w7KC"),
    ),
    (
        "https://m.bilibili.com/video/bv17x411w7KC?p=3&vd_source=9",
        "https://www.bilibili.com/video/BV17x411w7KC?p=3",
        ("bilibili", "BV17x411w7KC"),
    ),
    (
        "https://b23.tv/BV17x411w7KC?share_source=qq",
        "https://www.bilibili.com/video/BV17x411w7KC",
        ("bilibili", "BV17x411w7KC"),
    ),
    (
        "https://t.bilibili.com/600000000000000001?tab=2",
        "https://www.bilibili.com/opus/600000000000000001",
        ("bilibili", "opus:600000000000000001"),
    ),
    (
        "https://tieba.baidu.com/p/7000000001?pid=1&cid=0&see_lz=1&pn=2#1",
        "https://tieba.baidu.com/p/7000000001",
        ("tieba", "7000000001"),
    ),
    (
        "http://tieba.baidu.com/mo/q/m?kz=7000000001&is_bakan=0",
        "https://tieba.baidu.com/p/7000000001",
        ("tieba", "7000000001"),
    ),
    (
        "https://www.zhihu.com/question/30000001/answer/90000001?utm_id=0&share_code=x",
        "https://www.zhihu.com/question/30000001/answer/90000001",
        ("zhihu", "answer:90000001"),
    ),
    (
        "https://zhuanlan.zhihu.com/p/60000001?native=1",
        "https://zhuanlan.zhihu.com/p/60000001",
        ("zhihu", "article:60000001"),
    ),
    (
        "http://m.toutiao.com/i7000000000000000001/?tt_from=weixin&wid=1",
        "https://www.toutiao.com/article/7000000000000000001/",
        ("toutiao", "7000000000000000001"),
    ),
    (
        "https://www.toutiao.com/w/1700000000000001/?log_from=x",
        "https://www.toutiao.com/w/1700000000000001/",
        ("toutiao", "1700000000000001"),
    ),
    (
        "https://mbd.baidu.com/newspage/data/landingsuper?context="
        + quote('{"nid":"news_9000000000000000001"}'),
        "https://baijiahao.baidu.com/s?id=9000000000000000001",
        ("baijiahao", "9000000000000000001"),
    ),
    (
        "https://weibo.com/2803301701?refer_flag=1001030103_",
        "https://weibo.com/u/2803301701",
        ("weibo", "user:2803301701"),
    ),
    (
        "https://weibo.cn/comment/z0JH2lOMb?uid=2803301701&rl=0",
        "https://m.weibo.cn/detail/3501756485200075",
        ("weibo", "3501756485200075"),
    ),
    (
        "https://card.weibo.com/article/m/show/id/2309404000000000000001?_wb_client_=1",
        "https://weibo.com/ttarticle/p/show?id=2309404000000000000001",
        ("weibo", "article:2309404000000000000001"),
    ),
    (
        "https://www.douyin.com/jingxuan?modal_id=7300000000000000001",
        "https://www.douyin.com/video/7300000000000000001",
        ("douyin", "7300000000000000001"),
    ),
    (
        "https://www.iesdouyin.com/share/user/100000000001?sec_uid=MS4wLjABAAAA_x-y&u_code=1",
        "https://www.douyin.com/user/MS4wLjABAAAA_x-y",
        ("douyin", "user:MS4wLjABAAAA_x-y"),
    ),
    (
        "https://m.gifshow.com/fw/photo/3xabcDEF?cc=share_copylink",
        "https://www.kuaishou.com/short-video/3xabcDEF",
        ("kuaishou", "3xabcDEF"),
    ),
    (
        f"https://www.xiaohongshu.com/search_result/{NOTE}?xsec_token=AB&xsec_source=",
        f"https://www.xiaohongshu.com/explore/{NOTE}",
        ("xiaohongshu", NOTE),
    ),
    (
        "https://player.bilibili.com/player.html?isOutside=true&aid=170001&page=1",
        "https://www.bilibili.com/video/BV17x411w7KC",
        ("bilibili", "BV17x411w7KC"),
    ),
    (
        "https://www.bilibili.com/list/watchlater?bvid=BV17x411w7KC&oid=170001",
        "https://www.bilibili.com/video/BV17x411w7KC",
        ("bilibili", "BV17x411w7KC"),
    ),
    (
        "https://b23.tv/av170001",
        "https://www.bilibili.com/video/BV17x411w7KC",
        ("bilibili", "BV17x411w7KC"),
    ),
    (
        "https://www.bilibili.com/read/mobile?id=900001&share_from=article",
        "https://www.bilibili.com/read/cv900001",
        ("bilibili", "cv900001"),
    ),
    (
        "https://jump2.bdimg.com/p/7000000001?share=9105&fr=share",
        "https://tieba.baidu.com/p/7000000001",
        ("tieba", "7000000001"),
    ),
    (
        "https://www.zhihu.com/tardis/bd/art/60000001?source_id=1001",
        "https://zhuanlan.zhihu.com/p/60000001",
        ("zhihu", "article:60000001"),
    ),
    (
        "https://www.zhihu.com/question/30000001/answers/updated?page=2",
        "https://www.zhihu.com/question/30000001",
        ("zhihu", "question:30000001"),
    ),
    (
        "https://www.zhihu.com/org/yu-dong-yang-li/posts",
        "https://www.zhihu.com/org/yu-dong-yang-li/posts",
        ("zhihu", "user:yu-dong-yang-li"),
    ),
    (
        "https://toutiao.com/group/7000000000000000001/?app=news_article&share_token=x",
        "https://www.toutiao.com/article/7000000000000000001/",
        ("toutiao", "7000000000000000001"),
    ),
    (
        "https://www.toutiao.com/c/user/token/MS4wLjABAAAA_x-y/?source=author_home",
        "https://www.toutiao.com/c/user/token/MS4wLjABAAAA_x-y/",
        ("toutiao", "user:MS4wLjABAAAA_x-y"),
    ),
    (
        "https://m.58.com/zz/zhiyepeix/50000000000001x.shtml?psid=1&ClickID=2",
        "https://zz.58.com/zhiyepeix/50000000000001x.shtml",
        ("wuba", "50000000000001"),
    ),
]


@pytest.mark.parametrize(("found", "wanted", "key"), KNOWN_FORMS)
def test_every_form_of_a_platforms_url_becomes_the_canonical_one(found, wanted, key):
    assert canonical(found) == wanted
    assert identity(found) == key
    assert canonical(wanted) == wanted
    assert identity(wanted) == key


def test_the_platform_of_a_host_is_known_and_its_lookalikes_are_the_open_web():
    assert platform_of("https://zz.58.com/x") == "wuba"
    assert platform_of("https://www.weibo.com/") == "weibo"
    assert platform_of("https://www.school.example/") == "web"
    assert platform_of("https://weibo.com.school.example/") == "web"
    assert platform_of("https://notweibo.com/1234567/z0JH2lOMb") == "web"


def test_a_search_page_of_a_platform_keeps_its_question():
    url = "https://www.douyin.com/search/%E8%AF%81%E4%B9%A6?type=general&aid=1"
    assert canonical(url) == "https://www.douyin.com/search/%E8%AF%81%E4%B9%A6?type=general"


def test_known_pairs_of_ids_hold():
    assert av_to_bv(170001) == "BV17x411w7KC"
    assert bv_to_av("BV17x411w7KC") == 170001
    assert bid_to_mid("z0JH2lOMb") == "3501756485200075"
    assert mid_to_bid("3500330408906190") == "z08AUBmUe"


@given(st.integers(1, BV_TOP - 1))
def test_av_numbers_and_bv_codes_are_one_to_one(aid):
    assert bv_to_av(av_to_bv(aid)) == aid


@given(st.integers(1, 10**20))
def test_weibo_numbers_and_codes_are_one_to_one(mid):
    assert bid_to_mid(mid_to_bid(str(mid))) == str(mid)


@pytest.mark.parametrize("code", ["", "BV1", "BV1000000000", "bv17x411w7KC", "XX17x411w7KC"])
def test_what_is_no_bv_code_is_refused(code):
    with pytest.raises(ValueError, match="no BV code"):
        bv_to_av(code)


def test_the_shipped_table_names_each_host_once():
    table = read_table()
    shorts = {host for place in table.short_links for host in place.hosts}
    assert {"weibo.com", "mp.weixin.qq.com", "b23.tv"} <= set(table.hosts)
    assert {"t.cn", "v.douyin.com", "xhslink.com"} <= shorts
