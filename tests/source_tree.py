"""The program's own source as the house rules see it: modules, their imports, their functions."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ROOMS = (
    "benchmarks",
    "classifiers",
    "commands",
    "console",
    "crawler",
    "door",
    "evidence",
    "exports",
    "learning",
    "pipelines",
    "readers",
    "sampleweb",
    "spiders",
    "storage",
)
FILES = ("cli", "scheduler")

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Module:
    name: str  # dotted, as it is imported
    path: Path
    tree: ast.Module
    lines: int

    @property
    def room(self) -> str:
        return self.name.partition(".")[0]


@cache
def modules() -> dict[str, Module]:
    """Every module of ours but the tests, by its dotted name."""
    found = {}
    paths = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
    for path in [*paths, *(ROOT / f"{name}.py" for name in FILES)]:
        parts = path.relative_to(ROOT).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        text = path.read_text(encoding="utf-8")
        found[name] = Module(name, path, ast.parse(text, str(path)), len(text.splitlines()))
    return found


def imported(module: Module) -> Iterator[str]:
    """Dotted names that a module imports anywhere: in functions and under TYPE_CHECKING too."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{module.path}:{node.lineno}: a relative import"
            yield from resolve(node)


def resolve(node: ast.ImportFrom) -> Iterator[str]:
    """`from room import file` means the file; `from room.file import Noun` means the file too."""
    package = node.module or ""
    for alias in node.names:
        inner = f"{package}.{alias.name}"
        yield inner if inner in modules() else package


def ours(module: Module) -> list[str]:
    return sorted({name for name in imported(module) if name in modules()})


def functions(module: Module) -> list[Function]:
    return [node for node in ast.walk(module.tree) if isinstance(node, Function)]


def length(function: Function) -> int:
    """Lines from `def` to the last one, decorators out."""
    return (function.end_lineno or function.lineno) - function.lineno + 1


def place(module: Module, node: ast.AST) -> str:
    return f"{module.path.relative_to(ROOT)}:{getattr(node, 'lineno', 1)}"
