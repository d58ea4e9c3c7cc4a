"""The walls of the house: who may import whom, and how long a function or a file may grow."""

from __future__ import annotations

import ast
import importlib
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.source_tree import (
    ROOT,
    Function,
    Module,
    functions,
    imported,
    length,
    modules,
    ours,
    place,
)

TESTS = ROOT / "tests"
NOUNS = ("storage.records", "storage.bilingual", "storage.machine_words")
# Read by those who collect and by those who hand out; it knows nothing but Unicode.
DIGITS = "storage.digits"
# What each room may import of ours besides itself; a dotted name is one file, a room all of it.
WALLS: dict[str, tuple[str, ...]] = {
    "storage": (),
    "classifiers": NOUNS,
    "crawler": (*NOUNS, DIGITS, "storage.frontier"),
    "spiders": ("crawler", *NOUNS),
    "pipelines": ("classifiers", "storage"),
    "exports": ("storage",),
    # Measuring and training; the sweep needs nothing of it.
    "learning": ("classifiers", "storage.decided", *NOUNS),
    # The second reader: masks as a list does, and speaks to addresses the guard knows of.
    "readers": ("exports.masking", "crawler.addresses", *NOUNS, DIGITS),
    # Captures, proof, packages; what goes into a paper is `exports`' affair.
    "evidence": ("crawler", "storage"),
    # The desk shows what was recorded: no classifiers, so that a changed rule changes no old case.
    "console": ("exports", "storage"),
    "scheduler": ("storage", "door.settings"),  # a process of its own that starts sweeps
    "sampleweb": NOUNS,
    "door": (
        "classifiers",
        "console",
        "crawler",
        "evidence",
        "exports",
        "learning",
        "pipelines",
        "readers",
        "sampleweb",
        "scheduler",
        "spiders",
        "storage",
    ),
    "commands": (
        "classifiers",
        "console",
        "crawler",
        "door",
        "evidence",
        "exports",
        "learning",
        "pipelines",
        "readers",
        "sampleweb",
        "scheduler",
        "spiders",
        "storage",
    ),
    "cli": ("commands", "door", *NOUNS),
    "benchmarks": (
        "classifiers",
        "console",
        "crawler",
        "door",
        "evidence",
        "exports",
        "learning",
        "pipelines",
        "readers",
        "sampleweb",
        "scheduler",
        "spiders",
        "storage",
    ),
}
# Rooms that must be able to work where these are not installed: a rule is judged in a REPL, a
# spider is a pure function of a page, a noun is plain Python.
OUTSIDERS: dict[str, frozenset[str]] = {
    "classifiers": frozenset({"scrapy", "twisted", "sqlalchemy", "alembic", "playwright"}),
    "spiders": frozenset({"sqlalchemy", "alembic", "playwright"}),
    "pipelines": frozenset({"playwright"}),
    "storage": frozenset({"scrapy", "twisted", "playwright"}),
    "exports": frozenset({"scrapy", "twisted", "playwright"}),
    "sampleweb": frozenset({"scrapy", "twisted", "sqlalchemy", "playwright"}),
    "learning": frozenset({"scrapy", "twisted", "sqlalchemy", "alembic", "playwright"}),
    "readers": frozenset({"scrapy", "twisted", "sqlalchemy", "alembic", "playwright"}),
}
# Standard library and ourselves apart, these may import nothing at all.
PLAIN = (*NOUNS, DIGITS)
# One fetch and one web request may catch everything; no other door may.
# One fetch is one door: a page that breaks its reader must not end the sweep.
CATCH_ALL: frozenset[str] = frozenset({"crawler.sweep_spider"})
MAY_PRINT = ("commands", "benchmarks")
READS_ENVIRONMENT = frozenset({"door.settings", "door.checkup"})
# Alembic runs it, with a database connection in hand; it cannot be imported by itself.
RUN_BY_OTHERS = frozenset({"storage.migrations.env"})


def allowed(module: Module, name: str) -> bool:
    """Whether the wall of its room lets the module import `name`, one of ours."""
    doors = WALLS[module.room]
    inside = name.partition(".")[0] == module.room
    return inside or any(name == door or name.startswith(f"{door}.") for door in doors)


def test_every_room_has_a_wall():
    assert {module.room for module in modules().values()} <= set(WALLS)


def test_no_room_imports_what_its_wall_keeps_out():
    broken = [
        f"{name} -> {wanted}"
        for name, module in modules().items()
        for wanted in ours(module)
        if not allowed(module, wanted)
    ]
    assert broken == []


def test_the_nouns_import_nothing_but_the_standard_library_and_each_other():
    for name in PLAIN:
        others = set(NOUNS) - {name}
        assert set(ours(modules()[name])) <= others
        wanted_by = [one for one in imported(modules()[name]) if one not in others]
        outside = {wanted.partition(".")[0] for wanted in wanted_by}
        assert outside <= {
            "__future__",
            "collections",
            "dataclasses",
            "errno",
            "json",
            "datetime",
            "enum",
            "functools",
            "unicodedata",
        }


