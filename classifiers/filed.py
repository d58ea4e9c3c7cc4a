"""What the directory says of a claim: who issues, who is filed, and for what.

A rule with `directory: …` finds the words; here they are held against the directory. Without one,
or where it cannot cover the body, the answer is unknown and weighs nothing.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from classifiers.body_names import key, names_in, own_word
from classifiers.directory import EVALUATORS, Body, Directory, Named
from classifiers.document import Document
from classifiers.filed_scope import beyond, is_job, offered, unsettled
from classifiers.matching import Match
from classifiers.places import province_of
from classifiers.rulebook import Rule
from storage.records import FiledKind, Finding

UNKNOWN = 0.02  # a lead for a person, no weight of its own
EXPIRED = 0.8  # of the rule's score
_ASKED = 40  # matches of one rule held against the directory; a page may repeat itself
_STRONG = 0.35  # findings below never flag a text by themselves
LEFT = 0.4
# What a filed body may truly say of itself and its certificates.
_FILED_MAY_SAY = frozenset(
    {"A1-04", "A1-05", "A1-99", "B1-01", "B2-04", "B2-05", "B2-06", "E1-01"}
    | {"E2-02", "E2-03", "E2-04"}
)
_LOWERED = "；目录载有该机构的备案，已降低。"
NO_DIRECTORY = "未导入目录，无法核对"

_CENTRE = re.compile(r"鉴定(?:指导)?(?:中心|所|站)|考评(?:中心|站)")
_NUMBER = re.compile(
    r"(?:备案|机构|许可证?)(?:编?号|编码|代码|码)?[:：为是]{0,2} ?"
    r"((?=[^。\n]{0,24}\d)[a-z0-9\u4e00-\u9fff〔〕\[\]()-]{0,24}\d[a-z0-9-]{0,24})"
)
_ICP = re.compile(r"icp|公网安|公安备|工信部")


@dataclass(frozen=True, slots=True)
class Answer:
    """What is left of a rule's matches."""

    kept: Sequence[tuple[float, Match]]  # the strongest first, with the share each keeps
    weight: float | None = 1.0  # of the rule's score; None: the score is UNKNOWN
    fault: str = ""  # what the directory says, "" where it was not asked

    def score(self, rule: Rule) -> float:
        return UNKNOWN if self.weight is None else rule.score * self.kept[0][0] * self.weight

    def told(self, why: str) -> str:
        """The rule's sentence with the directory's."""
        return f"{why.rstrip('。')}；{self.fault}。" if self.fault else why


@dataclass(frozen=True, slots=True)
class Said:
    """The answer to one match: `fault` is a sentence, "" where all is well."""

    fault: str
    weight: float | None = 1.0
    lawful: bool = False  # a claim of filing that the directory bears out
    unsure: str = ""  # why nothing was held against the directory; "" where it bears all out


FINE = Said("")


