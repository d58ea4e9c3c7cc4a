"""`certsweep version`: which certsweep this is."""

from __future__ import annotations

from importlib.metadata import version

from door.speech import out, t

HELP = t("显示版本号。", "Show the version.")


def command() -> None:
    """Print the version."""
    out.print(version("certsweep"), markup=False)
