"""YAML sheets read with an eye for the person who wrote them: what is wrong, in which line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import yaml

from storage.bilingual import Problem
from storage.machine_words import yaml_words


class BadSheet(Problem):
    """A rule or word file that cannot be used; names the file, the line and the fault."""


def all_of(faults: Sequence[BadSheet]) -> BadSheet:
    """Several faults as one, a line each."""
    zh, en = (fault.text.zh for fault in faults), (fault.text.en for fault in faults)
    return BadSheet("\n".join(zh), "\n".join(en))


@dataclass(frozen=True, slots=True)
class Sheet:
    """One YAML mapping with the lines its keys stand on."""

    path: Path
    data: Mapping[str, object]
    lines: Mapping[str, int]
    nodes: Mapping[str, Any]  # what stands under each key, as the parser saw it

    def bad(self, key: str, zh: str, en: str) -> NoReturn:
        line = self.lines.get(key, 1)
        raise BadSheet(
            f"{self.path.name} 第 {line} 行，{key}：{zh}。",
            f"{self.path.name}, line {line}, {key}: {en}.",
        )

    def only(self, allowed: Iterable[str]) -> None:
        for key in self.data:
            if key not in set(allowed):
                self.bad(key, "不认识的栏目", "unknown key")

    def text(self, key: str) -> str:
        value = self.data.get(key)
        if not isinstance(value, str) or not value.strip():
            self.bad(key, "缺少文字", "text is missing")
        return value

    def number(self, key: str, low: float, high: float) -> float:
        value = self.data.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.bad(key, "应当是数字", "must be a number")
        if not low <= value <= high:
            self.bad(key, f"应当在 {low} 到 {high} 之间", f"must lie between {low} and {high}")
        return value

    def words(self, key: str) -> tuple[str, ...]:
        """A list of texts without repeats; empty when the key is absent."""
        value = self.data.get(key, [])
        if not isinstance(value, list):
            self.bad(key, "应当是列表", "must be a list")
        for word in value:
            if not isinstance(word, str) or not word.strip():
                self.bad(key, f"{word!r} 不是文字（数字请加引号）", f"{word!r} is not text")
        if len(set(value)) < len(value):
            twice = next(word for word in value if value.count(word) > 1)
            self.bad(key, f"“{twice}”重复", f"{twice!r} stands there twice")
        return tuple(value)

    def entries(self, key: str) -> tuple[Sheet, ...]:
        """A list of mappings, each a sheet with its own lines; empty when the key is absent."""
        value = self.data.get(key, [])
        if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
            self.bad(key, "应当是条目列表", "must be a list of entries")
        nodes = self.nodes[key].value if value else []
        return tuple(
            _sheet(self.path, entry, node) for entry, node in zip(value, nodes, strict=True)
        )

    def within(self, key: str) -> Sheet:
        """The mapping under a key as a sheet of its own."""
        value = self.data.get(key)
        if not isinstance(value, dict):
            self.bad(key, "应当是一组栏目", "must be a mapping")
        return _sheet(self.path, value, self.nodes[key])


def _sheet(path: Path, data: Mapping[str, object], node: yaml.MappingNode) -> Sheet:
    """Raise BadSheet for a key written twice, of which YAML would silently drop the first."""
    lines: dict[str, int] = {}
    for key, _ in node.value:
        name, line = str(key.value), key.start_mark.line + 1
        if name in lines:
            before = lines[name]
            Sheet(path, data, {name: line}, {}).bad(
                name,
                f"第 {before} 行已写过这一栏",
                f"the key stands in line {before} already",
            )
        lines[name] = line
    return Sheet(path, data, lines, {str(key.value): value for key, value in node.value})


def _unreadable(path: Path, error: Exception) -> BadSheet:
    why = yaml_words(error)
    return BadSheet(f"{path.name} 读不了，{why.zh}。", f"{path.name} unreadable, {why.en}.")


def read_sheet(path: Path) -> Sheet:
    """Raise BadSheet when the file is not one YAML mapping in UTF-8."""
    try:
        loader = yaml.CSafeLoader(path.read_text(encoding="utf-8"))
        try:
            node = loader.get_single_node()
            data = loader.construct_document(node) if node is not None else None
        finally:
            loader.dispose()
    # A date that is none is a ValueError, a nest of brackets without end a RecursionError.
    except (yaml.YAMLError, ValueError, RecursionError, OSError) as error:
        raise _unreadable(path, error) from error
    if not isinstance(node, yaml.MappingNode) or not isinstance(data, dict):
        raise BadSheet(f"{path.name} 应当是一组栏目。", f"{path.name} must be a mapping.")
    return _sheet(path, data, node)
