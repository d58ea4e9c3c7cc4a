"""The command `certsweep`: each file in commands/ is one command, loaded only when it is called."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import typer

import commands
from door.manual import INTERRUPTED, HouseCommand, HouseGroup
from door.misuse import EXIT_CODE, WrongUse, is_bare_call, misused, where_to_read
from door.speech import err, say, t
from storage.bilingual import Bilingual, Problem

COMMANDS = Path(commands.__file__).parent


def command_names() -> list[str]:
    """All commands, found by walking the folder; an underscore in a file is a dash in a name."""
    names = (path.stem for path in COMMANDS.glob("*.py") if path.stem != "__init__")
    return sorted(name.replace("_", "-") for name in names)


def add_command(app: typer.Typer, name: str) -> None:
    """Load commands/NAME.py: `command`, a function, or `app`, a typer.Typer of subcommands."""
    module = importlib.import_module(f"commands.{name.replace('-', '_')}")
    if hasattr(module, "app"):
        app.add_typer(module.app, name=name, cls=HouseGroup, help=module.HELP)
    else:
        app.command(name, cls=HouseCommand, help=module.HELP)(module.command)


def build_app(asked: str) -> typer.Typer:
    """The application with the one command asked for, or with all where none is (help, typos).

    Loading one keeps `certsweep canon` from paying for Scrapy and a broken machine able to run
    `certsweep doctor`.
    """
    app = typer.Typer(
        name="certsweep",
        cls=HouseGroup,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    app.callback(
        help=t(
            "certsweep 山寨证书网络巡查：采集、研判、人工审核、处置清单。",
            "certsweep: sweep the web for sham certificates; people decide, lists go out.",
        )
    )(lambda: None)
    for name in [asked] if asked in command_names() else command_names():
        add_command(app, name)
    return app


def main() -> None:
    """Run one command. Exit codes: 0 done, 1 a Problem said plainly, 2 wrong usage, 130 Ctrl-C."""
    try:
        code = build_app(sys.argv[1] if len(sys.argv) > 1 else "")(standalone_mode=False)
    except Problem as problem:
        tell(problem.text)
        sys.exit(EXIT_CODE if isinstance(problem, WrongUse) else 1)
    except typer.TyperException as error:
        complain(error)
        sys.exit(EXIT_CODE)
    except KeyboardInterrupt:
        say("已中断。已保存的都在。", "Interrupted. What was saved is kept.")
        sys.exit(INTERRUPTED)
    sys.exit(code if isinstance(code, int) else 0)


def complain(error: typer.TyperException) -> None:
    """What was wrong with the call, or the manual where there was nothing but the name."""
    if is_bare_call(error):
        typer.echo(error.message)
        return
    tell(misused(error))
    err.print(where_to_read(error), markup=False)


def tell(text: Bilingual) -> None:
    err.print(t(f"错误：{text.zh}", f"Error: {text.en}"), markup=False)


if __name__ == "__main__":
    main()
