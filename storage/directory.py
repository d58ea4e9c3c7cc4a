"""The directory of filed bodies: editions of lists, kept for ever, and their rows.

A list has a name; its newest edition is what counts. Several lists (one a city, one a kind of
body) count together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Engine, insert, inspect, select, update

from storage.audit import record
from storage.bilingual import Bilingual, Problem
from storage.columns import AnyRow, utc_now
from storage.database import read, read_streamed, write
from storage.directory_models import directory_editions, directory_rows
from storage.records import FiledKind, Filing

COLUMNS = tuple(field.name for field in fields(Filing))
KIND_WORDS: Mapping[FiledKind, Bilingual] = {
    FiledKind.SOCIAL: Bilingual("社会培训评价组织（S）", "social evaluation body (S)"),
    FiledKind.EMPLOYER: Bilingual("用人单位（Y）", "employer (Y)"),
    FiledKind.ASSESSMENT: Bilingual("鉴定机构", "assessment body (鉴定)"),
    FiledKind.SPECIAL: Bilingual("专项职业能力考核机构", "special ability body (专项)"),
    FiledKind.EXAMINATION: Bilingual("考务机构", "examination body (考务)"),
    FiledKind.TRAINING: Bilingual("培训机构", "training body (培训)"),
}
BATCH = 2_000  # rows sent to the database at a time
NEWEST_FIRST = (directory_editions.c.as_of.desc(), directory_editions.c.id.desc())


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where an edition comes from."""

    name: str  # of the list
    as_of: date
    file: str
    sha256: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    id: int
    name: str
    as_of: date
    source: str
    sha256: str
    imported_at: datetime
    imported_by: str
    rows: int
    bodies: int
    current: bool  # the newest of its list


def add_edition(
    engine: Engine, source: Source, filings: Iterable[Filing], base: int | None = None
) -> Edition:
    """Keep an edition with all its rows, or nothing at all.

    `base`: the edition of the list that was the newest when a person looked at the differences, 0
    for none. Raises Problem where another one is the newest by now, where there is no row, or where
    this very file is there for this day already. An error raised by `filings` leaves nothing
    behind.
    """
    with write(engine) as connection:
        if base is not None:
            demand_base(connection, source.name, base)
        if known(connection, source):
            raise Problem(
                f"名册“{source.name}”{source.as_of} 的这一文件早已导入，没有重复导入。",
                f"This very file was imported before as {source.name!r} of {source.as_of}; "
                "nothing was done.",
            )
        new = new_edition(connection, source)
        rows, bodies = insert_rows(connection, new, filings)
        if rows == 0:
            raise Problem("文件里没有一行机构，没有导入。", "The file holds no body; not imported.")
        connection.execute(
            update(directory_editions)
            .where(directory_editions.c.id == new)
            .values(rows=rows, bodies=bodies)
        )
        told = {"list": source.name, "file": source.file, "sha256": source.sha256, "rows": rows}
        record(connection, source.by, "directory.import", f"directory:{new}", told)
    return next(edition for edition in editions(engine) if edition.id == new)


def demand_base(connection: Connection, name: str, base: int) -> None:
    newest = select(directory_editions.c.id).where(directory_editions.c.name == name)
    found = connection.execute(newest.order_by(*NEWEST_FIRST).limit(1)).scalar_one_or_none()
    if (found or 0) != base:
        raise Problem(
            f"您查看差异之后，名册“{name}”又有了新版；没有导入。请重新上传并查看差异。",
            f"{name!r} got another edition since you saw the differences; nothing was imported. "
            "Upload it again and look at them anew.",
        )


def known(connection: Connection, source: Source) -> bool:
    same = (
        (directory_editions.c.name == source.name)
        & (directory_editions.c.as_of == source.as_of)
        & (directory_editions.c.sha256 == source.sha256)
    )
    return connection.execute(select(directory_editions.c.id).where(same)).first() is not None


def new_edition(connection: Connection, source: Source) -> int:
    values = {
        "name": source.name,
        "as_of": source.as_of,
        "source": source.file,
        "sha256": source.sha256,
        "imported_at": utc_now(),
        "imported_by": source.by,
        "rows": 0,
        "bodies": 0,
    }
    made = insert(directory_editions).values(values).returning(directory_editions.c.id)
    return int(connection.execute(made).scalar_one())


def insert_rows(connection: Connection, edition: int, filings: Iterable[Filing]) -> tuple[int, int]:
    """How many rows and bodies there were."""
    rest, count = iter(filings), 0
    bodies: set[str] = set()
    while batch := list(islice(rest, BATCH)):
        values = [{"edition_id": edition, **asdict(one)} for one in batch]
        connection.execute(insert(directory_rows), values)
        count += len(batch)
        bodies.update(one.body for one in batch)
    return count, len(bodies)


def has_directory(engine: Engine) -> bool:
    """Whether the database knows the table; an older one may not."""
    with read(engine) as connection:
        return bool(inspect(connection).has_table(directory_editions.name))


def editions(engine: Engine) -> list[Edition]:
    """All editions, list by list, the newest of each first."""
    order = (directory_editions.c.name, *NEWEST_FIRST)
    with read(engine) as connection:
        rows = connection.execute(select(directory_editions).order_by(*order)).all()
    seen: set[str] = set()
    return [edition_of(row, seen) for row in rows]


def edition_of(row: AnyRow, seen: set[str]) -> Edition:
    current = row.name not in seen
    seen.add(row.name)
    return Edition(**row._mapping, current=current)


def filings(engine: Engine, edition_id: int, body: str = "") -> Iterator[Filing]:
    """Rows of an edition in the order of the file; of one body where it is named."""
    columns = (directory_rows.c[name] for name in COLUMNS)
    query = select(*columns).where(directory_rows.c.edition_id == edition_id)
    if body:
        query = query.where(directory_rows.c.body == body)
    kept: dict[Any, Any] = {}  # one object for each text and day: rows repeat them by thousands
    with read_streamed(engine) as connection:
        for row in connection.execute(
            query.order_by(directory_rows.c.id), execution_options={"yield_per": BATCH}
        ):
            values = [kept.setdefault(value, value) for value in row]
            yield filing_of(dict(zip(COLUMNS, values, strict=True)))


def filing_of(values: dict[str, Any]) -> Filing:
    return Filing(**values | {"kind": FiledKind(values["kind"])})


def bodies(engine: Engine, edition_ids: Iterable[int]) -> set[str]:
    """Names of all bodies that stand in these editions."""
    wanted = directory_rows.c.edition_id.in_(list(edition_ids))
    with read(engine) as connection:
        return set(
            connection.execute(select(directory_rows.c.body).distinct().where(wanted)).scalars()
        )
