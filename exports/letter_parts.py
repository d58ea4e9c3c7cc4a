"""What letters have in common: their opening, what was found, the law, the close and the annex."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
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
    tied,
)
from exports.docx_table import across, table
from exports.law_words import merged
from exports.takedown_rows import CHINA, NO_PACKAGE, ListHead, TakedownRow
from storage.bilingual import Problem

MOST: Final = 2_000  # rows of an annex; more is a list, not a letter
POLICY: Final = "豫人社函〔2022〕129号"
NOTICE: Final = f"《河南省技术技能类“山寨证书”专项治理工作实施方案》（{POLICY}）"
SHORT: Final = 80  # characters of a cell; the whole stands in the list
KINDS: Final = 6  # named one by one
HASH_LINE: Final = 13  # signs of a hash on a line of its cell
WORDS: Final = "标题与页面用语"
MORE: Final = 7.0  # millimetres with which its cell holds three signs more
Column = tuple[str, float, Callable[[int, TakedownRow], str]]  # head, millimetres, its words
UNNAMED: Final = "（发函单位名称）"
RESULT: Final = "处置结果（请填写）"
SUSPECTED: Final = "本函所称“涉嫌”，指依公开页面内容作出的初步判断，不是对任何单位或者个人的定性。"


def blank(title: str, head: ListHead) -> Paper:
    paper = new_paper(title, head.office or UNNAMED, head.made_at)
    letterhead(paper, head.office or UNNAMED)
    page_numbers(paper)
    return paper


def said(paper: Paper, lines: Iterable[str]) -> None:
    """The body; a line that begins with 一、 to 九、 is a heading."""
    for line in lines:
        heading = line[1:2] == "、" and line[0] in "一二三四五六七八九"
        paragraph = put(paper, line, font=HEI if heading else FANG)
        if heading:
            tied(paragraph)


def some(rows: Iterable[TakedownRow], paper: str = "函") -> list[TakedownRow]:
    """All rows; Problem where there is none to write about, or more than a letter can carry."""
    listed = list(islice(rows, MOST + 1))
    if not listed:
        raise Problem(
            f"没有符合条件的已审核案件，{paper}无内容可写，没有生成文件。",
            "No decided case matches what was asked: nothing to write about, no file was made.",
        )
    if len(listed) > MOST:
        raise Problem(
            f"超过 {MOST} 条，{paper}放不下，没有生成文件。"
            "请用起始日期分批（命令行：--since），或生成 XLSX 清单。",
            f"More than {MOST} rows do not fit a letter's annex; no file was made. "
            "Split them by the first day (command line: --since), or make the XLSX list.",
        )
    return listed


def opening(paper: Paper, title: str, to: str, head: ListHead) -> None:
    year = head.made_at.astimezone(CHINA).year
    put(paper, f"　　〔{year}〕　　号（草稿）", indent=False, align=WD_ALIGN_PARAGRAPH.RIGHT)
    put(paper, "", indent=False)
    put(paper, "", indent=False)
    centre = WD_ALIGN_PARAGRAPH.CENTER
    tied(put(paper, title, font=SONG, size=SIZE_2, indent=False, align=centre))
    put(paper, "", indent=False)
    tied(put(paper, to, indent=False))


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
    names = (row.account_id or row.account_name or row.account_url or row.whole_url for row in rows)
    return len(set(names))


def by_kind(rows: Sequence[TakedownRow], called: str) -> str:
    """The sentence about the kinds; of one row there is nothing to count."""
    if len(rows) == 1 and rows[0].violation_name:
        return f"{called}为：{decided_kind(rows[0])}。"
    return f"按{called}计：{kinds(rows)}。"


def where_told(rows: Sequence[TakedownRow]) -> str:
    each = "" if len(rows) == 1 else "逐条的"
    return f"{each}网址、页面用语和发现时间见{annex_name(rows)}。{kept(rows)}"


def kinds(rows: Sequence[TakedownRow]) -> str:
    """The kinds by number of rows; only the first of a row was decided on by a person."""
    counted = Counter(decided_kind(row) for row in rows if row.violation_name)
    told = "、".join(f"{name} {count} 条" for name, count in counted.most_common(KINDS))
    return (told + (f"，等 {len(counted)} 类" if len(counted) > KINDS else "")) or "见附件"


def cited(rows: Sequence[TakedownRow], head: ListHead) -> str:
    """The law of all rows, each article once and by its number; "" where there is none.

    The policy, which every letter begins with by its title, is called by its number.
    """
    return "，".join(merged(laws(rows), untold(head)))


def laws(rows: Sequence[TakedownRow]) -> list[str]:
    return list(dict.fromkeys(law for row in rows for law in row.articles))


def untold(head: ListHead) -> dict[str, str]:
    """Titles of notices that the letter has not named yet."""
    return {number: title for number, title in head.titles.items() if number != POLICY}


def annexes(rows: Sequence[TakedownRow], name: str) -> list[str]:
    """The list, and the packages of evidence where there are any."""
    packed = {row.evidence_id for row in rows if row.evidence_id}
    told = f"{name}（共 {len(rows)} 条）"
    return [f"1.{told}", f"2.证据包（共 {len(packed)} 件，编号见附件1）"] if packed else [told]


def annex_name(rows: Sequence[TakedownRow]) -> str:
    return "附件1" if len(annexes(rows, "")) > 1 else "附件"


def kept(rows: Sequence[TakedownRow]) -> str:
    """How the pages were kept, and no more than is true of each of them."""
    name, total = annex_name(rows), len(rows)
    hashed = sum(bool(row.sha256) for row in rows)
    packed = sum(bool(row.evidence_id) for row in rows)
    every = "页面已留存快照" if total == 1 else "各条页面均已留存快照"
    told = every if hashed == total else f"其中 {hashed} 条页面已留存快照"
    told += f"，其 SHA‑256 校验值列于{name}，可供核对"
    if not packed:
        return told + "。"
    which = "证据包编号" if packed == total else "有证据包的，编号"
    return f"{told}；{which}一并列出。"


def closing(paper: Paper, head: ListHead, listed: Sequence[str]) -> None:
    """Kept together with the last sentence: nobody signs a page without text.

    The seal's edge lies within a line of what is above it, 附注 below the day (GB/T 9704).
    """
    tied(paper.paragraphs[-1])
    tied(put(paper, ""))
    for number, line in enumerate(listed):
        tied(put(paper, ("附件：" if number == 0 else "　　　") + line))
    tied(put(paper, ""))
    made = head.made_at.astimezone(CHINA)
    signed(paper, head.office or UNNAMED, f"{made.year}年　　月　　日")
    put(paper, "（联系人：　　　　　　联系电话：　　　　　　）")


def signed(paper: Paper, office: str, day: str) -> None:
    """The office above the day and centred on it, which stands four signs from the right; both
    further to the left where the name would not fit."""
    over = (set_width(office) - set_width(day)) / 2
    ends = max(SIZE_3 * 4, over)
    for line, at in ((office, ends - over), (day, ends)):
        last = put(paper, line, indent=False, align=WD_ALIGN_PARAGRAPH.RIGHT)
        last.paragraph_format.right_indent = Pt(at)
        tied(last)


def set_width(text: str) -> float:
    """Points of a line of the body: a Chinese sign is a square, a figure half of one."""
    return sum(SIZE_3 / 2 if sign.isascii() else SIZE_3 for sign in text)


def annex(
    paper: Paper, rows: Sequence[TakedownRow], head: ListHead, name: str, columns: Sequence[Column]
) -> None:
    """The list on pages turned across, under the name that the letter gives it."""
    across(paper)
    tied(put(paper, annex_name(rows), font=HEI, indent=False))
    title = f"{name}（批次 {head.batch_no}）"
    centre = WD_ALIGN_PARAGRAPH.CENTER
    tied(put(paper, title, font=SONG, size=SIZE_3, indent=False, align=centre))
    heads, widths, _ = zip(*shown_columns(columns, rows), strict=True)
    cells = [told for _, _, told in shown_columns(columns, rows)]
    lines = (tuple(told(at, row) for told in cells) for at, row in enumerate(rows, 1))
    table(paper, heads, widths, lines)


def shown_columns(columns: Sequence[Column], rows: Sequence[TakedownRow]) -> list[Column]:
    """Without the packages' column where there is none: the others get its width."""
    if any(row.evidence_id for row in rows):
        return list(columns)
    wider = {WORDS: PACKAGE[1] - MORE, HASH[0]: MORE}
    return [
        (name, width + wider.get(name, 0.0), wide_hash if name == HASH[0] else told)
        for name, width, told in columns
        if name != PACKAGE[0]
    ]


