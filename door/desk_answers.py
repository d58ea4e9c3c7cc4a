"""What the desk asks of the judge, the tables, the spiders and the readers of sheets.

Runs in the helper process. Everything that takes long to make is made once and made anew when the
files it comes from have changed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from classifiers.directory import Directory
from classifiers.rulebook import Rule
from classifiers.tables_file import read_table, searchable
from console.tools import (
    Channel,
    Channels,
    Looked,
    Preview,
    Proof,
    RulePage,
    RuleRow,
    Tried,
    TypedText,
    Upload,
)
from door import desk_uploads as uploads
from door import rule_trial
from door.check_files import looks_like_html
from door.check_record import record_of
from door.directory_load import load_directory
from door.directory_look import found_in
from door.explain_report import Explainer
from door.office_judge import office_judge, rules_folder
from door.rule_page import file_of, list_row, page
from door.rule_words import FIELDS, PROVES_SHORT, Shelf, shelf
from door.settings import Settings
from door.sources import all_sources
from door.speech import speaking, t
from storage.audit import Walk, verify
from storage.bilingual import Bilingual
from storage.database import open_database
from storage.directory import Edition, editions
from storage.records import Post

OURS = ZoneInfo("Asia/Shanghai")  # a law is in force by Chinese days
Made = TypeVar("Made")
KEPT: dict[str, tuple[object, object]] = {}  # by name: the stamp it was made under, what was made


def kept(name: str, stamp: object, make: Callable[[], Made]) -> Made:
    known = KEPT.get(name)
    if known is None or known[0] != stamp:
        known = KEPT[name] = (stamp, make())
    made: Made = known[1]  # type: ignore[assignment]
    return made


def connected(settings: Settings) -> Engine:
    """One engine for the life of the child."""
    stamp = (settings.database_url, settings.home)
    return kept("engine", stamp, lambda: open_database(settings.database_url, settings.home))


def files_stamp(settings: Settings) -> tuple[object, ...]:
    """Of what an office may change between two questions: its rules and its model."""
    folders = [rules_folder(settings), settings.home / "model"]
    files = (path for folder in folders if folder for path in sorted(folder.glob("*")))
    return (settings, *((path, path.stat().st_mtime_ns, path.stat().st_size) for path in files))


def directory_of(settings: Settings) -> Directory | None:
    engine = connected(settings)
    stamp = tuple(one.id for one in editions(engine) if one.current)
    return kept("directory", (settings, stamp), lambda: load_directory(engine))


def whole_shelf(settings: Settings) -> Shelf:
    """With the directory and the learned model, as `certsweep check --explain` judges."""
    directory = directory_of(settings)
    stamp = (files_stamp(settings), directory.fingerprint if directory else "")
    return kept("judge", stamp, lambda: Shelf(office_judge(settings, directory)))


def rule_shelf(settings: Settings) -> Shelf:
    """The rules by themselves, as `certsweep rules` shows them."""
    return kept("shelf", files_stamp(settings), lambda: shelf(settings))


# ---- channels -----------------------------------------------------------------------------------


def channels(_settings: Settings) -> Channels:
    table = read_table("hosts")
    rows = tuple(
        Channel(
            host=row["host"],
            what=row["what"],
            english=row.get("en", ""),
            kind=row["kind"],
            verified=bool(row.get("verified", False)),
        )
        for row in table["official"]
    )
    return Channels(
        as_of=str(table["as_of"]),
        source=str(table["source"]),
        source_english=str(table["source_en"]),
        rows=rows,
    )


# ---- rules --------------------------------------------------------------------------------------


def rules(settings: Settings) -> tuple[tuple[RuleRow, ...], str]:
    """All rules by code, and the folder of the office's own, "" without one."""
    known = rule_shelf(settings)
    rows = sorted(known.judge.eye.rules, key=lambda rule: (rule.code, rule.name))
    return tuple(rule_row(known, one) for one in rows), str(known.office or "")


def rule_row(known: Shelf, rule: Rule) -> RuleRow:
    row = list_row(known, rule)
    return RuleRow(
        name=rule.name,
        code=rule.code,
        clause=rule.clause.value,
        word=Bilingual(rule.zh, rule.en),
        version=rule.version,
        severity=rule.severity,
        score=rule.score,
        proves=Bilingual(*PROVES_SHORT[rule.proves]),
        words=row["words"],
        patterns=row["patterns"],
        origin=Bilingual(*known.origin(rule)),
    )


def rule(settings: Settings, name: str, lang: str) -> RulePage | None:
    known = rule_shelf(settings)
    found = next((one for one in known.judge.eye.rules if one.name == name), None)
    if found is None:
        return None
    with speaking(lang):
        tried = list(rule_trial.proofs(known, [found]))
        today = datetime.now(OURS).date()
        return RulePage(
            row=rule_row(known, found),
            lines=tuple(page(known, found, today, with_examples=False)),
            plain=tuple(page(known, found, today, with_examples=False, for_writers=False)),
            written=(file_of(known, found), *(one.regex.pattern for one in found.patterns)),
            hits=tuple(proof_of(one) for one in tried if one.wanted),
            misses=tuple(proof_of(one) for one in tried if not one.wanted),
        )


def proof_of(proof: rule_trial.Proof) -> Proof:
    parts = (
        text if name == "text" else t("{}：{}", "{}: {}").format(t(*FIELDS[name]), text)
        for name, text in proof.example.parts.items()
    )
    return Proof(
        text="　".join(parts),
        note=proof.example.quote if proof.wanted else proof.example.reason,
        holds=proof.holds,
        found=proof.found,
    )


def try_text(settings: Settings, typed: TypedText, lang: str) -> Tried:
    known = whole_shelf(settings)
    kind = "html" if looks_like_html("", typed.text) else "text"
    raw = {kind: typed.text, "title": typed.title, "account": typed.account, "url": typed.url}
    record = record_of(0, {name: searchable(text) for name, text in raw.items() if text})
    subject = record.subject
    with speaking(lang):
        judgement = known.judge.judge(subject)
        told = Explainer(known).text(record)
    post = Post(
        platform="web",
        post_id="",
        url=subject.url,
        url_found=subject.url,
        title=subject.title,
        text=subject.text,
        author=subject.account,
    )
    return Tried(post=post, judgement=judgement, lines=tuple(told.strip().split("\n")))


# ---- the rest -----------------------------------------------------------------------------------


def source_names(_settings: Settings) -> dict[str, str]:
    return {name: spider.zh for name, spider in all_sources().items()}


def look_up(settings: Settings, name: str) -> Looked:
    directory = directory_of(settings)
    if directory is None:
        return Looked(how="", rows=(), left=False)
    how, rows, left = found_in(directory, name)
    return Looked(how=how, rows=tuple(rows), left=left)


def walk(settings: Settings, head: str) -> Walk:
    return verify(connected(settings), head)


# ---- uploads ------------------------------------------------------------------------------------


def stage(settings: Settings, upload: Upload, by: str) -> str:
    return uploads.stage(connected(settings), settings.home, upload, by).token


def staged(settings: Settings, token: str, by: str) -> Preview:
    found = uploads.find(settings.home, token, by)
    return uploads.preview(connected(settings), settings.home, found)


def import_staged(settings: Settings, token: str, by: str) -> Edition:
    found = uploads.find(settings.home, token, by)
    return uploads.import_staged(connected(settings), settings.home, found)


def forget(settings: Settings, token: str, by: str) -> None:
    uploads.forget(settings.home, uploads.find(settings.home, token, by))
