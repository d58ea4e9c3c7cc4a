"""转办函: clues for the department that is competent for them, chosen by a person.

What a person decided to hand over (转办), and decided violations of the kind which that department
punishes (exports/routing.py). It hands clues over; what they amount to is the receiver's to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from exports.letter_parts import (
    NOTICE,
    SUSPECTED,
    annex,
    blank,
    closing,
    kinds,
    opening,
    said,
    some,
    span,
)
from exports.routing import OFFICES
from exports.takedown_rows import ListHead, TakedownRow
from storage.bilingual import Problem
from storage.records import Verdict
from storage.whole_files import whole_file

FORMAT = "transfer"
SUFFIX = ".docx"
TITLE = "转办函"
VERDICTS = (Verdict.VIOLATION, Verdict.TRANSFER)


def write(rows: Iterable[TakedownRow], path: Path, head: ListHead) -> int:
    """One letter to one department; raises Problem where it is not named or has no clue."""
    refuse(head)
    listed = some(row for row in rows if head.to in row.copy_to.split("、"))
    paper = blank(TITLE, head)
    opening(paper, "关于转办涉嫌“山寨证书”问题线索的函", f"（{OFFICES[head.to]}全称）：", head)
    said(paper, body(listed))
    closing(paper, head, [f"1.问题线索清单（共 {len(listed)} 条）", "2.证据材料（编号见附件1）"])
    annex(paper, listed, head)
    with whole_file(path) as draft:
        paper.save(str(draft))
    return len(listed)


def refuse(head: ListHead) -> None:
    """Raise Problem where the letter cannot be begun."""
    if head.to in OFFICES:
        return
    known = "、".join(OFFICES)
    zh = f"没有“{head.to}”这个部门" if head.to else "转办函要写明转给哪个部门"
    en = f"There is no department “{head.to}”" if head.to else "A transfer goes to one department"
    raise Problem(
        f"{zh}，没有生成文件。请用 --to 指定：{known}。",
        f"{en}; no file was made. Name it with --to: {known}.",
    )


def body(rows: Sequence[TakedownRow]) -> list[str]:
    return [
        f"我单位依据{NOTICE}开展网络巡查，于{span(rows)}发现下列问题线索 {len(rows)} 条，"
        "经人工审核，认为可能属于贵部门职责范围，现予转办。",
        "一、线索概况",
        f"按初步类型计：{kinds(rows)}。逐条的网址、页面用语、发现时间和证据编号见附件1；"
        "页面快照以 SHA-256 校验值固定，需要时可提供证据包。",
        "二、请予办理的事项",
        "（一）请依职责核查处理，依法认定。",
        "（二）请将受理与办理情况于　　个工作日内函告我单位；不属贵部门职责的，请说明理由退回。",
        "（三）线索中如有举报人、受害人信息，请依法保密。",
        SUSPECTED,
    ]