def wide_hash(_at: int, row: TakedownRow) -> str:
    return hash_lines(row, HASH_LINE + 3)


def decided_kind(row: TakedownRow) -> str:
    """What the person decided on; what rules alone suggest stands in the list, as suggested."""
    return row.violation_name.split("；")[0]


def short(text: str) -> str:
    return text if len(text) <= SHORT else text[: SHORT - 1] + "…"


def words(row: TakedownRow) -> str:
    """What the page says, and what was taken down before where it came back."""
    return f"{page_words(row)}\n{row.earlier}" if row.earlier else page_words(row)


def page_words(row: TakedownRow) -> str:
    """Its quotes; an excerpt where no rule quoted anything."""
    said = [one for one in row.hit_terms.split("；") if one.strip("…") not in row.title]
    quotes = short("；".join(said))
    if row.hit_terms and not said:
        return short(row.title)
    if not quotes and row.excerpt_raw:
        quotes = f"（摘录）{short(row.excerpt_raw)}"
    return "\n".join(part for part in (short(row.title), quotes) if part) or "（见截图）"


def hash_lines(row: TakedownRow, signs: int = HASH_LINE) -> str:
    sha = row.sha256
    return "\n".join(sha[at : at + signs] for at in range(0, len(sha), signs)) or "（无）"


def found_lines(moment: str) -> str:
    """Day and time on lines of their own; Word would break 2026-11-26 at a dash."""
    day, _, time = moment[:16].partition(" ")
    year, _, rest = in_chinese(day).partition("年") if day else ("", "", "")
    return f"{year}年\n{rest}\n{time}" if day else "（见清单）"


NUMBER: Final[Column] = ("序号", 11.0, lambda at, _: str(at))
CASE: Final[Column] = ("案件编号", 12.0, lambda _, row: row.case_no)
FOUND: Final[Column] = (
    "发现时间\n（北京时间）",
    23.0,
    lambda _, row: found_lines(row.first_seen),
)
# Of a sealed one alone: what is not sealed proves nothing to whoever gets the letter.
PACKAGE: Final[Column] = ("证据包编号", 21.0, lambda _, row: row.evidence_id or NO_PACKAGE)
HASH: Final[Column] = ("截图校验值\n（SHA‑256）", 30.0, lambda _, row: hash_lines(row))


def url_column(width: float) -> Column:
    return ("网址", width, lambda _, row: row.whole_url)


def account_column(width: float) -> Column:
    return ("账号（主办者）", width, lambda _, row: row.account_name or row.account_id)


def words_column(width: float) -> Column:
    return (WORDS, width, lambda _, row: words(row))


def kind_column(name: str, width: float) -> Column:
    return (name, width, lambda _, row: decided_kind(row))
