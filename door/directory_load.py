"""The directory for the judge, read from the database once."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Engine

from classifiers.directory import Directory, build_directory
from door.settings import Settings
from door.speech import say
from storage.bilingual import Problem
from storage.database import DATABASE_NAME, open_database
from storage.directory import Edition, bodies, editions, filings, has_directory


def load_directory(engine: Engine) -> Directory | None:
    """All lists in their newest editions as one; None where none was ever imported."""
    known = editions(engine)
    current = [one for one in known if one.current]
    if not current:
        return None
    return build_directory(
        (filing for one in current for filing in filings(engine, one.id)),
        as_of=oldest(current),
        former=bodies(engine, [one.id for one in known if not one.current]),
        stamp=" ".join(f"{one.name}@{one.as_of}:{one.sha256}" for one in current),
    )


def oldest(lists: list[Edition]) -> date:
    """As of when all of them are true."""
    return min(one.as_of for one in lists)


def directory_if_any(settings: Settings) -> Directory | None:
    """For a command that needs no database: what cannot be read is said and not asked.

    Makes no database and no folder.
    """
    if not settings.database_url and not (settings.home / DATABASE_NAME).exists():
        return None
    try:
        engine = open_database(settings.database_url, settings.home)
        if not has_directory(engine):
            return None
        return load_directory(engine)
    except Problem as problem:
        say(
            f"备案机构目录读不出来，按未导入判读：{problem.text.zh}",
            f"The directory of filed bodies cannot be read; judged without it: {problem.text.en}",
        )
        return None
