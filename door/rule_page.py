"""One rule with everything a reviewer or an officer wants to know of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from classifiers.judge import FLAGGED
from classifiers.laws import atom, for_code
from classifiers.plain_patterns import in_words
from classifiers.rulebook import FOLDER, Example, Pattern, Rule
from door.check_report import VOICES
from door.law_state import law_state
from door.rule_words import DIRECTORY, FIELDS, HOSTS, PROVES, Shelf
from door.speech import t

AS_EXAMPLE = 12  # words of a concept shown


def list_row(shelf: Shelf, rule: Rule) -> dict[str, Any]:
    return {
        "code": rule.code,
        "clause": rule.clause.value,
        "name": rule.name,
        "zh": rule.zh,
        "en": rule.en,
        "version": rule.version,
        "severity": rule.severity,
        "proves": rule.proves,
        "score": rule.score,
        "words": len(rule.words) + len(rule.sure),
        "patterns": len(rule.patterns),
        "origin": shelf.origin(rule)[1],
    }


def page_json(shelf: Shelf, rule: Rule, on: date) -> dict[str, Any]:
    known = atom(rule.code)
    return list_row(shelf, rule) | {
        "file": file_of(shelf, rule),
        "atom": {"zh": known.zh, "en": known.en} if known else None,
        "flagged_from": FLAGGED,
        "words": list(rule.words),
        "sure": list(rule.sure),
        "patterns": [pattern_json(one) for one in rule.patterns],
        "context": [
            {
                "any" if one.wanted else "none": list(one.concepts),
                "within": one.within,
                "apart": one.apart,
                "said": shelf.condition(one),
            }
            for one in rule.context
        ],
        "concepts": {name: list(words) for name, words in concept_words(shelf, rule).items()},
        "benign": list(rule.benign),
        "boundaries": sorted(rule.boundaries),
        "fields": sorted(rule.fields),
        "voices": sorted(rule.voices),
        "hosts": sorted(rule.hosts),
        "directory": rule.directory,
        "why": {"zh": rule.why_zh, "en": rule.why_en},
        "legal_basis": [asdict(law_state(*row, on)) for row in rule.legal_basis],
        "cited_for_code": list(for_code(rule.code, on)),
        "hits": [{**one.parts, "quote": one.quote} for one in rule.hits],
        "misses": [{**one.parts, "reason": one.reason} for one in rule.misses],
    }


def pattern_json(pattern: Pattern) -> dict[str, Any]:
    said = in_words(pattern.regex.pattern)
    return {
        "anchors": list(pattern.anchors),
        "regex": pattern.regex.pattern,
        "sure": pattern.sure,
        "said": {"zh": said.zh, "en": said.en},
    }


def file_of(shelf: Shelf, rule: Rule) -> str:
    """The file's path for one of the office's own; its place in the program for the others."""
    if rule.name in shelf.offices and shelf.office is not None:
        return str(shelf.office / f"{rule.name}.yaml")
    return f"{FOLDER.parent.name}/{FOLDER.name}/{rule.name}.yaml"


def concept_words(shelf: Shelf, rule: Rule) -> dict[str, tuple[str, ...]]:
    """The words of each concept its context names; none for those that come from tables."""
    asked = dict.fromkeys(name for one in rule.context for name in one.concepts)
    known = {one.name: one.words for one in shelf.judge.eye.concepts}
    return {name: known.get(name, ()) for name in asked}


def page(
    shelf: Shelf, rule: Rule, on: date, *, with_examples: bool = True, for_writers: bool = True
) -> Iterator[str]:
    """The page line by line; `for_writers`: with the rule's file, and patterns as written there."""
    yield from head(shelf, rule, for_writers)
    yield from words_part(t("语境成立才算的词", "Words that count in context"), rule.words)
    yield from words_part(t("不论语境都算的词", "Words that count anywhere"), rule.sure)
    yield from patterns_part(rule, for_writers)
    yield from context_part(shelf, rule)
    yield from words_part(t("被这些更长的词包住则不算", "Harmless longer words"), rule.benign)
    yield from words_part(
        t("首尾须与分词一致的词", "Words that must begin and end where Chinese words do"),
        sorted(rule.boundaries),
    )
    yield from law_part(rule, on)
    if not with_examples:
        return
    yield from examples(t("应当命中的例文", "Must be found"), rule.hits)
    yield from examples(t("不应命中的例文", "Must stay clean"), rule.misses)


