"""Firewalls' pages on the open web are walls; what is written about them, or sold, is not."""

from __future__ import annotations

import pytest

from crawler.extract import extract
from crawler.firewalls import firewall_of
from door.sources import all_sources
from tests.test_sources import page_of

SOURCES = all_sources()
WEB = "https://www.peixun.example/n/1.html"
NUMBER = "0a3bc1e217325148341234567e1a2b"
ALIYUN = (
    "<p>很抱歉，由于您访问的URL有可能对网站造成安全威胁，您的访问被阻断。</p>"
    f"<p>您的请求ID是：{NUMBER}</p>"
    "<p>Sorry, your request has been blocked as it may cause potential threats to the server's "
    f"security.</p><p>Your request ID is: {NUMBER}</p><p>误报反馈：如果您认为这是误报，请将上面"
    f"的请求ID"
    "发给网站管理员，管理员可以在控制台的防护策略中把它加入白名单，之后您再次访问即可。</p>"
)
ANQUAN = (
    "<h1>网站防火墙</h1><p>您的请求带有不合法参数，已被网站管理员设置拦截！</p><p>可能原因：您提"
    "交的内容包含"
    "危险的攻击请求</p><p>如何解决：</p><ul><li>1）检查提交内容；</li><li>2）如网站托管，请联系"
    "空间提供商；</li>"
    "<li>3）普通网站访客，请联系网站管理员；</li></ul>"
)
CLOUDFLARE = (
    "<h1>Sorry, you have been blocked</h1><h2>You are unable to access peixun.example</h2>"
    "<h2>Why have I been blocked?</h2><p>This website is using a security service to protect "
    "itself from online attacks. The action you just performed triggered the security solution. "
    "Several actions could trigger this block, a certain word or malformed data among them.</p>"
    "<h2>What can I do to resolve this?</h2><p>You can email the site owner to let them know you "
    "were blocked. Please say what you were doing when this page came up, with the Ray ID.</p>"
    "<p>Cloudflare Ray ID: 8f00000000000000 • Your IP: 192.0.2.1 • Performance &amp; security by "
    "Cloudflare</p>"
)
WALLS = [
    ("405", ALIYUN, "http_403"),
    ("网站防火墙", ANQUAN, "http_403"),
    ("Attention Required! | Cloudflare", CLOUDFLARE, "http_403"),
    (
        "云锁",
        "<p>您的访问请求可能对网站造成危险，已被云锁安全服务器拦截。</p><p>拦截时间：2026-11-25</p>"
        "<p>如果您是站长，请登录云锁控制台，在防护日志里按事件ID查看这次拦截的详细原因，并按需"
        "要调整防护规则。</p>",
        "http_403",
    ),
    (
        "宝塔WAF",
        "<p>您的请求带有不合法参数，已被网站管理员设置拦截！</p><p>如果您是网站管理员，请登录堡"
        "塔云WAF控制台"
        "在拦截日志里查看详细的原因，如确认为误报可以把这个地址加入白名单，普通访客请联系网站管"
        "理员处理。</p>",
        "http_403",
    ),
    (
        "请求已被拦截",
        "<h1>请求存在威胁，已被拦截</h1><p>请求 ID: 9b1c</p><p>如有疑问，请联系网站管理员并提供"
        "请求 ID</p>"
        "<p>安全检测能力由 长亭雷池 WAF 驱动</p>",
        "http_403",
    ),
    (
        "雷池 WAF",
        "<p>客户端安全检测</p><p>正在确认你是不是机器人</p><p>安全检测能力由 雷池 WAF 驱动</p>",
        "captcha",
    ),
    (
        "请稍候…",
        "<h1>peixun.example</h1><p>正在验证您是否是真人。这可能需要几秒钟时间。</p><p>继续之前，"
        "peixun.example "
        "需要先检查您的连接的安全性。</p><p>Ray ID: 8f00</p>",
        "captcha",
    ),
    (
        "Just a moment...",
        "<p>Verifying you are human. This may take a few seconds.</p><p>peixun.example needs to "
        "review the security of your connection before proceeding.</p><p>Ray ID: 8f00</p><p>"
        "Performance &amp; security by Cloudflare</p>",
        "captcha",
    ),
    ("知道创宇云防御", "<p>当前访问疑似黑客攻击，已被创宇盾拦截。</p>", "http_403"),
    (
        "腾讯云WAF",
        "<p>很抱歉，您提交的请求可能对网站造成威胁，请求已被管理员设置的策略阻断</p><p>请求ID："
        "77</p>",
        "http_403",
    ),
    (
        "访问被拦截！",
        "<p>您的请求疑似攻击行为！</p><p>如果您是网站管理员，请登录华为云WAF控制台查看事件ID 0"
        "2-1111</p>",
        "http_403",
    ),
    ("360", "<p>您的请求可能存在恶意攻击行为，已被360网站卫士拦截</p>", "http_403"),
    ("拦截提示", "<p>您的IP已被禁止访问，请联系管理员</p>", "http_403"),
    ("x", "<p>您提交的内容含有敏感信息，请求已被系统拦截</p>", "http_403"),
    ("护卫神", "<p>护卫神·入侵防护系统 检测到危险请求，已拦截</p>", "http_403"),
    ("ERROR", "<h2>The request could not be satisfied.</h2><p>Request blocked.</p>", "http_403"),
    ("拒绝访问", "<h1>拒绝访问</h1>", "http_403"),
    ("人机身份验证", "<p>请完成以下操作，验证您是真人。</p>", "captcha"),
    ("请稍等", "<p>百度云加速正在检查您的访问，请稍等几秒</p>", "captcha"),
    ("x", "<p>The requested URL was rejected. Please consult with your administrator.</p>"
     "<p>Your support ID is: 77</p>", "http_403"),
]  # fmt: skip
every_wall = pytest.mark.parametrize(("title", "body", "reason"), WALLS, ids=lambda one: one[:16])


