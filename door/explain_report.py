"""How a score came about, as a person reads it and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from classifiers.explain import Explanation, Share, Sum, Voice, explain
from classifiers.filed import UNKNOWN
from classifiers.judge import LEARNED
from classifiers.windows import LONGEST
from door.check_record import Record, place
from door.check_report import VOICES, plain
from door.explain_model import heading, learned_json, learned_lines
from door.rule_words import HOSTS, Shelf
from door.speech import t
from door.trace_lines import Where, quoted, trace_json, trace_lines

OTHERS = 3  # voices named besides the one that was heard


@dataclass(frozen=True, slots=True)
class Explainer:
    """Explains judged records, in lines to read or as JSON with the caller's own offsets."""

    shelf: Shelf

    def text(self, record: Record) -> str:
        if len(record.subject.text) > LONGEST:
            return too_long() + "\n\n"
        told = explain(self.shelf.judge, record.subject)
        return "\n".join(explained(self.shelf, told)) + "\n\n"

    def json(self, record: Record) -> dict[str, Any]:
        if len(record.subject.text) > LONGEST:
            return {"not_explained": too_long()}
        told = explain(self.shelf.judge, record.subject)
        return explained_json(self.shelf, told, partial(place, record))


def too_long() -> str:
    return t(
        f"全文超过 {LONGEST} 字，分段判读，不作得分说明；请把引文所在的一段单独用 --explain 查看。",
        f"Longer than {LONGEST} characters and judged in stretches: not explained as a whole. "
        "Use --explain on the stretch around a quote.",
    )


def explained(shelf: Shelf, told: Explanation) -> Iterator[str]:
    """The report line by line, under a title of its own."""
    yield t("得分由来", "How the score came about")
    yield from ("  " + line for line in speaker_lines(shelf, told))
    yield from ("  " + line for line in finding_lines(shelf, told))
    if told.left_out:
        yield t("  未计入：", "  Left out:")
        for trace in told.left_out:
            yield f"    {trace.rule.name}　{t(trace.rule.zh, trace.rule.en)}"
            if said := directory_line(told, trace.rule.name):
                yield f"      {said}"
            yield from (f"      {line}" for line in trace_lines(shelf, trace))
    yield from ("  " + line for line in sum_lines(shelf, told))


def directory_line(told: Explanation, rule: str) -> str:
    """What the directory had to say of a rule that counts for nothing; "" where not asked."""
    if rule in told.unsure:
        why = plain(told.unsure[rule])
        return t(f"目录：{why}，不计", f"the directory cannot tell, does not count: {why}")
    if rule in told.cleared:
        return t("目录核对无误，不计", "the directory bears it out: does not count")
    return ""


def voice_name(voice: str) -> str:
    return t(*VOICES.get(voice, (voice, voice)))


def speaker_lines(shelf: Shelf, told: Explanation) -> Iterator[str]:
    speaker = told.speaker
    heard = next((one for one in told.voices if one.name == speaker.voice), None)
    yield t("发言者：", "Speaker: ") + voice_name(speaker.voice)
    if heard is not None:
        yield "  " + voice_line(shelf, heard)
    others = [one for one in told.voices if one.name != speaker.voice][:OTHERS]
    for voice in others:
        yield (
            t("  另有迹象：", "  also heard: ")
            + f"{voice_name(voice.name)}　"
            + voice_line(shelf, voice)
        )
    if not told.reachable:
        yield t("  没有留下联系方式，不算卖家", "  leaves no way to be reached: no seller")
    if speaker.host:
        weight = f"{told.host_weight:+.1f}"
        yield t(
            f"  网址属于{t(*HOSTS[speaker.host])}（机关口吻 {weight}）",
            f"  the URL is among {t(*HOSTS[speaker.host])} (authority {weight})",
        )


def voice_line(shelf: Shelf, voice: Voice) -> str:
    """联系号码 2.0×1（“微信138”）；号召 0.8×2…；合计 3.6，1.0 起认定"""
    signs = (
        f"{shelf.concept(one.concept)} {one.weight:g}×{one.counted}（{quoted(one.words)}）"
        for one in voice.signs
    )
    total, least = f"{voice.weight:.2f}", f"{voice.least:g}"
    return t("；", "; ").join(signs) + t(
        f"；合计 {total}，{least} 起认定", f"; {total}, heard from {least}"
    )


def finding_lines(shelf: Shelf, told: Explanation) -> Iterator[str]:
    """All findings under their numbers in the report; the model's are told apart, below."""
    shares = {share.finding.rule: share for share in told.shares}
    for number, finding in enumerate(told.judgement.findings, 1):
        if finding.rule == LEARNED:
            yield f"{number}. {finding.code} {heading()}　{finding.score:.2f}"
        else:
            yield from share_lines(shelf, number, shares[finding.rule])


def share_lines(shelf: Shelf, number: int, share: Share) -> Iterator[str]:
    rule = share.trace.rule
    yield f"{number}. {rule.code} {rule.name}　{product(share)}"
    if share.answer:
        yield t("     目录核对：", "     the directory: ") + plain(share.answer)
    yield from (f"     {line}" for line in trace_lines(shelf, share.trace))


