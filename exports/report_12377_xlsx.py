"""The decided cases in the shape in which 12377 (违法和不良信息举报中心) takes reports.

One row for one account or site of one kind of violation, with its URLs below one another, at most
URLS of them; the reporter's block is the office's to fill in. Same care with cells as the list.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException

from exports.cells import is_dangerous, xlsx_cell
from exports.letter_parts import some
from exports.sheet_page import BODY, BORDERED, HEADING, TITLE_LINE, printed, tall_enough
from exports.takedown_rows import ListHead, TakedownRow
from storage.whole_files import whole_file

FORMAT = "12377"
SUFFIX = ".xlsx"
TITLE = "12377举报表"
URLS: Final = 20
COLUMNS: Final[tuple[tuple[str, int], ...]] = (
    ("序号", 5),
    ("举报类型", 8),
    ("危害小类", 14),
    ("被举报平台", 9),
    ("网站（账号所在平台）名称", 14),
    ("账号名称", 11),
    ("账号ID", 12),
    ("网址（一行一个）", 32),
    ("举报内容", 38),
    ("法律依据", 24),
    ("诉求", 8),
    ("附件（证据包编号）", 11),
    ("案件编号", 6),
)
LOOSE: Final = BODY | {"text_wrap": False}
KIND: Final = "其他类"  # of the kinds the centre offers; a person may choose 诈骗类 instead
KIND_NOTE: Final = (
    f"“举报类型”一律先填“{KIND}”，由举报人逐条核定；属于诈骗等其他类型的，请按举报网站所列改填。"
)
REPORTER: Final = (
    "举报单位：", "联系人：", "联系电话：", "电子邮箱：",
)  # fmt: skip


def write(rows: Iterable[TakedownRow], path: Path, head: ListHead) -> int:
    """Gives the number of URLs; raises Problem where there is none, or more than MOST."""
    listed = some(rows, "举报表")
    with whole_file(path) as draft, TemporaryDirectory(dir=path.parent, prefix=".") as scratch:
        book = xlsxwriter.Workbook(
            str(draft),
            {
                "strings_to_formulas": False,
                "strings_to_numbers": False,
                "strings_to_urls": False,
                "tmpdir": scratch,
            },
        )
        book.set_properties({"title": head.batch_no, "created": head.made_at})
        fill(book, listed, head)
        try:
            book.close()
        except XlsxWriterException as error:
            # xlsxwriter wraps the disk's own error and would hide that the disk is full.
            cause = error.args[0] if error.args else error
            raise cause if isinstance(cause, OSError) else error from error
    return len(listed)


def fill(book: xlsxwriter.Workbook, rows: list[TakedownRow], head: ListHead) -> None:
    sheet = book.add_worksheet("举报表")
    widths = [width for _, width in COLUMNS]
    printed(sheet, (3, 3), widths)
    heading = book.add_format(HEADING | BORDERED)
    plain = book.add_format(BODY | BORDERED)
    guarded = book.add_format(BODY | BORDERED | {"quote_prefix": True})
    sheet.set_row(0, 30)
    sheet.merge_range(0, 0, 0, len(COLUMNS) - 1, "", book.add_format(TITLE_LINE))
    sheet.write_string(0, 0, f"{TITLE}（草稿，批次 {head.batch_no}）", book.add_format(TITLE_LINE))
    known = {"举报单位：": head.office}
    for at, word in enumerate(REPORTER):
        sheet.write_string(1, at * 3, xlsx_cell(word + known.get(word, "")), book.add_format(LOOSE))
    sheet.write_string(2, 0, KIND_NOTE, book.add_format(LOOSE))
    sheet.set_row(3, tall_enough([name for name, _ in COLUMNS], widths))
    for column, (name, _) in enumerate(COLUMNS):
        sheet.write_string(3, column, name, heading)
    for at, group in enumerate(groups(rows), 1):
        told = cells(at, group)
        sheet.set_row(3 + at, tall_enough(map(xlsx_cell, told), widths))
        for column, text in enumerate(told):
            style = guarded if is_dangerous(text) else plain
            sheet.write_string(3 + at, column, xlsx_cell(text), style)
    sheet.freeze_panes(4, 0)


def groups(rows: Iterable[TakedownRow]) -> Iterator[list[TakedownRow]]:
    """Rows of one account, case and kind together, in the order they came, at most URLS each."""
    found: dict[tuple[str, ...], list[TakedownRow]] = {}
    for row in rows:
        who = row.account_id or row.account_name
        key = (row.platform, who, row.case_no, first(row.violation_name))
        found.setdefault(key, []).append(row)
    for together in found.values():
        for start in range(0, len(together), URLS):
            yield together[start : start + URLS]


def first(joined: str) -> str:
    return joined.split("；", maxsplit=1)[0]


def cells(number: int, group: list[TakedownRow]) -> tuple[str, ...]:
    top = group[0]
    site = top.content_type == "网页"
    quotes = "；".join(dict.fromkeys(row.hit_terms for row in group if row.hit_terms))
    told = (("标题", top.title), ("页面用语", quotes), ("摘录", top.excerpt_raw))
    return (
        str(number),
        KIND,
        first(top.violation_name),
        "网站网页" if site else "网络账号",
        site_name(top) if site else top.platform,
        # A site is no account: who runs it stands beside its name.
        "" if site else top.account_name,
        "" if site else top.account_id,
        "\n".join(apart(row.whole_url for row in group)),
        "\n".join(f"{name}：{words}" for name, words in told if words),
        top.legal_basis,
        top.requested_action,
        "、".join(dict.fromkeys(row.evidence_id for row in group if row.evidence_id)),
        top.case_no,
    )


def apart(urls: Iterable[str]) -> list[str]:
    """Each address once, however its parameters are ordered."""
    found: dict[tuple[str, ...], str] = {}
    for url in urls:
        base, _, asked = url.partition("?")
        found.setdefault((base, *sorted(asked.split("&"))), url)
    return list(found.values())


def site_name(row: TakedownRow) -> str:
    host, owner = host_of(row.whole_url), row.account_name
    return f"{host}（{owner}）" if owner and owner != host else host


def host_of(url: str) -> str:
    return url.split("://", 1)[-1].split("/", 1)[0]