def told(title: str, body: str, status: int = 200, source: str = "institution") -> str:
    html = f"<html><head><title>{title}</title></head><body>{body}</body></html>"
    reading = SOURCES[source]().read(page_of(html.encode(), WEB, status=status))
    assert reading.state == "alive" or reading.posts == ()
    return f"{reading.state}:{reading.reason}"


@every_wall
@pytest.mark.parametrize("status", [200, 403, 404, 405, 410])
def test_a_firewall_s_page_is_a_wall_however_long_and_whatever_its_status(
    title, body, reason, status
):
    assert told(title, body, status) == f"blocked:{reason}"


@every_wall
def test_a_firewall_s_page_is_a_wall_of_a_platform_too(title, body, reason):
    html = f"<html><head><title>{title}</title></head><body>{body}</body></html>"
    for source, url in (
        ("classifieds", "https://bj.58.com/jiazheng/123456x.shtml"),
        ("tieba", "https://tieba.baidu.com/p/123456789"),
        ("toutiao", "https://www.toutiao.com/article/7123456789012345678/"),
    ):
        reading = SOURCES[source]().read(page_of(html.encode(), url))
        assert (reading.state, reading.posts) == ("blocked", ()), source


JSL = "<script>document.cookie=('_')+('_')+('jsl')+('=');location.href=location.pathname</script>"
RUISHU = (
    '<html><head><meta content="abc" r="m"></head><body><script>$_ts=window["$_ts"]||{};</script>'
    '<script src="/x/c.FxJzG50F.js"></script></body></html>'
)
ACW = "<html><script>var arg1='0A1B';setCookie('acw_sc__v2',x);document.location.reload()</script>"
YUNSUO = '<script>function Jump(){self.location="/?security_verify_data=3"}</script>'


@pytest.mark.parametrize(
    ("html", "status"),
    [
        (JSL, 521),
        (JSL, 200),
        (RUISHU, 412),
        (RUISHU, 202),
        (RUISHU, 200),
        (ACW, 200),
        (YUNSUO, 200),
    ],
)
def test_a_test_by_script_is_a_wall_and_never_an_empty_page(html, status):
    reading = SOURCES["institution"]().read(page_of(html.encode(), WEB, status=status))
    assert (reading.state, reading.posts) == ("blocked", ())