def product(share: Share) -> str:
    """基础分 0.62 × 份额 1.38 = 0.86; with the directory's part where it was asked."""
    parts = [f"{share.base:.2f}", t("份额 ", "share ") + f"{share.share:.2f}"]
    if share.weight is None:
        parts = [t(f"目录无法核对，记 {UNKNOWN}", f"the directory cannot tell: {UNKNOWN}")]
    elif share.answer:
        parts.append(t("目录 ", "directory ") + f"{share.weight:.2f}")
    if share.lowered < 1:
        parts.append(t("机构备案属实 ", "a body that is filed ") + f"{share.lowered:.2f}")
    base = "" if share.weight is None else t("基础分 ", "base ")
    return f"{base}{' × '.join(parts)} = {share.finding.score:.2f}"


def sum_lines(shelf: Shelf, told: Explanation) -> Iterator[str]:
    if told.off_topic:
        yield t(
            "全文较长而与证书、考试、培训无关，不看规则，0 分",
            "A long text about nothing of the kind: its rules are not looked at, 0",
        )
        return
    yield from rule_sum_lines(told)
    if told.learned:
        yield from learned_lines(shelf, told.learned, flagged=told.judgement.flagged)
    elif told.shares:
        yield score_line(told)


def rule_sum_lines(told: Explanation) -> Iterator[str]:
    added = told.sum
    if not told.shares:
        yield t("规则合计：没有一条规则成立，0 分", "The rules: none holds, 0")
        return
    if added.weak:
        weak, cap = f"{added.weak_together:.2f}", added.weak_cap
        yield t(
            f"弱线索（单条低于 {added.weak_below}）合计 {weak}，封顶 {cap}，不能单独定为涉嫌",
            f"Weak leads (each below {added.weak_below}) come to {weak}, at most {cap}, and never "
            "flag a text alone",
        )
    yield t("规则合计：", "The rules: ") + noisy_or(added)


def score_line(told: Explanation) -> str:
    """The end of it where the rules decide alone."""
    added, judgement = told.sum, told.judgement
    verdict = t("涉嫌", "suspected") if judgement.flagged else t("不报", "not flagged")
    return t(
        f"总分 {judgement.score:.2f}，{added.flag:.2f} 起为涉嫌：{verdict}",
        f"Score {judgement.score:.2f}, suspected from {added.flag:.2f} on: {verdict}",
    )


def noisy_or(added: Sum) -> str:
    """1 − (1−0.86)(1−0.55) = 0.94"""
    parts = [*added.strong, *([added.weak_together] if added.weak else [])]
    if len(parts) == 1:
        return f"{added.rules:.2f}"
    factors = "".join(f"(1−{score:.2f})" for score in parts)
    most = (
        t(f"（封顶 {added.most}）", f" (at most {added.most})") if added.rules >= added.most else ""
    )
    return f"1 − {factors} = {added.rules:.2f}{most}"


def explained_json(shelf: Shelf, told: Explanation, where: Where) -> dict[str, Any]:
    added = told.sum
    return {
        "speaker": {
            "voice": told.speaker.voice,
            "host": told.speaker.host,
            "host_weight": told.host_weight,
            "reachable": told.reachable,
            "voices": [voice_json(one) for one in told.voices],
        },
        "findings": [share_json(one, where) for one in told.shares],
        "left_out": [
            {
                "rule": one.rule.name,
                "code": one.rule.code,
                "cleared_by_directory": one.rule.name in told.cleared,
                "directory_cannot_tell": told.unsure.get(one.rule.name, ""),
            }
            | trace_json(one, where)
            for one in told.left_out
        ],
        "sum": {
            "strong": list(added.strong),
            "weak": list(added.weak),
            "weak_below": added.weak_below,
            "weak_together": rounded(added.weak_together),
            "weak_cap": added.weak_cap,
            "most": added.most,
            "rules": rounded(added.rules),
            "beyond_rules": rounded(told.beyond_rules),
            "flagged_from": added.flag,
        },
        "off_topic": told.off_topic,
        "learned": learned_json(shelf, told.learned, where) if told.learned else None,
    }


def rounded(number: float) -> float:
    return round(number, 4)


def voice_json(voice: Voice) -> dict[str, Any]:
    signs: Sequence[dict[str, Any]] = [
        {"concept": s.concept, "weight": s.weight, "counted": s.counted, "words": list(s.words)}
        for s in voice.signs
    ]
    return {
        "voice": voice.name,
        "weight": rounded(voice.weight),
        "heard_from": voice.least,
        "signs": signs,
    }


def share_json(share: Share, where: Where) -> dict[str, Any]:
    return {
        "rule": share.finding.rule,
        "code": share.finding.code,
        "base": share.base,
        "share": rounded(share.share),
        "directory": {"weight": share.weight, "answer": share.answer} if share.answer else None,
        "lowered": share.lowered,
        "score": share.finding.score,
    } | trace_json(share.trace, where)
