"""A web of accounts, pages and contacts as GraphML, which Gephi, yEd and NetworkX read.

Everything in it was written by strangers: what XML cannot hold is replaced, the rest escaped, and
contacts are masked unless somebody asked for them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from exports.writing import refuse_overwriting
from storage.whole_files import whole_file

NAMESPACE = "http://graphml.graphdrawing.org/xmlns"
# XML 1.0 §2.2: what may not stand in a document, not even as a reference.
UNFIT = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
LONGEST = 1_000  # characters of one value


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    id: str
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    source: str
    target: str
    facts: Mapping[str, str] = field(default_factory=dict)


def clean(text: str) -> str:
    return UNFIT.sub("\ufffd", text)[:LONGEST]


def write_graphml(path: Path, nodes: Iterable[Node], edges: Iterable[Edge]) -> None:
    """Raises Problem where the name is taken or the file cannot be written."""
    refuse_overwriting(path)
    every, ties = list(nodes), list(edges)
    with whole_file(path) as draft:
        draft.write_text("".join(document(every, ties)), encoding="utf-8")


def document(nodes: list[Node], edges: list[Edge]) -> Iterable[str]:
    yield "<?xml version='1.0' encoding='UTF-8'?>\n"
    yield f'<graphml xmlns="{NAMESPACE}">\n'
    yield from keys("node", nodes)
    yield from keys("edge", edges)
    yield '  <graph id="web" edgedefault="undirected">\n'
    for node in nodes:
        yield f"    <node id={quoted(node.id)}>{data('n', node.facts)}</node>\n"
    for number, edge in enumerate(edges):
        yield (
            f'    <edge id="e{number}" source={quoted(edge.source)} '
            f"target={quoted(edge.target)}>{data('e', edge.facts)}</edge>\n"
        )
    yield "  </graph>\n</graphml>\n"


def keys(what: str, things: Iterable[Node | Edge]) -> Iterable[str]:
    names = dict.fromkeys(name for thing in things for name in thing.facts)
    for name in names:
        ours = quoted(f"{what[0]}_{name}")
        yield (f'  <key id={ours} for="{what}" attr.name={quoted(name)} attr.type="string"/>\n')


def data(prefix: str, facts: Mapping[str, str]) -> str:
    return "".join(
        f"<data key={quoted(f'{prefix}_{name}')}>{escape(clean(value))}</data>"
        for name, value in facts.items()
    )


def quoted(text: str) -> str:
    return quoteattr(clean(text))
