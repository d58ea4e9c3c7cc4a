"""The numbers that were given, on the screen and as JSON."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from rich.markup import escape
from rich.table import Table

from console.file_words import FORM_WORDS, scope_of
from door.printable import printable
from door.speech import out, say, t
from exports.takedown_rows import beijing
from storage.bilingual import Bilingual
from storage.numbers_given import Given


def show_numbers(given: Sequence[Given]) -> None:
    if not given:
        say("还没有生成过清单、函件或者简报。", "No list, letter or brief was made yet.")
        return
    out.print(numbers_table(given))
    say(
        "清单、函件、日报、简报同用一套编号，每份文件一个；日报、简报的 DOCX 和 HTML 各一个。",
        "Lists, letters and briefs share one row of numbers, one for each file; a brief's DOCX "
        "and HTML have one each.",
    )


def numbers_table(given: Sequence[Given]) -> Table:
    table = Table(title=t("已给出的编号", "Numbers given"), title_justify="left")
    columns: tuple[tuple[str, str, bool, Callable[[Given], str]], ...] = (
        ("编号", "no.", True, lambda one: one.batch_no),
        ("内容", "what", False, what),
        ("范围", "about", False, about),
        ("时间", "made at", True, lambda one: beijing(one.made_at)[:16]),
        ("条数", "rows", True, rows),
    )
    for zh, en, whole, _ in columns:
        table.add_column(t(zh, en), overflow="fold", no_wrap=whole)
    for one in given:
        table.add_row(*(escape(printable(told(one))) for *_, told in columns))
    return table


def words(text: Bilingual) -> str:
    return t(text.zh, text.en)


def what(one: Given) -> str:
    name = words(FORM_WORDS.get(one.format, Bilingual(one.format, one.format)))
    if not one.void:
        return name
    return name + t(f"（作废，任务 {one.job_id} 没有生成）", f" (void: job {one.job_id} made none)")


def about(one: Given) -> str:
    """Of a brief its file's name tells the days."""
    return one.file_name if is_brief(one) else words(scope_of(one.filters))


def is_brief(one: Given) -> bool:
    return one.format.startswith("brief-")


def rows(one: Given) -> str:
    return "—" if one.void or is_brief(one) else str(one.rows)


def numbers_json(given: Sequence[Given]) -> list[dict[str, Any]]:
    return [asdict(one) | {"made_at": one.made_at.isoformat()} for one in given]