def test_no_room_needs_a_library_that_its_wall_keeps_out():
    broken = [
        f"{name} -> {wanted}"
        for name, module in modules().items()
        for wanted in imported(module)
        if wanted.partition(".")[0] in OUTSIDERS.get(module.room, ())
    ]
    assert broken == []


def test_no_spider_and_no_step_knows_another():
    steps = {
        f"pipelines.{path.stem}"
        for path in (ROOT / "pipelines").glob("*.py")
        if any(isinstance(node, ast.ClassDef) and has_step(node) for node in tree(path))
    }
    spiders = {name for name in modules() if name.startswith("spiders.")}
    assert steps
    assert spiders
    for name in steps | spiders:
        neighbours = steps if name in steps else spiders
        assert not set(ours(modules()[name])) & neighbours, name


def tree(path: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def has_step(node: ast.ClassDef) -> bool:
    return any(isinstance(part, Function) and part.name == "process_item" for part in node.body)


def test_there_is_no_circle_of_imports():
    graph = {name: ours(module) for name, module in modules().items()}
    done: set[str] = set()

    def visit(name: str, way: tuple[str, ...]) -> None:
        assert name not in way, " -> ".join((*way[way.index(name) :], name))
        if name not in done:
            for wanted in graph[name]:
                if wanted != name:
                    visit(wanted, (*way, name))
            done.add(name)

    for name in graph:
        visit(name, ())


def test_nothing_is_imported_inside_a_function_or_for_the_type_checker_alone():
    inside = [
        place(module, node)
        for module in modules().values()
        for function in (*functions(module), *type_checking(module))
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert inside == []


def type_checking(module: Module) -> list[ast.If]:
    return [
        node
        for node in ast.walk(module.tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
    ]


def test_a_room_has_no_face():
    faces = [path for path in ROOT.glob("*/**/__init__.py") if ".venv" not in path.parts]
    assert [str(path) for path in faces if path.stat().st_size] == []


def test_no_function_is_longer_than_a_screen():
    long = [
        f"{place(module, function)} {function.name}: {length(function)}"
        for module in modules().values()
        for function in functions(module)
        if length(function) > 60
    ]
    assert long == []


def test_functions_are_short_as_a_rule():
    lengths = [length(one) for module in modules().values() for one in functions(module)]
    assert statistics.median(lengths) <= 9
    assert statistics.quantiles(lengths, n=20)[-1] <= 40


def test_no_file_is_longer_than_one_sitting():
    sizes = {name: module.lines for name, module in modules().items()}
    assert {name: size for name, size in sizes.items() if size > 400} == {}
    # A test file is a list to look things up in, so it may be somewhat longer.
    tests = {path.name: len(path.read_bytes().splitlines()) for path in TESTS.glob("*.py")}
    assert {name: size for name, size in tests.items() if size > 600} == {}
    ours_alone = [module.lines for module in modules().values() if module.lines]
    assert statistics.median(ours_alone) <= 120
    assert statistics.quantiles(ours_alone, n=20)[-1] <= 350


def test_no_function_takes_more_than_six_things():
    greedy = [
        f"{place(module, function)} {function.name}"
        for module in modules().values()
        for function in functions(module)
        if module.room != "commands" and parameters(function) > 6
    ]
    assert greedy == []


def parameters(function: Function) -> int:
    arguments = function.args
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return len([argument for argument in named if argument.arg not in {"self", "cls"}])


def test_nothing_catches_everything():
    broad = [
        place(module, node)
        for name, module in modules().items()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ExceptHandler) and is_broad(node) and name not in CATCH_ALL
    ]
    assert broad == []


def is_broad(node: ast.ExceptHandler) -> bool:
    if node.type is None:
        return True
    caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
    return any(ast.unparse(one) in {"Exception", "BaseException"} for one in caught)


def test_only_a_door_prints():
    printing = [
        place(module, node)
        for module in modules().values()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "print"
        and module.room not in MAY_PRINT
    ]
    assert printing == []


def test_the_environment_is_read_at_the_door():
    reading = [
        place(module, node)
        for name, module in modules().items()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute | ast.Name)
        and ast.unparse(node) in {"os.environ", "os.getenv", "environ", "getenv"}
        and name not in READS_ENVIRONMENT
    ]
    assert reading == []


@pytest.mark.parametrize("name", sorted(set(modules()) - RUN_BY_OTHERS))
def test_every_module_can_be_imported(name):
    assert importlib.import_module(name)


def test_every_room_is_packaged():
    listed = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    packages = {
        ".".join(path.parent.relative_to(ROOT).parts)
        for module in modules().values()
        for path in [module.path]
        if path.parent != ROOT
    }
    assert [package for package in packages if f'"{package}"' not in listed] == []
