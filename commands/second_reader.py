"""`certsweep second-reader`: ask the office's own model about the cases the rules are unsure of."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from door.casework import open_queue
from door.printable import printable
from door.second_reading import BAND, LIMIT, reader_of, second_reading
from door.second_words import opinion_lines, tell_reading
from door.settings import SETTINGS
from door.speech import out, t
from readers.prompt import VERSION
from storage.bilingual import Problem
from storage.records import Opinion

HELP = t(
    "请本单位自设的模型读拿不准的案件，只调整排队先后（默认关闭）。",
    "Ask the office's own model about uncertain cases; moves them in the queue only (off).",
)


def command(
    limit: Annotated[
        int,
        typer.Option(min=1, metavar=t("篇数", "COUNT"), help=t("最多读几篇", "posts read at most")),
    ] = LIMIT,
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help=t("以一个 JSON 对象输出", "as one JSON object"))
    ] = False,
) -> None:
    """Read what is uncertain in the queue."""
    reader = reader_of(SETTINGS)
    if reader is None:
        raise Problem(
            "没有设置第二读者，没有发送任何内容。需要时设置 CERTSWEEP_READER_URL 和 "
            "CERTSWEEP_READER_MODEL，说明见 docs/operations.md。",
            "No second reader is set; nothing was sent. Where one is wanted set "
            "CERTSWEEP_READER_URL and CERTSWEEP_READER_MODEL, see docs/operations.md.",
        )
    done = second_reading(open_queue(), reader, limit, unshown if as_json else show)
    if as_json:
        summary = {
            "model": reader.model,
            "prompt": VERSION,
            "band": list(BAND),
            "asked": done.asked,
            "outcomes": dict(done.outcomes),
            "moved": done.moved,
            "gave_up": done.gave_up,
        }
        out.print(json.dumps(summary, ensure_ascii=False), markup=False)
    tell_reading(done)
    if done.gave_up:
        raise typer.Exit(1)


def show(case_id: int, opinion: Opinion) -> None:
    out.print(t(f"案件 {case_id}", f"case {case_id}"), markup=False)
    for line in opinion_lines(opinion):
        out.print(printable(f"  {line}"), markup=False)


def unshown(_case_id: int, _opinion: Opinion) -> None:
    """JSON is one object for the whole run."""
