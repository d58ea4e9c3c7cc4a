"""One text laid out for judging: folded, cut into sentences, with the concepts found in it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from classifiers.folding import Folded, fold, squeeze
from storage.records import Evidence

_BREAK = re.compile(r"[。!?;…‥\n\u2028\u2029\x85]")
_CLAUSE = re.compile(r"[,，。!?;:…‥\n\u2028\u2029\x85]")
_REACH = 60  # characters; a "sentence" without stops reaches no further
_NEAR = 160  # characters either way for "near"
_SIDES = 2  # sentences either way for "near"

SEAM = "\n"  # between title, text and account


@dataclass(slots=True)
class Places:
    """Where one concept stands, ascending."""

    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)

    def inside(self, low: int, high: int) -> tuple[int, int] | None:
        """The first place that lies within text[low:high]."""
        for at in range(bisect_left(self.starts, low), len(self.starts)):
            if self.starts[at] >= high:
                return None
            if self.ends[at] <= high:
                return self.starts[at], self.ends[at]
        return None

    def any_inside(self, low: int, high: int) -> bool:
        """Whether a place lies within text[low:high]; asked thousands of times a page."""
        starts = self.starts
        at = bisect_left(starts, low)
        while at < len(starts) and starts[at] < high:
            if self.ends[at] <= high:
                return True
            at += 1
        return False

    def covers(self, start: int, end: int) -> bool:
        """Whether one place holds text[start:end]; only for places that do not overlap."""
        at = bisect_right(self.starts, start) - 1
        return at >= 0 and end <= self.ends[at]


@dataclass(frozen=True, slots=True)
class Document:
    """Places are offsets into `text`, which is folded and squeezed."""

    folded: Folded
    parts: tuple[tuple[str, int, int], ...]  # field, start and end in the author's characters
    original: str
    bounds: Sequence[tuple[str, int, int]] = ()  # the same parts as offsets into `text`
    breaks: Sequence[int] = ()  # where each sentence ends
    concepts: Mapping[str, Places] = field(default_factory=dict)
    quoted: Places = field(default_factory=Places)  # in quotation marks, or a paragraph handed over
    reported: Places = field(default_factory=Places)  # said by somebody else than the author

    @property
    def text(self) -> str:
        return self.folded.text

    def sentence(self, start: int, end: int) -> tuple[int, int]:
        """The sentence around a place, but at most _REACH characters either way."""
        return self._around(start, end, 0, _REACH)

    def near(self, start: int, end: int) -> tuple[int, int]:
        return self._around(start, end, _SIDES, _NEAR)

    def _around(self, start: int, end: int, sides: int, reach: int) -> tuple[int, int]:
        before = bisect_right(self.breaks, start) - 1 - sides
        after = bisect_left(self.breaks, end) + sides
        low = self.breaks[before] if before >= 0 else 0
        high = self.breaks[after] if after < len(self.breaks) else len(self.text)
        return max(low, start - reach), min(high, end + reach)

    def window(self, start: int, end: int, within: str | int) -> tuple[int, int]:
        """The stretch of text that a rule's `within` means for a place."""
        if within == "text":
            return 0, len(self.text)
        if within == "near":
            return self.near(start, end)
        low, high = self.sentence(start, end)
        if isinstance(within, int):
            return max(low, start - within), min(high, end + within)
        return low, high

    def clause(self, start: int, end: int) -> tuple[int, int]:
        """The stretch between commas or stops, within the sentence."""
        low, high = self.sentence(start, end)
        for stop in _CLAUSE.finditer(self.text, low, start):
            low = stop.end()
        stop_after = _CLAUSE.search(self.text, end, high)
        return low, stop_after.start() if stop_after else high

    def has(self, concept: str, low: int, high: int) -> bool:
        places = self.concepts.get(concept)
        return places is not None and places.any_inside(low, high)

    def has_any(self, concepts: Iterable[str], sides: Iterable[tuple[int, int]]) -> bool:
        """Whether one of the concepts stands within one of the stretches."""
        known = self.concepts
        for concept in concepts:
            places = known.get(concept)
            if places is None:
                continue
            for low, high in sides:
                if places.any_inside(low, high):
                    return True
        return False

    def own(self, concept: str, low: int, high: int) -> bool:
        """Whether the concept stands there in the author's own words."""
        places = self.concepts.get(concept)
        if places is None:
            return False
        for at in range(bisect_left(places.starts, low), bisect_left(places.starts, high)):
            start, end = places.starts[at], places.ends[at]
            if end <= high and not self.passed_on(concept, start, end):
                return True
        return False

    def passed_on(self, concept: str, start: int, end: int) -> bool:
        """Whether the words are quoted or reported from somebody else.

        A number in reported speech is no quotation: 听说你还没证？加微信…
        """
        if self.quoted.covers(start, end):
            return True
        return concept != "contact_number" and self.reported.covers(start, end)

    def own_count(self, concept: str, places: Places, most: int) -> int:
        """How many of the first `most` places are the author's own words."""
        reported = concept != "contact_number" and self.reported.starts
        if not (self.quoted.starts or reported):
            return min(len(places.starts), most)
        pairs = zip(places.starts[:most], places.ends[:most], strict=True)
        return sum(not self.passed_on(concept, start, end) for start, end in pairs)

    def title_end(self) -> int:
        """Where the first field ends."""
        return self.bounds[0][2] if self.bounds else 0

    def field_of(self, start: int, end: int) -> str | None:
        """The one field in which a place lies, None when it lies across two."""
        for name, low, high in self.bounds:
            if low <= start and end <= high:
                return name
        return None

    def in_one_part(self, start: int, end: int) -> bool:
        """The same question before the bounds are known."""
        low, high = self.folded.span(start, end)
        return any(first <= low and high <= last for _, first, last in self.parts)

    def evidence(self, start: int, end: int) -> Evidence:
        low, high = self.folded.span(start, end)
        name, first, _ = next(part for part in self.parts if part[1] <= low and high <= part[2])
        quote = self.original[low:high]
        return Evidence(field=name, start=low - first, end=high - first, quote=quote)


def lay_out(fields: Sequence[tuple[str, str]]) -> Document:
    """Join the named fields with a line break; sentences and concepts come later."""
    parts, at = [], 0
    for name, text in fields:
        parts.append((name, at, at + len(text)))
        at += len(text) + len(SEAM)
    original = SEAM.join(text for _, text in fields)
    return Document(squeeze(fold(original)), tuple(parts), original)


def with_breaks(document: Document) -> Document:
    """Sentences and fields are found only for texts that pass the scan."""
    starts = document.folded.starts
    bounds = [
        (name, bisect_left(starts, low), bisect_left(starts, high))
        for name, low, high in document.parts
    ]
    breaks = [match.end() for match in _BREAK.finditer(document.text)]
    return replace(document, bounds=bounds, breaks=breaks)


def with_concepts(document: Document, concepts: Mapping[str, Places]) -> Document:
    return replace(document, concepts=concepts)


def with_speech(document: Document, quoted: Places, reported: Places) -> Document:
    return replace(document, quoted=quoted, reported=reported)
