"""A million invented cases, as rows: who promises what, where, in whose words."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Any

NOW = datetime.now(UTC)
PLATFORMS = (
    "web", "weixin", "douyin", "kuaishou", "xiaohongshu", "weibo", "zhihu", "tieba", "bilibili",
    "toutiao", "douban", "baijiahao", "taobao", "xianyu", "sogou",
)  # fmt: skip
REGIONS = (
    "", "河南", "广东", "山东", "江苏", "四川", "浙江", "湖北", "湖南", "河北", "安徽", "北京",
    "上海", "陕西", "辽宁", "福建", "江西", "重庆", "广西", "云南", "山西", "贵州", "天津",
    "黑龙江", "吉林", "甘肃", "新疆", "内蒙古", "海南", "宁夏", "青海", "西藏",
)  # fmt: skip
NAMES = "豫鑫华信博远启明育才卓越中科海天新方优学聚贤恒达易通安泰鸿程智联瑞德普惠"
JOBS = (
    "催乳师", "月嫂", "育婴师", "保育员", "心理咨询师", "健康管理师", "营养师", "电工", "焊工",
    "叉车司机", "消防设施操作员", "监理工程师", "资料员", "施工员", "按摩师", "针灸师", "茶艺师",
    "养老护理员", "美容师", "家庭教育指导师", "整理收纳师", "碳排放管理员", "收银审核员",
)  # fmt: skip
PROMISES = (
    "免考包过，协议保障", "不用考试直接拿证", "七天下证，全国联网可查", "原劳动部老证库存有限",
    "国家认可，上岗必备", "一手渠道，先拿证后付款", "学历不限，零基础可办", "人社系统可查永久有效",
    "代报名代考代审一条龙", "加急三天出证，假一赔十", "中央部委颁发，入职加分", "官方授权报名点",
)  # fmt: skip
FILLERS = (
    "很多朋友问这个证到底有没有用，今天统一说一下", "名额不多，想报名的抓紧时间联系老师",
    "我们做这一行十多年了，口碑大家可以打听", "资料只要身份证复印件和两寸照片",
    "拿到证书以后工资能涨不少，身边的同事都办了", "本月报名还有优惠，老学员介绍再减两百",
    "有疑问的可以私信，看到都会回复", "最近政策收紧，以后想办也办不了了",
    "考试那边都打点好了，到场签个字就行", "证书编号真实有效，单位人事可以放心核验",
)  # fmt: skip
CODES = (
    ("B4-02", "二", 4),
    ("C4-02", "三", 5),
    ("B2-05", "二", 3),
    ("A1-02", "一", 3),
    ("D1-02", "四", 2),
    ("B3-02", "二", 4),
    ("C3-01", "三", 4),
    ("E2-01", "四", 3),
)
REASONS = (
    ("violation", "B4-02"),
    ("clean", "NEWS"),
    ("transfer", "MARKET"),
    ("doubt", "EVIDENCE"),
)
LAW = json.dumps(["《中华人民共和国广告法》（2021年修正）第二十四条第一项"], ensure_ascii=False)


def falling(count: int) -> list[float]:
    """Weights as the web has them: few are large, many are rare."""
    return list(accumulate(1 / (place + 1) ** 1.5 for place in range(count)))


OF_PLATFORM, OF_REGION = falling(len(PLATFORMS)), falling(len(REGIONS))


@dataclass(frozen=True, slots=True)
class Made:
    """The rows of one case, by table."""

    post: dict[str, Any]
    case: dict[str, Any]
    findings: list[dict[str, Any]]
    keys: list[tuple[str, str]]
    snapshots: list[dict[str, Any]]
    decision: dict[str, Any] | None


def made(count: int, seed: int = 1) -> Iterator[Made]:
    """Cases 1 to `count`, one post each; post, case and decision bear the same number."""
    chance = random.Random(seed)
    for number in range(1, count + 1):
        yield one(number, chance)


def one(number: int, chance: random.Random) -> Made:
    promise = chance.choice(PROMISES)
    claims = chance.sample(CODES, chance.choices((1, 2, 3), (5, 3, 1))[0])
    post = posted(number, promise, chance)
    case = opened(post, claims, chance)
    settled = case["status"] == "decided"
    case["decision_id"] = number if settled else None
    host, account = f"peixun{number % 400_000}.example", f"{post['platform']}:{post['author_id']}"
    told = json.loads(post["contacts"])
    return Made(
        post=post,
        case=case,
        findings=[
            found(number, place, promise, post["text"], claim) for place, claim in enumerate(claims)
        ],
        keys=[
            ("phone", told["phones"][0]),
            ("wechat", told["wechat"][0]),
            ("host", host),
            ("account", account),
        ],
        snapshots=[proof(post, kind) for kind in ("screenshot", "dom", "text")],
        decision=decided(number, case, chance) if settled else None,
    )


def posted(number: int, promise: str, chance: random.Random) -> dict[str, Any]:
    name = "".join(chance.choices(NAMES, k=3)) + "职业技能培训"
    job = chance.choice(JOBS)
    phone, wechat = f"138{number % 10_000:04d}0000", f"sample_{number}"
    said = [promise, *chance.choices(FILLERS, k=chance.randint(2, 9)), chance.choice(PROMISES)]
    chance.shuffle(said)
    words = f"{name}：{job}证书。" + "，".join(said) + f"。咨询电话{phone}，加薇信{wechat}。"
    seen = NOW - timedelta(seconds=chance.randint(0, 200 * 86_400))
    place = f"http://peixun{number}.example/ad/{number}.html"
    digest = hashlib.sha256(words.encode()).hexdigest()
    return {
        "identity": bytes.fromhex(digest[:32]),
        "platform": chance.choices(PLATFORMS, cum_weights=OF_PLATFORM)[0],
        "post_id": place,
        "content_sha256": digest,
        "url": place,
        "url_found": f"{place}?from=home",
        "engine": "benchmark",
        "score": round(chance.betavariate(5, 2), 4),
        "flagged": True,
        "first_seen": seen,
        "last_seen": seen,
        "title": f"{job}证书{promise}",
        "text": words,
        "author": name,
        "author_id": f"a{number % 300_000}",
        "region": chance.choices(REGIONS, cum_weights=OF_REGION)[0],
        "stance": "offer",
        "contacts": json.dumps({"phones": [phone], "wechat": [wechat]}),
        **dict.fromkeys(("author_url", "verified", "published_raw", "video_cover", "icp"), ""),
    }


def opened(
    post: dict[str, Any], claims: list[tuple[str, str, int]], chance: random.Random
) -> dict[str, Any]:
    waits = chance.random() < 0.03
    settled = waits or chance.random() < 0.4
    named = {clause for _, clause, _ in claims}
    return {
        "status": "decided" if settled else "waiting",
        "priority": min(100, round(60 * post["score"] + 6 * max(claim[2] for claim in claims))),
        "platform": post["platform"],
        "title": post["title"],
        "opened_at": post["first_seen"],
        "updated_at": post["first_seen"],
        "version": 2 if settled else 1,
        "reopened": 0,
        "claimed_by": "",
        "awaits_second": waits,
        "clauses": "".join(clause for clause in "一二三四" if clause in named),
        "region": post["region"],
        "score": post["score"],
        "members": 1,
    }


def decided(number: int, case: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    waits = case["awaits_second"]
    verdict, reason = ("violation", "C3-06") if waits else chance.choice(REASONS)
    return {
        "case_id": number,
        "verdict": verdict,
        "reason": reason,
        "policy": "2022-129/1",
        "decided_by": f"r{number % 50:02d}",
        "decided_at": case["opened_at"],
        "note": "",
    }


def found(
    number: int, place: int, promise: str, words: str, claim: tuple[str, str, int]
) -> dict[str, Any]:
    code, clause, severity = claim
    start = words.find(promise)
    quote = {"field": "text", "start": start, "end": start + len(promise), "quote": promise}
    return {
        "post_row": number,
        "rule": f"rule_{code.lower().replace('-', '_')}",
        "rule_version": place + 1,
        "code": code,
        "clause": clause,
        "score": 0.9,
        "severity": severity,
        "proves": "text",
        "why": "承诺不经考核取得证书",
        "evidence": json.dumps([quote], ensure_ascii=False),
        "legal_basis": LAW,
    }


def proof(post: dict[str, Any], kind: str) -> dict[str, Any]:
    return {
        "sha256": hashlib.sha256(f"{kind}{post['content_sha256']}".encode()).hexdigest(),
        "kind": kind,
        "size": 180_000,
        "captured_at": post["first_seen"],
        "url": post["url"],
    }
