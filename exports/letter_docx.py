"""函: asking one platform to look into what a person decided to be suspected violations.

A draft: number, deadline, seal and sending are a person's. It asks, gives what was seen and the
verified articles of law, and leaves the platform room to answer that it sees things otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from exports.letter_parts import (
    NOTICE,
    SUSPECTED,
    accounts,
    annex,
    blank,
    closing,
    grounds,
    kinds,
    opening,
    said,
    some,
    span,
)
from exports.takedown_rows import ListHead, TakedownRow
from storage.bilingual import Problem
from storage.whole_files import whole_file

FORMAT = "letter"
SUFFIX = ".docx"
TITLE = "协助处置函"


def write(rows: Iterable[TakedownRow], path: Path, head: ListHead) -> int:
    """One letter to one platform, its list as the annex; raises Problem where that cannot be."""
    refuse(head)
    listed = some(rows)
    paper = blank(TITLE, head)
    opening(paper, "关于协助处置涉嫌“山寨证书”违规信息的函", receiver(head), head)
    said(paper, body(listed, head))
    closing(
        paper, head, [f"1.涉嫌违规信息清单（共 {len(listed)} 条）", "2.证据材料（编号见附件1）"]
    )
    annex(paper, listed, head)
    with whole_file(path) as draft:
        paper.save(str(draft))
    return len(listed)


def refuse(head: ListHead) -> None:
    """Raise Problem where the letter cannot be begun."""
    if not head.platform:
        raise Problem(
            "函要发给一个平台，没有生成文件。请用 --platform 指定平台。",
            "A letter goes to one platform; no file was made. Name it with --platform.",
        )


def receiver(head: ListHead) -> str:
    """Who runs a platform is for a person to look up: a name must be that of the licence."""
    return (
        "（网站主办者或接入服务单位）：" if head.platform == "web" else f"{head.scope()}运营单位："
    )


def body(rows: Sequence[TakedownRow], head: ListHead) -> list[str]:
    return [
        f"为落实{NOTICE}要求，我单位对网络上涉及职业技能培训、评价和发证的宣传信息开展巡查。"
        f"经人工逐案审核，在贵平台发现涉嫌违规信息 {len(rows)} 条，现函请协助处置。",
        "一、发现的情况",
        f"上述信息于{span(rows)}发现，涉及账号（主办者）{accounts(rows)} 个。"
        f"按涉嫌违规类型计：{kinds(rows)}。逐条的网址、页面用语、发现时间和证据编号见附件1；"
        "每条均留存页面快照，以 SHA-256 校验值固定，可供核对。",
        "二、依据",
        *grounds(rows, head),
        "三、请协助的事项",
        "（一）对附件1所列信息逐条核实，属实的，请参照“建议措施”栏依法依规、依平台规则处置，"
        "并保存有关记录。",
        "（二）请在收到本函之日起　　个工作日内，将处置结果填入附件1“处置结果”栏后反馈我单位。",
        "（三）如认为某条内容不属违规，或者账号主体已提出异议，"
        "请一并说明理由并附材料，我单位将复核。",
        SUSPECTED,
    ]
