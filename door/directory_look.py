"""What the directory says of a name or a number, as the judge looks it up."""

from __future__ import annotations

from sqlalchemy import Engine

from classifiers.directory import Directory
from door.directory_load import load_directory
from storage.bilingual import Problem
from storage.records import Filing


def looked_up(engine: Engine, name: str) -> tuple[str, list[Filing], bool]:
    """How it was found, its rows, and whether it only stood in an earlier edition."""
    directory = load_directory(engine)
    if directory is None:
        raise Problem(
            "还没有导入目录；请先到“备案目录”页导入（命令行：certsweep directory import）。",
            "No directory was imported yet; import one on the directory's page (command line: "
            "certsweep directory import).",
        )
    return found_in(directory, name)


def found_in(directory: Directory, name: str) -> tuple[str, list[Filing], bool]:
    numbered = directory.numbered(name)
    found = directory.look_up(name)
    how = "number" if numbered else found.how
    rows = [row for body in numbered or found.bodies for row in body.filings]
    return how, rows, directory.left(name)
