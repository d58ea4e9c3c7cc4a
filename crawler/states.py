"""Whether a look at a page of the open web showed the page, a wall, or nothing.

A wall's or a removal's words count only where the page has hardly any other text: an article about
captchas or deleted posts is alive. Searching is done in the visible text and in tags, never in
scripts, which carry such words on every page.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from crawler.extracted import Extracted
from crawler.firewalls import firewall_of
from crawler.login_boxes import below_head, middle_of, shows_page
from crawler.own_text import (
    FURNITURE,
    has_contact,
    has_prose,
    has_questions,
    is_article,
    is_reachable,
    linkless,
    offers,
    plain,
    says_little_else,
    sells,
    titled_alone,
    told_in_earnest,
)
from storage.records import PageState

State = tuple[PageState, str]
ALIVE: State = (PageState.ALIVE, "")

BLOCKED = PageState.BLOCKED
STATUSES: dict[int, State] = {
    404: (PageState.REMOVED, "http_404"),
    410: (PageState.REMOVED, "http_410"),
    451: (PageState.AMBIGUOUS, "http_451"),  # RFC 7725: for legal reasons, perhaps only from here
    401: (BLOCKED, "login"),
    407: (BLOCKED, "login"),
    403: (BLOCKED, "http_403"),
    # "Slow down" or "you are a robot": 412 B站, 418/432 微博, 461/471 小红书.
    **dict.fromkeys((412, 418, 429, 432, 461, 471), (BLOCKED, "rate_limit")),
}
REFUSED_METHOD = 405  # Alibaba's firewall answers with it
SCRIPT_TESTS = frozenset({503, 521})  # a firewall's script test comes with these
SHORT = 800  # visible characters; longer pages are judged by their title alone
HEAD = 400
NO_MORE = 100  # visible characters of a page that has nothing but a test on it
LONG = 60  # characters of a line that says more than a wall does
OWN_WORDS = 160  # characters of prose beside the marker that make a short page somebody's text

CAPTCHA = re.compile(
    r"请?(?:输入|填写)(?:下方|图中|图片|右侧)?的?(?:验证码|字符)|完成(?:下方|下列|以下|安全|人机)?的?(?:拼图)?验证|"
    r"安全验证|人机验证|(?:拖动|按住|滑动)滑块|点击按钮进行验证|环境异常|访问验证|"
    r"正在检查(?:您|你)的浏览器|(?:浏览器)?安全检[测查]中(?!心)|"
    r"(?:您的?|你的?|当前|本次|^)访问(?:请求|行为)?(?:出现)?(?:异常|存在安全风险)|(?:网络|当前)环境存在(?:异常|风险)|请(?:先|进行|通过)?(?:滑动|滑块|拼图|点选)验证|验证码中间页|"
    r"security (?:verification|check)|verify (?:that )?you are (?:a )?human|"
    r"are you a robot|just a moment|checking your browser|attention required|captcha",
    re.IGNORECASE | re.MULTILINE,
)
# Kinds of tests: shops sell them by these names, so they count only on a page that says no more.
CAPTCHA_NAME = re.compile(r"(?:滑动|滑块|拼图|点选|图形)验证")
RATE = re.compile(
    r"(?:访问|请求|操作|刷新)(?:太|过于?)(?:频繁|快)(?!时(?!间))|访问(?:次数|人数)?(?:过多|超限)|"
    r"(?:访问|请求)次数[^。\n]{0,4}(?:超[出过]|达到)[^。\n]{0,4}(?:限制|上限)|"
    r"too many requests",
    re.IGNORECASE,
)
REFUSED = re.compile(
    r"\A\W*(?:403 ?forbidden|forbidden|access denied|blocked)\W*\Z|403 forbidden|access denied|"
    r"(?:您|你)的(?:访问|请求)已?被[^。\n]{0,10}拦截|请求被拦截|访问被(?:拒绝|阻断|拦截)|IP存在风险|"
    r"request has been blocked|请求可能?存在风险|访问行为存在风险|"
    r"使用爬虫(?:程序)?[^。\n]{0,6}禁止|异常访问行为[^。\n]{0,8}限制访问",
    re.IGNORECASE,
)
LOGIN = re.compile(
    r"请先?(?:登录|登陆)|(?:登录|登陆)后(?:才能|方可|可以|即可|可)?(?:查看|浏览|阅读|访问|继续|观看)|"
    r"(?:您|你)?(?:还没有|还未|尚未|没有|未)(?:登录|登陆)|需要(?:登录|登陆)|扫码(?:登录|登陆)|"
    r"(?:统一身份认证|用户登录|会员登录)|手机号登录|密码登录|短信登录|sina visitor system|"
    r"登录后(?:推荐|解锁|体验)|^\s*登[录陆]\s*[-_|–—]|"
    r"please (?:log|sign) ?in|(?:login|sign-?in) required",
    re.IGNORECASE,
)
# 论坛 that names three reasons at once, one of which passes.
REVIEWED = re.compile(r"主题(?:不存在|已被删除)[^。\n]{0,12}审核")
GONE = re.compile(
    r"(?:主题|页面|网页|内容|文章|信息|帖子|贴子|视频|商品|链接|资源|作品|笔记)(?:可能|或许)?(?:已经?被?"
    r"(?:发布者|作者|系统|管理员|平台|楼主|版主|发帖人)?(?:删除|下架|移除|失效|下线)|(?:已经?)?(?:不存在|"
    r"(?:不见|走丢|跑丢|弄丢|丢失|找不到)[了啦]))|"
    r"(?:您|你)?(?:要|想)?(?:访问|查找|浏览|请求|查看|观看|找)的(?:页面|网页|内容|资源|文件|视频|文章)"
    r"(?:可能|暂时)?(?:已经?)?(?:不存在|被?删除|找不到|未找到|(?:不见|走丢|弄丢)[了啦])|"
    r"因违规(?:无法查看|已被?删除)|404(?: ?[-–|,，!！] ?| )?(?:错误|not found|页面|找不到)|"
    r"(?:该|此)(?:内容|文章|信息)已被?(?:用户|本人)删除|(?:作者|用户)已删除(?:该|此)(?:内容|文章)|"
    r"本文(?:已经?)?被?(?:作者)?(?:删除|下架)|(?:栏目|产品)不存在|"
    r"没有找到(?:您|你)?(?:要|想)(?:访问|查看|找)的(?:页面|网页|内容|文章)|"
    r"(?:该|此)页(?:面)?无法显示|找不到(?:该|此)页面|^\W*文档已删除|该职位已(?:下线|停止招聘)(?!的)|"
    r"(?:此|该|本)[帖贴](?:已经?)?被?(?:楼主|版主|作者|管理员)?(?:删除|屏蔽)|"
    r"requested (?:url|page|resource)[^\n]{0,80} (?:was|could) not (?:be )?found|"
    r"^\s*404[!！.。]?\s*$|[-_|–—]\s*404\s*$|(?:page|file) not found",
    re.IGNORECASE | re.MULTILINE,
)
UNSURE = re.compile(
    r"暂时(?:无法|不能)(?:查看|访问|浏览)|(?:文章|内容|页面|视频)暂时找不到|(?:链接|页面)已过期|(?:没有|无)(?:查看|访问|浏览)?权限|权限不足|正在审核中|"
    r"根据相关法律法规[^。\n]{0,12}(?:无法|不予)显示|仅对(?:中国)?(?:大陆|境内)(?:地区)?用户开放|"
    r"(?:您|你)所在的用户组[^。\n]{0,10}(?:无法|不能|没有权限)|受密码保护|"
    r"站点创建成功|Welcome to nginx!|域名(?:正在|可)?(?:出售|转让)|"
    r"请在微信客户端(?:中)?打开|(?:暂)?不(?:支持|对)(?:您|你)?所在的?(?:地区|国家|区域)|没有找到(?:该|此|这个)?(?:帖子|主题|文章)\s*[。！!]?$|"
    r"(?:本|该|此)?(?:网站|站点)(?:已经?)(?:被)?(?:管理员)?(?:关闭|停止(?:访问|服务|运行)|关停|过期)",
    re.MULTILINE,
)
CAPTCHA_TAG = re.compile(
    r"<(?:div|form|input|iframe|img|script|section|span)\b[^<>]{0,300}?(?:captcha|geetest|turnstile|"
    r"yidun|nc_wrapper|verify-?code|seccode|slide-?verify|challenge-form|cf-chl)",
    re.IGNORECASE,
)
PASSWORD_TAG = re.compile(r"<input\b[^<>]{0,300}?type\s*=\s*[\"']?password", re.IGNORECASE)

UNAVAILABLE: State = (PageState.AMBIGUOUS, "unavailable")
NOTICES: tuple[tuple[re.Pattern[str], State], ...] = (
    (REVIEWED, UNAVAILABLE),
    (GONE, (PageState.REMOVED, "notice")),
    (UNSURE, UNAVAILABLE),
)
WALLS = (
    ("captcha", CAPTCHA, CAPTCHA_TAG),
    ("captcha", CAPTCHA_NAME, CAPTCHA_TAG),
    ("login", LOGIN, PASSWORD_TAG),
    ("rate_limit", RATE, None),
    ("http_403", REFUSED, None),
)

ROOT = re.compile(
    r"<(?:div|main|section)\b[^<>]{0,200}?id\s*=\s*[\"']?(?:app|root|__next|__nuxt|main-app|q-app|"
    r"react-root|___gatsby|container-root|application)\b[^<>]{0,200}>",
    re.IGNORECASE,
)
EMPTY_ROOT = re.compile(ROOT.pattern + r"(?:\s|<!--[^>]{0,200}-->){0,20}</", re.IGNORECASE)
NEEDS_SCRIPT = re.compile(
    r"(?:请|需要?|必须|未|没有)[^<>。]{0,12}?(?:启用|开启|打开|允许|支持)[^<>。]{0,8}?JavaScript|"
    r"JavaScript[^<>。]{0,12}?(?:未启用|被禁用|已禁用|不可用)|"
    r"(?:enable|requires?|without|need)[^<>.]{0,30}JavaScript|JavaScript[^<>.]{0,30}(?:enabled|disabled)",
    re.IGNORECASE,
)
JUMP = re.compile(r"\blocation\s*(?:\.\s*(?:href|replace|assign|reload)\b|=)|document\.cookie\s*=")
# A firewall's script test: it sets a cookie and asks again, whatever status it came with.
SETS_COOKIE = re.compile(r"document\.cookie\s*=|acw_sc__v\d|__jsl_clearance|location\.reload\(")
LOADING = re.compile(
    r"(?:数据|页面|正在|努力)*加载中?|loading|请稍[等候后]|please wait", re.IGNORECASE
)


def needs_browser(extracted: Extracted, html: str) -> bool:
    """Whether the page is an empty shell that scripts fill, not merely a short page."""
    seen = extracted.visible
    if not extracted.scripts or seen >= HEAD or notice_of(extracted, html) != ALIVE:
        return False
    if EMPTY_ROOT.search(html) or (seen < 100 and ROOT.search(html)):
        return True
    if seen < 200 and NEEDS_SCRIPT.search(html):
        return True
    if seen < 60 and JUMP.search(html):
        return True
    if seen < 30 and LOADING.search(extracted.text):
        return True
    return seen < 5 and not extracted.images and not extracted.forms


def page_state(
    status: int, final_url: str, extracted: Extracted, html: str, *, asked: str = ""
) -> State:
    """What this look at a URL showed, and the machine word for it.

    `asked` is the URL before redirects; without it a redirect to the home page is seen only where
    the page itself sends there.
    """
    if not 200 <= status < 300:
        return state_of_status(status, extracted, html)
    if sent_home(asked, final_url) or sent_home(final_url, extracted.refresh):
        return PageState.SWAPPED, "home_page"
    if needs_browser(extracted, html):
        return BLOCKED, "shell"
    notice = notice_of(extracted, html)
    # A picture page that leads on is a site's entrance; one that does not needs a person's eyes.
    silent = extracted.visible < 5 and extracted.images and not extracted.links
    return (PageState.AMBIGUOUS, "no_text") if silent else notice


def state_of_status(status: int, extracted: Extracted, html: str) -> State:
    """Meaning of a status that is no success; words tell a captcha from a refusal."""
    known = STATUSES.get(status)
    wall = wall_of(extracted, html)
    if known is not None and known[0] is not BLOCKED:
        return of_gone(known, wall, extracted, html)
    if known is not None or (wall and status == REFUSED_METHOD):
        return BLOCKED, wall or (known[1] if known else "")
    if status in SCRIPT_TESTS and (wall or needs_browser(extracted, html)):
        return BLOCKED, wall or "captcha"
    return PageState.ERROR, f"http_{status}"


def of_gone(known: State, wall: str, extracted: Extracted, html: str) -> State:
    """Meaning of a status that says gone: a robot's test or a firewall may come with any; what
    says it is gone is gone."""
    if says(GONE, extracted):
        asks = wall == "login" and LOGIN.search(middle_of(html))
        return UNAVAILABLE if asks else known
    if not wall and SETS_COOKIE.search(html) and needs_browser(extracted, html):
        return BLOCKED, "captcha"
    if wall and not (wall == "login" and in_head_alone(extracted, html)):
        return BLOCKED, wall
    return (BLOCKED, "http_403") if says(REFUSED, extracted) else known


def notice_of(extracted: Extracted, html: str) -> State:
    """A wall, a removal or a refusal that the page itself tells; ALIVE where it tells none."""
    wall = wall_of(extracted, html)
    if wall == "login" and GONE.search(middle_of(html)) and in_head_alone(extracted, html):
        wall = ""  # the notice stands in the page's middle, the login in the head of all pages
    if wall:
        return BLOCKED, wall
    for pattern, state in NOTICES:
        if says(pattern, extracted) and not has_own_words(pattern, extracted):
            return beside_offer(pattern, state, extracted, html)
    return ALIVE


def beside_offer(pattern: re.Pattern[str], told: State, extracted: Extracted, html: str) -> State:
    """What a notice means that may be the page's own words: an advertiser who writes 旧链接已失效
    on his page has not taken it down."""
    head = f"{extracted.title}\n{extracted.text[:HEAD]}"
    if not told_in_earnest(pattern, head):
        return ALIVE
    said = linkless(html)
    bare = told_in_earnest(pattern, head, bare=True)
    if titled_alone(pattern, extracted.title):
        return UNAVAILABLE if offers(said) else told
    if offers(said):
        # A motto, a telephone and a price stand in many a site's frame, around its notices as well.
        return ALIVE if sells(said) and not bare else UNAVAILABLE
    # A page with more to say than the notice may say that for itself.
    alone = says_little_else([pattern], said) and not (
        is_reachable(said) and has_prose([pattern], said)
    )
    alone = alone or (bare and not is_reachable(said))
    return told if alone else UNAVAILABLE


def wall_of(extracted: Extracted, html: str) -> str:
    """ "captcha", "login", "rate_limit" or "http_403" where the page is such a wall, "" where it is
    a page."""
    word = wall_told(extracted, html)
    if not word:
        return ""
    said = linkless(html)
    patterns = [one for kind, one, _ in WALLS if kind == word]
    titled = any(titled_alone(one, extracted.title) for one in patterns)
    if word == "login":
        return "" if is_open(said, html, titled=titled) else word
    offer = offers(said)
    # Before a wall stand a motto and a telephone too, hardly ever a price.
    framed = offer != "price" and not sells(said) and says_little_else(patterns, said)
    if offer and not (titled or framed):
        return ""
    if not titled and is_article(extracted.title, said):
        return ""
    return "" if not titled and word == "captcha" and has_questions(html) else word


def is_open(said: str, html: str, *, titled: bool) -> bool:
    """Whether a page that speaks of a login shows an offer all the same. Before a login stand a
    price, a telephone and a site's motto too; words of the trade are there to be read."""
    offer = offers(said)
    framed = says_little_else([LOGIN], said) and (has_contact(said) or PASSWORD_TAG.search(html))
    if offer == "trade" and framed and not sells(said):
        return False  # a motto and a telephone, nothing to read
    if offer == "trade":
        return not titled or has_contact(said)
    return offer == "contact" and not titled and not PASSWORD_TAG.search(html)


