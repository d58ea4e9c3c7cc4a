"""Quotes in a text: which signs belong to which, cut so that each piece has one set of quotes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from storage.records import Clause, Finding, Post

AROUND = 400  # characters kept on both sides of a quote in a long text
WHOLE = 12_000  # characters shown whole
# Characters at either end of a piece that are masked: what is shown of it, and enough beside it
# that a number is never cut in two.
SEEN = 2 * AROUND + 300
FIELDS = ("title", "text", "author")
CLASSES = {Clause.ONE: "k1", Clause.TWO: "k2", Clause.THREE: "k3", Clause.FOUR: "k4"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """One piece of evidence, numbered through the page: what n and p jump between."""

    number: int
    field: str
    start: int
    end: int
    clause: Clause
    rule: str
    finding: int  # which of the post's findings


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Words with the same quotes over them; `left_out` characters stand between, unshown."""

    text: str = ""
    quotes: tuple[Quote, ...] = ()
    begins: tuple[Quote, ...] = ()  # that start here
    left_out: int = 0

    @property
    def classes(self) -> str:
        """The clause of the first quote as tint, and how many lie over each other as underline."""
        depth = min(len(self.quotes), 3)
        return f"{CLASSES[self.quotes[0].clause]} d{depth}" if self.quotes else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A post's words with every quote in its place."""

    pieces: dict[str, list[Piece]]  # by field
    quotes: tuple[Quote, ...]
    elsewhere: tuple[tuple[int, str], ...]  # finding and words that are not in title or text


def marked(post: Post, findings: Sequence[Finding], shown: Callable[[str], str]) -> Marked:
    """The post's title, text and author cut into pieces.

    `shown` gives a text as it may be seen, sign for sign (masked or not). Evidence whose place
    does not hold the quoted words is listed apart, never marked somewhere else.
    """
    quotes: list[Quote] = []
    elsewhere: list[tuple[int, str]] = []
    for index, finding in enumerate(findings):
        for evidence in finding.evidence:
            text = getattr(post, evidence.field, "") if evidence.field in FIELDS else ""
            if evidence.quote and text[evidence.start : evidence.end] == evidence.quote:
                quotes.append(
                    Quote(
                        number=0,
                        field=evidence.field,
                        start=evidence.start,
                        end=evidence.end,
                        clause=finding.clause,
                        rule=finding.rule,
                        finding=index,
                    )
                )
            else:
                elsewhere.append((index, shown(evidence.quote)))
    ordered = numbered(quotes)
    pieces = {
        field: cut_shown(getattr(post, field), [q for q in ordered if q.field == field], shown)
        for field in FIELDS
    }
    return Marked(pieces=pieces, quotes=tuple(ordered), elsewhere=tuple(elsewhere))


def numbered(quotes: Sequence[Quote]) -> list[Quote]:
    """In reading order, numbered from 1; the same words of the same finding once."""
    seen = {(q.field, q.start, q.end, q.finding): q for q in quotes}
    order = sorted(seen.values(), key=lambda q: (FIELDS.index(q.field), q.start, -q.end, q.finding))
    return [
        Quote(
            number=n,
            field=q.field,
            start=q.start,
            end=q.end,
            clause=q.clause,
            rule=q.rule,
            finding=q.finding,
        )
        for n, q in enumerate(order, 1)
    ]


def cut_shown(text: str, quotes: Sequence[Quote], shown: Callable[[str], str]) -> list[Piece]:
    """Of a long text only what will be seen is masked: some megabytes take seconds."""
    if len(text) <= WHOLE:
        return cut(shown(text), quotes)
    seen: list[tuple[int, int]] = []
    for start, end in pairwise(edges_of(text, quotes)):
        for low, high in ((start, min(end, start + SEEN)), (max(start, end - SEEN), end)):
            if seen and low <= seen[-1][1]:
                seen[-1] = (seen[-1][0], max(high, seen[-1][1]))
            else:
                seen.append((low, high))
    parts, at = [], 0
    for low, high in seen:
        parts += [" " * (low - at), shown(text[low:high])]
        at = high
    return cut("".join([*parts, " " * (len(text) - at)]), quotes)


def edges_of(text: str, quotes: Sequence[Quote]) -> list[int]:
    return sorted({0, len(text), *(q.start for q in quotes), *(q.end for q in quotes)})


def cut(text: str, quotes: Sequence[Quote]) -> list[Piece]:
    """Pieces that put together are the text, but for what a long one leaves out."""
    coming, over = list(reversed(quotes)), list[Quote]()  # by their starts; those over a piece
    pieces: list[Piece] = []
    for start, end in pairwise(edges_of(text, quotes)):
        over = [q for q in over if q.end > start]
        while coming and coming[-1].start <= start:
            over.append(coming.pop())
        here = tuple(over)
        begins = tuple(q for q in here if q.start == start)
        pieces.append(Piece(text=text[start:end], quotes=here, begins=begins))
    return pieces if len(text) <= WHOLE else [part for piece in pieces for part in short(piece)]


def short(piece: Piece) -> list[Piece]:
    """An unquoted stretch without its middle; quotes stay whole up to a limit of their own."""
    most = 2 * AROUND if not piece.quotes else 4 * AROUND
    left_out = len(piece.text) - most
    if left_out <= 0:
        return [piece]
    half = most // 2
    head = Piece(text=piece.text[:half], quotes=piece.quotes, begins=piece.begins)
    tail = Piece(text=piece.text[-half:], quotes=piece.quotes)
    return [head, Piece(left_out=left_out), tail]
