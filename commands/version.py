"""`certsweep version`: which certsweep this is."""

from __future__ import annotations

from importlib.metadata import version

from door.speech import out


def command() -> None:
    """版本号 / the version."""
    out.print(version("certsweep"), markup=False)
