"""Texts of the corpus as a web page shows them: menu above, contact and filing below.

Honest and offending ones alike, so that the furniture of a page speaks for neither.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import replace

from learning.corpus import Labelled

STRATUM = "page"
_SEED = 2022
_SHARE = {"ordinary": 1.0, "hard": 0.35, "plain": 0.25, "disguised": 0.1, "implied": 0.25}
_MENU = (
    *("首页", "关于我们", "新闻中心", "通知公告", "课程中心", "师资力量", "在线报名", "证书查询"),
    *(
        "联系我们",
        "学员故事",
        "招生简章",
        "常见问题",
        "网站地图",
        "加入我们",
        "公司简介",
        "考试资讯",
    ),
    *(
        "资料下载",
        "校园风采",
        "职业技能",
        "服务项目",
        "产品展示",
        "办事指南",
        "栏目",
        "活动",
        "题库",
    ),
)
_FOOT = (
    "上一篇：没有了 下一篇",
    "上一篇 下一篇",
    "电话 400-000-0000",
    "联系电话：13800000000 微信 sample_0000",
    "地址：样例市人民路0号",
    "在线咨询 返回顶部",
    "版权所有 © 样例网 豫ICP备00000000号-1",
    "技术支持：样例网络 京ICP备00000000号",
    "咨询热线 0000-0000000 周一至周五 9:00-18:00",
    "网站标识码 0000000000 主办：样例市某某中心",
    "投诉与建议 友情链接 免责声明",
)
_SIGNS = (
    "培训学校",
    "职业技能网",
    "人才服务网",
    "资讯",
    "社区",
    "考试中心",
    "健康馆",
    "教育",
    "机械",
)
_FRONT = ("样例", "新程", "河畔", "学知", "安居", "远帆", "百业", "晨光")


def furnished(rows: Iterable[Labelled]) -> Iterator[Labelled]:
    """The same ones every time; labels are left out, for their places have moved."""
    source = random.Random(_SEED)  # noqa: S311 (no secret is made of it)
    for row in rows:
        if source.random() < _SHARE.get(row.stratum, 0.0):
            subject = replace(row.subject, text=_page(source, row.subject.text))
            yield replace(row, id=f"{row.id}-page", subject=subject, labels=(), stratum=STRATUM)


def _page(source: random.Random, text: str) -> str:
    name = source.choice(_FRONT) + source.choice(_SIGNS)
    menu = source.choice(("\n", " ", "\t", " | ")).join(source.sample(_MENU, source.randint(3, 9)))
    foot = source.sample(_FOOT, source.randint(1, 4))
    date = f"发布时间：2026-{source.randint(1, 12):02d}-{source.randint(1, 28):02d}"
    above = [name, menu, *([date] if source.random() < 0.5 else [])]
    return "\n".join([*above, text, *foot])
