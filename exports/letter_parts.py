"""What letters have in common: their opening, what was found, the law, the close and the annex."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Final

from docx.document import Document as Paper
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Pt

from exports.docx_page import (
    FANG,
    HEI,
    SIZE_2,
    SIZE_3,
    SONG,
    letterhead,
    new_paper,
    page_numbers,
    put,
)
from exports.docx_table import across, table
from exports.takedown_rows import CHINA, ListHead, TakedownRow
from storage.bilingual import Problem

MOST: Final = 2_000  # rows of an annex; more is a list, not a letter
NOTICE: Final = "《河南省技术技能类“山寨证书”专项治理工作实施方案》（豫人社函〔2022〕129号）"
SHORT: Final = 80  # characters of a cell; the whole stands in the list
KINDS: Final = 6  # named one by one
# A law with its version, or a notice by its number; what follows is the article.
NAME: Final = re.compile(r"(《[^》]+(?:》[^》（）]+)?》(?:（[^）]*）)?|\S+〔\d{4}〕\d+号)(.*)")
ANNEX: Final = (
    *("序号", "案件编号", "网址", "账号（主办者）", "标题与页面用语", "涉嫌违规类型"),
    *("建议措施", "证据编号", "处置结果（请填写）"),
)
WIDTHS: Final = (10.0, 13.0, 54.0, 26.0, 58.0, 34.0, 18.0, 22.0, 18.0)
UNNAMED: Final = "（发函单位名称）"
SUSPECTED: Final = "本函所称“涉嫌”，指依公开页面内容作出的初步判断，不是对任何单位或者个人的定性。"


def blank(title: str, head: ListHead) -> Paper:
    paper = new_paper(title, head.office or UNNAMED)
    letterhead(paper, head.office or UNNAMED)
    page_numbers(paper)
    return paper


def said(paper: Paper, lines: Iterable[str]) -> None:
    """The body; a line that begins with 一、 to 九、 is a heading."""
    for line in lines:
        heading = line[1:2] == "、" and line[0] in "一二三四五六七八九"
        put(paper, line, font=HEI if heading else FANG)


def some(rows: Iterable[TakedownRow]) -> list[TakedownRow]:
    """All rows; Problem where there is none to write about, or more than a letter can carry."""
    listed = list(islice(rows, MOST + 1))
    if not listed:
        raise Problem(
            "没有符合条件的已审核案件，函无内容可写，没有生成文件。",
            "No decided case matches what was asked: nothing to write about, no file was made.",
        )
    if len(listed) > MOST:
        raise Problem(
            f"超过 {MOST} 条，函的附件放不下，没有生成文件。请用 --since 分批，或导出 xlsx 清单。",
            f"More than {MOST} rows do not fit a letter's annex; no file was made. "
            "Split them with --since, or export the xlsx list.",
        )
    return listed


def opening(paper: Paper, title: str, to: str, head: ListHead) -> None:
    year = head.made_at.astimezone(CHINA).year
    put(paper, f"　　〔{year}〕　　号（草稿）", indent=False, align=WD_ALIGN_PARAGRAPH.RIGHT)
    put(paper, "", indent=False)
    put(paper, "", indent=False)
    put(paper, title, font=SONG, size=SIZE_2, indent=False, align=WD_ALIGN_PARAGRAPH.CENTER)
    put(paper, "", indent=False)
    put(paper, to, indent=False)


def span(rows: Sequence[TakedownRow]) -> str:
    days = sorted(row.first_seen[:10] for row in rows if row.first_seen)
    if not days:
        return "（发现时间见附件）"
    first, last = in_chinese(days[0]), in_chinese(days[-1])
    return first if first == last else f"{first}至{last}期间"


def in_chinese(day: str) -> str:
    year, month, date = day.split("-")
    return f"{year}年{int(month)}月{int(date)}日"


def accounts(rows: Sequence[TakedownRow]) -> int:
    return len({row.account_id or row.account_name or row.account_url or row.url for row in rows})


def kinds(rows: Sequence[TakedownRow]) -> str:
    """The kinds by number of rows; only the first of a row was decided on by a person."""
    counted = Counter(decided_kind(row) for row in rows if row.violation_name)
    told = "、".join(f"{name} {count} 条" for name, count in counted.most_common(KINDS))
    return (told + (f"，等 {len(counted)} 类" if len(counted) > KINDS else "")) or "见附件"


def grounds(rows: Sequence[TakedownRow], head: ListHead) -> list[str]:
    """Each article once, those of the rows before the platform's own duties."""
    cited = [law for row in rows for law in row.legal_basis.split("；") if law]
    found = list(dict.fromkeys([*cited, *head.duties]))
    if not found:
        return ["（请经办人补充法律依据）"]
    return ["；".join(merged(found)) + "。"]


def merged(cited: Iterable[str]) -> list[str]:
    """The articles of one law behind its name: 《…法》（2021年修正）第九条第二项、第二十八条."""
    articles: dict[str, list[str]] = {}
    for law in cited:
        parts = NAME.match(law)
        name, article = (parts[1], parts[2].strip()) if parts else (law, "")
        articles.setdefault(name, []).append(article)
    return [name + "、".join(filter(None, several)) for name, several in articles.items()]


def closing(paper: Paper, head: ListHead, annexes: Sequence[str]) -> None:
    put(paper, "")
    for number, line in enumerate(annexes):
        put(paper, ("附件：" if number == 0 else "　　　") + line)
    put(paper, "")
    put(paper, "（联系人：　　　　　　联系电话：　　　　　　）")
    put(paper, "")
    right = WD_ALIGN_PARAGRAPH.RIGHT
    made = head.made_at.astimezone(CHINA)
    for line in (head.office or UNNAMED, f"{made.year}年　　月　　日"):
        signed = put(paper, line, indent=False, align=right)
        signed.paragraph_format.right_indent = Pt(SIZE_3 * 4)  # 右空四字


def annex(paper: Paper, rows: Sequence[TakedownRow], head: ListHead) -> None:
    across(paper)
    put(paper, "附件1", font=HEI, indent=False)
    title = f"涉嫌违规信息清单（批次 {head.batch_no}）"
    put(paper, title, font=SONG, size=SIZE_3, indent=False, align=WD_ALIGN_PARAGRAPH.CENTER)
    table(paper, ANNEX, WIDTHS, (cells(at, row) for at, row in enumerate(rows, 1)))


def decided_kind(row: TakedownRow) -> str:
    """What the person decided on; what rules alone suggest stands in the list, as suggested."""
    return row.violation_name.split("；")[0]


def short(text: str) -> str:
    return text if len(text) <= SHORT else text[: SHORT - 1] + "…"


def cells(number: int, row: TakedownRow) -> tuple[str, ...]:
    return (
        str(number),
        row.case_no,
        row.url if row.url == row.url_found else f"{row.url}\n（发现时：{row.url_found}）",
        row.account_name or row.account_id,
        "\n".join(part for part in (short(row.title), short(row.hit_terms)) if part),
        decided_kind(row),
        row.requested_action,
        row.evidence_id,
        "",
    )