MENU = "".join(f'<a href="/{n}">{name}</a> ' for n, name in enumerate(["首页", "产品", "关于"]))
ABOUT_WALLS = (
    "<h1>访问网站时提示“您的访问被阻断”是怎么回事</h1><p>不少人打开网页时会看到一句话：由于您访"
    "问的URL有可能对网站造成"
    "安全威胁，您的访问被阻断。其实这多半不是电脑坏了，而是网站前面的那道门把这次打开当成了可疑"
    "的动作。</p>"
    "<p>常见的情形有三种：一是短时间里刷新太多次，二是地址里带了奇怪的符号，三是和邻居合用一条出"
    "口线路，别人做了坏事连累了你。</p>"
    "<p>遇到时先等几分钟再打开，换一条线路，还不行就打电话给那家单位，把页面上的那串号码念给对方"
    "听，一般当天就能解决。</p>"
)
ABOUT_CAPTCHAS = (
    "<h1>验证码为什么越来越难认</h1><p>早些年的图形验证码只有四个数字，现在的滑动验证要把一块拼"
    "图拖到缺口里，点选验证还要按顺序点出"
    "几个汉字，很多老人家坐在屏幕前点了半天也没有点对。</p><p>做人机验证的公司说，机器认字已经比"
    "人还快，题目不变难就挡不住它们；"
    "可是题目一难，先挡住的往往是眼睛不好的人，所以又有了听一段声音再填数字的安全验证。</p><p>一"
    "位做无障碍的朋友建议，"
    "凡是请输入验证码的地方，都应当留一个电话，让打不开门的人有地方可问，这比再多一道滑块验证有"
    "用得多。</p>"
)
SHOP = (
    f"{MENU}<h1>网站防火墙 企业版</h1><p>价格：1999元/年</p><p>拦截注入、挂马和扫描</p><p>防护规"
    f"则每日更新</p>"
    "<p>支持白名单与日志</p><p>七天试用</p><button>加入购物车</button>"
)
SHOP_CAPTCHAS = (
    f"{MENU}<h1>行为验证产品</h1><p>接入简单，半小时上线，按次计费，首月赠送一万次，适合各类中小"
    f"网站的注册与下单环节</p>"
    "<p>报名、投票、抢票场景都用得上，提供网页和小程序两种接入方式，文档齐全，客服在线解答</p>"
    "<p>已服务多家学校与书店，后台可以看每日次数、通过率和来源分布，账单按月导出，发票可以开专票"
    "</p>"
    "<p>支持滑动验证、点选验证</p>"
)
FORUM = (
    '<div id="hd"><form>用户名 密码 <input type="password"> 您还没有登录，请先登录</form>'
    f"{MENU}</div><h1>月嫂证免考包过</h1><div class=t_f>三天拿证，全国可查，加微信 abc12345</div>"
    "<div>发表于 2026-11-20 楼主 只看该作者</div><div>收到，已经联系，谢谢楼主</div>"
    '<div class="pt">您需要登录后才可以回帖 <a href="/l">登录</a> | <a href="/r">立即注册</a></div>'
)
HONEST = [
    ("访问被阻断怎么办", ABOUT_WALLS),
    ("验证码为什么越来越难认", ABOUT_CAPTCHAS),
    ("网站防火墙", SHOP),
    ("网站防火墙 企业版 - 某安商城", SHOP),
    ("行为验证 - 某验", SHOP_CAPTCHAS),
    ("月嫂证免考包过 - 家政论坛", FORUM),
    ("月嫂证", "<h1>月嫂证包过</h1><p>全国可查，微信 abc123</p><p>防止网页访问异常请加微信</p>"),
]


@pytest.mark.parametrize(("title", "body"), HONEST, ids=lambda one: one[:16])
def test_what_is_written_about_walls_or_stands_beside_a_login_box_is_alive(title, body):
    assert told(title, body) == "alive:"


def test_a_login_page_is_a_wall_though_it_has_a_menu_and_a_slogan():
    form = "<form>用户名 密码 <input type=password> 记住我</form>"
    slogan = "<p>某某学习平台，陪您学好每一门课</p>"
    assert told("用户登录", f"{MENU}{form}{slogan}") == "blocked:login"
    walled = f"<header>{MENU}</header><h1>提示</h1><p>请先登录后查看该内容</p>{form}{slogan}"
    assert told("某某学习平台", walled) == "blocked:login"


@pytest.mark.parametrize(
    ("title", "body", "state"),
    [
        ("提示", "<p>请先登录</p>", "blocked:login"),
        ("登录", "<p>登录后查看全文</p><form><input type=password></form>", "blocked:login"),
        ("提示", "<p>内容不存在，或者您没有权限，请先登录</p>", "ambiguous:unavailable"),
        ("404", "<header>您好，请先登录</header><h1>页面不存在</h1>", "removed:http_404"),
        ("404", "<h1>404</h1>", "removed:http_404"),
        (
            "x",
            '<div class="g topbar">您好，请先登录</div><p>抱歉，介绍暂时没有，请从首页重新进入</p>',
            "removed:http_404",
        ),
        ("x", "<div class=topbar>请先登录</div>", "blocked:login"),
        ("x", '<body class="header-fixed"><div class="desktop">请先登录</div>', "blocked:login"),
        ("x", "<div class=login-box><form>请先登录</form></div>", "blocked:login"),
    ],
)
def test_a_login_with_404_removes_nothing(title, body, state):
    assert told(title, body, 404) == state


def test_a_long_page_is_read_by_what_else_it_says():
    prose = "<p>本校开设家政、母婴护理等课程，欢迎来电咨询报名。</p>" * 20
    html = f"<html><title>405</title><body>{ALIYUN}{prose}"
    assert firewall_of(extract(html, WEB)) == ""
    links = "".join(f'<a href="/{n}">课程</a>' for n in range(40))
    assert firewall_of(extract(f"<html><body>{ALIYUN}{links}</body></html>", WEB)) == ""
    assert firewall_of(extract(f"<html><body>{ALIYUN}</body></html>", WEB)) == "http_403"
