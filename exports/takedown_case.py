"""How one decided post becomes one row of the takedown list."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from typing import Final

from exports.clauses import clause, distinct, only_contacts
from exports.earlier_takedown import AGAIN, NOT_FOUND, earlier_sentence
from exports.law_words import merged
from exports.masking import masked, masked_address
from exports.official_words import suspected, word_of
from exports.routing import CHOSEN, departments
from exports.takedown_followed import followed, standing
from exports.takedown_rows import (
    CHINA,
    NO,
    OUTDATED,
    UNSEALED,
    YES,
    ListHead,
    TakedownRow,
    beijing,
)
from storage.exports import DecidedRow
from storage.platform_words import platform_name
from storage.records import Evidence, Finding, Snapshot, Verdict

LawOf = Callable[[str, date, Iterable[str]], tuple[str, ...]]
EXCERPT: Final = 200  # characters of the post's own text
TERMS: Final = 12
WORD_ITSELF: Final = 2  # clauses with the word that a code is about
TELLING: Final = 4  # signs of page words, beside the title, with which a reader sees what is meant
VIDEO: Final = frozenset({"bilibili", "douyin", "kuaishou"})
# The gentlest of the measures that fit; a person may choose another.
ACTIONS: Final = {"网页": "删除/断开链接", "帖子": "删除", "短视频": "删除"}
LEARNED: Final = "learned"  # the rule's name of what the model alone points to
URL_HIDDEN: Final = "网址含联系方式，已遮盖；完整网址见函件"
NO_SNAPSHOT: Final = "尚无快照，请先取证"
OTHER_WORDS: Final = "有页面用语出自规则提示的其他类型，请核对是否支持所认定的类型"
PROOFS: Final = ("screenshot", "dom", "answers", "raw", "headers")  # the most telling first


def no_law(_code: str, _on: date, _recorded: Iterable[str]) -> tuple[str, ...]:
    return ()


def takedown_rows(
    decided: Iterable[DecidedRow], head: ListHead, law_of: LawOf = no_law
) -> Iterator[TakedownRow]:
    """One row for each decided post, as they come.

    `law_of` gives the law that a code rests on at a day, of what its findings recorded only what
    can be cited still: the tables of law stand in another room.
    """
    return (takedown_row(one, head, law_of) for one in decided)


def takedown_row(case: DecidedRow, head: ListHead, law_of: LawOf = no_law) -> TakedownRow:
    shown = _Shown(case, masks=head.masked)
    proof = best_proof(case.snapshots)
    kind = content_type(case.platform)
    codes = violation_codes(case)
    cited = laws(case, law_of)
    return TakedownRow(
        case_no=str(case.case_no),
        batch_no=head.batch_no,
        platform=platform_name(case.platform),
        content_type=kind,
        url=shown.url,
        address=case.url,
        url_found=shown.address(case.url_found),
        account_name=shown.author,
        account_id=case.author_id,
        account_url=shown.address(case.author_url),
        title=shown.title,
        excerpt_raw=shown.excerpt(),
        hit_terms="；".join(shown.terms()[:TERMS]),
        violation_codes="；".join(codes),
        violation_name=suspected(codes[:1]),
        hints=suspected(codes[1:]),
        legal_basis="；".join(merged(cited)),
        earlier=shown.safe(earlier_sentence(case, codes)),
        articles=cited,
        first_seen=beijing(case.first_seen),
        last_seen=beijing(case.last_seen),
        evidence_id=case.package,
        screenshot_file=stored_name(proof) if proof and proof.kind == "screenshot" else "",
        sha256=proof.sha256 if proof else "",
        discovered_by=discovery(case),
        reviewer=case.reviewer or case.decision.by,
        review_time=beijing(case.decision.at),
        confidence=f"{case.score:.2f}",
        requested_action=ACTIONS[kind],
        copy_to="、".join(copies(case, codes)),
        **followed(case),
        pii_masked=(YES if head.masked else NO).said(head.lang),
        remarks="；".join([*remarks(case, proof), *([URL_HIDDEN] if shown.url_hidden else [])]),
        notes="；".join(inner_notes(case, shown, cited)),
    )


class _Shown:
    """The case's own words as they may be read; masking keeps every position."""

    def __init__(self, case: DecidedRow, *, masks: bool) -> None:
        self._case = case
        self._masks = masks
        self.title = self.safe(case.title)
        self.text = self.safe(case.text)
        self.author = self.safe(case.author)
        self.note = self.safe(case.decision.note)
        self.url = self.address(case.url)
        self.url_hidden = self.url != case.url

    def safe(self, text: str) -> str:
        return masked(text, self._case.contacts) if self._masks else text

    def address(self, url: str) -> str:
        return masked_address(url, self._case.contacts) if self._masks else url

    def excerpt(self) -> str:
        """At most 200 characters of the text around the strongest words, on one line."""
        if len(self.text) <= EXCERPT:
            return " ".join(self.text.split())
        room = EXCERPT - 2  # for the two ellipses
        start, end = self._strongest()
        before = max(0, room - (end - start)) // 2
        first = max(0, min(start - before, len(self.text) - room))
        last = first + room
        words = " ".join(self.text[first:last].split())
        return f"{'…' if first else ''}{words}{'…' if last < len(self.text) else ''}"

    def terms(self) -> list[str]:
        """The clauses in which the rules found words of the code a person decided on, each once;
        where they found none, those with the very word that the code is about.

        Those of other hints only where what was quoted for that code says next to nothing beside
        the title, and what the model alone points to last of all: whoever signs the list answers
        for each of its words.
        """
        told = self._own()
        for findings in quoted(self._case)[1:]:
            if told and ((findings and findings[0].rule == LEARNED) or self._tells(told)):
                break
            told += self._clauses(findings)
        return distinct(told)

    def _own(self) -> list[str]:
        """What speaks for the decision itself."""
        own, *_ = quoted(self._case)
        return self._clauses(own) or self._word_itself()

    def _word_itself(self) -> list[str]:
        """Of a decision like 违规使用“职业资格”字样 the clauses that hold the word."""
        word = word_of(self._case.decision.reason)
        if not word or self._case.decision.verdict is not Verdict.VIOLATION:
            return []
        found = [
            clause(text, one.start(), one.end())
            for text in (self.title, self.text)
            for one in re.finditer(re.escape(word), text)
        ]
        return distinct(found)[:WORD_ITSELF]

    def _tells(self, clauses: Iterable[str]) -> bool:
        """Whether they say something that the title does not."""
        beside = [one for one in distinct(clauses) if one.strip("…") not in self.title]
        return sum(map(len, beside)) >= TELLING

    def of_other_kinds(self) -> bool:
        """Whether some words shown were found for something else than what was decided, or none."""
        clauses = self._own()
        others = [one for one in self.terms() if one not in clauses]
        return self._case.decision.verdict is Verdict.VIOLATION and bool(others or not clauses)

    def _clauses(self, findings: Iterable[Finding]) -> list[str]:
        found = [self._quote(one) for finding in findings for one in finding.evidence]
        return [one for one in found if not only_contacts(one)]

    def _strongest(self) -> tuple[int, int]:
        """The first quote that stands in the text; else where the text repeats a title's words."""
        quotes = [one for finding in by_decision(self._case) for one in finding.evidence]
        text = self._case.text
        there = [
            (one.start, one.end)
            for one in quotes
            if one.field == "text" and text[one.start : one.end] == one.quote
        ]
        repeated = [(text.index(q.quote), q.quote) for q in quotes if q.quote in text]
        return next(iter([*there, *((at, at + len(words)) for at, words in repeated)]), (0, 0))

    def _quote(self, one: Evidence) -> str:
        # Cut from the masked whole: a quote may end in the middle of a telephone number.
        own = {"title": self.title, "text": self.text, "author": self.author}.get(one.field)
        if own is None:
            return " ".join(self.safe(one.quote).split())
        return clause(own, one.start, one.end)


