"""Pages of web firewalls: what they say to a visitor whom they refuse or test.

Such a page is recognised by a sentence that only a firewall says to its reader ("您的访问被阻断"),
at the head of a page that has nothing but such sentences and what goes with them: a number of the
request, advice for the owner, the same in English. An article about firewalls quotes one such
sentence and goes on; a shop that sells them says none. The wording is that of the products named
beside it, as seen in public descriptions, 2019–2026.
"""

from __future__ import annotations

import re

from crawler.extracted import Extracted

HEAD = 600  # characters in which the sentence stands
LONGEST = 3_000  # visible characters of such a page
MOST_LINKS = 15
OWN_WORDS = 160  # characters of other prose that make it somebody's text
PROSE = 20  # characters of a line of prose
LONG = 60  # of a Chinese line that says more than a firewall does
HAN = re.compile("[\u4e00-\u9fff]")

REFUSED = re.compile(
    r"(?:您|你)(?:所?提交)?的(?:访问|请求|访问请求|IP|当前访问|操作)(?:行为|内容)?[^。\n]{0,24}"
    r"(?:已?被[^。\n]{0,16}(?:拦截|阻断|拒绝|禁止)|被阻断|触发了?[^。\n]{0,8}防护)|"  # 阿里云, 云锁
    r"可能对网站造成(?:安全)?(?:威胁|危险)|可能造成安全威胁|"  # 腾讯云, 云锁
    r"请求带有不合法参数|您?提交的内容包含危险的攻击(?:请求|内容)|"  # 安全狗, 宝塔
    r"(?:当前)?(?:访问|请求|操作)(?:存在威胁|疑似(?:黑客)?攻击|存在(?:恶意|攻击)行为)|"
    r"请求疑似(?:攻击|恶意)|(?:请求|访问)(?:因|由于)?[^。\n]{0,12}已?被(?:管理员|网站管理员|云?WAF|防火墙)"
    r"[^。\n]{0,10}(?:拦截|阻断)|已被(?:创宇盾|云锁|安全狗|360网站卫士|奇安信|百度云加速|宝塔|堡塔|"
    r"护卫神|网站防火墙|云防护|防护系统)[^。\n]{0,10}拦截|D盾_?拦截|(?:请求|访问|IP)(?:已)?被拦截\s*$|"
    r"访问被(?:拒绝|阻断|拦截)|IP存在风险|疑似黑客攻击|被网站管理员设置(?:为|成)?拦截|"
    r"(?:您|你)的?(?:当前)?(?:IP|IP地址|访问|请求)[^。\n]{0,8}(?:已?被|受到?)[^。\n]{0,8}"
    r"(?:禁止|封禁|限制|屏蔽|拉黑|黑名单)|(?:请求|访问|页面)(?:已|已经)?被(?:系统|网站|安全)[^。\n]{0,8}"
    r"(?:拦截|阻断)|您访问的(?:页面|网站|网址)[^。\n]{0,6}被拦截|检测到(?:危险|可疑|恶意|非法|异常)的?请求|"
    r"检测到(?:您|你)的(?:访问|请求|操作|网络)(?:行为)?(?:异常|存在风险)|"
    r"(?:您|你)?提交的内容(?:包含|含有)危险内容|"  # 护卫神
    r"(?:触发|违反)了?(?:网站|站点|系统)?的?安全(?:策略|规则)|IP ?地址不(?:在)?被?允许|"
    r"the request could not be satisfied|restricted by security rules|"
    r"your request has been blocked|sorry, you have been blocked|request has been denied by|"
    r"used cloudflare to restrict access|request unsuccessful\. incapsula|"
    r"the requested url was rejected|"
    r"you don't have permission to access [^\n]{0,80} on this server|"
    r"(?:request|access) (?:was |is )?(?:blocked|denied|rejected) by (?:the )?(?:\w+ )?"
    r"(?:waf|firewall|security|safeline)",
    re.IGNORECASE | re.MULTILINE,
)
TESTED = re.compile(
    r"正在(?:检查|检测|验证|确认)(?:您|你)?的?(?:浏览器|访问|客户端环境|连接|是否|是不是|您)|"
    r"正在确认(?:您|你)是(?:不是|否)|确认(?:您|你)(?:是真人|不是机器人)|验证(?:您|你)是(?:否是?)?真人|"
    r"客户端安全检测|人机校验|人机身份验证|未通过安全检[测查]|安全检[测查]通过后|"
    r"点击(?:下面|下方|此处)的?(?:链接|按钮)继续访问|(?:证明|确认)(?:您|你)(?:不是|并非)(?:机器人|robot)|"
    r"unusual traffic from your (?:computer )?network|prove (?:that )?you are not a robot|"
    r"human verification|confirm you are (?:a )?human|"
    r"(?:先|需要)检查您的连接的安全性|(?:浏览器|客户端)安全检[测查]中|"
    r"需要(?:启用|开启) ?JavaScript ?和 ?Cookies? ?(?:才能|以)继续|"
    r"checking your browser before|verifying you are human|needs to review the security of|"
    r"enable javascript and cookies to continue|verify (?:that )?you are (?:a )?human|"
    r"performing security verification",
    re.IGNORECASE,
)
BESIDE = re.compile(  # what goes with it
    r"(?:请求|事件|拦截|访问|日志)\s?ID|(?:request|event|ray|support|incident) id|reference #|"
    r"(?:client|your|您的|当前|访问者)\s?IP|拦截时间|请求时间|访问(?:时间|地址|URL)|误报|误拦|反馈|"
    r"可能(?:的)?原因|如何解决|检查提交内容|网站托管|空间提供商|网站访客|站长|(?:网站|系统|站点)管理员|"
    r"请求方式|控制台|白名单|安全策略|防护(?:策略|规则)|安全服务|"
    r"WAF|防火墙|云防御|云防护|安全(?:检测能力|防护)由|雷池|SafeLine|长亭|创宇盾|知道创宇|安全狗|云锁|"
    r"宝塔|堡塔|EdgeOne|cloudflare|incapsula|imperva|"
    r"security (?:service|solution)|trigger|site owner|potential threats|online attacks|"
    r"performance & security|resolve this|unable to access|consult with your administrator",
    re.IGNORECASE,
)
BARE = re.compile(r"\W*(?:(?:拒绝|禁止|非法)(?:访问|请求)|(?:访问|请求)(?:受限|被拒绝))\W*")
KINDS = (("http_403", REFUSED), ("captcha", TESTED))


def firewall_of(extracted: Extracted) -> str:
    """ "http_403" where the page is a firewall's refusal, "captcha" its test of the browser, "" for
    every other page."""
    if extracted.visible > LONGEST or len(extracted.links) > MOST_LINKS:
        return ""
    if BARE.fullmatch(extracted.text):
        return "http_403"
    head = f"{extracted.title}\n{extracted.text[:HEAD]}"
    told = next((word for word, pattern in KINDS if pattern.search(head)), "")
    return told if told and prose_of(extracted.text) < OWN_WORDS else ""


def prose_of(text: str) -> int:
    """Characters of prose that no firewall says."""
    lines = (line.strip() for line in text.split("\n"))
    return sum(len(line) for line in lines if len(line) >= PROSE and not is_wall_s(line))


def is_chinese(line: str) -> bool:
    return 2 * len(HAN.findall(line)) > len(line)


def is_wall_s(line: str) -> bool:
    """Whether a firewall may say the line; long ones only in English, where few say much."""
    if len(line) >= LONG and is_chinese(line):
        return False
    return any(pattern.search(line) for pattern in (REFUSED, TESTED, BESIDE))
