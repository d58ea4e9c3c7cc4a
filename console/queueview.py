"""One page of the queue as one person may see it, for pages and API alike."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import Engine

from console.forms import today
from console.roles import Caller
from console.searching import looked_for
from exports.masking import masked
from storage.cases import CaseRow
from storage.contacts import contacts_of
from storage.queue import (
    PAGE,
    CaseQuote,
    Counts,
    Filters,
    Place,
    queue_counts,
    queue_page,
    quotes_of,
)
from storage.raises import raised_kinds


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueView:
    rows: list[CaseRow]
    titles: dict[int, str]  # masked, as all that follows
    quotes: dict[int, list[CaseQuote]]
    raised: dict[int, set[str]]  # kinds of reasons beside a case's words; none: missing
    counts: Counts
    end: Place | None  # where the next page begins


def view_queue(
    engine: Engine, one: Caller, filters: Filters, after: Place | None, limit: int = PAGE
) -> QueueView:
    """Raises Forbidden where the search may not be made by this caller."""
    hits = looked_for(engine, one, filters.words)
    counts = queue_counts(engine, filters, hits)
    # Nothing of a kind is known from the tally; looking for it would read the whole index.
    some = counts.total or not counts.exact
    rows, end = queue_page(engine, filters, after, limit, hits) if some else ([], None)
    ids = [row.id for row in rows]
    quotes, contacts = quotes_of(engine, ids), contacts_of(engine, ids)
    return QueueView(
        rows=rows,
        titles={row.id: masked(row.title, contacts[row.id]) for row in rows},
        quotes={
            number: [
                CaseQuote(clause=quote.clause, words=masked(quote.words, contacts[number]))
                for quote in said
            ]
            for number, said in quotes.items()
        },
        raised=raised_kinds(engine, ids, today()),
        # Where only a lower bound is known, what is on the page is one, too.
        counts=replace(counts, total=max(counts.total, len(rows))),
        end=end,
    )
