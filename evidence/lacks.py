"""What a package may lack, in words: Chinese and English.

Standard library only: a part of the `verify.py` in every package.
"""

from __future__ import annotations

LACKS = {
    "capture": ("没有完整取证，只有巡查快照", "no full capture, only the sweep's snapshots"),
    "part": ("取证的一部分没有成功", "a part of a capture failed"),
    "limited": ("取到了，但不完整", "taken, but not whole"),
    "original": (
        "取证时网页显示的不是所认定的内容，认定依据是巡查快照",
        "the page did not show what had been found; the decision rests on the sweep's snapshots",
    ),
    "undated": ("取证时没有打时间戳", "not stamped when it was taken"),
    "file": ("存储中的文件缺失或被改动，没有放入", "a stored file is gone or was changed"),
    "decision": ("还没有人作出决定", "nobody has decided yet"),
    "awaits_second": (
        "决定尚待第二人复核，没有结论，包内不写出任何判断",
        "the decision waits for a second person: there is no conclusion, and none is told",
    ),
    "part_awaits_second": (
        "有帖子拆分到另案，另案须由两人一致而尚未一致，包内不写出拆分之前的判断",
        "posts were split into a case on which two people have not agreed yet: what was said "
        "before the split is not told",
    ),
    "turned_down": (
        "第二人复核没有同意，没有生效的决定",
        "a second person did not agree: no decision is in force",
    ),
    "withdrawn": ("判定已撤销，没有生效的决定", "withdrawn: no decision is in force"),
    "reopened": (
        "案件已重新打开，没有生效的决定",
        "the case was opened again: no decision is in force",
    ),
    "sm3": ("制作时的 OpenSSL 没有 SM3，只有 SHA-256", "no SM3 in its OpenSSL; SHA-256 only"),
    "index": ("网页存档读不了，没有索引", "its WARC cannot be read; it has no index"),
}
HOLDER_NAMES = {"capture": ("取证", "capture"), "case": ("案件", "case"), "post": ("内容", "post")}
PART_NAMES = {
    "page": ("网页本身", "the page itself"),
    "warc": ("网络往来（WARC）", "requests and responses (WARC)"),
    "dom": ("渲染后网页", "page as rendered"),
    "mhtml": ("单文件网页（MHTML）", "page in one file (MHTML)"),
    "full_page": ("全页截图", "full-page picture"),
    "first_screen": ("首屏截图", "first screen"),
    "text": ("页面文字", "text"),
    "facts": ("取证记录", "facts"),
}
# Of a part that is there, and of one that is not.
PART_WHY = {
    "ok": ("已取", "taken"),
    "cut": ("已取，过长或过大的部分截去", "taken; what was too long or large is cut off"),
    "unfinished": (
        "已取，页面当时仍有内容没有传到",
        "taken while something of the page had not come",
    ),
    "half_scale": ("已取，缩小一半", "taken at half scale"),
    "tiles": ("已取，由分屏拼成", "taken, put together from screens"),
    "made_by_script": (
        "已取，显示的是网页脚本自己生成的文档（blob），不是服务器发来的",
        "taken of a document that a script of the page made (blob), not one a server sent",
    ),
    "closed_trees": (
        "已取，缺封闭组件里的内容（见截图和 MHTML）",
        "taken without what stands in closed shadow trees; see the pictures and the MHTML",
    ),
    "ended_browser": (
        "单独打开也使浏览器崩溃，没有取",
        "it ended the browser, also when opened alone; not taken",
    ),
    "timeout": ("超时未取到", "not taken in time"),
    "too_large": ("过大，没有取", "too large, not taken"),
    "no_picture": ("截图失败", "no picture could be taken"),
    "crashed": ("网页使浏览器标签崩溃", "the page crashed its tab"),
    "browser": ("浏览器中途关闭", "the browser went down"),
    "download": ("是下载文件，不是网页", "a file to download, no page"),
    "too_much": ("超过数据量上限", "over the limit of bytes"),
    "busy": ("同一时间请求过多，有内容没有取", "too many requests at once, something was left out"),
    "aborted": ("服务器没有给出网页", "the server gave no page"),
    "tls": ("加密连接建立不了", "no encrypted connection could be made"),
    "bad_answer": ("服务器的回答读不懂", "the server's answer cannot be read"),
    "bad_request": ("请求没有发出", "the request was not sent"),
    "redirect_loop": ("无限跳转", "redirects in a circle"),
}
# What stood in the page's place, why nothing came, what became of a stored file.
OTHER_WHY = {
    "none": ("", ""),
    "no_sm3_here": ("", ""),
    "gone": ("文件不见了", "the file is gone"),
    "changed": ("文件被改动", "the file was changed"),
    "no_warc": ("不是网页存档", "no WARC"),
    "captcha": ("页面要求验证码", "a captcha in its place"),
    "login": ("页面要求登录", "a login in its place"),
    "rate_limit": ("服务器要求放慢", "the server asked to slow down"),
    "removed": ("内容已删除", "removed"),
    "moved": ("转到了别的网页", "it leads elsewhere"),
    "swapped": ("网址上已是别的内容", "something else stands there"),
    "error": ("网页出错", "an error in its place"),
    "dns": ("域名解析不到", "name not found"),
    "refused_connection": ("连接被拒", "connection refused"),
    "unreachable": ("连接不上", "the host cannot be reached"),
    "cut_off": ("传输中断", "cut off while being sent"),
}


def why_words(why: str) -> tuple[str, str]:
    """A reason without words of its own is named as it was recorded."""
    known = PART_WHY.get(why) or OTHER_WHY.get(why)
    if known is not None:
        return known
    family, _, rest = why.partition("_")
    if family == "http" and rest:
        return f"服务器答复 {rest}", f"the server answered {rest}"
    return why, why


def holder_words(of: str) -> tuple[str, str]:
    """Whose it is, with all of its number, and which part: of "capture:<id> <part>"."""
    holder, _, part = of.partition(" ")
    kind, _, number = holder.partition(":")
    name, said = HOLDER_NAMES.get(kind, (kind, kind)), PART_NAMES.get(part, (part, part))
    return f"{name[0]} {number} {said[0]}".strip(), f"{name[1]} {number} {said[1]}".strip()


def inner_words(of: str, why: str) -> tuple[str, str]:
    """Whose, which part and why, as it stands in brackets."""
    holder, reason = holder_words(of), why_words(why)
    return (
        f"{holder[0]}：{reason[0]}" if reason[0] else holder[0],
        f"{holder[1]}: {reason[1]}" if reason[1] else holder[1],
    )


def lack_words(what: str, of: str, why: str) -> tuple[str, str]:
    """Chinese, English."""
    zh, en = LACKS.get(what, (what, what))
    inner = inner_words(of, why)
    return f"缺：{zh}（{inner[0]}）", f"missing: {en} ({inner[1]})"


def healed_words(of: str, why: str, by: str) -> tuple[str, str]:
    """Of what a later capture made good."""
    zh, en = inner_words(of, why)
    return (
        f"已补齐：{zh}；后来的取证 {by} 取到了完整的这一部分",
        f"made good: {en}; the later capture {by} has this part whole",
    )