def quoted(case: DecidedRow) -> tuple[list[Finding], ...]:
    """Findings by how well they speak for the decision: its own, other rules', the model's."""
    said = case.decision.reason
    rest = [one for one in case.findings if one.code != said]
    return (
        [one for one in case.findings if one.code == said],
        [one for one in rest if one.rule != LEARNED],
        [one for one in rest if one.rule == LEARNED],
    )


def violation_codes(case: DecidedRow) -> tuple[str, ...]:
    """What the person said first, then what the rules found, each once.

    Who hands a case over leaves what it amounts to open: only the rules' hints are there.
    """
    if case.decision.verdict is Verdict.TRANSFER:
        return tuple(dict.fromkeys(one.code for one in case.findings))
    return tuple(dict.fromkeys((case.decision.reason, *(one.code for one in case.findings))))


def laws(case: DecidedRow, law_of: LawOf) -> tuple[str, ...]:
    """The law of the code a person decided on, each once; never that of a machine's other hints."""
    if case.decision.verdict is Verdict.TRANSFER:
        return ()
    said = case.decision.reason
    recorded = [law for one in case.findings if one.code == said for law in one.legal_basis]
    return law_of(said, beijing_day(case.published_at or case.first_seen), recorded)


def beijing_day(moment: datetime) -> date:
    return moment.astimezone(CHINA).date()


