"""What a violation is called in an official paper.

The policy's own list has gaps to fill in (×××部) and rests (其他); who reads a letter has not got
the list beside it. Codes that read well as they are stand in storage/reasons.py alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from storage.reasons import named
from storage.records import Verdict

STATE_WORDS: Final = ("中华人民共和国", "中国", "中华", "国家", "全国")
WORD: Final = re.compile("“([^”]+)”字样")
OFFICIAL: Final = {
    **{f"A1-0{at}": f"违规使用“{word}”字样" for at, word in enumerate(STATE_WORDS, 1)},
    "A1-06": "违规使用“职业资格”字样",
    "A1-07": "违规使用“岗位合格”等字样",
    "A1-08": "违规使用“专业技术职务”字样",
    "A1-99": "违规使用有关字样",
    "A2-03": "违规使用有关标识",
    "A2-04": "使用易产生误导的字样",
    "A2-05": "使用易产生误导的图案",
    "A2-06": "使用易产生误导的水印",
    "A3-01": "违规使用本机构以外部门或者单位的标识",
    "B1-01": "假借行政机关名义宣传",
    **{f"B2-0{at}": f"宣传中违规使用“{word}”字样" for at, word in enumerate(STATE_WORDS, 1)},
    "B2-06": "宣传中违规使用“河南省”字样",
    "B3-01": "冒用国家部委名义",
    "B3-02": "冒用原国家部委名义",
    "B3-03": "冒用省级主管部门名义",
    "B3-04": "冒用原省级主管部门名义",
    "B4-01": "以“上岗”等字样误导宣传",
    "B4-02": "以“包过”等字样作保证性宣传",
    "B4-99": "使用虚假、夸大用语宣传",
    "C5-99": "违规培训、收费",
    "D1-02": "误导舆论和社会的炒作",
    "D9-99": "违反有关规定",
    "E2-03": "假冒人社部门备案的评价机构",
    "E3-03": "使用未备案的证书样本",
}


def official(code: str) -> str:
    """The words of a code without 涉嫌; a code of an office's own rule stands as it is."""
    found = OFFICIAL.get(code) or named(Verdict.VIOLATION, code).zh
    return found.removeprefix("涉嫌")


def word_of(code: str) -> str:
    """The word whose use is the violation, as 职业资格 of A1-06; "" where it is no single one."""
    found = WORD.search(official(code))
    return found[1] if found else ""


def suspected(codes: Iterable[str]) -> str:
    """Each code in words, never more than 涉嫌."""
    return "；".join(f"涉嫌{word}" for word in dict.fromkeys(map(official, codes)))