@dataclass(slots=True)
class Check:
    """One text against the directory; what is looked up once is kept."""

    document: Document
    directory: Directory | None
    day: date
    lawful: bool = False  # some claim of filing was borne out
    _named: list[Named] | None = field(default=None)

    def answer(self, kept: Sequence[tuple[float, Match]]) -> Answer | None:
        """None where the rule asks the directory, and that clears every match."""
        if not kept[0][1].rule.directory:
            return Answer(kept)
        said = [(self._said(match), share, match) for share, match in kept[:_ASKED]]
        self.lawful = self.lawful or any(one.lawful for one, _, _ in said)
        wrong = [each for each in said if each[0].fault]
        if not wrong:
            return None
        best = max(wrong, key=lambda each: each[0].weight or 0.0)[0]
        of_best = [(share, match) for one, share, match in wrong if one.fault == best.fault]
        return Answer(of_best, best.weight, best.fault)

    def unsure(self, kept: Sequence[tuple[float, Match]]) -> str:
        """Of matches that count for nothing: why the directory could not tell of one of them.

        "" where it bears them all out.
        """
        said = (self._said(match).unsure for _, match in kept[:_ASKED])
        return next(filter(None, said), "")

    def _said(self, match: Match) -> Said:
        if self.directory is None:
            known = self._names_somebody(match)
            return Said(NO_DIRECTORY, None) if known else Said("", unsure=NO_DIRECTORY)
        ask = {"filed": self._filed, "issuer": self._issuer, "scope": self._scope}
        return ask[match.rule.directory](match, self.directory)

    # ---- who -------------------------------------------------------------------------------

    def _filed(self, match: Match, directory: Directory) -> Said:
        """经××备案: by the number, then by the name nearest to the claim."""
        low, high = self.document.sentence(match.start, match.end)
        number = self._number(low, high)
        owners = directory.numbered(number) if number else ()
        bodies = self._bodies_at(directory, low, high)
        name = "" if bodies else self._unlisted_name(low, high)
        if owners:
            return self._owned(number, owners, bodies, name)
        if name:
            return self._absent(name, directory)
        bodies = bodies or self._bodies_elsewhere(directory)
        if bodies:
            return self._in_force(bodies)
        if number:
            return Said(f"目录{as_of(directory)}中没有备案号{number}", EXPIRED)
        return Said("文中没有机构全称或备案号，无法与目录核对", None)

    def _owned(
        self, number: str, owners: Sequence[Body], bodies: Sequence[Body], name: str
    ) -> Said:
        """A number the directory holds, beside a name that may be another's."""
        theirs = {body.name for body in owners}
        own_words = {own_word(key(one)) for one in theirs}
        stranger = bool(name) and own_word(key(name)) not in own_words
        if stranger or (bodies and theirs.isdisjoint(body.name for body in bodies)):
            return Said(f"目录中备案号{number}属于“{owners[0].name}”")
        return self._in_force(owners)

    def _issuer(self, match: Match, directory: Directory) -> Said:
        bodies = self._bodies_at(directory, match.start, match.end)
        if bodies:
            said = self._in_force(bodies)
            return replace(said, lawful=False) if said.fault else FINE
        found = list(names_in(self.document.text, match.start, match.end))
        if not found:
            return Said("", unsure="文中没有发证机构的名称，无法与目录核对")
        start, end = found[-1]
        return self._absent(self.document.text[start:end], directory)

    def _in_force(self, bodies: Sequence[Body]) -> Said:
        """What a listed body's filings come to on the day."""
        name = f"“{bodies[0].name}”"
        rows = [row for body in bodies for row in body.filings if row.kind in EVALUATORS]
        if not rows:
            return Said(f"目录中{name}只有办学许可，没有评价备案，须核对", None)
        if any(row in body.on(self.day) for body in bodies for row in rows):
            return Said("", lawful=True)
        days = [row.valid_to for row in rows if row.valid_to]
        if not days or max(days) >= self.day:
            return Said(f"目录中{name}的备案在发布之日尚未生效", EXPIRED)
        return Said(f"目录中{name}的备案已于{max(days)}到期", EXPIRED)

    def _absent(self, name: str, directory: Directory) -> Said:
        if directory.left(name):
            return Said(f"“{name}”曾在目录中，目录{as_of(directory)}已不再载有")
        found = directory.look_up(name)
        if found.how == "near":
            return Said(f"目录中有相近的“{found.bodies[0].name}”，是否同一机构须核对", None)
        if found.bodies:
            return self._in_force(found.bodies)
        unknown = cannot_tell(name, directory)
        if unknown:
            return Said(unknown, None)
        return Said(f"目录{as_of(directory)}中没有“{name}”")

    # ---- for what --------------------------------------------------------------------------

    def _scope(self, match: Match, directory: Directory) -> Said:
        """A filed body that offers an occupation, a level or an audience it is not filed for."""
        low, high = self.document.sentence(match.start, match.end)
        bodies = self._bodies_at(directory, low, high) or self._bodies_elsewhere(directory)
        training = match.rule.code.startswith("C1")
        filings = [
            row
            for body in bodies
            for row in body.on(self.day)
            if (row.kind is FiledKind.TRAINING) is training
        ]
        if not filings:
            return Said("", unsure=self._no_scope(bodies, directory, low, high))
        name = f"“{filings[0].body}”"
        text = self.document.text[low:high]
        jobs = self._jobs(directory, low, high)
        known = [row for row in filings if row.occupation or row.trade]
        for job in jobs if known else ():
            rows = [row for row in known if is_job(row, job)]
            if not rows:
                return Said(f"目录{as_of(directory)}中{name}没有载明“{job}”")
            wrong = beyond(rows, text, one_job=len(jobs) == 1)
            if wrong:
                return Said(f"目录{as_of(directory)}中{name}的“{job}”{wrong}")
        return Said("", unsure=unsettled(known, jobs, text))

    def _no_scope(self, bodies: Sequence[Body], directory: Directory, low: int, high: int) -> str:
        """Why there is no filing that a scope could be held against."""
        if bodies:
            return (
                f"目录{as_of(directory)}中“{bodies[0].name}”没有在有效期内的此类备案，无法核对范围"
            )
        spans = list(names_in(self.document.text, low, high))
        if not spans:
            return "文中没有认出机构全称，无法与目录核对"
        name = self.document.text[slice(*spans[-1])]
        absent = f"目录{as_of(directory)}中没有“{name}”，无法核对其备案范围"
        return cannot_tell(name, directory) or absent

    def _jobs(self, directory: Directory, low: int, high: int) -> list[str]:
        """Occupations on offer there; a body's own name offers none."""
        text = list(self.document.text[low:high])
        named = self._names(directory)
        at = bisect_left(named, low, key=lambda one: one.start)
        for one in named[at : at + high - low]:
            if one.end <= high:
                text[one.start - low : one.end - low] = " " * (one.end - one.start)
        return offered("".join(text), directory)

    # ---- where -----------------------------------------------------------------------------

    def _bodies_at(self, directory: Directory, low: int, high: int) -> tuple[Body, ...]:
        named = self._names(directory)
        at = bisect_left(named, low, key=lambda one: one.start)
        inside = (one for one in named[at : at + 1] if one.end <= high)
        return next((one.bodies for one in inside), ())

    def _names(self, directory: Directory) -> list[Named]:
        if self._named is None:
            self._named = directory.named(self.document.text)
        return self._named

    def _bodies_elsewhere(self, directory: Directory) -> tuple[Body, ...]:
        """The only filed body that the text names, in its title or account perhaps."""
        names = {one.bodies[0].name: one.bodies for one in self._names(directory)}
        return next(iter(names.values())) if len(names) == 1 else ()

    def _unlisted_name(self, low: int, high: int) -> str:
        text = self.document.text
        spans = list(names_in(text, low, high))
        for name, start, end in self.document.bounds:
            if name in ("account", "title") and not spans:
                spans = list(names_in(text, start, end))
        names = [text[start:end] for start, end in spans]
        return next((name for name in names if len(own_word(key(name))) >= 2), "")

    def _names_somebody(self, match: Match) -> bool:
        """Whether there is a body whose scope could be looked up at all."""
        window = self.document.sentence(match.start, match.end)
        return match.rule.directory != "scope" or any(names_in(self.document.text, *window))

    def _number(self, low: int, high: int) -> str:
        for found in _NUMBER.finditer(self.document.text, low, high):
            before = self.document.text[max(low, found.start() - 6) : found.end()]
            if not _ICP.search(before):
                return found[1].strip("()")
        return ""


