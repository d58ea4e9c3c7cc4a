"""Which exports there are: found by walking this folder, so that one more costs one file."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from exports.takedown_rows import ListHead, TakedownRow
from storage.bilingual import Problem
from storage.records import Verdict

FOLDER = Path(__file__).parent


def every_row(_row: TakedownRow, _head: ListHead) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Exporter:
    """One way to write a list; `write` gives the number of rows and raises Problem."""

    format: str  # what a person types, as "xlsx"
    suffix: str  # of the file, with its dot
    module: str  # file name without its ending
    write: Callable[[Iterable[TakedownRow], Path, ListHead], int]
    title: str = "处置清单"  # what the file is called
    verdicts: tuple[Verdict, ...] = (Verdict.VIOLATION,)  # what it is made of
    refuse: Callable[[ListHead], None] | None = None  # asked before anything is written
    addressed: bool = False  # a letter: to one receiver, no other owner's data in it
    together: bool = False  # its receiver is no platform: what all of them hold goes in one
    picks: Callable[[TakedownRow, ListHead], bool] = every_row  # which rows it is about
    penal: bool = False  # cites what follows for the offender, too


def formats() -> dict[str, Exporter]:
    """Every module here that defines FORMAT, SUFFIX and write, by its format, in order."""
    found: dict[str, Exporter] = {}
    for path in sorted(FOLDER.glob("*.py")):
        if path.stem in {"__init__", Path(__file__).stem}:
            continue
        module = importlib.import_module(f"exports.{path.stem}")
        if not hasattr(module, "FORMAT"):
            continue
        one = Exporter(
            format=module.FORMAT,
            suffix=module.SUFFIX,
            module=path.stem,
            write=module.write,
            title=getattr(module, "TITLE", "处置清单"),
            verdicts=getattr(module, "VERDICTS", (Verdict.VIOLATION,)),
            refuse=getattr(module, "refuse", None),
            addressed=getattr(module, "ADDRESSED", False),
            together=getattr(module, "TOGETHER", False),
            picks=getattr(module, "picks", every_row),
            penal=getattr(module, "PENAL", False),
        )
        if one.format in found:
            raise Problem(
                f"两个导出模块都叫 {one.format}，请改名。",
                f"Two exports are both called {one.format}; rename one.",
            )
        found[one.format] = one
    return found


def exporter(name: str) -> Exporter:
    """The exporter of that format, or in the file of that name; a Problem names those there are."""
    known = formats()
    for one in known.values():
        if name in {one.format, one.module}:
            return one
    raise Problem(
        f"没有“{name}”这种导出格式。现有：{'、'.join(known)}。",
        f"There is no export format “{name}”. There are: {', '.join(known)}.",
    )