def head(shelf: Shelf, rule: Rule, for_writers: bool) -> Iterator[str]:
    known = atom(rule.code)
    named = t(known.zh, known.en) if known else t("编号表未收录", "not in the table of codes")
    part = t(f"第三部分（{rule.clause}）", f"part three ({rule.clause})")
    yield f"{rule.name}　{t(rule.zh, rule.en)}"
    yield t("编号：", "Code: ") + f"{rule.code} {named}　{part}"
    file = f"　{file_of(shelf, rule)}" if for_writers else ""
    yield t("来源：", "From: ") + t(*shelf.origin(rule)) + file
    yield t(
        f"版本 {rule.version}；严重程度 {rule.severity}（1–5）；"
        f"单独得分 {rule.score:.2f}（全文 {FLAGGED:.2f} 起为涉嫌）",
        f"Version {rule.version}; severity {rule.severity} (1–5); "
        f"score {rule.score:.2f} by itself (a text is suspected from {FLAGGED:.2f} on)",
    )
    yield t("证明力：", "Proof: ") + t(*PROVES[rule.proves])
    yield t("读：", "Reads: ") + listed(t(*FIELDS[one]) for one in sorted(rule.fields))
    if rule.hosts:
        sites = listed(t(*HOSTS[one]) for one in sorted(rule.hosts))
        yield t("只对：", "Only on: ") + sites
    if rule.directory:
        yield t("须与目录核对：", "Held against the directory: ") + t(*DIRECTORY[rule.directory])
    if rule.voices:
        who = listed(t(*VOICES.get(one, (one, one))) for one in sorted(rule.voices))
        yield t("由这些人说出即全额计分：", "Counts in full when said by: ") + who
    yield t("理由：", "Why: ") + t(rule.why_zh, rule.why_en).replace("{words}", "“……”")


def listed(words: Iterable[str]) -> str:
    return t("、", ", ").join(words)


def words_part(title: str, words: Sequence[str]) -> Iterator[str]:
    if words:
        yield ""
        yield t(f"{title}（{len(words)}）：", f"{title} ({len(words)}):")
        yield "  " + "、".join(words)


def patterns_part(rule: Rule, for_writers: bool) -> Iterator[str]:
    if not rule.patterns:
        return
    yield ""
    yield t(f"句式（{len(rule.patterns)}）：", f"Patterns ({len(rule.patterns)}):")
    for number, pattern in enumerate(rule.patterns, 1):
        said = in_words(pattern.regex.pattern)
        sure = t("　不论语境都算", "  counts anywhere") if pattern.sure else ""
        yield f"  {number}. {t(said.zh, said.en)}{sure}"
        yield t("     只在这些词附近找：", "     looked for around: ") + "、".join(pattern.anchors)
        if for_writers:
            yield t("     原式：", "     as written: ") + pattern.regex.pattern


def context_part(shelf: Shelf, rule: Rule) -> Iterator[str]:
    if not rule.context:
        return
    yield ""
    yield t("语境（都须成立）：", "Context (all must hold):")
    for condition in rule.context:
        yield f"  - {shelf.condition(condition)}"
    for name, words in concept_words(shelf, rule).items():
        shown = "、".join(words[:AS_EXAMPLE])
        more = t(f"等 {len(words)} 词", f" … {len(words)} words") if words[AS_EXAMPLE:] else ""
        if words:
            yield (
                t(f"    “{shelf.concept(name)}”：", f"    “{shelf.concept(name)}”: ") + shown + more
            )


def law_part(rule: Rule, on: date) -> Iterator[str]:
    yield ""
    yield t(f"依据（按 {on} 引用）：", f"Law (as cited on {on}):")
    for row in rule.legal_basis:
        yield f"  - {law_state(*row, on).line()}"
    yield t(f"  按编号 {rule.code} 另引：", f"  and for {rule.code}:")
    for cited in for_code(rule.code, on):
        yield f"  - {cited}"


def examples(title: str, found: Sequence[Example]) -> Iterator[str]:
    yield ""
    yield t(f"{title}（{len(found)}）：", f"{title} ({len(found)}):")
    for one in found:
        parts = [
            text if name == "text" else f"{t(*FIELDS[name])}：{text}"
            for name, text in one.parts.items()
        ]
        note = f"【{one.quote}】" if one.quote else f"（{one.reason}）"
        yield f"  - {'　'.join(parts)}　{note}"
