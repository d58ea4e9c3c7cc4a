"""Whether a text can be about certificates at all: the cheap question before the dear ones."""

from __future__ import annotations

from functools import cache
from itertools import product

from ahocorasick_rs import AhoCorasick

# Plain and disguised names of papers, tests, classes and posts. Wide on purpose: what passes here
# is judged, what does not is clean. A text in brackets stands for each of its characters.
_WORDS = """
    证 考 烤 栲 夲 职称 资格 资挌 学时 学分 课时 培训 学历 文凭 鉴定 级工 继续教育 评审 上岗
    上冈 执业 挂靠 结业 毕业 本子 本本 一本 学员 报名 章子 钢印 zheng zhèng zs kao bao 直出
    免试 代报 补录 档案 级别 牌照 持牌 名额 签约 协议 技能 岗位 认定 认证 刻章 办理 授权 备案
    协会 研究会 委员会 总队 讠正 言正 红皮 册子 老师 讲师 技师 程师 导师 真题 题库 押题 原题
    题答 答题 开班 报班 正书 政书 真书 [红绿蓝小]本 [拿下出有没发领带]本 本[儿,。!?]
    [盖公红钢专]章 [包保葆苞]过 [初中高]级 [一二三四五]级 [拿出下的]正 过[吗包] [金木]反
"""
# 考 within these is no examination.
_NOT_BEFORE, _NOT_AFTER = "参思", "虑验察古"
_EXAM = "考"


def _expanded(word: str) -> list[str]:
    """红[本子] is 红本 and 红子."""
    parts: list[str] = []
    while word:
        if word[0] == "[":
            inside, _, word = word[1:].partition("]")
            parts.append(inside)
        else:
            parts.append(word[0])
            word = word[1:]
    return ["".join(choice) for choice in product(*parts)]


@cache
def _scanner() -> tuple[AhoCorasick, int]:
    words = [each for word in _WORDS.split() for each in _expanded(word)]
    return AhoCorasick(words), words.index(_EXAM)


def on_topic(text: str) -> bool:
    """Of a folded text."""
    scanner, exam = _scanner()
    for word, start, end in scanner.find_matches_as_indexes(text):
        before, after = text[start - 1 : start], text[end : end + 1]
        if word != exam or not (
            (before in _NOT_BEFORE and before) or (after in _NOT_AFTER and after)
        ):
            return True
    return False