def wall_told(extracted: Extracted, html: str) -> str:
    """The kind of wall whose words the page says, whoever says them."""
    told = firewall_of(extracted)
    if told:
        return told
    for word, pattern, tag in WALLS:
        if pattern is CAPTCHA_NAME and extracted.visible >= NO_MORE:
            continue
        if says(pattern, extracted):
            built = extracted.visible < HEAD and tag is not None and tag.search(html)
            if (built or not has_own_words(pattern, extracted)) and not (
                word == "login" and has_box(extracted, html)
            ):
                return word
    return ""


def in_head_alone(extracted: Extracted, html: str) -> bool:
    """Whether the login stands only in the head that every page of the site has."""
    return not LOGIN.search(f"{extracted.title}\n{below_head(html)}")


def has_box(extracted: Extracted, html: str) -> bool:
    """Whether what speaks of a login is a box at the edge of a page that anybody may read."""
    return not LOGIN.search(extracted.title) and shows_page(html, LOGIN, FURNITURE)


def says(pattern: re.Pattern[str], extracted: Extracted) -> bool:
    """Whether a short page says it at all, in the title or at its head."""
    if extracted.visible >= SHORT:
        return False
    title, head = (plain(text) for text in (extracted.title, extracted.text[:HEAD]))
    return bool(pattern.search(title) or pattern.search(head))


