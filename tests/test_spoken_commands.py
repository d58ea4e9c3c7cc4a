"""What a page can show tells people what to do there; a command only beside that, or an
administrator's."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROOMS = ("storage", "exports", "console")
DOORS = ("export_*", "evidence_parts", "evidence_run", "desk_sweeps", "directory_*", "source_words")
# Told before any page is there.
WITHOUT_PAGES = {"storage/database.py"}
COMMAND = re.compile(r"certsweep [a-z]|(?<![\w-])--[a-z]|CERTSWEEP_|Ctrl-C")
CHINESE = re.compile(r"[一-鿿]")


def told(node: ast.AST) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(told(part) for part in node.values)
    return ""


def sentences(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"Problem", "Bilingual"}:
            yield from filter(CHINESE.search, map(told, node.args))


def files() -> Iterator[Path]:
    for room in ROOMS:
        yield from (ROOT / room).rglob("*.py")
    for name in DOORS:
        yield from (ROOT / "door").glob(f"{name}.py")


def test_a_message_names_a_command_only_beside_what_a_page_offers_or_for_an_administrator() -> None:
    bare = [
        (path.relative_to(ROOT).as_posix(), text)
        for path in files()
        if path.relative_to(ROOT).as_posix() not in WITHOUT_PAGES
        for text in sentences(path)
        if COMMAND.search(text) and not re.search("命令行|管理员|（--[a-z]+）", text)
    ]
    assert bare == []


def test_a_page_names_a_command_only_for_an_administrator() -> None:
    for path in (ROOT / "console" / "templates").glob("*.html"):
        for text in re.findall(r'_\("([^"]+)"\)', path.read_text(encoding="utf-8")):
            assert not COMMAND.search(text) or "管理员" in text, (path.name, text)
