"""`certsweep decide`: a person's decision about one case."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer
from sqlalchemy import Engine

from console.roles import Act, demand
from door.casework import VERDICT_WORDS, CaseNumber, open_queue, said, word_of
from door.speech import out, say, t
from storage.casefiles import CaseFile
from storage.cases import decide, get_case
from storage.reasons import check, named
from storage.records import Decision, Verdict
from storage.second import look
from storage.takedown_changed import withdrawable_of_case
from storage.users import all_users, get_user

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

Replacing = Annotated[
    bool,
    typer.Option(
        "--replace",
        help=t("改变已有的决定，原决定保留在历史中", "change an earlier decision, which is kept"),
    ),
]
AsSecond = Annotated[
    bool,
    typer.Option(
        "--second",
        help=t(
            "作为第二人独立复核等待复核的案件", "as second person, on a case that waits for one"
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
    replace: Replacing = False,
    second: AsSecond = False,
) -> None:
    """Record one decision."""
    meant = word_of(verdict, VERDICT_WORDS, "结论", "verdict")
    check(meant, reason)
    engine = open_queue()
    demand_person(engine, by, Act.SECOND if second else Act.DECIDE)
    case = get_case(engine, case_id)
    earlier = case.decisions[-1][0] if case.decisions and replace else None
    decision = Decision(
        case_id=case_id,
        verdict=meant,
        reason=reason,
        by=by,
        at=datetime.now(UTC),
        note=note,
        supersedes=None if second else earlier,
    )
    if second:
        tell_look(case_id, look(engine, decision, case.version))
        return
    decide(engine, decision, expected_version=case.version)
    words, why = said(VERDICT_WORDS[meant]), f"{reason} {said(named(meant, reason))}"
    out.print(
        t(
            f"案件 {case_id} 已记为“{words}”（{why}；审核人 {by}）。",
            f"Case {case_id} is recorded as {words} ({why}; by {by}).",
        ),
        markup=False,
    )
    if meant is not Verdict.VIOLATION:
        tell_asked(engine, case_id)
    warn_of_reason(case, meant, reason)
    if get_case(engine, case_id).awaits_second:
        say(
            "按规定须另一人复核后才生效：certsweep decide … --second",
            "It takes effect when a second person agrees: certsweep decide … --second",
        )


def tell_asked(engine: Engine, case_id: int) -> None:
    """Which requests still ask for what is no violation any more; nothing withdraws by itself."""
    asked = withdrawable_of_case(engine, case_id)
    if asked:
        numbers = "、".join(dict.fromkeys(request.request_no for request, _ in asked))
        items = " ".join(f"--item {item.id}" for _, item in asked[:20])
        say(
            f"本案仍在处置请求 {numbers} 中，宜撤回：certsweep takedown withdraw {items}",
            f"It still stands in takedown requests {numbers}, which should be withdrawn: "
            f"certsweep takedown withdraw {items}",
        )


def warn_of_reason(case: CaseFile, verdict: Verdict, reason: str) -> None:
    """No rule found words of this kind on the page: whoever signs the list answers for them."""
    found = {one.code for post in case.posts for one in post.findings}
    if verdict is not Verdict.VIOLATION or not found or reason in found:
        return
    hints = "、".join(sorted(found))
    say(
        f"注意：规则在本案页面上提示的是 {hints}，没有 {reason} 的用语。已按 {reason} 记录；"
        "清单会注明用语出自其他类型，请核对，选错了可加 --replace 重新判定。",
        f"Note: the rules found words of {hints} on its pages, none of {reason}. It is recorded as "
        f"{reason}; the list will say that its words are of another kind. Check it, and decide "
        "again with --replace where it was a slip.",
    )


def demand_person(engine: Engine, by: str, act: Act) -> None:
    """Where the desk has accounts, whoever decides is one of them and has the role for it."""
    if all_users(engine):
        demand(get_user(engine, by), act)


def tell_look(case_id: int, upheld: bool) -> None:
    if upheld:
        say(f"案件 {case_id} 复核一致，判定生效。", f"Case {case_id}: you agree, it takes effect.")
    else:
        say(
            f"案件 {case_id} 复核不一致，已退回待审。",
            f"Case {case_id}: you disagree; it is back in the queue.",
        )
