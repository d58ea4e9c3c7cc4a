"""The desk's tools: heavy questions go to the helper process, the rest is answered here."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any, Protocol

from sqlalchemy import Engine

from console.tools import (
    Channels,
    Looked,
    Preview,
    RulePage,
    RuleRow,
    SourceRow,
    SweepState,
    Tried,
    TypedText,
    Upload,
)
from door.desk_sweeps import SweepControl
from door.outcomes import state_words
from door.settings import Settings
from door.source_words import source_reason, source_state, what_to_do
from storage.audit import Walk
from storage.bilingual import Bilingual
from storage.directory import Edition
from storage.platform_words import platform_said
from storage.sessions import kept_logins
from storage.sources import UNKNOWN, SourceHealth, health


class Asked(Protocol):
    """`door.desk_helper.Helper`; most tests answer without a process of its own."""

    def ask(self, function: str, *arguments: Any) -> Any: ...  # noqa: ANN401 (of the function)

    def close(self) -> None: ...


class DeskTools:
    def __init__(
        self, engine: Engine, settings: Settings, helper: Asked, sweep: Sequence[str] = ()
    ) -> None:
        self.engine = engine
        self.settings = settings
        self.helper = helper
        self.ask = helper.ask
        self.sweeps = SweepControl(engine, settings, sweep)
        self._names: dict[str, str] = {}
        self._lock = threading.Lock()

    def close(self) -> None:
        self.helper.close()

    def channels(self) -> Channels:
        found: Channels = self.ask("channels")
        return found

    def rules(self) -> tuple[tuple[RuleRow, ...], str]:
        found: tuple[tuple[RuleRow, ...], str] = self.ask("rules")
        return found

    def rule(self, name: str, lang: str) -> RulePage | None:
        found: RulePage | None = self.ask("rule", name, lang)
        return found

    def try_text(self, typed: TypedText, lang: str) -> Tried:
        found: Tried = self.ask("try_text", typed, lang)
        return found

    def look_up(self, name: str) -> Looked:
        found: Looked = self.ask("look_up", name)
        return found

    def stage(self, upload: Upload, by: str) -> str:
        token: str = self.ask("stage", upload, by)
        return token

    def staged(self, token: str, by: str) -> Preview:
        found: Preview = self.ask("staged", token, by)
        return found

    def import_staged(self, token: str, by: str) -> Edition:
        made: Edition = self.ask("import_staged", token, by)
        return made

    def forget(self, token: str, by: str) -> None:
        self.ask("forget", token, by)

    def verify(self, head: str) -> Walk:
        found: Walk = self.ask("walk", head)
        return found

    def sources(self) -> tuple[SourceRow, ...]:
        """Every source there is, also those that were never read."""
        names, known = self.source_names(), health(self.engine)
        logins = kept_logins(self.settings.home)
        return tuple(
            source_row(name, names.get(name, ""), known.get(name), login=name in logins)
            for name in sorted(names.keys() | known.keys())
        )

    def source_names(self) -> dict[str, str]:
        """Asked for once: no source comes or goes while a program runs."""
        with self._lock:
            if not self._names:
                self._names = self.ask("source_names")
            return self._names

    def source_word(self, name: str) -> Bilingual:
        return Bilingual(self.source_names().get(name) or name, platform_said(name).en)

    def outcome(self, state: str, reason: str) -> tuple[Bilingual, Bilingual]:
        """What became of a page, and why, in words."""
        return state_words(state), source_reason(reason)

    def sweep_state(self) -> SweepState:
        return self.sweeps.state()

    def start_sweep(self, by: str) -> None:
        self.sweeps.start(by)

    def stop_sweep(self, by: str) -> None:
        self.sweeps.stop(by)


def source_row(name: str, zh: str, one: SourceHealth | None, *, login: bool) -> SourceRow:
    state, reason = (one.state, one.reason) if one else (UNKNOWN, "")
    return SourceRow(
        name=name,
        word=Bilingual(zh or name, platform_said(name).en),
        state=state,
        state_word=source_state(state),
        reason=source_reason(reason),
        advice=what_to_do(name, state, reason),
        since=one.since if one else None,
        last_run=one.last_run if one else None,
        last_good=one.last_good if one else None,
        pages=one.pages if one else 0,
        posts=one.posts if one else 0,
        flagged=one.flagged if one else 0,
        login=login,
    )