def has_own_words(pattern: re.Pattern[str], extracted: Extracted) -> bool:
    """Whether a short page has prose beside the marker's lines and a site's furniture."""
    lines = plain(extracted.text).split("\n")
    own = (line for line in lines if not FURNITURE.search(line))
    # An article about such marks has them in nearly every line; a wall's lines are short.
    prose = (line for line in own if len(line) >= (LONG if pattern.search(line) else 20))
    return sum(map(len, prose)) >= OWN_WORDS


def sent_home(asked: str, reached: str) -> bool:
    """Whether a page deep in a site became the front page of a site."""
    if not asked or not reached:
        return False
    try:
        before, after = urlsplit(asked), urlsplit(reached)
    except ValueError:
        return False
    return (
        is_deep(before.path.strip("/"), before.query)
        and after.path.strip("/") in HOMES
        and not after.query
        and not after.fragment
    )


def is_deep(path: str, query: str) -> bool:
    """Whether a path names one page; /zh/ or /home is another door to the same house."""
    if path in HOMES:
        return bool(query)
    return bool(query) or "/" in path or re.search(r"[.\d]", path) is not None


HOMES = frozenset(
    {
        "",
        "index.html",
        "index.htm",
        "index.php",
        "index.asp",
        "index.aspx",
        "index.jsp",
        "default.asp",
    }
)
