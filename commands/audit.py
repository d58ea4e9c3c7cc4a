"""`certsweep audit`: whether the record of who did what is whole."""

from __future__ import annotations

from typing import Annotated

import typer

from door.casework import open_queue
from door.manual import HouseCommand
from door.speech import out, t
from storage.audit import WHY, verify
from storage.bilingual import Problem

HELP = t("核对审计记录。", "Check the audit.")
app = typer.Typer(no_args_is_help=True)


@app.callback()
def group() -> None:
    """A group, so that one command more needs no other name."""


@app.command(
    "verify",
    cls=HouseCommand,
    help=t(
        "从头核对哈希链，指出第一处断裂。", "Walk the chain of hashes; name the first line broken."
    ),
)
def verify_command(
    head: Annotated[
        str,
        typer.Option(
            metavar=t("哈希", "HASH"),
            help=t(
                "以前另存的末行哈希；查出被截掉的末尾",
                "the newest hash as noted elsewhere; shows whether the end was cut off",
            ),
        ),
    ] = "",
) -> None:
    found = verify(open_queue(), head.strip().lower())
    if found.broken is not None:
        why = WHY[found.why]
        raise Problem(
            f"审计记录在第 {found.broken} 行断裂：{why.zh}。前 {found.lines} 行完好。"
            "请保留现场并报告。",
            f"The audit is broken at line {found.broken}: {why.en}. The {found.lines} lines before "
            "it hold. Keep everything as it is and report it.",
        )
    if head and not found.met:
        raise Problem(
            f"现有 {found.lines} 行首尾相接，但其中没有您给出的哈希：末尾可能被截掉。"
            "请保留现场并报告。",
            f"The {found.lines} lines there are hold, but the hash you gave is none of theirs: the "
            "end may have been cut off. Keep everything as it is and report it.",
        )
    out.print(
        t(
            f"审计记录完好，共 {found.lines} 行。末行哈希（请另存）：{found.head}",
            f"The audit is whole: {found.lines} lines. Hash of the last (note it elsewhere): "
            f"{found.head}",
        ),
        markup=False,
    )
