"""How a source is doing, as a person reads it, and what to do about it."""

from __future__ import annotations

from door.outcomes import reason_words
from storage.bilingual import Bilingual

STATES = {
    "good": Bilingual("正常", "good"),
    "blocked": Bilingual("受阻", "blocked"),
    "changed": Bilingual("读不出", "no longer readable"),
    "expired": Bilingual("登录已失效，暂停", "login ended, paused"),
    "failing": Bilingual("连不上", "cannot be reached"),
    "unknown": Bilingual("未读过", "not read yet"),
}
NOTHING = Bilingual("", "")
CHANGED = Bilingual(
    "页面与已知样式不符，读不到内容，不等于没有新内容：请报告开发者更新该来源的特征文件。",
    "Its pages no longer look as known, so nothing was read; that is not the same as no news: "
    "report it, so that the source's markers are brought up to date.",
)
REMEDIES = {
    "expired": Bilingual(
        "请管理员重新登录，在服务器上运行 certsweep login {name}",
        "An administrator must log in again on the server: certsweep login {name}",
    ),
    "changed": CHANGED,
    "failing": Bilingual(
        "请检查网络；下次巡查会再试。", "Check the network; the next sweep tries again."
    ),
    "unknown": Bilingual(
        "在目标文件中加入该来源的关键词或账号。",
        "Name a keyword or an account of it in the targets file.",
    ),
}
BLOCKED = {
    "login": Bilingual(
        "平台要求登录：请管理员登录一次，在服务器上运行 certsweep login {name}",
        "It wants a login: an administrator logs in once on the server: certsweep login {name}",
    ),
    "captcha": Bilingual(
        "平台要求验证码，本程序不破解：已停止该来源，下次巡查会再试；反复出现时请降低频率或人工查看。",
        "It wants a captcha, which is never solved here: the source was stopped and is tried again "
        "next time; if it stays, sweep it less often or look by hand.",
    ),
    "robots": Bilingual(
        "平台的 robots.txt 不允许读取：请人工查看，或与平台商定读取方式。",
        "Its robots.txt forbids reading: look by hand, or agree on a way with the platform.",
    ),
    "shell": Bilingual(
        "只收到空脚本页：请管理员运行 certsweep doctor 检查浏览器；需要登录的请先登录。",
        "Only an empty script page came: an administrator checks the browser with certsweep "
        "doctor; log in if it needs that.",
    ),
}
NO_HOST = Bilingual(
    "所给网址的域名不存在或解析不到：请核对目标文件里的网址；网址无误时再检查网络。",
    "The site's name does not exist or cannot be found: check the address in the targets file, and "
    "the network where the address is right.",
)
STOPPED = Bilingual(
    "平台已限制本机，该来源已停止，下次巡查会再试；反复出现时请降低频率。",
    "The platform limits us; the source was stopped and is tried again next time; if it stays, "
    "sweep it less often.",
)


def source_state(state: str) -> Bilingual:
    return STATES.get(state, Bilingual(state, state))


def source_reason(reason: str) -> Bilingual:
    return reason_words(reason) if reason else NOTHING


def what_to_do(name: str, state: str, reason: str) -> Bilingual:
    """One sentence for the officer; empty where all is well."""
    found = BLOCKED.get(reason, STOPPED) if state == "blocked" else REMEDIES.get(state, NOTHING)
    if (state, reason) == ("unknown", "dns"):
        found = NO_HOST
    return Bilingual(found.zh.format(name=name), found.en.format(name=name))
