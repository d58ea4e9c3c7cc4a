"""Rules as data: one YAML file per violation atom, checked when it is read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from classifiers.concepts import Concept, folded, plain_pattern
from classifiers.gazetteers import NAMES
from classifiers.sheets import BadSheet, Sheet, all_of, read_sheet
from storage.records import Clause

FOLDER = Path(__file__).with_name("rules")

_KEYS = (
    *("code", "clause", "name", "version", "severity", "proves", "score", "words", "sure"),
    "directory",
    *(
        "patterns",
        "context",
        "benign",
        "boundaries",
        "fields",
        "voices",
        "hosts",
        "why",
        "legal_basis",
    ),
    *("hits", "misses"),
)
CLAUSES = {
    "A": Clause.ONE,
    "B": Clause.TWO,
    "C": Clause.THREE,
    "D": Clause.FOUR,
    "E": Clause.FOUR,
}
_NAME = re.compile(r"([a-e]\d)_(\d\d)_[a-z0-9_]+")
_WITHIN = ("sentence", "near", "text")
DIRECTORY = ("filed", "issuer", "scope")  # what the directory is asked of the words
FIELDS = ("title", "text", "account")


@dataclass(frozen=True, slots=True)
class Pattern:
    anchors: tuple[str, ...]  # the pattern is tried only around one of these
    regex: re.Pattern[str]
    sure: bool  # needs no context


@dataclass(frozen=True, slots=True)
class Condition:
    """Some (or none) of the concepts must stand near the hit."""

    concepts: tuple[str, ...]
    wanted: bool
    within: str | int  # "sentence", "near" (two sentences either way), "text", or characters
    apart: bool  # the hit's own words do not count


@dataclass(frozen=True, slots=True)
class Example:
    """A text to try the rule on: one that must be found in `quote`, or must stay clean."""

    parts: Mapping[str, str]  # of FIELDS, and perhaps the url
    quote: str = ""
    reason: str = ""  # why it stays clean


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    name: str
    code: str
    clause: Clause
    zh: str
    en: str
    version: int
    severity: int
    proves: str
    score: float
    words: tuple[str, ...]  # count where the context holds
    sure: tuple[str, ...]  # count anywhere
    patterns: tuple[Pattern, ...]
    context: tuple[Condition, ...]
    benign: tuple[str, ...]  # longer words that swallow a hit
    boundaries: frozenset[str]  # words that must begin and end where the segmenter cuts
    fields: frozenset[str]
    voices: frozenset[str]  # speakers whose word is the claim itself; empty: an advertiser's
    hosts: frozenset[str]  # count only on such a host: "official", "lookalike", "other"; empty: any
    directory: str  # one of DIRECTORY: counts as the directory says; "": by itself
    why_zh: str  # with {words}
    why_en: str
    legal_basis: tuple[tuple[str, str], ...]  # law id, article
    hits: tuple[Example, ...]
    misses: tuple[Example, ...]


def _expand(words: Iterable[str], concepts: Mapping[str, Concept], sheet: Sheet) -> tuple[str, ...]:
    """`$name` stands for the words of that concept."""
    plain: list[str] = []
    for word in words:
        if not word.startswith("$"):
            plain.append(word)
        elif word[1:] in concepts:
            plain.extend(concepts[word[1:]].words)
        else:
            sheet.bad("words", f"没有概念 {word}", f"no concept {word}")
    found = folded(tuple(plain))
    if "" in found:
        sheet.bad("words", "有一个词只有看不见的字符", "a word holds nothing but invisible signs")
    return found


def _pattern(part: Sheet, concepts: Mapping[str, Concept]) -> Pattern:
    part.only(("anchors", "regex", "sure"))
    anchors = _expand(part.words("anchors"), concepts, part)
    if not anchors:
        part.bad("anchors", "正则式必须有锚词", "a pattern needs anchor words")
    regex = plain_pattern(part, "regex", part.text("regex"))
    return Pattern(anchors, regex, part.data.get("sure") is True)


def _condition(part: Sheet, concepts: Mapping[str, Concept]) -> Condition:
    part.only(("any", "none", "within", "apart"))
    wanted = "any" in part.data
    key = "any" if wanted else "none"
    names = part.words(key)
    for name in names:
        if name not in concepts and name not in NAMES:
            part.bad(key, f"没有概念 {name}", f"no concept {name}")
    within, apart = part.data.get("within", "sentence"), part.data.get("apart") is True
    if isinstance(within, int) and 0 < within <= 400:
        return Condition(names, wanted, within, apart)
    if not isinstance(within, str) or within not in _WITHIN:
        part.bad("within", "应为 sentence、near、text 或字数", "sentence, near, text or a number")
    return Condition(names, wanted, within, apart)


def _example(part: Sheet, note: str) -> Example:
    part.only((*FIELDS, "url", note))
    parts = {name: part.text(name) for name in (*FIELDS, "url") if name in part.data}
    noted = part.text(note)
    if note == "reason":
        return Example(parts, reason=noted)
    if not any(noted in text for text in parts.values()):
        part.bad(note, f"“{noted}”不在例文里", f"{noted!r} is not in its text")
    return Example(parts, quote=noted)


def _examples(sheet: Sheet) -> tuple[tuple[Example, ...], tuple[Example, ...]]:
    hits = tuple(_example(entry, "quote") for entry in sheet.entries("hits"))
    misses = tuple(_example(entry, "reason") for entry in sheet.entries("misses"))
    if not hits:
        sheet.bad("hits", "没有一个应当命中的例子", "no example that must be found")
    if not misses:
        sheet.bad("misses", "没有一个不应命中的例子", "no example that must stay clean")
    return hits, misses


def _code(sheet: Sheet) -> tuple[str, Clause]:
    code, stem = sheet.text("code"), sheet.path.stem
    named = _NAME.fullmatch(stem)
    if named is None or f"{named[1]}-{named[2]}".upper() != code:
        sheet.bad(
            "code",
            f"文件名 {stem} 与编号 {code} 不符，应如 b4_99_my_rule（小写字母、数字、下划线）",
            f"{stem} is not named after {code}, as b4_99_my_rule would be after B4-99",
        )
    clause = CLAUSES[code[0]]
    if sheet.text("clause") != clause.value:
        sheet.bad(
            "clause", f"{code} 属于（{clause.value}）", f"{code} belongs under {clause.value}"
        )
    return code, clause


def _subset(sheet: Sheet, key: str, allowed: tuple[str, ...]) -> frozenset[str]:
    words = sheet.words(key)
    for word in words:
        if word not in allowed:
            sheet.bad(key, f"{word} 不在 {'、'.join(allowed)} 之列", f"{word} is not allowed")
    return frozenset(words)


def _asked(sheet: Sheet) -> str:
    if "directory" not in sheet.data:
        return ""
    asked = sheet.text("directory")
    if asked not in DIRECTORY or sheet.text("proves") != "directory":
        known = "、".join(DIRECTORY)
        sheet.bad(
            "directory",
            f"应为 {known}，且 proves 为 directory",
            f"must be one of {', '.join(DIRECTORY)}, with proves: directory",
        )
    return asked


def _laws(sheet: Sheet) -> tuple[tuple[str, str], ...]:
    laws = []
    for part in sheet.entries("legal_basis"):
        part.only(("law", "article"))
        article = part.data.get("article", "")  # "": the law as a whole
        if not isinstance(article, str):
            part.bad("article", "条号应当加引号", "the article must be quoted text")
        laws.append((part.text("law"), article))
    return tuple(laws)


def read_rule(path: Path, concepts: Mapping[str, Concept]) -> Rule:
    """One rule; raises BadSheet with file, line and fault."""
    sheet = read_sheet(path)
    sheet.only(_KEYS)
    code, clause = _code(sheet)
    words = _expand(sheet.words("words"), concepts, sheet)
    sure = _expand(sheet.words("sure"), concepts, sheet)
    patterns = tuple(_pattern(entry, concepts) for entry in sheet.entries("patterns"))
    if not (words or sure or patterns):
        sheet.bad("words", "既无词也无式", "neither words nor patterns")
    hits, misses = _examples(sheet)
    name, why = sheet.within("name"), sheet.within("why")
    proves = sheet.text("proves")
    if proves not in ("text", "directory", "human"):
        sheet.bad("proves", "应为 text、directory 或 human", "must be text, directory or human")
    return Rule(
        name=path.stem,
        code=code,
        clause=clause,
        zh=name.text("zh"),
        en=name.text("en"),
        version=int(sheet.number("version", 1, 9999)),
        severity=int(sheet.number("severity", 1, 5)),
        proves=proves,
        score=sheet.number("score", 0.05, 0.95),
        words=words,
        sure=sure,
        patterns=patterns,
        context=tuple(_condition(entry, concepts) for entry in sheet.entries("context")),
        benign=_expand(sheet.words("benign"), concepts, sheet),
        boundaries=frozenset(folded(sheet.words("boundaries"))),
        fields=_subset(sheet, "fields", FIELDS) or frozenset(FIELDS),
        voices=frozenset(sheet.words("voices")),
        hosts=_subset(sheet, "hosts", ("official", "lookalike", "other")),
        directory=_asked(sheet),
        why_zh=why.text("zh"),
        why_en=why.text("en"),
        legal_basis=_laws(sheet),
        hits=hits,
        misses=misses,
    )


def load_rules(concepts: Mapping[str, Concept], extra: Path | None = None) -> tuple[Rule, ...]:
    """The house's rules, then those of an office's own folder, by name; names are unique.

    Raises one BadSheet that tells of every file that cannot be used.
    """
    folders = [FOLDER] if extra is None else [FOLDER, extra]
    rules: dict[str, Rule] = {}
    faults: list[BadSheet] = []
    for path in (path for folder in folders for path in sorted(folder.glob("*.yaml"))):
        try:
            rule = read_rule(path, concepts)
            if rule.name in rules:
                read_sheet(path).bad("code", "已有同名规则", "a rule of this name exists already")
        except BadSheet as fault:
            faults.append(fault)
        else:
            rules[rule.name] = rule
    if faults:
        raise all_of(faults)
    return tuple(rules[name] for name in sorted(rules))
