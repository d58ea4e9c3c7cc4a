"""What the desk may ask of rooms it does not know: the judge, the spiders, the readers of sheets.

The door hands the tools in (`door/desk_tools.py`); the pages know these shapes and nothing else.
Texts that come in one language only are in the language asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

from storage.audit import Walk
from storage.bilingual import Bilingual
from storage.directory import Edition
from storage.directory_changes import Changes
from storage.records import FiledKind, Filing, Judgement, Post


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """An official host as the judge knows it."""

    host: str
    what: str
    kind: str  # query, government, report, register, exam
    verified: bool  # whether somebody has looked at the site itself
    english: str = ""  # what it is; "" where the table does not say


@dataclass(frozen=True, slots=True, kw_only=True)
class Channels:
    as_of: str
    source: str
    rows: tuple[Channel, ...]
    source_english: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRow:
    name: str
    code: str
    clause: str
    word: Bilingual
    version: int
    severity: int
    score: float
    proves: Bilingual
    words: int
    patterns: int
    origin: Bilingual


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One example of a rule: what it must do and what it does."""

    text: str
    note: str  # the quote that must be found, or why the text must stay clean
    holds: bool
    found: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RulePage:
    row: RuleRow
    lines: tuple[str, ...]  # everything
    plain: tuple[str, ...]  # without what only whoever writes rules can read
    written: tuple[str, ...]  # that: its file, and its patterns as they are written there
    hits: tuple[Proof, ...]
    misses: tuple[Proof, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedText:
    """What somebody wants judged."""

    text: str
    title: str = ""
    account: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    post: Post  # the typed text in the shape that quotes point into
    judgement: Judgement
    lines: tuple[str, ...]  # as `certsweep check --explain` prints them


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    name: str
    word: Bilingual
    state: str  # good, blocked, changed, expired, failing, unknown
    state_word: Bilingual
    reason: Bilingual
    advice: Bilingual
    since: datetime | None
    last_run: datetime | None
    last_good: datetime | None
    pages: int
    posts: int
    flagged: int
    login: bool  # whether a login is kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A directory's file as it came, and what a person said of it."""

    path: Path
    file: str  # the name it came under
    name: str  # of the list, "" for the kind's
    kind: FiledKind | None
    as_of: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What an upload would change; nothing has been imported."""

    token: str
    name: str
    as_of: date
    file: str
    rows: int
    bodies: int
    current: Edition | None  # the edition it is held against: the newest of the list
    becomes_current: bool
    changes: Changes | None
    repeated: int
    unknown: tuple[str, ...]  # headings nobody knows
    unread: tuple[str, ...]  # sheets without a header


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What the judge finds in the directory for a name."""

    how: str  # "number", "near", "exact", … or "" for nothing
    rows: tuple[Filing, ...]
    left: bool  # stood in an earlier edition only


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A sweep at work, wherever it was started."""

    holder: str  # user@host pid N
    since: datetime
    here: bool  # on this machine, so that it can be told to stop
    stopping: bool
    revisit: bool  # looks at takedowns, not a sweep: both take the same lock


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepState:
    running: Running | None
    starting: bool  # asked for here, not yet at work
    command: tuple[str, ...]  # what a start runs; () where the desk was given no targets
    last_words: str  # of the last one started here, where it failed
    ending: bool = False  # started here, through with its work, its process not gone yet


class Tools(Protocol):
    """Every method may raise Problem."""

    def close(self) -> None: ...

    def channels(self) -> Channels: ...

    def rules(self) -> tuple[tuple[RuleRow, ...], str]: ...

    def rule(self, name: str, lang: str) -> RulePage | None: ...

    def try_text(self, typed: TypedText, lang: str) -> Tried: ...

    def sources(self) -> tuple[SourceRow, ...]: ...

    def look_up(self, name: str) -> Looked: ...

    def stage(self, upload: Upload, by: str) -> str: ...

    def staged(self, token: str, by: str) -> Preview: ...

    def import_staged(self, token: str, by: str) -> Edition: ...

    def forget(self, token: str, by: str) -> None: ...

    def verify(self, head: str) -> Walk: ...

    def source_word(self, name: str) -> Bilingual: ...

    def outcome(self, state: str, reason: str) -> tuple[Bilingual, Bilingual]: ...

    def sweep_state(self) -> SweepState: ...

    def start_sweep(self, by: str) -> None: ...

    def stop_sweep(self, by: str) -> None: ...


def shown_command(command: Sequence[str]) -> str:
    return " ".join(("certsweep", *command))
