"""A judged file as a person reads it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from classifiers.filed import NO_DIRECTORY, reason_untold
from classifiers.laws import atom
from door.check_record import Record, place
from door.speech import t
from storage.records import Evidence, Finding, Judgement

AROUND = 16  # characters of context on either side of a quote
QUOTE = 120  # characters of a quote shown
# Control and direction marks of a hostile text would otherwise steer the reader's terminal.
UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
FIELDS = {
    "title": ("标题", "title"),
    "text": ("正文", "text"),
    "account": ("账号", "account"),
    "html": ("网页", "page"),
}
# Who speaks, by the judge's words; one that is not here is shown as it is.
VOICES = {
    "seller": ("卖家", "a seller"),
    "press": ("媒体", "the press"),
    "police": ("公安", "the police"),
    "official": ("机关", "an authority"),
    "lawyer": ("法律文书", "a legal text"),
    "victim": ("受害人", "a victim"),
    "asker": ("咨询者", "someone asking"),
    "employer": ("用人单位", "an employer"),
    "candidate": ("考生", "a candidate"),
    "school": ("培训学校", "a school"),
    "jester": ("戏谑", "a jester"),
    "hobbyist": ("爱好者", "a hobbyist"),
    "narrator": ("叙述者", "a narrator"),
    "debunker": ("揭穿骗局的人", "a debunker"),
    "wronged": ("被冒用名义的单位", "somebody whose name was borrowed"),
    "maker": ("生产销售其他货品的人", "a maker of other goods"),
    "unknown": ("不明", "not known"),
}


def report(name: str, record: Record, judgement: Judgement, *, explain: bool) -> str:
    """The whole report of one file, with a line break at its end.

    A text that is not flagged may bring its weak findings: of these only what the directory could
    not tell is said.
    """
    head = t("文件：", "File: ") + plain(name)
    if not any((record.subject.text.strip(), record.subject.title.strip())):
        return f"{head}\n{t('文件没有文字，无可判读', 'No text in it, nothing to judge')}\n\n"
    lines = [head, verdict(judgement), *untold_lines(judgement)]
    for number, finding in enumerate(judgement.findings if judgement.flagged else (), 1):
        lines.extend(paragraph(number, record, finding, explain=explain))
    if explain:
        lines.append(
            t("发言者：", "Stance: ")
            + t(*VOICES.get(judgement.stance, (judgement.stance, judgement.stance)))
            + t("；规则版本：", "; rules: ")
            + judgement.engine
        )
    return "\n".join(lines) + "\n\n"


def verdict(judgement: Judgement) -> str:
    # .4999 is not flagged: shown as .49, because .50 is the line.
    score = f"{judgement.score if judgement.flagged else min(judgement.score, 0.49):.2f}"
    if judgement.flagged:
        return t(f"结论：涉嫌违规（得分 {score}）", f"Verdict: suspected (score {score})")
    return t(f"结论：未发现涉嫌违规内容（得分 {score}）", f"Verdict: nothing found (score {score})")


def untold_lines(judgement: Judgement) -> Iterator[str]:
    """另有 1 项须核对目录（E3-04）：未导入目录，无法核对。 Flagged, each stands in the list."""
    untold = {one.code: reason_untold(one) for one in judgement.findings if reason_untold(one)}
    if judgement.flagged or not untold:
        return
    codes, reasons = "、".join(untold), dict.fromkeys(untold.values())
    why = plain("；".join(reasons))
    import_it = t(
        "（可用 certsweep directory import 导入）", " (certsweep directory import brings one in)"
    )
    yield t(
        f"另有 {len(untold)} 项须核对备案机构目录（{codes}）：{why}",
        f"{len(untold)} more to be held against the directory ({codes}): {why}",
    ) + (import_it if NO_DIRECTORY in reasons else "")


def paragraph(number: int, record: Record, finding: Finding, *, explain: bool) -> Iterator[str]:
    known = atom(finding.code)
    name = t(known.zh, known.en) if known else ""
    clause = t(f"三、（{finding.clause}）", f"part three ({finding.clause})")
    yield f"{number}. {clause} {finding.code} {name}".rstrip()
    shown = finding.evidence if explain else finding.evidence[:1]
    for evidence in shown:
        yield "   " + quoted(record, evidence)
    more = len(finding.evidence) - len(shown)
    if more:
        yield t(f"   另有 {more} 处，见 --explain", f"   {more} more, see --explain")
    yield "   " + t("理由：", "Why: ") + plain(finding.why)
    for basis in finding.legal_basis:
        yield "   " + t("依据：", "Basis: ") + basis
    if explain:
        yield (
            "   "
            + t("规则：", "Rule: ")
            + f"{finding.rule} v{finding.version}（{finding.score:.2f}）"
        )


def quoted(record: Record, evidence: Evidence) -> str:
    """第 3 行（正文）：…签约「包过」，不过…"""
    spot = place(record, evidence)
    source = record.origins[evidence.field].source
    line = source.count("\n", 0, spot["start"]) + 1
    text: str = getattr(record.subject, evidence.field)
    before = text[max(0, evidence.start - AROUND) : evidence.start]
    words = text[evidence.start : evidence.end]
    after = text[evidence.end : evidence.end + AROUND]
    if len(words) > QUOTE:
        words = words[:QUOTE] + "……"
    where = t(*FIELDS.get(spot["field"], (spot["field"], spot["field"])))
    said = f"{plain(before)}「{plain(words)}」{plain(after)}"
    return t(f"第 {line} 行（{where}）：{said}", f"line {line} ({where}): {said}")


def plain(text: str) -> str:
    """Safe to print, on one line."""
    return UNSAFE.sub("·", text.replace("\r\n", " ").replace("\n", " ").replace("\t", " "))
