"""`certsweep users`: accounts of the desk."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from door.casework import open_queue, said, word_of
from door.manual import HouseCommand
from door.speech import out, t
from storage.users import (
    ROLE_WORDS,
    add_user,
    all_users,
    disable_user,
    reset_password,
    unlock_user,
)

HELP = t("维护审核台的账号。", "Keep the accounts of the desk.")
app = typer.Typer(no_args_is_help=True)

Login = Annotated[str, typer.Argument(metavar=t("账号", "ACCOUNT"), help=t("账号", "the account"))]


def operator() -> str:
    """Whoever types at this machine; the audit says that it was here and not at the desk."""
    return f"cli:{getpass.getuser()}"


@app.command("add", cls=HouseCommand, help=t("增加账号。", "Add an account."))
def add_command(
    login: Login,
    role: Annotated[
        list[str],
        typer.Option(
            metavar=t("角色", "ROLE"),
            help=t(
                "审核员、复核员、签发人、管理员、审计员；可多次给出",
                "reviewer, second, signer, admin, auditor; may be given more than once",
            ),
        ),
    ],
    name: Annotated[
        str, typer.Option(metavar=t("姓名", "NAME"), help=t("显示的姓名", "the name shown"))
    ] = "",
) -> None:
    roles = [word_of(word, ROLE_WORDS, "角色", "role") for word in role]
    password = add_user(open_queue(), login, name, roles, operator())
    tell_password(login, password)


@app.command("list", cls=HouseCommand, help=t("列出账号。", "List the accounts."))
def list_command() -> None:
    table = Table(title=t("账号", "Accounts"), title_justify="left")
    for word in (t("账号", "account"), t("姓名", "name"), t("角色", "roles"), t("状态", "state")):
        table.add_column(word, overflow="fold")
    for user in all_users(open_queue()):
        roles = "、".join(said(ROLE_WORDS[role]) for role in sorted(user.roles))
        state = t("可用", "active")
        if user.must_change:
            state = t("待改一次性密码", "one-time password")
        if user.disabled_at is not None:
            state = t("已停用", "disabled")
        table.add_row(user.login, escape(user.name), roles, state)
    out.print(table)


@app.command(
    "disable", cls=HouseCommand, help=t("停用账号，立即退出。", "Disable an account at once.")
)
def disable_command(login: Login) -> None:
    disable_user(open_queue(), login, operator())
    out.print(t(f"账号 {login} 已停用。", f"The account {login} is disabled."), markup=False)


@app.command(
    "reset",
    cls=HouseCommand,
    help=t("给出新的一次性密码并启用账号。", "Give a new one-time password; enables the account."),
)
def reset_command(login: Login) -> None:
    tell_password(login, reset_password(open_queue(), login, operator()))


@app.command(
    "unlock",
    cls=HouseCommand,
    help=t(
        "登录失败次数太多而须等待的账号，让它立即可以再试；密码不变。",
        "Let an account that waits after failed logins try again at once; its password stays.",
    ),
)
def unlock_command(login: Login) -> None:
    unlock_user(open_queue(), login, operator())
    out.print(t(f"账号 {login} 可以立即登录。", f"{login} can log in at once."), markup=False)


def tell_password(login: str, password: str) -> None:
    out.print(
        t(
            f"账号 {login} 的一次性密码：{password}（首次登录须修改）",
            f"One-time password of {login}: {password} (to be changed at the first login)",
        ),
        markup=False,
    )
