"""Full captures: kept once, never changed, found by case, by id and by what still lacks one.

The files lie in the snapshot store before a row names them, so that a row never points at nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Select, insert, select

from storage.capture_models import capture_artefacts, captures
from storage.columns import AnyRow
from storage.models import case_posts, cases, decisions, posts
from storage.records import Artefact, Capture, Verdict

WALL = "page"  # of Capture.parts: a captcha, a login or a refusal stood in the page's place
# Words of a part that is there, but not all of it: our own pace or a silent server left something
# out that another try may bring.
LEFT_OPEN = frozenset({"unfinished", "busy"})
MOST_TRIES = 3  # of a page of which nothing came; afterwards a person asks for it by its URL

Wanted = tuple[int, str]  # case and URL


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncaptured:
    """A flagged page of which there is no capture yet, or only one of a wall or in part."""

    case_id: int
    url: str
    tries: int  # captures that did not bring it whole
    in_part: bool = False  # one brought it, with something left open


def keep(connection: Connection, capture: Capture) -> None:
    """Add the capture and its artefacts; the one it tries again must have been kept before.

    Raises LookupError for an unknown `again_of`, IntegrityError for an id kept already.
    """
    row = connection.execute(insert(captures).values(capture_values(connection, capture)))
    (capture_row,) = row.inserted_primary_key or (None,)
    if capture.artefacts:
        connection.execute(
            insert(capture_artefacts),
            [artefact_values(one) | {"capture_id": capture_row} for one in capture.artefacts],
        )


def capture_values(connection: Connection, capture: Capture) -> dict[str, object]:
    return {
        "code": capture.id,
        "case_id": capture.case_id,
        "again_of": row_of(connection, capture.again_of) if capture.again_of else None,
        "url": capture.url,
        "final_url": capture.final_url,
        "asked_by": capture.asked_by,
        "reason": capture.reason,
        "started_at": capture.started_at,
        "ended_at": capture.ended_at,
        "parts": dict(capture.parts),
    }


def artefact_values(artefact: Artefact) -> dict[str, object]:
    return {
        "kind": artefact.kind,
        "media_type": artefact.media_type,
        "sha256": artefact.sha256,
        "sm3": artefact.sm3,
        "size": artefact.size,
        "captured_at": artefact.captured_at,
    }


def row_of(connection: Connection, capture_id: str) -> int:
    statement = select(captures.c.id).where(captures.c.code == capture_id)
    found = connection.execute(statement).scalar_one_or_none()
    if found is None:
        raise LookupError(f"no capture {capture_id}")
    return int(found)


def captures_of_case(connection: Connection, case_id: int) -> list[Capture]:
    """All captures of a case, further tries too, the oldest first."""
    return read_captures(connection, with_first().where(captures.c.case_id == case_id))


def capture_by_id(connection: Connection, capture_id: str) -> Capture | None:
    """The capture with this id, or None."""
    found = read_captures(connection, with_first().where(captures.c.code == capture_id))
    return found[0] if found else None


def tries_of(connection: Connection, capture_id: str) -> list[Capture]:
    """A capture and every further try bound to it, the oldest first; [] for an unknown id."""
    first = select(captures.c.id).where(captures.c.code == capture_id).scalar_subquery()
    bound = (captures.c.id == first) | (captures.c.again_of == first)
    return read_captures(connection, with_first().where(bound))


def with_first() -> Select[tuple[object, ...]]:
    first = captures.alias("first")
    columns = (captures, first.c.code.label("first_code"))
    return (
        select(*columns).outerjoin(first, first.c.id == captures.c.again_of).order_by(captures.c.id)
    )


def read_captures(connection: Connection, statement: Select[tuple[object, ...]]) -> list[Capture]:
    rows = connection.execute(statement).all()
    files = artefacts_by_capture(connection, [row.id for row in rows])
    return [capture_of(row, files[row.id]) for row in rows]


def artefacts_by_capture(
    connection: Connection, rows: Sequence[int]
) -> defaultdict[int, list[Artefact]]:
    found: defaultdict[int, list[Artefact]] = defaultdict(list)
    statement = (
        select(capture_artefacts)
        .where(capture_artefacts.c.capture_id.in_(rows))
        .order_by(capture_artefacts.c.id)
    )
    for row in connection.execute(statement):
        found[row.capture_id].append(artefact_of(row))
    return found


def artefact_of(row: AnyRow) -> Artefact:
    return Artefact(
        kind=row.kind,
        media_type=row.media_type,
        sha256=row.sha256,
        sm3=row.sm3,
        size=row.size,
        captured_at=row.captured_at,
    )


def capture_of(row: AnyRow, files: Iterable[Artefact]) -> Capture:
    return Capture(
        id=row.code,
        url=row.url,
        final_url=row.final_url,
        asked_by=row.asked_by,
        reason=row.reason,
        started_at=row.started_at,
        ended_at=row.ended_at,
        artefacts=tuple(files),
        parts=row.parts,
        case_id=row.case_id,
        again_of=row.first_code or "",
    )


def uncaptured(connection: Connection) -> list[Uncaptured]:
    """Flagged pages of cases nobody found clean, which no capture brought with nothing left open.

    One entry a case and canonical URL, by its newest version, the oldest case first. Pages tried
    MOST_TRIES times in vain are among them: whoever captures says that they are left.
    """
    brought, partly, tried = earlier(connection)
    spellings: defaultdict[tuple[int, str], list[str]] = defaultdict(list)
    for row in connection.execute(flagged_pages()):
        spellings[row.case_id, row.url].append(opening(row.url, row.url_found))
    found = []
    for (case_id, canonical), urls in spellings.items():
        known = {(case_id, url) for url in (*urls, canonical)}
        if not known & brought:
            tries = sum(tried[one] for one in known)
            in_part = bool(known & partly)
            found.append(Uncaptured(case_id=case_id, url=urls[-1], tries=tries, in_part=in_part))
    return found


def opening(canonical: str, found: str) -> str:
    """The URL to open a post by.

    As found, for a platform's link may carry the token that opens it; but not where it was found
    on another host: a search engine's link leads there for some days only.
    """
    return found if found and host_of(found) == host_of(canonical) else canonical


def host_of(url: str) -> str:
    return url.partition("//")[2].partition("/")[0].lower()


def flagged_pages() -> Select[tuple[object, ...]]:
    clean = decisions.c.verdict == Verdict.CLEAN.value
    return (
        select(case_posts.c.case_id, posts.c.url, posts.c.url_found)
        .join(posts, posts.c.id == case_posts.c.post_row)
        .join(cases, cases.c.id == case_posts.c.case_id)
        .outerjoin(decisions, decisions.c.id == cases.c.decision_id)
        .where(~case_posts.c.split, posts.c.flagged)
        .where(decisions.c.id.is_(None) | ~clean)
        .order_by(case_posts.c.case_id, posts.c.id)
    )


def earlier(connection: Connection) -> tuple[set[Wanted], set[Wanted], Counter[Wanted]]:
    """Captures that brought the page, those with something left open, and how often one did not
    bring it or not all of it."""
    brought: set[Wanted] = set()
    partly: set[Wanted] = set()
    tried: Counter[Wanted] = Counter()
    columns = (captures.c.case_id, captures.c.url, captures.c.final_url, captures.c.parts)
    statement = select(*columns)
    for row in connection.execute(statement.where(captures.c.case_id.is_not(None))):
        page = (row.case_id, row.url)
        came = row.final_url and WALL not in row.parts
        if came and not left_open(row.parts):
            brought.add(page)
            continue
        tried[page] += 1
        if came:
            partly.add(page)
    return brought, partly, tried


def whole_parts(capture: Capture) -> set[str]:
    """The kinds that are there with nothing left open; what no try can bring is not asked for."""
    return {one.kind for one in capture.artefacts} - set(left_open(capture.parts))


def left_open(parts: Mapping[str, str]) -> list[str]:
    """The parts that another try may bring more of."""
    return [kind for kind, word in parts.items() if word in LEFT_OPEN]
