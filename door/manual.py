"""`--help` in the reader's language: Typer's own pages are English whatever we write into them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import typer
from rich.table import Table
from rich.text import Text
from typer.core import TyperCommand, TyperGroup

from door.misuse import WrongUse, spelled
from door.speech import out, say, t

LARGEST = 2**63 - 1
INTERRUPTED = 130  # what a shell expects after Ctrl-C
Row = tuple[str, str]


class HouseCommand(TyperCommand):
    """A command whose manual and whose interruption are told in the reader's language."""

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 (Typer's own classes)
        formatter.write(manual(self, ctx))

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401
        refuse_beyond(self, ctx)
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            say("已中断。已保存的都在。", "Interrupted. What was saved is kept.")
            raise typer.Exit(INTERRUPTED) from None


def refuse_beyond(command: Any, ctx: Any) -> None:  # noqa: ANN401
    """No database has room for such a number, and each would say so in its own way."""
    for param in command.get_params(ctx):
        given = ctx.params.get(param.name)
        for one in given if isinstance(given, list | tuple) else (given,):
            if isinstance(one, int) and abs(one) > LARGEST:
                raise WrongUse(
                    f"{spelled(param)} 的值“{one}”不对：没有这么大的数。",
                    f"the value {one} of {spelled(param)} is wrong: there is no such number.",
                )


class HouseGroup(TyperGroup):
    """The same for commands that have commands."""

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401
        formatter.write(manual(self, ctx))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401
        name = args[0]
        if not name.startswith("-") and self.get_command(ctx, name) is None:
            known = self.list_commands(ctx)
            raise WrongUse(
                f"没有“{name}”这个命令；有：{'、'.join(known)}。",
                f"there is no command {name!r}; there are: {', '.join(known)}.",
            )
        return super().resolve_command(ctx, args)


def manual(command: Any, ctx: Any) -> str:  # noqa: ANN401
    """The whole page, as wide as the terminal; coloured where that shows colours."""
    params = command.get_params(ctx)
    arguments = [param for param in params if param.param_type_name == "argument"]
    options = [param for param in params if param.param_type_name == "option"]
    with out.capture() as page:
        out.print(Text.assemble((t("用法：", "Usage: "), "bold"), usage(ctx, command, arguments)))
        out.print(f"\n{command.help}\n", markup=False)
        section(t("命令", "Commands"), command_rows(command, ctx))
        section(t("参数", "Arguments"), [(spelled(one), explained(one)) for one in arguments])
        section(t("选项", "Options"), [(option_name(one), explained(one)) for one in options])
    return "\n".join(line.rstrip() for line in page.get().splitlines()).rstrip("\n")


def usage(ctx: Any, command: Any, arguments: Sequence[Any]) -> str:  # noqa: ANN401
    names = [spelled(one) if one.required else f"[{spelled(one)}]" for one in arguments]
    if isinstance(command, HouseGroup):
        names = [t("命令", "COMMAND"), "…"]
    return " ".join([ctx.command_path, t("[选项]", "[OPTIONS]"), *names])


def section(title: str, rows: Sequence[Row]) -> None:
    if not rows:
        return
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True, style="cyan")
    table.add_column(overflow="fold")
    for name, words in rows:
        table.add_row(Text(f"  {name}"), Text(words))
    out.print(Text(t(f"{title}：", f"{title}:"), style="bold"))
    out.print(table, soft_wrap=False)
    out.print("")


def command_rows(command: Any, ctx: Any) -> list[Row]:  # noqa: ANN401
    if not isinstance(command, HouseGroup):
        return []
    known = ((name, command.get_command(ctx, name)) for name in sorted(command.list_commands(ctx)))
    return [(name, one.help or "") for name, one in known if one is not None]


def option_name(option: Any) -> str:  # noqa: ANN401
    value = "" if option.is_flag or option.name == "help" else f" {option.metavar or '…'}"
    return spelled(option) + value


def explained(param: Any) -> str:  # noqa: ANN401
    if param.name == "help":
        return t("显示本说明。", "Show this page.")
    return "".join([param.help or "", *remarks(param)])


def remarks(param: Any) -> Iterator[str]:  # noqa: ANN401
    if param.required:
        yield t("（必填）", " (required)")
    elif param.default not in (None, "") and param.default is not False:
        yield t(f"（默认 {param.default}）", f" (default {param.default})")
