"""`certsweep decide`: a person's decision about one case."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from door.casework import VERDICT_WORDS, open_queue, said, word_of
from door.speech import out, t
from storage.cases import decide, get_case
from storage.reasons import check
from storage.records import Decision


def command(
    case_id: Annotated[int, typer.Argument(help=t("案件编号", "number of the case"))],
    verdict: Annotated[
        str,
        typer.Argument(
            help=t(
                "违规 不违规 转办 存疑（或 violation clean transfer doubt）",
                "violation clean transfer doubt",
            )
        ),
    ],
    reason: Annotated[
        str, typer.Option(help=t("理由代码，如 B4-02", "code of the reason, as B4-02"))
    ],
    by: Annotated[str, typer.Option(help=t("审核人", "who decides"))],
    note: Annotated[str, typer.Option(help=t("说明", "a note"))] = "",
    replace: Annotated[
        bool,
        typer.Option(
            "--replace",
            help=t("改变已有的决定（原决定保留在历史中）", "change an earlier decision"),
        ),
    ] = False,
) -> None:
    """对一件案件作出决定 / decide one case."""
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
    words = said(VERDICT_WORDS[meant])
    out.print(
        t(
            f"案件 {case_id} 已记为“{words}”（{reason}，{by}）。",
            f"Case {case_id} is recorded as {words} ({reason}, {by}).",
        ),
        markup=False,
    )
