"""`certsweep decide`: a person's decision about one case."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from door.casework import VERDICT_WORDS, CaseNumber, open_queue, said, word_of
from door.speech import out, t
from storage.cases import decide, get_case
from storage.reasons import check, named
from storage.records import Decision

HELP = t("记录审核人对一件案件的决定。", "Record a person's decision about one case.")

ReasonCode = Annotated[
    str,
    typer.Option(
        metavar=t("代码", "CODE"),
        help=t(
            "理由代码，如 B4-02；写错时列出可用的",
            "code of the reason, as B4-02; a wrong one lists those there are",
        ),
    ),
]


def command(
    case_id: CaseNumber,
    verdict: Annotated[
        str,
        typer.Argument(
            metavar=t("结论", "VERDICT"),
            help=t("违规、不违规、转办、存疑之一", "violation, clean, transfer or doubt"),
        ),
    ],
    reason: ReasonCode,
    by: Annotated[str, typer.Option(metavar=t("姓名", "NAME"), help=t("审核人", "who decides"))],
    note: Annotated[
        str,
        typer.Option(
            metavar=t("文字", "TEXT"),
            help=t("说明，会写进清单的备注", "a note; it goes into the list"),
        ),
    ] = "",
    replace: Annotated[
        bool,
        typer.Option(
            "--replace",
            help=t(
                "改变已有的决定，原决定保留在历史中", "change an earlier decision, which is kept"
            ),
        ),
    ] = False,
) -> None:
    """Record one decision."""
    meant = word_of(verdict, VERDICT_WORDS, "结论", "verdict")
    check(meant, reason)
    engine = open_queue()
    case = get_case(engine, case_id)
    earlier = case.decisions[-1][0] if case.decisions and replace else None
    decision = Decision(
        case_id=case_id,
        verdict=meant,
        reason=reason,
        by=by,
        at=datetime.now(UTC),
        note=note,
        supersedes=earlier,
    )
    decide(engine, decision, expected_version=case.version)
    words, why = said(VERDICT_WORDS[meant]), f"{reason} {said(named(meant, reason))}"
    out.print(
        t(
            f"案件 {case_id} 已记为“{words}”（{why}；审核人 {by}）。",
            f"Case {case_id} is recorded as {words} ({why}; by {by}).",
        ),
        markup=False,
    )