def by_decision(case: DecidedRow) -> list[Finding]:
    """The findings of the code a person decided on first, then the others, the gravest first."""
    return sorted(case.findings, key=lambda one: one.code != case.decision.reason)


def content_type(platform: str) -> str:
    if platform == "web":
        return "网页"
    return "短视频" if platform in VIDEO else "帖子"


def best_proof(snapshots: Iterable[Snapshot]) -> Snapshot | None:
    """The newest snapshot of the most telling kind."""
    known = [one for one in snapshots if one.kind in PROOFS]
    return min(
        known, key=lambda one: (PROOFS.index(one.kind), -one.captured_at.timestamp()), default=None
    )


def stored_name(proof: Snapshot) -> str:
    """Where the snapshot store keeps it, below its root."""
    return f"{proof.sha256[:2]}/{proof.sha256[2:4]}/{proof.sha256}"


def discovery(case: DecidedRow) -> str:
    rules = dict.fromkeys(f"{one.rule} v{one.version}" for one in case.findings)
    found = "规则：" + "、".join(rules) if rules else "人工"
    return f"{found}；人工审核：{case.reviewer or case.decision.by}"


def copies(case: DecidedRow, codes: tuple[str, ...]) -> tuple[str, ...]:
    if case.decision.verdict is Verdict.TRANSFER:
        chosen = CHOSEN.get(case.decision.reason)  # another region's is for the note to say
        return (chosen,) if chosen else ()
    quotes = (one.quote for finding in case.findings for one in finding.evidence)
    words = " ".join((case.title, *quotes))
    return departments(
        codes, said=case.decision.reason, platform=case.platform, author=case.author, words=words
    )


def remarks(case: DecidedRow, proof: Snapshot | None) -> Iterator[str]:
    """What whoever gets the list may read."""
    if proof is not None and proof.kind != "screenshot":
        yield "无截图，校验值为页面原文的"
    if case.published_at:
        # A page that gives the day alone is kept as its midnight.
        yield f"发布时间：{beijing(case.published_at).removesuffix(' 00:00:00')}"
    if case.region:
        yield f"IP属地：{case.region}"
    if case.icp:
        yield f"备案号：{case.icp}"


def inner_notes(case: DecidedRow, shown: _Shown, cited: tuple[str, ...]) -> Iterator[str]:
    """What only the office may read."""
    if best_proof(case.snapshots) is None:
        yield NO_SNAPSHOT
    if case.unsealed:
        yield f"证据包 {case.unsealed} {UNSEALED}"
    if case.outdated:
        yield f"证据包 {case.outdated} {OUTDATED}"
    yield from what_no_person_said(case, cited)
    if shown.of_other_kinds():
        yield OTHER_WORDS
    if case.earlier is None and case.decision.reason == AGAIN:
        yield NOT_FOUND
    if shown.note:
        yield f"审核备注：{shown.note.strip().rstrip('。；;.')}"
    if standing(case):
        yield standing(case)


def what_no_person_said(case: DecidedRow, cited: tuple[str, ...]) -> Iterator[str]:
    """What a signer must know: a person decided on one code, the others are a machine's alone."""
    if case.decision.verdict is Verdict.TRANSFER:
        yield "审核人决定转办，违规类型为规则提示，由接办部门认定"
        return
    said = case.decision.reason
    others = dict.fromkeys(one.code for one in case.findings if one.code != said)
    if others:
        yield f"{'、'.join(others)} 为规则提示，审核人未逐项认定"
    if not cited:
        yield f"{said} 由审核人认定，其法律依据请人工补充"
