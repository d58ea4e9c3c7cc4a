"""`certsweep doctor`: what is missing on this machine and how to mend it."""

from __future__ import annotations

import typer
from rich.table import Table
from rich.text import Text

from door.checkup import Check, Mark, checkup
from door.settings import SETTINGS
from door.speech import out, say, t

HELP = t("逐项检查本机还缺什么、怎样补。", "What this machine still lacks and how to mend it.")


def command() -> None:
    """Show every check."""
    checks = list(checkup(SETTINGS))
    out.print(table_of(checks), soft_wrap=False)
    missing = [check for check in checks if check.mark is Mark.MISSING]
    if missing:
        say(f"缺 {len(missing)} 项，见 ✗。", f"{len(missing)} missing, see ✗.")
        raise typer.Exit(1)
    say("可以巡查。", "Ready to sweep.")


def table_of(checks: list[Check]) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for check in checks:
        lines = [check.found]
        if check.remedy:
            lines.append(check.remedy)
        said = "\n→ ".join(t(line.zh, line.en) for line in lines)
        table.add_row(check.mark.value, Text(t(check.name.zh, check.name.en)), Text(said))
    return table
