"""The corpus: texts written for this project, each with what a careful officer would say of it.

`learning/corpus/<part>/<pen>.jsonl`, one pen (author) a file, so that no author stands in two
parts: `train` is learned from, `tune` chooses between models, `test` is looked at by nobody who
changes the judge. Other JSON Lines can be read too: `label` 0 or 1 instead of `labels`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from classifiers.html_text import visible_text
from classifiers.rulebook import CLAUSES, FIELDS
from classifiers.subject import Subject
from classifiers.tables_file import searchable
from storage.bilingual import Bilingual, Problem
from storage.machine_words import json_words, not_utf8, os_words
from storage.records import Clause

FOLDER = Path(__file__).with_name("corpus")
PARTS = ("train", "tune", "test")
OFFENDING = ("plain", "disguised", "implied")
HONEST = ("hard", "ordinary")
_OURS = ZoneInfo("Asia/Shanghai")


class BadCorpus(Problem):
    """A line that cannot be used; names file, line and fault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """One offence of a text and the words that show it: getattr(subject, field)[start:end]."""

    code: str
    field: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    id: str
    subject: Subject
    offending: bool
    labels: tuple[Label, ...]  # empty where only offending or not is known
    stratum: str
    pen: str  # the author; "" where not known
    grey: bool = False  # even careful readers differ: left out of strict figures

    @property
    def clauses(self) -> frozenset[Clause]:
        return frozenset(CLAUSES[label.code[0]] for label in self.labels)


def read_part(part: str, folder: Path = FOLDER) -> list[Labelled]:
    """All texts of a part, by file name and line."""
    return [row for path in sorted((folder / part).glob("*.jsonl")) for row in read_file(path)]


def read_file(path: Path) -> Iterator[Labelled]:
    """Raises BadCorpus; an empty line is passed over."""
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")  # a text may hold U+2028
    except (OSError, UnicodeDecodeError) as error:
        why = os_words(error) if isinstance(error, OSError) else not_utf8(error)
        raise BadCorpus(
            f"读不了语料文件 {path.name}：{why.zh}；请检查路径和编码。",
            f"cannot read {path.name}: {why.en}; check its path and encoding.",
        ) from error
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _row(line, path, number)


def fingerprint(folder: Path = FOLDER) -> str:
    """Of every file of the corpus; 16 hex digits."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.jsonl")):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
        digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _row(line: str, path: Path, number: int) -> Labelled:
    try:
        return _labelled(json.loads(line), path, number)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        why = _fault(error)
        raise BadCorpus(
            f"{path.name} 第 {number} 行不合格式：{why.zh}。每行应有 id、text（或 html）、"
            "labels 或 label。",
            f"{path.name}, line {number}: {why.en}. A line needs id, text (or html), "
            "and labels or label.",
        ) from error


class _Slip(ValueError):
    """A row that is JSON and no labelled text."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.text = Bilingual(zh, en)


def _fault(error: Exception) -> Bilingual:
    if isinstance(error, _Slip):
        return error.text
    if isinstance(error, json.JSONDecodeError | RecursionError):
        why = json_words(error)
        return Bilingual(f"不是 JSON（{why.zh}）", f"not JSON ({why.en})")
    if isinstance(error, KeyError):
        return Bilingual(f"缺少 {error.args[0]}", f"{error.args[0]} is missing")
    return Bilingual("有一项的写法不对", str(error))


def _labelled(raw: Mapping[str, Any], path: Path, number: int) -> Labelled:
    subject = _subject(raw)
    labels = tuple(_label(each, subject) for each in raw.get("labels") or ())
    if "labels" not in raw and "stratum" not in raw and "label" not in raw:
        raise _Slip("没有标注（labels 或 label）", "no labels")
    if raw.get("label") not in {0, 1, None}:
        raise _Slip("label 应为 0 或 1", f"label {raw['label']!r} is neither 0 nor 1")
    offending = bool(labels) or bool(raw.get("label"))
    return Labelled(
        id=str(raw.get("id", f"{path.stem}:{number}")),
        subject=subject,
        offending=offending,
        labels=labels,
        stratum=_stratum(raw, offending),
        pen=str(raw.get("pen", "")),
        grey=bool(raw.get("grey", False)),
    )


def _subject(raw: Mapping[str, Any]) -> Subject:
    text, title = raw.get("text"), raw.get("title", "")
    if text is None:
        page = visible_text(raw["html"])
        text, title = page.text, title or page.title
    moment = datetime.fromisoformat(raw["published_at"]) if raw.get("published_at") else None
    if moment is not None and moment.tzinfo is None:
        moment = moment.replace(tzinfo=_OURS)
    return Subject(
        text=searchable(text),
        title=searchable(title),
        account=searchable(raw.get("account") or ""),
        url=raw.get("url") or "",
        platform=raw.get("platform") or "",
        published_at=moment,
    )


def _label(raw: Mapping[str, Any], subject: Subject) -> Label:
    """Its place may be given by numbers, by the words, or by both, which then must agree."""
    code, field = raw["code"], raw.get("field", "text")
    if not isinstance(code, str) or code[:1] not in CLAUSES:
        raise _Slip(f"没有违规编号 {code}", f"no code {code}")
    if field not in FIELDS:
        raise _Slip(f"没有 {field} 这一栏", f"no field {field}")
    said: str = getattr(subject, field)
    start = raw.get("start", said.find(raw["quote"]) if "quote" in raw else -1)
    end = raw.get("end", start + len(raw.get("quote", "")))
    if not 0 <= start < end <= len(said):
        raise _Slip(f"{code} 的词句不在 {field} 里", f"the words of {code} are not in {field}")
    if "quote" in raw and said[start:end] != raw["quote"]:
        raise ValueError(f"{field}[{start}:{end}] is not {raw['quote']!r}")
    return Label(code=code, field=field, start=start, end=end)


def _stratum(raw: Mapping[str, Any], offending: bool) -> str:
    if "stratum" in raw:
        stratum = str(raw["stratum"])
        if (stratum in OFFENDING and not offending) or (stratum in HONEST and offending):
            raise ValueError(f"{stratum} does not fit its labels")
        return stratum
    if offending:
        return "disguised" if raw.get("obfuscated") else "plain"
    return "hard" if raw.get("hard") else "trap" if raw.get("trap") else "ordinary"
