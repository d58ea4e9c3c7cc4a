"""`certsweep token`: tokens for programs that speak to the desk's API."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from commands.users import Login, operator
from console.roles import ACT_WORDS
from door.casework import open_queue, said, word_of
from door.manual import HouseCommand
from door.speech import out, t
from storage.columns import utc_now
from storage.tokens import DAYS, MOST_DAYS, Token, all_tokens, create_token, revoke_token

HELP = t("维护接口令牌。", "Keep the tokens of the API.")
app = typer.Typer(no_args_is_help=True)


@app.command(
    "create",
    cls=HouseCommand,
    help=t("建立令牌；只显示这一次。", "Make a token; it is shown this once."),
)
def create_command(
    login: Login,
    scope: Annotated[
        list[str],
        typer.Option(
            metavar=t("范围", "SCOPE"),
            help=t(
                "如 read、decide、second、export；可多次给出，且不超出账号的角色",
                "as read, decide, second, export; may be given more than once, and reaches no "
                "further than the account's roles",
            ),
        ),
    ],
    name: Annotated[
        str,
        typer.Option(metavar=t("用途", "NAME"), help=t("这个令牌作什么用", "what it is for")),
    ],
    days: Annotated[
        int,
        typer.Option(
            min=1, max=MOST_DAYS, metavar=t("天数", "DAYS"), help=t("有效天数", "days it lives")
        ),
    ] = DAYS,
) -> None:
    scopes = [word_of(word, ACT_WORDS, "范围", "scope").value for word in scope]
    token = create_token(open_queue(), login, name, scopes, operator(), days)
    # To standard output and nowhere else, as a one-time password.
    out.print(
        t(
            f"令牌（只显示这一次，{days} 天后失效）：{token}",
            f"The token (shown this once, over in {days} days): {token}",
        ),
        markup=False,
        soft_wrap=True,
    )


@app.command(
    "list", cls=HouseCommand, help=t("列出令牌（不含令牌本身）。", "List them, not themselves.")
)
def list_command() -> None:
    table = Table(title=t("令牌", "Tokens"), title_justify="left")
    for word in (
        t("编号", "number"),
        t("账号", "account"),
        t("用途", "for"),
        t("范围", "scopes"),
        t("状态", "state"),
        t("最近使用", "last used"),
    ):
        table.add_column(word, overflow="fold")
    for token in all_tokens(open_queue()):
        scopes = "、".join(
            f"{said(ACT_WORDS[act])}" for act in ACT_WORDS if act.value in token.scopes
        )
        used = token.used_at.astimezone().strftime("%Y-%m-%d %H:%M") if token.used_at else "—"
        row = (str(token.id), token.login, escape(token.name), scopes, state_of(token), used)
        table.add_row(*row)
    out.print(table)


def state_of(token: Token) -> str:
    day = token.expires_at.astimezone().strftime("%Y-%m-%d")
    if token.revoked_at is not None:
        return t("已撤销", "revoked")
    if not token.holds(utc_now()):
        return t(f"已于 {day} 过期", f"over since {day}")
    return t(f"有效至 {day}", f"until {day}")


@app.command("revoke", cls=HouseCommand, help=t("撤销令牌，立即失效。", "Revoke one at once."))
def revoke_command(
    number: Annotated[
        int,
        typer.Argument(metavar=t("编号", "NUMBER"), help=t("令牌编号", "number of the token")),
    ],
) -> None:
    revoke_token(open_queue(), number, operator())
    out.print(t(f"令牌 {number} 已撤销。", f"Token {number} is revoked."), markup=False)
