"""What a platform says when it shows no post: versioned data, and the state that follows from it.

`spiders/markers/<source>.yaml` holds, beside `version` and `as_of`:

    signs, titles   verdict -> phrases of the visible text or title; of the title alone
    addresses       verdict -> where one is sent: a host with the start of a path, a piece of a path
                    (no dot before its first "/"), or a parameter ("error_code=300031")
    codes           verdict -> codes of the platform's JSON answers
    nodes           selectors of the elements in which the platform tells such things
    selectors, paths, words    name -> list, for the source that reads the platform

A verdict is "state:reason", as "removed:author_deleted". A phrase that is a list counts where all
of its parts stand together. Phrases are compared without spaces and punctuation, in one width.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import opencc
import yaml

from storage.bilingual import Problem
from storage.records import PageState

FOLDER = Path(__file__).resolve().parent.parent / "spiders" / "markers"
State = tuple[PageState, str]
KEYS = frozenset(
    {"version", "as_of", "source", "signs", "titles", "addresses", "codes", "nodes"}
    | {"selectors", "paths", "words"}
)
# What decides when several are told at once: a wall says nothing about the post behind it.
ORDER = (
    PageState.BLOCKED,
    PageState.MOVED,
    PageState.REMOVED,
    PageState.AMBIGUOUS,
    PageState.SWAPPED,
    PageState.ERROR,
)
# Written in two ways by the platforms themselves: 帐号 and 账号, 贴子 and 帖子.
VARIANTS = str.maketrans("帐贴", "账帖")
SILENT = re.compile(r"[\W_]+")


class BadMarkers(Problem):
    """A file of markers that cannot be used; says which file and what to mend."""

    def __init__(self, path: Path, zh: str, en: str) -> None:
        super().__init__(f"特征文件 {path.name}：{zh}", f"markers {path.name}: {en}")


@dataclass(frozen=True, slots=True)
class Sign:
    parts: tuple[str, ...]  # folded; all of them must be told
    state: State

    def stands_in(self, folded: str) -> bool:
        return all(part in folded for part in self.parts)

    def within(self, other: Sign) -> bool:
        """Whether the other says the same and more, so that it knows better."""
        return self.parts != other.parts and all(
            any(part in whole for whole in other.parts) for part in self.parts
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Markers:
    source: str
    version: int
    as_of: str
    signs: tuple[Sign, ...] = ()
    titles: tuple[Sign, ...] = ()
    addresses: tuple[tuple[str, State], ...] = ()
    codes: Mapping[str, State]
    nodes: tuple[str, ...] = ()
    selectors: Mapping[str, tuple[str, ...]]
    paths: Mapping[str, tuple[str, ...]]
    words: Mapping[str, tuple[str, ...]]

    def told(self, text: str) -> State | None:
        """What a sentence of the platform means; None where it is none of its notices."""
        return verdict(self.signs, fold(text))

    def titled(self, title: str) -> State | None:
        return verdict((*self.signs, *self.titles), fold(title))

    def address(self, url: str, asked: str = "") -> State | None:
        """What it means to have arrived at a URL.

        Anybody can write anything into a link's query, and behind a post's own address: a
        parameter counts only where the platform led there from `asked`, another URL.
        """
        try:
            parts = urlsplit(url)
            host = (parts.hostname or "").rstrip(".")
        except ValueError:
            return None
        before = frozenset(asked.partition("#")[0].partition("?")[2].split("&"))
        told = frozenset(parts.query.split("&")) - before if asked else frozenset()
        return next(
            (state for one, state in self.addresses if leads_to(one, host, parts.path, told)), None
        )

    def code(self, code: object) -> State | None:
        """What a code of an answer means, given as a number or as a string; None if not listed."""
        return None if isinstance(code, bool) else self.codes.get(str(code).strip())

    def reasons(self) -> frozenset[str]:
        """Every machine word that these markers can give."""
        told = [sign.state for sign in (*self.signs, *self.titles)]
        return frozenset(
            reason for _, reason in (*told, *dict(self.addresses).values(), *self.codes.values())
        )


def leads_to(marker: str, host: str, path: str, told: frozenset[str]) -> bool:
    """Whether a marker of an address names this host and path, or one of these parameters."""
    if "=" in marker:
        return marker in told
    owner, _, below = marker.partition("/")
    if "." not in owner:
        return marker in path
    return f".{host}".endswith(f".{owner}") and path.startswith(f"/{below}")


def verdict(signs: Iterable[Sign], folded: str) -> State | None:
    """The gravest of the signs that stand in a folded text; a longer phrase silences its part."""
    told = [sign for sign in signs if sign.stands_in(folded)]
    kept = [sign for sign in told if not any(sign.within(other) for other in told)]
    return min((sign.state for sign in kept), key=lambda s: ORDER.index(s[0]), default=None)


def fold(text: str) -> str:
    """Words in one width, script and spelling, without punctuation; its own fixed point."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    bare = SILENT.sub("", unicodedata.normalize("NFKC", plain))
    return bare.translate(simplified()).translate(VARIANTS)


