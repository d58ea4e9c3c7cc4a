"""One record of `certsweep check --jsonl`: read, and answered in the caller's own offsets."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from classifiers.html_text import visible_text
from classifiers.subject import Subject
from classifiers.tables_file import searchable
from storage.bilingual import Bilingual, Problem
from storage.machine_words import json_words
from storage.records import Evidence, Finding, Judgement

OURS = ZoneInfo("Asia/Shanghai")  # a published_at without a zone is a Chinese clock's
OPTIONAL = ("title", "url", "account", "platform")
YEARS = range(1970, 2101)  # outside, a date is a slip and conversions overflow

Answer = dict[str, Any]


class TextJudge(Protocol):
    """What check needs of a judge."""

    def judge(self, subject: Subject, /, *, keep_weak: bool = False) -> Judgement: ...


class BadRecord(Problem):
    """A line that is no record; `id` is the caller's where it could be read."""

    def __init__(self, zh: str, en: str, id_: str | int | None = None) -> None:
        super().__init__(zh, en)
        self.id = id_


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a judged text stands in one of the caller's own strings."""

    field: str
    source: str
    starts: Sequence[int] | None = None  # None: the text is the source itself
    ends: Sequence[int] | None = None

    def slice(self, start: int, end: int) -> tuple[int, int]:
        if self.starts is None or self.ends is None or start >= end:
            return start, end
        return min(self.starts[start:end]), max(self.ends[start:end])


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    id: str | int
    subject: Subject
    origins: Mapping[str, Origin]  # by field of the subject


def read_record(line: str) -> Record:
    """A line as a record; raises BadRecord that says what is wrong with it."""
    raw = parsed(line)
    id_ = raw.get("id")
    if id_ is None:
        raise BadRecord("缺少 id。", "there is no id.")
    if isinstance(id_, bool) or not isinstance(id_, str | int):
        raise BadRecord("id 应为字符串或整数。", "id must be a string or a whole number.")
    try:
        return record_of(id_, raw)
    except BadRecord as bad:
        raise BadRecord(bad.text.zh, bad.text.en, id_) from bad


def parsed(line: str) -> Mapping[str, Any]:
    try:
        raw = json.loads(line)
    except (ValueError, RecursionError) as error:
        why = json_words(error)
        raise BadRecord(f"不是 JSON：{why.zh}。", f"not JSON: {why.en}.") from error
    if not isinstance(raw, dict):
        raise BadRecord("一行应是一个 JSON 对象。", "a line must be one JSON object.")
    return raw


def record_of(id_: str | int, raw: Mapping[str, Any]) -> Record:
    given = [name for name in ("text", "html") if name in raw]
    if not given:
        raise BadRecord("缺少 text 或 html。", "there is neither text nor html.")
    if len(given) == 2:
        raise BadRecord("text 与 html 只能给一个。", "give text or html, not both.")
    texts = {name: string(raw, name) for name in (*given, *OPTIONAL) if name in raw}
    origins = {name: Origin(field=name, source=texts[name]) for name in texts if name != "html"}
    if "html" in texts:
        from_html = html_origins(texts["html"], titled="title" in texts)
        texts |= {name: text for name, (text, _) in from_html.items()}
        origins |= {name: origin for name, (_, origin) in from_html.items()}
    subject = Subject(
        text=searchable(texts["text"]),
        published_at=moment(raw.get("published_at")),
        **{name: searchable(texts.get(name, "")) for name in OPTIONAL},
    )
    return Record(id=id_, subject=subject, origins=origins)


def html_origins(html: str, *, titled: bool) -> dict[str, tuple[str, Origin]]:
    """The visible text and the title with their way back into the HTML.

    Where the caller gave a title of its own, the page's <title> is read as its first line.
    """
    page = visible_text(html)
    body = Origin(field="html", source=html, starts=page.starts, ends=page.ends)
    title = Origin(field="html", source=html, starts=page.title_starts, ends=page.title_ends)
    if not titled:
        return {"text": (page.text, body), "title": (page.title, title)}
    if not page.title:
        return {"text": (page.text, body)}
    after = page.title_ends[-1]
    joined = Origin(
        field="html",
        source=html,
        starts=[*page.title_starts, after, *page.starts],
        ends=[*page.title_ends, after, *page.ends],
    )
    return {"text": (f"{page.title}\n{page.text}", joined)}


def string(raw: Mapping[str, Any], name: str) -> str:
    value = raw[name]
    if not isinstance(value, str):
        raise BadRecord(f"{name} 应为字符串。", f"{name} must be a string.")
    return value


def moment(value: object) -> datetime | None:
    """ISO 8601; without a zone it is Beijing time; null says that it is not known."""
    if value is None:
        return None
    try:
        read = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        read = None
    if read is None or read.year not in YEARS:
        raise BadRecord(
            "published_at 应为 ISO 8601 时间，如 2026-03-01T08:00:00+08:00。",
            "published_at must be an ISO 8601 time such as 2026-03-01T08:00:00+08:00.",
        )
    return read if read.tzinfo else read.replace(tzinfo=OURS)


def answer(record: Record, judgement: Judgement, *, explain: bool = False) -> Answer:
    """The output line of a record."""
    line: Answer = {
        "id": record.id,
        "flagged": judgement.flagged,
        "score": judgement.score,
        "findings": [said(record, finding, explain=explain) for finding in judgement.findings],
    }
    if explain:
        line |= {"stance": judgement.stance, "engine": judgement.engine}
    return line


def said(record: Record, finding: Finding, *, explain: bool) -> Answer:
    """One finding: its strongest evidence at its own level, what else there is under `more`."""
    places = [place(record, evidence) for evidence in finding.evidence]
    line: Answer = {
        "rule": finding.rule,
        "code": finding.code,
        "clause": finding.clause.value,
        **places[0],
        "score": finding.score,
        "why": finding.why,
        "legal_basis": list(finding.legal_basis),
    }
    if places[1:]:
        line["more"] = places[1:]
    if explain:
        line |= {
            "version": finding.version,
            "severity": finding.severity,
            "proves": finding.proves,
        }
    return line


def place(record: Record, evidence: Evidence) -> Answer:
    """Evidence in the caller's own string: `field[start:end] == quote`."""
    origin = record.origins[evidence.field]
    start, end = origin.slice(evidence.start, evidence.end)
    return {
        "field": origin.field,
        "start": start,
        "end": end,
        "quote": origin.source[start:end],
    }


def failure(id_: str | int | None, text: Bilingual, line: int, file: str) -> Answer:
    """The output line of a line that could not be judged; `file` where there are several."""
    found: Answer = {"id": id_, "error": {"zh": text.zh, "en": text.en}, "line": line}
    return found | ({"file": file} if file else {})


def as_line(said_: Answer) -> bytes:
    """One JSON line in UTF-8; half surrogate pairs, which UTF-8 cannot carry, stay escaped."""
    try:
        return json.dumps(said_, ensure_ascii=False).encode() + b"\n"
    except UnicodeEncodeError:
        return json.dumps(said_).encode() + b"\n"
