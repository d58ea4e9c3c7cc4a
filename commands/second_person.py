"""`certsweep second-person`: which decisions take effect only with a second person."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer

from door.casework import VERDICT_WORDS, open_queue, said, word_of
from door.manual import HouseCommand
from door.speech import out, t
from storage.bilingual import Problem
from storage.reasons import check, named
from storage.second import Code, confirmed_codes, set_confirmed_codes

HELP = t(
    "复核范围：哪些判定须由第二人复核。", "Which decisions need a second person, and changing it."
)
app = typer.Typer(no_args_is_help=True)

VerdictWord = Annotated[
    str,
    typer.Argument(
        metavar=t("结论", "VERDICT"),
        help=t("违规、不违规、转办、存疑之一", "violation, clean, transfer or doubt"),
    ),
]
ReasonCode = Annotated[
    str,
    typer.Argument(metavar=t("代码", "CODE"), help=t("理由代码，如 C3-06", "as C3-06")),
]


def operator() -> str:
    """Whoever types at this machine; the audit says that it was here and not at the desk."""
    return f"cli:{getpass.getuser()}"


@app.command("list", cls=HouseCommand, help=t("列出复核范围。", "List them."))
def list_command() -> None:
    codes = confirmed_codes(open_queue())
    for verdict, code in codes:
        words = said(VERDICT_WORDS[verdict])
        out.print(f"{words}　{code}　{said(named(verdict, code))}", markup=False)
    if not codes:
        out.print(t("没有判定须复核。", "No decision needs a second person."), markup=False)


@app.command(
    "add",
    cls=HouseCommand,
    help=t("以后这种判定须由第二人复核。", "From now on such decisions need a second person."),
)
def add_command(verdict: VerdictWord, code: ReasonCode) -> None:
    change(code_of(verdict, code), needed=True)


@app.command(
    "remove",
    cls=HouseCommand,
    help=t(
        "以后这种判定不须复核；已送复核的案件不变。",
        "From now on they need none; cases sent to a second person before stay as they are.",
    ),
)
def remove_command(verdict: VerdictWord, code: ReasonCode) -> None:
    change(code_of(verdict, code), needed=False)


def code_of(verdict: str, code: str) -> Code:
    meant = word_of(verdict, VERDICT_WORDS, "结论", "verdict")
    return meant, check(meant, code).code


def change(code: Code, *, needed: bool) -> None:
    engine = open_queue()
    standing = confirmed_codes(engine)
    if (code in standing) == needed:
        raise Problem(
            f"{code[1]} 本来就{'须' if needed else '不须'}复核，没有改动。",
            f"{code[1]} {'needs' if needed else 'needs no'} second person already; nothing was "
            "changed.",
        )
    wanted = {*standing, code} if needed else set(standing) - {code}
    set_confirmed_codes(engine, wanted, operator(), standing)
    out.print(
        t(
            f"{code[1]} 以后{'须' if needed else '不须'}由第二人复核；已记入审计。",
            f"From now on {code[1]} {'needs a' if needed else 'needs no'} second person; it is in "
            "the audit.",
        ),
        markup=False,
    )
