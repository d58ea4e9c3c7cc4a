"""An office's own rules: what a rule file must hold beyond its form, said before a sweep begins.

The house's rules are held to the same by its tests; an office has none, so its rules are looked
at whenever they are loaded. A slip that would only make a rule sleep (a law the table lacks, a
word that can never stand in a folded text, a file with the wrong ending) is a fault too: nobody
would notice.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from classifiers.folding import fold, squeeze
from classifiers.judge import Judge
from classifiers.laws import atom, lawbook
from classifiers.pattern_cost import MOST, ways
from classifiers.rulebook import Example, Rule
from classifiers.sheets import BadSheet, Sheet, all_of, read_sheet
from classifiers.stance import VOICES
from classifiers.subject import Subject

LARGEST = 256 * 1024  # bytes of one rule file; the house's longest has 6 KB
_PASSED_OVER = (".md", "~", ".bak", ".swp")  # notes and what editors leave lying about


def look_over(folder: Path) -> None:
    """Raise one BadSheet for all files in the folder that would be passed over or not be read."""
    faults = [fault for path in sorted(folder.iterdir()) for fault in _misplaced(path)]
    if faults:
        raise all_of(faults)


def _misplaced(path: Path) -> Iterator[BadSheet]:
    name = path.name
    if name.startswith(".") or name.endswith(_PASSED_OVER):
        return
    if path.is_dir():
        yield BadSheet(
            f"{name} 是文件夹；规则文件直接放在规则文件夹里。",
            f"{name} is a folder; rule files lie in the rules folder itself.",
        )
    elif path.suffix != ".yaml":
        yield BadSheet(
            f"{name} 不会被读取：规则文件的后缀是 .yaml。请改名，或移出规则文件夹。",
            f"{name} would not be read: rule files end in .yaml. Rename it or move it elsewhere.",
        )
    elif path.stat().st_size > LARGEST:
        yield BadSheet(
            f"{name} 超过 {LARGEST // 1024} KB，不像规则文件。",
            f"{name} has more than {LARGEST // 1024} KB, which is no rule file.",
        )


def own_rules(judge: Judge, folder: Path) -> tuple[Rule, ...]:
    """Those of the judge's rules that lie in the office's folder."""
    names = {path.stem for path in folder.glob("*.yaml")}
    return tuple(rule for rule in judge.eye.rules if rule.name in names)


def prove(judge: Judge, folder: Path) -> None:
    """Raise one BadSheet for every rule of the folder that cannot do what it says it does."""
    faults: list[BadSheet] = []
    for rule in own_rules(judge, folder):
        sheet = read_sheet(folder / f"{rule.name}.yaml")
        for look in (_meaning, _words, _patterns, _proof):
            try:
                look(judge, rule, sheet)
            except BadSheet as fault:
                faults.append(fault)
                break  # a pattern that could hang us is not tried on the examples
    if faults:
        raise all_of(faults)


def _meaning(_judge: Judge, rule: Rule, sheet: Sheet) -> None:
    """Codes, laws and voices are names that must be known elsewhere."""
    if atom(rule.code) is None:
        known = "、".join(sorted(lawbook().atoms))
        sheet.bad("code", f"没有违规编号 {rule.code}；有：{known}", f"no such code: use {known}")
    for part, (law, article) in zip(sheet.entries("legal_basis"), rule.legal_basis, strict=True):
        row = lawbook().laws.get(law)
        if row is None:
            known = "、".join(lawbook().laws)
            part.bad("law", f"法规表里没有“{law}”；有：{known}", f"no law {law!r}; use {known}")
        if article and article not in row.articles:
            known = "、".join(row.articles)
            part.bad(
                "article", f"“{law}”没有收录第 {article} 条；有：{known}", f"not there; use {known}"
            )
    for voice in rule.voices - VOICES:
        known = "、".join(sorted(VOICES))
        sheet.bad("voices", f"没有发言者 {voice}；有：{known}", f"no voice {voice}; use {known}")
    if "{words}" not in rule.why_zh:
        sheet.within("why").bad(
            "zh", "须含 {words}，以便写明是哪些词", "must hold {words}, where the words are named"
        )


def _words(_judge: Judge, _rule: Rule, sheet: Sheet) -> None:
    lists = [(sheet, key) for key in ("words", "sure", "benign")]
    for part, key in (*lists, *((one, "anchors") for one in sheet.entries("patterns"))):
        for word in part.words(key):
            folded = fold(word).text
            if len(folded) < 2 and key in {"words", "sure"}:
                part.bad(
                    key, f"“{word}”太短，至少两个字", f"{word!r} is too short; two signs or more"
                )
            if not folded or "\n" in folded or squeeze(fold(word)).text != folded:
                part.bad(
                    key,
                    f"“{word}”里有分隔符，永远对不上；写成平常的字即可，变形由程序处理",
                    f"{word!r} holds a separator and can never be found; write it plainly, "
                    "disguises are seen through anyway",
                )


def _patterns(_judge: Judge, _rule: Rule, sheet: Sheet) -> None:
    for part in sheet.entries("patterns"):
        if ways(part.text("regex")) > MOST:
            part.bad(
                "regex",
                "重复套重复，或重复太多，遇到长文会很慢；请减少 {m,n} 或拆成几个句式",
                "repetitions within repetitions, or too many, would be slow on a long text; use "
                "fewer {m,n} or several patterns",
            )


def _proof(judge: Judge, rule: Rule, sheet: Sheet) -> None:
    """The rule's own examples, judged."""
    for part, example in zip(sheet.entries("hits"), rule.hits, strict=True):
        if not is_found(judge, rule, example):
            part.bad(
                "quote",
                f"例文没有因“{example.quote}”命中；原因见 certsweep rules test {rule.name}",
                f"not found by {example.quote!r}; certsweep rules test {rule.name} says why",
            )
    for part, example in zip(sheet.entries("misses"), rule.misses, strict=True):
        if stumbled(judge, example):
            part.bad(
                "reason",
                f"不应命中的例文被判为涉嫌；原因见 certsweep rules test {rule.name}",
                f"the text is flagged, which it must not be; certsweep rules test {rule.name} "
                "says why",
            )


def subject_of(example: Example) -> Subject:
    parts = example.parts
    return Subject(
        title=parts.get("title", ""),
        text=parts.get("text", ""),
        account=parts.get("account", ""),
        url=parts.get("url", ""),
    )


def quotes(judge: Judge, rule: Rule, example: Example) -> tuple[str, ...]:
    """The words of an example that the rule stumbles over, however weakly."""
    judgement = judge.judge(subject_of(example), keep_weak=True)
    return tuple(
        piece.quote
        for finding in judgement.findings
        if finding.rule == rule.name
        for piece in finding.evidence
    )


def stumbled(judge: Judge, example: Example) -> tuple[str, ...]:
    """The words for which an example is flagged, by whatever rule; none where it is clean."""
    judgement = judge.judge(subject_of(example))
    return tuple(piece.quote for finding in judgement.findings for piece in finding.evidence)


def is_found(judge: Judge, rule: Rule, example: Example) -> bool:
    return example.quote in quotes(judge, rule, example)
