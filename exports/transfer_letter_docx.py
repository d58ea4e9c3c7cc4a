"""转办函: clues for the department that is competent for them, chosen by a person.

What a person decided to hand over (转办), and decided violations of the kind which that department
punishes (exports/routing.py). It hands clues over; what they amount to is the receiver's to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from exports.letter_parts import (
    CASE,
    FOUND,
    HASH,
    NOTICE,
    NUMBER,
    PACKAGE,
    SUSPECTED,
    Column,
    account_column,
    annex,
    annexes,
    blank,
    by_kind,
    cited,
    closing,
    kind_column,
    opening,
    said,
    some,
    span,
    url_column,
    where_told,
    words_column,
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
PENAL = True
TOGETHER = True
LIST = "问题线索清单"
COLUMNS: Final[tuple[Column, ...]] = (
    *(NUMBER, CASE, url_column(47.0), account_column(24.0), words_column(56.0)),
    *(kind_column("初步类型", 28.0), FOUND, PACKAGE, HASH),
)


def write(rows: Iterable[TakedownRow], path: Path, head: ListHead) -> int:
    """One letter to one department; raises Problem where it is not named or has no clue."""
    refuse(head)
    listed = some(row for row in rows if picks(row, head))
    paper = blank(TITLE, head)
    opening(paper, "关于转办涉嫌“山寨证书”问题线索的函", f"（{OFFICES[head.to]}全称）：", head)
    said(paper, body(listed, head))
    closing(paper, head, annexes(listed, LIST))
    annex(paper, listed, head, LIST, COLUMNS)
    with whole_file(path) as draft:
        paper.save(str(draft))
    return len(listed)


def picks(row: TakedownRow, head: ListHead) -> bool:
    """Whether it is for that department."""
    return head.to in row.copy_to.split("、")


def refuse(head: ListHead) -> None:
    """Raise Problem where the letter cannot be begun."""
    if head.to in OFFICES:
        return
    known = "、".join(OFFICES)
    zh = f"没有“{head.to}”这个部门" if head.to else "转办函要写明转给哪个部门"
    en = f"There is no department “{head.to}”" if head.to else "A transfer goes to one department"
    raise Problem(
        f"{zh}，没有生成文件。请在“转给部门或者函的收件方”中选（命令行：--to）：{known}。",
        f"{en}; no file was made. Choose one (command line: --to): {known}.",
    )


def body(rows: Sequence[TakedownRow], head: ListHead) -> list[str]:
    return [
        f"我单位依据{NOTICE}开展网络巡查，于{span(rows)}发现下列问题线索 {len(rows)} 条，"
        "经人工审核，认为可能属于贵部门职责范围，现予转办。",
        "一、线索概况",
        f"{by_kind(rows, '初步类型')}{where_told(rows)}需要证据材料的，可向我单位索取。",
        "二、依据",
        *grounds(rows, head),
        "三、请予办理的事项",
        "（一）请依职责核查处理，依法认定。",
        "（二）请将受理与办理情况于　　个工作日内函告我单位；不属贵部门职责的，请说明理由退回。",
        "（三）线索中如有举报人、受害人信息，请依法保密。",
        SUSPECTED,
    ]


def grounds(rows: Sequence[TakedownRow], head: ListHead) -> list[str]:
    """Why it is handed over; what law it may touch is a hint, for the receiver to say."""
    law = cited(rows, head)
    told = "本次转办依据上述实施方案关于联合有关部门做好清理规范工作的要求。"
    if not law:
        return [told]
    return [f"{told}上述线索可能涉及{law}等规定，供参考，由贵部门依法认定。"]