@cache
def simplified() -> dict[int, str]:
    """Traditional characters to simplified ones, each by itself, from OpenCC's t2s: platforms
    serve their notices in either."""
    han = [chr(code) for code in range(0x4E00, 0xA000)]
    convert = opencc.OpenCC("t2s").convert
    once = dict(zip(han, convert("\n".join(han)).split("\n"), strict=True))
    # Folded twice, so that a folded text stays as it is.
    return {ord(old): once.get(new, new) for old, new in once.items() if old != new}


@cache
def markers_of(source: str) -> Markers:
    """The markers of a source that ship with the program. Raises BadMarkers."""
    return read_markers(FOLDER / f"{source}.yaml")


def read_markers(path: Path) -> Markers:
    """Raises BadMarkers for a file that is missing, unreadable or says something unknown."""
    try:
        raw = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
    except OSError as error:
        raise BadMarkers(path, "读不到，请恢复此文件。", "cannot be read; restore it.") from error
    except yaml.YAMLError as error:
        raise BadMarkers(path, f"不是 YAML：{error}", f"is no YAML: {error}") from error
    if not isinstance(raw, dict) or not isinstance(raw.get("version"), int):
        raise BadMarkers(path, "缺少整数 version。", "needs a whole number `version`.")
    unknown = sorted(str(key) for key in raw if key not in KEYS)
    if unknown:
        raise BadMarkers(path, f"不认识的项 {unknown}。", f"has unknown entries {unknown}.")
    signs, titles = (signs_of(path, listed(path, raw, key)) for key in ("signs", "titles"))
    return Markers(
        source=path.stem,
        version=raw["version"],
        as_of=str(raw.get("as_of", "")),
        signs=signs,
        titles=titles,
        addresses=tuple((str(w), s) for w, s in listed(path, raw, "addresses")),
        codes={str(w): s for w, s in listed(path, raw, "codes")},
        nodes=strings(path, "nodes", raw.get("nodes", [])),
        selectors=named(path, raw, "selectors"),
        paths=named(path, raw, "paths"),
        words=named(path, raw, "words"),
    )


def listed(path: Path, raw: Mapping[str, Any], key: str) -> list[tuple[Any, State]]:
    """(entry, state) for each entry under a verdict."""
    table = mapping(path, key, raw.get(key, {}))
    pairs = []
    for name, entries in table.items():
        state = state_of_name(path, str(name))
        if not isinstance(entries, list):
            raise BadMarkers(path, f"{key} 的 {name} 不是列表。", f"{key}: {name} is no list.")
        pairs += [(entry, state) for entry in entries]
    return pairs


def signs_of(path: Path, pairs: list[tuple[Any, State]]) -> tuple[Sign, ...]:
    signs = []
    for entry, state in pairs:
        parts = tuple(fold(str(part)) for part in (entry if isinstance(entry, list) else [entry]))
        if not parts or any(len(part) < 2 for part in parts):
            raise BadMarkers(path, f"词“{entry}”太短。", f"the phrase {entry!r} is too short.")
        signs.append(Sign(parts, state))
    return tuple(signs)


def state_of_name(path: Path, name: str) -> State:
    """ "removed:author_deleted" as a state."""
    state, _, reason = name.partition(":")
    if state not in {one.value for one in ORDER} or not re.fullmatch(r"[a-z][a-z_0-9]*", reason):
        raise BadMarkers(
            path,
            f"“{name}”应为“状态:原因”，如 removed:author_deleted。",
            f"{name!r} is no “state:reason”, as removed:author_deleted.",
        )
    return PageState(state), reason


def mapping(path: Path, key: str, table: object) -> Mapping[Any, Any]:
    if not isinstance(table, dict):
        raise BadMarkers(path, f"{key} 应为名称到列表。", f"{key} must map names to lists.")
    return table


def named(path: Path, raw: Mapping[str, Any], key: str) -> dict[str, tuple[str, ...]]:
    table = mapping(path, key, raw.get(key, {}))
    return {str(name): strings(path, f"{key}.{name}", entries) for name, entries in table.items()}


def strings(path: Path, key: str, entries: object) -> tuple[str, ...]:
    if not isinstance(entries, list) or not all(isinstance(one, str) for one in entries):
        raise BadMarkers(path, f"{key} 应为文字的列表。", f"{key} must be a list of words.")
    return tuple(entries)
