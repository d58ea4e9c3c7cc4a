"""Machine words of page outcomes, as a person reads them."""

from __future__ import annotations

from crawler.guard import WHY
from storage.bilingual import Bilingual

STATES = {
    "alive": Bilingual("正常", "alive"),
    "removed": Bilingual("已删除", "removed"),
    "moved": Bilingual("已迁移", "moved"),
    "ambiguous": Bilingual("不能确定", "ambiguous"),
    "swapped": Bilingual("已被替换", "swapped"),
    "blocked": Bilingual("受阻", "blocked"),
    "error": Bilingual("出错", "error"),
}

REASONS = {
    "robots": Bilingual("网站 robots.txt 不允许，未读取", "forbidden by robots.txt, not read"),
    "robots_unreachable": Bilingual(
        "robots.txt 取不到，按不允许处理", "robots.txt unreachable, taken as a no"
    ),
    "captcha": Bilingual("要求验证码，已停止", "asks for a captcha, stopped"),
    "login": Bilingual("要求登录，已停止", "asks for a login, stopped"),
    "rate_limit": Bilingual("要求放慢，多次后仍未放行", "asked to slow down again and again"),
    "shell": Bilingual(
        "空脚本页，浏览器也未读出内容", "an empty script shell, also in the browser"
    ),
    "http_403": Bilingual("拒绝访问（403）", "access refused (403)"),
    "timeout": Bilingual("超时未答", "no answer in time"),
    "dns": Bilingual("域名解析不到", "name not found"),
    "refused_connection": Bilingual("连接被拒", "connection refused"),
    "unreachable": Bilingual("连接不上", "unreachable"),
    "too_large": Bilingual("页面过大，已停止下载", "too large, download stopped"),
    "cut_off": Bilingual("传输中断", "cut off while being sent"),
    "browser": Bilingual("浏览器打不开", "the browser could not open it"),
    "not_html": Bilingual("不是网页（文件或图片），需人工查看", "no web page; needs a person"),
    "no_text": Bilingual("只有图片没有文字，需人工查看", "pictures only; needs a person"),
    "redirect_loop": Bilingual("无限跳转", "redirects in a circle"),
    "home_page": Bilingual("转到了首页，原内容不在", "sent to the front page instead"),
    "notice": Bilingual("网站说明内容已删除", "the site says it is gone"),
    "empty": Bilingual("空白页", "an empty page"),
}


def state_words(state: str) -> Bilingual:
    return STATES.get(state, Bilingual(state, state))


def reason_words(reason: str) -> Bilingual:
    """A reason without a sentence of its own is shown as it was recorded, never left out."""
    known = REASONS.get(reason)
    if known is not None:
        return known
    if reason in WHY:
        why = WHY[reason]
        return Bilingual(f"出于安全没有访问：{why.zh}", f"not fetched for safety: {why.en}")
    if reason.startswith("reader_"):
        return Bilingual("读取程序出错，请报告开发者", "our reader broke on it; report this")
    if reason.startswith("step_"):
        return Bilingual("处理程序出错，请报告开发者", "a step of ours broke on it; report this")
    if reason.startswith("http_"):
        code = reason.removeprefix("http_")
        return Bilingual(f"服务器答复 {code}", f"the server answered {code}")
    return Bilingual(reason or "原因未记录", reason or "no reason recorded")