def as_of(directory: Directory) -> str:
    return f"（截至{directory.as_of}）"


def cannot_tell(name: str, directory: Directory) -> str:
    """Why the absence of a name says nothing; "" where the body would have to stand there."""
    reasons = (
        (len(own_word(key(name))) < 2, f"“{name}”没有字号，无法与目录核对"),
        (not directory.covers(province_of(name)), f"目录不含“{name}”所在地区，无法核对"),
        (not directory.kinds & EVALUATORS, "目录只有培训机构，无法核对评价机构"),
        (
            bool(_CENTRE.search(name)) and FiledKind.ASSESSMENT not in directory.kinds,
            "目录不含鉴定机构，无法核对",
        ),
    )
    return next((reason for holds, reason in reasons if holds), "")


def borne_out(findings: Sequence[Finding], check: Check) -> bool:
    """Whether the directory bears out a claim of filing, and nothing graver stands beside it."""
    strong = [one for one in findings if one.score >= _STRONG]
    return check.lawful and all(one.code in _FILED_MAY_SAY for one in strong)


def reason_untold(finding: Finding) -> str:
    """Why the directory could not tell of this finding; "" where it could, or was not asked."""
    if finding.proves != "directory" or finding.score > UNKNOWN:
        return ""
    return finding.why.removesuffix(_LOWERED).rstrip("。").rpartition("；")[2]


def lowered(findings: Sequence[Finding], check: Check) -> list[Finding]:
    """A body whose filing was borne out may say so: such findings keep a part of their score.

    Not where it also promises, sells or forges something that no filing allows.
    """
    if not borne_out(findings, check):
        return list(findings)
    return [
        replace(
            one,
            score=round(one.score * LEFT, 4),
            why=one.why.rstrip("。") + _LOWERED,
        )
        if one.code in _FILED_MAY_SAY
        else one
        for one in findings
    ]
